//! Reads the texts that a cluster writes about pods that do not run, and says what they
//! mean: a pure function from (reason, message) to a cause.
//!
//! The wording of one fault differs by runtime, by CNI and by time, so the tables match
//! what the failing component itself writes, usually near the tail, and every row says
//! where its text was seen. What evidence means for a pod over time, and facts that are
//! no texts, do not belong here.

mod admission;
mod image;
mod network;
mod reason;
mod row;
mod runtime;
mod scheduling;
mod volume;

use std::iter;

use self::reason::{Reason, Topic};
use self::row::{Row, has, has_any, plain};
pub use self::scheduling::scheduling;
use super::cause::{Cause, Stage, Strength};

/// What a text says about a pod that is not running yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why the pod hangs.
    pub cause: Cause,
    /// How far the pod had come when this was written.
    pub stage: Stage,
    /// How much the text tells.
    pub strength: Strength,
}

/// The order in which a text about a pod being created is asked. It is the precedence of
/// the labelling rules: disks and cgroups may hide in any text, the pause image speaks of
/// pulling, volumes speak of networks, and a runtime's words surround all the others.
const TABLES: &[&[Row]] = &[runtime::FIRST, image::ROWS, volume::ROWS, network::ROWS, runtime::LAST, network::LAST];

/// Texts of running containers, for where the reason is missing.
const SILENT: &[&str] = &[
    "liveness probe",
    "readiness probe",
    "startup probe",
    "back-off restarting failed",
    "back-off * restarting failed",
    "crashloopbackoff",
    "pod sandbox changed",
];

/// Whole texts that only repeat their reason (Azure/AKS#374).
const BARE: &[&str] = &["failed create pod sandbox.", "failed create pod sandbox", "failed to create pod sandbox"];

/// What an event about a pod, a container's waiting reason and message, or the message of
/// a container that did not start (`StartError`) says about why the pod does not run.
///
/// `init_container` tells whose text it is, where it is a container's.
///
/// `None`: it says nothing about a pod that cannot start (probes, crash back-off, normal
/// events other than `Pulling`).
#[must_use]
pub fn pod(reason: Option<&str>, message: &str, init_container: bool) -> Option<Verdict> {
    let reason = Reason::of(reason);
    let text = plain(message);
    let stage = |stages: &[Stage]| stage(&reason, stages, init_container);
    if runtime::SECCOMP_LIMIT.says(&text) {
        return Some(Verdict { cause: Cause::SeccompBpfLimit, stage: stage(&[]), strength: Strength::Telling });
    }
    if reason.is(Topic::Silent)
        || reason.is(Topic::Scheduling)
        || reason.is(Topic::Admission)
        || SILENT.iter().any(|pattern| has(&text, pattern))
    {
        return None;
    }
    // A pull under way: the name of the image says nothing.
    let row = (reason.name != "Pulling").then(|| find(TABLES, &reason, &text)).flatten();
    let (cause, stages, strength) = match (row, reason.alone) {
        (Some(row), _) => (row.cause, row.stages, row.strength),
        // Words that nobody knows: the reason gives the best label, but they count as unclassified.
        (None, Some((cause, strength))) => {
            (cause, &[][..], if says_more(&reason, &text) { Strength::Unfit } else { strength })
        }
        (None, None) => (Cause::Other, &[][..], Strength::Unfit),
    };
    Some(Verdict { cause, stage: stage(stages), strength })
}

/// Whether a text says more than its reason does. The name of an image that is being
/// pulled is no news.
fn says_more(reason: &Reason, text: &str) -> bool {
    !text.is_empty() && reason.name != "Pulling" && !BARE.contains(&text)
}

/// Whether a reason is one of those who look for a node for a pod, so that [`scheduling`] reads the message.
#[must_use]
pub fn is_scheduling(reason: &str) -> bool {
    Reason::of(Some(reason)).is(Topic::Scheduling)
}

/// The first row that fits.
fn find(tables: &[&'static [Row]], reason: &Reason, text: &str) -> Option<&'static Row> {
    if text.is_empty() {
        return None;
    }
    // What failed again while cleaning up is not why it failed.
    let text = text.split(", failed to clean up sandbox").next().unwrap_or(text);
    tables.iter().copied().flatten().find(|row| row.fits(reason.topics, text))
}

/// The reason's stage where it proves one, else the row's where it can explain only one.
fn stage(reason: &Reason, stages: &[Stage], init_container: bool) -> Stage {
    let stage = reason.stage().unwrap_or(match stages {
        [stage] => *stage,
        _ if reason.is(Topic::Container) => Stage::Container,
        _ => Stage::Unknown,
    });
    if stage == Stage::Container && init_container { Stage::Init } else { stage }
}

/// Whether a node's Ready condition, being False, says that its network is to blame.
#[must_use]
pub fn node_network_down(reason: &str, message: &str) -> bool {
    reason == "NetworkPluginNotReady" || has_any(&plain(message), network::NOT_INITIALIZED)
}

/// The cause that any event's text is labelled with, whoever it is about:
/// [`Cause::Other`] where it says nothing about a pod that cannot run.
#[must_use]
pub fn label(reason: Option<&str>, message: &str) -> Cause {
    let known = Reason::of(reason);
    let text = plain(message);
    if runtime::SECCOMP_LIMIT.says(&text) {
        return Cause::SeccompBpfLimit;
    }
    if known.is(Topic::Admission) || known.topics.is_empty() {
        match find(&[admission::ROWS], &known, &text) {
            Some(row) => return row.cause,
            None if known.is(Topic::Admission) => return Cause::Other,
            None => {}
        }
    }
    if known.is(Topic::Scheduling) || known.topics.is_empty() && scheduling::is_schedulers(&text) {
        return match scheduling(reason, message) {
            Cause::Unknown => Cause::Other,
            cause => cause,
        };
    }
    pod(reason, message, false).map_or(Cause::Other, |verdict| verdict.cause)
}

/// The reason as counted in `eksporter_events_unclassified_total`: out of a closed set,
/// else `other`.
#[must_use]
pub fn known_reason(reason: &str) -> &'static str {
    Reason::of(Some(reason)).name
}

/// A rule as people see it: which texts tell a cause, and where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What such a text means.
    pub cause: Cause,
    /// The stages it can explain; empty for any.
    pub stages: &'static [Stage],
    /// How much it tells.
    pub strength: Strength,
    /// The text has at least one of these. Lower case; `*` stands for any text.
    pub any: &'static [&'static str],
    /// And at least one of these, unless the list is empty.
    pub amid: &'static [&'static str],
    /// And all of these.
    pub all: &'static [&'static str],
    /// And none of these.
    pub none: &'static [&'static str],
    topics: &'static [Topic],
    /// Where such texts were reported, `owner/repo#number`, or are written, `owner/repo path`.
    pub sources: &'static [&'static str],
}

impl Rule {
    /// The groups of reasons, out of [`groups`], that the rule is meant for; none where it
    /// holds for any. A text without a known reason passes.
    pub fn groups(&self) -> impl Iterator<Item = &'static str> {
        self.topics.iter().map(|topic| topic.name())
    }
}

/// Every rule, in the order in which a text is held against them; those about pods that
/// are not created, and those about pods without a node, come after the others.
pub fn rules() -> impl Iterator<Item = Rule> {
    iter::once(&runtime::SECCOMP_LIMIT)
        .chain(TABLES.iter().copied().flatten())
        .chain(admission::ROWS)
        .chain(scheduling::ROWS)
        .map(|&Row { topics, any, amid, all, none, cause, stages, strength, sources }| Rule {
            cause,
            stages,
            strength,
            any,
            amid,
            all,
            none,
            topics,
            sources,
        })
}

/// The groups of reasons of events and of waiting containers: what each is about, and its
/// reasons. One reason may be in several.
pub fn groups() -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    Topic::ALL.iter().map(|&topic| (topic.name(), reason::about(topic)))
}

/// The reasons that tell a cause without any words, with that cause.
pub fn reasons() -> impl Iterator<Item = (&'static str, Cause)> {
    reason::alone()
}

#[cfg(test)]
mod tests;
