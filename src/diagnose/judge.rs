//! The order of evidence: from a pod's situation, what was told about it, and its node, to one cause and a stage.

use jiff::Timestamp;

use super::{
    About, Cause, Creating, Evidence, EvidenceSet, Sandbox, Stage, Unscheduled, evidence::spokesman, unscheduled,
};

/// What is known of the node that a pod is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeView {
    /// Nodes are not watched, or not all of them are known yet.
    Unwatched,
    /// All nodes are known and this is none of them.
    Gone,
    /// A node.
    Known {
        /// Ready is Unknown: nobody hears from its kubelet.
        silent: bool,
        /// Ready is False because of its network.
        network_down: bool,
        /// Kubelet's minor version, where it can be read.
        kubelet_minor: Option<u32>,
    },
}

impl NodeView {
    /// Whether nothing on the node can change before somebody sees to the node.
    #[must_use]
    pub fn is_down(self) -> bool {
        matches!(self, Self::Gone | Self::Known { silent: true, .. })
    }

    /// Whether only the node's network keeps it from being ready.
    fn network_down(self) -> bool {
        matches!(self, Self::Known { network_down: true, .. })
    }

    fn kubelet_minor(self) -> Option<u32> {
        match self {
            Self::Known { kubelet_minor, .. } => kubelet_minor,
            Self::Unwatched | Self::Gone => None,
        }
    }
}

/// Cause and stage of a pod being created.
#[must_use]
pub fn creating(pod: &Creating, told: &EvidenceSet, node: NodeView) -> (Cause, Stage) {
    let sandbox = sandbox_ready(pod, node);
    let events = relevant(pod, told, sandbox == Some(true));
    let spokesman = strongest(pod.waits.as_ref(), spokesman(events.iter().copied()));
    let stage = stage(pod, sandbox, spokesman, &events);

    let cause = if node.is_down() {
        Cause::NodeDown
    } else if node.network_down() && !pod.host_network {
        // Kubelet starts pods that use the host's network all the same (kubernetes/kubernetes pkg/kubelet/kubelet.go,
        // SyncPod), and the CNI's own agent is one of them: its image that cannot be pulled must not be hidden.
        Cause::CniUnavailable
    } else if pod.awaits_branch_eni {
        Cause::BranchEni
    } else {
        spokesman.map_or(Cause::Unknown, |evidence| of_a_creation(evidence.cause))
    };
    let stage = match cause {
        Cause::CniUnavailable | Cause::BranchEni if stage == Stage::Unknown => Stage::Sandbox,
        _ => stage,
    };
    (cause, stage)
}

/// Cause of a pod that has no node.
#[must_use]
pub fn unscheduled(pod: &Unscheduled, told: &EvidenceSet, no_nodes: bool, now: Timestamp) -> Cause {
    unscheduled::cause(pod, spokesman(told.about(About::Scheduling)), no_nodes, now)
}

/// Whether the sandbox is ready, where that is known.
///
/// From kubelet 1.36 the condition is set as soon as the sandbox is; from 1.29 it stays False through the whole image
/// pull, so only True counts (kubernetes/kubernetes#134660); before, it is absent or behind a gate.
fn sandbox_ready(pod: &Creating, node: NodeView) -> Option<bool> {
    if pod.past_sandbox {
        return Some(true);
    }
    match (pod.sandbox, node.kubelet_minor()?) {
        (Sandbox::Ready, 29..) => Some(true),
        (Sandbox::NotReady, 36..) => Some(false),
        _ => None,
    }
}

/// The events' evidence that still says something: of no stage that is proved over, about no container that has run,
/// about no address that has come.
fn relevant<'a>(pod: &Creating, told: &'a EvidenceSet, past_sandbox: bool) -> Vec<&'a Evidence> {
    let waits_past_image =
        pod.waits.as_ref().is_some_and(|wait| wait.stage > Stage::Image && wait.stage != Stage::Unknown);
    let past_stage = |evidence: &Evidence| match evidence.stage {
        Stage::Sandbox => past_sandbox,
        Stage::Image => waits_past_image && evidence.container.is_none(),
        Stage::Init => !pod.init_pending,
        Stage::Container | Stage::Unknown => false,
    };
    let told: Vec<&Evidence> = told
        .about(About::Creation)
        .filter(|evidence| evidence.container.as_ref().is_none_or(|name| !pod.over.contains(name)))
        .filter(|evidence| !past_stage(evidence))
        .filter(|evidence| !(pod.has_address && is_about_addresses(evidence.cause)))
        .collect();
    let overtaken = |evidence: &Evidence| {
        told.iter().any(|other| {
            // Whatever happens to an image or a container happens in a sandbox, on every version of kubelet.
            let later = evidence.stage == Stage::Sandbox
                && other.stage > Stage::Sandbox
                && other.stage != Stage::Unknown
                && other.last >= evidence.last;
            // A pull is under way until anything fails after it; a failing pull that is tried again still fails.
            let failed = evidence.cause == Cause::ImagePulling
                && other.cause != Cause::ImagePulling
                && (other.last > evidence.last
                    || (other.stage == Stage::Image && (other.container == evidence.container)));
            later || failed
        })
    };
    told.iter().copied().filter(|evidence| !overtaken(evidence)).collect()
}

fn is_about_addresses(cause: Cause) -> bool {
    matches!(cause, Cause::IpExhausted | Cause::BranchEni)
}

/// The container's own words come before events, but weak words never replace telling ones.
fn strongest<'a>(wait: Option<&'a Evidence>, event: Option<&'a Evidence>) -> Option<&'a Evidence> {
    match (wait, event) {
        (Some(wait), Some(event)) if event.strength > wait.strength => Some(event),
        (Some(wait), _) => Some(wait),
        (None, event) => event,
    }
}

/// How far the pod has come: what the evidence that speaks for it says, else what is proved.
fn stage(pod: &Creating, sandbox: Option<bool>, spokesman: Option<&Evidence>, events: &[&Evidence]) -> Stage {
    if let Some(evidence) = spokesman
        && evidence.stage != Stage::Unknown
    {
        return evidence.stage;
    }
    match sandbox {
        Some(false) => Stage::Sandbox,
        _ if events.iter().any(|evidence| evidence.stage == Stage::Image) => Stage::Image,
        Some(true) if pod.init_pending => Stage::Init,
        Some(true) | None => Stage::Unknown,
    }
}

/// Causes of other sets (a pod rejected by kubelet for want of resources, say) are `other` here.
fn of_a_creation(cause: Cause) -> Cause {
    if Cause::CREATING.contains(&cause) { cause } else { Cause::Other }
}
