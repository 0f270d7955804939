//! `--namespaces`: what is watched one namespace at a time.

use std::fs;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{
    cluster::Cluster,
    objects::{ago, container_status},
    page::Page,
    program::Program,
    watching::scraped,
};

const INFO: &str = "eks_pod_container_creating_info";
const TWO: &[&str] = &["--namespaces=billing,shop"];

#[tokio::test(flavor = "multi_thread")]
async fn pods_of_other_namespaces_do_not_appear() {
    let cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    for namespace in ["billing", "shop", "search"] {
        cluster.pod(namespace, "stuck").on("node-a").create().await;
    }

    let exporter = cluster.exporter(TWO).await.ready().await;

    let page = exporter.shows("two pods", |page| page.all(INFO, &[]).len() == 2).await;
    assert_eq!(page.values_of(INFO, "namespace"), ["billing".to_owned(), "shop".to_owned()].into());
    assert!(page.says("eksporter_cache_objects", &[("resource", "pods")], 2));
    assert!(page.has("eks_nodes", &[]), "nodes are of no namespace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_list_of_one_namespace_leaves_the_other_alone() {
    let mut cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let stuck = [
        cluster.pod("billing", "stuck").on("node-a").create().await,
        cluster.pod("shop", "stuck").on("node-a").create().await,
    ];
    let exporter = cluster.exporter_that_resumes(TWO).ready().await;
    let shows_both = |page: &Page| stuck.iter().all(|pod| page.has(INFO, &[("uid", &pod.uid)]));
    exporter.shows("both pods", shows_both).await;
    for number in 0..20 {
        let metadata = json!({"namespace": "shop", "name": format!("settings-{number}")});
        cluster.create(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})).await;
    }

    // Both watches are told 410, and list anew when their back-off is over: one after the other.
    cluster.plane.stop_api_server().await;
    cluster.plane.start_api_server().await;

    let lists = [("resource", "pods")];
    exporter.keeps_showing("both pods", shows_both, |page| page.says("eksporter_watch_lists_total", &lists, 4)).await;
    cluster.delete(&stuck[0]).await;
    exporter
        .shows("the pod of the other namespace", |page| {
            !page.mentions(&stuck[0].uid) && page.has(INFO, &[("uid", &stuck[1].uid)])
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_in_each_namespace_is_enough_for_pods() {
    let cluster = Cluster::start().await;
    cluster.unbind().await;
    for namespace in ["billing", "shop"] {
        cluster.bind_in(namespace).await;
        cluster.pod(namespace, "stuck").on("node-a").create().await;
    }

    let exporter = cluster.exporter(TWO).await.ready().await;

    let page = exporter.shows("two pods", |page| page.all(INFO, &[]).len() == 2).await;
    for (collector, up) in [("pods", 1), ("events", 1), ("owners", 1), ("nodes", 0)] {
        assert!(page.says("eksporter_collector_up", &[("collector", collector)], up), "{}", page.explanation());
    }
    assert_eq!(page.values_of(INFO, "cause"), ["unknown".to_owned()].into(), "nobody knows that the node is not there");
}

/// The roles that docs/namespaces.md says to grant; a binding in a namespace is there once for each namespace.
async fn grant_as_documented(cluster: &Cluster, namespaces: &[&str]) {
    cluster.unbind().await;
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/namespaces.md")).expect("the page");
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let manifests: Vec<Value> = blocks.map(|block| serde_saphyr::from_str(block).expect("YAML")).collect();
    assert_eq!(manifests.len(), 3);
    for manifest in manifests {
        if manifest["kind"] == "RoleBinding" {
            for namespace in namespaces {
                cluster.ensure_namespace(namespace).await;
                let mut binding = manifest.clone();
                binding["metadata"]["namespace"] = (*namespace).into();
                cluster.create(binding).await;
            }
        } else {
            cluster.create(manifest).await;
        }
    }
    for namespace in namespaces {
        let expected = [("pods", true), ("events", true), ("jobs", true), ("daemonsets", true)];
        cluster.until_rights_in(Some(namespace), &expected).await;
    }
    cluster.until_rights(&[("nodes", true), ("nodeclaims", true), ("pods", false)]).await;
}

/// The real program with the account's own rights, so that its log is seen too.
async fn program(cluster: &Cluster, namespaces: &str) -> (Program, String) {
    let kubeconfig = cluster.plane.kubeconfig(&cluster.exporter_token().await);
    let kubeconfig = kubeconfig.to_str().expect("a path").to_owned();
    let arguments = ["--aws=off", "--web.listen-address=127.0.0.1:0", "--namespaces", namespaces];
    let mut program = Program::start(&arguments, &[("KUBECONFIG", &kubeconfig)]);
    let address = program.address();
    (program, address)
}

fn is_synced(page: &Page) -> bool {
    let ups = page.all("eksporter_collector_up", &[]);
    !ups.is_empty() && ups.iter().all(|up| up.is(1))
}

fn families(page: &Page, prefix: &str) -> Vec<String> {
    page.families().into_iter().filter(|family| family.starts_with(prefix)).collect()
}

const POD_ENI: &str = "vpc.amazonaws.com/pod-eni";

/// A node with room for three branch ENIs: in each of the namespaces one waits, one is used, and one pod has ended.
async fn branch_enis(cluster: &Cluster, namespaces: &[&str]) {
    let count = json!({POD_ENI: "3"});
    cluster.node("node-a").with(json!({"status": {"capacity": count, "allocatable": count}})).create().await;
    let finished = json!({"terminated": {"exitCode": 0, "finishedAt": ago(SignedDuration::from_mins(50))}});
    let done = json!({"phase": "Succeeded", "containerStatuses": [container_status("main", &finished)]});
    for namespace in namespaces {
        let holder = |name: &str| {
            let annotation = json!([{"eniId": format!("eni-{namespace}-{name}")}]).to_string();
            let pod = cluster.pod(namespace, name).on("node-a").limited_to(POD_ENI, "1");
            pod.with(json!({"metadata": {"annotations": {POD_ENI: annotation}}}))
        };
        holder("has").create().await;
        let ended = holder("ended").create().await;
        cluster.patch_status(&ended, done.clone()).await;
        cluster.pod(namespace, "waits").on("node-a").limited_to(POD_ENI, "1").create().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_documented_roles_nothing_is_refused_and_what_is_unseen_is_said_and_left_out() {
    let cluster = Cluster::start().await;
    grant_as_documented(&cluster, &["billing", "shop"]).await;
    branch_enis(&cluster, &["billing", "shop", "search"]).await;
    let cron_job = cluster.cron_job("shop", "report").await;
    let job = cluster.job_of(&cron_job, "report-1").await;
    let stuck = cluster.pod("shop", "report-1").on("node-a").owned_by(&job).create().await;
    cluster.warn(&stuck, "FailedMount", "MountVolume.SetUp failed for volume \"data\" : no such device").await;
    cluster.daemon_set("aws-node").await;
    cluster.node_event("node-a", "BranchENICoolDownPeriodUpdated", "... updated to 2h0m0s").await;

    let (mut program, address) = program(&cluster, "billing,shop").await;

    let info = [("uid", stuck.uid.as_str()), ("cause", "volume_mount")];
    let page = scraped(&address, "the stuck pod", |page| page.has(INFO, &info) && is_synced(page)).await;
    let age = page.one("eks_pod_container_creating_age_seconds", &[("uid", &stuck.uid)]).expect("it is overdue");
    assert_eq!((age.label("owner_kind"), age.label("owner_name")), ("CronJob", "report"));
    assert!(!page.mentions("search"), "{}", page.explanation());
    let branch_enis = ["capacity", "allocatable", "completed_pods", "pending", "pending_oldest_age_seconds"];
    let mut expected = branch_enis.map(|name| format!("eks_node_pod_eni_{name}")).to_vec();
    expected.sort_unstable();
    assert_eq!(families(&page, "eks_node_pod_eni_"), expected, "sums of which a part is unseen are left out");
    assert!(page.says("eks_node_pod_eni_pending", &[], 2) && page.says("eks_node_pod_eni_completed_pods", &[], 2));
    assert_eq!(families(&page, "eks_addon_"), [""; 0], "aws-node is not missing: nobody looks");
    let addons = [("collector", "addons")];
    assert!(page.has("eksporter_collector_info", &[addons[0], ("state", "off")]), "{}", page.explanation());
    assert!(!page.has("eksporter_collector_up", &addons));
    assert!(!page.has("eksporter_watch_synced", &[("resource", "events_node")]));
    for resource in page.values_of("eksporter_watch_synced", "resource") {
        let refused = [("resource", resource.as_str()), ("reason", "forbidden")];
        assert!(page.says("eksporter_watch_errors_total", &refused, 0), "{resource}");
    }
    let log = program.said().to_owned();
    let unseen: Vec<&str> = log.lines().filter(|line| line.contains("--namespaces leaves out")).collect();
    assert_eq!(unseen.len(), 1, "{log}");
    for what in ["billing,shop", "pods of other namespaces", "stand in default", "run in kube-system"] {
        assert!(unseen[0].contains(what), "{log}");
    }
    assert!(!log.contains("level=error") && !log.contains("level=warn"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_default_and_kube_system_in_the_list_nodes_events_and_add_ons_are_there() {
    let cluster = Cluster::start().await;
    let namespaces = ["billing", "default", "kube-system"];
    grant_as_documented(&cluster, &namespaces).await;
    branch_enis(&cluster, &["billing", "search"]).await;
    let linux = json!({"metadata": {"labels": {"kubernetes.io/os": "linux"}}});
    cluster.node("node-b").with(linux).create().await;
    cluster.daemon_set("aws-node").await;

    let (mut program, address) = program(&cluster, &namespaces.join(",")).await;

    let missing = [("addon", "vpc-cni"), ("node", "node-b"), ("state", "missing")];
    let down = "eks_addon_node_not_ready_age_seconds";
    let completed = "eks_node_pod_eni_completed_pods";
    let both = |page: &Page| page.has(down, &missing) && page.says(completed, &[], 1) && is_synced(page);
    scraped(&address, "what is missing, and the pod that ended", both).await;
    let told = "Branch ENI cool down period has been updated to 1h0m0s";
    cluster.node_event("node-a", "BranchENICoolDownPeriodUpdated", told).await;
    scraped(&address, "that its interface still cools down", |page| !page.has(completed, &[])).await;
    let log = program.said();
    assert!(log.contains("pods of other namespaces") && !log.contains("kube-system, so"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_namespace_that_may_not_be_read_is_not_left_out_of_a_sum() {
    let cluster = Cluster::start().await;
    grant_as_documented(&cluster, &["billing"]).await;
    branch_enis(&cluster, &["billing", "shop"]).await;

    let exporter = cluster.exporter(TWO).await.ready().await;

    let refused = [("resource", "pods"), ("reason", "forbidden")];
    let page = exporter
        .shows("the refusal", |page| {
            page.says("eksporter_collector_up", &[("collector", "pods")], 0)
                && page.value("eksporter_watch_errors_total", &refused).is_some_and(|errors| errors >= 1.0)
        })
        .await;
    assert_eq!(families(&page, "eks_pods_"), [""; 0], "billing alone would pass for both");
    assert!(page.has("eks_node_pod_eni_capacity", &[]) && !page.has("eks_node_pod_eni_pending", &[]));
}
