//! What is wrong, in words: one finding for each cause, with since when, whom it concerns and where to look.
//!
//! Where findings are shown is not decided here. From when on one is worth waking somebody stands in [`thresholds`],
//! which the alerts share.

mod addons;
mod aws_cli;
mod branch_enis;
mod cluster;
mod nodes;
mod pods;
mod subnets;
#[cfg(test)]
mod tests;
mod text;
pub mod thresholds;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use self::aws_cli::AwsCli;
use crate::cache::Snapshot;

pub use crate::diagnose::Severity;
pub use text::{duration_words, headline, plain, printable};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// How much it matters by now.
    pub severity: Severity,
    /// What it is about: the same for as long as it lasts, however severity and numbers change.
    pub key: String,
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
    /// How long it has lasted by `now`, in a word or two.
    #[must_use]
    pub fn age_words(&self, now: Timestamp) -> String {
        let age = now.duration_since(self.since);
        if age < NEW { "new".to_owned() } else { duration_words(age) }
    }

    /// How long it has lasted by `now`, and since when.
    #[must_use]
    pub fn since_words(&self, now: Timestamp) -> String {
        let age = now.duration_since(self.since);
        if age < NEW {
            return "first seen now".to_owned();
        }
        let form = if age < SignedDuration::from_hours(24) { "%H:%M:%S UTC" } else { "%Y-%m-%d %H:%M UTC" };
        format!("for {}, since {}", duration_words(age), self.since.strftime(form))
    }
}

/// What is no older was not there before, or nobody had looked.
const NEW: SignedDuration = SignedDuration::from_secs(2);

/// Cases that a finding names.
const EXAMPLES: usize = 3;

/// Everything that is wrong, what matters most first.
#[must_use]
pub fn findings(snapshot: &Snapshot) -> Vec<Finding> {
    let now = snapshot.now;
    let aws = AwsCli::about(snapshot.aws.cluster.as_ref());
    let mut findings = Vec::new();
    if let Some(pods) = &snapshot.pods {
        findings.extend(pods::findings(pods, now));
    }
    findings.extend(branch_enis::findings(snapshot, &aws));
    if let Some(nodes) = &snapshot.nodes {
        findings.extend(nodes::findings(nodes, snapshot.version.as_ref(), now));
    }
    if let Some(addons) = &snapshot.addons {
        findings.extend(addons::findings(addons, snapshot.version.as_ref(), &aws, now));
    }
    findings.extend(subnets::findings(&snapshot.aws, &aws));
    findings.extend(cluster::findings(&snapshot.aws, &aws, now));
    findings.sort_by_key(|finding| (finding.severity, finding.since));
    findings
}

/// `1 pod`, `2 pods`.
pub(crate) fn count_pods(count: usize) -> String {
    format!("{count} pod{}", if count == 1 { "" } else { "s" })
}

/// `1 node`, `2 nodes`.
pub(crate) fn count_nodes(count: usize) -> String {
    format!("{count} node{}", if count == 1 { "" } else { "s" })
}

fn age(since: Timestamp, now: Timestamp) -> String {
    duration_words(now.duration_since(since).max(SignedDuration::ZERO))
}

/// Words about the first few of `cases`, and how many more there are.
fn first_few<T>(cases: &[T], words: impl Fn(&T) -> String) -> (Vec<String>, usize) {
    (cases.iter().take(EXAMPLES).map(words).collect(), cases.len().saturating_sub(EXAMPLES))
}
