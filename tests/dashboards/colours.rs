//! Red and orange are only where an alert of that severity fires: the colours as Grafana would show them, beside the alerts
//! of a real Prometheus.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread::sleep,
    time::Duration,
};

use eksporter::{
    diagnose::Cause,
    report::thresholds::{self, Patience},
};
use serde_json::Value;

use super::{
    files::{Panel, dashboards, panels, queries, text},
    scene::{LIMIT, LONE, OURS, SCENARIOS, Scene, filled, is_nameless},
    support::prometheus::Series,
};

/// Which alerts each coloured panel is about.
const CLAIMS: &[(&str, &str)] = &[
    ("Firing alerts", "Eks.+"),
    ("Overdue in creation", "EksPodsCreationStuck|EksBranchEniPending"),
    ("Overdue for a node", "EksPodsUnscheduled|EksClusterWithoutNodes"),
    ("Waiting for a branch ENI", "EksBranchEniPending"),
    ("Nodes not ready", "EksNodeNotReady|EksNodesLost"),
    ("Agents down", "EksAddonDownOnNodes"),
    ("Add-ons unsupported", "EksAddonUnsupported|EksAddonBehind"),
    ("Free in lowest subnet", "EksSubnetAddressesLow|EksSubnetAddressesRunningOut"),
    ("Collectors down", "EksExporterCollectorFailing"),
    ("The oldest being created", "EksPodsCreationStuck|EksBranchEniPending"),
    ("The worst pods being created", "EksPodsCreationStuck|EksBranchEniPending"),
    ("The oldest without a node", "EksPodsUnscheduled|EksClusterWithoutNodes"),
    ("The worst pods without a node", "EksPodsUnscheduled|EksClusterWithoutNodes"),
    ("Nodes with branch ENIs", "EksBranchEniPending"),
    ("Nodes that are not ready", "EksNodeNotReady|EksNodesLost"),
    ("Pools", "EksPoolStragglers"),
    ("Unhealthy conditions", "EksNodeConditionUnhealthy"),
    ("Known issues", "EksNodesKnownIssue"),
    ("Kubelets", "EksKubeletUnsupported"),
    ("Versions against what is expected", "EksAddonUnsupported|EksAddonBehind"),
    ("Nodes without an agent", "EksAddonDownOnNodes"),
    ("Free addresses", "EksSubnetAddressesLow|EksSubnetAddressesRunningOut|EksSubnetWithoutPrefixes"),
    ("Support ends in", "EksVersionSupportEnding"),
    ("Upgrade insights", "EksUpgradeInsight"),
    ("Collectors", "EksExporterCollectorFailing"),
    ("Series left out", "EksExporterSeriesDropped"),
];

/// A colour that says something, in one panel about one cluster.
type Seen = (String, String, &'static str);

/// The red and orange of a configuration of fields.
fn is_colored(panel: &Panel) -> bool {
    let config = panel.value["fieldConfig"].to_string();
    config.contains("\"red\"") || config.contains("\"orange\"")
}

/// The colour of a value by limits.
fn by_limits(thresholds: &Value, value: f64) -> String {
    let steps = thresholds["steps"].as_array().unwrap();
    let passed = |step: &&Value| step["value"].as_f64().is_none_or(|from| value >= from);
    text(&steps.iter().rfind(passed).unwrap()["color"])
}

/// Properties for the field of that name: the last override that matches has its way.
fn properties<'a>(panel: &'a Panel, field: &str) -> BTreeMap<&'a str, &'a Value> {
    let overrides = panel.value["fieldConfig"]["overrides"].as_array().unwrap().iter();
    let matches = |matcher: &Value| {
        let options = matcher["options"].as_str().unwrap();
        match options.strip_prefix("/^(").and_then(|rest| rest.strip_suffix(")$/")) {
            Some(names) => names.split('|').any(|name| match name.strip_prefix(".*") {
                Some(end) => field.ends_with(end),
                None => name == field,
            }),
            None => options == field,
        }
    };
    overrides
        .filter(|one| matches(&one["matcher"]))
        .flat_map(|one| one["properties"].as_array().unwrap())
        .map(|property| (property["id"].as_str().unwrap(), &property["value"]))
        .collect()
}

/// The colour of a field with this value, or with this text.
fn color(panel: &Panel, field: &str, value: f64, shown: &str) -> String {
    let properties = properties(panel, field);
    if let Some(mapped) = properties.get("mappings").map(|mappings| &mappings[0]["options"][shown]) {
        return text(&mapped["color"]);
    }
    if let Some(fixed) = properties.get("color") {
        return text(&fixed["fixedColor"]);
    }
    let thresholds = properties.get("thresholds").copied();
    // A table shows no colour where no column asks for it.
    match thresholds {
        None if panel.value["type"] == "table" => String::new(),
        other => by_limits(other.unwrap_or(&panel.value["fieldConfig"]["defaults"]["thresholds"]), value),
    }
}

/// The colours that a panel had so far for a cluster.
fn colors(scene: &Scene, panel: &Panel, cluster: &str) -> BTreeSet<String> {
    let targets = panel.value["targets"].as_array().unwrap();
    let renamed = panel.value["transformations"].as_array().into_iter().flatten().find(|step| step["id"] == "organize");
    let name = |field: &str| renamed.map_or_else(String::new, |step| text(&step["options"]["renameByName"][field]));
    let mut colors = BTreeSet::new();
    for target in targets {
        for series in scene.so_far_of(&text(&target["expr"]), cluster, ".*") {
            let values = series.values.iter().copied();
            if panel.value["type"] == "table" {
                let id = format!("Value #{}", text(&target["refId"]));
                let field = name(if targets.len() > 1 { &id } else { "Value" });
                colors.extend(values.map(|value| color(panel, &field, value, &value.to_string())));
                colors.extend(series.labels.iter().map(|(label, shown)| color(panel, &name(label), f64::NAN, shown)));
            } else {
                let legend = text(&target["legendFormat"]);
                let labels = series.labels.iter();
                let field =
                    labels.fold(legend, |text, (label, value)| text.replace(&format!("{{{{{label}}}}}"), value));
                colors.extend(values.map(|value| color(panel, &field, value, "")));
            }
        }
    }
    colors
}

/// What was red or orange so far, in each panel and for each cluster.
fn seen(scene: &Scene, panels: &[Panel]) -> BTreeSet<Seen> {
    let mut seen = BTreeSet::new();
    for panel in panels {
        for scenario in SCENARIOS {
            // Matches what has no label `cluster`, too.
            let cluster = if is_nameless(scenario) { "" } else { scenario };
            let colors = colors(scene, panel, cluster);
            for severity in ["red", "orange"].into_iter().filter(|color| colors.contains(*color)) {
                seen.insert((panel.title.clone(), scenario.to_owned(), severity));
            }
        }
    }
    seen
}

/// Whether an alert of the panel fired for the cluster with the severity that the colour says, or worse.
fn fired(scene: &Scene, (title, scenario, color): &Seen) -> bool {
    let (_, alerts) = CLAIMS.iter().find(|(panel, _)| panel == title).unwrap();
    let cluster = if is_nameless(scenario) { "" } else { scenario };
    let severities = if *color == "red" { "critical" } else { "critical|warning" };
    let query = format!(
        "ALERTS{{alertname=~\"{alerts}\",alertstate=\"firing\",severity=~\"{severities}\",cluster=\"{cluster}\"}}"
    );
    !scene.so_far(&query).is_empty()
}

/// What the scenarios show in red, and in orange.
const RED: &[&str] = &[
    "Firing alerts",
    "Overdue in creation",
    "Overdue for a node",
    "Waiting for a branch ENI",
    "Nodes not ready",
    "Agents down",
    "Add-ons unsupported",
    "Free in lowest subnet",
    "The worst pods being created",
    "The worst pods without a node",
    "Nodes with branch ENIs",
    "Nodes that are not ready",
    "Nodes without an agent",
    "Versions against what is expected",
    "Free addresses",
];
const ORANGE: &[&str] = &["The oldest being created", "The oldest without a node", "Known issues", "Upgrade insights"];

#[test]
fn every_coloured_panel_says_by_which_alerts() {
    let colored: BTreeSet<_> =
        dashboards().iter().flat_map(panels).filter(is_colored).map(|panel| panel.title).collect();
    assert_eq!(colored, CLAIMS.iter().map(|(title, _)| (*title).to_owned()).collect());
}

#[test]
fn red_and_orange_are_only_where_an_alert_of_that_severity_fires() {
    let scene = Scene::of(&SCENARIOS, 2);
    let panels: Vec<_> = dashboards().iter().flat_map(panels).filter(is_colored).collect();
    let mut ever = BTreeSet::new();
    let never = |ever: &BTreeSet<Seen>| {
        let expected = RED.iter().map(|title| (title, "red")).chain(ORANGE.iter().map(|title| (title, "orange")));
        let unseen = expected.filter(|(title, color)| !ever.iter().any(|one| one.0 == **title && one.2 == *color));
        unseen.collect::<Vec<_>>()
    };
    while scene.started.elapsed() < LIMIT && !never(&ever).is_empty() {
        sleep(Duration::from_secs(5));
        ever = seen(&scene, &panels);
    }
    assert!(never(&ever).is_empty(), "never so: {:?}; what is: {ever:#?}", never(&ever));
    // Rules look once a second, and each sees what those before it recorded a second ago.
    let unfired = || ever.iter().filter(|one| !fired(&scene, one)).collect::<Vec<_>>();
    let end = scene.started.elapsed() + Duration::from_secs(15);
    while !unfired().is_empty() && scene.started.elapsed() < end {
        sleep(Duration::from_secs(1));
    }
    assert!(unfired().is_empty(), "coloured without an alert: {:#?}", unfired());
    // One of each trouble, or what was abandoned long ago, wakes nobody.
    let lone: BTreeSet<_> = ever.iter().filter(|(_, scenario, _)| scenario == LONE).collect();
    assert!(lone.iter().all(|(_, _, color)| *color == "orange"), "{lone:#?}");
    for title in [
        "Overdue in creation",
        "Overdue for a node",
        "Waiting for a branch ENI",
        "Nodes not ready",
        "Agents down",
        "The worst pods being created",
        "The worst pods without a node",
        "Nodes with branch ENIs",
        "Nodes that are not ready",
        "Nodes without an agent",
    ] {
        assert!(lone.iter().any(|(panel, ..)| panel == title), "{title} has no colour for one: {lone:#?}");
    }
}

/// The severity of each pod, as the limits have it in Rust: 0, 1 or 2.
fn expected(pod: &Series, all: &[Series], patience: fn(Cause) -> Patience) -> u8 {
    let cause = |pod: &Series| {
        let mut causes = Cause::CREATING.iter().chain(Cause::UNSCHEDULED);
        *causes.find(|cause| cause.as_str() == pod.labels["cause"]).unwrap()
    };
    let is_counted = |pod: &Series| pod.labels["owner_kind"] != "DaemonSet" || pod.labels.contains_key("node");
    let past = |pod: &Series, limit: Option<u32>| limit.is_some_and(|minutes| pod.values[0] >= f64::from(minutes * 60));
    let young = thresholds::POD_ABANDONED.as_secs_f64();
    let is_critical =
        |pod: &Series| is_counted(pod) && past(pod, patience(cause(pod)).critical) && pod.values[0] < young;
    let is_of_system = |pod: &Series| pod.labels["namespace"].starts_with(thresholds::SYSTEM_PREFIX);
    // These have alerts of their own.
    let alert = |pod: &Series| match cause(pod) {
        Cause::BranchEni if pod.labels.contains_key("node") => 1,
        Cause::NoNodes => 2,
        _ => 0,
    };
    let beside = all.iter().filter(|other| other.labels.get("cluster") == pod.labels.get("cluster"));
    let beside = beside.filter(|other| is_critical(other) && alert(other) == alert(pod));
    let (of_system, others): (Vec<&Series>, Vec<_>) = beside.partition(|other| is_of_system(other));
    let enough = if alert(pod) == 2 { 1 } else { thresholds::PODS_SEVERAL };
    // Pods of one DaemonSet or another on a single node are that node's trouble.
    let is_of_set = |pod: &Series| pod.labels["owner_kind"] == "DaemonSet";
    let of_sets = of_system.into_iter().filter(|other| is_of_set(other));
    let nodes: BTreeSet<_> = of_sets.map(|other| other.labels.get("node")).collect();
    let is_needed = is_of_system(pod) && (!is_of_set(pod) || nodes.len() >= thresholds::DAEMONSET_NODES);
    if is_critical(pod) && (is_needed || !is_of_system(pod) && others.len() >= enough) {
        2
    } else {
        u8::from(is_counted(pod) && past(pod, patience(cause(pod)).warning))
    }
}

/// Holds what the table of that title says of pods against [`expected`]; returns which severities there were.
fn severities(scene: &Scene, title: &str, patience: fn(Cause) -> Patience) -> BTreeSet<u8> {
    let panel = panels(&dashboards().remove(0)).into_iter().find(|panel| panel.title == title).unwrap();
    let [alert, age] = <[String; 2]>::try_from(queries(&panel)).unwrap().map(|query| filled(&query));
    // A limit may be passed between the two queries.
    let (before, alerts, after) =
        (scene.prometheus.query(&age), scene.prometheus.query(&alert), scene.prometheus.query(&age));
    let mut seen = BTreeSet::new();
    for pod in alerts {
        let of = |ages: &[Series]| {
            let of_pod = ages.iter().find(|age| age.labels == pod.labels)?;
            Some(expected(of_pod, ages, patience))
        };
        let (Some(before), Some(after)) = (of(&before), of(&after)) else { continue };
        if before == after {
            assert!((pod.values[0] - f64::from(before)).abs() < f64::EPSILON, "{pod:?}, not {before}");
            seen.insert(before);
        }
    }
    seen
}

#[test]
fn a_pod_in_a_table_is_what_the_limits_of_its_cause_make_of_it() {
    let scene = Scene::of(&["incident-1", "incident-3", "no-nodes", OURS, LONE], 2);
    let (mut creating, mut unscheduled) = (BTreeSet::new(), BTreeSet::new());
    while scene.started.elapsed() < LIMIT && (creating.len() < 3 || unscheduled.len() < 3) {
        sleep(Duration::from_millis(500));
        let patience = |cause| match cause {
            Cause::BranchEni => thresholds::BRANCH_ENI_PENDING,
            _ => thresholds::creating(cause),
        };
        creating.extend(severities(&scene, "The worst pods being created", patience));
        unscheduled.extend(severities(&scene, "The worst pods without a node", thresholds::unscheduled));
    }
    assert_eq!(creating, BTreeSet::from([0, 1, 2]), "being created");
    assert_eq!(unscheduled, BTreeSet::from([0, 1, 2]), "without a node");
}
