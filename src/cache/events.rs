//! Evidence from events: to its pod where that is in trouble, else into a waiting room, for events may come first.

use std::collections::VecDeque;

use hashbrown::{HashMap, HashSet};
use jiff::{SignedDuration, Timestamp};

use super::{Cache, EVENT_FIELDS, Index, Scope, rows::Scopes, uid::Uid};
use crate::{
    diagnose::{ControllerSays, Evidence, EvidenceSet, Strength, text},
    objects::Event,
};

/// How long evidence waits for a pod that is in trouble.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// Pods that evidence waits for at most: about 10 MB.
const ROOM: usize = 20_000;

/// Reasons that are logged at most: they are text from the cluster.
const MOST_SAID: usize = 100;

/// Evidence that no pod in trouble has claimed, and what there is to say about events as such.
pub(super) struct Events {
    scopes: Scopes,
    waiting: HashMap<Uid, (Timestamp, EvidenceSet)>,
    /// In the order of arrival, which is the order of expiry.
    arrivals: VecDeque<(Timestamp, Uid)>,
    unclassified: HashMap<&'static str, u64>,
    /// Reasons of unclassified events that were logged.
    said: HashSet<Box<str>>,
}

impl Events {
    pub fn new(namespaced: &[Scope]) -> Self {
        let selected = |fields| namespaced.iter().cloned().map(move |scope| scope.with_fields(fields));
        Self {
            scopes: Scopes::new(EVENT_FIELDS.into_iter().flat_map(selected).collect()),
            waiting: HashMap::new(),
            arrivals: VecDeque::new(),
            unclassified: HashMap::new(),
            said: HashSet::new(),
        }
    }

    /// Takes what was told about a pod before it was known to be in trouble.
    pub fn claim(&mut self, uid: Uid) -> EvidenceSet {
        self.waiting.remove(&uid).map(|(_, told)| told).unwrap_or_default()
    }

    /// Room for evidence about a pod that may come.
    fn room(&mut self, uid: Uid, now: Timestamp) -> &mut EvidenceSet {
        if !self.waiting.contains_key(&uid) {
            self.arrivals.push_back((now, uid));
            if self.arrivals.len() > ROOM {
                self.expel();
            }
        }
        &mut self.waiting.entry(uid).or_insert_with(|| (now, EvidenceSet::default())).1
    }

    /// Keeps what was told about a pod that is not known any more, for it may be known again.
    pub fn keep(&mut self, uid: Uid, told: EvidenceSet, now: Timestamp) {
        if !told.is_empty() {
            self.room(uid, now).merge(told);
        }
    }

    pub fn expire(&mut self, now: Timestamp) {
        while self.arrivals.front().is_some_and(|(arrived, _)| now.duration_since(*arrived) > PATIENCE) {
            self.expel();
        }
    }

    /// Lets go of the evidence that came first, unless it was claimed and what waits now came later.
    fn expel(&mut self) {
        if let Some((arrived, uid)) = self.arrivals.pop_front()
            && self.waiting.get(&uid).is_some_and(|(since, _)| *since == arrived)
        {
            self.waiting.remove(&uid);
        }
    }

    /// Counts a text that fits nothing, and says once which reason it came with.
    fn count_unclassified(&mut self, event: &Event) {
        let reason = text::known_reason(&event.reason);
        *self.unclassified.entry(reason).or_insert(0) += 1;
        if self.said.len() < MOST_SAID && self.said.insert(event.reason.as_str().into()) {
            tracing::info!(reason = event.reason, message = event.message, "an event about a pod fits no known cause");
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
            if let Some((at, says)) = ControllerSays::of(&event, now) {
                self.branch_enis.controller_says(at, says);
            }
            return;
        }
        let Some(uid) = Uid::of(&event.involved_object.uid) else { return };
        let Some(evidence) = Evidence::of(&event, now) else { return };
        let unclassified = evidence.strength == Strength::Unfit;
        if unclassified && self.pods.is_well(uid) {
            return; // whatever it says, it is not why a pod cannot start
        }
        let taken = match self.pods.trouble_mut(uid) {
            Some(trouble) => trouble.told.take(evidence),
            None => self.events.room(uid, now).take(evidence),
        };
        if taken.told && unclassified {
            self.events.count_unclassified(&event);
        }
        if taken.changed {
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
