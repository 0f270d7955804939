//! Pods: where they run, what their containers wait for.

use serde::{Deserialize, Serialize};

use super::{Meta, PodEni, Time, kind, nullable};

/// `core/v1` Pod.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pod {
    /// Identity.
    #[prost(message, required, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub metadata: Meta,
    /// What was asked for.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub spec: PodSpec,
    /// What kubelet and the scheduler say.
    #[prost(message, required, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub status: PodStatus,
}

kind!(Pod, "", "v1", "Pod", "pods", namespaced: true);

/// The part of `PodSpec` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// Regular containers.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub containers: Vec<Container>,
    /// The node it is bound to; empty until the scheduler has decided.
    #[prost(string, tag = "10")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub node_name: String,
    /// Uses the node's network.
    #[prost(bool, tag = "11")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "std::ops::Not::not")]
    pub host_network: bool,
    /// Who schedules it.
    #[prost(string, tag = "19")]
    #[serde(deserialize_with = "nullable")]
    pub scheduler_name: String,
    /// Init containers, native sidecars among them.
    #[prost(message, repeated, tag = "20")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub init_containers: Vec<Container>,
    /// Priority; negative ones are overprovisioning placeholders.
    #[prost(int32, tag = "25")]
    #[serde(deserialize_with = "nullable")]
    pub priority: i32,
    /// What must go before the scheduler looks at the pod (KEP-3521).
    #[prost(message, repeated, tag = "38")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub scheduling_gates: Vec<SchedulingGate>,
}

/// `PodSchedulingGate`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SchedulingGate {
    /// Name of the gate.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
}

/// The part of `Container` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    /// Name, unique in the pod.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// Requests and limits.
    #[prost(message, required, tag = "8")]
    #[serde(deserialize_with = "nullable")]
    pub resources: Resources,
    /// `Always` makes an init container a native sidecar (KEP-753).
    #[prost(string, tag = "24")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub restart_policy: String,
}

/// `ResourceRequirements`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Resources {
    /// Requests; the API server copies limits here where they are missing.
    #[prost(message, required, tag = "2")]
    pub requests: PodEni,
}

/// The part of `PodStatus` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub phase: String,
    /// Conditions.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub conditions: Vec<PodCondition>,
    /// The first address, once the sandbox has one.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable", rename = "podIP", skip_serializing_if = "String::is_empty")]
    pub pod_ip: String,
    /// Regular containers.
    #[prost(message, repeated, tag = "8")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub container_statuses: Vec<ContainerStatus>,
    /// Init containers.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub init_container_statuses: Vec<ContainerStatus>,
}

impl PodStatus {
    /// The condition of that type.
    #[must_use]
    pub fn condition(&self, r#type: &str) -> Option<&PodCondition> {
        self.conditions.iter().find(|condition| condition.r#type == r#type)
    }
}

/// `PodCondition`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodCondition {
    /// Type such as `PodScheduled`.
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

/// `ContainerStatus`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    /// The container's name.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// What it does now.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub state: ContainerState,
    /// What it did before.
    #[prost(message, required, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub last_state: ContainerState,
    /// Runs and has passed its startup probe.
    #[prost(bool, tag = "9")]
    #[serde(deserialize_with = "nullable")]
    pub started: bool,
}

/// `ContainerState`: at most one of the three.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerState {
    /// Not running yet or again.
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Running.
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// Over.
    #[prost(message, optional, tag = "3")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Terminated>,
}

/// `ContainerStateWaiting`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Waiting {
    /// Reason such as `ErrImagePull`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
    /// Text for people.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// `ContainerStateRunning`.
#[derive(Clone, Copy, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Running {
    /// When it started.
    #[prost(message, required, tag = "1")]
    pub started_at: Time,
}

/// `ContainerStateTerminated`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Terminated {
    /// Exit status; 128 where the runtime could not start it.
    #[prost(int32, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub exit_code: i32,
    /// Reason such as `Completed` or `StartError`.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
    /// Text for people.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// When it started; 1970 for failed starts.
    #[prost(message, required, tag = "5")]
    pub started_at: Time,
    /// When it ended.
    #[prost(message, required, tag = "6")]
    pub finished_at: Time,
}
