//! Where pod, evidence, node and owner meet.

use jiff::{SignedDuration, Timestamp};

use super::{
    Cache, Settings,
    names::Name,
    nodes::NodeRows,
    tally::Entry,
    trouble::{Filed, Gates, Trouble},
    uid::Uid,
};
use crate::diagnose::{About, NodeView, Since, Situation, Unscheduled, judge_creating, judge_unscheduled};

/// Fargate and virtual kubelets make a machine for each pod, which takes minutes.
const VIRTUAL_THRESHOLD: SignedDuration = SignedDuration::from_mins(5);

impl Cache {
    /// Counts a pod as what it is now. To be called when the pod, its evidence, its node, or the existence of any node
    /// has changed; for a pod that is not in trouble it does nothing.
    pub(super) fn judge(&mut self, uid: Uid, now: Timestamp) {
        let Some(trouble) = self.pods.trouble(uid) else { return };
        let filed = assess(trouble, &self.nodes, &self.settings, now);
        if let Some(at) = trouble.changes_at().filter(|at| *at > now) {
            self.pods.alarms.insert((at, uid));
        }
        self.pods.file(uid, Some(filed));
    }

    /// Judges every pod in trouble anew: something changed that concerns all.
    pub(super) fn judge_all(&mut self, now: Timestamp) {
        for uid in self.pods.in_trouble() {
            self.pods.file(uid, None);
            self.judge(uid, now);
        }
    }
}

pub(super) fn assess(trouble: &Trouble, nodes: &NodeRows, settings: &Settings, now: Timestamp) -> Filed {
    let names = &trouble.names;
    let view = nodes.view(&names.node);
    let entry = |since: Option<Timestamp>, patient: bool| {
        let threshold = settings.pod_age_threshold;
        let threshold = if patient { threshold.max(VIRTUAL_THRESHOLD) } else { threshold };
        Entry {
            namespace: names.namespace.clone(),
            class: (),
            since,
            due: since.map(|since| since.saturating_add(threshold).unwrap_or(Timestamp::MAX)),
            node: None,
            has_series: true,
        }
    };
    match &trouble.situation {
        Situation::Creating(pod) => {
            let (cause, stage) = judge_creating(pod, &trouble.told, view);
            let patient = pod.on_fargate || nodes.is_virtual(&names.node);
            let entry = Entry {
                node: on_existing(&names.node, view),
                // The node's own alert tells of them.
                has_series: !(view.is_down() && pod.tied_to_node),
                ..entry(Some(pod.since), patient)
            };
            Filed::Creating(entry.counted_as(cause), stage)
        }
        Situation::Unscheduled(pod) => {
            let cause = judge_unscheduled(pod, &trouble.told, nodes.are_none(), now);
            let since = waits_since(pod, trouble, settings);
            Filed::Unscheduled(entry(since, pod.on_fargate).counted_as(cause))
        }
        Situation::Terminating(pod) => {
            Filed::Terminating(entry(Some(pod.deadline), false).counted_as(pod.blocked_by(view.is_down())))
        }
    }
}

fn on_existing(node: &Name, view: NodeView) -> Option<Name> {
    (view != NodeView::Gone).then(|| node.clone())
}

/// Since when somebody waits for a node for this pod; `None` while gates hold it back.
fn waits_since(pod: &Unscheduled, trouble: &Trouble, settings: &Settings) -> Option<Timestamp> {
    match (pod.since, trouble.gates) {
        (Since::Gated, _) => None,
        (_, Gates::Opened(at)) | (Since::At(at), _) => Some(at),
        // The gates went while nobody watched: before the scheduler first failed, and after the pod was made.
        (Since::Ungated, _) => {
            let failed = trouble.told.about(About::Scheduling).map(|evidence| evidence.first).min();
            Some(failed.unwrap_or(settings.started).max(pod.created))
        }
    }
}

impl Entry<()> {
    fn counted_as<C>(self, class: C) -> Entry<C> {
        Entry {
            namespace: self.namespace,
            class,
            since: self.since,
            due: self.due,
            node: self.node,
            has_series: self.has_series,
        }
    }
}
