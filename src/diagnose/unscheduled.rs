//! Pods without a node: since when the clock runs, and why.

use jiff::{SignedDuration, Timestamp};

use super::{Cause, Evidence, text};
use crate::objects::{Pod, keys};

/// A pod that no scheduler has looked at for this long has none.
pub const NO_SCHEDULER_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Between a pod's creation and a condition that was made with it: both are cut to whole seconds.
const WITH_THE_POD: SignedDuration = SignedDuration::from_secs(1);

/// When a pod began to wait for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Gates hold it back on purpose, so nobody waits yet.
    Gated,
    /// Then.
    At(Timestamp),
    /// When its gates went, which the API does not tell: see [`Unscheduled::of`].
    Ungated,
}

/// A pod that is not bound to a node, not terminal and not being deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Unscheduled {
    /// When the clock began.
    pub since: Since,
    /// When it was created.
    pub created: Timestamp,
    /// What the condition `PodScheduled` tells; `None` where there is no such condition.
    pub told: Option<Cause>,
    /// Negative priority: it keeps room for others and is meant to be pushed out.
    pub placeholder: bool,
    /// Waits for a micro VM of its own.
    pub on_fargate: bool,
}

impl Unscheduled {
    /// Reads a pod without a node.
    ///
    /// The API server makes the condition of a gated pod together with the pod, and the scheduler keeps its time for as
    /// long as the status stays False (pkg/registry/core/pod/strategy.go, `applySchedulingGatedCondition`). Before 1.30
    /// it has no time at all (kubernetes/kubernetes#122636); since then it has the pod's creation, like that of a pod
    /// that was never gated. What tells them apart is that the spec has changed since: that a gate went counts in
    /// `generation`, which pods have from 1.33 on (KEP-5067).
    #[must_use]
    pub fn of(pod: &Pod, now: Timestamp) -> Self {
        let created = pod.metadata.creation_timestamp.get().unwrap_or(now);
        let condition = pod.status.condition("PodScheduled").filter(|condition| condition.status != "True");
        let gated = !pod.spec.scheduling_gates.is_empty()
            || condition.is_some_and(|condition| condition.reason == "SchedulingGated");
        let since = match condition {
            _ if gated => Since::Gated,
            Some(condition) => match condition.last_transition_time.get() {
                Some(at) if pod.metadata.generation > 1 && at.duration_since(created) <= WITH_THE_POD => Since::Ungated,
                Some(at) => Since::At(at),
                None => Since::Ungated,
            },
            None => Since::At(created),
        };
        Self {
            since,
            created,
            told: condition.map(|condition| text::scheduling(Some(&condition.reason), &condition.message)),
            placeholder: pod.spec.priority < 0,
            on_fargate: pod.spec.scheduler_name == "fargate-scheduler"
                || pod.metadata.label(keys::FARGATE_PROFILE).is_some(),
        }
    }

    /// When its cause changes by itself, if it does.
    #[must_use]
    pub fn changes_at(&self) -> Option<Timestamp> {
        self.told.is_none().then(|| self.created.saturating_add(NO_SCHEDULER_AFTER).unwrap_or(Timestamp::MAX))
    }
}

/// What nobody need wait for comes first, then what stands above any text: without nodes no text tells more.
/// Events speak only where the condition is missing: the scheduler writes it in full on each attempt.
pub(super) fn cause(pod: &Unscheduled, event: Option<&Evidence>, no_nodes: bool, now: Timestamp) -> Cause {
    let told = pod.told.or(event.map(|event| event.cause)).filter(|cause| *cause != Cause::Unknown);
    if pod.since == Since::Gated {
        Cause::Gated
    } else if pod.placeholder {
        Cause::Placeholder
    } else if pod.on_fargate {
        // Fargate makes the node that the pod needs; only its own refusals are news.
        told.unwrap_or(Cause::Fargate)
    } else if no_nodes {
        Cause::NoNodes
    } else if let Some(cause) = told {
        if Cause::UNSCHEDULED.contains(&cause) { cause } else { Cause::Unknown }
    } else if pod.changes_at().is_some_and(|at| now >= at) {
        Cause::NoScheduler
    } else {
        Cause::Unknown
    }
}
