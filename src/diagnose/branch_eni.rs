//! Branch ENIs, the network interfaces of security groups for pods: which of them a pod has, whether it still waits for
//! one, and from when on one can be used again.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::situation::is_terminal;
use crate::objects::{ContainerStatus, Event, Pod, keys, nullable};

/// The resource controller's loop that lets go of interfaces runs so often, and then EC2 takes its time: so much later
/// than the cool-down an interface may still be there (aws/amazon-vpc-resource-controller-k8s pkg/provider/branch).
pub const LOOP: SignedDuration = SignedDuration::from_secs(30);

/// The shortest cool-down that the controller takes, and the one that it takes for what is no number
/// (aws/amazon-vpc-resource-controller-k8s#342, pkg/provider/branch/cooldown).
const SHORTEST_COOL_DOWN: SignedDuration = SignedDuration::from_secs(30);
const USUAL_COOL_DOWN: SignedDuration = SignedDuration::from_secs(60);
/// Whoever says more in an event is not the controller, and what cools down takes memory.
const LONGEST_COOL_DOWN: SignedDuration = SignedDuration::from_hours(24);

/// The first controller that lets go of a pod's interfaces when the pod ends, not only when it is deleted
/// (aws/amazon-vpc-resource-controller-k8s#33, #48).
const RELEASES_SINCE: ControllerVersion = ControllerVersion(1, 1);

/// What a branch ENI is doing. One that several pods share is in the first of these that fits any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EniState {
    /// Of a pod that lives.
    Attached,
    /// Of a pod that is being deleted.
    Terminating,
    /// Its last pod ended or went a short while ago, and the controller waits before it takes it away.
    Cooldown,
    /// Of a pod that ended longer ago, where the controller keeps it until the pod is deleted.
    Completed,
}

impl EniState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Attached, Self::Terminating, Self::Cooldown, Self::Completed];

    /// Value of the label `state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attached => "attached",
            Self::Terminating => "terminating",
            Self::Cooldown => "cooldown",
            Self::Completed => "completed",
        }
    }
}

/// What a pod that is bound to a node has to do with branch ENIs.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchClaim {
    /// Ids of its interfaces, each once.
    pub enis: Vec<String>,
    /// Whether it was given any, readable or not.
    pub annotated: bool,
    /// How many it requests.
    pub requested: u64,
    /// How far it is in its life.
    pub life: Life,
    /// Since when it waits for one, if it does.
    pub waits_since: Option<Timestamp>,
    /// When it was bound to its node, where its condition says so.
    pub bound: Option<Timestamp>,
}

/// How far a pod is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Neither ended nor being deleted.
    Active,
    /// Being deleted; it holds what it has to the end of its grace period.
    Terminating,
    /// Succeeded or Failed, since then. The controller goes by the phase, also where a finalizer keeps the pod.
    Ended(Timestamp),
}

impl BranchClaim {
    /// Reads a pod; `None` when it has no node yet or nothing to do with branch ENIs.
    #[must_use]
    pub fn of(pod: &Pod, now: Timestamp) -> Option<Self> {
        let annotation = pod.metadata.annotations.get(keys::POD_ENI);
        let requested = requested(pod);
        if pod.spec.node_name.is_empty() || (requested == 0 && annotation.is_none()) {
            return None;
        }
        let life = if is_terminal(pod) {
            Life::Ended(ended(pod).map_or(now, |at| at.min(now)))
        } else if pod.metadata.deletion_timestamp.is_set() {
            Life::Terminating
        } else {
            Life::Active
        };
        let waits = life == Life::Active && requested > 0 && annotation.is_none();
        Some(Self {
            enis: annotation.map(eni_ids).unwrap_or_default(),
            annotated: annotation.is_some(),
            requested,
            life,
            waits_since: waits.then(|| bound_since(pod).unwrap_or(now)),
            bound: bound(pod),
        })
    }
}

/// What the scheduler counts for a pod. The webhook writes the request into the first container only, and the
/// controller adds up the regular ones (`mpod.vpc.k8s.aws` of aws/amazon-vpc-resource-controller-k8s).
pub(super) fn requested(pod: &Pod) -> u64 {
    pod.spec.containers.iter().filter_map(|container| container.resources.requests.get()).map(u64::from).sum()
}

/// When the pod was bound to its node; where no condition says so, it is as if when it was created.
pub(super) fn bound_since(pod: &Pod) -> Option<Timestamp> {
    bound(pod).or(pod.metadata.creation_timestamp.get())
}

fn bound(pod: &Pod) -> Option<Timestamp> {
    let bound = pod.status.condition("PodScheduled").filter(|condition| condition.status == "True");
    bound.and_then(|condition| condition.last_transition_time.get())
}

/// When the last of its containers ended.
fn ended(pod: &Pod) -> Option<Timestamp> {
    let ended = |status: &ContainerStatus| status.state.terminated.as_ref()?.finished_at.get();
    pod.status.container_statuses.iter().chain(&pod.status.init_container_statuses).filter_map(ended).max()
}

/// One entry of the annotation. Other keys differ between the controller's versions, down to `vlanId` and `vlanID`, and
/// nobody here reads them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(rename = "eniId", deserialize_with = "nullable")]
    eni_id: String,
}

/// The ids in an annotation `vpc.amazonaws.com/pod-eni`, a JSON array; none where it cannot be read.
fn eni_ids(annotation: &str) -> Vec<String> {
    let entries: Vec<Entry> = serde_json::from_str(annotation).unwrap_or_default();
    let mut ids: Vec<_> = entries.into_iter().map(|entry| entry.eni_id).filter(|id| !id.is_empty()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The cool-down that the VPC CNI's `ConfigMap` sets, as the controller reads it.
#[must_use]
pub fn cool_down(text: &str) -> SignedDuration {
    text.parse().map_or(USUAL_COOL_DOWN, |seconds| SignedDuration::from_secs(seconds).max(SHORTEST_COOL_DOWN))
}

/// What the resource controller says of itself, in events about each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerSays {
    /// Its version.
    Version(ControllerVersion),
    /// The cool-down that it goes by from now on.
    CoolDown(SignedDuration),
}

impl ControllerSays {
    /// Reads an event, with the time at which it was said; `None` where it says nothing of the kind.
    #[must_use]
    pub fn of(event: &Event, now: Timestamp) -> Option<(Timestamp, Self)> {
        if event.involved_object.kind != "Node" {
            return None;
        }
        let word = event.message.split_whitespace().last()?;
        let says = match event.reason.as_str() {
            // "The node is managed by VPC resource controller version %s"
            // (aws/amazon-vpc-resource-controller-k8s pkg/node/manager/manager.go).
            "ControllerVersionNotice" => Self::Version(ControllerVersion::parse(word)?),
            // "Branch ENI cool down period has been updated to %s", as Go writes a duration
            // (aws/amazon-vpc-resource-controller-k8s controllers/core/configmap_controller.go).
            "BranchENICoolDownPeriodUpdated" => {
                let length: SignedDuration = word.parse().ok()?;
                Self::CoolDown((length <= LONGEST_COOL_DOWN).then_some(length)?.max(SHORTEST_COOL_DOWN))
            }
            _ => return None,
        };
        // A time to come would have the last word for ever.
        Some((event.last_seen().map_or(now, |at| at.min(now)), says))
    }
}

/// Major and minor version of the resource controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ControllerVersion(u32, u32);

impl ControllerVersion {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim_start_matches('v').split('.');
        Some(Self(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }

    /// Whether that controller keeps the interfaces of pods that have ended.
    #[must_use]
    pub fn holds(self) -> bool {
        self < RELEASES_SINCE
    }
}
