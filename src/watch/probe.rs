//! Kinds that may not be installed: probed for before they are watched, and again while they are absent.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIGroup;
use kube::{Client, runtime::watcher::DefaultBackoff};
use parking_lot::RwLock;
use tokio::time::sleep;

use super::{
    drive::{Limits, Watch, drive},
    health::State,
    link::Link,
    verdict::{describe_client, judge_client},
    watched::resource,
};
use crate::{
    cache::{Index, Scope},
    clock::Clock,
    objects::Kind,
};

/// Watches a kind while the cluster serves it.
pub(super) async fn probe<K: Kind, I: Index<K>>(
    plain: Client,
    watching: Client,
    scope: Scope,
    link: Arc<Link>,
    clock: Clock,
    limits: Limits,
    index: Arc<RwLock<I>>,
) {
    let mut backoff = DefaultBackoff::default();
    loop {
        match served::<K>(&plain).await {
            Ok(Some(version)) => {
                let watch = Watch {
                    client: watching.clone(),
                    resource: resource::<K>(&version),
                    scope: scope.clone(),
                    link: Arc::clone(&link),
                    clock: clock.clone(),
                    limits,
                };
                tracing::debug!(resource = link.health().resource(), version, "kind is served");
                drive::<K, I>(&watch, &index).await;
                sleep(limits.probe_every).await;
            }
            Ok(None) => {
                link.health().set(State::Absent);
                sleep(limits.probe_every).await;
            }
            Err(error) => {
                let (reason, _) = judge_client(&error);
                link.health().failed(reason, &describe_client(&error));
                sleep(backoff.next().unwrap_or(limits.probe_every)).await;
            }
        }
    }
}

/// The version to ask for: the one we know best, else the one that the cluster prefers. `None` where the group is not
/// served. Discovery is open to every service account (`system:discovery`); where somebody took that away, the kind
/// is tried for in the version we know.
async fn served<K: Kind>(client: &Client) -> Result<Option<String>, kube::Error> {
    let request = http::Request::get(format!("/apis/{}", K::GROUP)).body(Vec::new()).map_err(kube::Error::HttpError)?;
    match client.request::<APIGroup>(request).await {
        Ok(group) => Ok(choose::<K>(&group)),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(Some(K::VERSION.to_owned())),
        Err(error) => Err(error),
    }
}

fn choose<K: Kind>(group: &APIGroup) -> Option<String> {
    if group.versions.iter().any(|served| served.version == K::VERSION) {
        return Some(K::VERSION.to_owned());
    }
    group.preferred_version.as_ref().or(group.versions.first()).map(|served| served.version.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

    use serde_json::json;

    use std::time::Duration;

    use super::*;
    use crate::{
        collector::Collector,
        objects::NodeClaim,
        watch::{
            client::Connection,
            health::{Health, Reason},
            testing::*,
        },
    };

    fn run(server: &Server) -> (Recording, Arc<Health>) {
        let clock = Clock::new();
        let connection = Connection::over(Client::new(server.service(), "default"), &clock);
        let scope = Scope::cluster();
        let health = Arc::new(Health::new("nodeclaims", Collector::NodeClaims, scope.clone(), clock.clone()));
        let link = Link::new(Arc::clone(&health));
        let watching = connection.watching::<NodeClaim>(&link);
        let limits = Limits {
            stale_after: Duration::from_mins(5),
            watch_timeout: Duration::from_mins(4),
            page_size: 500,
            probe_every: Duration::from_mins(1),
        };
        let index = Recording::default();
        let task = probe::<NodeClaim, _>(connection.plain(), watching, scope, link, clock, limits, Arc::clone(&index));
        tokio::spawn(task);
        (index, health)
    }

    fn group(versions: &[&str], preferred: &str) -> Answer {
        let of = |version: &str| json!({"groupVersion": format!("karpenter.sh/{version}"), "version": version});
        let versions: Vec<_> = versions.iter().map(|version| of(version)).collect();
        json(
            200,
            &json!({"kind": "APIGroup", "name": "karpenter.sh", "versions": versions,
                "preferredVersion": of(preferred)}),
        )
    }

    fn claims(name: &str) -> Answer {
        let line = |what: &str, object| format!("{}\n", json!({"type": what, "object": object}));
        let end = json!({"apiVersion": "karpenter.sh/v1", "kind": "NodeClaim", "metadata": {"resourceVersion": "4",
            "annotations": {"k8s.io/initial-events-end": "true"}}});
        let text = line("ADDED", json!({"metadata": {"name": name, "resourceVersion": "1"}})) + &line("BOOKMARK", end);
        answer(200, JSON, vec![Step::Chunk(text.into_bytes()), Step::Wait(Duration::from_mins(4))])
    }

    fn nothing() -> Answer {
        answer(404, "text/plain", vec![Step::Chunk(b"404 page not found\n".into())])
    }

    #[tokio::test(start_paused = true)]
    async fn a_kind_comes_and_goes_with_its_crd() {
        static INSTALLED: AtomicBool = AtomicBool::new(false);
        let server = Server::new(|_, asked| match asked.path.as_str() {
            _ if !INSTALLED.load(Relaxed) => nothing(),
            "/apis/karpenter.sh" => group(&["v1", "v1beta1"], "v1"),
            "/apis/karpenter.sh/v1/nodeclaims" => claims("default-abcde"),
            other => panic!("{other}"),
        });
        let (index, health) = run(&server);
        until(|| health.state() == State::Absent).await;
        sleep(Duration::from_mins(10)).await;
        assert!((9..12).contains(&server.asked().len()), "looked for about once a minute");

        INSTALLED.store(true, Relaxed);
        until(|| health.state() == State::Synced).await;
        assert!(index.read().holds(&["default-abcde"]));
        let accept = server.asked().last().map(|asked| asked.accept.clone());
        assert_eq!(accept.as_deref(), Some("application/json"), "custom resources have no protobuf");

        INSTALLED.store(false, Relaxed);
        until(|| health.state() == State::Absent).await;
        assert!(index.read().holds(&[]));
    }

    #[tokio::test(start_paused = true)]
    async fn another_version_is_taken_where_the_known_one_is_not_served() {
        let server = Server::new(|_, asked| match asked.path.as_str() {
            "/apis/karpenter.sh" => group(&["v1beta1", "v1alpha5"], "v1beta1"),
            "/apis/karpenter.sh/v1beta1/nodeclaims" => claims("a"),
            other => panic!("{other}"),
        });
        let (_, health) = run(&server);
        until(|| health.state() == State::Synced).await;
    }

    #[tokio::test(start_paused = true)]
    async fn without_the_right_to_discovery_the_known_version_is_tried() {
        let server = Server::new(|_, asked| match asked.path.as_str() {
            "/apis/karpenter.sh" => json(403, &json!({"kind": "Status", "code": 403, "reason": "Forbidden"})),
            "/apis/karpenter.sh/v1/nodeclaims" => claims("a"),
            other => panic!("{other}"),
        });
        let (_, health) = run(&server);
        until(|| health.state() == State::Synced).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_fails_is_asked_again() {
        static TRIES: AtomicU8 = AtomicU8::new(0);
        let server = Server::new(|_, asked| match asked.path.as_str() {
            "/apis/karpenter.sh" if TRIES.fetch_add(1, Relaxed) < 3 => nothing_but(500),
            "/apis/karpenter.sh" => group(&["v1"], "v1"),
            _ => claims("a"),
        });
        let (_, health) = run(&server);
        until(|| health.state() == State::Synced).await;
        assert_eq!(health.errors(Reason::Server), 3);
    }

    fn nothing_but(code: u16) -> Answer {
        answer(code, "text/plain", vec![Step::Chunk(b"no".into())])
    }
}
