//! Pods without a node, in the words of a real scheduler (incident 4).

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::support::{cluster::Cluster, control_plane::Options, objects::Object, page::Page};

const AGE: &str = "eks_pod_unscheduled_age_seconds";
const INFO: &str = "eks_pod_unscheduled_info";
const COUNT: &str = "eks_pods_unscheduled";

/// Ages of pods that the scheduler has only just refused.
const AT_ONCE: &[&str] = &["--pod-age-threshold=1s"];

async fn cluster_with_scheduler() -> Cluster {
    Cluster::start_with(Options { scheduler: true, ..Options::default() }).await
}

fn has_cause(page: &Page, pod: &Object, cause: &str) -> bool {
    page.has(INFO, &[("uid", &pod.uid), ("cause", cause)])
}

/// No pod at all is said to wait because there are no nodes.
fn never_no_nodes(page: &Page) -> bool {
    page.all(COUNT, &[("cause", "no_nodes")]).iter().all(|count| count.is(0))
        && !page.has(INFO, &[("cause", "no_nodes")])
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_of_a_cluster_without_nodes_have_cause_no_nodes_until_one_comes() {
    let cluster = cluster_with_scheduler().await;
    let exporter = cluster.exporter(AT_ONCE).await.ready().await;
    let small = cluster.pod("shop", "small").requesting("cpu", "100m").create().await;
    let large = cluster.pod("shop", "large").requesting("cpu", "100").create().await;
    let page = exporter
        .shows("no nodes", |page| has_cause(page, &small, "no_nodes") && has_cause(page, &large, "no_nodes"))
        .await;
    assert!(page.says(COUNT, &[("namespace", "shop"), ("cause", "no_nodes")], 2));
    assert!(page.all("eks_nodes", &[]).iter().all(|nodes| nodes.is(0)), "zero is the fact");

    let (status, found) = cluster.check(AT_ONCE).await;
    assert!(found.contains("2 pods without a node: no_nodes"), "{status}: {found}");

    cluster.node("node-a").create().await;

    let page = exporter
        .shows("one pod that is too large", |page| {
            !page.has(INFO, &[("uid", &small.uid)]) && has_cause(page, &large, "scheduling_capacity")
        })
        .await;
    assert!(never_no_nodes(&page), "{}", page.explanation());
    assert_eq!(cluster.get(&small).await.value["spec"]["nodeName"], "node-a", "a real scheduler did it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_nodes_does_not_say_that_there_are_none() {
    let cluster = cluster_with_scheduler().await;
    cluster.forbid(&["nodes"]).await;
    let exporter = cluster.exporter(AT_ONCE).await;
    let pod = cluster.pod("shop", "waits").create().await;

    let end = |page: &Page| has_cause(page, &pod, "scheduling_capacity");

    let page = exporter.keeps_showing("any cause but no_nodes", never_no_nodes, end).await;
    assert!(!page.has("eks_nodes", &[]), "absence of knowledge is not zero");
    assert!(exporter.readiness().is_ok(), "what is forbidden is not waited for: {:?}", exporter.readiness());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_a_gated_pod_starts_when_its_gate_goes() {
    let cluster = cluster_with_scheduler().await;
    let exporter = cluster.exporter(AT_ONCE).await.ready().await;
    let pod = cluster.pod("shop", "held").gated_by("example.com/quota").create().await;
    assert_eq!(scheduled(&pod)["reason"], "SchedulingGated", "the API server says so itself");
    exporter.shows("a gated pod", |page| page.says(COUNT, &[("namespace", "shop"), ("cause", "gated")], 1)).await;
    sleep(Duration::from_secs(3)).await;
    let page = exporter.page();
    assert!(!page.has(AGE, &[]) && !page.has("eks_pods_unscheduled_oldest_age_seconds", &[]), "nobody waits yet");
    assert!(page.all("eks_pods_unscheduled_overdue", &[]).iter().all(|count| count.is(0)));

    let opened = Instant::now();
    cluster.patch(&pod, json!({"spec": {"schedulingGates": null}})).await;

    let page = exporter.shows("a pod that waits", |page| has_cause(page, &pod, "no_nodes")).await;
    let age = page.value(AGE, &[("uid", &pod.uid)]).expect("it has an age now");
    assert!(age <= opened.elapsed().as_secs_f64(), "{age} s is more than since the gate went");

    // Another exporter has not seen the gate go. The condition's time is that of the creation and the scheduler keeps it
    // for as long as the status stays False, so the scheduler's first failure is what it goes by.
    let refused = cluster.get(&pod).await;
    assert_eq!(scheduled(&refused)["reason"], "Unschedulable");
    assert_eq!(scheduled(&refused)["lastTransitionTime"], scheduled(&pod)["lastTransitionTime"]);
    let late = cluster.exporter(AT_ONCE).await;
    let page = late.shows("the same pod", |page| has_cause(page, &pod, "no_nodes")).await;
    let age = page.value(AGE, &[("uid", &pod.uid)]).expect("it has an age here too");
    assert!(age <= opened.elapsed().as_secs_f64() + 1.0, "{age} s is more than since the gate went");
}

fn scheduled(pod: &Object) -> serde_json::Value {
    let conditions = pod.value["status"]["conditions"].as_array().cloned().unwrap_or_default();
    conditions.into_iter().find(|condition| condition["type"] == "PodScheduled").unwrap_or_default()
}
