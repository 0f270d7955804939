//! The page at `/`: what this is, where the metrics are, what is wrong now.

use jiff::Timestamp;
use maud::{DOCTYPE, html};

use crate::{
    exporter::Exporter,
    metrics::VERSION,
    report::{self, Finding, Severity},
};

/// Findings that are shown; the rest is counted.
const SHOWN: usize = 50;

/// The page. Text from the cluster is escaped by the template.
pub fn page(exporter: &Exporter, telemetry_path: &str) -> String {
    let readiness = exporter.readiness();
    let snapshot = exporter.snapshot();
    let findings = if exporter.tells_of_cluster() { report::findings(&snapshot) } else { Vec::new() };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "eksporter" }
                style { "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}li{margin:.6rem 0}code{background:#8882;padding:.1em .3em}" }
            }
            body {
                h1 { "eksporter" }
                p { "Why pods of an EKS cluster hang, as Prometheus metrics. Version " (VERSION) "." }
                p { a href=(telemetry_path) { "Metrics" } " · " a href="/healthz" { "Health" } " · " a href="/readyz" { "Readiness" } }
                @if let Err(missing) = readiness {
                    h2 { "Not ready" }
                    ul { @for line in missing { li { (line) } } }
                } @else {
                    (now(&findings, snapshot.now))
                }
            }
        }
    }
    .into_string()
}

fn now(findings: &[Finding], at: Timestamp) -> maud::Markup {
    html! {
        h2 { "What is wrong now" }
        @if !findings.iter().any(|finding| finding.severity < Severity::Info) {
            p { "Nothing that this exporter looks at." }
        }
        ul {
            @for finding in findings.iter().take(SHOWN) {
                li {
                    (finding.severity.as_str()) ": " strong { (finding.title) } " " (finding.since_words(at)) br;
                    (finding.detail)
                    ul {
                        @for example in &finding.examples { li { (example) } }
                        @if finding.more > 0 { li { "and " (finding.more) " more" } }
                    }
                    "Look: " (finding.look)
                }
            }
        }
        @if findings.len() > SHOWN { p { "and " (findings.len() - SHOWN) " more" } }
    }
}
