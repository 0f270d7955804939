//! `docs/alerts.md`: every alert, and every value that can be set.

use std::fmt::Write as _;

use crate::rules::{Group, Kind, values};

/// The page, as it is to stand in the repository.
#[must_use]
pub fn page(shipped: &[Group], optional: &[Group]) -> String {
    let mut out = String::from(
        "# Alerts\n\n\
        Made from `alerts/source/`; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew. \
        [alerts/README.md](../alerts/README.md) says how to load them.\n\n\
        Severity `critical` wakes somebody, `warning` is for working hours, `info` is to be known, and `none` is not for \
        people at all.\n",
    );
    for group in shipped {
        let _ = writeln!(out, "\n## Group {}\n", group.name);
        alerts(&mut out, group);
    }
    out.push_str(
        "\n## Optional\n\nAbout series that others export; they are in `alerts/optional/` and off by default.\n\n",
    );
    for group in optional {
        alerts(&mut out, group);
    }
    out.push_str(
        "\n## Values\n\n\
        `eksporter rules --set NAME=VALUE` prints the rules with another value, and the mixin has them in `_config`.\n\n\
        | value | default | unit | meaning |\n|---|---|---|---|\n",
    );
    for value in values::all() {
        let _ =
            writeln!(out, "| `{}` | `{}` | {} | {} |", value.name, value.default, value.unit.as_str(), value.meaning);
    }
    out
}

fn alerts(out: &mut String, group: &Group) {
    out.push_str("| alert | severity | summary |\n|---|---|---|\n");
    for rule in &group.rules {
        if let Kind::Alert(name) = &rule.kind {
            let [severity, summary] = [rule.labels.get("severity"), rule.annotations.get("summary")]
                .map(|text| text.map_or("", String::as_str));
            let _ = writeln!(out, "| `{name}` | {severity} | {summary} |");
        }
    }
    out.push('\n');
}
