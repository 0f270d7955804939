//! How much something matters: a known issue of a release, and later a finding.

use serde::Serialize;

/// How much it matters, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nodes or pods fail by it; a finding wakes somebody.
    Critical,
    /// Something fails by it; a finding is to be looked at in working hours.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Critical, Self::Warning, Self::Info];

    /// As alerts and people write it, and the value of the label `issue_severity`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}
