//! The sources in `alerts/source/`, built into the program.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;

use super::{Group, Kind, Rule, expand::Words, values};
use crate::yaml;

/// A source that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile {
    /// The group's name, and the file's.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(SourceFile { name: $name, text: include_str!(concat!("../../alerts/source/", $name, ".yaml")) }),+]
    };
}

/// The groups that everybody gets. A new group is a file and a name here.
pub const SHIPPED: &[SourceFile] = files!["pods", "branch-eni", "nodes", "addons", "cluster", "subnets", "exporter"];

/// Groups about series that others export, for whoever has these.
pub const OPTIONAL: &[SourceFile] = files!["optional/api-server", "optional/services"];

const SHARED: &str = include_str!("../../alerts/source/shared.yaml");

/// What a value that rules look back over must be a multiple of, and the least that it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// A step of a subquery.
    pub(super) step: SignedDuration,
    /// Shorter ones are empty at times.
    pub(super) least: SignedDuration,
}

/// The range that the value of this name is in some rule.
pub(super) fn range_of(name: &str) -> Option<Range> {
    let begin = format!("[${{{name}}}s");
    let texts = SHIPPED.iter().chain(OPTIONAL).flat_map(|file| file.text.split(&*begin).skip(1));
    let ranges = texts.filter_map(|rest| match rest.split_once(']')?.0.strip_prefix(':') {
        Some(step) => step.parse().ok().map(|step: SignedDuration| Range { step, least: step * 2 }),
        // Prometheus scrapes once a minute by default, and a rate needs several scrapes.
        None => Some(Range { step: SignedDuration::from_mins(1), least: SignedDuration::from_mins(5) }),
    });
    ranges.max_by_key(|range| range.least)
}

/// What is wrong with a source; a fault of the program, which its tests find.
#[derive(Debug, thiserror::Error)]
#[error("alerts/source/{file}.yaml: {reason}")]
pub struct Fault {
    file: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    #[serde(rename = "let")]
    words: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: String,
    #[serde(rename = "let", default)]
    words: BTreeMap<String, String>,
    rules: Vec<Written>,
}

/// A rule as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    alert: Option<String>,
    record: Option<String>,
    severity: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// The collectors without which the alert would be wrong: it is silent while one of them does not work.
    #[serde(default)]
    needs: Vec<String>,
    /// Words of this rule only; they go before those of the file.
    #[serde(rename = "let", default)]
    words: BTreeMap<String, String>,
    expr: String,
    #[serde(rename = "for")]
    wait: Option<String>,
    /// What is about the cluster goes on over a restart of the exporter without it.
    keep_firing_for: Option<String>,
    summary: Option<String>,
    description: Option<String>,
}

/// The groups of these files. Values are still placeholders.
///
/// # Errors
/// When a source is not as it should be, which only a fault in the program can bring about.
pub fn groups(files: &[SourceFile]) -> Result<Vec<Group>, Fault> {
    let shared: Shared = read("shared", SHARED)?;
    files.iter().map(|file| group(file, &shared.words)).collect()
}

fn group(source: &SourceFile, shared: &BTreeMap<String, String>) -> Result<Group, Fault> {
    let file: File = read(source.name, source.text)?;
    let fault = |reason| Fault { file: source.name.to_owned(), reason };
    let name = source.name.rsplit('/').next().unwrap_or(source.name);
    if file.group != name {
        return Err(fault(format!("the group is called {}", file.group)));
    }
    let causes = values::cause_lists();
    let rule = |written: &Written| {
        let words = Words(&[&written.words, &file.words, shared, &causes]);
        written.rule(&words).map_err(fault)
    };
    Ok(Group { name: file.group.clone(), rules: file.rules.iter().map(rule).collect::<Result<_, _>>()? })
}

fn read<T: for<'de> Deserialize<'de>>(name: &str, text: &str) -> Result<T, Fault> {
    yaml::read(text)
        .map_err(|fault| Fault { file: name.to_owned(), reason: format!("line {}: {}", fault.line, fault.reason) })
}

impl Written {
    fn rule(&self, words: &Words) -> Result<Rule, String> {
        let (kind, severity) = match (&self.alert, &self.record, &self.severity) {
            (Some(alert), None, Some(severity)) => (Kind::Alert(alert.clone()), Some(severity.clone())),
            (None, Some(record), None) => (Kind::Record(record.clone()), None),
            _ => return Err("a rule is an alert with a severity, or a record without".to_owned()),
        };
        let expand = |text: &Option<String>| text.as_deref().map(|text| words.expand(text)).transpose();

        let mut labels = self.labels.clone();
        labels.extend(severity.map(|severity| ("severity".to_owned(), severity)));
        let mut annotations = BTreeMap::new();
        if let Kind::Alert(name) = &kind {
            let (Some(summary), Some(description)) = (expand(&self.summary)?, expand(&self.description)?) else {
                return Err(format!("{name} has no summary or no description"));
            };
            annotations.insert("summary".to_owned(), summary);
            annotations.insert("description".to_owned(), description);
            let page = format!("${{runbook_url_prefix}}{}${{runbook_url_suffix}}", name.to_lowercase());
            annotations.insert("runbook_url".to_owned(), page);
        }
        let about_the_cluster = !self.needs.is_empty();
        Ok(Rule {
            kind,
            expr: silenced(words.expand(&self.expr)?.trim_end(), &self.needs),
            wait: expand(&self.wait)?,
            // A restart of the exporter takes its series away for as long as it reads the cluster.
            keep_firing_for: expand(&self.keep_firing_for)?
                .or_else(|| about_the_cluster.then(|| "${keep_firing_seconds}s".to_owned())),
            labels,
            annotations,
        })
    }
}

/// The expression, quiet while one of the collectors does not work.
fn silenced(expr: &str, needs: &[String]) -> String {
    if needs.is_empty() {
        return format!("{expr}\n");
    }
    let indented = expr.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
    let collectors = match needs {
        [one] => format!("collector=\"{one}\""),
        several => format!("collector=~\"{}\"", several.join("|")),
    };
    format!(
        "(\n{indented}\n)\nunless on (cluster)\n(max by (cluster, collector) (eksporter_collector_up{{{collectors}}}) == 0)\n"
    )
}
