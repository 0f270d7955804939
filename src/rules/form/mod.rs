//! The forms in which rules are loaded.

pub mod docs;
pub mod mixin;
mod yaml;

use super::{Group, Values};
use yaml::Lines;

/// What a file in the repository begins with.
pub const HEAD: &str = "# Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.\n";

/// A file of rules as Prometheus loads it.
#[must_use]
pub fn rules(groups: &[Group], values: &Values) -> String {
    let mut lines = Lines::default();
    lines.groups(0, groups, values);
    lines.finish()
}

/// The same for the Prometheus operator.
#[must_use]
pub fn prometheusrule(name: &str, groups: &[Group], values: &Values) -> String {
    let mut lines = Lines::default();
    lines.line(0, "apiVersion: monitoring.coreos.com/v1");
    lines.line(0, "kind: PrometheusRule");
    lines.line(0, "metadata:");
    lines.text(1, "name", name);
    lines.line(1, "labels:");
    lines.text(2, "app.kubernetes.io/name", "eksporter");
    lines.line(0, "spec:");
    lines.groups(1, groups, values);
    lines.finish()
}
