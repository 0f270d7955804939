//! Objects of a healthy cluster, as little as the exporter reads of them.

use serde_json::{Value, json};

use crate::support::{
    incidents::CNI,
    objects::{all_running, merge, now, waiting},
};

const KUBE_PROXY: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.36.0-minimal-eksbuild.2";

/// The agents of every node, with their images.
pub const AGENTS: [(&str, &str); 2] = [("aws-node", CNI), ("kube-proxy", KUBE_PROXY)];

/// An object's kind and name, to be merged with more.
pub fn named(api_version: &str, kind: &str, namespace: &str, name: &str) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace, "name": name}})
}

fn with(mut object: Value, fields: Value) -> Value {
    merge(&mut object, fields);
    object
}

/// An owner that is made by another.
pub fn owner(api_version: &str, kind: &str, namespace: &str, name: &str, by: (&str, &str)) -> Value {
    let by = json!({"apiVersion": api_version, "kind": by.0, "name": by.1, "uid": by.1, "controller": true});
    with(
        named(api_version, kind, namespace, name),
        json!({"metadata": {"uid": uid(kind, name), "ownerReferences": [by]}}),
    )
}

fn uid(kind: &str, name: &str) -> String {
    format!("{kind}-{name}")
}

/// A pod as its controller makes it.
pub fn pod(namespace: &str, name: &str, owner: (&str, &str, &str), image: &str) -> Value {
    let (api_version, kind, owner) = owner;
    let owner =
        json!({"apiVersion": api_version, "kind": kind, "name": owner, "uid": uid(kind, owner), "controller": true});
    with(
        named("v1", "Pod", namespace, name),
        json!({
            "metadata": {"ownerReferences": [owner]},
            "spec": {"containers": [{"name": "main", "image": image}]},
            "status": {"phase": "Pending"},
        }),
    )
}

/// What the scheduler says of a pod for which there is no room.
pub fn unschedulable() -> Value {
    let message = "0/200 nodes are available: 200 Insufficient cpu.";
    json!({"status": {"conditions": [condition("PodScheduled", "False", "Unschedulable", message)]}})
}

/// What becomes of a pod when it gets a node.
pub fn bound(node: &str) -> Value {
    json!({
        "spec": {"nodeName": node},
        "status": {
            "conditions": [condition("PodScheduled", "True", "", "")],
            "containerStatuses": [waiting("main", "ContainerCreating", "")],
        },
    })
}

/// What becomes of a pod when all of it runs.
pub fn running(ready: bool) -> Value {
    let ready = condition("Ready", if ready { "True" } else { "False" }, "", "");
    json!({"status": with(all_running(), json!({"conditions": [condition("PodScheduled", "True", "", ""), ready]}))})
}

/// What becomes of a pod that has done its work.
pub fn succeeded() -> Value {
    let ended = json!({"name": "main", "state": {"terminated": {"exitCode": 0, "finishedAt": now()}}});
    json!({"status": {"phase": "Succeeded", "containerStatuses": [ended]}})
}

/// The `DaemonSet` of an agent.
pub fn daemon_set(name: &str) -> Value {
    let labels = json!({"k8s-app": name});
    with(
        named("apps/v1", "DaemonSet", "kube-system", name),
        json!({
            "metadata": {"uid": uid("DaemonSet", name)},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
                "tolerations": [{"operator": "Exists"}], "nodeSelector": {"kubernetes.io/os": "linux"},
            }}},
        }),
    )
}

/// A node of Karpenter's.
pub fn node(name: &str, number: usize, kernel: &str, ready: bool) -> Value {
    let room = json!({"cpu": "8", "memory": "32Gi", "pods": "110"});
    let zone = ["euw1-az1", "euw1-az2", "euw1-az3"][number % 3];
    with(
        named("v1", "Node", "", name),
        json!({
            "metadata": {"labels": {
                "karpenter.sh/nodepool": "general", "kubernetes.io/os": "linux", "topology.k8s.aws/zone-id": zone,
            }},
            "spec": {"providerID": format!("aws:///eu-west-1a/i-{number:017x}")},
            "status": {
                "capacity": room, "allocatable": room, "conditions": [node_is(ready)],
                "nodeInfo": {
                    "kubeletVersion": "v1.36.3-eks-3abbec1", "architecture": "amd64", "operatingSystem": "linux",
                    "containerRuntimeVersion": "containerd://2.1.0", "kernelVersion": kernel,
                    "osImage": "Amazon Linux 2023",
                },
            },
        }),
    )
}

/// A node's Ready condition from now on.
pub fn node_is(ready: bool) -> Value {
    if ready {
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
    } else {
        let message = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady \
            message:Network plugin returns error: cni plugin not initialized";
        condition("Ready", "False", "KubeletNotReady", message)
    }
}

/// An event about a pod.
pub fn event(pod: &Value, number: u64, kind: &str, reason: &str, message: &str) -> Value {
    let (namespace, name) = (&pod["metadata"]["namespace"], &pod["metadata"]["name"]);
    let event = named("v1", "Event", namespace.as_str().unwrap_or_default(), &format!("event-{number}"));
    with(
        event,
        json!({
            "involvedObject": {
                "apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": name, "uid": pod["metadata"]["uid"],
            },
            "type": kind, "reason": reason, "message": message, "count": 1,
            "firstTimestamp": now(), "lastTimestamp": now(),
        }),
    )
}

fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": now()})
}
