//! Seccomp filters no longer load.

use crate::{
    document,
    stage::Stage,
    support::{
        cluster::Cluster,
        incidents::{ERRNO_524, amazon_linux_2, stuck_runs_of_a_cron_job},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn a_kernel_without_room_for_filters_pages_and_was_told_before_anything_failed() {
    let cluster = Cluster::start().await;
    // A node's creationTimestamp, which says when its image came, cannot be back-dated: any straggler is an old one.
    let stage = Stage::of(&cluster, &["straggler_seconds=0"]).await;

    // Nothing has failed yet: nodes with the fixed image have come, and one was left behind.
    for name in ["node-b", "node-c"] {
        cluster.node(name).with(amazon_linux_2("5.10.178-162.673.amzn2.x86_64")).create().await;
    }
    let old = cluster.node("node-a").with(amazon_linux_2("5.10.173-154.642.amzn2.x86_64")).create().await;
    let words = ["1 node in cluster blue", "seccomp-bpf-jit-leak", "nodegroup workers (1)"];
    let known = stage.warns("EksNodesKnownIssue", &words).await;
    let straggler = stage.warns("EksPoolStragglers", &["of nodegroup workers in cluster blue", "5.10.173"]).await;
    assert!(stage.paged().is_empty(), "nobody is woken for what may fail");

    let pods = stuck_runs_of_a_cron_job(&cluster, 2).await;
    for pod in &pods {
        cluster.warn(pod, "FailedCreatePodSandBox", ERRNO_524).await;
    }

    let oldest = "billing/invoice-export-28045620-x7k2p of CronJob invoice-export on node-a for 11m";
    let stuck = stage.pages("EksPodsCreationStuck", &["2 pods in", "seccomp_bpf_limit (2)", oldest]).await;
    document::shows("incident-1", &[&stuck, &known, &straggler]);

    // The node is replaced, as the runbook says.
    for pod in &pods {
        cluster.delete(pod).await;
    }
    cluster.delete(&old).await;
    stage.is_over(&stuck).await;
    stage.is_over(&known).await;
    stage.is_over(&straggler).await;
    stage.paged_only(&[r#"EksPodsCreationStuck{scope="workloads"}"#]);
}
