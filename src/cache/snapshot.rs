//! What a reader takes out of the cache: plain values, copied under the lock and written down outside it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Addons, AwsFacts, Cache, Name, NodeBranchEnis, Nodes, PodNames, ServerVersion,
    tally::{Count, Tally},
    trouble::Filed,
    uid::Uid,
};
use crate::diagnose::{BlockedBy, Cause, Stage};

/// The state at one moment. What is `None` is not known, which is not the same as empty.
pub struct Snapshot {
    /// When it was taken, by the API server's clock.
    pub now: Timestamp,
    /// Pods in trouble.
    pub pods: Option<Pods>,
    /// Nodes.
    pub nodes: Option<Nodes>,
    /// Branch ENIs of the nodes that have any, by the node's name.
    pub branch_enis: Vec<NodeBranchEnis>,
    /// The API server's version.
    pub version: Option<ServerVersion>,
    /// Add-ons.
    pub addons: Option<Addons>,
    /// What AWS says, and what is known of it without.
    pub aws: AwsFacts,
    /// Rows held, by resource.
    pub objects: Vec<(&'static str, usize)>,
    /// Event texts that fitted nothing, by reason.
    pub unclassified: Vec<(&'static str, u64)>,
}

/// Pods in trouble.
pub struct Pods {
    /// Being created.
    pub creating: Trouble<(Cause, Stage), Cause>,
    /// Without a node.
    pub unscheduled: Trouble<Cause, Cause>,
    /// Should be gone.
    pub terminating: Terminating,
    /// Overdue pods being created, by node.
    pub creating_by_node: Vec<(Name, u32)>,
}

/// One kind of trouble. `V` is what is said of one pod, `C` what pods are counted by.
pub struct Trouble<V, C> {
    /// Counts by namespace and class.
    pub counts: Vec<Count<C>>,
    /// Overdue pods, the oldest first, as many as may have series.
    pub overdue: Vec<Overdue<V>>,
    /// Overdue pods that had no room.
    pub dropped: usize,
}

/// Pods that are being deleted and should be gone.
pub type Terminating = Trouble<BlockedBy, BlockedBy>;

/// One overdue pod.
pub struct Overdue<V> {
    /// Its names.
    pub names: Arc<PodNames>,
    /// Since when.
    pub since: Timestamp,
    /// What is said of it.
    pub verdict: V,
}

impl Snapshot {
    /// What had no room for series of its own: pods being created, without a node, terminating; conditions of nodes.
    #[must_use]
    pub fn dropped(&self) -> [usize; 4] {
        let pods = self.pods.as_ref();
        [
            pods.map_or(0, |pods| pods.creating.dropped),
            pods.map_or(0, |pods| pods.unscheduled.dropped),
            pods.map_or(0, |pods| pods.terminating.dropped),
            self.nodes.as_ref().map_or(0, |nodes| nodes.conditions_dropped),
        ]
    }
}

impl Cache {
    /// Lets time pass up to `now` and copies out what there is to say.
    pub fn snapshot(&mut self, now: Timestamp) -> Snapshot {
        self.advance(now);
        Snapshot {
            now,
            pods: self.pods.rows.is_synced().then(|| self.pods_in_trouble()),
            nodes: self.nodes.is_synced().then(|| self.nodes.now()),
            branch_enis: self.branch_enis_now(),
            version: self.version.clone(),
            addons: self.addons_now(now),
            aws: self.aws_now(now),
            objects: vec![
                ("pods", self.pods.rows.len()),
                ("nodes", self.nodes.len()),
                ("events", self.events.waiting()),
                ("jobs", self.owners.jobs.len()),
                ("nodeclaims", self.nodes.claims.len()),
                ("cninodes", self.aws.takers.cni_nodes.len()),
                ("ec2nodeclasses", self.aws.takers.ec2_node_classes.len()),
                ("nodeclasses", self.aws.takers.node_classes.len()),
                ("eniconfigs", self.aws.takers.eni_configs.len()),
                ("addon_pods", self.addons.len().0),
                ("daemonsets", self.addons.len().1),
            ],
            unclassified: self.events.unclassified().collect(),
        }
    }

    pub(super) fn pods_in_trouble(&self) -> Pods {
        Pods {
            creating: self.trouble(&self.pods.creating, |filed| match filed {
                Filed::Creating(entry, stage) => Some((entry.class, *stage)),
                _ => None,
            }),
            unscheduled: self.trouble(&self.pods.unscheduled, |filed| match filed {
                Filed::Unscheduled(entry) => Some(entry.class),
                _ => None,
            }),
            terminating: self.trouble(&self.pods.terminating, |filed| match filed {
                Filed::Terminating(entry) => Some(entry.class),
                _ => None,
            }),
            creating_by_node: self.pods.creating.nodes().collect(),
        }
    }

    fn trouble<V, C: Copy + Eq + std::hash::Hash>(
        &self,
        tally: &Tally<C>,
        verdict: impl Fn(&Filed) -> Option<V>,
    ) -> Trouble<V, C> {
        let limit = self.settings.pod_series_limit;
        let overdue = tally.overdue();
        let dropped = overdue.len().saturating_sub(limit);
        let one = |(since, uid): (Timestamp, Uid)| {
            let trouble = self.pods.trouble(uid)?;
            Some(Overdue { names: trouble.names.clone(), since, verdict: verdict(trouble.filed.as_ref()?)? })
        };
        Trouble { counts: tally.groups().collect(), overdue: overdue.take(limit).filter_map(one).collect(), dropped }
    }
}
