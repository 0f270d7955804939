//! Which series an expression returns, and what in it cannot be as it is meant.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Expr, Matcher, Matching,
    matchers::{finds, problems_of},
    vocabulary::{Series, Sets},
};

/// Names of labels.
pub type Labels = BTreeSet<String>;

/// Labels that a series of an alert has, and the values of some; one for each rule of that name.
pub type Alerts = BTreeMap<String, Vec<Series>>;

/// Shorter ranges hold too few scrapes of a minute.
const SHORTEST_RATE: u64 = 5 * 60 * 1000;

/// What an expression returns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Labels of each series; of a number none.
    pub labels: Labels,
    /// No two series are the same in these.
    pub key: Labels,
    /// Values that labels may have.
    pub sets: Sets,
}

/// Looks at one expression.
pub struct Check<'a> {
    pub series: &'a BTreeMap<String, Series>,
    /// For `ALERTS`.
    pub alerts: &'a Alerts,
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
        self.shape(expr).labels
    }

    /// What it returns.
    pub fn shape(&mut self, expr: &Expr) -> Shape {
        match expr {
            Expr::VectorSelector { name, matchers } | Expr::MatrixSelector { name, matchers, .. } => {
                self.selector(name, matchers)
            }
            Expr::Subquery { expr } | Expr::Paren { expr } | Expr::Unary { expr } => self.shape(expr),
            Expr::Aggregation { op, param, expr, grouping, without } => {
                let of = self.shape(expr);
                let is_one = matches!(param.as_deref(), Some(Expr::NumberLiteral { val }) if val == "1");
                self.aggregation(op, is_one, of, grouping, *without)
            }
            Expr::Call { func, args } => self.call(&func.name, args),
            Expr::Binary { op, lhs, rhs, matching } => {
                let (left, right) = (self.shape(lhs), self.shape(rhs));
                match matching {
                    Some(matching) => self.join(op, left, right, matching),
                    None if left.labels.is_empty() => right, // one of them is a number
                    None => left,
                }
            }
            Expr::NumberLiteral { .. } | Expr::StringLiteral { .. } => Shape::default(),
        }
    }

    fn selector(&mut self, name: &str, matchers: &[Matcher]) -> Shape {
        if name.is_empty() {
            return self.any_of_ours(matchers);
        }
        let known = if name == "ALERTS" { self.alerts_series(matchers) } else { self.series.get(name).cloned() };
        let Some(known) = known else {
            self.problem(format!("nobody exposes {name}"));
            return Shape::default();
        };
        self.problems.extend(problems_of(name, matchers, &known));
        if !self.keeps_clusters_apart && !matchers.iter().any(|matcher| matcher.name == "cluster") {
            self.problem(format!("{name} is of any cluster"));
        }
        Shape { key: known.labels.clone(), labels: known.labels, sets: known.sets }
    }

    /// Only `exported_*`, which nobody declares, is looked for without a name.
    fn any_of_ours(&mut self, matchers: &[Matcher]) -> Shape {
        let is_ours = matchers.iter().any(|one| one.name == "__name__" && one.value.starts_with("eks_"));
        let is_renamed = matchers.iter().any(|one| one.name.starts_with("exported_"));
        if !(is_ours && is_renamed) {
            self.problem("a selector without a name".to_owned());
        }
        let labels: Labels = ["__name__", "cluster", "instance", "job"].map(str::to_owned).into();
        Shape { key: labels.clone(), labels, sets: Sets::new() }
    }

    /// The alerts that a selector may find, as one series.
    fn alerts_series(&mut self, matchers: &[Matcher]) -> Option<Series> {
        let name = matchers.iter().find(|matcher| matcher.name == "alertname")?;
        let rules: Vec<&Series> = if name.op.ends_with('~') {
            self.alerts.values().flatten().collect() // of whichever
        } else {
            self.alerts.get(&name.value)?.iter().collect()
        };
        let labels = rules.iter().flat_map(|rule| rule.labels.iter().cloned());
        let labels: Labels = labels.chain(["alertname", "alertstate"].map(str::to_owned)).collect();
        if !rules.iter().any(|rule| finds(matchers, rule)) {
            let written = matchers.iter().map(|one| format!("{}{}{:?}", one.name, one.op, one.value));
            self.problem(format!("no alert is ever {}", written.collect::<Vec<_>>().join(",")));
        }
        Some(Series { labels, ..Series::default() })
    }

    fn aggregation(&mut self, op: &str, is_one: bool, of: Shape, grouping: &[String], without: bool) -> Shape {
        let grouping: Labels = grouping.iter().cloned().collect();
        for label in grouping.difference(&of.labels) {
            self.problem(format!("{op} by {label}, which is not there any more"));
        }
        if !without && self.keeps_clusters_apart && !grouping.contains("cluster") {
            self.problem(format!("{op} over all clusters"));
        }
        let kept: Labels = if without { of.labels.difference(&grouping).cloned().collect() } else { grouping };
        if matches!(op, "topk" | "bottomk") {
            return Shape { key: if is_one { kept } else { of.key.clone() }, ..of };
        }
        let sets = of.sets.into_iter().filter(|(label, _)| kept.contains(label)).collect();
        Shape { labels: kept.clone(), key: kept, sets }
    }

    fn call(&mut self, name: &str, args: &[Expr]) -> Shape {
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
        let shapes: Vec<Shape> = args.iter().map(|arg| self.shape(arg)).collect();
        let mut shape = shapes.into_iter().find(|shape| !shape.labels.is_empty()).unwrap_or_default();
        match name {
            "absent" | "time" => shape = Shape::default(),
            "label_join" | "label_replace" => {
                shape.labels.extend(args.iter().find_map(|arg| match arg {
                    Expr::StringLiteral { val } => Some(val.clone()),
                    _ => None,
                }));
            }
            "histogram_quantile" if !shape.labels.remove("le") => {
                self.problem("histogram_quantile without le".to_owned());
            }
            "histogram_quantile" => {
                shape.key.remove("le");
            }
            _ => {}
        }
        shape
    }

    fn join(&mut self, op: &str, left: Shape, right: Shape, matching: &Matching) -> Shape {
        let on: Labels = matching.labels.iter().cloned().collect();
        if matching.on {
            for label in &matching.labels {
                if !left.labels.contains(label) || !right.labels.contains(label) {
                    self.problem(format!("{op} on {label}, which one side does not have"));
                }
            }
            if self.keeps_clusters_apart && !on.contains("cluster") {
                self.problem(format!("{op} mixes clusters"));
            }
        } else if op != "or" && left.labels != right.labels {
            self.problem(format!("{op} never matches: {:?} and {:?}", left.labels, right.labels));
        }
        match op {
            "or" => either(left, right, matching.on.then_some(on)),
            "and" | "unless" => left,
            _ => self.arithmetic(op, left, right, matching, &on),
        }
    }

    /// Arithmetic and comparison. Where two series of the side that must be one match, Prometheus refuses the whole
    /// expression, and with it the alert: as two replicas of the exporter would have it.
    fn arithmetic(&mut self, op: &str, left: Shape, right: Shape, matching: &Matching, on: &Labels) -> Shape {
        let (left_is_many, right_is_many) = (matching.card == "many-to-one", matching.card == "one-to-many");
        if matching.on {
            for (side, shape, may_be_many) in [("left", &left, left_is_many), ("right", &right, right_is_many)] {
                if !may_be_many && !shape.key.is_subset(on) {
                    let beyond: Vec<_> = shape.key.difference(on).cloned().collect();
                    self.problem(format!("{op}: there may be many on the {side}, by {}", beyond.join(", ")));
                }
            }
        }
        let include = |mut many: Shape, one: Shape| {
            many.labels.extend(matching.include.iter().cloned());
            many.sets.extend(one.sets.into_iter().filter(|(label, _)| matching.include.contains(label)));
            many
        };
        match (left_is_many, right_is_many, matching.on) {
            (true, ..) => include(left, right),
            (_, true, _) => include(right, left),
            (.., true) => {
                let sets = left.sets.into_iter().filter(|(label, _)| on.contains(label)).collect();
                Shape { labels: on.clone(), key: on.clone(), sets }
            }
            _ => left,
        }
    }
}

/// The union of two: what is not on the left, by these labels or all, is taken from the right. A series that was not
/// recorded yet adds nothing.
fn either(left: Shape, right: Shape, on: Option<Labels>) -> Shape {
    if left.labels.is_empty() || right.labels.is_empty() {
        return if left.labels.is_empty() { right } else { left };
    }
    let labels: Labels = left.labels.intersection(&right.labels).cloned().collect();
    let is_one = |shape: &Shape, by: &Labels| shape.key.is_subset(by);
    let key = match on {
        Some(on) if is_one(&left, &on) && is_one(&right, &on) => on,
        _ => left.labels.union(&right.labels).cloned().collect(),
    };
    let sets = left.sets.iter().filter_map(|(label, values)| {
        let others = right.sets.get(label)?;
        Some((label.clone(), values.union(others).cloned().collect()))
    });
    Shape { labels, key, sets: sets.collect() }
}
