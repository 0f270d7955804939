//! How the list is written down, and what is refused.

use std::collections::HashSet;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{KnownIssue, Range, Release, Severity};
use crate::{
    diagnose::release::MOST,
    yaml::{self, Fault},
};

/// A name becomes the value of a label.
const LONGEST: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    issue: String,
    severity: String,
    summary: String,
    link: String,
    kernel: Option<RangeText>,
    image: Option<RangeText>,
    runtime: Option<RangeText>,
    kubelet: Option<RangeText>,
    #[serde(default)]
    ami: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeText {
    of: Option<String>,
    from: Option<String>,
    below: Option<String>,
    through: Option<String>,
}

/// Reads a list.
pub(super) fn read(text: &str) -> Result<Vec<KnownIssue>, Fault> {
    let entries: Option<Vec<Spanned<Entry>>> = yaml::read(text)?;
    let nothing = || Fault { line: 1, reason: "there is no list; one without entries is written []".to_owned() };
    let entries = entries.ok_or_else(nothing)?;
    let mut names = HashSet::new();
    let mut issues = Vec::new();
    for entry in entries {
        let fault = |reason| Fault { line: entry.referenced.line(), reason };
        let issue = entry.value.issue().map_err(fault)?;
        if !names.insert(issue.issue.clone()) {
            return Err(fault(format!("issue {:?} is there twice", issue.issue)));
        }
        issues.push(issue);
    }
    Ok(issues)
}

impl Entry {
    fn issue(&self) -> Result<KnownIssue, String> {
        let name = &self.issue;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_name) {
            return Err(format!("issue {name:?}: must be lower-case letters, digits and -, at most {LONGEST}"));
        }
        let severities = Severity::ALL.map(Severity::as_str).join(", ");
        let severity = Severity::ALL.into_iter().find(|known| known.as_str() == self.severity);
        let severity = severity.ok_or_else(|| format!("severity {:?}: must be one of {severities}", self.severity))?;
        if !self.link.starts_with("https://") {
            return Err(format!("link {:?}: must begin with https://", self.link));
        }
        if let Some(wrong) = self.ami.iter().find(|ami| !ami.starts_with("ami-")) {
            return Err(format!("ami {wrong:?}: must begin with ami-"));
        }
        let range = |field: &str, text: &Option<RangeText>| {
            text.as_ref().map(RangeText::range).transpose().map_err(|reason| format!("{field}: {reason}"))
        };
        let issue = KnownIssue {
            issue: name.clone(),
            severity,
            summary: self.summary.trim().to_owned(),
            link: self.link.clone(),
            kernel: range("kernel", &self.kernel)?,
            image: range("image", &self.image)?,
            runtime: range("runtime", &self.runtime)?,
            kubelet: range("kubelet", &self.kubelet)?,
            amis: self.ami.clone(),
        };
        if issue.kernel.is_none() && issue.image.is_none() && issue.runtime.is_none() && issue.amis.is_empty() {
            return Err(format!("issue {name:?} says of no kernel, image, runtime or ami"));
        }
        Ok(issue)
    }
}

impl RangeText {
    fn range(&self) -> Result<Range, String> {
        let bound = |field: &str, text: &Option<String>| {
            let wrong = |text: &String| {
                format!(
                    "{field}: {text:?} is no version: it must be up to {MOST} numbers with dots or dashes between them"
                )
            };
            let read = |text: &String| Release::exactly(text).ok_or_else(|| wrong(text));
            text.as_ref().map(read).transpose()
        };
        let range = Range {
            of: self.of.clone().filter(|of| !of.is_empty()),
            from: bound("from", &self.from)?,
            below: bound("below", &self.below)?,
            through: bound("through", &self.through)?,
        };
        if range == Range::default() {
            return Err("says nothing: it needs one of of, from, below, through".to_owned());
        }
        if range.below.is_some() && range.through.is_some() {
            return Err("has below and through, of which one says all".to_owned());
        }
        let empty = range.from.is_some_and(|from| {
            range.below.is_some_and(|below| below <= from) || range.through.is_some_and(|through| through < from)
        });
        if empty { Err("ends before it begins".to_owned()) } else { Ok(range) }
    }
}
