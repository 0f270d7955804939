//! Branch ENIs by node: who has them, who waits for one, and which are not free yet though their pod has ended or gone.
//!
//! Interfaces are counted by reference, for several pods may share one. What only time changes stands in two queues that
//! [`BranchEnis::advance`] drains. A pod that has nothing to do with branch ENIs leaves no trace here.

mod cool_down;
mod drive;
mod node;
#[cfg(test)]
mod property;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hashbrown::HashMap;
use jiff::Timestamp;

pub use view::{BranchNames, BranchUsage, CompletedPods, NodeBranchEnis};

use self::{
    cool_down::CoolDown,
    node::{Claim, NodeEnis},
};
use super::{Settings, names::Name, uid::Uid};
use crate::diagnose::{ControllerSays, ControllerVersion, EniState, Life};

/// All branch ENIs.
pub(super) struct BranchEnis {
    claims: HashMap<Uid, Claim>,
    nodes: BTreeMap<Name, NodeEnis>,
    /// Interfaces that cool down, by when they were released.
    cooling: BTreeSet<(Timestamp, Name, Arc<str>)>,
    /// Annotated pods that ended within the cool-down.
    ending: BTreeSet<(Timestamp, Uid)>,
    completed_pods: CompletedPods,
    /// The controller's version, and when it said it last.
    version: Option<(Timestamp, ControllerVersion)>,
    cool_down: CoolDown,
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
            version: None,
            cool_down: CoolDown::new(settings.branch_eni_cool_down),
            advanced: settings.started,
        }
    }

    /// Whether pods that have ended keep theirs until they are deleted.
    fn are_held(&self) -> bool {
        match self.completed_pods {
            CompletedPods::Auto => self.version.is_some_and(|(_, version)| version.holds()),
            CompletedPods::Released => false,
            CompletedPods::Held => true,
        }
    }

    /// The controller said something of itself; the latest counts, for events come in any order.
    pub fn controller_says(&mut self, at: Timestamp, says: ControllerSays) {
        match says {
            ControllerSays::Version(version) => self.version = self.version.max(Some((at, version))),
            ControllerSays::CoolDown(length) => self.change_cool_down(|cool_down| cool_down.told(at, length)),
        }
    }

    /// Counts anew where another cool-down than before holds.
    fn change_cool_down(&mut self, change: impl FnOnce(&mut CoolDown)) {
        let former = self.cool_down.hold();
        change(&mut self.cool_down);
        if self.cool_down.hold() != former {
            self.recount();
        }
    }

    /// What a node says that it has; nothing where it does not, or is not known any more.
    pub fn node_says(&mut self, name: &Name, capacity: Option<u32>, allocatable: Option<u32>, now: Timestamp) {
        if capacity.is_some() || allocatable.is_some() {
            self.nodes.entry(name.clone()).or_insert_with(|| NodeEnis::new(name.clone()));
        }
        if let Some(node) = self.nodes.get_mut(name) {
            node.says(capacity, allocatable, now);
            self.tidy(name);
        }
    }

    /// A node is gone, and its interfaces with it: none cools down.
    pub fn node_gone(&mut self, name: &Name) {
        self.node_says(name, None, None, self.advanced);
        self.forget_released(name, Timestamp::MAX);
    }

    /// A machine came. Of what was let go of before it was another one's, which may have had the same name, none cools
    /// down.
    pub fn node_came(&mut self, name: &Name, created: Timestamp) {
        self.forget_released(name, created);
    }

    fn forget_released(&mut self, name: &Name, before: Timestamp) {
        let Some(node) = self.nodes.get_mut(name) else { return };
        node.enis.values_mut().for_each(|eni| eni.released = eni.released.filter(|at| *at >= before));
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
                if let Life::Ended(at) = claim.life
                    && !claim.outlived
                {
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
        let cooling = |at| self.cool_down.covers(at, self.advanced);
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
        let cooling = |at| self.cool_down.covers(at, self.advanced);
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
        let cool_down = self.cool_down;
        let over = |at: Timestamp| !cool_down.covers(at, now);
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
            several_pending_since: node.waiting.iter().nth(1).map(|(since, _)| *since),
            requested: node.requested,
            completed_pods: node.completed.len(),
            completed_since: node.completed.first().map(|(since, _)| *since),
            all_seen,
            free: node.allocatable.filter(|_| all_seen).map(|allocatable| i64::from(allocatable) - in_all),
        }
    }
}
