//! What holds for every alert about the cluster, made from the case in which `alerts/tests/` has it fire: it outlasts a
//! restart, it is silent while its collectors do not work, and replicas and other clusters change nothing.

use crate::unit::{
    Alert, Case, Labels, Suite, alerts, answers, cases,
    notation::{Series, written},
};

/// The alerts of the rows Page and Early of incidents.
const OF_INCIDENTS: [&str; 14] = [
    "EksAddonBehind",
    "EksAddonDownOnNodes",
    "EksAddonUnsupported",
    "EksBranchEniPending",
    "EksBranchEnisExhausted",
    "EksBranchEnisHeld",
    "EksClusterWithoutNodes",
    "EksNodesKnownIssue",
    "EksNodesLost",
    "EksPodsCreationStuck",
    "EksPodsUnscheduled",
    "EksPoolStragglers",
    "EksSubnetAddressesLow",
    "EksSubnetAddressesRunningOut",
];

/// Longer than any rule looks back, and than alerts are kept.
const LONG: usize = 180;

/// Each alert about the cluster, with a case in which it fires and the labels that it has there.
fn each() -> Vec<(Alert, Case, Labels)> {
    let cases = cases();
    let about_the_cluster = alerts().into_iter().filter(|alert| !alert.needs.is_empty());
    let with_case = about_the_cluster.map(|alert| {
        let found = cases.iter().find_map(|case| {
            let labels = case.labels().into_iter().find(|labels| alert.makes(&case.alert, labels))?;
            Some((case.clone(), labels))
        });
        let (case, labels) = found.unwrap_or_else(|| panic!("no test has {} fire", alert.told()));
        (alert, case, labels)
    });
    let each: Vec<_> = with_case.collect();
    for name in OF_INCIDENTS {
        assert!(each.iter().any(|(alert, ..)| alert.name == name), "{name}");
    }
    each
}

/// Labels of its series in `ALERTS`.
fn firing(alert: &str, labels: &Labels) -> Labels {
    let own = [("alertname", alert), ("alertstate", "firing")];
    let own = own.map(|(label, value)| (label.to_owned(), value.to_owned()));
    own.into_iter().chain(labels.clone()).collect()
}

/// Selects that series and none of another cluster.
fn selected(alert: &str, labels: &Labels) -> String {
    let mut labels = firing(alert, labels);
    labels.entry("cluster".to_owned()).or_default();
    format!("ALERTS{}", written(&labels))
}

#[test]
fn it_goes_on_for_as_long_as_it_is_kept_after_its_series_vanished_and_no_longer() {
    let mut suite = Suite::new();
    for (alert, case, labels) in each() {
        let kept: f64 = alert.rule.keep_firing_for.as_ref().unwrap().trim_end_matches('s').parse().unwrap();
        let series: Vec<Series> = case.series.iter().map(|series| series.until(case.minute)).collect();
        let last = |expression: &str| format!("max(max_over_time(({expression})[{}m:1m]))", case.minute + LONG + 1);
        let told = last(&format!("timestamp({})", selected(&alert.name, &labels)));
        let true_until = last(&format!("({}) * 0 + time()", alert.rule.expr));
        let check = answers(&format!("{told} - {true_until}"), case.minute + LONG, &[("{}".to_owned(), kept)]);
        suite.add(&case.groups, &alert.told(), &series, "promql_expr_test", vec![check]);
    }
    suite.run();
}

#[test]
fn it_is_silent_while_a_collector_that_it_needs_does_not_work_but_not_for_one_of_two_replicas() {
    let mut suite = Suite::new();
    for (alert, case, labels) in each() {
        for need in &alert.needs {
            let of_this = |series: &&Series| {
                series.family == "eksporter_collector_up" && series.labels.get("collector") == Some(need)
            };
            let others: Vec<Series> = case.series.iter().filter(|series| !of_this(series)).cloned().collect();
            let up = |instance: &str, value: f64| {
                let series = Series::constant("eksporter_collector_up", value, case.minute);
                let series = series.with("collector", need).with("instance", instance);
                labels.get("cluster").map_or(series.clone(), |cluster| series.with("cluster", cluster))
            };
            let selected = selected(&alert.name, &labels);
            let name = |what: &str| format!("{} without {need}{what}", alert.told());
            let silent = answers(&format!("count_over_time({selected}[{LONG}m])"), case.minute, &[]);
            let down: Vec<Series> = others.iter().cloned().chain([up("a", 0.0)]).collect();
            suite.add(&case.groups, &name(""), &down, "promql_expr_test", vec![silent]);

            let half: Vec<Series> = down.into_iter().chain([up("b", 1.0)]).collect();
            let fires = answers(&format!("count({selected})"), case.minute, &[("{}".to_owned(), 1.0)]);
            suite.add(&case.groups, &name(" in one replica"), &half, "promql_expr_test", vec![fires]);
        }
    }
    suite.run();
}

/// The exporter is away for two minutes and a half, and Prometheus sees it go; or nothing is scraped for three.
#[test]
fn it_fires_on_over_a_restart_of_the_exporter_and_a_gap_in_what_prometheus_scraped() {
    const MINUTES: usize = 20;
    let mut suite = Suite::new();
    for (alert, case, labels) in each() {
        for was_seen in [true, false] {
            let series = case
                .series
                .iter()
                .map(|series| series.going_on(case.minute, MINUTES).with_gap(case.minute + 2, 3, was_seen));
            let series: Vec<Series> = series.collect();
            let expression = format!("count_over_time({}[{MINUTES}m])", selected(&alert.name, &labels));
            let always = [(written(&firing(&alert.name, &labels)), 20.0)];
            let check = answers(&expression, case.minute + MINUTES, &always);
            let name = format!("{}, {} seen to go", alert.told(), if was_seen { "series" } else { "no series" });
            suite.add(&case.groups, &name, &series, "promql_expr_test", vec![check]);
        }
    }
    suite.run();
}

/// Cases of the files whose alerts are about the cluster.
fn cases_about_the_cluster() -> Vec<Case> {
    let alerts: Vec<Alert> = alerts().into_iter().filter(|alert| !alert.needs.is_empty()).collect();
    let is_about = |case: &Case| alerts.iter().any(|alert| alert.name == case.alert);
    cases().into_iter().filter(is_about).collect()
}

/// Cases whose texts list what stands side by side, in an order that nobody determines.
const UNORDERED: [&str; 2] = [
    "a page names the nodes that it is about, and none that are told otherwise", // a node that is in two states at once
    "free addresses but no block of sixteen, which only nodes miss",             // two users of a subnet
];

#[test]
fn two_replicas_make_the_same_alerts_with_the_same_texts() {
    let mut suite = Suite::new();
    let ordered = |case: &Case| !UNORDERED.contains(&case.test.as_str());
    for case in cases_about_the_cluster().into_iter().filter(ordered) {
        let of_replica = |series: &Series, replica: &str| {
            let before = series.labels.get("instance").cloned().unwrap_or_default();
            series.with("instance", &format!("{before}{replica}"))
        };
        let series = ["-1", "-2"].iter().flat_map(|replica| case.series.iter().map(|one| of_replica(one, replica)));
        let check = serde_json::json!({
            "alertname": case.alert, "eval_time": format!("{}m", case.minute), "exp_alerts": case.expected,
        });
        suite.add(&case.groups, &case.test, &series.collect::<Vec<_>>(), "alert_rule_test", vec![check]);
    }
    suite.run();
}

#[test]
fn two_clusters_have_each_its_own() {
    let mut suite = Suite::new();
    for case in cases_about_the_cluster() {
        let other = |labels: &Labels| format!("{}-other", labels.get("cluster").map_or("", String::as_str));
        let others = case.series.iter().map(|series| series.with("cluster", &other(&series.labels)));
        let series: Vec<Series> = case.series.iter().cloned().chain(others).collect();
        let expected = case.labels().into_iter().flat_map(|labels| {
            let of_other = [("cluster".to_owned(), other(&labels))];
            let of_other = labels.clone().into_iter().chain(of_other).collect();
            [labels, of_other].map(|labels| (format!("ALERTS{}", written(&firing(&case.alert, &labels))), 1.0))
        });
        let expression = format!("ALERTS{{alertname={:?}}}", case.alert);
        let check = answers(&expression, case.minute, &expected.collect::<Vec<_>>());
        suite.add(&case.groups, &case.test, &series, "promql_expr_test", vec![check]);
    }
    suite.run();
}
