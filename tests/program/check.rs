//! `eksporter check` on each incident, as a simulated API server plays it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eksporter::demo::{
    api::{Answer, ApiServer, Asked, Faults, NoFaults, Options, Store},
    scenario::Scenario,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    support::{check, kubeconfig, nowhere},
    wording::timeless,
};

const NOTHING_WRONG: i32 = 0;
const FOUND: i32 = 1;
const UNKNOWN: i32 = 2;

/// What `check` says of a scenario that began so many seconds ago.
fn check_with(scenario: &str, seconds: u64, faults: impl Faults, arguments: &[&str]) -> (i32, String) {
    let scenario = Scenario::load(scenario).expect("built in");
    let store = Store::new();
    let start = Timestamp::now() - SignedDuration::from_secs(i64::try_from(seconds).expect("short"));
    scenario.place(&store, start).expect("placed");
    let past = scenario.steps.iter().filter(|step| step.at <= Duration::from_secs(seconds));
    past.for_each(|step| step.happen(&store, start).expect("it happens"));
    let mut options = Options::default();
    options.git_version = scenario.kubernetes.clone().unwrap_or(options.git_version);
    let server = ApiServer::start_with(Arc::clone(&store), faults, options).expect("started");
    let options = scenario.options.iter().map(String::as_str);
    let flags: Vec<&str> = options.chain(["--aws=off"]).chain(arguments.iter().copied()).collect();
    check_at(&server.url(), &flags)
}

fn check_at(url: &str, arguments: &[&str]) -> (i32, String) {
    check(kubeconfig(url).path(), arguments)
}

fn says(text: &str, expected: &[&str]) {
    for part in expected {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

fn forbidden(plurals: &'static [&'static str]) -> impl Faults {
    move |asked: &Asked| {
        let body = json!({
            "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden",
            "message": format!("{} is forbidden", asked.plural),
        });
        let refusal = || Answer::new(403).header("content-type", "application/json").bytes(body.to_string());
        plurals.contains(&asked.plural.as_str()).then(refusal)
    }
}

#[test]
fn incident_1_is_found_by_cause_and_early_by_the_kernel() {
    let (status, text) = check_with("incident-1", 10, NoFaults, &[]);
    assert_eq!(status, FOUND);
    says(&text, &["4 pods being created: seccomp_bpf_limit", "of CronJob invoice-export", "seccomp-bpf-jit-leak"]);
}

#[test]
fn incident_2_is_found_by_the_add_ons_that_were_left_behind() {
    let (status, text) = check_with("incident-2", 10, NoFaults, &[]);
    assert_eq!(status, FOUND);
    says(
        &text,
        &["Kubernetes v1.25", "kube-proxy v1.21.2-eksbuild.2 is 4 minors behind", "vpc-cni v1.10.1-eksbuild.1"],
    );
    says(&text, &["critical", "aws-node not ready on"]);
}

#[test]
fn incident_3_is_found_by_the_numbers_that_do_not_fit() {
    let (status, text) = check_with("incident-3", 10, NoFaults, &[]);
    assert_eq!(status, FOUND);
    says(&text, &["16 requested of 18 allocatable, but 18 in use", "pods being created: branch_eni"]);
}

#[test]
fn incident_4_is_found_by_the_pods_that_wait() {
    let (status, text) = check_with("no-nodes", 5, NoFaults, &[]);
    assert_eq!(status, FOUND);
    says(&text, &["without a node: no_nodes"]);
}

#[test]
fn incident_12_is_found_by_what_the_nodes_have_in_common() {
    let (status, text) = check_with("incident-12", 30, NoFaults, &[]);
    assert_eq!(status, FOUND);
    says(&text, &["of 10 nodes of nodegroup workers are not ready", "by zone: "]);
}

#[test]
fn a_quiet_cluster_is_no_finding() {
    let server = ApiServer::start(Store::new()).expect("started");
    let (status, text) = check_at(&server.url(), &[]);
    assert_eq!(status, NOTHING_WRONG, "{text}");
    says(&text, &["0 nodes, 0 pods", "\nNothing is wrong.\n"]);
}

#[test]
fn json_has_the_findings_and_what_was_not_looked_at() {
    let arguments = ["--output=json", "--no-collector.addons"];
    let (status, text) = check_with("incident-1", 20, forbidden(&["jobs"]), &arguments);
    assert_eq!(status, FOUND, "jobs tell only whose a pod is");
    let look: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(look["findings"][0]["severity"], "critical");
    assert_eq!(look["nodes"], 12);
    let unseen: Vec<_> = look["not_looked_at"].as_array().expect("a list").iter().collect();
    let why = |name: &str| unseen.iter().find(|one| one["collector"] == name).map(|one| one["why"].clone());
    assert_eq!(
        (why("owners"), why("addons"), why("nodeclaims"), why("pods")),
        (Some(json!("forbidden")), Some(json!("off")), Some(json!("absent")), None)
    );
}

#[test]
fn without_nodes_nobody_knows_and_what_was_read_is_told_all_the_same() {
    let (status, text) = check_with("incident-1", 20, forbidden(&["nodes"]), &[]);
    assert_eq!(status, UNKNOWN);
    says(&text, &["seccomp_bpf_limit", "nodes: no right to read it: 403 nodes is forbidden"]);
    says(&text, &["\neksporter: the result is incomplete: nodes: no right"]);

    let (status, _) = check_with("incident-1", 20, forbidden(&["nodes"]), &["--no-collector.nodes"]);
    assert_eq!(status, FOUND, "who switches it off knows");
}

#[test]
fn a_node_that_cannot_be_read_is_said_and_is_not_gone() {
    let store = Store::new();
    let node = |name: &str, taints: Value| {
        json!({
            "apiVersion": "v1", "kind": "Node", "metadata": { "name": name }, "spec": { "taints": taints },
            "status": { "conditions": [{ "type": "Ready", "status": "True", "message": null }], "nodeInfo": null },
        })
    };
    store.apply(node("sound", Value::Null)).expect("a node");
    store.apply(node("broken", json!("none"))).expect("a node");
    let created = Timestamp::now() - SignedDuration::from_hours(1);
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "web", "namespace": "shop", "creationTimestamp": created.to_string() },
        "spec": { "nodeName": "broken", "containers": [{ "name": "main" }] }, "status": { "phase": "Pending" },
    });
    store.apply(pod).expect("a pod");
    let server = ApiServer::start(store).expect("started");
    let (status, text) = check_at(&server.url(), &[]);
    assert_eq!(status, UNKNOWN, "{text}");
    says(&text, &[" 1 node, 1 pod", "\n  nodes: objects that could not be read: 1 so far\n", "being created: unknown"]);
    assert!(!text.contains("node_down"), "{text}");
}

#[test]
fn a_version_that_the_table_of_add_ons_does_not_know_is_said() {
    let options = Options { git_version: "v1.99.0".to_owned(), ..Options::default() };
    let server = ApiServer::start_with(Store::new(), NoFaults, options).expect("started");
    let (status, text) = check_at(&server.url(), &[]);
    assert_eq!(status, NOTHING_WRONG, "{text}");
    says(&text, &["addons: not in the table that comes with the program: versions for Kubernetes 1.99"]);
}

#[test]
fn an_api_server_that_does_not_answer_is_waited_for_no_longer_than_asked() {
    let begun = Instant::now();
    let (status, text) = check_at(&nowhere(), &["--timeout=1s"]);
    assert_eq!(status, UNKNOWN);
    assert!(begun.elapsed() < Duration::from_secs(20));
    says(&text, &["eksporter: the result is incomplete: pods: not read in time: ", "efused"]);
}

#[test]
fn wrong_arguments_are_no_finding() {
    for wrong in ["--timeout=0s", "--output=xml", "--namespaces=Team", "--kube-context=nowhere"] {
        assert_eq!(check_at(&nowhere(), &[wrong]).0, UNKNOWN, "{wrong}");
    }
}

#[test]
fn the_page_about_check_names_every_flag() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.md")).expect("docs/check.md");
    let (status, help) = check_at(&nowhere(), &["--help"]);
    assert_eq!(status, NOTHING_WRONG);
    let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
    let names = flags.map(|flag| flag.split(['[', '=', '.', ',']).next().unwrap_or(flag));
    let missing: Vec<_> = names.filter(|name| *name != "--help" && !page.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The page's block of output is what is printed, but for times and ages. `EKSPORTER_BLESS=1` writes it.
#[test]
fn the_page_about_check_shows_what_it_prints() {
    const BEGIN: &str = "<!-- output: incident-2 at 10 s -->\n```\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.md");
    let page = std::fs::read_to_string(path).expect("docs/check.md");
    let (before, rest) = page.split_once(BEGIN).expect("the block begins");
    let (shown, after) = rest.split_once("```\n").expect("the block ends");
    let (_, printed) = check_with("incident-2", 10, NoFaults, &[]);
    if std::env::var_os("EKSPORTER_BLESS").is_some() {
        std::fs::write(path, [before, BEGIN, &printed, "```\n", after].concat()).expect("written");
    } else {
        let words = |text: &str| text.lines().map(|line| timeless(line).join(" ")).collect::<Vec<_>>();
        assert_eq!(words(shown), words(&printed), "EKSPORTER_BLESS=1 cargo test --test program writes it");
    }
}
