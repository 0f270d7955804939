//! What rules make: the series that they record, and those of their alerts.

use std::collections::{BTreeMap, BTreeSet};

use eksporter::rules::{Group, Kind, Rule, Values};

use super::{
    Expr,
    labels::{Alerts, Check, Shape},
    parse,
    vocabulary::{Series, Sets, exposed},
};
use crate::support::monitoring::Server;

/// A rule that records what another records of it needs one round more.
const ROUNDS: usize = 6;

/// All that expressions may name.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub series: BTreeMap<String, Series>,
    pub alerts: Alerts,
    /// What each rule of a record makes.
    pub recorded: BTreeMap<String, Vec<Series>>,
}

/// The rules of these groups with the shipped values, in the order of evaluation.
pub fn parsed(prometheus: &Server, groups: &[Group]) -> Vec<(Rule, Expr)> {
    let rules = groups.iter().flat_map(|group| group.with(&Values::with(&[])).rules);
    rules.map(|rule| (rule.clone(), parse(prometheus, &rule.expr))).collect()
}

impl Known {
    /// What these rules make, and what is exposed. A rule may name what itself or a later one makes.
    pub fn of(rules: &[(Rule, Expr)]) -> Self {
        let mut known = Self { series: exposed(), alerts: Alerts::new(), recorded: BTreeMap::new() };
        for _ in 0..ROUNDS {
            let next = known.round(rules);
            if next == known {
                break;
            }
            known = next;
        }
        known
    }

    fn round(&self, rules: &[(Rule, Expr)]) -> Self {
        let (mut recorded, mut alerts) = (BTreeMap::<_, Vec<Series>>::new(), Alerts::new());
        for (rule, expr) in rules {
            // What is wrong with a rule is found when all is known.
            let made = made_by(rule, self.check(true).shape(expr));
            match &rule.kind {
                Kind::Record(name) => recorded.entry(name.clone()).or_default().push(made),
                Kind::Alert(name) => alerts.entry(name.clone()).or_default().push(made),
            }
        }
        let mut series = exposed();
        series.extend(recorded.iter().map(|(name, made)| (name.clone(), any_of(made))));
        Self { series, alerts, recorded }
    }

    /// For an expression.
    pub fn check(&self, keeps_clusters_apart: bool) -> Check<'_> {
        Check { series: &self.series, alerts: &self.alerts, keeps_clusters_apart, problems: Vec::new() }
    }
}

fn made_by(rule: &Rule, shape: Shape) -> Series {
    let mut own: Sets =
        rule.labels.iter().map(|(label, value)| (label.clone(), BTreeSet::from([value.clone()]))).collect();
    if let Some(name) = rule.alert() {
        own.insert("alertname".to_owned(), BTreeSet::from([name.to_owned()]));
    }
    let labels = shape.labels.into_iter().chain(own.keys().cloned()).collect();
    Series { labels, sets: shape.sets.into_iter().chain(own).collect(), ..Series::default() }
}

/// Series that several rules make under one name.
fn any_of(made: &[Series]) -> Series {
    let labels = made.iter().flat_map(|one| one.labels.iter().cloned()).collect();
    let mut sets = made.first().map(|one| one.sets.clone()).unwrap_or_default();
    sets.retain(|label, values| {
        let all: Option<Vec<_>> = made.iter().map(|one| one.sets.get(label)).collect();
        values.extend(all.iter().flatten().copied().flatten().cloned().collect::<Vec<_>>());
        all.is_some()
    });
    Series { labels, sets, ..Series::default() }
}
