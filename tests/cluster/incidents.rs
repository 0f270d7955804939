//! The incidents that the exporter exists for, as the API server tells them.

use std::time::Duration;

use eksporter::report::Severity;
use jiff::SignedDuration;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    cluster::Cluster,
    incidents::{
        ERRNO_524, MANAGED_BY, POD_ENI, amazon_linux_2, branch_eni, completed, eight_nodes_in_two_zones, silent,
        stuck_runs_of_a_cron_job, with_branch_eni,
    },
    page::Page,
    program::{self, Program},
    watching::scraped,
};

/// From the event on the API server to the page.
const TWO_SECONDS: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_seccomp_filter_that_does_not_load_is_named_within_two_seconds_of_its_event() {
    let cluster = Cluster::start().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    cluster.node("node-a").create().await;
    let pod = stuck_runs_of_a_cron_job(&cluster, 1).await.remove(0);
    exporter.shows("the stuck pod", |page| page.has("eks_pod_container_creating_age_seconds", &[])).await;

    cluster.warn(&pod, "FailedCreatePodSandBox", ERRNO_524).await;

    let page = exporter.shows_within(TWO_SECONDS, "the cause", |page| names_the_kernel(page, &pod.uid)).await;
    let age = page.one("eks_pod_container_creating_age_seconds", &[]).expect("one pod is stuck");
    assert_eq!(age.label("owner_kind"), "CronJob");
    assert_eq!(age.label("owner_name"), "invoice-export");
    assert_eq!((age.label("namespace"), age.label("pod")), ("billing", "invoice-export-28045620-x7k2p"));
    assert_eq!(age.label("node"), "node-a");
    assert!(age.value >= 600.0, "bound ten minutes ago, not {} s", age.value);
    assert!(page.says("eks_pods_container_creating_overdue", &[("namespace", "billing")], 1));
    let (status, found) = cluster.check(&[]).await;
    assert!(status == 1 && found.contains("1 pod being created: seccomp_bpf_limit"), "{found}");
    assert!(found.contains("of CronJob invoice-export on node node-a"), "{found}");
}

/// Incident 1, before anything fails: the kernel alone tells it.
#[tokio::test(flavor = "multi_thread")]
async fn a_kernel_that_is_known_to_be_bad_is_told_while_all_pods_still_start() {
    let cluster = Cluster::start().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let old = cluster.node("old").with(amazon_linux_2("5.10.173-154.642.amzn2.x86_64")).create().await;

    let issue = [("issue", "seccomp-bpf-jit-leak"), ("issue_severity", "critical")];
    let pool = [("pool", "workers"), ("pool_kind", "nodegroup"), issue[0]];
    let page = exporter.shows("the bad kernel", |page| page.says("eks_pool_known_issue_nodes", &pool, 1)).await;
    assert!(page.says("eks_node_known_issue", &[("node", "old"), issue[0], issue[1]], 1));
    assert!(page.says("eks_pool_straggler_nodes", &pool[..1], 0), "{}", page.explanation());
    assert!(page.says("eks_kubelet_supported", &[("kubelet_minor", "1.35")], 1));
    assert!(!page.has("eks_pod_container_creating_age_seconds", &[]), "nothing has failed");
    let (status, found) = cluster.check(&[]).await;
    assert!(status == 1 && found.contains("1 node with a release known to be bad: seccomp-bpf-jit-leak"), "{found}");

    cluster.node("new").with(amazon_linux_2("5.10.178-162.673.amzn2.x86_64")).create().await;
    exporter.shows("a straggler", |page| page.says("eks_pool_straggler_nodes", &pool[..1], 1)).await;
    cluster.delete(&old).await;
    exporter
        .shows("all is mended", |page| {
            page.says("eks_pool_straggler_nodes", &pool[..1], 0) && !page.has("eks_pool_known_issue_nodes", &[])
        })
        .await;
}

fn names_the_kernel(page: &Page, uid: &str) -> bool {
    let info = [("uid", uid), ("stage", "sandbox"), ("cause", "seccomp_bpf_limit")];
    page.says("eks_pod_container_creating_info", &info, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_tells_incident_1_over_http_and_ends_when_it_is_told_to() {
    let cluster = Cluster::start().await;
    let kubeconfig = cluster.plane.kubeconfig(&cluster.exporter_token().await);
    let arguments = ["serve", "--web.listen-address=127.0.0.1:0"];
    let mut exporter = Program::start(&arguments, &[("KUBECONFIG", &kubeconfig.to_string_lossy())]);
    let address = exporter.address();
    cluster.node("node-a").create().await;
    let pod = stuck_runs_of_a_cron_job(&cluster, 1).await.remove(0);
    scraped(&address, "the stuck pod", |page| page.has("eks_pod_container_creating_info", &[])).await;
    let answer = |path| program::get(&address, path, "").map(|answer| (answer.status, answer.text().to_owned()));
    assert_eq!(answer("/readyz").expect("it answers"), (200, "ready\n".to_owned()));
    assert_eq!(answer("/healthz").expect("it answers"), (200, "ok\n".to_owned()));

    cluster.warn(&pod, "FailedCreatePodSandBox", ERRNO_524).await;

    scraped(&address, "the cause", |page| names_the_kernel(page, &pod.uid)).await;
    exporter.terminate();
    assert_eq!(exporter.wait().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn incident_3_shows_used_beside_requested_and_allocatable() {
    let cluster = Cluster::start().await;
    let room = json!({POD_ENI: "3"});
    cluster.node("node-a").with(json!({"status": {"capacity": room, "allocatable": room}})).create().await;
    with_branch_eni(&cluster, "web", "eni-1").create().await;
    let done = completed(SignedDuration::from_mins(10));
    for (name, eni) in [("migrate-1", "eni-2"), ("migrate-2", "eni-3")] {
        let pod = with_branch_eni(&cluster, name, eni).create().await;
        cluster.patch_status(&pod, done.clone()).await;
    }
    let waiting = cluster.pod("loyalty", "new").on("node-a").limited_to(POD_ENI, "1").create().await;

    let exporter = cluster.exporter(&[]).await.ready().await;

    let used = |page: &Page, state: &str| page.value("eks_node_pod_eni_used", &[("state", state)]);
    let page = exporter
        .shows("what completed pods carry", |page| {
            page.says("eks_node_pod_eni_completed_pods", &[("node", "node-a")], 2)
        })
        .await;
    assert_eq!((used(&page, "attached"), used(&page, "completed")), (Some(1.0), None), "{}", page.explanation());

    cluster.node_event("node-a", "ControllerVersionNotice", &format!("{MANAGED_BY} v1.0.11")).await;

    let page = exporter.shows("that an old controller holds it", |page| used(page, "completed") == Some(2.0)).await;
    for (family, value) in [("capacity", 3), ("allocatable", 3), ("requested", 2), ("free", 0), ("pending", 1)] {
        assert!(
            page.says(&format!("eks_node_pod_eni_{family}"), &[("node", "node-a")], value),
            "{}",
            page.explanation()
        );
    }
    assert!(page.value("eks_node_pod_eni_pending_oldest_age_seconds", &[]).is_some_and(|age| age >= 600.0));
    assert!(page.has("eks_pod_container_creating_info", &[("uid", &waiting.uid), ("cause", "branch_eni")]));
    let (status, found) = cluster.check(&[]).await;
    let discrepancy = "node-a: 2 requested of 3 allocatable, but 3 in use, 2 of them by pods that have ended";
    assert!(status == 1 && found.contains(discrepancy), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn incident_12_shows_what_the_nodes_that_drop_out_have_in_common() {
    let cluster = Cluster::start().await;
    let nodes = eight_nodes_in_two_zones(&cluster).await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let serving = |page: &Page, zone: &str, ready: &str, count: u32| {
        let labels = [("pool", "workers"), ("zone_id", zone), ("ready", ready), ("lifecycle", "serving")];
        page.says("eks_nodes", &labels, count)
    };
    exporter.shows("eight ready nodes", |page| serving(page, "euw1-az3", "true", 3)).await;

    for node in &nodes[..3] {
        cluster.patch_status(node, silent(SignedDuration::from_mins(6))).await;
    }

    let page = exporter.shows("three lost nodes", |page| serving(page, "euw1-az3", "false", 3)).await;
    assert!(serving(&page, "euw1-az1", "true", 5), "{}", page.explanation());
    let lost = page.all("eks_node_not_ready_age_seconds", &[("pool", "workers"), ("lifecycle", "serving")]);
    assert!(lost.len() == 3 && lost.iter().all(|node| node.value >= 360.0), "{}", page.explanation());
    let found = exporter.findings();
    let worst = found.first().expect("a finding");
    assert_eq!(
        (worst.severity, &*worst.title),
        (Severity::Critical, "3 of 8 nodes of nodegroup workers are not ready")
    );
    assert!(worst.examples.iter().any(|example| example.starts_with("by zone: 3 ")), "{:?}", worst.examples);
}

/// So short that what ended before it began to watch is over for an exporter that is told nothing else.
const BRIEF: &[&str] = &["--branch-eni-cooldown=1s"];

/// A pod on a node that had a branch ENI and ended some seconds ago. It came after the node: what was bound before was on
/// another node of that name.
async fn pod_that_ended(cluster: &Cluster) {
    cluster.node("node-a").create().await;
    let pod = cluster.pod("loyalty", "migrate").bound("node-a", SignedDuration::ZERO).with(branch_eni("eni-1"));
    let pod = pod.create().await;
    cluster.patch_status(&pod, completed(SignedDuration::ZERO)).await;
    sleep(Duration::from_secs(3)).await;
}

fn cools_down(page: &Page) -> bool {
    page.says("eks_node_pod_eni_used", &[("node", "node-a"), ("state", "cooldown")], 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_branch_enis_cool_down_is_read_with_the_shipped_role() {
    let cluster = Cluster::start().await;
    let metadata = json!({"namespace": "kube-system", "name": "amazon-vpc-cni"});
    let data = json!({"branch-eni-cooldown": "3600"});
    cluster.create(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})).await;
    pod_that_ended(&cluster).await;

    let exporter = cluster.exporter(BRIEF).await.ready().await;

    exporter.shows("an interface that still cools down", cools_down).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_config_map_the_controller_says_how_long_branch_enis_cool_down() {
    let cluster = Cluster::start().await;
    pod_that_ended(&cluster).await;
    let exporter = cluster.exporter(BRIEF).await.ready().await;
    let completed = [("node", "node-a")];
    exporter
        .shows("that it is over by the flag", |page| page.says("eks_node_pod_eni_completed_pods", &completed, 1))
        .await;

    let told = "Branch ENI cool down period has been updated to 1h0m0s";
    cluster.node_event("node-a", "BranchENICoolDownPeriodUpdated", told).await;

    let page = exporter.shows("an interface that still cools down", cools_down).await;
    assert!(!page.has("eks_node_pod_eni_completed_pods", &completed), "{}", page.explanation());
}
