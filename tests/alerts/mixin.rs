//! The mixin renders to the same rules, and to others where its values are set.

use std::process::Command;

use eksporter::{
    rules::{SHIPPED, Values, form, groups},
    yaml,
};
use serde_json::Value;

use crate::{
    root,
    support::toolbox::{Tool, tool},
};

fn rendered(expression: &str) -> Value {
    let output = Command::new(tool(Tool::Jsonnet))
        .args(["--jpath", "alerts/mixin", "--exec", expression])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn plain(overrides: &[&str]) -> Value {
    let overrides: Vec<_> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    yaml::read(&form::rules(&groups(SHIPPED).unwrap(), &Values::with(&overrides))).unwrap()
}

#[test]
fn it_renders_to_the_rules_that_are_shipped() {
    assert_eq!(rendered("(import 'mixin.libsonnet').prometheusAlerts"), plain(&[]));
}

#[test]
fn its_values_are_set_as_those_of_the_command() {
    let mixin = "((import 'mixin.libsonnet') + { _config+:: { pods_several: 7, system_namespaces: 'infra', \
                 keep_firing_seconds: 90 } }).prometheusAlerts";
    assert_eq!(rendered(mixin), plain(&["pods_several=7", "system_namespaces=infra", "keep_firing_seconds=90"]));
}
