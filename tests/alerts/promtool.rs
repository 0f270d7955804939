//! What promtool says of the rules, and the unit tests in `alerts/tests/`.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

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
