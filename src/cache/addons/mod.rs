//! Add-ons: which versions of them run, and where their agents on the nodes do not.
//!
//! Rows of pods and `DaemonSets` of kube-system; [`counts`] adds up what runs, [`agents`] follows aws-node and
//! kube-proxy on every node, [`view`] is what a reader is told.

mod agents;
mod counts;
#[cfg(test)]
mod property;
mod view;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::{
    agents::{Agent, Agents},
    counts::{Counts, Part},
};
use super::{Cache, Index, Scope, names::Name, rows::Rows, uid::Uid};
use crate::{
    diagnose::{Addon, Basis, Component, Image, recognise},
    objects::{AddonPod, DaemonSet, PodPlacement, keys},
};

pub use agents::AgentState;
pub use view::{AddonPods, AddonVersion, Addons, AgentDown, Rollout, Verdict};

/// Where add-ons live.
pub const ADDON_NAMESPACE: &str = "kube-system";

/// One pod of an add-on.
#[derive(Default)]
struct PodRow {
    node: Name,
    /// The agent that it is.
    agent: Option<Agent>,
    ready: bool,
    /// Since when it is ready, or not.
    since: Timestamp,
    parts: Box<[Part]>,
}

/// One `DaemonSet`.
#[derive(Default)]
struct SetRow {
    name: Name,
    created: Timestamp,
    placement: PodPlacement,
    /// When it was seen to want other nodes than before.
    placed: Option<Timestamp>,
    /// Somebody installed it with Helm, which EKS does not.
    by_helm: bool,
}

/// Everything about add-ons.
pub(super) struct AddonRows {
    pods: Rows<Uid, PodRow>,
    sets: Rows<Uid, SetRow>,
    counts: Counts,
    agents: Agents,
    /// Since when an add-on has been seen not to go with the API server.
    unsupported: BTreeMap<(Addon, Basis), Timestamp>,
    /// Since when an add-on has been seen to be behind what EKS installs by default.
    behind_default: BTreeMap<Addon, Timestamp>,
    /// Since when several versions of a component have been seen to run.
    mixed: BTreeMap<(Addon, Component), Timestamp>,
}

impl AddonRows {
    pub fn new() -> Self {
        let scopes = || vec![Scope::namespace(ADDON_NAMESPACE)];
        Self {
            pods: Rows::new(scopes()),
            sets: Rows::new(scopes()),
            counts: Counts::default(),
            agents: Agents::default(),
            unsupported: BTreeMap::new(),
            behind_default: BTreeMap::new(),
            mixed: BTreeMap::new(),
        }
    }

    /// Pods and `DaemonSets` held.
    pub fn len(&self) -> (usize, usize) {
        (self.pods.len(), self.sets.len())
    }

    pub fn is_synced(&self) -> bool {
        self.pods.is_synced()
    }

    /// Lets agents go that have been ready for long enough.
    pub fn advance(&mut self, now: Timestamp) {
        self.agents.advance(now);
    }

    /// The `DaemonSet` of an agent.
    fn set_of(&self, agent: Agent) -> Option<&SetRow> {
        self.sets.iter().map(|(_, set)| set).find(|set| &*set.name == agent.set_name())
    }

    /// Takes a pod out; where it was an agent, which and on which node.
    fn remove_pod(&mut self, uid: Uid, now: Timestamp) -> Option<(Agent, Name)> {
        let row = self.pods.remove(uid)?;
        self.counts.subtract(&row.parts, row.ready);
        let agent = row.agent?;
        self.agents.left(agent, &row.node, uid, now);
        Some((agent, row.node))
    }
}

impl Index<AddonPod> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.addons.pods.begin(scope);
    }

    fn apply(&mut self, pod: AddonPod, now: Timestamp) {
        let Some(uid) = Uid::of(&pod.metadata.uid) else { return };
        let row = self.addon_row(&pod, now);
        let is_over = matches!(pod.status.phase.as_str(), "Succeeded" | "Failed");
        if is_over || (row.parts.is_empty() && row.agent.is_none()) {
            return self.remove_addon_pod(uid, now);
        }
        if self.addons.pods.get(uid).is_some_and(|former| (former.agent, &former.node) != (row.agent, &row.node)) {
            self.remove_addon_pod(uid, now); // it was bound to a node
        }
        let place = row.agent.map(|agent| (agent, row.node.clone()));
        let addons = &mut self.addons;
        if let Some(former) = addons.pods.get(uid) {
            addons.counts.subtract(&former.parts, former.ready);
        }
        addons.counts.add(&row.parts, row.ready);
        *addons.pods.see(uid, &pod.metadata.namespace, PodRow::default) = row;
        if let Some((agent, node)) = place {
            self.addons.agents.came(agent, &node, uid);
            self.assess_agent(agent, &node, now);
        }
    }

    fn delete(&mut self, pod: &AddonPod, now: Timestamp) {
        if let Some(uid) = Uid::of(&pod.metadata.uid) {
            self.remove_addon_pod(uid, now);
        }
    }

    fn finish(&mut self, scope: &Scope, now: Timestamp) {
        let was_synced = self.addons.pods.is_synced();
        for uid in self.addons.pods.finish(scope) {
            self.remove_addon_pod(uid, now);
        }
        if !was_synced {
            self.assess_agents(now); // only now may one be known to be missing
        }
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.addons.pods.forget(scope) {
            self.addons.remove_pod(uid, self.advanced);
        }
        // When a pod went is not known of those that are forgotten.
        self.addons.agents = Agents::default();
    }
}

impl Index<DaemonSet> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.addons.sets.begin(scope);
    }

    fn apply(&mut self, set: DaemonSet, now: Timestamp) {
        let Some(uid) = Uid::of(&set.metadata.uid) else { return };
        let row = SetRow {
            name: self.names.get(&set.metadata.name),
            created: set.metadata.creation_timestamp.get().unwrap_or(now).min(now),
            by_helm: set.metadata.annotations.get(keys::HELM_RELEASE).is_some(),
            placement: set.spec.template.spec,
            placed: None,
        };
        let former = self.addons.sets.get(uid);
        let placed =
            former.and_then(|former| if former.placement == row.placement { former.placed } else { Some(now) });
        let row = SetRow { placed, ..row };
        // Its status changes with each of its pods; who wants to know looks at the pods.
        let is_same = |former: &SetRow| former.placement == row.placement && former.created == row.created;
        let asks_anew = Agent::ALL.iter().any(|agent| agent.set_name() == &*row.name) && !former.is_some_and(is_same);
        *self.addons.sets.see(uid, &set.metadata.namespace, SetRow::default) = row;
        if asks_anew {
            self.assess_agents(now);
        }
    }

    fn delete(&mut self, set: &DaemonSet, now: Timestamp) {
        if let Some(uid) = Uid::of(&set.metadata.uid) {
            self.addons.sets.remove(uid);
            self.assess_agents(now);
        }
    }

    fn finish(&mut self, scope: &Scope, now: Timestamp) {
        for uid in self.addons.sets.finish(scope) {
            self.addons.sets.remove(uid);
        }
        self.assess_agents(now);
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.addons.sets.forget(scope) {
            self.addons.sets.remove(uid);
        }
        self.assess_agents(self.advanced);
    }
}

impl Cache {
    fn remove_addon_pod(&mut self, uid: Uid, now: Timestamp) {
        if let Some((agent, node)) = self.addons.remove_pod(uid, now) {
            self.assess_agent(agent, &node, now);
        }
    }

    fn addon_row(&mut self, pod: &AddonPod, now: Timestamp) -> PodRow {
        let owner = pod.metadata.controller();
        let set = owner.filter(|owner| owner.kind == "DaemonSet").map(|owner| owner.name.as_str());
        let condition = pod.status.conditions.iter().find(|condition| condition.r#type == "Ready");
        let created = pod.metadata.creation_timestamp.get();
        let since = condition.and_then(|condition| condition.last_transition_time.get()).or(created);
        let mut parts: Vec<Part> = Vec::new();
        for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
            let image = Image::parse(&container.image);
            let Some((addon, component)) = recognise(&image, set.is_some()) else { continue };
            // An init container of the same image tells nothing new.
            if !parts.iter().any(|part| (part.addon, part.component) == (addon, component)) {
                let version = image.version().map(|version| version.to_string()).unwrap_or_default();
                parts.push(Part {
                    addon,
                    component,
                    version: self.names.get(&version),
                    registry: self.names.get(image.registry),
                    set: set.map(|name| self.names.get(name)),
                });
            }
        }
        PodRow {
            node: self.names.get(&pod.spec.node_name),
            agent: Agent::of_set(set).filter(|_| !pod.spec.node_name.is_empty()),
            ready: condition.is_some_and(|condition| condition.status == "True"),
            since: since.unwrap_or(now).min(now),
            parts: parts.into(),
        }
    }
}
