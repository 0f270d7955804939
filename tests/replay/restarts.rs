//! What may happen to the parts while an incident lasts.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    stage::{CLUSTER, Stage, Watched, summary},
    support::{
        cluster::Cluster,
        incidents::{ERRNO_524, stuck_runs_of_a_cron_job},
        objects::Object,
        receiver::{Notice, Status},
    },
};

async fn incident_1(cluster: &Cluster, runs: i64) -> Vec<Object> {
    cluster.node("node-a").create().await;
    let pods = stuck_runs_of_a_cron_job(cluster, runs).await;
    for pod in &pods {
        cluster.warn(pod, "FailedCreatePodSandBox", ERRNO_524).await;
    }
    pods
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_restart_of_the_exporter_nor_of_prometheus_ends_or_doubles_a_page() {
    let cluster = Cluster::start().await;
    // Longer than the exporter takes to come back on a machine that compiles something else at the time.
    let mut stage = Stage::of(&cluster, &["keep_firing_seconds=30"]).await;
    incident_1(&cluster, 2).await;
    let page = stage.pages("EksPodsCreationStuck", &["seccomp_bpf_limit (2)"]).await;

    stage.exporters[0].restart();
    stage.answers(r#"eks_pod_container_creating_info{cause="seccomp_bpf_limit"}"#).await;
    stage.prometheus.restart();
    let firing = r#"ALERTS{alertname="EksPodsCreationStuck",severity="critical",alertstate="firing"}"#;
    stage.answers(firing).await;
    // Two evaluations, and what Alertmanager waits before it tells.
    sleep(Duration::from_secs(4)).await;

    let heard = stage.heard();
    let pages: Vec<_> = heard.iter().filter(|notice| notice.at == "pager").collect();
    assert!(
        pages.iter().all(|notice| notice.status == Status::Firing && notice.fingerprint == page.fingerprint),
        "{}",
        summary(&heard)
    );
    assert_eq!(pages.len(), 1, "told once\n{}", summary(&heard));
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_and_other_clusters_neither_double_nor_mix() {
    const OTHER: &str = "green";
    let (cluster, other) = (Cluster::start().await, Cluster::start().await);
    let watched = [Watched::new(&cluster, CLUSTER), Watched::new(&cluster, CLUSTER), Watched::new(&other, OTHER)];
    let stage = Stage::with(&watched, &[]).await;
    let pods = incident_1(&cluster, 2).await;
    let page = stage.pages("EksPodsCreationStuck", &["2 pods in cluster blue", "seccomp_bpf_limit (2)"]).await;
    assert_eq!(stage.paged(), [(r#"EksPodsCreationStuck{scope="workloads"}"#.to_owned(), CLUSTER.to_owned())]);

    let of_other = incident_1(&other, 3).await;
    let begins = ["pods in cluster green", "seccomp_bpf_limit"];
    let page_of_other = stage.pages("EksPodsCreationStuck", &begins).await;
    let count = |cluster| {
        format!(r#"count(ALERTS{{alertname="EksPodsCreationStuck",severity="critical",cluster="{cluster}"}}) == 1"#)
    };
    stage.answers(&count(CLUSTER)).await;
    stage.answers(&count(OTHER)).await;
    for pod in pods {
        cluster.delete(&pod).await;
    }
    stage.is_over(&page).await;
    let mine = |status| {
        stage.heard().into_iter().filter(|one| one.fingerprint == page.fingerprint && one.status == status).count()
    };
    assert_eq!((mine(Status::Firing), mine(Status::Resolved)), (1, 1), "{}", summary(&stage.heard()));
    let ended = |notice: &Notice| notice.fingerprint == page_of_other.fingerprint && notice.status == Status::Resolved;
    assert!(!stage.heard().iter().any(ended), "the other cluster's goes on");
    for pod in of_other {
        other.delete(&pod).await;
    }
    stage.is_over(&page_of_other).await;
}
