//! All of it together over one connection.

use kube::Client;

use super::*;
use crate::watch::testing::*;

fn server() -> Server {
    Server::new(|_, asked| match asked.path.as_str() {
        "/version" => json(200, &serde_json::json!({"gitVersion": "v1.36.3", "major": "1", "minor": "36"})),
        // Groups of custom resources that nobody installed.
        "/apis/karpenter.sh" | "/apis/eks.amazonaws.com" => answer(404, "text/plain", vec![]),
        path if path.contains(".k8s.") || path.contains("/configmaps/") => answer(404, "text/plain", vec![]),
        _ => open(&[bookmark(1, true)]),
    })
}

fn begin(server: &Server, settings: &Settings) -> (Running, Recording) {
    let (cache, clock) = (Recording::default(), Clock::new());
    let connection = Connection::over(Client::new(server.service(), "default"), &clock);
    (start_over(&connection, settings, Arc::clone(&cache), &clock), cache)
}

fn settled(running: &Running) -> bool {
    running.board().awaited().all(|one| one.settled)
}

#[tokio::test(start_paused = true)]
async fn everything_is_watched_once_and_events_three_times() {
    let server = server();
    let (running, _) = begin(&server, &Settings::default());
    until(|| settled(&running)).await;
    until(|| running.board().collector_states().iter().all(|one| one.up != Some(false))).await;
    let mut asked: Vec<_> = server
        .asked()
        .iter()
        .map(|asked| {
            let fields = asked.query.split('&').find(|parameter| parameter.starts_with("fieldSelector"));
            format!("{} {}", asked.path, fields.unwrap_or_default()).trim_end().to_owned()
        })
        .collect();
    asked.sort_unstable();
    let expected = [
        "/api/v1/events fieldSelector=involvedObject.kind%3DNode%2Csource%3Dvpc-resource-controller",
        "/api/v1/events fieldSelector=involvedObject.kind%3DPod%2Ctype%3DNormal%2Creason%3DPulling",
        "/api/v1/events fieldSelector=involvedObject.kind%3DPod%2Ctype%3DWarning",
        "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni",
        "/api/v1/namespaces/kube-system/pods",
        "/api/v1/nodes",
        "/api/v1/pods",
        "/apis/apps/v1/namespaces/kube-system/daemonsets",
        "/apis/batch/v1/jobs",
        "/apis/crd.k8s.amazonaws.com",
        "/apis/eks.amazonaws.com",
        "/apis/karpenter.k8s.aws",
        "/apis/karpenter.sh",
        "/apis/vpcresources.k8s.aws",
        "/version",
    ];
    assert_eq!(asked, expected);
    let names: Vec<_> = running.board().resources().iter().map(|one| one.name).collect();
    let expected = [
        "pods",
        "nodes",
        "events_warning",
        "events_pulling",
        "events_node",
        "jobs",
        "addon_pods",
        "daemonsets",
        "nodeclaims",
        "cninodes",
        "ec2nodeclasses",
        "nodeclasses",
        "eniconfigs",
    ];
    assert_eq!(names, expected);
    running.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn namespaces_are_watched_one_by_one_and_nodes_as_a_whole() {
    let server = server();
    let namespaces = ["shop", "kube-system", "shop"].map(str::to_owned).into();
    let collectors = vec![Collector::Pods, Collector::Nodes];
    let (running, cache) = begin(&server, &Settings { namespaces, collectors, ..Settings::default() });
    until(|| settled(&running)).await;
    let watches = |asked: &Asked| !asked.path.contains("/configmaps/");
    let mut paths: Vec<_> = server.asked().into_iter().filter(watches).map(|asked| asked.path).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/api/v1/namespaces/kube-system/pods", "/api/v1/namespaces/shop/pods", "/api/v1/nodes"]);
    assert_eq!(running.board().watches().len(), 3);
    assert_eq!(cache.read().times("finish"), 3);
}

#[tokio::test(start_paused = true)]
async fn add_ons_are_left_alone_where_their_namespace_is_not_to_be_watched() {
    let server = server();
    let (namespaces, collectors) = (vec!["shop".to_owned()], vec![Collector::Addons]);
    let (running, _) = begin(&server, &Settings { namespaces, collectors, ..Settings::default() });
    assert!(running.board().resources().is_empty());
    let states = running.board().collector_states();
    assert!(states.iter().all(|one| one.presence == Presence::Off), "switched off is no fault");
}

#[tokio::test(start_paused = true)]
async fn events_about_nodes_are_watched_only_where_they_may_be_seen() {
    for (namespaces, expected) in [(&["shop"][..], 0), (&["default", "shop"], 1), (&[], 1)] {
        let server = server();
        let namespaces = namespaces.iter().copied().map(str::to_owned).collect();
        let collectors = vec![Collector::Events];
        let (running, _) = begin(&server, &Settings { namespaces, collectors, ..Settings::default() });
        until(|| settled(&running)).await;
        let about_nodes = running.board().watches().iter().filter(|health| health.resource() == "events_node");
        assert_eq!(about_nodes.count(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_on_once_it_is_dropped() {
    let server = server();
    let (running, cache) = begin(&server, &Settings::default());
    until(|| settled(&running)).await;
    drop(running);
    sleep(Duration::from_secs(1)).await;
    let asked = server.asked().len();
    sleep(Duration::from_hours(1)).await;
    assert_eq!(server.asked().len(), asked);
    assert_eq!(Arc::strong_count(&cache), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ends_is_noticed() {
    let mut running = Running { board: Arc::default(), tasks: JoinSet::new() };
    let _ = tokio::time::timeout(Duration::from_hours(1), running.ended()).await.unwrap_err();
    running.tasks.spawn(async { panic!("a fault of ours") });
    running.ended().await;
}

#[test]
fn a_watch_lasts_no_longer_than_silence_is_borne() {
    let with = |stale_after, watch_timeout: Option<u64>| {
        let seconds = Duration::from_secs;
        let settings = Settings {
            stale_after: seconds(stale_after),
            watch_timeout: watch_timeout.map(seconds),
            ..Settings::default()
        };
        settings.limits().watch_timeout.as_secs()
    };
    assert_eq!((with(300, None), with(3600, None), with(10, None), with(300, Some(5))), (240, 290, 8, 5));
}
