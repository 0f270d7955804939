//! The state of the cluster in memory: which pods are in trouble, since when and why; which nodes are not ready.
//!
//! Synchronous and without I/O; time is passed in. Watches drive it through [`Index`], readers take a [`Snapshot`].
//! [`Cache::judge`] is the only place where pod, evidence, node and owner meet.

mod addons;
mod aws;
mod branch_enis;
mod events;
mod index;
mod judge;
mod names;
mod nodes;
mod owners;
mod pods;
#[cfg(test)]
mod property;
mod rows;
mod snapshot;
mod tally;
#[cfg(test)]
mod tests;
mod trouble;
mod uid;
mod version;

use jiff::{SignedDuration, Timestamp};

pub use addons::{ADDON_NAMESPACE, AddonPods, AddonVersion, Addons, AgentDown, AgentState, Rollout, Verdict};
pub use aws::{AwsFacts, ClusterInfo, NodeInterfaces, SeenIssue, SubnetUse, SupportedUntil, Warm};
pub use branch_enis::{BranchNames, BranchUsage, CompletedPods, NodeBranchEnis};
pub use index::{CoolDownIndex, Index, OwnerIndex, OwnerKind, OwnerWanted, Scope, VersionIndex};
pub use names::Name;
pub use nodes::{
    ImageGroup, ImageLine, NodeGroup, NodeLabels, NodeNames, Nodes, NotReadyNode, PoolImages, PoolIssue,
    UnhealthyCondition,
};
pub use snapshot::{Overdue, Pods, Snapshot, Terminating, Trouble};
pub use tally::Count;
pub use trouble::PodNames;
pub use uid::Uid;
pub use version::ServerVersion;

use crate::diagnose::KnownIssues;

/// Fields that select the events that are watched: selectors cannot be OR-ed, so there are three watches. The last is of
/// what the VPC resource controller says about nodes, among it its version and how long branch ENIs cool down.
pub const EVENT_FIELDS: [&str; 3] = [
    "involvedObject.kind=Pod,type=Warning",
    "involvedObject.kind=Pod,type=Normal,reason=Pulling",
    "involvedObject.kind=Node,source=vpc-resource-controller",
];

/// What the state depends on besides the cluster.
#[derive(Clone, Debug)]
pub struct Settings {
    /// From when on a pod is overdue.
    pub pod_age_threshold: SignedDuration,
    /// How many pods get series of their own, in each family.
    pub pod_series_limit: usize,
    /// The namespaces that are watched; empty for all.
    pub namespaces: Vec<String>,
    /// Releases that are known to be bad.
    pub known_issues: KnownIssues,
    /// What becomes of the branch ENIs of pods that have ended.
    pub completed_pods: CompletedPods,
    /// How long a branch ENI cools down, where the VPC CNI's `ConfigMap` does not say.
    pub branch_eni_cool_down: SignedDuration,
    /// Whether network interfaces tell what nodes hold; then addresses of pods are kept.
    pub branch_eni_scan: bool,
    /// Whether the shipped calendar says until when the cluster's version is supported, where EKS does not.
    pub support_calendar: bool,
    /// When the exporter started.
    pub started: Timestamp,
}

impl Settings {
    /// Defaults of the command line, started at `started`.
    #[must_use]
    pub fn new(started: Timestamp) -> Self {
        Self {
            pod_age_threshold: SignedDuration::from_secs(60),
            pod_series_limit: 1000,
            namespaces: Vec::new(),
            known_issues: KnownIssues::shipped(),
            completed_pods: CompletedPods::Auto,
            branch_eni_cool_down: SignedDuration::from_secs(60),
            branch_eni_scan: false,
            support_calendar: true,
            started,
        }
    }

    /// The scopes of namespaced kinds.
    fn scopes(&self) -> Vec<Scope> {
        if self.namespaces.is_empty() {
            vec![Scope::cluster()]
        } else {
            self.namespaces.iter().map(|namespace| Scope::namespace(namespace)).collect()
        }
    }
}

/// The state of the cluster.
pub struct Cache {
    settings: Settings,
    names: names::Names,
    pods: trouble::PodRows,
    nodes: nodes::NodeRows,
    branch_enis: branch_enis::BranchEnis,
    events: events::Events,
    owners: owners::Owners,
    addons: addons::AddonRows,
    aws: aws::AwsState,
    version: Option<ServerVersion>,
    /// The latest time that was passed in for what only time changes.
    advanced: Timestamp,
}

impl Cache {
    /// Nothing known yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let namespaced = settings.scopes();
        Self {
            names: names::Names::default(),
            pods: trouble::PodRows::new(namespaced.clone()),
            nodes: nodes::NodeRows::new(settings.known_issues.clone()),
            branch_enis: branch_enis::BranchEnis::new(&settings),
            events: events::Events::new(&namespaced),
            owners: owners::Owners::new(namespaced),
            addons: addons::AddonRows::new(),
            aws: aws::AwsState::new(),
            version: None,
            advanced: settings.started,
            settings,
        }
    }

    /// Lets time pass: pods become overdue, nodes stop starting, branch ENIs have cooled down, unclaimed
    /// evidence goes.
    fn advance(&mut self, now: Timestamp) {
        if now < self.advanced {
            // The clock was set back: what was overdue may not be any more.
            self.judge_all(now);
        }
        self.advanced = now;
        for uid in self.pods.changed_by(now) {
            self.judge(uid, now);
        }
        self.pods.advance(now);
        self.nodes.advance(now);
        self.branch_enis.advance(now);
        self.addons.advance(now);
        self.aws.advance(now);
        self.events.expire(now);
    }
}
