//! YAML, written so that a person can read the rules: expressions as blocks, other texts in quotes.

use std::collections::BTreeMap;

use crate::rules::{Group, Kind, Rule, Values};

/// A document under way.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn finish(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, depth: usize, text: &str) {
        self.0.push_str(&"  ".repeat(depth));
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A text in quotes. What JSON escapes, YAML reads in the same way.
    pub(super) fn text(&mut self, depth: usize, name: &str, text: &str) {
        self.line(depth, &format!("{name}: {}", serde_json::Value::from(text)));
    }

    pub(super) fn groups(&mut self, depth: usize, groups: &[Group], values: &Values) {
        self.line(depth, "groups:");
        for group in groups {
            self.text(depth + 1, "- name", &format!("eksporter-{}", group.name));
            self.line(depth + 2, "rules:");
            for rule in group.with(values).rules {
                self.rule(depth + 3, &rule);
            }
        }
    }

    fn rule(&mut self, depth: usize, rule: &Rule) {
        match &rule.kind {
            Kind::Alert(name) => self.text(depth, "- alert", name),
            Kind::Record(name) => self.text(depth, "- record", name),
        }
        let depth = depth + 1;
        self.line(depth, "expr: |");
        for line in rule.expr.lines() {
            self.line(depth + 1, line);
        }
        for (name, duration) in [("for", &rule.wait), ("keep_firing_for", &rule.keep_firing_for)] {
            if let Some(duration) = duration {
                self.text(depth, name, duration);
            }
        }
        self.texts(depth, "labels", &rule.labels);
        self.texts(depth, "annotations", &rule.annotations);
    }

    fn texts(&mut self, depth: usize, name: &str, texts: &BTreeMap<String, String>) {
        if !texts.is_empty() {
            self.line(depth, &format!("{name}:"));
            for (name, text) in texts {
                self.text(depth + 1, name, text);
            }
        }
    }
}
