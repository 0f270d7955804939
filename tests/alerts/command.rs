//! `eksporter rules`, as a user calls it.

use std::process::{Command, Output};

use crate::root;

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
    let file = std::fs::read_to_string(root().join("alerts/prometheusrule.yaml")).unwrap();
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
