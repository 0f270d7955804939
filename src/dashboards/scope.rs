//! The dashboard's variables in every query: a panel's query is written without them.

use std::borrow::Cow;

use crate::metrics::groups::GROUPS;

/// The query, with the selector of the variable `cluster` at each metric, and that of `namespace` where the metric has
/// one. All clusters is `.*`, which is also true of series without the label.
pub(super) fn scoped(query: &str) -> String {
    // What stands in quotes names no metric.
    let parts: Vec<Cow<'_, str>> = query
        .split('"')
        .enumerate()
        .map(|(at, part)| if at % 2 == 0 { Cow::Owned(scoped_part(part)) } else { Cow::Borrowed(part) })
        .collect();
    parts.join("\"")
}

fn scoped_part(part: &str) -> String {
    let mut out = String::with_capacity(part.len() * 2);
    let mut rest = part;
    while let Some(start) = rest.find(is_of_name) {
        let end = rest[start..].find(|c| !is_of_name(c)).map_or(rest.len(), |length| start + length);
        out.push_str(&rest[..end]);
        let name = &rest[start..end];
        rest = &rest[end..];
        if is_metric(name) {
            out.push_str(r#"{cluster=~"$cluster""#);
            if has_namespace(name) {
                // Also the zeros, which have none: so nothing wrong is 0 and not "no data".
                out.push_str(r#",namespace=~"$namespace|""#);
            }
            match rest.strip_prefix('{') {
                Some(more) => {
                    out.push(',');
                    rest = more;
                }
                None => out.push('}'),
            }
        }
    }
    out + rest
}

/// The metrics that a query names, each once.
pub(super) fn metrics(query: &str) -> impl Iterator<Item = &str> {
    query.split('"').step_by(2).flat_map(|part| part.split(|c| !is_of_name(c))).filter(|name| is_metric(name))
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

fn is_metric(name: &str) -> bool {
    name.starts_with("eks_") || name.starts_with("eks:") || name.starts_with("eksporter_") || name == "ALERTS"
}

/// What rules record of pods, each with its namespace.
const RECORDED_OF_PODS: [&str; 3] = ["eks:pod", "eks:system_pod", "eks:branch_eni_pending"];

fn has_namespace(name: &str) -> bool {
    if name.starts_with("eks:") {
        return RECORDED_OF_PODS.iter().any(|start| name.starts_with(start));
    }
    let mut families = GROUPS.iter().flat_map(|group| group.families);
    families.any(|family| family.name == name && family.labels.contains(&"namespace"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_gets_the_selectors_of_its_labels_and_strings_none() {
        assert_eq!(
            scoped(r#"max by (cluster) (eks_pods_unscheduled{cause!="eks_x"}) / count(eks_nodes)"#),
            r#"max by (cluster) (eks_pods_unscheduled{cluster=~"$cluster",namespace=~"$namespace|",cause!="eks_x"}) / count(eks_nodes{cluster=~"$cluster"})"#,
        );
    }

    #[test]
    fn what_rules_record_is_of_the_chosen_clusters_too() {
        assert_eq!(
            scoped("eks:pods_creation_dropped:count or max_over_time(eks:node_down_alone:age_seconds[5m:1m])"),
            "eks:pods_creation_dropped:count{cluster=~\"$cluster\",namespace=~\"$namespace|\"} or \
             max_over_time(eks:node_down_alone:age_seconds{cluster=~\"$cluster\"}[5m:1m])",
        );
    }

    #[test]
    fn metrics_are_named_without_labels_and_strings() {
        let query = r#"rate(eksporter_a_total{reason!="eks_x"}[5m]) and on (eks) ALERTS"#;
        assert_eq!(metrics(query).collect::<Vec<_>>(), ["eksporter_a_total", "ALERTS"]);
    }
}
