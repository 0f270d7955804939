//! Which labels an expression returns, and what in it cannot be as it is meant.

use std::collections::{BTreeMap, BTreeSet};

use super::{ARGUMENT, Expr, Matcher, Matching, vocabulary::Series};

/// Names of labels.
pub type Labels = BTreeSet<String>;

/// Shorter ranges hold too few scrapes of a minute.
const SHORTEST_RATE: u64 = 5 * 60 * 1000;

/// Looks at one expression.
pub struct Check<'a> {
    pub series: &'a BTreeMap<String, Series>,
    /// Labels of the alerts by name, for `ALERTS`.
    pub alerts: &'a BTreeMap<String, Labels>,
    /// Rules are about every cluster and must keep them apart; the queries of a text are about one.
    pub keeps_clusters_apart: bool,
    pub problems: Vec<String>,
}

impl Check<'_> {
    fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// The labels of what it returns; of a number none.
    pub fn labels(&mut self, expr: &Expr) -> Labels {
        match expr {
            Expr::VectorSelector { name, matchers } | Expr::MatrixSelector { name, matchers, .. } => {
                self.selector(name, matchers)
            }
            Expr::Subquery { expr } | Expr::Paren { expr } | Expr::Unary { expr } => self.labels(expr),
            Expr::Aggregation { op, expr, grouping, without } => {
                let of = self.labels(expr);
                self.aggregation(op, of, grouping, *without)
            }
            Expr::Call { func, args } => self.call(&func.name, args),
            Expr::Binary { op, lhs, rhs, matching } => {
                let (left, right) = (self.labels(lhs), self.labels(rhs));
                match matching {
                    Some(matching) => self.join(op, left, right, matching, rhs),
                    None => left.into_iter().chain(right).collect(), // one of them is a number
                }
            }
            Expr::NumberLiteral {} | Expr::StringLiteral { .. } => Labels::new(),
        }
    }

    fn selector(&mut self, name: &str, matchers: &[Matcher]) -> Labels {
        if name.is_empty() {
            return self.any_of_ours(matchers);
        }
        let known = if name == "ALERTS" { self.alerts_series(matchers) } else { self.series.get(name).cloned() };
        let Some(known) = known else {
            self.problem(format!("nobody exposes {name}"));
            return Labels::new();
        };
        for matcher in matchers.iter().filter(|matcher| matcher.name != "__name__") {
            if !known.labels.contains(&matcher.name) {
                self.problem(format!("{name} has no label {}", matcher.name));
            }
            let Some(set) = known.sets.get(&matcher.name) else { continue };
            // Patterns over closed sets are alternatives and no more.
            let is_pattern = matcher.op.ends_with('~');
            for value in matcher.value.split(|c| is_pattern && c == '|') {
                if !value.is_empty() && value != ARGUMENT && !set.contains(value) {
                    self.problem(format!("{name}: {} is never {value}", matcher.name));
                }
            }
        }
        if !self.keeps_clusters_apart && !matchers.iter().any(|matcher| matcher.name == "cluster") {
            self.problem(format!("{name} is of any cluster"));
        }
        known.labels
    }

    /// Only `exported_*`, which nobody declares, is looked for without a name.
    fn any_of_ours(&mut self, matchers: &[Matcher]) -> Labels {
        let is_ours = matchers.iter().any(|one| one.name == "__name__" && one.value.starts_with("eks_"));
        let is_renamed = matchers.iter().any(|one| one.name.starts_with("exported_"));
        if !(is_ours && is_renamed) {
            self.problem("a selector without a name".to_owned());
        }
        ["__name__", "cluster", "instance", "job"].map(str::to_owned).into()
    }

    fn alerts_series(&self, matchers: &[Matcher]) -> Option<Series> {
        let name = matchers.iter().find(|matcher| matcher.name == "alertname")?;
        let mut labels = if name.op.ends_with('~') {
            self.alerts.values().flatten().cloned().collect() // of whichever
        } else {
            self.alerts.get(&name.value)?.clone()
        };
        labels.extend(["alertname", "alertstate", "severity"].map(str::to_owned));
        Some(Series { labels, ..Series::default() })
    }

    fn aggregation(&mut self, op: &str, of: Labels, grouping: &[String], without: bool) -> Labels {
        let grouping: Labels = grouping.iter().cloned().collect();
        for label in grouping.difference(&of) {
            self.problem(format!("{op} by {label}, which is not there any more"));
        }
        if without {
            return of.difference(&grouping).cloned().collect();
        }
        if self.keeps_clusters_apart && !grouping.contains("cluster") {
            self.problem(format!("{op} over all clusters"));
        }
        if matches!(op, "topk" | "bottomk") { of } else { grouping }
    }

    fn call(&mut self, name: &str, args: &[Expr]) -> Labels {
        let of_counters = matches!(name, "rate" | "increase");
        for arg in args {
            let range = if let Expr::MatrixSelector { range, .. } = arg { Some(*range) } else { None };
            if of_counters && range.is_none_or(|range| range < SHORTEST_RATE) {
                self.problem(format!("{name} over too short a range"));
            }
            let selectors = if of_counters { arg.selectors() } else { Vec::new() };
            for (selector, _) in selectors {
                if self.series.get(selector).is_some_and(|series| !series.is_counter) {
                    self.problem(format!("{name} of {selector}, which is no counter"));
                }
            }
        }
        let mut labels: Labels = args.iter().flat_map(|arg| self.labels(arg)).collect();
        match name {
            "absent" | "time" => labels.clear(),
            "label_join" | "label_replace" => {
                labels.extend(args.iter().find_map(|arg| match arg {
                    Expr::StringLiteral { val } => Some(val.clone()),
                    _ => None,
                }));
            }
            "histogram_quantile" if !labels.remove("le") => {
                self.problem("histogram_quantile without le".to_owned());
            }
            _ => {}
        }
        labels
    }

    fn join(&mut self, op: &str, left: Labels, right: Labels, matching: &Matching, rhs: &Expr) -> Labels {
        if matching.on {
            for label in &matching.labels {
                if !left.contains(label) || !right.contains(label) {
                    self.problem(format!("{op} on {label}, which one side does not have"));
                }
            }
            if self.keeps_clusters_apart && !matching.labels.iter().any(|label| label == "cluster") {
                self.problem(format!("{op} mixes clusters"));
            }
        } else if op != "or" && left != right {
            self.problem(format!("{op} never matches: {left:?} and {right:?}"));
        }
        if matching.card == "many-to-one" {
            // Else two series of the one side break the join, and with it the alert.
            let on: Labels = matching.labels.iter().cloned().collect();
            let is_one = matches!(strip(rhs), Expr::Aggregation { grouping, without: false, .. }
                if grouping.iter().cloned().collect::<Labels>() == on);
            if !is_one {
                self.problem(format!("{op} group_left with what may be many"));
            }
        }
        match (op, matching.on, matching.card.as_str()) {
            ("or", ..) => left.intersection(&right).cloned().collect(),
            ("and" | "unless", ..) | (_, _, "many-to-one") => {
                left.into_iter().chain(matching.include.iter().cloned()).collect()
            }
            (_, true, _) => matching.labels.iter().cloned().collect(),
            _ => left,
        }
    }
}

fn strip(expr: &Expr) -> &Expr {
    if let Expr::Paren { expr } = expr { strip(expr) } else { expr }
}
