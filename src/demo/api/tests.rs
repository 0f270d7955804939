//! What a client of the real API server relies on, asked with kube's own client and watcher.

use std::{pin::pin, time::Duration};

use futures::{Stream, StreamExt};
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::{
    Api, Client, Config, ResourceExt,
    api::ListParams,
    core::PartialObjectMeta,
    runtime::watcher::{self, watcher},
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

fn pod(name: &str, node: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name, "namespace": "web" },
        "spec": { "nodeName": node, "containers": [] }, "status": { "phase": "Running" },
    })
}

fn client(server: &ApiServer) -> Client {
    let mut config = Config::new(server.url().parse().unwrap());
    config.default_retry = false;
    Client::try_from(config).unwrap()
}

fn server(faults: impl Faults) -> ApiServer {
    let options = Options { bookmarks: Duration::from_millis(100), ..Options::default() };
    ApiServer::start_with(Store::new(), faults, options).unwrap()
}

/// The next events in words; errors by their text.
async fn next(
    stream: &mut (impl Stream<Item = watcher::Result<watcher::Event<Pod>>> + Unpin),
    count: usize,
) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let item = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap().unwrap();
        seen.push(item.map_or_else(|error| error.to_string(), |event| event.to_string()));
    }
    seen
}

#[tokio::test]
async fn a_streaming_list_ends_with_its_bookmark_and_goes_on() {
    let server = server(NoFaults);
    server.store.apply(pod("a", "n1")).unwrap();
    server.store.apply(pod("b", "n2")).unwrap();
    let config = watcher::Config::default().streaming_lists();
    let mut stream = pin!(watcher(Api::<Pod>::all(client(&server)), config));
    assert_eq!(next(&mut stream, 4).await, ["Init", "InitApply(a)", "InitApply(b)", "InitDone"]);

    server.store.apply(pod("c", "n1")).unwrap();
    server.store.delete(&pod("a", "")).unwrap();
    assert_eq!(next(&mut stream, 2).await, ["Apply(c)", "Delete(a)"]);
}

#[tokio::test]
async fn pages_hold_every_object_once() {
    let server = server(NoFaults);
    for name in ["a", "b", "c", "d", "e"] {
        server.store.apply(pod(name, "n1")).unwrap();
    }
    let config = watcher::Config::default().page_size(2);
    let mut stream = pin!(watcher(Api::<Pod>::all(client(&server)), config));
    let seen = next(&mut stream, 7).await.join(" ");
    assert_eq!(seen, "Init InitApply(a) InitApply(b) InitApply(c) InitApply(d) InitApply(e) InitDone");
}

#[tokio::test]
async fn a_watch_whose_version_is_too_old_gets_410_and_lists_again() {
    let server = server(NoFaults);
    let mut stream = pin!(watcher(Api::<Pod>::all(client(&server)), watcher::Config::default().streaming_lists()));
    assert_eq!(next(&mut stream, 2).await, ["Init", "InitDone"]);
    server.store.compact();
    let seen = next(&mut stream, 3).await;
    assert!(seen[0].contains("too old resource version"), "{seen:?}");
    assert_eq!(seen[1..], ["Init", "InitDone"]);
}

#[tokio::test]
async fn selectors_choose_and_what_leaves_them_is_deleted() {
    let server = server(NoFaults);
    server.store.apply(pod("a", "n1")).unwrap();
    server.store.apply(pod("b", "n2")).unwrap();
    let config = watcher::Config::default().fields("spec.nodeName=n1,metadata.name!=z");
    let mut stream = pin!(watcher(Api::<Pod>::all(client(&server)), config));
    assert_eq!(next(&mut stream, 3).await, ["Init", "InitApply(a)", "InitDone"]);
    server.store.patch(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a", "namespace": "web" }, "spec": { "nodeName": "n3" },
    })).unwrap();
    assert_eq!(next(&mut stream, 1).await, ["Delete(a)"]);

    let pods = Api::<Pod>::all(client(&server));
    let refused = pods.list(&ListParams::default().fields("spec.hostNetwork=true")).await.unwrap_err();
    assert!(refused.to_string().contains("field label not supported"), "{refused}");
}

#[tokio::test]
async fn events_are_selected_as_eksporter_and_kubectl_do() {
    let server = server(NoFaults);
    for (name, kind, reason) in [("e1", "Normal", "Pulling"), ("e2", "Warning", "BackOff"), ("e3", "Normal", "Pulled")]
    {
        server
            .store
            .apply(json!({
                "apiVersion": "v1", "kind": "Event", "metadata": { "name": name, "namespace": "web" },
                "type": kind, "reason": reason, "reportingComponent": "kubelet",
                "involvedObject": {
                    "apiVersion": "v1", "kind": "Pod", "namespace": "web", "name": "a", "uid": format!("of {name}"),
                    "resourceVersion": "7", "fieldPath": "spec.containers{main}",
                },
            }))
            .unwrap();
    }
    let events = Api::<Event>::all(client(&server));
    // The third is what `kubectl events --for pod/a --types=Warning` asks, the fourth `kubectl describe pod a`.
    for (fields, found) in [
        ("involvedObject.kind=Pod,type=Warning", "e2"),
        ("type=Normal,reason=Pulling", "e1"),
        ("involvedObject.apiVersion=v1,involvedObject.kind=Pod,involvedObject.name=a,type=Warning", "e2"),
        ("involvedObject.kind=Pod,involvedObject.name=a,involvedObject.namespace=web,involvedObject.uid=of e3", "e3"),
        (
            "involvedObject.fieldPath=spec.containers{main},involvedObject.resourceVersion=7,\
             reportingComponent=kubelet,type=Warning",
            "e2",
        ),
    ] {
        let list = events.list(&ListParams::default().fields(fields)).await.unwrap();
        assert_eq!(list.iter().map(ResourceExt::name_any).collect::<Vec<_>>(), [found]);
    }
}

#[tokio::test]
async fn metadata_only_clients_get_no_more() {
    let server = server(NoFaults);
    server.store.apply(pod("a", "n1")).unwrap();
    let pods = Api::<Pod>::namespaced(client(&server), "web");
    let list = pods.list_metadata(&ListParams::default()).await.unwrap();
    assert_eq!(list.items[0].name_any(), "a");
    let one: PartialObjectMeta<Pod> = pods.get_metadata("a").await.unwrap();
    assert!(one.uid().is_some() && one.creation_timestamp().is_some());
    assert_eq!(pods.get_opt("z").await.unwrap(), None);
}

#[tokio::test]
async fn a_crd_comes_and_goes() {
    let server = server(NoFaults);
    let client = client(&server);
    let groups = async || client.list_api_groups().await.unwrap().groups.len();
    assert_eq!(groups().await, 2);
    server.store.serve(Resource::NODE_CLAIM);
    assert_eq!(groups().await, 3);
    let listed = client.list_api_group_resources("karpenter.sh/v1").await.unwrap();
    assert_eq!(listed.resources[0].name, "nodeclaims");
    server.store.withdraw(&Resource::NODE_CLAIM);
    let gone = client.list_api_group_resources("karpenter.sh/v1").await.unwrap_err();
    assert!(matches!(gone, kube::Error::Api(status) if status.code == 404));
    assert_eq!(client.apiserver_version().await.unwrap().minor, "36");
}

#[tokio::test]
async fn faults_stand_in_for_answers_and_cut_genuine_ones_short() {
    let server = server(|asked: &Asked| match (asked.shape, asked.nth) {
        (Shape::StreamingList, 0) => {
            Some(Answer::new(200).part(Part::Genuine { events: 1 }).bytes("{\"ty").part(Part::Cut))
        }
        (Shape::StreamingList, 1) => Some(Answer::new(429).header("retry-after", "1").bytes("too many")),
        _ => None,
    });
    server.store.apply(pod("a", "n1")).unwrap();
    let mut stream = pin!(watcher(Api::<Pod>::all(client(&server)), watcher::Config::default().streaming_lists()));
    // kube takes a cut stream for an ended one and starts over without a word.
    let seen = next(&mut stream, 6).await;
    assert_eq!(seen[..2], ["Init", "InitApply(a)"]);
    assert!(seen[2].contains("too many"), "{seen:?}");
    assert_eq!(seen[3..], ["Init", "InitApply(a)", "InitDone"]);
}

#[tokio::test]
async fn dropping_the_server_cuts_its_connections() {
    let server = server(NoFaults);
    let mut raw = tokio::net::TcpStream::connect(server.addr).await.unwrap();
    raw.write_all(b"GET /api/v1/pods?watch=true HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut head = [0; 15];
    raw.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    let addr = server.addr;
    drop(server);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), raw.read_to_end(&mut rest)).await.unwrap();
    assert!(ended.is_err() || !rest.ends_with(b"0\r\n\r\n"));
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}
