//! Pods being created: whether a pod is one, since when, and what its own status proves.

use jiff::Timestamp;

use super::{
    Stage, Strength,
    branch_eni::{bound_since, requested},
    evidence::Evidence,
    text,
};
use crate::objects::{Container, ContainerState, ContainerStatus, Pod, keys};

/// A pod that is bound to a node while a regular container of it has never run.
#[expect(clippy::struct_excessive_bools, reason = "facts that hold independently of each other, not states")]
#[derive(Clone, Debug, PartialEq)]
pub struct Creating {
    /// When kubelet's work on it began: bound, and the last completed init container.
    pub since: Timestamp,
    /// What the condition `PodReadyToStartContainers` says; what that means depends on the node's kubelet.
    pub sandbox: Sandbox,
    /// A container has run, or waits for something that comes after the sandbox.
    pub past_sandbox: bool,
    /// An init container has never run.
    pub init_pending: bool,
    /// Requests a branch ENI and has none yet.
    pub awaits_branch_eni: bool,
    /// Has a branch ENI or an address, so nothing about addresses is the matter any more.
    pub has_address: bool,
    /// Its node's network need not be ready: it uses the host's.
    pub host_network: bool,
    /// Runs on Fargate, where minutes are normal.
    pub on_fargate: bool,
    /// Made by a `DaemonSet`, or a static pod's mirror: bound to this node whatever its state.
    pub tied_to_node: bool,
    /// What its containers wait for, where that tells anything: the strongest.
    pub waits: Option<Evidence>,
    /// Containers that have run: evidence about them is over.
    pub over: Vec<Box<str>>,
}

/// The condition `PodReadyToStartContainers` (KEP-3085).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// True.
    Ready,
    /// False.
    NotReady,
    /// No such condition.
    Unsaid,
}

impl Creating {
    /// Reads a pod that is bound, not terminal and not being deleted; `None` when it is not being created.
    #[must_use]
    pub fn of(pod: &Pod, now: Timestamp) -> Option<Self> {
        let init = InitPhase::of(pod)?;
        let statuses = &pod.status.container_statuses;
        let pending = |container: &&Container| !status_of(statuses, container).is_some_and(has_run);
        if !pod.spec.containers.iter().any(|container| pending(&container)) {
            return None;
        }
        let since = bound_since(pod).unwrap_or(now).max(init.completed.unwrap_or(Timestamp::MIN));

        let waits = if init.pending.is_empty() {
            strongest_wait(pod.spec.containers.iter().filter(pending), statuses, false)
        } else {
            strongest_wait(init.pending.iter().copied(), &pod.status.init_container_statuses, true)
        };
        let mut over = init.over;
        over.extend(
            pod.spec
                .containers
                .iter()
                .filter(|container| !pending(container))
                .map(|container| container.name.as_str().into()),
        );
        let has_eni = pod.metadata.annotations.get(keys::POD_ENI).is_some();
        let controller = pod.metadata.controller().map(|owner| owner.kind.as_str());
        Some(Self {
            since,
            sandbox: match pod.status.condition("PodReadyToStartContainers").map(|condition| condition.status.as_str())
            {
                Some("True") => Sandbox::Ready,
                Some("False") => Sandbox::NotReady,
                _ => Sandbox::Unsaid,
            },
            past_sandbox: !over.is_empty()
                || waits.as_ref().is_some_and(|wait| wait.stage > Stage::Sandbox && wait.stage != Stage::Unknown),
            init_pending: !init.pending.is_empty(),
            awaits_branch_eni: requested(pod) > 0 && !has_eni,
            has_address: has_eni || !pod.status.pod_ip.is_empty(),
            host_network: pod.spec.host_network,
            on_fargate: pod.metadata.label(keys::FARGATE_PROFILE).is_some(),
            tied_to_node: matches!(controller, Some("DaemonSet" | "Node"))
                || pod.metadata.annotations.get(keys::CONFIG_MIRROR).is_some(),
            waits,
            over,
        })
    }
}

/// Where a pod is with its init containers.
#[derive(Default)]
struct InitPhase<'a> {
    /// Those that have never run and hold up the rest; empty when the phase is over.
    pending: Vec<&'a Container>,
    /// When the last one completed.
    completed: Option<Timestamp>,
    /// Those that have run.
    over: Vec<Box<str>>,
}

impl<'a> InitPhase<'a> {
    /// `None` while the pod is busy with its own init containers: one runs, or fails after having run.
    fn of(pod: &'a Pod) -> Option<Self> {
        // Kubelet counts an init phase as over once all have completed and the sidecars have started, and keeps it so
        // after a regular container has started (kubernetes/kubernetes pkg/kubelet/status, GeneratePodInitializedCondition).
        let initialized = pod.status.condition("Initialized").is_some_and(|condition| condition.status == "True");
        let mut phase = Self::default();
        let mut open = true;
        for container in &pod.spec.init_containers {
            let status = status_of(&pod.status.init_container_statuses, container);
            let is_sidecar = container.restart_policy == "Always";
            if let Some(status) = status
                && has_run(status)
            {
                phase.over.push(container.name.as_str().into());
                if !is_sidecar {
                    phase.completed = phase.completed.max(completed(status));
                }
            }
            if initialized || !open {
                continue;
            }
            // A restartable init container is a native sidecar: it holds up the rest until it has started (KEP-753).
            // Whether one that crashed had started is not told, and kubelet takes the sign back: it counts as started,
            // for a pod must not come and go with each of its crashes.
            let done = match status {
                Some(status) if is_sidecar => {
                    status.started || status.state.running.is_none() && has_run(status) || ran(&status.last_state)
                }
                Some(status) => completed(status).is_some(),
                None => false,
            };
            if done {
                continue;
            }
            if status.is_some_and(has_run) {
                return None;
            }
            phase.pending.push(container);
            open = false; // init containers start one after the other
        }
        Some(phase)
    }
}

/// When a container completed with success; the pod's own start time where the runtime gave none.
fn completed(status: &ContainerStatus) -> Option<Timestamp> {
    let ended = status.state.terminated.as_ref().filter(|ended| ended.exit_code == 0 && ran(&status.state))?;
    Some(ended.finished_at.get().unwrap_or(Timestamp::UNIX_EPOCH))
}

fn status_of<'a>(statuses: &'a [ContainerStatus], container: &Container) -> Option<&'a ContainerStatus> {
    statuses.iter().find(|status| status.name == container.name)
}

/// Whether the container has ever run.
fn has_run(status: &ContainerStatus) -> bool {
    ran(&status.state) || ran(&status.last_state)
}

/// A failed start is reported as terminated too: containerd says `StartError`, dockershim `ContainerCannotRun`, both
/// with exit code 128 and a start in 1970 (containerd/containerd internal/cri, kubernetes/kubernetes pkg/kubelet).
fn ran(state: &ContainerState) -> bool {
    state.running.is_some() || state.terminated.as_ref().is_some_and(|ended| !never_started(&ended.reason))
}

fn never_started(reason: &str) -> bool {
    matches!(reason, "StartError" | "ContainerCannotRun")
}

/// What these containers say they wait for: the most telling, of these the earliest stage, of these the first.
fn strongest_wait<'a>(
    containers: impl Iterator<Item = &'a Container>,
    statuses: &[ContainerStatus],
    init: bool,
) -> Option<Evidence> {
    let mut strongest: Option<Evidence> = None;
    for status in containers.filter_map(|container| status_of(statuses, container)) {
        for wait in waits_of(status, init) {
            let stronger = strongest.as_ref().is_none_or(|known| {
                (wait.strength, std::cmp::Reverse(wait.stage)) > (known.strength, std::cmp::Reverse(known.stage))
            });
            if stronger {
                strongest = Some(wait);
            }
        }
    }
    strongest
}

/// What one container says: its waiting reason, and the message of a start that failed.
fn waits_of(status: &ContainerStatus, init: bool) -> impl Iterator<Item = Evidence> {
    let waiting = status.state.waiting.as_ref().and_then(|waiting| {
        // Created and not running yet: kubelet gives no reason (pkg/kubelet/kubelet_pods.go, convertContainerStatus).
        if waiting.reason.is_empty() && waiting.message.is_empty() {
            return None;
        }
        let mut verdict = text::pod(Some(&waiting.reason), &waiting.message, init)?;
        // Older kubelets do not repeat the failure in the back-off's message; the event of the pull says more.
        if waiting.reason == "ImagePullBackOff" && !waiting.message.contains("ErrImagePull") {
            verdict.strength = verdict.strength.min(Strength::Weak);
        }
        Some(verdict)
    });
    let failed_start = [&status.state, &status.last_state]
        .into_iter()
        .filter_map(|state| state.terminated.as_ref())
        .find(|ended| never_started(&ended.reason))
        .and_then(|ended| text::pod(Some(&ended.reason), &ended.message, init));
    [waiting, failed_start].into_iter().flatten().map(|verdict| Evidence::now(verdict, Some(&status.name)))
}
