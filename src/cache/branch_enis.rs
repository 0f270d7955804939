//! Branch ENIs by node: who has them, who waits for one, and which are not free yet though their pod has ended or gone.
//!
//! Interfaces are counted by reference, for several pods may share one. What only time changes stands in two queues that
//! [`BranchEnis::advance`] drains. A pod that has nothing to do with branch ENIs leaves no trace here.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use hashbrown::HashMap;
use jiff::{SignedDuration, Timestamp};

use super::{Cache, CoolDownIndex, Settings, names::Name, uid::Uid};
use crate::{
    diagnose::{BranchClaim, ControllerNotice, EniState, LOOP, Life, cool_down},
    objects::Pod,
};

/// What the resource controller does with the interfaces of pods that have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletedPods {
    /// As its version does, where it says one in its events about nodes; otherwise it releases them.
    Auto,
    /// It releases them when the pod ends, as controllers since v1.1.0 do.
    Released,
    /// It holds them until the pod is deleted.
    Held,
}

/// The names that series of a node's branch ENIs carry.
#[derive(Debug)]
pub struct BranchNames {
    /// The node.
    pub node: Name,
    /// Room for whoever writes series of the node to keep what need not be written anew each time.
    pub written: OnceLock<Box<str>>,
    /// The same for series that have a state, in the order of [`EniState::ALL`].
    pub written_states: [OnceLock<Box<str>>; 4],
}

/// The branch ENIs of one node.
pub struct NodeBranchEnis {
    /// Its names.
    pub names: Arc<BranchNames>,
    /// How many the node has room for; `None` where it does not say.
    pub capacity: Option<u32>,
    /// How many of them pods may use; `None` where it does not say.
    pub allocatable: Option<u32>,
    /// What pods make of them; `None` while pods are not known.
    pub usage: Option<BranchUsage>,
}

/// What pods make of a node's branch ENIs.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchUsage {
    /// Interfaces in each state, in the order of [`EniState::ALL`].
    pub used: [u32; 4],
    /// Pods that wait for one.
    pub pending: usize,
    /// Since when the first of them waits.
    pub pending_since: Option<Timestamp>,
    /// How many are requested by pods that have not ended.
    pub requested: u64,
    /// Pods that ended longer ago than the cool-down and still carry an annotation.
    pub completed_pods: usize,
    /// When the first of them ended.
    pub completed_since: Option<Timestamp>,
    /// How many may still be used; `None` where the node does not say what it has, or where not all of its pods are
    /// seen.
    pub free: Option<i64>,
}

impl BranchUsage {
    /// Interfaces in that state.
    #[must_use]
    pub fn used_as(&self, state: EniState) -> u32 {
        self.used[state as usize]
    }

    /// Interfaces in any state.
    #[must_use]
    pub fn used_in_all(&self) -> u32 {
        self.used.iter().sum()
    }
}

/// A pod's share.
struct Claim {
    node: Name,
    enis: Box<[Arc<str>]>,
    annotated: bool,
    requested: u64,
    life: Life,
    waits_since: Option<Timestamp>,
}

/// One interface.
#[derive(Default)]
struct Eni {
    /// Pods that have it, by how far they are: active, terminating, ended.
    pods: [u32; 3],
    /// When a pod last let go of it.
    released: Option<Timestamp>,
    filed: Option<EniState>,
    /// The time under which it stands in the queue of those that cool down.
    queued: Option<Timestamp>,
}

impl Eni {
    fn state(&self, cooling: impl Fn(Timestamp) -> bool) -> Option<EniState> {
        match self.pods {
            [active, ..] if active > 0 => Some(EniState::Attached),
            [_, terminating, _] if terminating > 0 => Some(EniState::Terminating),
            _ if self.released.is_some_and(cooling) => Some(EniState::Cooldown),
            [.., ended] if ended > 0 => Some(EniState::Completed),
            _ => None,
        }
    }

    fn pods_of(&mut self, life: Life) -> &mut u32 {
        match life {
            Life::Active => &mut self.pods[0],
            Life::Terminating => &mut self.pods[1],
            Life::Ended(_) => &mut self.pods[2],
        }
    }
}

/// One node's interfaces and what is counted of them.
struct NodeEnis {
    names: Arc<BranchNames>,
    capacity: Option<u32>,
    allocatable: Option<u32>,
    claims: u32,
    enis: HashMap<Arc<str>, Eni>,
    counts: [u32; 4],
    requested: u64,
    waiting: BTreeSet<(Timestamp, Uid)>,
    /// Annotated pods that ended longer ago than the cool-down.
    completed: BTreeSet<(Timestamp, Uid)>,
}

impl NodeEnis {
    fn new(node: Name) -> Self {
        Self {
            names: Arc::new(BranchNames { node, written: OnceLock::new(), written_states: Default::default() }),
            capacity: None,
            allocatable: None,
            claims: 0,
            enis: HashMap::new(),
            counts: [0; 4],
            requested: 0,
            waiting: BTreeSet::new(),
            completed: BTreeSet::new(),
        }
    }

    /// Whether pods have or had to do with branch ENIs here.
    fn is_used(&self) -> bool {
        self.claims > 0 || !self.enis.is_empty()
    }
}

/// All branch ENIs.
pub(super) struct BranchEnis {
    claims: HashMap<Uid, Claim>,
    nodes: BTreeMap<Name, NodeEnis>,
    /// Interfaces that cool down, by when they were released.
    cooling: BTreeSet<(Timestamp, Name, Arc<str>)>,
    /// Annotated pods that ended within the cool-down.
    ending: BTreeSet<(Timestamp, Uid)>,
    completed_pods: CompletedPods,
    notice: Option<ControllerNotice>,
    /// The cool-down and what the controller takes beyond it.
    hold: SignedDuration,
    /// Time has passed up to here.
    advanced: Timestamp,
}

impl BranchEnis {
    pub fn new(settings: &Settings) -> Self {
        Self {
            claims: HashMap::new(),
            nodes: BTreeMap::new(),
            cooling: BTreeSet::new(),
            ending: BTreeSet::new(),
            completed_pods: settings.completed_pods,
            notice: None,
            hold: settings.branch_eni_cool_down.saturating_add(LOOP),
            advanced: settings.started,
        }
    }

    /// Whether pods that have ended keep theirs until they are deleted.
    fn are_held(&self) -> bool {
        match self.completed_pods {
            CompletedPods::Auto => self.notice.is_some_and(ControllerNotice::holds),
            CompletedPods::Released => false,
            CompletedPods::Held => true,
        }
    }

    /// The controller said its version.
    pub fn take_notice(&mut self, notice: ControllerNotice) {
        self.notice = self.notice.max(Some(notice));
    }

    /// What a node says that it has; nothing where it does not, or is not known any more.
    pub fn node_says(&mut self, name: &Name, capacity: Option<u32>, allocatable: Option<u32>) {
        if capacity.is_some() || allocatable.is_some() {
            self.nodes.entry(name.clone()).or_insert_with(|| NodeEnis::new(name.clone()));
        }
        if let Some(node) = self.nodes.get_mut(name) {
            (node.capacity, node.allocatable) = (capacity, allocatable);
            self.tidy(name);
        }
    }

    /// A node is gone, and its interfaces with it: none cools down.
    pub fn node_gone(&mut self, name: &Name) {
        self.node_says(name, None, None);
        let Some(node) = self.nodes.get_mut(name) else { return };
        node.enis.values_mut().for_each(|eni| eni.released = None);
        let ids: Vec<_> = node.enis.keys().cloned().collect();
        for id in ids {
            self.file(name, &id);
        }
        self.tidy(name);
    }

    /// A pod has this to do with branch ENIs now, `None` for nothing any more. At `released` what it let go of begins to
    /// cool down; `None` where it did not let go or nothing is known of that.
    fn note(&mut self, uid: Uid, claim: Option<Claim>, released: Option<Timestamp>) {
        let former = self.claims.remove(&uid);
        let mut touched = Vec::new();
        if let Some(former) = &former {
            // What was released when the pod ended is not released again when it goes.
            let released = released.filter(|_| self.are_held() || !matches!(former.life, Life::Ended(_)));
            self.withdraw(uid, former);
            for id in &former.enis {
                let kept = claim.as_ref().is_some_and(|claim| claim.node == former.node && claim.enis.contains(id));
                if let Some(eni) = self.nodes.get_mut(&former.node).and_then(|node| node.enis.get_mut(id)) {
                    *eni.pods_of(former.life) -= 1;
                    if !kept {
                        eni.released = eni.released.max(released);
                    }
                }
                touched.push((former.node.clone(), id.clone()));
            }
        }
        if let Some(claim) = claim {
            let node = self.nodes.entry(claim.node.clone()).or_insert_with(|| NodeEnis::new(claim.node.clone()));
            for id in &claim.enis {
                let eni = node.enis.entry(id.clone()).or_default();
                *eni.pods_of(claim.life) += 1;
                if let Life::Ended(at) = claim.life {
                    eni.released = eni.released.max(Some(at));
                }
                touched.push((claim.node.clone(), id.clone()));
            }
            self.enter(uid, &claim);
            self.claims.insert(uid, claim);
        }
        for (node, id) in touched {
            self.file(&node, &id);
        }
        if let Some(former) = former {
            self.tidy(&former.node);
        }
    }

    /// Counts a pod on its node.
    fn enter(&mut self, uid: Uid, claim: &Claim) {
        let cooling = |at| cools(at, self.hold, self.advanced);
        let Some(node) = self.nodes.get_mut(&claim.node) else { return };
        node.claims += 1;
        match claim.life {
            Life::Ended(at) if claim.annotated && cooling(at) => drop(self.ending.insert((at, uid))),
            Life::Ended(at) if claim.annotated => drop(node.completed.insert((at, uid))),
            Life::Ended(_) => {}
            Life::Active | Life::Terminating => node.requested += claim.requested,
        }
        node.waiting.extend(claim.waits_since.map(|since| (since, uid)));
    }

    /// Counts it out again.
    fn withdraw(&mut self, uid: Uid, claim: &Claim) {
        let Some(node) = self.nodes.get_mut(&claim.node) else { return };
        node.claims -= 1;
        match claim.life {
            Life::Ended(at) => {
                self.ending.remove(&(at, uid));
                node.completed.remove(&(at, uid));
            }
            Life::Active | Life::Terminating => node.requested -= claim.requested,
        }
        if let Some(since) = claim.waits_since {
            node.waiting.remove(&(since, uid));
        }
    }

    /// Counts an interface as what it is now.
    fn file(&mut self, name: &Name, id: &Arc<str>) {
        let cooling = |at| cools(at, self.hold, self.advanced);
        let Some(node) = self.nodes.get_mut(name) else { return };
        let Some(eni) = node.enis.get_mut(id) else { return };
        let state = eni.state(cooling);
        if let Some(former) = eni.filed {
            node.counts[former as usize] -= 1;
        }
        if let Some(state) = state {
            node.counts[state as usize] += 1;
        }
        eni.filed = state;
        let queued = eni.released.filter(|_| state == Some(EniState::Cooldown));
        if queued != eni.queued {
            if let Some(at) = eni.queued {
                self.cooling.remove(&(at, name.clone(), id.clone()));
            }
            self.cooling.extend(queued.map(|at| (at, name.clone(), id.clone())));
            eni.queued = queued;
        }
        if state.is_none() {
            node.enis.remove(id);
        }
    }

    /// Forgets a node that there is nothing to say of.
    fn tidy(&mut self, name: &Name) {
        let empty = |node: &NodeEnis| node.capacity.is_none() && node.allocatable.is_none() && !node.is_used();
        if self.nodes.get(name).is_some_and(empty) {
            self.nodes.remove(name);
        }
    }

    pub fn advance(&mut self, now: Timestamp) {
        if now < self.advanced {
            self.advanced = now;
            self.recount();
        }
        self.advanced = now;
        let hold = self.hold;
        let over = |at: Timestamp| !cools(at, hold, now);
        while let Some(&(at, uid)) = self.ending.first()
            && over(at)
        {
            self.ending.pop_first();
            let node = self.claims.get(&uid).and_then(|claim| self.nodes.get_mut(&claim.node));
            if let Some(node) = node {
                node.completed.insert((at, uid));
            }
        }
        while let Some((at, _, _)) = self.cooling.first()
            && over(*at)
            && let Some((_, name, id)) = self.cooling.pop_first()
        {
            if let Some(eni) = self.nodes.get_mut(&name).and_then(|node| node.enis.get_mut(&id)) {
                eni.queued = None;
            }
            self.file(&name, &id);
            self.tidy(&name);
        }
    }

    /// Another cool-down, or another time: what is over may not be over any more, and the other way round.
    fn recount(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        for (uid, claim) in &claims {
            self.withdraw(*uid, claim);
            self.enter(*uid, claim);
        }
        self.claims = claims;
        let enis = self.nodes.iter().flat_map(|(name, node)| node.enis.keys().map(|id| (name.clone(), id.clone())));
        for (name, id) in enis.collect::<Vec<_>>() {
            self.file(&name, &id);
            self.tidy(&name);
        }
    }

    fn usage(&self, node: &NodeEnis, all_seen: bool) -> BranchUsage {
        let mut used = node.counts;
        if !self.are_held() {
            used[EniState::Completed as usize] = 0;
        }
        let in_all: i64 = used.iter().map(|count| i64::from(*count)).sum();
        BranchUsage {
            used,
            pending: node.waiting.len(),
            pending_since: node.waiting.first().map(|(since, _)| *since),
            requested: node.requested,
            completed_pods: node.completed.len(),
            completed_since: node.completed.first().map(|(since, _)| *since),
            free: node.allocatable.filter(|_| all_seen).map(|allocatable| i64::from(allocatable) - in_all),
        }
    }
}

/// Whether what was let go of at that time still cools down.
fn cools(released: Timestamp, hold: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(released) < hold
}

impl Cache {
    /// Takes note of what a pod has to do with branch ENIs.
    pub(super) fn note_branch_enis(&mut self, uid: Uid, pod: &Pod, now: Timestamp) {
        let claim = BranchClaim::of(pod, now).map(|claim| {
            // The end as it was first seen: where no container tells it, it is the time of this look.
            let life = match (self.branch_enis.claims.get(&uid).map(|former| former.life), claim.life) {
                (Some(former @ Life::Ended(_)), Life::Ended(_)) => former,
                (_, life) => life,
            };
            Claim {
                node: self.names.get(&pod.spec.node_name),
                enis: claim.enis.iter().map(|id| id.as_str().into()).collect(),
                annotated: claim.annotated,
                requested: claim.requested,
                life,
                waits_since: claim.waits_since,
            }
        });
        self.settle_branch_enis(uid, claim, Some(now));
    }

    /// A pod is gone, at that time where it is known to have gone and not only forgotten.
    pub(super) fn drop_branch_enis(&mut self, uid: Uid, gone: Option<Timestamp>) {
        self.settle_branch_enis(uid, None, gone);
    }

    fn settle_branch_enis(&mut self, uid: Uid, claim: Option<Claim>, now: Option<Timestamp>) {
        let former = self.branch_enis.claims.get(&uid).map(|former| &former.node);
        if former.is_none() && claim.is_none() {
            return;
        }
        // A node that is gone has taken its interfaces with it.
        let released = now.filter(|_| former.is_some_and(|node| !self.nodes.is_gone(node)));
        self.branch_enis.note(uid, claim, released);
    }

    /// The branch ENIs of every node that has any, by name.
    pub(super) fn branch_enis_now(&self) -> Vec<NodeBranchEnis> {
        let pods_known = self.pods.rows.is_synced();
        let all_seen = self.settings.namespaces.is_empty();
        let any = |count: Option<u32>| count.is_some_and(|count| count > 0);
        let shown = |node: &&NodeEnis| {
            let has = any(node.capacity) || any(node.allocatable) || (pods_known && node.is_used());
            has && !self.nodes.is_gone(&node.names.node)
        };
        let nodes = self.branch_enis.nodes.values().filter(shown);
        nodes
            .map(|node| NodeBranchEnis {
                names: node.names.clone(),
                capacity: node.capacity,
                allocatable: node.allocatable,
                usage: pods_known.then(|| self.branch_enis.usage(node, all_seen)),
            })
            .collect()
    }
}

impl CoolDownIndex for Cache {
    fn branch_eni_cool_down(&mut self, text: Option<&str>) {
        let cool_down = text.map_or(self.settings.branch_eni_cool_down, cool_down);
        let hold = cool_down.saturating_add(LOOP);
        if self.branch_enis.hold != hold {
            self.branch_enis.hold = hold;
            self.branch_enis.recount();
        }
    }
}
