//! Owners that the cache cannot derive: a `ReplicaSet` whose name does not tell its Deployment, a Job that is not
//! watched. Each is asked for once, one object at a time.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kube::{Api, Client, api::ListParams, runtime::watcher::DefaultBackoff};
use parking_lot::RwLock;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::{
    client::Connection,
    health::{Health, Reason, State},
    link::Link,
    verdict::{describe_client, judge_client},
    watched::{Watched, resource},
};
use crate::{
    cache::{OwnerIndex, OwnerKind, OwnerWanted},
    objects::{Job, Kind, ReplicaSet},
};

/// How often the cache is asked what it wants to know, and how much of it at once.
const EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 10;
/// How much of it is looked through for what may be asked for.
const IN_ALL: usize = 500;
/// How long a kind is left alone in a namespace where it may not be listed.
const REFUSED: Duration = Duration::from_secs(30);

/// Answers what an index wants to know.
pub(super) async fn resolve<I: OwnerIndex>(connection: Connection, health: Arc<Health>, index: Arc<RwLock<I>>) {
    let link = Link::new(Arc::clone(&health));
    let replica_sets = connection.watching::<ReplicaSet>(&link);
    let jobs = connection.watching::<Job>(&link);
    let mut backoff = DefaultBackoff::default();
    let mut refused: HashMap<(OwnerKind, String), Instant> = HashMap::new();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Where nothing is wanted, nothing fails.
    health.set(State::Synced);
    loop {
        ticks.tick().await;
        let now = Instant::now();
        refused.retain(|_, until| *until > now);
        let mut asked = 0;
        let wanted = index.read().wanted(IN_ALL);
        if wanted.is_empty() && health.state() != State::Synced {
            health.set(State::Synced); // whoever it was wanted for is gone
        }
        for wanted in wanted {
            let place = (wanted.kind, wanted.namespace.clone());
            if refused.contains_key(&place) {
                continue; // what may be asked for must not wait for what may not
            }
            if asked == AT_ONCE {
                break;
            }
            asked += 1;
            let found = match wanted.kind {
                OwnerKind::ReplicaSet => owner::<ReplicaSet>(&replica_sets, &wanted).await,
                OwnerKind::Job => owner::<Job>(&jobs, &wanted).await,
            };
            match found {
                Ok(owner) => {
                    let owner = owner.as_ref().map(|(kind, name)| (kind.as_str(), name.as_str()));
                    index.write().resolved(&wanted.uid, owner);
                    if refused.is_empty() {
                        health.set(State::Synced);
                    }
                }
                Err(error) => {
                    if failed(&health, &error) == Reason::Forbidden {
                        refused.insert(place, Instant::now() + REFUSED);
                        continue;
                    }
                    let asked = link.take_retry_after().unwrap_or_default();
                    sleep(backoff.next().unwrap_or(EVERY).max(asked)).await;
                    break;
                }
            }
        }
    }
}

/// The role allows to list, not to get: so it is a list of one.
async fn owner<K: Kind>(client: &Client, wanted: &OwnerWanted) -> Result<Option<(String, String)>, kube::Error> {
    if !(is_name(&wanted.namespace) && is_name(&wanted.name)) {
        return Ok(None);
    }
    let api: Api<Watched<K>> = Api::namespaced_with(client.clone(), &wanted.namespace, &resource::<K>(K::VERSION));
    let one = ListParams::default().fields(&format!("metadata.name={}", wanted.name)).limit(1);
    let found = api.list(&one).await?.items.into_iter().map(|watched| watched.object);
    let same = found.into_iter().find(|object| object.meta().uid == wanted.uid);
    let owner = same.as_ref().and_then(|object| object.meta().controller());
    Ok(owner.map(|owner| (owner.kind.clone(), owner.name.clone())))
}

/// Names come from owner references, which anybody who makes pods may write; they must not become more of a path or
/// of a selector than a name.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
        && !text.starts_with('.')
}

fn failed(health: &Health, error: &kube::Error) -> Reason {
    let (reason, _) = judge_client(error);
    let state = if reason == Reason::Forbidden { State::Forbidden } else { State::Stale };
    let first = health.state() == State::Synced;
    health.set(state);
    health.failed(reason, &describe_client(error));
    if first {
        let error = health.last_error().unwrap_or_default();
        tracing::warn!(reason = reason.name(), error, "owners of pods cannot be looked up, trying again");
    }
    reason
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{cache::Scope, clock::Clock, collector::Collector, watch::testing::*};

    fn wanted(kind: OwnerKind, name: &str) -> OwnerWanted {
        OwnerWanted { namespace: "shop".to_owned(), kind, name: name.to_owned(), uid: format!("uid-of-{name}") }
    }

    fn run(server: &Server, wanted: Vec<OwnerWanted>) -> (Recording, Arc<Health>) {
        let clock = Clock::new();
        let connection = Connection::over(Client::new(server.service(), "default"), &clock);
        let health = Arc::new(Health::new("owners", Collector::Owners, Scope::cluster(), clock));
        let index = Recording::default();
        index.write().wanted = wanted;
        tokio::spawn(resolve(connection, Arc::clone(&health), Arc::clone(&index)));
        (index, health)
    }

    fn found(name: &str, owner: &str) -> Answer {
        let reference = json!([{"kind": owner, "name": "web", "uid": "o", "controller": true}]);
        json(
            200,
            &json!({"kind": "PartialObjectMetadataList", "metadata": {"resourceVersion": "1"},
                "items": [{"metadata": {"name": name, "uid": format!("uid-of-{name}"), "ownerReferences": reference}}]}),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn an_owner_is_looked_up_by_a_list_of_one_and_only_once() {
        let server = Server::new(|_, asked| match asked.path.as_str() {
            "/apis/apps/v1/namespaces/shop/replicasets" => found("web-1", "Rollout"),
            "/apis/batch/v1/namespaces/shop/jobs" => found("nightly-7", "CronJob"),
            other => panic!("{other}"),
        });
        let all = vec![wanted(OwnerKind::ReplicaSet, "web-1"), wanted(OwnerKind::Job, "nightly-7")];
        let (index, health) = run(&server, all);
        until(|| index.read().owners.len() == 2).await;
        sleep(Duration::from_mins(1)).await;
        let asked = server.asked();
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0].query, "&fieldSelector=metadata.name%3Dweb-1&limit=1");
        assert!(asked[0].accept.contains("as=PartialObjectMetadataList"));
        let owners = &index.read().owners;
        assert_eq!(owners["uid-of-web-1"].as_deref(), Some("Rollout/web"));
        assert_eq!(owners["uid-of-nightly-7"].as_deref(), Some("CronJob/web"));
        assert_eq!(health.state(), State::Synced);
    }

    #[tokio::test(start_paused = true)]
    async fn another_object_of_the_same_name_is_not_taken_for_it() {
        let server = Server::new(|_, _| found("somebody-else", "Deployment"));
        let (index, _) = run(&server, vec![wanted(OwnerKind::ReplicaSet, "web-1")]);
        until(|| index.read().owners.len() == 1).await;
        assert_eq!(index.read().owners["uid-of-web-1"], None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_is_none_is_not_asked_for() {
        let server = Server::new(|_, asked| panic!("{asked:?}"));
        let names = ["../../secrets", "a,metadata.namespace!=x", "", "Ü", ".."];
        let (index, _) = run(&server, names.map(|name| wanted(OwnerKind::Job, name)).into());
        until(|| index.read().owners.len() == names.len()).await;
        assert!(index.read().owners.values().all(Option::is_none));
    }

    #[tokio::test(start_paused = true)]
    async fn without_the_right_it_asks_seldom_and_recovers() {
        let server = Server::new(|nth, _| match nth {
            0..6 => json(403, &json!({"kind": "Status", "code": 403, "reason": "Forbidden"})),
            _ => found("web-1", "Deployment"),
        });
        let (index, health) = run(&server, vec![wanted(OwnerKind::ReplicaSet, "web-1")]);
        until(|| health.state() == State::Forbidden).await;
        until(|| index.read().owners.len() == 1).await;
        let asked = server.asked();
        assert!(asked[6].at - asked[5].at > Duration::from_secs(15));
        assert_eq!((health.state(), health.errors(Reason::Forbidden)), (State::Synced, 6));
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_be_asked_for_does_not_wait_for_what_may_not() {
        let server = Server::new(|_, asked| match asked.path.as_str() {
            "/apis/batch/v1/namespaces/shop/jobs" => json(403, &json!({"kind": "Status", "code": 403})),
            _ => found("web-1", "Rollout"),
        });
        let jobs = (0..35).map(|nth| wanted(OwnerKind::Job, &format!("nightly-{nth}")));
        let (index, health) = run(&server, jobs.chain([wanted(OwnerKind::ReplicaSet, "web-1")]).collect());
        until(|| index.read().owners.len() == 1).await;
        assert_eq!(index.read().owners["uid-of-web-1"].as_deref(), Some("Rollout/web"));
        assert_eq!(server.asked().len(), 2, "one Job speaks for all of its namespace");
        assert_eq!(health.state(), State::Forbidden, "not all is well");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_wanted_any_more_fails_no_more() {
        let server = Server::new(|_, _| json(500, &json!({"kind": "Status", "code": 500})));
        let (index, health) = run(&server, vec![wanted(OwnerKind::ReplicaSet, "web-1")]);
        until(|| health.state() == State::Stale).await;
        index.write().wanted.clear();
        until(|| health.state() == State::Synced).await;
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_ten_a_second_are_asked_for() {
        let server = Server::new(|_, _| found("x", "Deployment"));
        let many = (0..35).map(|nth| wanted(OwnerKind::ReplicaSet, &format!("web-{nth}"))).collect();
        let (index, _) = run(&server, many);
        until(|| index.read().owners.len() == 35).await;
        let asked = server.asked();
        assert!(asked[34].at - asked[0].at >= Duration::from_secs(3));
    }
}
