//! What one look showed: findings, and what could not be looked at.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    aws::{self, Trouble},
    cache::ServerVersion,
    collector::Collector,
    diagnose::Catalog,
    exporter::Exporter,
    report::{self, Finding, Severity},
    watch::{self, Standing, State},
};

/// One look, as `--output json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct Look {
    /// When, by the API server's clock.
    pub at: Timestamp,
    /// The API server's version.
    pub kubernetes_version: Option<String>,
    /// Pods that were read.
    pub pods: usize,
    /// Nodes that were read.
    pub nodes: usize,
    /// What is wrong, what matters most first.
    pub findings: Vec<Finding>,
    /// What is not behind the findings.
    pub not_looked_at: Vec<Unseen>,
}

/// A collector that tells nothing, or not all.
#[derive(Debug, Serialize)]
pub(super) struct Unseen {
    pub collector: &'static str,
    pub why: Why,
    /// The words of the API server or of AWS, where there are any, or what is left out.
    pub error: Option<String>,
}

/// Why a collector tells nothing, or not all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Why {
    /// Switched off.
    Off,
    /// Outside of `--namespaces`, all of it or a part.
    Namespaces,
    /// No right to read it.
    Forbidden,
    /// The cluster does not know the kind.
    Absent,
    /// Not read in time.
    Unread,
    /// There is nobody to ask, or nobody who may.
    #[serde(rename = "not_asked")]
    NotAsked,
    /// It was asked, and did not tell.
    Failed,
    /// Objects came that could not be read.
    Undecodable,
    /// Nothing is known of this version of Kubernetes.
    Unlisted,
}

impl Look {
    /// What the exporter knows by now; `hidden` is what its settings keep from it.
    pub(super) fn at(exporter: &Exporter, hidden: &[watch::Unseen]) -> Self {
        let snapshot = exporter.snapshot();
        let count =
            |name| snapshot.objects.iter().find(|(resource, _)| *resource == name).map_or(0, |(_, count)| *count);
        let hides = |collector| hidden.iter().any(|unseen| unseen.collector() == collector);
        let standings = exporter.standings().filter(|one| one.state.is_some() || !hides(one.collector));
        let of_aws = exporter.standings_of_aws().filter(|(collector, one)| one.is_some() || !hides(*collector));
        let of_aws = of_aws.filter_map(|(collector, one)| Unseen::of_aws(collector, one));
        let unlisted = snapshot.addons.as_ref().and(snapshot.version.as_ref()).and_then(Unseen::unlisted);
        let hidden = hidden.iter().copied().map(Unseen::hidden);
        let not_looked_at = standings.filter_map(Unseen::of).chain(of_aws).chain(hidden).chain(unlisted).collect();
        Self {
            at: snapshot.now,
            kubernetes_version: snapshot.version.as_ref().map(|version| version.git_version.clone()),
            pods: count("pods"),
            nodes: count("nodes"),
            findings: report::findings(&snapshot),
            not_looked_at,
        }
    }

    /// Whether anything is found that an alert would tell of.
    pub(super) fn is_wrong(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity < Severity::Info)
    }

    /// Why nobody knows, where pods or nodes are missing that were asked for.
    pub(super) fn unread(&self) -> Option<String> {
        let vital = [Collector::Pods, Collector::Nodes].map(Collector::name);
        let is_meant = |why| matches!(why, Why::Off | Why::Namespaces);
        let missing = |one: &&Unseen| vital.contains(&one.collector) && !is_meant(one.why);
        let missing: Vec<_> = self.not_looked_at.iter().filter(missing).map(Unseen::words).collect();
        (!missing.is_empty()).then(|| format!("the result is incomplete: {}", missing.join("; ")))
    }
}

impl From<Trouble> for Why {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotAsked => Self::NotAsked,
            Trouble::Denied => Self::Forbidden,
            Trouble::Failed => Self::Failed,
        }
    }
}

impl Unseen {
    fn of(standing: Standing) -> Option<Self> {
        let why = match standing.state {
            None => Why::Off,
            Some(State::Synced) if standing.undecodable > 0 => {
                let error = Some(format!("{} so far", standing.undecodable));
                return Some(Self { collector: standing.collector.name(), why: Why::Undecodable, error });
            }
            Some(State::Synced) => return None,
            Some(State::Forbidden) => Why::Forbidden,
            Some(State::Absent) => Why::Absent,
            Some(State::Starting | State::Stale) => Why::Unread,
        };
        Some(Self { collector: standing.collector.name(), why, error: standing.error })
    }

    fn of_aws(collector: Collector, standing: Option<aws::Standing>) -> Option<Self> {
        let collector = collector.name();
        let Some(standing) = standing else { return Some(Self { collector, why: Why::Off, error: None }) };
        let (why, error) = match standing.trouble {
            _ if standing.is_up => return None,
            None => (Why::Unread, None),
            Some((trouble, error)) => (Why::from(trouble), Some(error)),
        };
        Some(Self { collector, why, error })
    }

    fn hidden(unseen: watch::Unseen) -> Self {
        let said = Some(unseen.as_str().to_owned());
        Self { collector: unseen.collector().name(), why: Why::Namespaces, error: said }
    }

    /// Lines of add-ons, on a version of Kubernetes that the table says nothing of.
    fn unlisted(server: &ServerVersion) -> Option<Self> {
        let said = Some(format!("versions for Kubernetes {}.{}", server.major, server.minor));
        let is_listed = Catalog::shipped().covers((server.major, server.minor));
        (!is_listed).then_some(Self { collector: Collector::Addons.name(), why: Why::Unlisted, error: said })
    }

    /// `nodes: no right to read it: 403 nodes is forbidden: …`.
    fn words(&self) -> String {
        format!("{}: {}", self.collector, self.why_words())
    }

    /// `no right to read it: 403 nodes is forbidden: …`.
    pub(super) fn why_words(&self) -> String {
        let why = match self.why {
            Why::Off => "switched off",
            Why::Namespaces => "outside of --namespaces",
            Why::Forbidden => "no right to read it",
            Why::Absent => "not installed in this cluster",
            Why::Unread => "not read in time",
            Why::NotAsked => "not asked",
            Why::Failed => "could not be read",
            Why::Undecodable => "objects that could not be read",
            Why::Unlisted => "not in the table that comes with the program",
        };
        let error = self.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        format!("{why}{error}")
    }
}
