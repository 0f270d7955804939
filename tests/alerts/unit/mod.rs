//! The unit tests in `alerts/tests/` as data, and promtool, which runs what is made of them.

pub mod notation;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use eksporter::{
    rules::{Group, OPTIONAL, Rule, SHIPPED, Values, form, groups},
    yaml,
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use self::notation::Series;
use crate::{
    root,
    support::toolbox::{Tool, tool},
};

/// Labels and their values.
pub type Labels = BTreeMap<String, String>;

/// A file in `alerts/tests/`, as far as it matters here.
#[derive(Deserialize)]
struct File {
    rule_files: Vec<String>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    name: String,
    input_series: Vec<Input>,
    #[serde(default)]
    alert_rule_test: Vec<Fires>,
}

#[derive(Deserialize)]
struct Input {
    series: String,
    /// A text even where it looks like a number, such as `0x20`.
    values: String,
}

#[derive(Deserialize)]
struct Fires {
    alertname: String,
    eval_time: String,
    exp_alerts: Vec<Value>,
}

/// That alerts fire at some minute of a test.
#[derive(Clone, Debug)]
pub struct Case {
    /// The files of rules, without their folder and ending.
    pub groups: Vec<String>,
    pub test: String,
    pub series: Vec<Series>,
    pub alert: String,
    /// All that fire of that name, as the test has them.
    pub expected: Vec<Value>,
    pub minute: usize,
}

/// An alert of the sources.
#[derive(Clone, Debug)]
pub struct Alert {
    pub name: String,
    pub rule: Rule,
    /// The collectors without which it would be wrong.
    pub needs: Vec<String>,
}

/// Every case of every file.
pub fn cases() -> Vec<Case> {
    let all = files().into_iter().map(|file| fs::read_to_string(file).unwrap());
    all.flat_map(|text| cases_of(yaml::read(&text).unwrap())).collect()
}

/// The files in `alerts/tests/`.
pub fn files() -> Vec<PathBuf> {
    let listing = fs::read_dir(root().join("alerts/tests")).unwrap();
    let mut files: Vec<_> = listing.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn cases_of(file: File) -> Vec<Case> {
    let stem = |path: &String| Path::new(path).file_stem().unwrap().to_str().unwrap().to_owned();
    let groups: Vec<String> = file.rule_files.iter().map(stem).collect();
    let mut cases = Vec::new();
    for test in file.tests {
        let series: Vec<Series> = test.input_series.iter().map(|one| Series::read(&one.series, &one.values)).collect();
        for fires in test.alert_rule_test.into_iter().filter(|fires| !fires.exp_alerts.is_empty()) {
            let at: SignedDuration = fires.eval_time.parse().unwrap();
            cases.push(Case {
                groups: groups.clone(),
                test: test.name.clone(),
                series: series.clone(),
                alert: fires.alertname,
                expected: fires.exp_alerts,
                minute: usize::try_from(at.as_mins()).unwrap(),
            });
        }
    }
    cases
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text"))
}

impl Case {
    /// Labels of the alerts that fire.
    pub fn labels(&self) -> Vec<Labels> {
        let labels = |alert: &Value| serde_json::from_value(alert["exp_labels"].clone()).unwrap();
        self.expected.iter().map(labels).collect()
    }
}

impl Alert {
    /// Whether one with these labels is of this rule.
    pub fn makes(&self, name: &str, labels: &Labels) -> bool {
        self.name == name && self.rule.labels.iter().all(|(label, value)| labels.get(label) == Some(value))
    }

    /// For people.
    pub fn told(&self) -> String {
        format!("{} {}", self.name, notation::written(&self.rule.labels))
    }
}

/// All groups, with placeholders.
pub fn all_groups() -> Vec<Group> {
    [SHIPPED, OPTIONAL].map(|files| groups(files).unwrap()).concat()
}

/// Every alert, and what its source says that it needs.
pub fn alerts() -> Vec<Alert> {
    let mut alerts = Vec::new();
    for (file, group) in SHIPPED.iter().chain(OPTIONAL).zip(all_groups()) {
        let source = fs::read_to_string(root().join(format!("alerts/source/{}.yaml", file.name))).unwrap();
        let source: Value = yaml::read(&source).unwrap();
        let group = group.with(&Values::with(&[]));
        for (rule, written) in group.rules.into_iter().zip(list(&source["rules"])) {
            let needs = list(&written["needs"]).iter().map(|need| text(need).to_owned()).collect();
            if let Some(name) = rule.alert().map(str::to_owned) {
                assert_eq!(name, text(&written["alert"]));
                alerts.push(Alert { name, rule, needs });
            }
        }
    }
    alerts
}

/// Rules, and tests of them to be run at once.
pub struct Suite {
    directory: TempDir,
    tests: BTreeMap<Vec<String>, Vec<Value>>,
}

impl Suite {
    /// Of all rules as they are shipped.
    pub fn new() -> Self {
        let suite = Self { directory: tempfile::tempdir().unwrap(), tests: BTreeMap::new() };
        for group in all_groups() {
            let rules = form::rules(std::slice::from_ref(&group), &Values::with(&[]));
            fs::write(suite.path(&group.name), rules).unwrap();
        }
        suite
    }

    fn path(&self, group: &str) -> PathBuf {
        self.directory.path().join(format!("{group}.yaml"))
    }

    /// A test of these groups. Checks are those of promtool by their kind.
    pub fn add(&mut self, groups: &[String], name: &str, series: &[Series], kind: &str, checks: Vec<Value>) {
        let series: Vec<Value> =
            series.iter().map(|one| json!({"series": one.name(), "values": one.values()})).collect();
        let test = json!({"name": name, "interval": "1m", "input_series": series, kind: checks});
        self.tests.entry(groups.to_vec()).or_default().push(test);
    }

    /// Has promtool run them all.
    ///
    /// # Panics
    ///
    /// When one fails, with what promtool says of it.
    pub fn run(&self) {
        let files = self.tests.iter().enumerate().map(|(number, (groups, tests))| {
            let rules: Vec<PathBuf> = groups.iter().map(|group| self.path(group)).collect();
            let document = json!({"rule_files": rules, "evaluation_interval": "1m", "tests": tests});
            let file = self.directory.path().join(format!("tests-{number}.json"));
            fs::write(&file, document.to_string()).unwrap();
            file
        });
        let output = promtool(&["test", "rules"], &files.collect::<Vec<_>>());
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// That the expression has these answers at that minute.
pub fn answers(expression: &str, minute: usize, answers: &[(String, f64)]) -> Value {
    let samples: Vec<Value> = answers.iter().map(|(labels, value)| json!({"labels": labels, "value": value})).collect();
    json!({"expr": expression, "eval_time": format!("{minute}m"), "exp_samples": samples})
}

/// Runs it with these files.
pub fn promtool(arguments: &[&str], files: &[PathBuf]) -> Output {
    Command::new(tool(Tool::Promtool)).args(arguments).args(files).current_dir(root()).output().unwrap()
}

/// All that it said.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
