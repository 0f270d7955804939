//! Builders for tests: a healthy default that each test bends in one place.

mod addons;

use jiff::{SignedDuration, Timestamp};

pub use addons::*;

use crate::objects::{
    Container, ContainerState, ContainerStatus, Event, Job, Key, Node, NodeClaim, NodeCondition, NodeSystemInfo,
    OwnerReference, Pod, PodCondition, Running, SchedulingGate, Taint, Terminated, Time, Waiting, keys,
};

/// The moment that tests begin at.
pub fn start() -> Timestamp {
    "2026-04-29T10:00:00Z".parse().expect("a time")
}

/// So many seconds after the start, or before it.
pub fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn time(seconds: i64) -> Time {
    at(seconds).into()
}

/// A uid out of a number.
pub fn uid(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A pod of one container, created at the start, in namespace `team`, not bound to a node.
pub fn pod(number: u32) -> PodBuilder {
    let mut pod = Pod::default();
    pod.metadata.name = format!("pod-{number}");
    pod.metadata.namespace = "team".to_owned();
    pod.metadata.uid = uid(number);
    pod.metadata.creation_timestamp = time(0);
    pod.status.phase = "Pending".to_owned();
    pod.spec.containers.push(Container { name: "main".to_owned(), ..Container::default() });
    PodBuilder(pod)
}

/// Bends a pod.
#[derive(Clone)]
pub struct PodBuilder(pub Pod);

impl PodBuilder {
    pub fn namespace(mut self, namespace: &str) -> Self {
        namespace.clone_into(&mut self.0.metadata.namespace);
        self
    }

    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.0.metadata.name);
        self
    }

    /// Bound to a node at so many seconds after the start.
    pub fn on(self, node: &str, seconds: i64) -> Self {
        let mut bound = self.condition("PodScheduled", "True", seconds);
        node.clone_into(&mut bound.0.spec.node_name);
        bound
    }

    /// Bound to a node, without any condition.
    pub fn on_silently(mut self, node: &str) -> Self {
        node.clone_into(&mut self.0.spec.node_name);
        self
    }

    pub fn phase(mut self, phase: &str) -> Self {
        phase.clone_into(&mut self.0.status.phase);
        self
    }

    pub fn deleted(mut self, seconds: i64) -> Self {
        self.0.metadata.deletion_timestamp = time(seconds);
        self
    }

    pub fn condition(mut self, r#type: &str, status: &str, seconds: i64) -> Self {
        self.0.status.conditions.retain(|condition| condition.r#type != r#type);
        self.0.status.conditions.push(PodCondition {
            r#type: r#type.to_owned(),
            status: status.to_owned(),
            last_transition_time: time(seconds),
            ..PodCondition::default()
        });
        self
    }

    /// The scheduler's words, since so many seconds after the start.
    pub fn unschedulable(self, message: &str, seconds: i64) -> Self {
        let mut pod = self.condition("PodScheduled", "False", seconds);
        for condition in &mut pod.0.status.conditions {
            if condition.r#type == "PodScheduled" {
                "Unschedulable".clone_into(&mut condition.reason);
                message.clone_into(&mut condition.message);
            }
        }
        pod
    }

    pub fn gated(self) -> Self {
        let mut pod = self.condition("PodScheduled", "False", 0);
        pod.0.spec.scheduling_gates.push(SchedulingGate { name: "wait".to_owned() });
        for condition in &mut pod.0.status.conditions {
            "SchedulingGated".clone_into(&mut condition.reason);
            condition.last_transition_time = Time::default();
        }
        pod
    }

    /// Its gates have gone: the API server wrote the condition without a time, and the scheduler keeps that.
    pub fn once_gated(mut self) -> Self {
        for condition in &mut self.0.status.conditions {
            condition.last_transition_time = Time::default();
        }
        self
    }

    pub fn container(mut self, name: &str) -> Self {
        self.0.spec.containers.push(Container { name: name.to_owned(), ..Container::default() });
        self
    }

    pub fn init(mut self, name: &str) -> Self {
        self.0.spec.init_containers.push(Container { name: name.to_owned(), ..Container::default() });
        self
    }

    pub fn sidecar(mut self, name: &str) -> Self {
        self.0.spec.init_containers.push(Container {
            name: name.to_owned(),
            restart_policy: "Always".to_owned(),
            ..Container::default()
        });
        self
    }

    /// The status of a container, init or not.
    pub fn status(mut self, name: &str, state: ContainerState, last_state: ContainerState) -> Self {
        let is_init = self.0.spec.init_containers.iter().any(|container| container.name == name);
        let statuses =
            if is_init { &mut self.0.status.init_container_statuses } else { &mut self.0.status.container_statuses };
        statuses.retain(|status| status.name != name);
        statuses.push(ContainerStatus { name: name.to_owned(), state, last_state, started: false });
        self
    }

    pub fn is(self, name: &str, state: ContainerState) -> Self {
        self.status(name, state, ContainerState::default())
    }

    /// The container `main` waits with a reason and a message.
    pub fn waits(self, reason: &str, message: &str) -> Self {
        self.is("main", waiting(reason, message))
    }

    /// The sidecar runs and has passed its startup probe.
    pub fn started(self, name: &str) -> Self {
        let mut pod = self.is(name, running());
        for status in &mut pod.0.status.init_container_statuses {
            status.started |= status.name == name;
        }
        pod
    }

    pub fn label(mut self, key: Key, value: &str) -> Self {
        self.0.metadata.labels.insert(key, value.to_owned());
        self
    }

    pub fn annotation(mut self, key: Key, value: &str) -> Self {
        self.0.metadata.annotations.insert(key, value.to_owned());
        self
    }

    pub fn owner(mut self, kind: &str, name: &str, number: u32) -> Self {
        self.0.metadata.owner_references.push(owner(kind, name, number));
        self
    }

    pub fn requests_branch_eni(mut self) -> Self {
        self.0.spec.containers[0].resources.requests = 1.into();
        self
    }

    /// Requests a branch ENI and has these.
    pub fn branch_enis(self, ids: &[&str]) -> Self {
        let entries: Vec<_> = ids.iter().map(|id| format!(r#"{{"eniId":"{id}","vlanId":1}}"#)).collect();
        self.requests_branch_eni().annotation(keys::POD_ENI, &format!("[{}]", entries.join(",")))
    }

    pub fn with(mut self, bend: impl FnOnce(&mut Pod)) -> Self {
        bend(&mut self.0);
        self
    }
}

fn owner(kind: &str, name: &str, number: u32) -> OwnerReference {
    OwnerReference {
        kind: kind.to_owned(),
        name: name.to_owned(),
        uid: uid(number),
        controller: true,
        ..OwnerReference::default()
    }
}

pub fn waiting(reason: &str, message: &str) -> ContainerState {
    let waiting = Waiting { reason: reason.to_owned(), message: message.to_owned() };
    ContainerState { waiting: Some(waiting), ..ContainerState::default() }
}

pub fn running() -> ContainerState {
    ContainerState { running: Some(Running { started_at: time(10) }), ..ContainerState::default() }
}

/// Ended at so many seconds after the start.
pub fn ended(exit_code: i32, reason: &str, seconds: i64) -> ContainerState {
    let terminated = Terminated {
        exit_code,
        reason: reason.to_owned(),
        started_at: time(1),
        finished_at: time(seconds),
        message: String::new(),
    };
    ContainerState { terminated: Some(terminated), ..ContainerState::default() }
}

/// A start that failed, as containerd reports it.
pub fn start_error(message: &str) -> ContainerState {
    let terminated = Terminated {
        exit_code: 128,
        reason: "StartError".to_owned(),
        started_at: Time::default(),
        finished_at: time(5),
        message: message.to_owned(),
    };
    ContainerState { terminated: Some(terminated), ..ContainerState::default() }
}

/// A ready node of kubelet 1.36, created a day before the start.
pub fn node(name: &str, number: u32) -> NodeBuilder {
    let mut node = Node::default();
    node.metadata.name = name.to_owned();
    node.metadata.uid = uid(number);
    node.metadata.creation_timestamp = time(-86_400);
    node.status.node_info = NodeSystemInfo {
        kernel_version: "6.18.8-9.213.amzn2023.x86_64".to_owned(),
        os_image: "Amazon Linux 2023.10.20260302".to_owned(),
        container_runtime_version: "containerd://2.1.5".to_owned(),
        kubelet_version: "v1.36.2-eks-0123456".to_owned(),
        architecture: "amd64".to_owned(),
    };
    NodeBuilder(node).ready("True", "KubeletReady", "", -86_370)
}

/// Bends a node.
#[derive(Clone)]
pub struct NodeBuilder(pub Node);

impl NodeBuilder {
    pub fn ready(mut self, status: &str, reason: &str, message: &str, seconds: i64) -> Self {
        self.0.status.conditions = vec![NodeCondition {
            r#type: "Ready".to_owned(),
            status: status.to_owned(),
            reason: reason.to_owned(),
            message: message.to_owned(),
            last_transition_time: time(seconds),
        }];
        self
    }

    pub fn created(mut self, seconds: i64) -> Self {
        self.0.metadata.creation_timestamp = time(seconds);
        self
    }

    pub fn kubelet(mut self, version: &str) -> Self {
        version.clone_into(&mut self.0.status.node_info.kubelet_version);
        self
    }

    pub fn label(mut self, key: Key, value: &str) -> Self {
        self.0.metadata.labels.insert(key, value.to_owned());
        self
    }

    /// With another image and another kernel.
    pub fn image(mut self, os_image: &str, kernel: &str) -> Self {
        os_image.clone_into(&mut self.0.status.node_info.os_image);
        kernel.clone_into(&mut self.0.status.node_info.kernel_version);
        self
    }

    /// One more condition, changed at so many seconds after the start.
    pub fn condition(mut self, r#type: &str, status: &str, seconds: i64) -> Self {
        self.0.status.conditions.push(NodeCondition {
            r#type: r#type.to_owned(),
            status: status.to_owned(),
            last_transition_time: time(seconds),
            ..NodeCondition::default()
        });
        self
    }

    /// Branch ENIs that it has room for.
    pub fn branch_enis(mut self, count: u32) -> Self {
        self.0.status.capacity = count.into();
        self.0.status.allocatable = count.into();
        self
    }

    /// Branch ENIs that the resource controller says the node has room for, and kubelet does not.
    pub fn unusable_branch_enis(mut self, count: u32) -> Self {
        self.0.status.capacity = count.into();
        self
    }

    pub fn taint(mut self, key: &str) -> Self {
        self.0.spec.taints.push(Taint { key: key.to_owned(), effect: "NoSchedule".to_owned(), ..Taint::default() });
        self
    }
}

/// Karpenter's claim that became a node.
pub fn claim(number: u32, node: &str, ami: &str) -> NodeClaim {
    let mut claim = NodeClaim::default();
    claim.metadata.name = format!("claim-{number}");
    claim.metadata.uid = uid(number);
    claim.metadata.creation_timestamp = time(-86_400);
    node.clone_into(&mut claim.status.node_name);
    ami.clone_into(&mut claim.status.image_id);
    claim
}

/// A warning about a pod, last seen at so many seconds after the start.
pub fn event(pod: u32, reason: &str, message: &str, seconds: i64) -> Event {
    let mut event = Event {
        reason: reason.to_owned(),
        message: message.to_owned(),
        r#type: "Warning".to_owned(),
        first_timestamp: time(seconds),
        last_timestamp: time(seconds),
        ..Event::default()
    };
    event.metadata.uid = uid(900_000 + pod);
    event.involved_object.kind = "Pod".to_owned();
    event.involved_object.uid = uid(pod);
    event
}

/// What the resource controller says about node `a`, at so many seconds after the start. Sent by name, so that the uid is
/// the name.
pub fn controller_event(reason: &str, message: &str, seconds: i64) -> Event {
    let mut notice = event(0, reason, message, seconds);
    notice.r#type = "Normal".to_owned();
    notice.involved_object.kind = "Node".to_owned();
    notice.involved_object.uid = "a".to_owned();
    notice
}

/// A Job made by a `CronJob`.
pub fn job(number: u32, cron_job: &str) -> Job {
    let mut job = Job::default();
    job.metadata.name = format!("job-{number}");
    job.metadata.namespace = "team".to_owned();
    job.metadata.uid = uid(number);
    job.metadata.owner_references.push(owner("CronJob", cron_job, number + 1));
    job
}

/// Messages as the failing components write them.
pub mod told {
    pub const SECCOMP: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to init seccomp: error loading seccomp filter into kernel: error loading seccomp filter: errno 524: unknown";
    pub const NO_ADDRESS: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"0a\": plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign an IP address to container";
    pub const CNI_DOWN: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"0a\": plugin type=\"cilium-cni\" failed (add): unable to connect to Cilium agent: dial unix /var/run/cilium/cilium.sock: connect: no such file or directory";
    pub const DEADLINE: &str =
        "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded";
    pub const NOT_INITIALIZED: &str = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";
}
