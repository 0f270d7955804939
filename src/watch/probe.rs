//! Kinds that may not be installed: probed for before they are watched, and again while they are absent.

use std::{sync::Arc, time::Duration};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIGroup;
use kube::{Client, runtime::watcher::DefaultBackoff};
use parking_lot::RwLock;
use tokio::time::sleep;

use super::{
    drive::{Limits, Watch, drive},
    health::{Reason, State},
    link::Link,
    verdict::describe_client,
    watched::resource,
};
use crate::{
    cache::{Index, Scope},
    clock::Clock,
    objects::Kind,
};

/// How often an absent kind is looked for.
const AGAIN: Duration = Duration::from_secs(60);

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
                sleep(AGAIN).await;
            }
            Ok(None) => {
                link.health().set(State::Absent);
                sleep(AGAIN).await;
            }
            Err(error) => {
                link.health().failed(Reason::Other, &describe_client(&error));
                sleep(backoff.next().unwrap_or(AGAIN)).await;
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
