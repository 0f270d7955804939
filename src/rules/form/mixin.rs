//! A mixin, as kubernetes-mixin and others are laid out: `mixin.libsonnet`, the values in `config.libsonnet`, one file for
//! each group under `alerts/`. Whoever imports it sets values in `_config`.

use std::fmt::Write as _;

use crate::rules::{
    Group, Kind, Rule,
    expand::fill,
    values::{self, Unit},
};

const HEAD: &str = "// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.\n";

/// The files by their path under the mixin's folder.
#[must_use]
pub fn files(groups: &[Group]) -> Vec<(String, String)> {
    let alerts = groups.iter().map(|group| (format!("alerts/{}.libsonnet", group.name), self::group(group)));
    [("mixin.libsonnet".to_owned(), mixin(groups)), ("config.libsonnet".to_owned(), config())]
        .into_iter()
        .chain(alerts)
        .collect()
}

fn mixin(groups: &[Group]) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("(import 'config.libsonnet')\n");
    for group in groups {
        let _ = writeln!(out, "+ (import 'alerts/{}.libsonnet')", group.name);
    }
    out
}

fn config() -> String {
    let mut out = format!("{HEAD}{{\n  _config+:: {{\n");
    for value in values::all() {
        let default = match value.unit {
            Unit::Seconds | Unit::Count | Unit::Percent => value.default,
            Unit::Pattern | Unit::Url | Unit::Text => quoted(&value.default),
        };
        let _ = writeln!(out, "    // {} ({})\n    {}: {default},", value.meaning, value.unit.as_str(), value.name);
    }
    out.push_str("  },\n}\n");
    out
}

fn group(group: &Group) -> String {
    let mut out =
        format!("{HEAD}{{\n  local config = self._config,\n  prometheusAlerts+:: {{\n    groups+: [\n      {{\n");
    let _ = writeln!(out, "        name: {},\n        rules: [", quoted(&format!("eksporter-{}", group.name)));
    for rule in &group.rules {
        self::rule(&mut out, rule);
    }
    out.push_str("        ],\n      },\n    ],\n  },\n}\n");
    out
}

fn rule(out: &mut String, rule: &Rule) {
    let (kind, name) = match &rule.kind {
        Kind::Alert(name) => ("alert", name),
        Kind::Record(name) => ("record", name),
    };
    let _ = writeln!(out, "          {{\n            {kind}: {},", quoted(name));
    let (expr, is_filled) = filled(&rule.expr);
    let _ = writeln!(out, "            expr: |||");
    for line in expr.lines() {
        let _ = writeln!(out, "              {line}");
    }
    let _ = writeln!(out, "            |||{},", if is_filled { " % config" } else { "" });
    for (name, duration) in [("'for'", &rule.wait), ("keep_firing_for", &rule.keep_firing_for)] {
        if let Some(duration) = duration {
            let _ = writeln!(out, "            {name}: {},", text(duration));
        }
    }
    for (name, texts) in [("labels", &rule.labels), ("annotations", &rule.annotations)] {
        if !texts.is_empty() {
            let _ = writeln!(out, "            {name}: {{");
            for (name, value) in texts {
                let _ = writeln!(out, "              {name}: {},", text(value));
            }
            out.push_str("            },\n");
        }
    }
    out.push_str("          },\n");
}

fn text(value: &str) -> String {
    let (value, is_filled) = filled(value);
    format!("{}{}", quoted(&value), if is_filled { " % config" } else { "" })
}

/// The text as a format of jsonnet, and whether it is one.
fn filled(text: &str) -> (String, bool) {
    let mut any = false;
    let format = fill(&text.replace('%', "%%"), |name| {
        any = true;
        Some(format!("%({name})s"))
    });
    if any { (format, true) } else { (text.to_owned(), false) }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
}
