//! Objects of a test's cluster: small builders, each with as little as the API server accepts.

use jiff::{SignedDuration, Timestamp};
use kube::{api::ApiResource, core::GroupVersionKind};
use serde_json::{Value, json};

use super::cluster::Cluster;

/// An object that was stored.
#[derive(Clone, Debug)]
pub struct Object {
    pub resource: ApiResource,
    pub namespace: Option<String>,
    pub name: String,
    pub uid: String,
    /// As the API server answered.
    pub value: Value,
}

impl Object {
    /// Reads identity and type from the object.
    ///
    /// # Panics
    ///
    /// When it has none.
    pub fn of(value: Value) -> Self {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let name = text("/metadata/name").expect("an object has a name");
        let (namespace, uid) = (text("/metadata/namespace"), text("/metadata/uid").unwrap_or_default());
        Self { resource: resource(&value), namespace, name, uid, value }
    }

    /// An owner reference to it, as the managing owner.
    pub fn as_owner(&self) -> Value {
        json!({
            "apiVersion": self.resource.api_version, "kind": self.resource.kind, "name": self.name, "uid": self.uid,
            "controller": true, "blockOwnerDeletion": true,
        })
    }
}

/// Where an object of that `apiVersion` and `kind` lives. The plural is guessed by the usual rules.
pub fn resource(value: &Value) -> ApiResource {
    let text = |key: &str| value[key].as_str().unwrap_or_else(|| panic!("an object has {key}"));
    let (group, version) = text("apiVersion").rsplit_once('/').unwrap_or(("", text("apiVersion")));
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, text("kind")))
}

/// RFC 3339 text of the time so long ago, in whole seconds as the API keeps it.
pub fn ago(age: SignedDuration) -> String {
    Timestamp::from_second((Timestamp::now() - age).as_second()).expect("now is a time").to_string()
}

/// RFC 3339 text of this second.
pub fn now() -> String {
    ago(SignedDuration::ZERO)
}

/// Merges as a JSON merge patch does, except that lists grow.
pub fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from),
        (into, from) => *into = from,
    }
}

/// A pod to be.
#[must_use]
pub struct PodBuilder<'a> {
    cluster: &'a Cluster,
    body: Value,
    status: Value,
}

impl<'a> PodBuilder<'a> {
    pub(super) fn new(cluster: &'a Cluster, namespace: &str, name: &str) -> Self {
        let body = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"namespace": namespace, "name": name},
            "spec": {"containers": [{"name": "main", "image": "registry.example.com/main:1"}]},
        });
        Self { cluster, body, status: Value::Null }
    }

    /// Any other field.
    pub fn with(mut self, fields: Value) -> Self {
        merge(&mut self.body, fields);
        self
    }

    /// Status fields, patched in once it is stored.
    pub fn status(mut self, fields: Value) -> Self {
        merge(&mut self.status, fields);
        self
    }

    /// Bound to a node ten minutes ago, with kubelet still at its sandbox.
    pub fn on(self, node: &str) -> Self {
        self.bound(node, SignedDuration::from_mins(10))
    }

    /// Bound to a node so long ago, with kubelet still at its sandbox.
    pub fn bound(self, node: &str, age: SignedDuration) -> Self {
        self.with(json!({"spec": {"nodeName": node}})).status(json!({
            "phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": ago(age)}],
            "containerStatuses": [waiting("main", "ContainerCreating", "")],
        }))
    }

    /// Its container asks for so much of a resource.
    pub fn requesting(mut self, resource: &str, quantity: &str) -> Self {
        merge(&mut self.body["spec"]["containers"][0], json!({"resources": {"requests": {resource: quantity}}}));
        self
    }

    /// Its container may have so much of an extended resource, which it then also asks for.
    pub fn limited_to(mut self, resource: &str, quantity: &str) -> Self {
        merge(&mut self.body["spec"]["containers"][0], json!({"resources": {"limits": {resource: quantity}}}));
        self
    }

    /// Made by that object.
    pub fn owned_by(self, owner: &Object) -> Self {
        self.with(json!({"metadata": {"ownerReferences": [owner.as_owner()]}}))
    }

    /// Held back until somebody takes the gate away.
    pub fn gated_by(self, gate: &str) -> Self {
        self.with(json!({"spec": {"schedulingGates": [{"name": gate}]}}))
    }

    /// With an init container that does its work and ends.
    pub fn init_container(self, name: &str) -> Self {
        self.with(json!({"spec": {"initContainers": [{"name": name, "image": "registry.example.com/init:1"}]}}))
    }

    /// With an init container that stays.
    pub fn sidecar(self, name: &str) -> Self {
        self.with(json!({"spec": {"initContainers": [
            {"name": name, "image": "registry.example.com/sidecar:1", "restartPolicy": "Always"},
        ]}}))
    }

    /// Stores it and moves it to its status.
    pub async fn create(self) -> Object {
        let namespace = self.body["metadata"]["namespace"].as_str().expect("the namespace is set").to_owned();
        self.cluster.ensure_namespace(&namespace).await;
        let pod = self.cluster.create(self.body).await;
        if self.status.is_null() { pod } else { self.cluster.patch_status(&pod, self.status).await }
    }
}

/// A container status that waits.
pub fn waiting(container: &str, reason: &str, message: &str) -> Value {
    container_status(container, &json!({"waiting": {"reason": reason, "message": message}}))
}

/// A container status that runs since a minute.
pub fn running(container: &str) -> Value {
    let mut status = container_status(container, &json!({"running": {"startedAt": ago(SignedDuration::from_mins(1))}}));
    merge(&mut status, json!({"ready": true, "started": true}));
    status
}

/// A container status in that state.
pub fn container_status(container: &str, state: &Value) -> Value {
    json!({
        "name": container, "image": "registry.example.com/main:1", "imageID": "", "ready": false, "started": false,
        "restartCount": 0, "state": state,
    })
}

/// The status of a pod whose only container runs.
pub fn all_running() -> Value {
    json!({"phase": "Running", "podIP": "10.1.2.3", "podIPs": [{"ip": "10.1.2.3"}], "containerStatuses": [running("main")]})
}

/// A node to be.
#[must_use]
pub struct NodeBuilder<'a> {
    cluster: &'a Cluster,
    body: Value,
}

impl<'a> NodeBuilder<'a> {
    /// Ready, with room for a few pods.
    pub(super) fn new(cluster: &'a Cluster, name: &str) -> Self {
        let room = json!({"cpu": "4", "memory": "16Gi", "pods": "110"});
        let body = json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name},
            "status": {
                "capacity": room, "allocatable": room,
                "conditions": [ready("True", "KubeletReady", "kubelet is posting ready status")],
                "nodeInfo": {
                    "kubeletVersion": "v1.36.3-eks-0123456", "architecture": "amd64", "bootID": "", "machineID": "",
                    "containerRuntimeVersion": "containerd://2.1.0", "kernelVersion": "6.12.0", "systemUUID": "",
                    "kubeProxyVersion": "", "operatingSystem": "linux", "osImage": "Amazon Linux 2023",
                },
            },
        });
        Self { cluster, body }
    }

    /// Any other field.
    pub fn with(mut self, fields: Value) -> Self {
        merge(&mut self.body, fields);
        self
    }

    /// Stores it. The API server taints every new node until the node lifecycle controller, which no test runs, finds
    /// it ready (admission plugin `TaintNodesByCondition`), so the taint is taken away.
    pub async fn create(self) -> Object {
        let taints = self.body["spec"]["taints"].clone();
        let node = self.cluster.create(self.body).await;
        self.cluster.patch(&node, json!({"spec": {"taints": taints}})).await
    }
}

/// A node's Ready condition since ten minutes.
pub fn ready(status: &str, reason: &str, message: &str) -> Value {
    json!({
        "type": "Ready", "status": status, "reason": reason, "message": message,
        "lastHeartbeatTime": now(), "lastTransitionTime": ago(SignedDuration::from_mins(10)),
    })
}
