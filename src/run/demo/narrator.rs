//! What is new about the cluster since it was last told.

use std::{cmp::Ordering, fmt::Write as _};

use jiff::Timestamp;

use crate::report::{self, Finding, Severity, duration_words};

/// News is told when it has stood for so many looks: an incident's objects do not arrive all at once.
const LOOKS: u32 = 4;

/// Notices when there is something new to say, and says only what is new in full.
#[derive(Default)]
pub(super) struct Narrator {
    told: Option<Vec<Told>>,
    seen: Vec<Told>,
    looks: u32,
}

/// What is remembered of a finding. Its age is no news, and neither are its examples.
#[derive(Clone)]
struct Told {
    key: String,
    severity: Severity,
    headline: String,
    since: Timestamp,
}

impl Told {
    fn of(finding: &Finding) -> Self {
        let (key, severity, since) = (finding.key.clone(), finding.severity, finding.since);
        Self { key, severity, headline: report::headline(finding), since }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        (&self.key, &self.headline) == (&other.key, &other.headline)
    }

    /// How long it has lasted.
    fn age(&self, now: Timestamp) -> String {
        duration_words(now.duration_since(self.since))
    }
}

/// Whether nothing but the order differs, in which what is older comes first.
fn say_the_same(these: &[Told], those: &[Told]) -> bool {
    these.len() == those.len() && these.iter().all(|this| those.iter().any(|that| this.says_the_same(that)))
}

impl Narrator {
    /// What to say now, if it is news that has stood for some looks.
    pub fn look(&mut self, findings: &[Finding], now: Timestamp) -> Option<String> {
        let seen: Vec<_> = findings.iter().map(Told::of).collect();
        self.looks = if say_the_same(&seen, &self.seen) { self.looks + 1 } else { 1 };
        self.seen = seen;
        if self.looks < LOOKS || self.told.as_ref().is_some_and(|told| say_the_same(told, &self.seen)) {
            return None;
        }
        let before = self.told.replace(self.seen.clone()).unwrap_or_default();
        Some(news(findings, &before, now))
    }
}

/// First what is new, in full; then, in a line each, what changed, what went, and what stands as it stood.
fn news(findings: &[Finding], before: &[Told], now: Timestamp) -> String {
    let (mut new, mut changed, mut standing) = (String::new(), String::new(), String::new());
    // Writing to a string cannot fail.
    for finding in findings {
        let told = Told::of(finding);
        let (headline, age) = (&told.headline, told.age(now));
        let _ = match before.iter().find(|former| former.key == told.key) {
            None => write!(new, "{}", report::plain(std::slice::from_ref(finding), now)),
            Some(former) if former.says_the_same(&told) => writeln!(standing, "Still:    {headline}, for {age}"),
            Some(former) => {
                let word = match told.severity.cmp(&former.severity) {
                    Ordering::Less => "Worse:   ", // what matters most comes first
                    Ordering::Equal => "Changed: ",
                    Ordering::Greater => "Better:  ",
                };
                writeln!(changed, "{word} {headline}, for {age}")
            }
        };
    }
    let gone = before.iter().filter(|told| findings.iter().all(|finding| finding.key != told.key));
    for told in gone {
        let _ = writeln!(changed, "Resolved: {}, after {}", told.headline, told.age(now));
    }
    if findings.is_empty() {
        standing.push_str("Nothing is wrong.\n");
    }
    new + &changed + &standing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(key: &str, severity: Severity, title: &str) -> Finding {
        Finding {
            severity,
            key: key.to_owned(),
            title: title.to_owned(),
            detail: "Why.",
            since: Timestamp::UNIX_EPOCH,
            examples: Vec::new(),
            more: 0,
            look: "There.".to_owned(),
        }
    }

    /// All that is said while these findings stand for 20 s from then on.
    fn said(narrator: &mut Narrator, findings: &[Finding], from: i64) -> Vec<String> {
        (from..from + 20)
            .filter_map(|second| narrator.look(findings, Timestamp::from_second(second).unwrap()))
            .collect()
    }

    #[test]
    fn what_is_new_is_told_once_and_in_full_and_the_rest_in_a_line() {
        let (warning, critical) = (Severity::Warning, Severity::Critical);
        let mut narrator = Narrator::default();
        let mut story = Vec::new();
        for (from, findings) in [
            (0, vec![finding("a", warning, "1 a")]),
            (20, vec![finding("a", warning, "1 a"), finding("b", warning, "1 b")]),
            (40, vec![finding("a", critical, "1 a"), finding("b", warning, "2 b")]),
            (60, vec![finding("a", warning, "1 a")]),
            (80, vec![]),
        ] {
            story.extend(said(&mut narrator, &findings, from));
        }
        insta::assert_snapshot!(story.join("--\n"), @"
        WARNING: 1 a, for 3s, since 00:00:00 UTC
          Why.
          Look: There.
        --
        WARNING: 1 b, for 23s, since 00:00:00 UTC
          Why.
          Look: There.
        Still:    WARNING: 1 a, for 23s
        --
        Worse:    CRITICAL: 1 a, for 43s
        Changed:  WARNING: 2 b, for 43s
        --
        Better:   WARNING: 1 a, for 1m 3s
        Resolved: WARNING: 2 b, after 1m 3s
        --
        Resolved: WARNING: 1 a, after 1m 23s
        Nothing is wrong.
        ");
    }

    #[test]
    fn nothing_is_told_before_it_has_stood_for_some_looks() {
        let mut narrator = Narrator::default();
        let (one, other) = (finding("a", Severity::Info, "1 a"), finding("a", Severity::Info, "2 a"));
        for findings in [[one.clone()], [other.clone()]].iter().cycle().take(20) {
            assert_eq!(narrator.look(findings, Timestamp::UNIX_EPOCH), None);
        }
        assert_eq!(said(&mut narrator, &[other], 0).len(), 1);
    }

    #[test]
    fn another_order_is_no_news() {
        let mut narrator = Narrator::default();
        let (a, b) = (finding("a", Severity::Info, "1 a"), finding("b", Severity::Info, "1 b"));
        assert_eq!(said(&mut narrator, &[a.clone(), b.clone()], 0).len(), 1);
        assert_eq!(said(&mut narrator, &[b, a], 20), [""; 0]);
    }

    #[test]
    fn a_quiet_cluster_is_told_of_once() {
        assert_eq!(said(&mut Narrator::default(), &[], 0), ["Nothing is wrong.\n"]);
    }
}
