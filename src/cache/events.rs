//! Evidence from events: to its pod where that is in trouble, else into a waiting room, for events may come first.

use std::collections::VecDeque;

use hashbrown::HashMap;
use jiff::{SignedDuration, Timestamp};

use super::{Cache, EVENT_FIELDS, Index, Scope, rows::Scopes, uid::Uid};
use crate::{
    diagnose::{ControllerNotice, Evidence, EvidenceSet, Strength, text},
    objects::Event,
};

/// How long evidence waits for a pod that is in trouble.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// Pods that evidence waits for at most: about 10 MB.
const ROOM: usize = 20_000;

/// Evidence that no pod in trouble has claimed, and what there is to say about events as such.
pub(super) struct Events {
    scopes: Scopes,
    waiting: HashMap<Uid, EvidenceSet>,
    /// In the order of arrival, which is the order of expiry.
    arrivals: VecDeque<(Timestamp, Uid)>,
    unclassified: HashMap<&'static str, u64>,
}

impl Events {
    pub fn new(namespaced: &[Scope]) -> Self {
        let selected = |fields| namespaced.iter().cloned().map(move |scope| scope.with_fields(fields));
        Self {
            scopes: Scopes::new(EVENT_FIELDS.into_iter().flat_map(selected).collect()),
            waiting: HashMap::new(),
            arrivals: VecDeque::new(),
            unclassified: HashMap::new(),
        }
    }

    /// Takes what was told about a pod before it was known to be in trouble.
    pub fn claim(&mut self, uid: Uid) -> EvidenceSet {
        self.waiting.remove(&uid).unwrap_or_default()
    }

    /// Keeps evidence for a pod that may come; whether it was news.
    fn keep(&mut self, uid: Uid, evidence: Evidence, now: Timestamp) -> bool {
        if !self.waiting.contains_key(&uid) {
            self.arrivals.push_back((now, uid));
            if self.arrivals.len() > ROOM
                && let Some((_, oldest)) = self.arrivals.pop_front()
            {
                self.waiting.remove(&oldest);
            }
        }
        self.waiting.entry(uid).or_default().take(evidence)
    }

    pub fn expire(&mut self, now: Timestamp) {
        while let Some(&(arrived, uid)) = self.arrivals.front()
            && now.duration_since(arrived) > PATIENCE
        {
            self.arrivals.pop_front();
            self.waiting.remove(&uid);
        }
    }

    /// Pods that evidence waits for.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Texts that fitted nothing, by reason.
    pub fn unclassified(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.unclassified.iter().map(|(reason, count)| (*reason, *count))
    }
}

impl Index<Event> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.events.scopes.begin(scope);
    }

    fn apply(&mut self, event: Event, now: Timestamp) {
        if event.involved_object.kind == "Node" {
            if let Some(notice) = ControllerNotice::of(&event, now) {
                self.branch_enis.take_notice(notice);
            }
            return;
        }
        let Some(uid) = Uid::of(&event.involved_object.uid) else { return };
        let Some(evidence) = Evidence::of(&event, now) else { return };
        let unclassified = evidence.strength == Strength::Unfit;
        let news = match self.pods.trouble_mut(uid) {
            Some(trouble) => trouble.told.take(evidence),
            None => self.events.keep(uid, evidence, now),
        };
        if news && unclassified {
            *self.events.unclassified.entry(text::known_reason(&event.reason)).or_insert(0) += 1;
        }
        if news {
            self.judge(uid, now);
        }
    }

    /// Events are deleted when they expire, which says nothing about the pod.
    fn delete(&mut self, _: &Event, _: Timestamp) {}

    fn finish(&mut self, scope: &Scope, _: Timestamp) {
        self.events.scopes.finish(scope);
    }

    /// What was told stays true.
    fn forget(&mut self, scope: &Scope) {
        self.events.scopes.forget(scope);
    }
}
