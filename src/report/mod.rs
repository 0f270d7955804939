//! What is wrong, in words: one finding for each cause, with since when, whom it concerns and where to look.
//!
//! Where findings are shown is not decided here. From when on one is worth waking somebody stands in [`thresholds`],
//! which the alerts share.

mod addons;
mod branch_enis;
mod nodes;
#[cfg(test)]
mod tests;
mod text;
pub mod thresholds;

use jiff::{SignedDuration, Timestamp};

use crate::{
    cache::{Overdue, Snapshot},
    diagnose::{BlockedBy, Cause, Stage},
};
use thresholds::Patience;

pub use text::{duration_words, plain};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Wakes somebody.
    Critical,
    /// To be looked at in working hours.
    Warning,
    /// To be known.
    Info,
}

impl Severity {
    /// As alerts and people write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How much it matters by now.
    pub severity: Severity,
    /// What is wrong, with the number and the cause.
    pub title: String,
    /// What the cause means.
    pub detail: &'static str,
    /// Since when the oldest case.
    pub since: Timestamp,
    /// Whom it concerns, the oldest first; a few.
    pub examples: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// Where to look first.
    pub look: String,
}

impl Finding {
    /// How long it has lasted by `now`.
    #[must_use]
    pub fn since_words(&self, now: Timestamp) -> String {
        let age = now.duration_since(self.since);
        let form = if age < SignedDuration::from_hours(24) { "%H:%M:%S UTC" } else { "%Y-%m-%d %H:%M UTC" };
        format!("for {}, since {}", duration_words(age), self.since.strftime(form))
    }
}

/// Cases that a finding names.
const EXAMPLES: usize = 3;

/// Everything that is wrong, what matters most first.
#[must_use]
pub fn findings(snapshot: &Snapshot) -> Vec<Finding> {
    let now = snapshot.now;
    let mut findings = Vec::new();
    if let Some(pods) = &snapshot.pods {
        for &cause in Cause::CREATING {
            findings.extend(creating(cause, &pods.creating.overdue, now));
        }
        for &cause in Cause::UNSCHEDULED {
            findings.extend(unscheduled(cause, &pods.unscheduled.overdue, now));
        }
        for blocked_by in BlockedBy::ALL {
            findings.extend(terminating(blocked_by, &pods.terminating.overdue, now));
        }
    }
    findings.extend(branch_enis::held_by_completed_pods(snapshot));
    if let Some(nodes) = &snapshot.nodes {
        findings.extend(nodes::findings(nodes, snapshot.version.as_ref(), now));
    }
    if let Some(addons) = &snapshot.addons {
        findings.extend(addons::findings(addons, now));
    }
    findings.sort_by_key(|finding| (finding.severity, finding.since));
    findings
}

fn creating(cause: Cause, overdue: &[Overdue<(Cause, Stage)>], now: Timestamp) -> Option<Finding> {
    let cases: Vec<_> = overdue.iter().filter(|pod| pod.verdict.0 == cause).collect();
    let oldest = cases.first()?;
    let mut examples: Vec<_> = cases
        .iter()
        .map(|pod| {
            let stage = match pod.verdict.1 {
                Stage::Unknown => String::new(),
                stage => format!(", stage {}", stage.as_str()),
            };
            format!("{} on node {}{stage}, for {}", who(pod), pod.names.node, age(pod.since, now))
        })
        .collect();
    let more = cut(&mut examples);
    Some(Finding {
        severity: severity(thresholds::creating(cause), &cases, now),
        title: format!("{} being created: {}", pods(cases.len()), cause.as_str()),
        detail: cause.meaning(),
        since: oldest.since,
        examples,
        more,
        look: look(cause.look(), oldest),
    })
}

fn unscheduled(cause: Cause, overdue: &[Overdue<Cause>], now: Timestamp) -> Option<Finding> {
    let cases: Vec<_> = overdue.iter().filter(|pod| pod.verdict == cause).collect();
    let oldest = cases.first()?;
    let mut examples: Vec<_> = cases.iter().map(|pod| format!("{}, for {}", who(pod), age(pod.since, now))).collect();
    let more = cut(&mut examples);
    Some(Finding {
        severity: severity(thresholds::unscheduled(cause), &cases, now),
        title: format!("{} without a node: {}", pods(cases.len()), cause.as_str()),
        detail: cause.meaning(),
        since: oldest.since,
        examples,
        more,
        look: look(look_without_node(cause), oldest),
    })
}

/// Where to look first for a pod that has no node to look at.
const fn look_without_node(cause: Cause) -> &'static str {
    match cause {
        Cause::NodeDown => "See which nodes are not ready with `kubectl get nodes`.",
        Cause::BranchEni => {
            "See what each node has and what is requested of it with `kubectl describe nodes`, under vpc.amazonaws.com/pod-eni."
        }
        cause => cause.look(),
    }
}

fn terminating(blocked_by: BlockedBy, overdue: &[Overdue<BlockedBy>], now: Timestamp) -> Option<Finding> {
    let cases: Vec<_> = overdue.iter().filter(|pod| pod.verdict == blocked_by).collect();
    let oldest = cases.first()?;
    let mut examples: Vec<_> = cases.iter().map(|pod| format!("{}, for {}", who(pod), age(pod.since, now))).collect();
    let more = cut(&mut examples);
    let (detail, command) = match blocked_by {
        BlockedBy::Kubelet => (
            "Kubelet has not stopped them though their grace period is over.",
            "`kubectl -n {namespace} describe pod {pod}`, then kubelet and the runtime on {node}.",
        ),
        BlockedBy::NodeDown => ("Their node is gone or does not report.", "`kubectl get node {node}`."),
        BlockedBy::Finalizer => (
            "They have ended and only a finalizer holds them.",
            "`kubectl -n {namespace} get pod {pod} -o jsonpath={.metadata.finalizers}`.",
        ),
    };
    Some(Finding {
        severity: Severity::Info,
        title: format!("{} that should be gone: held by {}", pods(cases.len()), blocked_by.as_str()),
        detail,
        since: oldest.since,
        examples,
        more,
        look: look(command, oldest),
    })
}

/// One abandoned pod must not page for weeks: critical takes several, or one that the system needs.
fn severity<V>(patience: Patience, cases: &[&Overdue<V>], now: Timestamp) -> Severity {
    let oldest = cases.iter().map(|pod| now.duration_since(pod.since)).max().unwrap_or_default();
    let weighty = cases.len() > 1 || cases.iter().any(|pod| pod.names.namespace.starts_with("kube-"));
    patience.severity(oldest, weighty)
}

fn who<V>(pod: &Overdue<V>) -> String {
    let names = &pod.names;
    match &*names.owner_kind {
        "" => format!("{}/{}", names.namespace, names.pod),
        kind => format!("{}/{} of {kind} {}", names.namespace, names.pod, names.owner_name),
    }
}

fn pods(count: usize) -> String {
    format!("{count} pod{}", if count == 1 { "" } else { "s" })
}

fn age(since: Timestamp, now: Timestamp) -> String {
    duration_words(now.duration_since(since).max(SignedDuration::ZERO))
}

fn cut(examples: &mut Vec<String>) -> usize {
    let more = examples.len().saturating_sub(EXAMPLES);
    examples.truncate(EXAMPLES);
    more
}

/// Fills the names of the oldest case into a sentence.
fn look<V>(sentence: &str, pod: &Overdue<V>) -> String {
    let names = &pod.names;
    sentence.replace("{namespace}", &names.namespace).replace("{pod}", &names.pod).replace("{node}", &names.node)
}
