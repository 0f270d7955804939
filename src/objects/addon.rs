//! Pods and `DaemonSets` of kube-system, as far as they tell of add-ons.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Meta, PodCondition, kind, nullable};

/// `core/v1` Pod once more, with the images of its containers: only pods of kube-system are watched so, and no other
/// pod pays for reading them.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AddonPod {
    /// Identity.
    #[prost(message, required, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub metadata: Meta,
    /// What was asked for.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub spec: AddonPodSpec,
    /// Whether it is ready.
    #[prost(message, required, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub status: AddonPodStatus,
}

kind!(AddonPod, "", "v1", "Pod", "pods", namespaced: true);

/// The part of `PodSpec` that is read of add-ons.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AddonPodSpec {
    /// Regular containers.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub containers: Vec<ContainerImage>,
    /// The node it is bound to.
    #[prost(string, tag = "10")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub node_name: String,
    /// Init containers.
    #[prost(message, repeated, tag = "20")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub init_containers: Vec<ContainerImage>,
}

/// The image of a `Container`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerImage {
    /// Reference, as it was written.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub image: String,
}

/// The part of `PodStatus` that is read of add-ons.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AddonPodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub phase: String,
    /// Conditions.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<PodCondition>,
}

/// `apps/v1` `DaemonSet`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSet {
    /// Identity.
    #[prost(message, required, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub metadata: Meta,
    /// What was asked for.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub spec: DaemonSetSpec,
}

kind!(DaemonSet, "apps", "v1", "DaemonSet", "daemonsets", namespaced: true);

/// The part of `DaemonSetSpec` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSetSpec {
    /// What its pods are made of.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub template: PodTemplate,
}

/// The part of `PodTemplateSpec` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodTemplate {
    /// On which nodes they are wanted.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub spec: PodPlacement,
}

/// The part of `PodSpec` that says on which nodes a pod may run.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodPlacement {
    /// Labels that a node must have.
    #[prost(btree_map = "string, string", tag = "7")]
    #[serde(deserialize_with = "nullable_values", skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<String, String>,
    /// Uses the node's network.
    #[prost(bool, tag = "11")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "std::ops::Not::not")]
    pub host_network: bool,
    /// Affinity.
    #[prost(message, optional, tag = "18")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// Tolerations.
    #[prost(message, repeated, tag = "22")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<Toleration>,
}

/// The part of `Affinity` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Affinity {
    /// To nodes.
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_affinity: Option<NodeAffinity>,
}

/// The part of `NodeAffinity` that is read: preferences keep nobody away.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeAffinity {
    /// What a node must be like.
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
}

/// `NodeSelector`: terms are alternatives.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelector {
    /// Terms.
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// `NodeSelectorTerm`: all of it must hold.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelectorTerm {
    /// Rules about labels.
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<NodeSelectorRequirement>,
    /// Rules about fields.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub match_fields: Vec<NodeSelectorRequirement>,
}

/// `NodeSelectorRequirement`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelectorRequirement {
    /// Label or field.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub key: String,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub operator: String,
    /// What it is compared with.
    #[prost(string, repeated, tag = "3")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// The part of `Toleration` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Toleration {
    /// Key of the taint; empty for every key.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// `Exists`, or `Equal`, which is meant when it is empty.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub operator: String,
    /// Value of the taint, with `Equal`.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Effect of the taint; empty for every effect.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub effect: String,
}

/// A map that may be null, as may its values.
fn nullable_values<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let map: BTreeMap<String, Option<String>> = nullable(from)?;
    Ok(map.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What the layer does with each object: protobuf in, JSON out.
    fn round<K: prost::Message + Default + Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug>(
        object: serde_json::Value,
    ) -> K {
        let read: K = serde_json::from_value(object).unwrap();
        let decoded = K::decode(read.encode_to_vec().as_slice()).unwrap();
        assert_eq!(decoded, read);
        let again: K = serde_json::from_str(&serde_json::to_string(&decoded).unwrap()).unwrap();
        assert_eq!(again, read);
        read
    }

    #[test]
    fn both_encodings_bring_the_same_of_a_daemon_set() {
        let rule = json!({"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]});
        let set: DaemonSet = round(json!({"metadata": {"name": "aws-node"}, "spec": {"template": {"spec": {
            "nodeSelector": {"a": "b", "c": ""}, "hostNetwork": true,
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchExpressions": [rule], "matchFields": null}, {},
            ]}}, "podAffinity": {}},
            "tolerations": [{"operator": "Exists"}, {"key": "k", "value": "v", "effect": "NoSchedule"}],
        }}}}));
        assert_eq!((set.spec.template.spec.node_selector.len(), set.spec.template.spec.tolerations.len()), (2, 2));
        // No terms match nothing, no selector matches all: the two must stay apart.
        let empty = json!({"spec": {"template": {"spec": {"nodeSelector": null, "affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}}}}});
        let selector = |set: DaemonSet| {
            set.spec.template.spec.affinity?.node_affinity?.required_during_scheduling_ignored_during_execution
        };
        assert!(selector(round(empty)).is_some());
        assert!(selector(round(json!({"spec": {"template": {"spec": {"affinity": {"nodeAffinity": {}}}}}}))).is_none());
    }

    #[test]
    fn both_encodings_bring_the_same_of_a_pod() {
        let pod: AddonPod = round(json!({
            "metadata": {"name": "aws-node-x7k2p", "namespace": "kube-system"},
            "spec": {"nodeName": "a", "containers": [{"name": "aws-node", "image": "x/y:1"}], "initContainers": null},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-04-29T10:00:00Z"}]},
        }));
        assert_eq!(pod.spec.containers[0].image, "x/y:1");
    }
}
