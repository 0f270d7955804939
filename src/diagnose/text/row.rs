//! One row of the table, and how it is held against a text.
//!
//! Which rows there are, and in which order, does not belong here.

use std::borrow::Cow;

use super::reason::Topic;
use crate::diagnose::cause::{Cause, Stage, Strength};

/// A rule: where it may be used, what it looks for, and what that means.
///
/// Patterns are lower case, without backslashes, and `*` in one stands for any text.
/// They are held against a text that [`plain`] has prepared.
pub(super) struct Row {
    /// The reasons it is meant for, by topic; empty for any. A text without a reason,
    /// or with one that nobody here knows, passes.
    pub topics: &'static [Topic],
    /// At least one of these must be there (unless the list is empty).
    pub any: &'static [&'static str],
    /// And at least one of these: the words that stand around a component's own.
    pub amid: &'static [&'static str],
    /// And all of these.
    pub all: &'static [&'static str],
    /// And none of these.
    pub none: &'static [&'static str],
    pub cause: Cause,
    /// The stages it can explain; empty for any.
    pub stages: &'static [Stage],
    pub strength: Strength,
    /// Where such texts were reported, `owner/repo#number`, or are written, `owner/repo path`:
    /// for each kind of text at least one, not for each spelling.
    pub sources: &'static [&'static str],
}

impl Row {
    pub(super) const fn new(
        cause: Cause,
        topics: &'static [Topic],
        any: &'static [&'static str],
        sources: &'static [&'static str],
    ) -> Self {
        Self { topics, any, amid: &[], all: &[], none: &[], cause, stages: &[], strength: Strength::Telling, sources }
    }

    pub(super) const fn amid(mut self, amid: &'static [&'static str]) -> Self {
        self.amid = amid;
        self
    }

    pub(super) const fn with(mut self, all: &'static [&'static str]) -> Self {
        self.all = all;
        self
    }

    pub(super) const fn without(mut self, none: &'static [&'static str]) -> Self {
        self.none = none;
        self
    }

    pub(super) const fn at(mut self, stages: &'static [Stage]) -> Self {
        self.stages = stages;
        self
    }

    pub(super) const fn weak(mut self) -> Self {
        self.strength = Strength::Weak;
        self
    }

    pub(super) const fn unfit(mut self) -> Self {
        self.strength = Strength::Unfit;
        self
    }

    /// Whether the text has the row's words, whatever its reason.
    pub(super) fn says(&self, text: &str) -> bool {
        self.fits(&[], text)
    }

    /// Whether the row speaks about a text whose reason has these topics (empty: any).
    pub(super) fn fits(&self, topics: &[Topic], text: &str) -> bool {
        (self.topics.is_empty() || topics.is_empty() || self.topics.iter().any(|topic| topics.contains(topic)))
            && has_any(text, self.any)
            && has_any(text, self.amid)
            && self.all.iter().all(|pattern| has(text, pattern))
            && !self.none.iter().any(|pattern| has(text, pattern))
    }
}

/// True also for an empty list.
pub(super) fn has_any(text: &str, patterns: &[&str]) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| has(text, pattern))
}

/// Whether `text` holds the parts of `pattern` between the `*`, in this order.
pub(super) fn has(mut text: &str, pattern: &str) -> bool {
    for part in pattern.split('*') {
        let Some(at) = text.find(part) else {
            return false;
        };
        text = &text[at + part.len()..];
    }
    true
}

/// What recorders put before a message that they merged out of similar ones
/// (client-go `tools/record/events_cache.go`).
const COMBINED: &str = "(combined from similar events): ";

/// The message in the form that patterns are written for: lower case, without the prefix
/// of merged events, and without the backslashes of quotes that were escaped once or
/// twice on the way (kubelet's `FailedSync`, CRI-O).
pub(super) fn plain(message: &str) -> Cow<'_, str> {
    let message = message.trim();
    let message = message.strip_prefix(COMBINED).unwrap_or(message);
    if message.bytes().any(|b| b == b'\\' || b.is_ascii_uppercase()) {
        let mut text = String::with_capacity(message.len());
        text.extend(message.chars().filter(|c| *c != '\\').map(|c| c.to_ascii_lowercase()));
        Cow::Owned(text)
    } else {
        Cow::Borrowed(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_in_between() {
        assert!(has("secret \"a\" not found", "secret \"*\" not found"));
        assert!(!has("not found: secret \"a\"", "secret \"*not found"));
        assert!(has("anything", ""));
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(plain("no space left"), Cow::Borrowed(_)));
        assert_eq!(plain("(combined from similar events): Pod \\\"A\\\""), "pod \"a\"");
    }
}
