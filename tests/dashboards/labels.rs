//! What queries name is there, and what panels show of the answers is in them: judged from the syntax trees that
//! Prometheus makes, so without data.

use std::collections::BTreeMap;

use eksporter::metrics::groups::GROUPS;
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

/// Labels of alerts: what rules set, and what their queries keep.
const OF_ALERTS: &[&str] = &["alertname", "alertstate", "severity", "namespace", "node", "addon", "subnet_id"];

/// Everything that there is to name.
fn metrics() -> Metrics {
    let declared = GROUPS.iter().flat_map(|group| group.families).map(|family| (family.name, family.labels));
    let all = declared.chain(UNDECLARED.iter().copied()).chain([("ALERTS", OF_ALERTS)]);
    let with_scrape = |labels: &[&str]| labels.iter().chain(&OF_SCRAPE).map(|label| (*label).to_owned()).collect();
    Metrics(all.map(|(name, labels)| (name.to_owned(), with_scrape(labels))).collect())
}

#[test]
fn queries_name_what_there_is_and_panels_show_what_queries_answer() {
    let (prometheus, metrics) = (Prometheus::start(&Settings::default()), metrics());
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
