//! The example for Alertmanager: who is told, and what is not told twice.

use std::{
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    root,
    support::{
        monitoring::Server,
        toolbox::{Tool, tool},
    },
};

fn example() -> PathBuf {
    root().join("alerts/alertmanager-example.yaml")
}

fn amtool(arguments: &[&str]) -> String {
    let output = Command::new(tool(Tool::Amtool)).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "amtool {arguments:?}: {said}");
    said
}

#[test]
fn it_is_a_configuration() {
    amtool(&["check-config", example().to_str().unwrap()]);
}

#[test]
fn only_critical_alerts_reach_the_pager_and_neither_info_nor_none_anybody() {
    let file = format!("--config.file={}", example().display());
    for (labels, receiver) in [
        (["alertname=EksPodsCreationStuck", "severity=critical"], "pager"),
        (["alertname=EksPodsCreationStuck", "severity=warning"], "chat"),
        (["alertname=EksAddonRolloutUnfinished", "severity=info"], "nobody"),
        (["alertname=EksPodCreationOverdue", "severity=none"], "nobody"),
    ] {
        let verify = format!("--verify.receivers={receiver}");
        amtool(&[&["config", "routes", "test", &file, &verify][..], &labels].concat());
    }
}

/// Names of alerts, with those labels that tell them apart, that a running Alertmanager lets through or not.
#[test]
fn what_is_told_by_cause_is_not_told_again_and_nothing_else_is_muted() {
    let alertmanager = Server::alertmanager(&example());
    let alerts = [
        json!({ "alertname": "EksPodCreationOverdue", "severity": "none", "cluster": "blue", "namespace": "shop", "pod": "a" }),
        json!({ "alertname": "KubePodNotReady", "severity": "warning", "cluster": "blue", "namespace": "shop", "pod": "a" }),
        json!({ "alertname": "KubeContainerWaiting", "severity": "warning", "cluster": "blue", "namespace": "shop", "pod": "a" }),
        json!({ "alertname": "KubePodNotReady", "severity": "warning", "cluster": "blue", "namespace": "shop", "pod": "b" }),
        json!({ "alertname": "KubePodNotReady", "severity": "warning", "cluster": "green", "namespace": "shop", "pod": "a" }),
        json!({ "alertname": "EksPodsCreationStuck", "severity": "critical", "cluster": "blue", "scope": "workloads" }),
        json!({ "alertname": "EksPodsCreationStuck", "severity": "warning", "cluster": "blue", "namespace": "shop" }),
        json!({ "alertname": "EksPodsCreationStuck", "severity": "warning", "cluster": "green", "namespace": "shop" }),
        json!({ "alertname": "EksAddonUnsupported", "severity": "critical", "cluster": "blue", "addon": "kube-proxy" }),
        json!({ "alertname": "EksAddonUnsupported", "severity": "warning", "cluster": "blue", "addon": "kube-proxy" }),
        json!({ "alertname": "EksAddonUnsupported", "severity": "warning", "cluster": "blue", "addon": "coredns" }),
        json!({ "alertname": "EksNodesLost", "severity": "critical", "lost_by": "pool", "pool": "a", "pool_kind": "karpenter" }),
        json!({ "alertname": "KubeNodeNotReady", "severity": "warning", "node": "node-a" }),
        json!({ "alertname": "KubeNodeNotReady", "severity": "warning", "cluster": "green", "node": "node-a" }),
        json!({ "alertname": "EksNodeNotReady", "severity": "critical", "cluster": "blue" }),
        json!({ "alertname": "EksNodeNotReady", "severity": "warning", "cluster": "blue", "node": "node-b" }),
        json!({ "alertname": "EksSubnetAddressesLow", "severity": "critical", "cluster": "blue", "subnet_id": "subnet-a" }),
        json!({ "alertname": "EksSubnetAddressesLow", "severity": "warning", "cluster": "blue", "subnet_id": "subnet-a" }),
        json!({ "alertname": "EksSubnetAddressesLow", "severity": "warning", "cluster": "blue", "subnet_id": "subnet-b" }),
        json!({ "alertname": "EksBranchEniPending", "severity": "critical", "cluster": "blue" }),
        json!({ "alertname": "EksBranchEnisHeld", "severity": "warning", "cluster": "blue" }),
        json!({ "alertname": "EksBranchEniPending", "severity": "warning", "cluster": "green" }),
        json!({ "alertname": "EksBranchEnisHeld", "severity": "warning", "cluster": "green" }),
        // Those of kubernetes-mixin in another Prometheus that does not know the label.
        json!({ "alertname": "KubePodNotReady", "severity": "warning", "namespace": "shop", "pod": "a" }),
    ];
    let posted: Vec<_> = alerts.iter().map(|labels| json!({ "labels": labels })).collect();
    alertmanager.post_json("/api/v2/alerts", &Value::from(posted));

    let muted = [1, 2, 9, 12, 17, 20];
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = alertmanager.get("/api/v2/alerts");
        let states: Vec<_> = alerts.iter().map(|labels| state(&answer, labels)).collect();
        let found: Vec<_> = (0..alerts.len()).filter(|&index| states[index] == "suppressed").collect();
        if found == muted && states.iter().all(|state| state != "unprocessed") {
            return;
        }
        assert!(Instant::now() < end, "muted: {found:?} and not {muted:?}: {answer:#}");
        thread::sleep(Duration::from_millis(100));
    }
}

fn state(answer: &Value, labels: &Value) -> String {
    let alerts = answer.as_array().unwrap();
    let alert = alerts.iter().find(|alert| alert["labels"] == *labels);
    alert.map_or("unprocessed", |alert| alert["status"]["state"].as_str().unwrap()).to_owned()
}
