//! Pods. Of most of them only the uid is kept; those in trouble carry what is needed to say so.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use hashbrown::HashMap;
use jiff::Timestamp;

use super::{
    Cache, Index, Scope,
    names::Name,
    rows::Rows,
    tally::{Entry, Tally},
    uid::Uid,
};
use crate::{
    diagnose::{BlockedBy, Cause, EvidenceSet, Owner, Since, Situation, Stage, owner_of_pod},
    objects::Pod,
};

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
    fn acquit(&mut self, uid: Uid) {
        self.file(uid, None);
        if let Some(trouble) = self.rows.get_mut(uid).and_then(Option::take) {
            self.unlist(uid, &trouble);
        }
    }

    fn list(&mut self, uid: Uid, trouble: &Trouble) {
        let names = &trouble.names;
        if !names.node.is_empty() {
            self.by_node.insert((names.node.clone(), uid));
        }
        if let OwnerRef::Behind { uid: Some(owner), .. } = trouble.owner {
            self.by_owner.insert((owner, uid));
        }
        self.by_name.insert((names.namespace.clone(), names.pod.clone()), uid);
    }

    fn unlist(&mut self, uid: Uid, trouble: &Trouble) {
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

fn range<K: Clone + Ord>(index: &BTreeSet<(K, Uid)>, key: &K) -> Vec<Uid> {
    index.range((key.clone(), Uid::MIN)..=(key.clone(), Uid::MAX)).map(|(_, uid)| *uid).collect()
}

impl Cache {
    /// Makes or renews the row of a pod in trouble.
    fn note_trouble(&mut self, uid: Uid, pod: &Pod, situation: Situation, now: Timestamp) {
        let namespace = self.names.get(&pod.metadata.namespace);
        let key = (namespace.clone(), Box::from(pod.metadata.name.as_str()));
        if let Some(&former) = self.pods.by_name.get(&key)
            && former != uid
        {
            // The same name with a new uid: the former pod is gone, whether or not that was heard.
            self.remove_pod(former);
        }
        let owner = self.owner_ref(pod);
        let (owner_kind, owner_name) = self.owner_names(&owner);
        let names = Arc::new(PodNames {
            namespace,
            pod: key.1,
            uid: pod.metadata.uid.as_str().into(),
            node: self.names.get(&pod.spec.node_name),
            owner_kind,
            owner_name,
            written: Default::default(),
        });
        let former = self.pods.rows.get_mut(uid).and_then(Option::take);
        if let Some(former) = &former {
            self.pods.unlist(uid, former);
        }
        let gates = former.as_ref().map_or(Gates::Unseen, |former| former.gates);
        let mut trouble = match former {
            Some(former) => {
                let names = if former.names.same(&names) { former.names } else { names };
                Trouble { names, owner, situation, gates, ..*former }
            }
            None => Trouble { names, owner, situation, gates, told: self.events.claim(uid), filed: None },
        };
        trouble.gates = match (&trouble.situation, gates) {
            (Situation::Unscheduled(pod), _) if pod.since == Since::Gated => Gates::Closed,
            (_, Gates::Closed) => Gates::Opened(now),
            _ => gates,
        };
        self.pods.list(uid, &trouble);
        if let Some(row) = self.pods.rows.get_mut(uid) {
            *row = Some(Box::new(trouble));
        }
    }

    fn owner_ref(&mut self, pod: &Pod) -> OwnerRef {
        match owner_of_pod(&pod.metadata) {
            Owner::Known { kind, name } => OwnerRef::Known(self.names.get(kind), self.names.get(name)),
            Owner::Behind { kind, name, uid } => OwnerRef::Behind {
                kind: self.names.get(kind),
                name: self.names.get(name),
                text: uid.into(),
                uid: Uid::of(uid),
            },
        }
    }

    /// Renews the names of a pod after its owner became better known.
    pub(super) fn rename(&mut self, uid: Uid) {
        let Some(trouble) = self.pods.trouble(uid) else { return };
        let (owner_kind, owner_name) = self.owner_names(&trouble.owner);
        let names = &trouble.names;
        let renamed = PodNames {
            namespace: names.namespace.clone(),
            pod: names.pod.clone(),
            uid: names.uid.clone(),
            node: names.node.clone(),
            owner_kind,
            owner_name,
            written: Default::default(),
        };
        if !names.same(&renamed)
            && let Some(trouble) = self.pods.trouble_mut(uid)
        {
            trouble.names = Arc::new(renamed);
        }
    }

    fn remove_pod(&mut self, uid: Uid) {
        self.pods.acquit(uid);
        self.pods.rows.remove(uid);
    }
}

impl PodNames {
    fn same(&self, other: &Self) -> bool {
        (&self.namespace, &self.pod, &self.uid) == (&other.namespace, &other.pod, &other.uid)
            && (&self.node, &self.owner_kind, &self.owner_name) == (&other.node, &other.owner_kind, &other.owner_name)
    }
}

impl Index<Pod> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.pods.rows.begin(scope);
    }

    fn apply(&mut self, pod: Pod, now: Timestamp) {
        let Some(uid) = Uid::of(&pod.metadata.uid) else { return };
        self.pods.rows.see(uid, &pod.metadata.namespace, || None);
        match Situation::of(&pod, now) {
            Some(situation) => {
                self.note_trouble(uid, &pod, situation, now);
                self.judge(uid, now);
            }
            None => self.pods.acquit(uid),
        }
    }

    fn delete(&mut self, pod: &Pod, _: Timestamp) {
        if let Some(uid) = Uid::of(&pod.metadata.uid) {
            self.remove_pod(uid);
        }
    }

    fn finish(&mut self, scope: &Scope, _: Timestamp) {
        for uid in self.pods.rows.finish(scope) {
            self.remove_pod(uid);
        }
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.pods.rows.forget(scope) {
            self.remove_pod(uid);
        }
    }
}
