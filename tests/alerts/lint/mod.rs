//! What promtool does not see: names that nobody exposes, joins that cannot match, texts that name labels which are not
//! there, clusters that are mixed.

mod negative;
mod template;

use std::{collections::BTreeSet, io::Write as _};

use eksporter::{
    metrics::{docs::OWN_USE, groups::GROUPS},
    rules::{Group, Kind, OPTIONAL, Rule, SHIPPED, groups},
};

use crate::support::{
    monitoring::Server,
    promql::{
        Expr,
        labels::Labels,
        parse,
        rules::{Known, parsed},
    },
};

fn prometheus() -> Server {
    let mut config = tempfile::NamedTempFile::new().unwrap();
    writeln!(config, "scrape_configs: []").unwrap();
    Server::prometheus(config.path())
}

fn all_groups() -> Vec<Group> {
    groups(SHIPPED).unwrap().into_iter().chain(groups(OPTIONAL).unwrap()).collect()
}

#[test]
fn names_joins_and_texts_are_of_series_that_there_are() {
    let prometheus = prometheus();
    let problems = problems(&prometheus, &parsed(&prometheus, &all_groups()));
    assert!(problems.is_empty(), "{problems:#?}");
}

/// What is wrong with these rules, each with its name.
fn problems(prometheus: &Server, rules: &[(Rule, Expr)]) -> Vec<String> {
    let known = Known::of(rules);
    let mut problems = Vec::new();
    for (rule, expr) in rules {
        let mut check = known.check(true);
        let labels = check.labels(expr);
        let mut found = check.problems;
        match &rule.kind {
            Kind::Record(name) => {
                let made = &known.recorded[name];
                if made.iter().any(|one| one.labels != made[0].labels) {
                    found.push("is recorded with other labels elsewhere".to_owned());
                }
            }
            Kind::Alert(_) => {
                found.extend(texts(rule, &labels, prometheus, &known));
                found.extend(silence(rule, expr, &known, rules));
            }
        }
        problems.extend(found.into_iter().map(|problem| format!("{:?}: {problem}", rule.kind)));
    }
    problems
}

fn texts(rule: &Rule, labels: &Labels, prometheus: &Server, known: &Known) -> Vec<String> {
    let mut problems = Vec::new();
    if rule.annotations["summary"].contains("{{") {
        problems.push("the summary is not always the same".to_owned());
    }
    if rule.labels.values().any(|value| value.contains("{{")) {
        problems.push("a label that changes makes another alert".to_owned());
    }
    let (of_the_alert, queries) = template::read(&rule.annotations["description"]);
    // A text may ask for the cluster of an alert that has none.
    let strangers = of_the_alert.iter().filter(|label| !labels.contains(*label) && *label != "cluster");
    problems.extend(strangers.map(|label| format!("the alert has no label {label}")));
    for query in queries {
        let mut check = known.check(false);
        let returned = check.labels(&parse(prometheus, &query.text));
        problems.extend(check.problems);
        let missing = query.named.iter().filter(|label| !returned.contains(*label));
        problems.extend(missing.map(|label| format!("{} does not return {label}", query.text)));
    }
    problems
}

/// Alerts about the cluster are silent while a collector that they need does not work, and a restart of the exporter
/// does not end them.
fn silence(rule: &Rule, expr: &Expr, known: &Known, rules: &[(Rule, Expr)]) -> Vec<String> {
    let mut problems = Vec::new();
    let names: BTreeSet<&str> = expr.selectors().into_iter().map(|(name, _)| name).collect();
    // Alerts about the exporter may name collectors that feed them nothing.
    let is_about_the_cluster = names.iter().any(|name| name.starts_with("eks_") || name.starts_with("eks:"));
    if is_about_the_cluster {
        let (needs, feeds) = (silenced_by(expr), feeds(&names, known, rules));
        if needs.is_empty() {
            problems.push("is not silent while a collector that it needs does not work".to_owned());
        }
        if !needs.is_subset(&feeds) {
            problems.push(format!("needs {needs:?} and is fed by {feeds:?}"));
        }
    }
    if is_about_the_cluster && rule.keep_firing_for.is_none() {
        problems.push("a restart of the exporter ends it".to_owned());
    }
    problems
}

/// The collectors whose failure silences it: `… unless on (cluster) max by (…) (eksporter_collector_up{…}) == 0`.
fn silenced_by(expr: &Expr) -> BTreeSet<String> {
    let Expr::Binary { op, rhs, matching: Some(matching), .. } = expr.bare() else { return BTreeSet::new() };
    let Expr::Binary { op: compares, lhs, rhs: limit, .. } = rhs.bare() else { return BTreeSet::new() };
    let Expr::Aggregation { op: of_replicas, expr: up, grouping, .. } = lhs.bare() else { return BTreeSet::new() };
    let is_zero = matches!(limit.bare(), Expr::NumberLiteral { val } if val == "0");
    // One of several replicas is enough.
    let fits = (op.as_str(), compares.as_str(), of_replicas.as_str()) == ("unless", "==", "max")
        && is_zero
        && matching.on
        && matching.labels == ["cluster"]
        && *grouping == ["cluster", "collector"];
    match up.bare() {
        Expr::VectorSelector { name, matchers } if fits && name == "eksporter_collector_up" => {
            let collectors = matchers.iter().filter(|matcher| matcher.name == "collector");
            collectors.flat_map(|matcher| matcher.value.split('|')).map(str::to_owned).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// The collectors that these series come from, over whatever records.
fn feeds(names: &BTreeSet<&str>, known: &Known, rules: &[(Rule, Expr)]) -> BTreeSet<String> {
    let mut all: BTreeSet<&str> = names.clone();
    loop {
        let sources =
            rules.iter().filter(|(rule, _)| matches!(&rule.kind, Kind::Record(name) if all.contains(&**name)));
        let more: BTreeSet<&str> = sources.flat_map(|(_, expr)| expr.selectors()).map(|(name, _)| name).collect();
        if more.is_subset(&all) {
            break;
        }
        all.extend(more);
    }
    all.iter().filter_map(|name| known.series.get(*name)).flat_map(|series| series.collectors.clone()).collect()
}

/// Panels use more of them.
#[test]
fn every_family_is_used_by_a_rule_or_said_to_be_for_your_own_use() {
    let prometheus = prometheus();
    let mut used = BTreeSet::new();
    for (rule, expr) in parsed(&prometheus, &all_groups()) {
        used.extend(expr.selectors().into_iter().map(|(name, _)| name.to_owned()));
        let description = rule.annotations.get("description").map(String::as_str).unwrap_or_default();
        for query in template::read(description).1 {
            let names = parse(&prometheus, &query.text);
            used.extend(names.selectors().into_iter().map(|(name, _)| name.to_owned()));
        }
    }
    let families = GROUPS.iter().flat_map(|group| group.families).map(|family| family.name);
    let not_used: BTreeSet<_> = families.filter(|name| !used.contains(*name)).collect();
    assert_eq!(not_used, OWN_USE.iter().copied().collect(), "the first is what no rule uses, the second OWN_USE");
}
