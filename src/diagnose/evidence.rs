//! What was told about one pod, kept per class: a cause at a stage of one container. It outlives the events that it came
//! from, which the API server drops after an hour.

use jiff::{SignedDuration, Timestamp};

use super::{Cause, Stage, Strength, text};
use crate::objects::Event;

/// A cause that was not repeated for this long while another one was gives way to it.
const LAPSE: SignedDuration = SignedDuration::from_mins(2);

/// More classes than a pod can honestly have; beyond it the oldest goes.
const MOST: usize = 12;

/// Whether a text speaks of finding a node or of what happens on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The scheduler, Karpenter or Fargate: finding a node.
    Scheduling,
    /// Kubelet and controllers: starting on a node.
    Creation,
}

/// One class of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What it speaks of.
    pub about: About,
    /// The cause it tells.
    pub cause: Cause,
    /// How far the pod had come.
    pub stage: Stage,
    /// How much it tells.
    pub strength: Strength,
    /// The container it is about, where it names one.
    pub container: Option<Box<str>>,
    /// Since when it has been told without lapsing.
    pub first: Timestamp,
    /// When it was told last.
    pub last: Timestamp,
    /// It lapsed before then, so nothing earlier counts: what an event says of its first time is of another spell.
    floor: Timestamp,
}

/// What taking evidence in has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// It was told again, or for the first time.
    pub told: bool,
    /// Something that a judgement may rest on is different.
    pub changed: bool,
}

impl Evidence {
    /// Evidence that stands in the pod's own status, true for as long as it stands there.
    #[must_use]
    pub fn now(verdict: text::Verdict, container: Option<&str>) -> Self {
        Self {
            about: About::Creation,
            cause: verdict.cause,
            stage: verdict.stage,
            strength: verdict.strength,
            container: container.map(Into::into),
            first: Timestamp::MAX,
            last: Timestamp::MAX,
            floor: Timestamp::MIN,
        }
    }

    /// What an event about a pod tells; `None` when it says nothing about a pod that cannot start.
    #[must_use]
    pub fn of(event: &Event, now: Timestamp) -> Option<Self> {
        let last = event.last_seen().unwrap_or(now);
        let first = event.first_seen().unwrap_or(last).min(last);
        if text::is_scheduling(&event.reason) {
            let cause = text::scheduling(Some(&event.reason), &event.message);
            return Some(Self {
                about: About::Scheduling,
                cause,
                stage: Stage::Unknown,
                strength: if cause == Cause::Unknown { Strength::Weak } else { Strength::Telling },
                container: None,
                first,
                last,
                floor: Timestamp::MIN,
            });
        }
        let (container, init) = container_of(&event.involved_object.field_path);
        let verdict = text::pod(Some(&event.reason), &event.message, init)?;
        Some(Self { first, last, ..Self::now(verdict, container) })
    }

    fn same_class(&self, other: &Self) -> bool {
        (self.about, self.cause, self.stage, self.strength) == (other.about, other.cause, other.stage, other.strength)
            && self.container == other.container
    }
}

/// `spec.containers{web}` and `spec.initContainers{migrate}`, as kubelet names the container that an event is about
/// (kubernetes/kubernetes pkg/kubelet/container/ref.go).
fn container_of(field_path: &str) -> (Option<&str>, bool) {
    let init = field_path.starts_with("spec.initContainers{");
    let name = field_path.split_once('{').and_then(|(_, rest)| rest.strip_suffix('}')).filter(|name| !name.is_empty());
    (name, init)
}

/// All that was told about one pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvidenceSet {
    entries: Vec<Evidence>,
}

impl EvidenceSet {
    /// Takes evidence in.
    pub fn take(&mut self, new: Evidence) -> Taken {
        // A class that lapsed while another one was told starts anew: it is not the incumbent any more.
        let lapsed = |known: &Evidence| {
            new.last.duration_since(known.last) > LAPSE
                && self.entries.iter().any(|other| !other.same_class(known) && other.last > known.last)
        };
        if let Some(at) = self.entries.iter().position(|known| known.same_class(&new)) {
            let floor = if lapsed(&self.entries[at]) { new.last } else { self.entries[at].floor };
            let known = &mut self.entries[at];
            let (first, last) = (known.first, known.last);
            known.floor = floor;
            known.first = known.first.min(new.first).max(floor);
            known.last = known.last.max(new.last);
            return Taken { told: known.last > last, changed: (known.first, known.last) != (first, last) };
        }
        if self.entries.len() == MOST
            && let Some(oldest) = (0..MOST).min_by_key(|&at| self.entries[at].last)
        {
            self.entries.swap_remove(oldest);
        }
        self.entries.push(new);
        Taken { told: true, changed: true }
    }

    /// Takes in all of another set.
    pub fn merge(&mut self, other: Self) {
        for evidence in other.entries {
            self.take(evidence);
        }
    }

    /// Everything told about `about`.
    pub fn about(&self, about: About) -> impl Iterator<Item = &Evidence> + Clone {
        self.entries.iter().filter(move |evidence| evidence.about == about)
    }

    /// Whether nothing was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The one that speaks for all: the most telling; of these the one told for longest among those that were still told
/// within [`LAPSE`] of the newest. So a cause does not flip between two faults that are both reported, and two
/// replicas, or one before and after a restart, say the same.
#[must_use]
pub fn spokesman<'a>(told: impl Iterator<Item = &'a Evidence> + Clone) -> Option<&'a Evidence> {
    let strongest = told.clone().map(|evidence| evidence.strength).max()?;
    let told = told.filter(|evidence| evidence.strength == strongest);
    let newest = told.clone().map(|evidence| evidence.last).max()?;
    told.filter(|evidence| newest.duration_since(evidence.last) <= LAPSE)
        .min_by_key(|evidence| (evidence.first, evidence.cause, evidence.stage))
}
