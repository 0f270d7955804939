//! Wrong arguments get one clear line.

use super::support::command;

/// Runs the program with wrong arguments; its one line.
fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = command(arguments, environment).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} was taken");
    assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
    assert!(output.stdout.is_empty());
    text
}

#[test]
fn a_wrong_value_gets_one_line_that_names_the_flag() {
    for (argument, says) in [
        ("--web.listen-address=10048", "must be [HOST]:PORT"),
        ("--web.telemetry-path=metrics", "must begin with /"),
        ("--web.telemetry-path=/healthz", "not a path of its own"),
        ("--log.level=loud", "debug, info, warn, error"),
        ("--log.format=xml", "logfmt, json"),
        ("--pod-age-threshold=soon", "such as 60s"),
        ("--pod-age-threshold=-1s", "longer than zero"),
        ("--pod-series-limit=-1", "invalid digit"),
        ("--watch-stale-after=1s", "10s is the least"),
        ("--namespaces=Team", "is not a namespace's name"),
        ("--known-issues=/nowhere.yaml", "/nowhere.yaml: No such file"),
        ("--collector.pods=perhaps", "not a boolean"),
        ("--no-collector.everything", "unexpected argument"),
    ] {
        let line = refused(&[argument], &[]);
        let flag = argument.split('=').next().expect("a flag");
        assert!(line.contains(says) && line.contains(flag), "{line}");
    }
}

#[test]
fn every_flag_is_also_read_from_the_environment() {
    for (variable, value) in [
        ("EKSPORTER_WEB_LISTEN_ADDRESS", "x"),
        ("EKSPORTER_WEB_TELEMETRY_PATH", "x"),
        ("EKSPORTER_LOG_LEVEL", "x"),
        ("EKSPORTER_LOG_FORMAT", "x"),
        ("EKSPORTER_POD_AGE_THRESHOLD", "x"),
        ("EKSPORTER_POD_SERIES_LIMIT", "x"),
        ("EKSPORTER_WATCH_STALE_AFTER", "x"),
        ("EKSPORTER_NAMESPACES", "X"),
        ("EKSPORTER_KNOWN_ISSUES", "/nowhere.yaml"),
        ("EKSPORTER_COLLECTOR_PODS", "x"),
        ("EKSPORTER_COLLECTOR_NODECLAIMS", "x"),
    ] {
        refused(&[], &[(variable, value)]);
    }
    let kubeconfig = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        kubeconfig.path(),
        "apiVersion: v1\nkind: Config\ncontexts: [{name: here, context: {cluster: c, user: u}}]\n",
    )
    .expect("written");
    let path = kubeconfig.path().to_str().expect("a path");
    let line = refused(&[], &[("EKSPORTER_KUBE_CONTEXT", "elsewhere"), ("KUBECONFIG", path)]);
    assert!(line.contains("no context \"elsewhere\"; it has here"), "{line}");
}

#[test]
fn a_wrong_list_of_known_issues_is_refused_with_line_and_reason() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        file.path(),
        "# mine\n- issue: x\n  severity: bad\n  summary: x\n  link: https://example.com\n  ami: [ami-0]\n",
    )
    .expect("written");
    let path = file.path().to_str().expect("a path");
    let line = refused(&["--known-issues", path], &[]);
    assert!(line.contains(&format!("--known-issues: {path}:2: severity \"bad\"")), "{line}");
}

#[test]
fn an_address_that_is_taken_is_said_at_once() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();
    let line = refused(&["--web.listen-address", &address], &[]);
    assert!(line.contains(&format!("cannot listen on {address}")), "{line}");
}

#[test]
fn help_and_version_are_no_errors() {
    for flag in ["--help", "--version"] {
        let output = command(&[flag], &[]).output().expect("it runs");
        assert!(output.status.success() && !output.stdout.is_empty() && output.stderr.is_empty(), "{flag}");
    }
    let help = String::from_utf8(command(&["--help"], &[]).output().expect("it runs").stdout).expect("text");
    for flag in ["--web.listen-address", "--collector.pods", "--namespaces", "EKSPORTER_POD_SERIES_LIMIT"] {
        assert!(help.contains(flag), "{flag}");
    }
}
