//! One trimmed type per Kubernetes kind, in the API's own shape, with only the fields that eksporter reads.
//!
//! Each type is at once a protobuf message (the tags are frozen by the API's compatibility rules and stand in each
//! group's `generated.proto`) and a JSON object, so that what either encoding brings is the same value. What is not
//! declared here is skipped without allocating. Nothing here knows the cache, kube or what a field is used for.

mod addon;
mod event;
mod kept;
mod meta;
mod node;
mod nodeclaim;
mod owners;
mod pod;
mod quantity;
mod subnets;
mod time;

use bytes::Bytes;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

pub use addon::{
    AddonPod, AddonPodSpec, AddonPodStatus, Affinity, ContainerImage, DaemonSet, DaemonSetSpec, NodeAffinity,
    NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodPlacement, PodTemplate, Toleration,
};
pub use event::{Event, EventSeries, ObjectReference};
pub use kept::{Kept, Key, keys};
pub use meta::{Meta, OwnerReference};
pub use node::{Node, NodeCondition, NodeSpec, NodeStatus, NodeSystemInfo, Taint};
pub use nodeclaim::{NodeClaim, NodeClaimStatus};
pub use owners::{Job, ReplicaSet};
pub use pod::{
    Container, ContainerState, ContainerStatus, Pod, PodCondition, PodSpec, PodStatus, Resources, Running,
    SchedulingGate, Terminated, Waiting,
};
pub use quantity::PodEni;
pub use subnets::{
    CniNode, CniNodeStatus, CniNodeSubnet, Ec2NodeClass, EniConfig, EniConfigSpec, NodeClass, NodeClassStatus,
    NodeClassSubnet,
};
pub use time::Time;

/// A kind that can be watched: where it lives in the API and how its objects are read.
pub trait Kind:
    Clone + std::fmt::Debug + Default + PartialEq + serde::Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// API group, empty for core.
    const GROUP: &'static str;
    /// Version that is asked for; for custom resources the one preferred where several are served.
    const VERSION: &'static str;
    /// Kind as in `kind:`.
    const KIND: &'static str;
    /// Path segment, and the `resource` label of our own metrics where a kind is watched once.
    const PLURAL: &'static str;
    /// Whether objects live in a namespace.
    const NAMESPACED: bool;
    /// Only `metadata` is asked for (`as=PartialObjectMetadata`).
    const METADATA_ONLY: bool = false;
    /// Built-in kinds travel as protobuf; custom resources never do.
    const PROTOBUF: bool = true;

    /// The object's identity.
    fn meta(&self) -> &Meta;

    /// Reads the kind's own message, as found inside the API's envelope.
    ///
    /// # Errors
    /// When the bytes are no such message, or the kind has no protobuf form.
    fn from_protobuf(bytes: Bytes) -> Result<Self, prost::DecodeError>;
}

/// Ties a built-in type to its place in the API.
macro_rules! kind {
    ($type:ty, $group:literal, $version:literal, $kind:literal, $plural:literal, namespaced: $ns:literal $(, metadata_only: $mo:literal)?) => {
        impl $crate::objects::Kind for $type {
            const GROUP: &'static str = $group;
            const VERSION: &'static str = $version;
            const KIND: &'static str = $kind;
            const PLURAL: &'static str = $plural;
            const NAMESPACED: bool = $ns;
            $(const METADATA_ONLY: bool = $mo;)?

            fn meta(&self) -> &$crate::objects::Meta {
                &self.metadata
            }

            fn from_protobuf(bytes: bytes::Bytes) -> Result<Self, prost::DecodeError> {
                prost::Message::decode(bytes)
            }
        }
    };
}
use kind;

/// The same for a cluster-wide custom resource, which is never served as protobuf.
macro_rules! custom {
    ($type:ty, $group:literal, $version:literal, $kind:literal, $plural:literal) => {
        impl $crate::objects::Kind for $type {
            const GROUP: &'static str = $group;
            const VERSION: &'static str = $version;
            const KIND: &'static str = $kind;
            const PLURAL: &'static str = $plural;
            const NAMESPACED: bool = false;
            const PROTOBUF: bool = false;

            fn meta(&self) -> &$crate::objects::Meta {
                &self.metadata
            }

            fn from_protobuf(_: bytes::Bytes) -> Result<Self, prost::DecodeError> {
                Err($crate::objects::kept::truncated())
            }
        }
    };
}
use custom;

/// Go writes `null` for nil slices and maps; that is the same as leaving them out.
pub(crate) fn nullable<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Every object with one field after another set to null.
    fn with_null(object: &Value) -> Vec<Value> {
        let Value::Object(fields) = object else { return Vec::new() };
        let mut all = Vec::new();
        for (name, value) in fields {
            let inner = match value {
                Value::Array(items) => {
                    items.first().map(with_null).unwrap_or_default().into_iter().map(|item| json!([item])).collect()
                }
                other => with_null(other),
            };
            for value in inner.into_iter().chain([Value::Null]) {
                let mut copy = object.clone();
                copy[name] = value;
                all.push(copy);
            }
        }
        all
    }

    fn is_borne<K: Kind>(object: &Value) {
        let all = with_null(object);
        assert!(all.len() > 20, "{object}");
        for object in all {
            let read = serde_json::from_value::<K>(object.clone());
            assert!(read.is_ok(), "{object}: {read:?}");
        }
    }

    #[test]
    fn null_costs_a_field_and_no_object() {
        let metadata = json!({
            "name": "a", "namespace": "n", "uid": "u", "resourceVersion": "1", "generation": 1,
            "creationTimestamp": "2026-04-29T10:00:00Z", "deletionTimestamp": "2026-04-29T10:00:00Z",
            "labels": {"type": "x"}, "annotations": {"vpc.amazonaws.com/pod-eni": "[]"},
            "ownerReferences": [{"kind": "Job", "name": "j", "uid": "u", "apiVersion": "batch/v1", "controller": true}],
        });
        let condition = json!({"type": "Ready", "status": "True", "reason": "x", "message": "x", "lastTransitionTime": "2026-04-29T10:00:00Z"});
        let room = json!({"vpc.amazonaws.com/pod-eni": "9"});
        is_borne::<Node>(&json!({
            "metadata": metadata, "spec": {"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]},
            "status": {"capacity": room, "allocatable": room, "conditions": [condition], "nodeInfo": {
                "kernelVersion": "6", "osImage": "x", "containerRuntimeVersion": "x", "kubeletVersion": "v1", "architecture": "x"}},
        }));
        let state = json!({
            "waiting": {"reason": "x", "message": "x"}, "running": {"startedAt": "2026-04-29T10:00:00Z"},
            "terminated": {"exitCode": 1, "reason": "x", "message": "x", "startedAt": null, "finishedAt": "2026-04-29T10:00:00Z"},
        });
        let status = json!([{"name": "c", "state": state, "lastState": state, "started": true}]);
        let containers =
            json!([{"name": "c", "image": "i", "resources": {"requests": room}, "restartPolicy": "Always"}]);
        let pod = json!({
            "metadata": metadata,
            "spec": {"containers": containers, "initContainers": containers, "nodeName": "n", "hostNetwork": true,
                "schedulerName": "s", "priority": 1, "schedulingGates": [{"name": "g"}]},
            "status": {"phase": "Running", "podIP": "10.0.0.1", "conditions": [condition], "containerStatuses": status, "initContainerStatuses": status},
        });
        is_borne::<Pod>(&pod);
        is_borne::<AddonPod>(&pod);
        is_borne::<Event>(&json!({
            "metadata": metadata, "involvedObject": {"kind": "Pod", "uid": "u", "fieldPath": "f"}, "reason": "r", "message": "m",
            "firstTimestamp": "x", "lastTimestamp": "x", "type": "Warning", "eventTime": "x", "series": {"lastObservedTime": "x"},
        }));
        let rule = json!({"key": "k", "operator": "In", "values": ["v"]});
        is_borne::<DaemonSet>(&json!({"metadata": metadata, "spec": {"template": {"spec": {
            "nodeSelector": {"a": "b"}, "hostNetwork": true,
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchExpressions": [rule], "matchFields": [rule]}]}}},
            "tolerations": [{"key": "k", "operator": "Exists", "value": "v", "effect": "NoSchedule"}],
        }}}}));
        is_borne::<NodeClaim>(&json!({"metadata": metadata, "status": {"nodeName": "n", "imageID": "i"}}));
    }
}
