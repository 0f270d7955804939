//! `eksporter rules`, as a user calls it.

use std::{
    fs,
    process::{Command, Output},
};

use eksporter::rules::{OPTIONAL, Override, SHIPPED, Unit, Values, form, groups, values};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};

use crate::{
    root,
    support::toolbox::{Tool, tool},
};

fn rules(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eksporter")).arg("rules").args(arguments).env_clear().output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = rules(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn without_arguments_it_prints_what_stands_in_the_repository() {
    let printed = printed(&["--format", "prometheusrule"]);
    let file = fs::read_to_string(root().join("alerts/prometheusrule.yaml")).unwrap();
    assert!(file.ends_with(&printed));
}

#[test]
fn a_value_that_is_set_is_the_only_difference() {
    let (before, after) = (printed(&[]), printed(&["--set", "keep_firing_seconds=1m"]));
    assert!(before.contains("keep_firing_for: \"300s\""));
    assert_eq!(before.replace("keep_firing_for: \"300s\"", "keep_firing_for: \"60s\""), after);
}

#[test]
fn what_cannot_be_set_ends_with_2_and_says_why() {
    for (argument, says) in [
        ("no_such_value=1", "there is no value called no_such_value; `eksporter rules --list` has all of them"),
        ("pods_several=many", "pods_several must be a whole number"),
    ] {
        let output = rules(&["--set", argument]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(says), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn the_list_has_each_value_with_its_default_and_unit() {
    let list = printed(&["--list"]);
    assert!(list.contains("branch_eni_pending_critical_seconds=180 (seconds)\n"), "{list}");
}

/// Files of all rules with these values, and what promtool says of them; nothing if all is well.
fn refused(of: &[Vec<Override>]) -> Option<String> {
    let directory = tempfile::tempdir().unwrap();
    let groups = [SHIPPED, OPTIONAL].map(|files| groups(files).unwrap()).concat();
    let files = of.iter().enumerate().map(|(number, overrides)| {
        let file = directory.path().join(format!("{number}.yaml"));
        fs::write(&file, form::rules(&groups, &Values::with(overrides))).unwrap();
        file
    });
    let files: Vec<_> = files.collect();
    let output = Command::new(tool(Tool::Promtool)).args(["check", "rules"]).args(files).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn prometheus_takes_every_number_that_may_be_set() {
    let numbers = ["0", "1", "59", "60", "61", "100", "119", "120", "150", "299", "300", "1h", "4294967295", "9999h"];
    let of_all = |text: &str| {
        let overrides = values::all().into_iter().map(|value| format!("{}={text}", value.name).parse());
        overrides.filter_map(Result::ok).collect::<Vec<Override>>()
    };
    let sets = numbers.map(of_all);
    assert!(sets.iter().all(|set| set.len() > 10), "most values are numbers");
    assert_eq!(refused(&sets), None);
}

/// All patterns that may be set are tried at once, as matchers of one expression.
#[test]
fn prometheus_takes_every_pattern_that_may_be_set() {
    let (mut runner, mut taken, mut not_taken) = (TestRunner::deterministic(), Vec::new(), 0);
    let texts = "[a-c0\\-_.*+?|()\\[\\]^]{1,8}";
    for _ in 0..20_000 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        match format!("system_namespaces={text}").parse::<Override>() {
            Ok(_) => taken.push(text),
            Err(_) => not_taken += 1,
        }
    }
    assert!(taken.len() > 1_000 && not_taken > 1_000, "{} taken, {not_taken} not", taken.len());
    let matchers = taken.iter().map(|text| format!("namespace=~\"{text}\"")).collect::<Vec<_>>().join(",");
    let rules = format!("groups: [{{name: a, rules: [{{record: a, expr: 'x{{{matchers}}}'}}]}}]");
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    fs::write(file.path(), rules).unwrap();
    let output = Command::new(tool(Tool::Promtool)).args(["check", "rules"]).arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{:.2000}", String::from_utf8_lossy(&output.stderr));
    assert!(
        values::all().iter().filter(|value| value.unit == Unit::Pattern).count() == 1,
        "they are all like this one"
    );
}
