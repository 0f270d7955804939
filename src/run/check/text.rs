//! A look as a table for people.

use std::fmt::Write as _;

use super::look::Look;
use crate::report::{self, Severity};

/// The table, then what is behind each line of it, then what was not looked at.
pub(super) fn table(look: &Look) -> String {
    let mut out = String::new();
    let version = look.kubernetes_version.as_deref().unwrap_or("of unknown version");
    let _ = writeln!(
        out,
        "Kubernetes {version}, {}, {}, at {}\n",
        report::count_nodes(look.nodes),
        report::count_pods(look.pods),
        look.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    );
    if !look.findings.is_empty() {
        let row = |severity: &str, age: &str, finding: &str| format!("{severity:<9} {age:<9} {finding}\n");
        out += &row("SEVERITY", "FOR", "FINDING");
        for finding in &look.findings {
            out += &row(finding.severity.as_str(), &finding.age_words(look.at), &report::printable(&finding.title));
        }
        let _ = writeln!(out, "\n{}", report::plain(&look.findings, look.at));
    }
    if !look.not_looked_at.is_empty() {
        out += "Not looked at:\n";
        // Several have the same reason: AWS that nobody may ask, custom resources that are not there.
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for unseen in &look.not_looked_at {
            let why = unseen.why_words();
            match reasons.iter_mut().find(|(known, _)| *known == why) {
                Some((_, collectors)) => collectors.push(unseen.collector),
                None => reasons.push((why, vec![unseen.collector])),
            }
        }
        for (why, collectors) in reasons {
            let _ = writeln!(out, "  {}: {}", collectors.join(", "), report::printable(&why));
        }
        out.push('\n');
    }
    out + &verdict(look) + "\n"
}

fn verdict(look: &Look) -> String {
    let count = |severity| look.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts: Vec<_> = [Severity::Critical, Severity::Warning, Severity::Info]
        .into_iter()
        .filter(|severity| count(*severity) > 0)
        .map(|severity| format!("{} {}", count(severity), severity.as_str()))
        .collect();
    match look.unread() {
        Some(unread) => report::printable(&format!("Nobody knows: {unread}.")),
        None if counts.is_empty() => "Nothing is wrong.".to_owned(),
        None if look.is_wrong() => format!("Found: {}.", counts.join(", ")),
        None => format!("Nothing is wrong; good to know: {}.", counts.join(", ")),
    }
}
