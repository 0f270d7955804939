//! `serve` with a cluster that does not answer, and its web side.

use tempfile::NamedTempFile;

use super::support::{Program, eventually, get, kubeconfig, nowhere};

fn serve(arguments: &[&str]) -> (Program, NamedTempFile) {
    let kubeconfig = kubeconfig(&nowhere());
    let mut all = vec!["serve", "--web.listen-address=127.0.0.1:0"];
    all.extend(arguments);
    (Program::start(&all, &[("KUBECONFIG", kubeconfig.path().to_str().expect("a path"))]), kubeconfig)
}

#[test]
fn an_unreachable_cluster_is_retried_and_readyz_says_why() {
    let (mut program, _directory) = serve(&[]);
    let address = program.address();
    let why = eventually(&address, "/readyz", |answer| answer.text().contains("pods: not synced yet: "));
    assert_eq!(why.status, 503);
    assert_eq!(get(&address, "/healthz", "").expect("an answer").status, 200);
    let page = eventually(&address, "/metrics", |page| {
        page.text().contains("eksporter_watch_errors_total{resource=\"pods\",reason=\"transport\"} 2")
    });
    assert!(!page.text().contains("\neks_"), "nothing is known of the cluster");
    assert!(page.text().contains("eksporter_collector_up{collector=\"pods\"} 0"));
    assert!(page.text().contains("eksporter_build_info{"));
    assert!(page.text().contains("process_resident_memory_bytes "));
    program.terminate();
    assert!(program.wait().success(), "SIGTERM is how kubelet ends it");
}

#[test]
fn the_page_is_text_0_0_4_and_packed_for_those_who_ask() {
    let (mut program, _directory) = serve(&["--web.telemetry-path=/m"]);
    let address = program.address();
    let plain = get(&address, "/m", "").expect("an answer");
    assert_eq!(plain.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let packed = get(&address, "/m", "Accept-Encoding: gzip\r\n").expect("an answer");
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() < plain.body.len());
    assert_eq!(get(&address, "/metrics", "").expect("an answer").status, 404);
    let landing = get(&address, "/", "").expect("an answer");
    assert!(landing.text().contains("href=\"/m\"") && landing.text().contains("Not ready"), "{}", landing.text());
}

#[test]
fn a_collector_that_is_switched_off_is_off_and_not_down() {
    let (mut program, _directory) = serve(&["--no-collector.events", "--collector.nodes=false"]);
    let address = program.address();
    let page = get(&address, "/metrics", "").expect("an answer");
    for line in [
        "eksporter_collector_info{collector=\"events\",state=\"off\"} 1",
        "eksporter_collector_info{collector=\"nodes\",state=\"off\"} 1",
    ] {
        assert!(page.text().contains(line), "{line}");
    }
    assert!(!page.text().contains("eksporter_collector_up{collector=\"events\"}"));
    assert!(!page.text().contains("resource=\"events_warning\""));
}

#[test]
fn it_listens_on_every_address_that_it_is_given_and_logs_as_json() {
    let (mut program, _directory) = serve(&["--web.listen-address=127.0.0.1:0", "--log.format=json"]);
    let first = program.says("serving metrics");
    let second = program.says("serving metrics");
    assert!(first.starts_with('{') && first != second, "{first} {second}");
}
