//! Every kind that is read, with every field set, once as JSON and once as protobuf from the same API server.
//!
//! A tag with the wrong number, a misspelt JSON name or a type that does not fit shows as two values that differ or as
//! a field that stays at its default. Fields that nobody reads are there in numbers, for they are to be skipped.

use std::collections::BTreeMap;

use eksporter::objects::{AddonPod, DaemonSet, Event, Job, Kind, Node, Pod, ReplicaSet};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use kube::client::Body;
use prost::Message;
use serde_json::{Value, json};

use crate::support::{
    cluster::Cluster,
    objects::{Object, ago, merge, now},
};

#[tokio::test(flavor = "multi_thread")]
async fn pods_read_the_same_from_both_encodings() {
    let cluster = Cluster::start().await;
    let class = json!({"metadata": {"name": "placeholder"}, "value": -10});
    cluster.create(typed("scheduling.k8s.io/v1", "PriorityClass", class)).await;
    cluster.ensure_namespace("shop").await;

    let pod = cluster.create(typed("v1", "Pod", full_pod())).await;
    let pod = cluster.patch_status(&pod, full_pod_status()).await;
    cluster.delete_gracefully(&pod).await;
    let gated = cluster.pod("shop", "gated").gated_by("example.com/quota").create().await;

    let pods: Vec<Pod> = [both(&cluster, &pod).await, both(&cluster, &gated).await].into();
    assert_eq!(never_set(&pods), Vec::<String>::new());
    let with_images: Vec<AddonPod> = [both(&cluster, &pod).await].into();
    assert_eq!(never_set(&with_images), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn daemon_sets_read_the_same_from_both_encodings() {
    let cluster = Cluster::start().await;
    cluster.ensure_namespace("shop").await;
    let rule = |key: &str| json!({"key": key, "operator": "In", "values": ["linux", "node-a"]});
    let selector = json!({"nodeSelectorTerms": [
        {"matchExpressions": [rule("kubernetes.io/os")], "matchFields": [
            {"key": "metadata.name", "operator": "In", "values": ["node-a"]},
        ]},
    ]});
    let preferred = json!([{"weight": 1, "preference": {"matchExpressions": [rule("example.com/odd")]}}]);
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": {
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": selector,
                "preferredDuringSchedulingIgnoredDuringExecution": preferred,
            },
            "podAffinity": {},
        },
        "containers": [{"name": "main", "image": "registry.example.com/main:1"}],
        "hostNetwork": true, "nodeSelector": {"example.com/pool": "a", "kubernetes.io/os": "linux"},
        "tolerations": [
            {"key": "spot", "operator": "Equal", "value": "yes", "effect": "NoExecute", "tolerationSeconds": 5},
        ],
    }});
    let spec = json!({"spec": {"template": template, "selector": {"matchLabels": {"app": "web"}}}});
    let set = cluster.create(owned("apps/v1", "DaemonSet", "Operator", &spec)).await;
    cluster.delete_gracefully(&set).await;
    let sets: Vec<DaemonSet> = [both(&cluster, &set).await].into();
    assert_eq!(never_set(&sets), Vec::<String>::new());
    assert_eq!(sets[0].spec.template.spec.node_selector.len(), 2, "labels of every name");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_read_the_same_from_both_encodings() {
    let cluster = Cluster::start().await;
    let node = cluster.create(typed("v1", "Node", full_node())).await;
    cluster.delete_gracefully(&node).await;
    let nodes: Vec<Node> = [both(&cluster, &node).await].into();
    assert_eq!(never_set(&nodes), ["metadata.generation", "metadata.namespace"], "nodes have neither");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_read_the_same_from_both_encodings() {
    let cluster = Cluster::start().await;
    cluster.ensure_namespace("shop").await;
    let event = cluster.create(typed("v1", "Event", full_event())).await;
    cluster.delete_gracefully(&event).await;
    let events: Vec<Event> = [both(&cluster, &event).await].into();
    assert_eq!(never_set(&events), ["metadata.generation"], "events have none");
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_read_the_same_from_both_encodings_of_their_metadata() {
    let cluster = Cluster::start().await;
    cluster.ensure_namespace("shop").await;
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": {
        "restartPolicy": "Never", "containers": [{"name": "main", "image": "registry.example.com/main:1"}],
    }});
    let job = owned("batch/v1", "Job", "CronJob", &json!({"spec": {"template": template}}));
    let job = cluster.create(job).await;
    cluster.delete_gracefully(&job).await;
    let jobs: Vec<Job> = [both(&cluster, &job).await].into();
    assert_eq!(never_set(&jobs), Vec::<String>::new());

    let mut template = template;
    template["spec"]["restartPolicy"] = "Always".into();
    let spec = json!({"spec": {"template": template, "selector": {"matchLabels": {"app": "web"}}}});
    let replica_set = cluster.create(owned("apps/v1", "ReplicaSet", "Deployment", &spec)).await;
    cluster.delete_gracefully(&replica_set).await;
    let replica_sets: Vec<ReplicaSet> = [both(&cluster, &replica_set).await].into();
    assert_eq!(never_set(&replica_sets), Vec::<String>::new());
}

#[test]
fn a_field_that_was_never_set_is_found() {
    let mut pod = Pod::default();
    pod.spec.node_name = "node-a".to_owned();
    let unset = never_set(&[pod.clone(), pod]);
    assert!(unset.contains(&"spec.scheduler_name".to_owned()), "{unset:?}");
    assert!(unset.contains(&"status.container_statuses".to_owned()), "{unset:?}");
    assert!(!unset.contains(&"spec.node_name".to_owned()), "{unset:?}");
}

/// The object as both encodings bring it, which must be one and the same.
async fn both<K: Kind>(cluster: &Cluster, object: &Object) -> K {
    let json = get::<K>(cluster, object, "application/json").await;
    let protobuf = get::<K>(cluster, object, "application/vnd.kubernetes.protobuf").await;
    let from_json: K = serde_json::from_slice(&json).expect("JSON of the kind");
    let message = protobuf.strip_prefix(b"k8s\0").expect("protobuf has its magic");
    let message = Envelope::decode(message).expect("an envelope");
    let from_protobuf = K::from_protobuf(message.raw.into()).expect("the kind's message");
    assert_eq!(from_json, from_protobuf);
    assert_ne!(from_json, K::default());
    from_json
}

/// `runtime.Unknown`, of which only the message itself is of interest.
#[derive(Clone, PartialEq, Message)]
struct Envelope {
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

/// The body of the object in that encoding.
async fn get<K: Kind>(cluster: &Cluster, object: &Object, media: &str) -> Vec<u8> {
    let group = if K::GROUP.is_empty() { "/api".to_owned() } else { format!("/apis/{}", K::GROUP) };
    let namespace = object.namespace.as_ref().map(|name| format!("/namespaces/{name}")).unwrap_or_default();
    let path = format!("{group}/{}{namespace}/{}/{}", K::VERSION, K::PLURAL, object.name);
    let only = if K::METADATA_ONLY { ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1" } else { "" };
    let request = http::Request::get(path).header("accept", format!("{media}{only}"));
    let answer = cluster.plane.admin().send(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-type"].to_str().is_ok_and(|answered| answered.starts_with(media)));
    answer.into_body().collect().await.expect("a whole body").to_bytes().into()
}

/// Paths of fields that have their default in all of these objects, read from the debug form, which leaves out nothing.
///
/// `metav1.Time` has whole seconds; where a fraction is stored, that both encodings bring the same is checked above.
fn never_set<K: Kind>(objects: &[K]) -> Vec<String> {
    let mut fields: BTreeMap<String, bool> = BTreeMap::new();
    for object in objects {
        let mut path: Vec<String> = Vec::new();
        for line in format!("{object:#?}").lines() {
            let line = line.trim().trim_end_matches(',');
            let (name, value) = line.split_once(": ").unwrap_or(("", line));
            if matches!(line, "}" | ")" | "]") {
                path.pop();
                continue;
            }
            path.push(name.to_owned());
            let at = path.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(".");
            let is_default = matches!(value, "\"\"" | "0" | "false" | "None" | "[]" | "{}");
            *fields.entry(at).or_default() |= !is_default;
            if !value.ends_with(['{', '(', '[']) {
                path.pop();
            }
        }
    }
    let unset = fields.into_iter().filter(|(path, set)| !set && path.split('.').next_back() != Some("nanos"));
    unset.map(|(path, _)| path).collect()
}

fn typed(api_version: &str, kind: &str, mut object: Value) -> Value {
    merge(&mut object, json!({"apiVersion": api_version, "kind": kind}));
    object
}

/// Metadata with everything in it; the finalizer keeps it while it is being deleted.
fn metadata(name: &str) -> Value {
    json!({
        "name": name,
        "labels": {
            "app": "web", "pod-template-hash": "5d4f8c7b9", "type": "virtual-kubelet",
            "eks.amazonaws.com/nodegroup": "default", "eks.amazonaws.com/fargate-profile": "fp",
            "eks.amazonaws.com/compute-type": "auto", "karpenter.sh/nodepool": "general",
            "topology.k8s.aws/zone-id": "euw1-az1", "topology.kubernetes.io/zone": "eu-west-1a",
            "node.kubernetes.io/instance-type": "m6i.large", "eks.amazonaws.com/nodegroup-image": "ami-0123456789abcdef0",
        },
        "annotations": {
            "vpc.amazonaws.com/pod-eni": "[{\"eniId\":\"eni-0123456789abcdef0\",\"vlanId\":1}]",
            "example.com/large": "x".repeat(2000),
        },
        "finalizers": ["example.com/hold"],
    })
}

fn owner(kind: &str) -> Value {
    let uid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    json!([
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "also", "uid": "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
        {"apiVersion": "apps/v1", "kind": kind, "name": "web", "uid": uid, "controller": true, "blockOwnerDeletion": true},
    ])
}

fn owned(api_version: &str, kind: &str, owner_kind: &str, rest: &Value) -> Value {
    let mut object = typed(api_version, kind, json!({"metadata": metadata("web")}));
    merge(&mut object, json!({"metadata": {"namespace": "shop", "ownerReferences": owner(owner_kind)}}));
    merge(&mut object, rest.clone());
    object
}

fn full_pod() -> Value {
    let resources = json!({
        "requests": {"cpu": "100m", "vpc.amazonaws.com/pod-eni": "1"},
        "limits": {"memory": "1Gi", "vpc.amazonaws.com/pod-eni": "1"},
    });
    let probe = json!({"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5});
    let main = json!({
        "name": "main", "image": "registry.example.com/main:1", "command": ["/bin/main"], "args": ["--all"],
        "env": [{"name": "A", "value": "b"}, {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
        "ports": [{"containerPort": 8080, "name": "http"}], "livenessProbe": probe, "readinessProbe": probe,
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}}, "resources": resources,
        "restartPolicy": "OnFailure",
        "securityContext": {"readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    });
    let mut pod = json!({"metadata": metadata("everything"), "spec": {
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"},
        ]}},
        "containers": [main, {"name": "second", "image": "registry.example.com/second:1"}, {"name": "third", "image": "x:1"}],
        "hostNetwork": true,
        "initContainers": [
            {"name": "proxy", "image": "registry.example.com/proxy:1", "restartPolicy": "Always", "resources": resources},
            {"name": "migrate", "image": "registry.example.com/migrate:1"},
            {"name": "third-init", "image": "x:1"},
        ],
        "nodeName": "node-a", "nodeSelector": {"kubernetes.io/os": "linux"}, "priorityClassName": "placeholder",
        "schedulerName": "default-scheduler", "securityContext": {"fsGroup": 1000},
        "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}],
        "volumes": [{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}],
    }});
    merge(&mut pod, json!({"metadata": {"namespace": "shop", "ownerReferences": owner("ReplicaSet")}}));
    pod
}

fn full_pod_status() -> Value {
    let minutes = |minutes| ago(SignedDuration::from_mins(minutes));
    let waiting = json!({"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}});
    let running = json!({"running": {"startedAt": minutes(5)}});
    let terminated = json!({"terminated": {
        "exitCode": 128, "signal": 9, "reason": "StartError", "message": "exec: \"/bin/main\": no such file",
        "startedAt": minutes(7), "finishedAt": minutes(6), "containerID": "containerd://0123",
    }});
    let status = |name: &str, state: &Value, last: &Value| {
        json!({
            "name": name, "image": "registry.example.com/main:1", "imageID": "registry.example.com/main@sha256:01",
            "containerID": "containerd://4567", "ready": true, "started": true, "restartCount": 2, "state": state,
            "lastState": last, "allocatedResources": {"cpu": "100m"},
        })
    };
    json!({
        "phase": "Running", "reason": "Because", "message": "said so", "hostIP": "10.0.0.1", "podIP": "10.0.0.1",
        "podIPs": [{"ip": "10.0.0.1"}], "qosClass": "Burstable", "startTime": minutes(8),
        "conditions": [
            {"type": "PodScheduled", "status": "True", "reason": "Bound", "message": "to a node",
                "lastProbeTime": now(), "lastTransitionTime": minutes(9)},
            {"type": "PodReadyToStartContainers", "status": "False", "lastTransitionTime": minutes(8)},
        ],
        "containerStatuses": [
            status("main", &waiting, &terminated), status("second", &running, &waiting),
            status("third", &terminated, &running),
        ],
        "initContainerStatuses": [
            status("proxy", &running, &terminated), status("migrate", &terminated, &waiting),
            status("third-init", &waiting, &running),
        ],
    })
}

fn full_node() -> Value {
    let resources = json!({"cpu": "4", "memory": "16Gi", "pods": "58", "vpc.amazonaws.com/pod-eni": "18"});
    let mut node = json!({"metadata": metadata("node-a"), "spec": {
        "podCIDR": "10.1.0.0/24", "podCIDRs": ["10.1.0.0/24"], "providerID": "aws:///eu-west-1a/i-0123456789abcdef0",
        "taints": [{"key": "karpenter.sh/disrupted", "value": "yes", "effect": "NoSchedule", "timeAdded": now()}],
        "unschedulable": true,
    }, "status": {
        "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
        "allocatable": resources, "capacity": resources,
        "conditions": [{
            "type": "Ready", "status": "False", "reason": "KubeletNotReady", "message": "cni plugin not initialized",
            "lastHeartbeatTime": now(), "lastTransitionTime": ago(SignedDuration::from_mins(4)),
        }],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "images": [{"names": ["registry.example.com/main:1"], "sizeBytes": 12_345_678}],
        "nodeInfo": {
            "architecture": "arm64", "bootID": "b", "containerRuntimeVersion": "containerd://2.1.0", "machineID": "m",
            "kernelVersion": "6.12.0", "kubeProxyVersion": "v1.36.3", "kubeletVersion": "v1.36.3-eks-0123456",
            "operatingSystem": "linux", "osImage": "Amazon Linux 2023", "systemUUID": "s",
        },
    }});
    merge(&mut node, json!({"metadata": {"ownerReferences": owner("NodeClaim")}}));
    node
}

fn full_event() -> Value {
    let mut event = json!({
        "metadata": metadata("web.17a0"),
        "involvedObject": {
            "apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web",
            "uid": "5f0c1a52-6f0c-4d9a-9a5e-2f6a4a6f9f11", "resourceVersion": "7", "fieldPath": "spec.containers{main}",
        },
        "related": {"apiVersion": "v1", "kind": "Node", "name": "node-a"},
        "type": "Warning", "reason": "FailedScheduling", "message": "0/3 nodes are available", "action": "Scheduling",
        "count": 3, "firstTimestamp": ago(SignedDuration::from_mins(9)), "lastTimestamp": ago(SignedDuration::from_mins(1)),
        "eventTime": "2026-04-29T10:00:00.123456Z",
        "series": {"count": 5, "lastObservedTime": "2026-04-29T10:05:00.654321Z"},
        "source": {"component": "default-scheduler", "host": "node-a"},
        "reportingComponent": "default-scheduler", "reportingInstance": "default-scheduler-1",
    });
    merge(&mut event, json!({"metadata": {"namespace": "shop", "ownerReferences": owner("ReplicaSet")}}));
    event
}
