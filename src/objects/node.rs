//! Nodes: whether they are ready, what they run, which pool they belong to.

use serde::{Deserialize, Serialize};

use super::{Meta, PodEni, Time, kind, nullable};

/// `core/v1` Node.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Node {
    /// Identity and the labels that tell the pool.
    #[prost(message, required, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub metadata: Meta,
    /// Taints.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub spec: NodeSpec,
    /// Conditions and versions.
    #[prost(message, required, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub status: NodeStatus,
}

kind!(Node, "", "v1", "Node", "nodes", namespaced: false);

/// The part of `NodeSpec` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSpec {
    /// The machine: `aws:///eu-west-1a/i-0123456789abcdef0`.
    #[prost(string, tag = "3")]
    #[serde(rename = "providerID", skip_serializing_if = "String::is_empty")]
    pub provider_id: String,
    /// Taints.
    #[prost(message, repeated, tag = "5")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub taints: Vec<Taint>,
}

/// `Taint`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taint {
    /// Key.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub key: String,
    /// Value, which tolerations may ask for.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub effect: String,
}

/// The part of `NodeStatus` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeStatus {
    /// What the node has.
    #[prost(message, required, tag = "1")]
    pub capacity: PodEni,
    /// What pods may use.
    #[prost(message, required, tag = "2")]
    pub allocatable: PodEni,
    /// Conditions.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<NodeCondition>,
    /// Versions.
    #[prost(message, required, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub node_info: NodeSystemInfo,
}

impl NodeStatus {
    /// The condition of that type.
    #[must_use]
    pub fn condition(&self, r#type: &str) -> Option<&NodeCondition> {
        self.conditions.iter().find(|condition| condition.r#type == r#type)
    }
}

/// `NodeCondition`; its heartbeat is not read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeCondition {
    /// Type such as `Ready`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub r#type: String,
    /// `True`, `False` or `Unknown`.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// When the status changed last.
    #[prost(message, required, tag = "4")]
    pub last_transition_time: Time,
    /// CamelCase reason.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Text for people.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// The part of `NodeSystemInfo` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSystemInfo {
    /// Such as `6.12.73-95.123.amzn2023.x86_64`.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub kernel_version: String,
    /// Such as `Amazon Linux 2023.10.20260302`.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub os_image: String,
    /// Such as `containerd://2.1.5`.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub container_runtime_version: String,
    /// Such as `v1.36.3-eks-0123456`.
    #[prost(string, tag = "7")]
    #[serde(deserialize_with = "nullable")]
    pub kubelet_version: String,
    /// `amd64` or `arm64`.
    #[prost(string, tag = "10")]
    #[serde(deserialize_with = "nullable")]
    pub architecture: String,
}
