//! What promtool says of the rules, and the unit tests in `alerts/tests/`.

use std::{fs, path::PathBuf};

use crate::{
    root,
    unit::{self, alerts, cases, promtool, said},
};

fn rules(folder: &str) -> Vec<PathBuf> {
    let listing = fs::read_dir(root().join(folder)).unwrap();
    let files: Vec<_> = listing.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

#[test]
fn prometheus_takes_the_rules() {
    let files: Vec<_> = ["alerts/rules", "alerts/optional"].into_iter().flat_map(rules).collect();
    let output = promtool(&["check", "rules", "--lint=all", "--lint-fatal"], &files);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn each_alert_fires_on_its_incident_and_on_nothing_less() {
    let output = promtool(&["test", "rules"], &unit::files());
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn no_rule_is_without_such_a_test_of_its_text() {
    let cases = cases();
    let is_tested = |alert: &unit::Alert| {
        cases.iter().any(|case| case.labels().iter().any(|labels| alert.makes(&case.alert, labels)))
    };
    let missing: Vec<_> = alerts().iter().filter(|alert| !is_tested(alert)).map(unit::Alert::told).collect();
    assert!(missing.is_empty(), "no test expects the text of {missing:#?}");
}
