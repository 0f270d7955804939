//! How long a branch ENI cools down: one key of one `ConfigMap` of the VPC CNI.
//!
//! It is a refinement of an estimate and no collector of its own: where it may not be read or is not there, the
//! exporter's own flag holds and nothing is amiss.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kube::{
    Client,
    runtime::{utils::Backoff, watcher::DefaultBackoff},
};
use parking_lot::RwLock;
use serde::Deserialize;
use tokio::time::sleep;

use super::verdict::describe_client;
use crate::{cache::CoolDownIndex, objects::nullable};

/// Where it stands (aws/amazon-vpc-resource-controller-k8s pkg/config/type.go). By name, for that is all that the role
/// allows.
const PATH: &str = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni";
const KEY: &str = "branch-eni-cooldown";
/// How often it is read.
const EVERY: Duration = Duration::from_mins(3);
/// So many refusals are borne before the right counts as lost; with the back-off they take half a minute.
const ENOUGH: u8 = 5;

/// The part of a `ConfigMap` that is read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigMap {
    #[serde(deserialize_with = "nullable")]
    data: HashMap<String, String>,
}

/// Reads it for as long as the task lives.
pub(super) async fn follow<I: CoolDownIndex>(client: Client, index: Arc<RwLock<I>>) {
    let mut backoff = DefaultBackoff::default();
    let mut refused = 0;
    loop {
        let found = match read(&client).await {
            // An API server that has just started refuses everybody until it has read its roles.
            Err(kube::Error::Api(status)) if status.code == 403 && refused == ENOUGH => Ok(None),
            found => found,
        };
        match found {
            Ok(text) => {
                tracing::debug!(seconds = text.as_deref(), "read how long branch ENIs cool down");
                index.write().branch_eni_cool_down(text.as_deref());
                backoff.reset();
                refused = 0;
                sleep(EVERY).await;
            }
            // What was read before still holds.
            Err(error) => {
                refused += u8::from(matches!(&error, kube::Error::Api(status) if status.code == 403));
                tracing::debug!(error = describe_client(&error), "cannot read how long branch ENIs cool down");
                sleep(backoff.next().unwrap_or(EVERY)).await;
            }
        }
    }
}

/// What it says; `None` where it is not there.
async fn read(client: &Client) -> Result<Option<String>, kube::Error> {
    let request = http::Request::get(PATH).body(Vec::new()).map_err(kube::Error::HttpError)?;
    match client.request::<ConfigMap>(request).await {
        Ok(mut found) => Ok(found.data.remove(KEY)),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::watch::testing::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_read_again_and_what_cannot_be_read_is_not_said() {
        let server = Server::new(|nth, asked| match (nth, asked.path.as_str()) {
            (0, PATH) => json(200, &json!({"data": {"branch-eni-cooldown": "90", "enable-network-policy": "true"}})),
            (1, PATH) => answer(503, "text/plain", vec![]),
            (2, PATH) => json(200, &json!({"data": null})),
            (3, PATH) => json(200, &json!({"data": {"branch-eni-cooldown": "30"}})),
            (_, PATH) => json(404, &json!({"kind": "Status", "code": 404, "reason": "NotFound"})),
            other => panic!("{other:?}"),
        });
        let index = Recording::default();
        tokio::spawn(follow(Client::new(server.service(), "default"), Arc::clone(&index)));
        until(|| index.read().told.len() == 4).await;
        assert_eq!(index.read().told, ["cool-down 90", "cool-down -", "cool-down 30", "cool-down -"]);
        let asked = server.asked();
        assert!(asked[1].at - asked[0].at >= EVERY && asked[2].at - asked[1].at < EVERY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_right_is_lost_when_it_is_refused_for_a_while() {
        let server = Server::new(|nth, _| match nth {
            0 | 2 => json(200, &json!({"data": {"branch-eni-cooldown": "90"}})),
            _ => json(403, &json!({"kind": "Status", "code": 403, "reason": "Forbidden"})),
        });
        let index = Recording::default();
        tokio::spawn(follow(Client::new(server.service(), "default"), Arc::clone(&index)));
        until(|| index.read().told.len() == 3).await;
        assert_eq!(index.read().told, ["cool-down 90", "cool-down 90", "cool-down -"]);
        let asked = server.asked();
        assert!(asked.len() == 9 && asked[8].at - asked[3].at > Duration::from_secs(10));
    }
}
