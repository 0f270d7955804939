//! The page about causes, written from the rules themselves, so that it cannot fall behind.
//!
//! Where the page is kept, and how it is compared, does not belong here.

use std::fmt::Write as _;

use super::cause::{Cause, Strength};
use super::text::{self, Rule};

/// What stands before the causes.
const HEAD: &str = "# Causes

Written from the rules in `src/diagnose/text`. Each cause has its meaning, the first
thing to do, and the texts that tell it, with the place where such a text was reported
or is written.

Texts are compared in lower case and without backslashes; `*` stands for any text. The
first rule that fits decides. Where no rule knows the words, the reason alone gives the
cause, and the event is counted as unclassified.

A rule that is for some reasons only is also used for texts that have no reason, or one
that is not known. The reasons, by what they are about:

";

/// `docs/causes.md`: every cause, and what tells it.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for (group, reasons) in text::groups() {
        let _ = writeln!(page, "- {group}: {}.", codes(reasons));
    }
    for &cause in Cause::ALL {
        section(&mut page, cause);
    }
    page
}

fn section(page: &mut String, cause: Cause) {
    let mut line = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    line(&format!("\n## {}\n\n{}\n\n{}", cause.as_str(), cause.meaning(), cause.look()));
    for rule in text::rules().filter(|rule| rule.cause == cause) {
        line(&describe(&rule));
    }
    let alone: Vec<_> = text::reasons().filter(|&(_, of)| of == cause).map(|(name, _)| name).collect();
    if !alone.is_empty() {
        line(&format!("\nReasons that tell it where their words are missing or unknown: {}.", codes(alone)));
    }
}

/// One rule, as a paragraph and lists.
fn describe(rule: &Rule) -> String {
    let strength = match rule.strength {
        Strength::Telling => "",
        Strength::Weak => " (weak: other causes leave it behind, too)",
        Strength::Unfit => " (known, but none of the causes: counted as unclassified)",
    };
    let mut text = format!("\nOne of{strength}:\n\n");
    for pattern in rule.any {
        let _ = writeln!(text, "- {}", code(pattern));
    }
    for (words, patterns) in [("Together with one of", rule.amid), ("With", rule.all), ("Without", rule.none)] {
        if !patterns.is_empty() {
            let _ = write!(text, "\n{words}: {}.\n", codes(patterns.iter().copied()));
        }
    }
    let groups: Vec<_> = rule.groups().collect();
    if !groups.is_empty() {
        let _ = write!(text, "\nFor reasons about: {}.\n", groups.join(", "));
    }
    let sources: Vec<_> = rule.sources.iter().map(|source| link(source)).collect();
    let _ = write!(text, "\nSources: {}.", sources.join(", "));
    text
}

fn codes<'a>(patterns: impl IntoIterator<Item = &'a str>) -> String {
    patterns.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

fn code(text: &str) -> String {
    // A span keeps one space at each end only if it has one at both.
    if text.contains('`') || text.starts_with(' ') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// `owner/repo#number` leads to the report; a path is told with its repository.
fn link(source: &str) -> String {
    match (source.split_once('#'), source.split_once(' ')) {
        (Some((repo, number)), _) => format!("[{source}](https://github.com/{repo}/issues/{number})"),
        (None, Some((repo, path))) => format!("[{repo}](https://github.com/{repo}) `{path}`"),
        (None, None) => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_section_and_every_rule_its_source() {
        let page = page();
        for cause in Cause::ALL {
            assert!(page.contains(&format!("\n## {}\n\n{}\n\n{}\n", cause.as_str(), cause.meaning(), cause.look())));
        }
        assert_eq!(page.matches("\nSources: [").count(), text::rules().count());
        assert!(!page.ends_with("\n\n") && !page.contains("\n\n\n"));
    }

    #[test]
    fn a_report_is_linked_and_a_path_is_told() {
        assert_eq!(link("a/b#1"), "[a/b#1](https://github.com/a/b/issues/1)");
        assert_eq!(link("a/b pkg/c.go"), "[a/b](https://github.com/a/b) `pkg/c.go`");
    }
}
