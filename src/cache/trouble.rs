//! Pods in trouble: what is kept of one, and the indexes over all.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use hashbrown::{Equivalent, HashMap};
use jiff::Timestamp;

use super::{
    Scope,
    names::Name,
    rows::Rows,
    tally::{Entry, Tally},
    uid::Uid,
};
use crate::diagnose::{BlockedBy, Cause, EvidenceSet, Situation, Stage};

/// A pod in trouble.
pub(super) struct Trouble {
    pub names: Arc<PodNames>,
    pub owner: OwnerRef,
    pub situation: Situation,
    pub told: EvidenceSet,
    /// When its scheduling gates were seen to go, or that they are still there.
    pub gates: Gates,
    pub filed: Option<Filed>,
}

impl Trouble {
    /// When its cause changes by itself, if it does.
    pub fn changes_at(&self) -> Option<Timestamp> {
        match &self.situation {
            Situation::Unscheduled(pod) => pod.changes_at(),
            Situation::Creating(_) | Situation::Terminating(_) => None,
        }
    }
}

/// What was seen of a pod's scheduling gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gates {
    /// Not seen any.
    Unseen,
    /// Seen, and still there.
    Closed,
    /// Seen to go.
    Opened(Timestamp),
}

/// Where a pod is counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filed {
    Creating(Entry<Cause>, Stage),
    Unscheduled(Entry<Cause>),
    Terminating(Entry<BlockedBy>),
}

/// Whom a pod names as its owner.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OwnerRef {
    /// The owner that a person knows.
    Known(Name, Name),
    /// An object in between: kind, name, and both forms of its uid.
    Behind { kind: Name, name: Name, text: Box<str>, uid: Option<Uid> },
}

/// The names that a pod's series carry.
#[derive(Debug)]
pub struct PodNames {
    /// Namespace.
    pub namespace: Name,
    /// Name.
    pub pod: Box<str>,
    /// Uid.
    pub uid: Box<str>,
    /// The node that it is bound to; empty without one.
    pub node: Name,
    /// Kind of the owner that a person knows; empty without one.
    pub owner_kind: Name,
    /// Its name.
    pub owner_name: Name,
    /// Room for whoever writes series of the pod to keep what need not be written anew each time.
    pub written: [OnceLock<Box<str>>; 2],
}

/// Every pod, and the indexes over those in trouble.
pub(super) struct PodRows {
    pub rows: Rows<Uid, Option<Box<Trouble>>>,
    by_node: BTreeSet<(Name, Uid)>,
    by_owner: BTreeSet<(Uid, Uid)>,
    by_name: HashMap<(Name, Box<str>), Uid>,
    /// When a pod's cause changes by itself.
    pub alarms: BTreeSet<(Timestamp, Uid)>,
    pub creating: Tally<Cause>,
    pub unscheduled: Tally<Cause>,
    pub terminating: Tally<BlockedBy>,
}

impl PodRows {
    pub fn new(scopes: Vec<Scope>) -> Self {
        Self {
            rows: Rows::new(scopes),
            by_node: BTreeSet::new(),
            by_owner: BTreeSet::new(),
            by_name: HashMap::new(),
            alarms: BTreeSet::new(),
            creating: Tally::default(),
            unscheduled: Tally::default(),
            terminating: Tally::default(),
        }
    }

    pub fn trouble(&self, uid: Uid) -> Option<&Trouble> {
        self.rows.get(uid)?.as_deref()
    }

    pub fn trouble_mut(&mut self, uid: Uid) -> Option<&mut Trouble> {
        self.rows.get_mut(uid)?.as_deref_mut()
    }

    /// Whether all pods are known, and this one is in no trouble.
    pub fn is_well(&self, uid: Uid) -> bool {
        self.rows.is_synced() && self.rows.get(uid).is_some_and(Option::is_none)
    }

    /// The pod in trouble of that name.
    pub fn named(&self, namespace: &str, pod: &str) -> Option<Uid> {
        self.by_name.get(&Named { namespace, pod }).copied()
    }

    /// Pods in trouble on a node.
    pub fn on_node(&self, node: &Name) -> Vec<Uid> {
        range(&self.by_node, node)
    }

    /// Pods in trouble that an object owns.
    pub fn owned_by(&self, owner: Uid) -> Vec<Uid> {
        range(&self.by_owner, &owner)
    }

    /// Every pod in trouble.
    pub fn in_trouble(&self) -> Vec<Uid> {
        self.rows.iter().filter(|(_, trouble)| trouble.is_some()).map(|(uid, _)| uid).collect()
    }

    /// Takes out the pods whose cause changes by itself up to `now`.
    pub fn changed_by(&mut self, now: Timestamp) -> Vec<Uid> {
        let mut changed = Vec::new();
        while let Some(&(at, uid)) = self.alarms.first()
            && at <= now
        {
            self.alarms.pop_first();
            changed.push(uid);
        }
        changed
    }

    pub fn advance(&mut self, now: Timestamp) {
        let rows = &self.rows;
        let filed = |uid| rows.get(uid).and_then(|trouble: &Option<Box<Trouble>>| trouble.as_ref()?.filed.as_ref());
        self.creating.advance(now, |uid| match filed(uid)? {
            Filed::Creating(entry, _) => Some(entry),
            _ => None,
        });
        self.unscheduled.advance(now, |uid| match filed(uid)? {
            Filed::Unscheduled(entry) => Some(entry),
            _ => None,
        });
        self.terminating.advance(now, |uid| match filed(uid)? {
            Filed::Terminating(entry) => Some(entry),
            _ => None,
        });
    }

    /// Counts a pod where it belongs now, and out of where it was.
    pub fn file(&mut self, uid: Uid, filed: Option<Filed>) {
        let Some(trouble) = self.rows.get_mut(uid).and_then(Option::as_deref_mut) else { return };
        if trouble.filed == filed {
            return;
        }
        match &trouble.filed {
            Some(Filed::Creating(entry, _)) => self.creating.remove(uid, entry),
            Some(Filed::Unscheduled(entry)) => self.unscheduled.remove(uid, entry),
            Some(Filed::Terminating(entry)) => self.terminating.remove(uid, entry),
            None => {}
        }
        match &filed {
            Some(Filed::Creating(entry, _)) => self.creating.add(uid, entry),
            Some(Filed::Unscheduled(entry)) => self.unscheduled.add(uid, entry),
            Some(Filed::Terminating(entry)) => self.terminating.add(uid, entry),
            None => {}
        }
        trouble.filed = filed;
    }

    /// The pod is in trouble no more, or gone.
    pub fn acquit(&mut self, uid: Uid) {
        self.file(uid, None);
        if let Some(trouble) = self.rows.get_mut(uid).and_then(Option::take) {
            self.unlist(uid, &trouble);
            if let Some(at) = trouble.changes_at() {
                self.alarms.remove(&(at, uid));
            }
        }
    }

    /// Enters a pod into the indexes.
    pub fn list(&mut self, uid: Uid, trouble: &Trouble) {
        let names = &trouble.names;
        if !names.node.is_empty() {
            self.by_node.insert((names.node.clone(), uid));
        }
        if let OwnerRef::Behind { uid: Some(owner), .. } = trouble.owner {
            self.by_owner.insert((owner, uid));
        }
        self.by_name.insert((names.namespace.clone(), names.pod.clone()), uid);
    }

    /// Takes it out of them.
    pub fn unlist(&mut self, uid: Uid, trouble: &Trouble) {
        let names = &trouble.names;
        self.by_node.remove(&(names.node.clone(), uid));
        if let OwnerRef::Behind { uid: Some(owner), .. } = trouble.owner {
            self.by_owner.remove(&(owner, uid));
        }
        let key = (names.namespace.clone(), names.pod.clone());
        if self.by_name.get(&key) == Some(&uid) {
            self.by_name.remove(&key);
        }
    }
}

/// A key of `by_name` that owns nothing. It hashes like the pair of names that it stands for.
#[derive(Hash)]
struct Named<'a> {
    namespace: &'a str,
    pod: &'a str,
}

impl Equivalent<(Name, Box<str>)> for Named<'_> {
    fn equivalent(&self, (namespace, pod): &(Name, Box<str>)) -> bool {
        *self.namespace == **namespace && *self.pod == **pod
    }
}

fn range<K: Clone + Ord>(index: &BTreeSet<(K, Uid)>, key: &K) -> Vec<Uid> {
    index.range((key.clone(), Uid::MIN)..=(key.clone(), Uid::MAX)).map(|(_, uid)| *uid).collect()
}

impl PodNames {
    /// Whether these are the same names.
    pub(super) fn same(&self, other: &Self) -> bool {
        (&self.namespace, &self.pod, &self.uid) == (&other.namespace, &other.pod, &other.uid)
            && (&self.node, &self.owner_kind, &self.owner_name) == (&other.node, &other.owner_kind, &other.owner_name)
    }
}
