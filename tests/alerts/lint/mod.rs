//! What promtool does not see: names that nobody exposes, joins that cannot match, texts that name labels which are not
//! there, clusters that are mixed.

mod template;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
};

use eksporter::{
    metrics::{docs::OWN_USE, groups::GROUPS},
    rules::{Group, Kind, OPTIONAL, Rule, SHIPPED, Values, groups},
};

use crate::support::{
    monitoring::Server,
    promql::{
        Expr,
        labels::Check,
        parse,
        vocabulary::{Series, exposed},
    },
};

fn prometheus() -> Server {
    let mut config = tempfile::NamedTempFile::new().unwrap();
    writeln!(config, "scrape_configs: []").unwrap();
    Server::prometheus(config.path())
}

fn all_groups() -> Vec<Group> {
    let sources = groups(SHIPPED).unwrap().into_iter().chain(groups(OPTIONAL).unwrap());
    sources.map(|group| group.with(&Values::with(&[]))).collect()
}

/// All rules in the order of evaluation, parsed.
fn parsed(prometheus: &Server) -> Vec<(Rule, Expr)> {
    let rules = all_groups().into_iter().flat_map(|group| group.rules);
    rules.map(|rule| (rule.clone(), parse(prometheus, &rule.expr))).collect()
}

#[test]
fn names_joins_and_texts_are_of_series_that_there_are() {
    let prometheus = prometheus();
    let mut series = exposed();
    let mut alerts = BTreeMap::new();
    let mut problems = Vec::new();
    for (rule, expr) in parsed(&prometheus) {
        // An alert may ask whether it fires itself. Its own labels follow from the first part of its expression.
        let mut known = alerts.clone();
        if let Some(name) = rule.alert() {
            let own: &mut BTreeSet<_> = known.entry(name.to_owned()).or_default();
            own.extend(first_part(&expr, &series).into_iter().chain(rule.labels.keys().cloned()));
        }
        // So may a series that is recorded ask what it was before.
        if let Kind::Record(name) = &rule.kind
            && !series.contains_key(name)
        {
            let labels = first_part(&expr, &series).into_iter().chain(rule.labels.keys().cloned()).collect();
            series.insert(name.clone(), Series { labels, ..Series::default() });
        }
        let mut check = Check { series: &series, alerts: &known, keeps_clusters_apart: true, problems: Vec::new() };
        let labels = check.labels(&expr);
        let mut found = check.problems;
        match &rule.kind {
            Kind::Record(name) => {
                let labels = labels.into_iter().chain(rule.labels.keys().cloned()).collect();
                let recorded = Series { labels, ..Series::default() };
                let before = series.insert(name.clone(), recorded.clone());
                if before.is_some_and(|before| before.labels != recorded.labels) {
                    found.push("is recorded with other labels elsewhere".to_owned());
                }
            }
            Kind::Alert(name) => {
                found.extend(texts(&rule, &labels, &prometheus, &series, &known));
                let of_all: &mut BTreeSet<_> = alerts.entry(name.clone()).or_default();
                of_all.extend(labels.into_iter().chain(rule.labels.keys().cloned()));
            }
        }
        problems.extend(found.into_iter().map(|problem| format!("{:?}: {problem}", rule.kind)));
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

fn first_part(expr: &Expr, series: &BTreeMap<String, Series>) -> BTreeSet<String> {
    match expr {
        Expr::Paren { expr } => first_part(expr, series),
        Expr::Binary { op, lhs, .. } if matches!(op.as_str(), "and" | "unless") => first_part(lhs, series),
        expr => {
            Check { series, alerts: &BTreeMap::new(), keeps_clusters_apart: true, problems: Vec::new() }.labels(expr)
        }
    }
}

fn texts(
    rule: &Rule,
    labels: &BTreeSet<String>,
    prometheus: &Server,
    series: &BTreeMap<String, Series>,
    alerts: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
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
        let mut check = Check { series, alerts, keeps_clusters_apart: false, problems: Vec::new() };
        let returned = check.labels(&parse(prometheus, &query.text));
        problems.extend(check.problems);
        let missing = query.named.iter().filter(|label| !returned.contains(*label));
        problems.extend(missing.map(|label| format!("{} does not return {label}", query.text)));
    }
    problems
}

#[test]
fn what_is_wrong_with_an_expression_is_found() {
    let prometheus = prometheus();
    let (series, alerts) = (exposed(), BTreeMap::new());
    for (text, says) in [
        ("eks_no_such_family", "nobody exposes"),
        ("max by (cluster) (eks_node_info{instance_id=\"i-1\"})", "has no label instance_id"),
        ("eks_pods_unscheduled{cause=~\"branch_eni|branch_enis\"}", "cause is never branch_enis"),
        ("max by (node) (eks_node_info)", "over all clusters"),
        ("max by (cluster, pool) (max by (cluster, node) (eks_node_info))", "pool, which is not there any more"),
        ("eks_node_info and on (node) eks_node_pod_eni_free", "mixes clusters"),
        ("eks_pods_unscheduled and on (cluster, node) eks_node_info", "on node, which one side does not have"),
        ("eks_node_info and eks_node_pod_eni_free", "never matches"),
        ("eks_node_pod_eni_free * on (cluster, node) group_left (pool) eks_node_info", "with what may be many"),
        ("rate(eksporter_watch_errors_total[1m])", "too short a range"),
        ("increase(eksporter_series_dropped[30m])", "is no counter"),
        ("{instance=\"a\"}", "a selector without a name"),
        ("histogram_quantile(0.9, sum by (cluster) (apiserver_request_duration_seconds_bucket))", "without le"),
    ] {
        let mut check = Check { series: &series, alerts: &alerts, keeps_clusters_apart: true, problems: Vec::new() };
        check.labels(&parse(&prometheus, text));
        assert!(check.problems.iter().any(|problem| problem.contains(says)), "{text}: {:?}", check.problems);
    }
    let mut check = Check { series: &series, alerts: &alerts, keeps_clusters_apart: false, problems: Vec::new() };
    check.labels(&parse(&prometheus, "eks_node_info{node=\"x\"}"));
    assert_eq!(check.problems, ["eks_node_info is of any cluster"]);
}

#[test]
fn alerts_about_the_cluster_are_silent_while_a_collector_that_they_need_does_not_work() {
    let (prometheus, series) = (prometheus(), exposed());
    let mut recorded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (rule, expr) in parsed(&prometheus) {
        let mut feeds = BTreeSet::new();
        let (mut is_about_the_cluster, mut needs) = (false, BTreeSet::new());
        for (name, matchers) in expr.selectors() {
            is_about_the_cluster |= name.starts_with("eks_") || name.starts_with("eks:");
            feeds.extend(recorded.get(name).cloned().unwrap_or_default());
            feeds.extend(series.get(name).map(|series| series.collectors.clone()).unwrap_or_default());
            if name == "eksporter_collector_up" {
                let collectors = matchers.iter().filter(|matcher| matcher.name == "collector");
                needs.extend(collectors.flat_map(|matcher| matcher.value.split('|')).map(str::to_owned));
            }
        }
        match &rule.kind {
            Kind::Record(name) => recorded.entry(name.clone()).or_default().extend(feeds),
            Kind::Alert(name) => {
                // Alerts about the exporter may name collectors that feed them nothing.
                if is_about_the_cluster {
                    assert!(!needs.is_empty(), "{name}");
                    assert!(needs.is_subset(&feeds), "{name} needs {needs:?} and is fed by {feeds:?}");
                    assert!(rule.keep_firing_for.is_some(), "{name}: a restart ends it");
                }
            }
        }
    }
}

/// Panels use more of them.
#[test]
fn every_family_is_used_by_a_rule_or_said_to_be_for_your_own_use() {
    let prometheus = prometheus();
    let mut used = BTreeSet::new();
    for (rule, expr) in parsed(&prometheus) {
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
