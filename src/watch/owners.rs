//! Owners that the cache cannot derive: a `ReplicaSet` whose name does not tell its Deployment, a Job that is not
//! watched. Each is asked for once, one object at a time.

use std::{sync::Arc, time::Duration};

use kube::{Api, Client, api::ListParams, runtime::watcher::DefaultBackoff};
use parking_lot::RwLock;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{
    client::Connection,
    health::{Health, Reason, State},
    link::Link,
    verdict::describe_client,
    watched::{Watched, resource},
};
use crate::{
    cache::{OwnerIndex, OwnerKind, OwnerWanted},
    objects::{Job, Kind, ReplicaSet},
};

/// How often the cache is asked what it wants to know, and how much of it at once.
const EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 10;

/// Answers what an index wants to know.
pub(super) async fn resolve<I: OwnerIndex>(connection: Connection, health: Arc<Health>, index: Arc<RwLock<I>>) {
    let link = Link::new(Arc::clone(&health));
    let replica_sets = connection.watching::<ReplicaSet>(&link);
    let jobs = connection.watching::<Job>(&link);
    let mut backoff = DefaultBackoff::default();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Nothing was wanted yet, so nothing fails.
    health.set(State::Synced);
    loop {
        ticks.tick().await;
        let wanted = index.read().wanted(AT_ONCE);
        for wanted in wanted {
            let found = match wanted.kind {
                OwnerKind::ReplicaSet => owner::<ReplicaSet>(&replica_sets, &wanted).await,
                OwnerKind::Job => owner::<Job>(&jobs, &wanted).await,
            };
            match found {
                Ok(owner) => {
                    let owner = owner.as_ref().map(|(kind, name)| (kind.as_str(), name.as_str()));
                    index.write().resolved(&wanted.uid, owner);
                    health.set(State::Synced);
                }
                Err(error) => {
                    failed(&health, &error);
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

fn failed(health: &Health, error: &kube::Error) {
    let (reason, state) = match error {
        kube::Error::Api(status) => match status.code {
            401 | 403 => (Reason::Forbidden, State::Forbidden),
            429 => (Reason::Throttled, State::Stale),
            500..=599 => (Reason::Server, State::Stale),
            _ => (Reason::Other, State::Stale),
        },
        kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => (Reason::Decode, State::Stale),
        _ => (Reason::Transport, State::Stale),
    };
    let first = health.state() == State::Synced;
    health.set(state);
    health.failed(reason, &describe_client(error));
    if first {
        let error = health.last_error().unwrap_or_default();
        tracing::warn!(reason = reason.name(), error, "owners of pods cannot be looked up, trying again");
    }
}
