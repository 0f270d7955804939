//! What is wrong with a rule is found: each with the least that shows it.

use std::collections::BTreeMap;

use eksporter::rules::{Kind, Rule};

use super::{problems, prometheus};
use crate::support::promql::{parse, rules::Known};

#[test]
fn what_is_wrong_with_an_expression_is_found() {
    let prometheus = prometheus();
    let known = Known::of(&[]);
    let period = "max by (cluster, source) (eksporter_aws_period_seconds)";
    for (text, says) in [
        ("eks_no_such_family", "nobody exposes"),
        ("max by (cluster) (eks_node_info{instance_id=\"i-1\"})", "has no label instance_id"),
        ("eks_pods_unscheduled{cause=~\"branch_eni|branch_enis\"}", "cause is never branch_enis"),
        ("eks_pods_unscheduled{cause=\"branch_eni\",cause!=\"branch_eni\"}", "no value of cause is left"),
        ("eks_pods_unscheduled{cause=~\"branch_eni|no_nodes\",cause!~\"no_nodes|branch_eni\"}", "no value of cause"),
        ("eks_node_info{node=\"a\",node=\"b\"}", "no value of node is left"),
        ("max by (node) (eks_node_info)", "over all clusters"),
        ("max by (cluster, pool) (max by (cluster, node) (eks_node_info))", "pool, which is not there any more"),
        ("eks_node_info and on (node) eks_node_pod_eni_free", "mixes clusters"),
        ("eks_pods_unscheduled and on (cluster, node) eks_node_info", "on node, which one side does not have"),
        ("eks_node_info and eks_node_pod_eni_free", "never matches"),
        (
            "eks_node_pod_eni_free * on (cluster, node) group_left (pool) eks_node_info",
            "there may be many on the right",
        ),
        // Two replicas make two series of what has no `max by`.
        (
            "max by (cluster, source) (eksporter_aws_last_success_timestamp_seconds) \
             - on (cluster, source) eksporter_aws_period_seconds",
            "-: there may be many on the right, by instance, job",
        ),
        (
            &format!("eksporter_aws_last_success_timestamp_seconds > on (cluster, source) {period}"),
            ">: there may be many on the left, by instance, job",
        ),
        (
            &format!("topk by (cluster, source) (2, eksporter_aws_period_seconds) / on (cluster, source) {period}"),
            "/: there may be many on the left",
        ),
        ("rate(eksporter_watch_errors_total[1m])", "too short a range"),
        ("increase(eksporter_series_dropped[30m])", "is no counter"),
        ("{instance=\"a\"}", "a selector without a name"),
        ("histogram_quantile(0.9, sum by (cluster) (apiserver_request_sli_duration_seconds_bucket))", "without le"),
    ] {
        let mut check = known.check(true);
        check.shape(&parse(&prometheus, text));
        assert!(check.problems.iter().any(|problem| problem.contains(says)), "{text}: {:?}", check.problems);
    }
    let mut check = known.check(false);
    check.shape(&parse(&prometheus, "eks_node_info{node=\"x\"}"));
    assert_eq!(check.problems, ["eks_node_info is of any cluster"]);
}

#[test]
fn a_join_of_two_sides_that_are_one_for_each_label_is_none_of_these() {
    let prometheus = prometheus();
    for text in [
        "max by (cluster, source) (eksporter_aws_last_success_timestamp_seconds) \
         - on (cluster, source) max by (cluster, source) (eksporter_aws_period_seconds)",
        "topk by (cluster, node) (1, max by (cluster, node, pool) (eks_node_info)) \
         * on (cluster, node) group_left () max by (cluster, node) (eks_node_pod_eni_requested)",
        "eks_pods_unscheduled{cause=~\"branch_eni|no_nodes\",cause!=\"no_nodes\"}",
    ] {
        let known = Known::of(&[]);
        let mut check = known.check(true);
        check.shape(&parse(&prometheus, text));
        assert!(check.problems.is_empty(), "{text}: {:?}", check.problems);
    }
}

/// A rule with labels (`name=value`), and a text.
fn rule(kind: Kind, labels: &[&str], expr: &str, description: &str) -> Rule {
    let labels = labels.iter().map(|label| label.split_once('=').unwrap());
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let is_alert = matches!(kind, Kind::Alert(_));
    let texts = [("summary", "Nodes."), ("description", description)];
    let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let annotations = if is_alert { BTreeMap::from(texts) } else { BTreeMap::new() };
    let keep_firing_for = is_alert.then(|| "300s".to_owned());
    Rule { kind, expr: expr.to_owned(), wait: None, keep_firing_for, labels, annotations }
}

const SILENCED: &str =
    "unless on (cluster) (max by (cluster, collector) (eksporter_collector_up{collector=\"nodes\"}) == 0)";

#[test]
fn what_is_wrong_between_rules_is_found() {
    let prometheus = prometheus();
    let (record, alert) = (|name: &str| Kind::Record(name.to_owned()), |name: &str| Kind::Alert(name.to_owned()));
    let ready = rule(record("eks:ready"), &["limit=warning"], "max by (cluster, node) (eks_node_info)", "");
    let lost = |by: &str| {
        let expr = format!("(max by (cluster, node) (eks_node_info)) {SILENCED}");
        rule(alert("EksLost"), &["severity=critical", &format!("lost_by={by}")], &expr, "")
    };
    let names_other =
        |expr: &str, text: &str| rule(alert("EksOther"), &["severity=warning"], &format!("({expr}) {SILENCED}"), text);
    let quiet = |silenced: &str| rule(alert("EksOther"), &["severity=warning"], silenced, "");
    let ours = "(max by (cluster, node) (eks_node_info))";
    for (last, says) in [
        (names_other("eks:ready{limit=\"critcal\"}", ""), "limit is never critcal"),
        (
            names_other(
                "eks:ready",
                "{{ range printf `eks:ready{cluster=%q,limit=\"critcal\"}` $labels.cluster | query }}{{ end }}",
            ),
            "limit is never critcal",
        ),
        (names_other("eks:ready unless on (cluster) ALERTS{alertname=\"EksLots\"}", ""), "nobody exposes ALERTS"),
        (
            names_other("eks:ready unless on (cluster) ALERTS{alertname=\"EksLost\",lost_by=\"region\"}", ""),
            "no alert is ever",
        ),
        (
            names_other("eks:ready unless on (cluster) ALERTS{alertname=\"EksLost\",severity=\"critcal\"}", ""),
            "no alert is ever",
        ),
        (
            names_other("eks:ready unless on (cluster) ALERTS{alertname=\"EksLost\",alertstate=\"fires\"}", ""),
            "no alert is ever",
        ),
        (
            names_other("eks:ready unless on (cluster) ALERTS{alertname=\"EksLost\",scope=\"system\"}", ""),
            "no alert is ever",
        ),
        (quiet(ours), "is not silent while"),
        (quiet(&format!("{ours} {}", SILENCED.replace("== 0", "== 1"))), "is not silent while"),
        (quiet(&format!("{ours} {}", SILENCED.replace("unless", "and"))), "is not silent while"),
        (quiet(&format!("{ours} {}", SILENCED.replace("max by", "min by"))), "is not silent while"),
        (quiet(&format!("{ours} {}", SILENCED.replace("nodes", "insights"))), "needs {\"insights\"}"),
        (Rule { keep_firing_for: None, ..lost("zone") }, "a restart of the exporter ends it"),
        (rule(record("eks:ready"), &[], "max by (cluster) (eks_nodes)", ""), "with other labels elsewhere"),
    ] {
        let rules = [ready.clone(), lost("pool"), last];
        let parsed: Vec<_> = rules.iter().map(|rule| (rule.clone(), parse(&prometheus, &rule.expr))).collect();
        let found = problems(&prometheus, &parsed);
        assert!(found.iter().any(|problem| problem.contains(says)), "{says}: {found:?}");
        let sound = problems(&prometheus, &parsed[..2]);
        assert!(sound.is_empty(), "{sound:?}");
    }
}

/// As a limit with hysteresis has it.
#[test]
fn a_record_may_name_itself() {
    let prometheus = prometheus();
    let expr = "max by (cluster, node) (eks_node_info) and on (cluster, node) \
                (max by (cluster, node) (eks_node_known_issue) or last_over_time(eks:sticky[15m]))";
    let sticky = rule(Kind::Record("eks:sticky".to_owned()), &[], expr, "");
    let parsed = parse(&prometheus, &sticky.expr);
    let found = problems(&prometheus, &[(sticky, parsed)]);
    assert!(found.is_empty(), "{found:?}");
}
