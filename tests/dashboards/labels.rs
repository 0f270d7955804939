//! What queries name is there, and what panels show of the answers is in them: judged from the syntax trees that
//! Prometheus makes, so without data.

use std::collections::BTreeMap;

use eksporter::{
    metrics::groups::GROUPS,
    rules::{Kind, SHIPPED, Values, groups},
};
use serde_json::Value;

use super::{
    awaited::UNDECLARED,
    files::{Panel, dashboards, panels, text},
    queries::filled,
    support::{
        prometheus::{Prometheus, Settings},
        promql::{Labels, Metrics},
    },
};

/// Labels that a scrape gives every series.
const OF_SCRAPE: [&str; 3] = ["cluster", "instance", "job"];

/// Everything that there is to name: families, what the rules record, and their alerts.
fn metrics(prometheus: &Prometheus) -> Metrics {
    let declared = GROUPS.iter().flat_map(|group| group.families).map(|family| (family.name, family.labels));
    let with_scrape = |labels: &[&str]| labels.iter().chain(&OF_SCRAPE).map(|label| (*label).to_owned()).collect();
    let families = declared.chain(UNDECLARED.iter().copied());
    let mut metrics = Metrics(families.map(|(name, labels)| (name.to_owned(), with_scrape(labels))).collect());
    let values = Values::with(&[]);
    let rules: Vec<_> = groups(SHIPPED).unwrap().iter().flat_map(|group| group.with(&values).rules).collect();
    // Rules name records and alerts of other groups, so twice. What is wrong with a rule is no matter of this test.
    let mut alerts: Labels = ["alertname", "alertstate", "severity", "scope"].map(str::to_owned).into();
    for rule in rules.iter().chain(&rules) {
        metrics.0.insert("ALERTS".to_owned(), alerts.clone());
        let labels = prometheus.parse(&rule.expr).and_then(|tree| metrics.labels_of(&tree));
        let labels = labels.into_iter().flatten().chain(rule.labels.keys().cloned());
        match &rule.kind {
            Kind::Record(name) => metrics.0.entry(name.clone()).or_default().extend(labels),
            Kind::Alert(_) => alerts.extend(labels),
        }
    }
    metrics
}

#[test]
fn queries_name_what_there_is_and_panels_show_what_queries_answer() {
    let prometheus = Prometheus::start(&Settings::default());
    let metrics = metrics(&prometheus);
    let mut wrong = Vec::new();
    for dashboard in dashboards() {
        for panel in panels(&dashboard) {
            let answers: Vec<_> = panel.value["targets"]
                .as_array()
                .unwrap()
                .iter()
                .map(|target| {
                    let query = filled(&text(&target["expr"]));
                    prometheus.parse(&query).and_then(|tree| metrics.labels_of(&tree)).map(|labels| (target, labels))
                })
                .collect::<Result<_, _>>()
                .map_err(|error| wrong.push(format!("{}: {error}", panel.title)))
                .unwrap_or_default();
            let faults = if panel.value["type"] == "table" { table(&panel, &answers) } else { legends(&answers) };
            wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", panel.title)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A legend names labels of its answer, and tells series apart.
fn legends(answers: &[(&Value, Labels)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (target, labels) in answers {
        let legend = text(&target["legendFormat"]);
        let named: Labels =
            legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::to_owned).collect();
        if legend.is_empty() || !named.is_subset(labels) {
            faults.push(format!("legend {legend:?} of {labels:?}"));
        }
        // With several clusters at once lines would be called the same.
        let untold: Vec<_> = labels.difference(&named).filter(|label| *label != "cluster").collect();
        if !untold.is_empty() {
            faults.push(format!("legend {legend:?} does not tell {untold:?} apart"));
        }
    }
    faults
}

/// A table has a column for each label of its answers and for nothing else, and all answers have the same labels, so
/// that what belongs together is one row.
fn table(panel: &Panel, answers: &[(&Value, Labels)]) -> Vec<String> {
    let organize = panel.value["transformations"].as_array().unwrap().iter().find(|step| step["id"] == "organize");
    let columns: BTreeMap<String, Value> =
        serde_json::from_value(organize.unwrap()["options"]["indexByName"].clone()).unwrap();
    let columns: Labels = columns.into_keys().filter(|column| !column.starts_with("Value")).collect();
    let different = answers.iter().filter(|(_, labels)| *labels != columns);
    different
        .map(|(target, labels)| format!("{} answers {labels:?}, columns are {columns:?}", target["refId"]))
        .collect()
}

#[test]
fn what_is_awaited_is_not_there_yet() {
    let declared: Vec<_> = GROUPS.iter().flat_map(|group| group.families).map(|family| family.name).collect();
    let come: Vec<_> = UNDECLARED.iter().filter(|(name, _)| declared.contains(name)).collect();
    assert!(come.is_empty(), "declared by now, so to be taken out of awaited.rs: {come:?}");
}

#[test]
fn what_a_query_gets_wrong_is_found() {
    let prometheus = Prometheus::start(&Settings::default());
    let metrics = metrics(&prometheus);
    for (query, fault) in [
        ("max by (node) (eks_nodez)", "there is no metric eks_nodez"),
        ("eks_nodes{node=\"a\"}", "eks_nodes has no label node"),
        ("sum by (node) (eks_nodes)", "what is aggregated has no label node"),
        ("sum by (pool) (max by (zone_id) (eks_nodes))", "what is aggregated has no label pool"),
        ("eks_node_info and on (uid) eks_pod_unscheduled_info", "the left side has no label uid"),
        ("max by (node) (eks_node_info) * max by (pool) (eks_nodes)", "can never match"),
        ("max by (node) (eks_node_info", "unclosed left parenthesis"),
    ] {
        let found = prometheus.parse(query).and_then(|tree| metrics.labels_of(&tree));
        assert!(found.as_ref().is_err_and(|found| found.contains(fault)), "{query}: {found:?}");
    }
    let join = "max by (node) (eks_node_not_ready_age_seconds) * on (node) group_left (reason) eks_node_not_ready_info";
    let labels = metrics.labels_of(&prometheus.parse(join).unwrap()).unwrap();
    assert_eq!(labels.iter().collect::<Vec<_>>(), ["node", "reason"]);
}
