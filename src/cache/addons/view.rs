//! What a reader is told of add-ons.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{AddonRows, AgentState, Cache, Name};
use crate::diagnose::{Addon, AddonOffer, Basis, Component, Lifecycle, Management, Ready, Version, judge_addon};

/// Add-ons.
pub struct Addons {
    /// Versions that run.
    pub versions: Vec<AddonVersion>,
    /// Pods by what runs in them.
    pub pods: Vec<AddonPods>,
    /// What comes of comparing versions.
    pub verdicts: Vec<Verdict>,
    /// Components of which several versions run.
    pub rollouts: Vec<Rollout>,
    /// aws-node and kube-proxy where they do not do their work, those first that have not for longest.
    pub down: Vec<AgentDown>,
}

/// A version of a component that runs. The order is that of the labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddonVersion {
    /// The add-on.
    pub addon: Addon,
    /// The part of it.
    pub component: Component,
    /// Its version; empty where the image does not tell it.
    pub version: Name,
    /// The host that the image comes from.
    pub registry: Name,
    /// Who looks after it.
    pub management: Management,
}

/// Pods of one version of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonPods {
    /// The add-on.
    pub addon: Addon,
    /// The part of it.
    pub component: Component,
    /// Its version; empty where the image does not tell it.
    pub version: Name,
    /// Whether they are ready.
    pub ready: bool,
    /// How many there are.
    pub count: u32,
}

/// An add-on against what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The add-on.
    pub addon: Addon,
    /// What it is compared with.
    pub basis: Basis,
    /// Minors that the oldest version that runs is behind; negative is ahead. `None` across majors.
    pub behind: Option<i64>,
    /// Whether every version that runs goes with the API server.
    pub supported: bool,
    /// Since when the oldest version that runs has been seen to be older than what EKS installs by default.
    pub behind_default_since: Option<Timestamp>,
    /// The oldest version that runs does not, for its age; otherwise one that is not supported is too new.
    pub too_old: bool,
    /// The oldest version that runs.
    pub current: Name,
    /// The newest version that runs.
    pub newest: Name,
    /// What is expected.
    pub expected: String,
    /// Since when it has been seen not to go with the API server.
    pub unsupported_since: Option<Timestamp>,
}

/// A component of which several versions run: its rollout is under way, or stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// The add-on.
    pub addon: Addon,
    /// The part of it.
    pub component: Component,
    /// The versions, with the pods of each.
    pub versions: Vec<(Name, u32)>,
    /// Since when it has been seen so.
    pub since: Timestamp,
}

/// aws-node or kube-proxy that does not do its work on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDown {
    /// The add-on.
    pub addon: Addon,
    /// The node.
    pub node: Name,
    /// What is wrong.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// Since when it is ready again, which is not for long enough to trust it.
    pub ready_again: Option<Timestamp>,
    /// The node itself is going, or its kubelet is silent: then that is what is wrong.
    pub node_is_down: bool,
}

impl AddonRows {
    fn management(&self, set: Option<&Name>) -> Management {
        let set = set.and_then(|name| self.sets.iter().map(|(_, set)| set).find(|set| set.name == *name));
        // The set that EKS installs has Helm's labels too, for it is rendered from the chart, but not the annotation
        // that Helm writes when it installs (aws/eks-charts stable/aws-vpc-cni, "Adopting the existing aws-node").
        if set.is_some_and(|set| set.by_helm) { Management::Own } else { Management::Unknown }
    }

    /// Add-ons of which anything runs.
    pub fn running_addons(&self) -> BTreeSet<Addon> {
        self.counts.iter().map(|(part, _)| part.addon).collect()
    }

    /// Versions of an add-on's main component that run, the oldest first.
    fn running(&self, addon: Addon) -> Vec<(Version, Name)> {
        let main = self.counts.iter().filter(|(part, _)| (part.addon, part.component) == (addon, addon.main()));
        let mut versions: Vec<_> =
            main.filter_map(|(part, _)| Some((Version::parse(&part.version)?, part.version.clone()))).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    fn verdict(
        &self,
        addon: Addon,
        basis: Basis,
        server: (u32, u32),
        offer: Option<&AddonOffer>,
        now: Timestamp,
    ) -> Option<Verdict> {
        let judged: Vec<_> = self
            .running(addon)
            .into_iter()
            .filter_map(|(version, name)| Some((judge_addon(addon, basis, &version, server, offer)?, name, version)))
            .collect();
        let ((oldest, current, version), (_, newest, _)) = (judged.first()?, judged.last()?);
        Some(Verdict {
            addon,
            basis,
            behind: oldest.behind,
            supported: judged.iter().all(|(judged, _, _)| judged.supported),
            behind_default_since: offer.filter(|offer| basis == Basis::Eks && offer.is_behind(version)).map(|_| now),
            too_old: !oldest.supported && oldest.behind.is_none_or(|behind| behind >= 0),
            current: current.clone(),
            newest: newest.clone(),
            expected: oldest.expected.clone(),
            unsupported_since: None,
        })
    }
}

impl Cache {
    /// What is known of add-ons by `now`, if anything is.
    pub(in crate::cache) fn addons_now(&mut self, now: Timestamp) -> Option<Addons> {
        if !self.addons.is_synced() {
            return None;
        }
        let addons = &self.addons;
        let mut versions: Vec<_> = addons
            .counts
            .iter()
            .map(|(part, _)| AddonVersion {
                addon: part.addon,
                component: part.component,
                version: part.version.clone(),
                registry: part.registry.clone(),
                // AWS knows; without it an annotation may tell.
                management: self.aws.management(part.addon).unwrap_or_else(|| addons.management(part.set.as_ref())),
            })
            .collect();
        versions.sort_unstable();
        versions.dedup();
        let mut pods: BTreeMap<_, u32> = BTreeMap::new();
        for (part, counts) in addons.counts.iter() {
            for (ready, count) in [false, true].into_iter().zip(counts).filter(|(_, count)| *count > 0) {
                *pods.entry((part.addon, part.component, part.version.clone(), ready)).or_default() += count;
            }
        }
        let rollouts = self.rollouts(&pods, now);
        let one = |((addon, component, version, ready), count)| AddonPods { addon, component, version, ready, count };
        Some(Addons {
            versions,
            pods: pods.into_iter().map(one).collect(),
            down: self.agents_down(),
            verdicts: self.verdicts(now),
            rollouts,
        })
    }

    fn rollouts(&mut self, pods: &BTreeMap<(Addon, Component, Name, bool), u32>, now: Timestamp) -> Vec<Rollout> {
        let mut running: BTreeMap<(Addon, Component), BTreeMap<Name, u32>> = BTreeMap::new();
        for ((addon, component, version, _), count) in pods {
            *running.entry((*addon, *component)).or_default().entry(version.clone()).or_default() += count;
        }
        let former = std::mem::take(&mut self.addons.mixed);
        let mixed = running.into_iter().filter(|(_, versions)| versions.len() > 1);
        mixed
            .map(|(key, versions)| {
                let since = former.get(&key).copied().unwrap_or(now);
                self.addons.mixed.insert(key, since);
                Rollout { addon: key.0, component: key.1, versions: versions.into_iter().collect(), since }
            })
            .collect()
    }

    fn verdicts(&mut self, now: Timestamp) -> Vec<Verdict> {
        let Some(server) = self.version.as_ref().map(|version| (version.major, version.minor)) else {
            return Vec::new();
        };
        let all = Addon::ALL.into_iter().flat_map(|addon| Basis::ALL.map(|basis| (addon, basis)));
        let verdict = |(addon, basis)| self.addons.verdict(addon, basis, server, self.aws.offer(addon, server), now);
        let mut verdicts: Vec<_> = all.filter_map(verdict).collect();
        let former = std::mem::take(&mut self.addons.unsupported);
        for verdict in verdicts.iter_mut().filter(|verdict| !verdict.supported) {
            let key = (verdict.addon, verdict.basis);
            let since = former.get(&key).copied().unwrap_or(now);
            self.addons.unsupported.insert(key, since);
            verdict.unsupported_since = Some(since);
        }
        let former = std::mem::take(&mut self.addons.behind_default);
        for verdict in &mut verdicts {
            if let Some(since) = &mut verdict.behind_default_since {
                *since = former.get(&verdict.addon).copied().unwrap_or(now);
                self.addons.behind_default.insert(verdict.addon, *since);
            }
        }
        verdicts
    }

    fn agents_down(&self) -> Vec<AgentDown> {
        let mut down: Vec<_> =
            self.addons
                .agents
                .down()
                .map(|(agent, node, down)| AgentDown {
                    addon: agent.addon(),
                    node: node.clone(),
                    state: down.state,
                    since: down.since,
                    ready_again: down.ready,
                    node_is_down: self.nodes.facts(node).is_some_and(|(facts, lifecycle)| {
                        facts.ready == Ready::Unknown || lifecycle == Lifecycle::Leaving
                    }),
                })
                .collect();
        down.sort_unstable_by(|one, other| {
            (one.since, one.addon, &one.node).cmp(&(other.since, other.addon, &other.node))
        });
        down
    }
}
