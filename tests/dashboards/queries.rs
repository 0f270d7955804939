//! Every query of every panel and variable, asked of a real Prometheus that scraped the exporter during incidents.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use eksporter::rules::{SHIPPED, groups};

use super::{
    files::{dashboards, panels, queries, text},
    scene::{ASKS_AWS, LIMIT, NO_CREDENTIALS, SCENARIOS, Scene, filled, filled_for},
    support::promql::rules::parsed,
};

#[test]
fn every_panel_has_an_answer_during_incidents_and_every_rule_names_what_is_exposed() {
    let scene = Scene::beside_one_that_asks_aws(&SCENARIOS);
    let mut open: Vec<(String, String)> = dashboards()
        .iter()
        .flat_map(panels)
        .flat_map(|panel| queries(&panel).into_iter().map(move |query| (panel.title.clone(), query)))
        .collect();
    let annotations = dashboards().into_iter().map(|dashboard| text(&dashboard["annotations"]["list"][0]["expr"]));
    open.extend(annotations.map(|query| ("annotations".to_owned(), query)));
    let asked = open.len();

    while scene.started.elapsed() < LIMIT && !open.is_empty() {
        std::thread::sleep(Duration::from_secs(2));
        open.retain(|(_, query)| {
            let answer = scene.so_far(query);
            !answer.iter().any(|series| series.values.iter().any(|value| !value.is_nan()))
        });
    }
    assert!(open.is_empty(), "{} of {asked} queries without an answer: {open:#?}", open.len());

    let mut unexposed = named_by_rules(&scene);
    loop {
        unexposed.retain(|(name, label)| scene.prometheus.label_values(name, label).is_empty());
        if unexposed.is_empty() || scene.started.elapsed() >= LIMIT {
            break;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(unexposed.is_empty(), "rules name what nobody exposed: {unexposed:#?}");
}

/// Series that the shipped rules name, with each label that they match.
fn named_by_rules(scene: &Scene) -> BTreeSet<(String, String)> {
    let mut named = BTreeSet::new();
    for (_, expr) in parsed(scene.prometheus.server(), &groups(SHIPPED).unwrap()) {
        let of_exporters = |name: &&str| name.starts_with("eks_") || name.starts_with("eksporter_");
        for (name, matchers) in expr.selectors().into_iter().filter(|(name, _)| of_exporters(name)) {
            let labels = matchers.iter().map(|matcher| matcher.name.clone());
            named.extend(labels.chain(["__name__".to_owned()]).map(|label| (name.to_owned(), label)));
        }
    }
    named
}

#[test]
fn variables_offer_what_there_is() {
    let scene = Scene::of(&["incident-1", "no-nodes"], 1);
    let dashboard = dashboards().remove(0);
    let mut offered = BTreeMap::new();
    for variable in dashboard["templating"]["list"].as_array().unwrap().iter().filter(|one| one["type"] == "query") {
        let query = text(&variable["query"]["query"]);
        let (selector, label) =
            query.strip_prefix("label_values(").unwrap().strip_suffix(')').unwrap().rsplit_once(", ").unwrap();
        let selector = filled(selector);
        let values = || scene.prometheus.label_values(&selector, label);
        while scene.started.elapsed() < LIMIT && values().len() < 2 {
            std::thread::sleep(Duration::from_millis(500));
        }
        offered.insert(text(&variable["name"]), values());
    }
    assert_eq!(offered["cluster"], ["incident-1", "no-nodes"]);
    assert!(offered["namespace"].contains(&"billing".to_owned()), "{offered:?}");
}

/// The queries of the panel of this title.
fn queries_of(title: &str) -> Vec<String> {
    let dashboard = dashboards().remove(0);
    queries(&panels(&dashboard).into_iter().find(|panel| panel.title == title).unwrap())
}

/// The present value of the panel's first query, summed up.
fn total(scene: &Scene, title: &str, cluster: &str, namespace: &str) -> f64 {
    let query = filled_for(&queries_of(title)[0], cluster, namespace);
    scene.prometheus.query(&query).iter().flat_map(|series| &series.values).sum()
}

#[test]
fn replicas_do_not_double_and_the_variables_choose() {
    let scene = Scene::of(&["incident-3"], 2);
    let series = || scene.so_far("eks_pod_container_creating_age_seconds").len();
    while scene.started.elapsed() < LIMIT && series() < 8 {
        std::thread::sleep(Duration::from_millis(500));
    }
    assert_eq!(series(), 8, "four pods, each told by two replicas");
    for (title, cluster, namespace, expected) in [
        ("Overdue in creation", ".*", ".*", 4.0),
        ("Overdue in creation", "incident-3", "payments", 4.0),
        ("Overdue in creation", "(incident-3|other)", "(other|payments)", 4.0),
        ("Overdue in creation", "incident-3", "other", 0.0),
        ("Overdue in creation", "other", ".*", 0.0),
        ("Nodes with overdue pods", ".*", "payments", 4.0),
        ("Nodes with overdue pods", ".*", "other", 0.0),
        ("Waiting for a branch ENI", ".*", ".*", 4.0),
    ] {
        let answers = scene.so_far_of(&queries_of(title)[0], cluster, namespace);
        let most = answers.iter().flat_map(|series| &series.values).fold(0.0_f64, |most, value| most.max(*value));
        assert!((most - expected).abs() < f64::EPSILON, "{title}, {cluster}, {namespace}: {most}, not {expected}");
    }
}

#[test]
fn what_is_not_known_is_not_zero_and_aws_without_credentials_is_no_loss() {
    let scene = Scene::of_exporters_without_a_cluster();
    let down = |cluster: &str, which: &str| {
        let query = format!("count(eksporter_collector_up{{cluster=\"{cluster}\"{which}}} == 0)");
        scene.prometheus.query(&query).iter().flat_map(|series| &series.values).sum::<f64>()
    };
    let of_aws = "cluster|nodegroups|addon_versions|insights|subnets|network_interfaces";
    let both = || [ASKS_AWS, NO_CREDENTIALS].map(|cluster| down(cluster, &format!(",collector=~\"{of_aws}\"")));
    while scene.started.elapsed() < LIMIT && both().iter().any(|down| *down < 1.0) {
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(both().iter().all(|down| *down >= 1.0), "collectors of AWS work: {:?}", both());
    for (cluster, counted) in [(ASKS_AWS, ""), (NO_CREDENTIALS, &format!(",collector!~\"{of_aws}\""))] {
        let (shown, expected) = (total(&scene, "Collectors down", cluster, ".*"), down(cluster, counted));
        assert!((shown - expected).abs() < f64::EPSILON && expected > 0.0, "{cluster}: {shown}, not {expected}");
    }
    for title in ["Waiting for a branch ENI", "Nodes not ready", "Agents down", "Add-ons unsupported"] {
        let query = filled_for(&queries_of(title)[0], ".+", ".*");
        assert!(scene.prometheus.query(&query).is_empty(), "{title} says something of clusters that nobody sees");
    }
}
