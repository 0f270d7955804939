//! What queries name is there, and what panels show of the answers is in them: judged from the syntax trees that
//! Prometheus makes, so without data.

use std::{collections::BTreeMap, io::Write as _};

use eksporter::rules::{OPTIONAL, SHIPPED, groups};
use serde_json::Value;

use super::{
    files::{Panel, dashboards, panels, text},
    scene::filled_over,
    support::{
        monitoring::Server,
        promql::{
            labels::Labels,
            parse,
            rules::{Known, parsed},
        },
    },
};

/// As long as the alerts want it.
const RATE_INTERVAL: &str = "5m";

#[test]
fn queries_name_what_there_is_and_panels_show_what_queries_answer() {
    let mut config = tempfile::NamedTempFile::new().unwrap();
    writeln!(config, "scrape_configs: []").unwrap();
    let prometheus = Server::prometheus(config.path());
    // What is wrong with a rule is no matter of this test.
    let known = Known::of(&parsed(&prometheus, &groups(SHIPPED).unwrap()));
    let mut wrong = Vec::new();
    for panel in dashboards().iter().flat_map(panels) {
        // Each query is about the clusters that the variable chooses.
        let mut check = known.check(false);
        let targets = panel.value["targets"].as_array().unwrap().iter();
        let answers: Vec<_> = targets
            .map(|target| {
                let query = filled_over(&text(&target["expr"]), RATE_INTERVAL);
                (target, check.labels(&parse(&prometheus, &query)))
            })
            .collect();
        let mut faults = check.problems;
        faults.extend(if panel.value["type"] == "table" { table(&panel, &answers) } else { legends(&answers) });
        wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", panel.title)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn firing_alerts_say_what_each_is_about() {
    let mut config = tempfile::NamedTempFile::new().unwrap();
    writeln!(config, "scrape_configs: []").unwrap();
    let prometheus = Server::prometheus(config.path());
    let query = text(&panels(&dashboards()[0])[0].value["targets"][0]["expr"]);
    let all: Vec<_> = [SHIPPED, OPTIONAL].into_iter().flat_map(|sources| groups(sources).unwrap()).collect();
    for (alert, rules) in Known::of(&parsed(&prometheus, &all)).alerts {
        // Which is for Alertmanager alone, and not shown.
        if alert == "EksPodCreationOverdue" {
            continue;
        }
        let labels = rules.iter().flat_map(|rule| &rule.labels);
        for label in labels.filter(|label| !["cluster", "severity", "alertname"].contains(&label.as_str())) {
            let kept = query.contains(&format!("\"{label}=$1\"")) && query.contains(&format!(", \"{label}\""));
            assert!(kept, "{alert} is about a {label}");
        }
    }
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
