//! Who made a pod: the workload that a person knows, not the object in between.

use crate::objects::{Meta, keys};

/// A workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// Known from the pod alone; both empty for a pod that nobody owns.
    Known {
        /// Kind such as `Deployment`.
        kind: &'a str,
        /// Its name.
        name: &'a str,
    },
    /// The object that made the pod was made by another one, and the pod does not tell by which.
    Behind {
        /// Kind of the object in between.
        kind: &'a str,
        /// Its name.
        name: &'a str,
        /// Its uid.
        uid: &'a str,
    },
}

/// A name of this length may have been cut by the deployment controller, so its beginning is no Deployment's name.
const LONGEST_NAME: usize = 253;

/// The owner of a pod.
///
/// A Deployment's `ReplicaSet` is called after it and the template's hash, and the pods carry the hash as a label
/// (kubernetes/kubernetes pkg/controller/deployment/sync.go, `getNewReplicaSet`). Argo's Rollouts label otherwise.
#[must_use]
pub fn of_pod(pod: &Meta) -> Owner<'_> {
    let Some(owner) = pod.controller() else { return Owner::Known { kind: "", name: "" } };
    let behind = Owner::Behind { kind: &owner.kind, name: &owner.name, uid: &owner.uid };
    match owner.kind.as_str() {
        "ReplicaSet" => pod
            .label(keys::POD_TEMPLATE_HASH)
            .filter(|hash| !hash.is_empty() && owner.name.len() < LONGEST_NAME)
            .and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'))
            .filter(|name| !name.is_empty())
            .map_or(behind, |name| Owner::Known { kind: "Deployment", name }),
        "Job" => behind,
        _ => Owner::Known { kind: &owner.kind, name: &owner.name },
    }
}
