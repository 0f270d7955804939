//! API servers that go away, come back without a memory, or are of another version.

use serde_json::json;

use crate::support::{cluster::Cluster, control_plane::Options, page::Page};

const INFO: &str = "eks_pod_container_creating_info";

fn synced(page: &Page) -> bool {
    page.all("eksporter_watch_synced", &[]).iter().all(|synced| {
        // No custom resource is installed.
        ["cninodes", "ec2nodeclasses", "eniconfigs", "nodeclaims", "nodeclasses"].contains(&synced.label("resource"))
            || synced.is(1)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_stay_while_the_api_server_is_away_and_new_ones_come_when_it_is_back() {
    let mut cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter(&[]).await.ready().await;
    let before = cluster.pod("shop", "before").on("node-a").create().await;
    let shows_before = |page: &Page| page.has(INFO, &[("uid", &before.uid)]);
    exporter.shows("the first pod", shows_before).await;

    cluster.plane.stop_api_server().await;
    let failed = [("resource", "pods"), ("reason", "transport")];
    exporter
        .keeps_showing("the first pod", shows_before, |page| {
            page.value("eksporter_watch_errors_total", &failed).is_some_and(|errors| errors >= 1.0)
        })
        .await;
    cluster.plane.start_api_server().await;

    // Reading a page checks that no series is there twice.
    let after = cluster.pod("shop", "after").on("node-a").create().await;
    let page = exporter
        .keeps_showing("the first pod", shows_before, |page| page.has(INFO, &[("uid", &after.uid)]) && synced(page))
        .await;
    assert_eq!(page.all(INFO, &[]).len(), 2, "{}", page.explanation());
    assert!(exporter.readiness().is_ok(), "{:?}", exporter.readiness());
}

/// A restarted API server remembers no events before its start, so a watch that asks for those after an older resource
/// version is answered with 410 Gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_resource_version_that_is_too_old_leads_to_a_new_list() {
    let mut cluster = Cluster::start().await;
    cluster.node("node-a").create().await;
    let exporter = cluster.exporter_that_resumes(&[]).ready().await;
    let stays = cluster.pod("shop", "stays").on("node-a").create().await;
    let goes = cluster.pod("shop", "goes").on("node-a").create().await;
    let shows_both = |page: &Page| page.has(INFO, &[("uid", &stays.uid)]) && page.has(INFO, &[("uid", &goes.uid)]);
    exporter.shows("both pods", shows_both).await;
    // The store moves on, and the watch of pods has no way to know.
    for number in 0..20 {
        let metadata = json!({"namespace": "shop", "name": format!("settings-{number}")});
        cluster.create(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})).await;
    }
    let lists = exporter.page().value("eksporter_watch_lists_total", &[("resource", "pods")]);

    cluster.plane.stop_api_server().await;
    cluster.plane.start_api_server().await;

    let expired = [("resource", "pods"), ("reason", "expired")];
    let page = exporter
        .keeps_showing("both pods", shows_both, |page| page.says("eksporter_watch_errors_total", &expired, 1))
        .await;
    assert!(page.says("eksporter_collector_up", &[("collector", "pods")], 1), "a routine matter");
    cluster.delete(&goes).await;
    let page = exporter
        .shows("one pod, from a new list", |page| !page.mentions(&goes.uid) && page.has(INFO, &[("uid", &stays.uid)]))
        .await;
    assert!(page.value("eksporter_watch_lists_total", &[("resource", "pods")]) > lists, "{}", page.explanation());
}

/// Kubernetes 1.33 answers 422 where a list is to come as a watch.
#[tokio::test(flavor = "multi_thread")]
async fn without_streaming_lists_all_pages_are_read() {
    let cluster = Cluster::start_with(Options { watch_list: false, ..Options::default() }).await;
    cluster.node("node-a").create().await;
    let cron_job = cluster.cron_job("shop", "report").await;
    for number in 0..5 {
        let job = cluster.job_of(&cron_job, &format!("report-{number}")).await;
        let pod = cluster.pod("shop", &format!("report-{number}")).on("node-a").owned_by(&job).create().await;
        cluster.warn(&pod, "FailedMount", "MountVolume.SetUp failed for volume \"data\" : no such device").await;
    }

    let exporter = cluster.exporter_with(&[], |settings| settings.page_size = 2).await.ready().await;

    let page =
        exporter.shows("every pod and why", |page| page.all(INFO, &[("cause", "volume_mount")]).len() == 5).await;
    assert!(synced(&page), "{}", page.explanation());
    for resource in ["pods", "nodes", "events_warning", "events_pulling", "jobs"] {
        let of_it = [("resource", resource)];
        assert!(page.says("eksporter_watch_list_fallbacks_total", &of_it, 1), "{}", page.explanation());
    }
    let owners = page.values_of("eks_pod_container_creating_age_seconds", "owner_kind");
    assert_eq!(owners, ["CronJob".to_owned()].into(), "metadata of Jobs comes in pages too");

    let late = cluster.pod("shop", "late").on("node-a").create().await;
    exporter.shows("what comes after the list", |page| page.has(INFO, &[("uid", &late.uid)])).await;
}
