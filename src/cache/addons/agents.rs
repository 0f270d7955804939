//! aws-node and kube-proxy, without which a node is of no use: on which nodes they are not ready or not there.

use hashbrown::HashMap;
use jiff::{SignedDuration, Timestamp};

use super::{Cache, Name, Uid};
use crate::diagnose::Addon;

/// One that crashes again and again is ready for some seconds each time; only after so long it counts.
const STEADY: SignedDuration = SignedDuration::from_secs(60);

/// What must run on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Agent {
    AwsNode,
    KubeProxy,
}

impl Agent {
    pub const ALL: [Self; 2] = [Self::AwsNode, Self::KubeProxy];

    pub const fn set_name(self) -> &'static str {
        match self {
            Self::AwsNode => "aws-node",
            Self::KubeProxy => "kube-proxy",
        }
    }

    pub const fn addon(self) -> Addon {
        match self {
            Self::AwsNode => Addon::VpcCni,
            Self::KubeProxy => Addon::KubeProxy,
        }
    }

    pub fn of_set(name: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|agent| Some(agent.set_name()) == name)
    }
}

/// What is wrong with an agent on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AgentState {
    /// Its pod is there and not ready, or has not been for long enough.
    NotReady,
    /// It has no pod there and should have.
    Missing,
}

impl AgentState {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::NotReady, Self::Missing];

    /// Value of the label `state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotReady => "not_ready",
            Self::Missing => "missing",
        }
    }
}

/// An agent that does not do its work on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Down {
    pub state: AgentState,
    pub since: Timestamp,
    /// Since when it is ready again.
    pub ready: Option<Timestamp>,
}

/// An agent's pods on a node: one, or for moments two.
#[derive(Default)]
struct Place {
    pods: Vec<Uid>,
    /// When the last one went.
    emptied: Option<Timestamp>,
}

/// Every agent on every node.
#[derive(Default)]
pub(super) struct Agents {
    places: HashMap<(Agent, Name), Place>,
    down: HashMap<(Agent, Name), Down>,
}

impl Agents {
    pub fn came(&mut self, agent: Agent, node: &Name, uid: Uid) {
        let place = self.places.entry((agent, node.clone())).or_default();
        if !place.pods.contains(&uid) {
            place.pods.push(uid);
        }
        place.emptied = None;
    }

    pub fn left(&mut self, agent: Agent, node: &Name, uid: Uid, now: Timestamp) {
        if let Some(place) = self.places.get_mut(&(agent, node.clone())) {
            place.pods.retain(|known| *known != uid);
            if place.pods.is_empty() {
                place.emptied = Some(now);
            }
        }
    }

    pub fn advance(&mut self, now: Timestamp) {
        self.down.retain(|_, down| down.ready.is_none_or(|ready| now.duration_since(ready) < STEADY));
    }

    pub fn down(&self) -> impl Iterator<Item = (Agent, &Name, &Down)> {
        self.down.iter().map(|((agent, node), down)| (*agent, node, down))
    }

    /// The pods of each agent on each node.
    #[cfg(test)]
    pub fn places(&self) -> std::collections::BTreeMap<(Agent, Name), Vec<Uid>> {
        let sorted = |place: &Place| {
            let mut pods = place.pods.clone();
            pods.sort_unstable();
            pods
        };
        let filled = self.places.iter().filter(|(_, place)| !place.pods.is_empty());
        filled.map(|(key, place)| (key.clone(), sorted(place))).collect()
    }

    fn is(&mut self, key: (Agent, Name), found: Found, now: Timestamp) {
        match found {
            Found::Ready(since) => {
                if let Some(down) = self.down.get_mut(&key) {
                    (down.state, down.ready) = (AgentState::NotReady, Some(since));
                }
                self.advance_one(&key, now);
            }
            Found::Down(state, since) => {
                self.advance_one(&key, now);
                let down = self.down.entry(key).or_insert(Down { state, since, ready: None });
                (down.state, down.ready) = (state, None);
            }
            Found::Nothing => {
                self.down.remove(&key);
            }
        }
    }

    /// One that has been ready for long enough starts anew.
    fn advance_one(&mut self, key: &(Agent, Name), now: Timestamp) {
        let over = |down: &Down| down.ready.is_some_and(|ready| now.duration_since(ready) >= STEADY);
        if self.down.get(key).is_some_and(over) {
            self.down.remove(key);
        }
    }
}

/// What an agent on a node is like.
pub(super) enum Found {
    Ready(Timestamp),
    Down(AgentState, Timestamp),
    /// It is not wanted there, or that is not known.
    Nothing,
}

impl Cache {
    /// Looks at an agent on a node anew.
    pub(super) fn assess_agent(&mut self, agent: Agent, node: &Name, now: Timestamp) {
        let found = self.find_agent(agent, node);
        self.addons.agents.is((agent, node.clone()), found, now);
        if self.nodes.is_gone(node) {
            let is_empty = |place: &Place| place.pods.is_empty();
            let key = (agent, node.clone());
            if self.addons.agents.places.get(&key).is_some_and(is_empty) {
                self.addons.agents.places.remove(&key);
            }
        }
    }

    /// Looks at both agents on a node that has changed.
    pub(in crate::cache) fn assess_agents_on(&mut self, node: &Name, now: Timestamp) {
        for agent in Agent::ALL {
            self.assess_agent(agent, node, now);
        }
    }

    /// Looks at both agents on every node.
    pub(in crate::cache) fn assess_agents(&mut self, now: Timestamp) {
        let agents = &self.addons.agents;
        let known = agents.places.keys().chain(agents.down.keys()).map(|(_, node)| node.clone());
        let mut nodes: Vec<Name> = known.chain(self.nodes.all_names()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        for node in nodes {
            self.assess_agents_on(&node, now);
        }
    }

    pub(super) fn find_agent(&self, agent: Agent, node: &Name) -> Found {
        let nodes = &self.nodes;
        if nodes.is_gone(node) || nodes.is_virtual(node) {
            return Found::Nothing;
        }
        let place = self.addons.agents.places.get(&(agent, node.clone()));
        let pods = place.iter().flat_map(|place| &place.pods).filter_map(|uid| self.addons.pods.get(*uid));
        // Ready if one is, since the first of them was; else not since the first of them was not.
        if let Some((not_ready, since)) = pods.map(|pod| (!pod.ready, pod.since)).min() {
            return if not_ready { Found::Down(AgentState::NotReady, since) } else { Found::Ready(since) };
        }
        if !self.addons.pods.is_synced() || !self.addons.sets.is_synced() {
            return Found::Nothing;
        }
        let (Some(set), Some((placed, placement))) = (self.addons.set_of(agent), nodes.placement(node)) else {
            return Found::Nothing;
        };
        match placement.is_wanted(node, &set.placement) {
            Some(true) => {
                let emptied = place.and_then(|place| place.emptied);
                let since = emptied.unwrap_or(set.created).max(placed);
                // Before it was wanted there, it was not missing.
                Found::Down(AgentState::Missing, set.placed.map_or(since, |changed| since.max(changed)))
            }
            Some(false) | None => Found::Nothing,
        }
    }
}
