//! What promtool says of the rules, and the unit tests in `alerts/tests/`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use eksporter::{
    rules::{OPTIONAL, SHIPPED, groups},
    yaml,
};
use serde_json::Value;

use crate::{
    root,
    support::toolbox::{Tool, tool},
};

fn files(folder: &str) -> Vec<PathBuf> {
    let listing = fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<_> = listing.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

fn promtool(arguments: &[&str], files: &[PathBuf]) -> Output {
    Command::new(tool(Tool::Promtool)).args(arguments).args(files).current_dir(root()).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn prometheus_takes_the_rules() {
    let files: Vec<_> = ["alerts/rules", "alerts/optional"].into_iter().flat_map(files).collect();
    let output = promtool(&["check", "rules", "--lint=all", "--lint-fatal"], &files);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn each_alert_fires_on_its_incident_and_on_nothing_less() {
    let output = promtool(&["test", "rules"], &files("alerts/tests"));
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn no_alert_is_without_such_a_test_in_each_of_its_severities() {
    let tested: BTreeSet<_> = files("alerts/tests").iter().flat_map(|file| expected(file)).collect();
    let groups = [SHIPPED, OPTIONAL].map(|files| groups(files).unwrap()).concat();
    let rules = groups.iter().flat_map(|group| &group.rules);
    let alerts = rules.filter_map(|rule| Some((rule.alert()?.to_owned(), rule.labels["severity"].clone())));
    let missing: Vec<_> = alerts.filter(|alert| !tested.contains(alert)).collect();
    assert!(missing.is_empty(), "no test expects the text of {missing:?}");
}

/// Names and severities of the alerts that a file expects, with their texts.
fn expected(file: &Path) -> Vec<(String, String)> {
    let read: Value = yaml::read(&fs::read_to_string(file).unwrap()).unwrap();
    let cases = |key: &'static str, of: &Value| of[key].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for case in cases("tests", &read).iter().flat_map(|test| cases("alert_rule_test", test)) {
        for alert in cases("exp_alerts", &case) {
            let word = |value: &Value| value.as_str().unwrap().to_owned();
            found.push((word(&case["alertname"]), word(&alert["exp_labels"]["severity"])));
        }
    }
    found
}
