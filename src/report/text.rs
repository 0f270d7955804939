//! Findings as text for a terminal.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::Finding;

/// A duration as people say it: `42s`, `5m 10s`, `3h 20m`, `2d 4h`.
#[must_use]
pub fn duration_words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, _, _) => format!("{hours}h {}m", minutes % 60),
        _ => format!("{days}d {}h", hours % 24),
    }
}

/// How much a finding matters, and what is wrong.
#[must_use]
pub fn headline(finding: &Finding) -> String {
    format!("{}: {}", finding.severity.as_str().to_uppercase(), printable(&finding.title))
}

/// Findings as indented paragraphs; what comes from the cluster cannot reach the terminal's control characters.
#[must_use]
pub fn plain(findings: &[Finding], now: Timestamp) -> String {
    let mut out = String::new();
    for finding in findings {
        let _ = writeln!(out, "{}, {}", headline(finding), finding.since_words(now));
        let _ = writeln!(out, "  {}", finding.detail);
        for example in &finding.examples {
            let _ = writeln!(out, "  - {}", printable(example));
        }
        if finding.more > 0 {
            let _ = writeln!(out, "  - and {} more", finding.more);
        }
        let _ = writeln!(out, "  Look: {}", printable(&finding.look));
    }
    out
}

/// The text without what a terminal would act on.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (seconds, words) in [(-5, "0s"), (42, "42s"), (310, "5m 10s"), (12_000, "3h 20m"), (187_200, "2d 4h")] {
            assert_eq!(duration_words(SignedDuration::from_secs(seconds)), words);
        }
    }
}
