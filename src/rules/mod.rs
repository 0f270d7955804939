//! Alerts: written by hand once, in `alerts/source/`, and printed in each form that somebody loads.
//!
//! A source has `PromQL` and words with placeholders. [`source`] reads it, [`values`] has the numbers that people may set,
//! taken from [`crate::report::thresholds`], and [`form`] writes what Prometheus, the operator and jsonnet read. When an
//! alert fires is decided by the source alone.

mod expand;
pub mod form;
mod source;
#[cfg(test)]
mod tests;
pub mod values;

use std::collections::BTreeMap;

pub use source::{Fault, OPTIONAL, SHIPPED, SourceFile, groups};
pub use values::{Override, Unit, Value, Values};

/// Rules that are evaluated together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The name of its source, such as `pods`.
    pub name: String,
    /// In the order of evaluation.
    pub rules: Vec<Rule>,
}

/// A rule whose text has no placeholders but those of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it is.
    pub kind: Kind,
    /// `PromQL`.
    pub expr: String,
    /// The alert waits for so long.
    pub wait: Option<String>,
    /// The alert goes on for so long after its expression ended.
    pub keep_firing_for: Option<String>,
    /// Labels that the rule adds.
    pub labels: BTreeMap<String, String>,
    /// Annotations; a recording rule has none.
    pub annotations: BTreeMap<String, String>,
}

/// What a rule makes, with the name of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An alert.
    Alert(String),
    /// A series.
    Record(String),
}

impl Rule {
    /// The alert's name.
    #[must_use]
    pub fn alert(&self) -> Option<&str> {
        match &self.kind {
            Kind::Alert(name) => Some(name),
            Kind::Record(_) => None,
        }
    }

    /// The same rule with another text in each place that has one.
    fn map(&self, text: impl Fn(&str) -> String) -> Self {
        let all = |texts: &BTreeMap<String, String>| {
            texts.iter().map(|(name, value)| (name.clone(), text(value))).collect::<BTreeMap<_, _>>()
        };
        Self {
            kind: self.kind.clone(),
            expr: text(&self.expr),
            wait: self.wait.as_deref().map(&text),
            keep_firing_for: self.keep_firing_for.as_deref().map(&text),
            labels: all(&self.labels),
            annotations: all(&self.annotations),
        }
    }
}

impl Group {
    /// The group with these values in place of the placeholders.
    #[must_use]
    pub fn with(&self, values: &Values) -> Self {
        let rules = self.rules.iter().map(|rule| rule.map(|text| values.fill(text))).collect();
        Self { name: self.name.clone(), rules }
    }
}
