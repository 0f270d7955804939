//! A family of series: everything there is to say about it, in one place.

use crate::collector::Collector;

/// Prometheus' type of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value that goes up and down.
    Gauge,
    /// A count that only grows until the exporter restarts.
    Counter,
}

impl Kind {
    /// As the text format writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
        }
    }
}

/// The declaration of a family.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// One line of help, without quotes or line breaks.
    pub help: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its labels, in the order in which their values are given.
    pub labels: &'static [&'static str],
    /// Closed sets: labels that take only these values.
    pub sets: &'static [(&'static str, &'static [&'static str])],
    /// Written with 0 where that is the fact; others are left out when there is nothing to say.
    pub zero: bool,
    /// The collectors that feed it; empty for what the exporter knows of itself.
    pub collectors: &'static [Collector],
}

impl Family {
    /// A gauge fed by `collectors`.
    #[must_use]
    pub const fn gauge(name: &'static str, help: &'static str, labels: &'static [&'static str]) -> Self {
        Self { name, help, kind: Kind::Gauge, labels, sets: &[], zero: false, collectors: &[] }
    }

    /// A counter.
    #[must_use]
    pub const fn counter(name: &'static str, help: &'static str, labels: &'static [&'static str]) -> Self {
        Self { kind: Kind::Counter, ..Self::gauge(name, help, labels) }
    }

    /// The same, fed by `collectors`.
    #[must_use]
    pub const fn from(self, collectors: &'static [Collector]) -> Self {
        Self { collectors, ..self }
    }

    /// The same, written as 0 too.
    #[must_use]
    pub const fn zero(self) -> Self {
        Self { zero: true, ..self }
    }

    /// The same, with closed sets of values.
    #[must_use]
    pub const fn sets(self, sets: &'static [(&'static str, &'static [&'static str])]) -> Self {
        Self { sets, ..self }
    }
}
