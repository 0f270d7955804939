//! Every query of every panel and variable, asked of a real Prometheus that scraped the exporter during incidents.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use eksporter::{
    diagnose::Cause,
    report::thresholds::{self, Patience},
};

use super::{
    awaited::UNFED,
    files::{dashboards, panels, queries, text},
    support::{
        program::Program,
        prometheus::{Prometheus, Series, Target},
    },
};

/// What the scenarios that are shipped leave out.
const OURS: &str = "tests/dashboards/odds-and-ends.yaml";

/// Scenarios, each a cluster of its own.
const SCENARIOS: [&str; 7] = ["incident-1", "incident-2", "incident-3", "incident-8", "incident-12", "no-nodes", OURS];

/// So long after the start everything has been scraped several times; timelines go on for longer.
const LIMIT: Duration = Duration::from_secs(60);

/// A query as Grafana sends it, for all clusters and namespaces, with rates over so long.
pub fn filled_over(query: &str, rate_interval: &str) -> String {
    filled_for(query, ".*", ".*").replace("$__rate_interval", rate_interval)
}

/// With rates over four scrapes and one more, as Grafana reckons.
fn filled(query: &str) -> String {
    filled_over(query, "5s")
}

fn filled_for(query: &str, cluster: &str, namespace: &str) -> String {
    query.replace("$cluster", cluster).replace("$namespace", namespace)
}

/// Exporters that play, and the Prometheus that scrapes them.
struct Scene {
    prometheus: Prometheus,
    started: Instant,
    _demos: Vec<Program>,
}

impl Scene {
    /// Each scenario under its name as the cluster's, by that many replicas.
    fn of(scenarios: &[&str], replicas: usize) -> Self {
        let mut demos = Vec::new();
        let mut targets = Vec::new();
        for scenario in scenarios {
            let mut demo = Program::start(&["demo", "--scenario", scenario, "--web.listen-address=127.0.0.1:0"], &[]);
            let address = demo.address();
            for replica in 0..replicas {
                let mut labels = BTreeMap::from([("instance".to_owned(), format!("replica-{replica}"))]);
                if !is_nameless(scenario) {
                    labels.insert("cluster".to_owned(), (*scenario).to_owned());
                }
                targets.push(Target { address: address.clone(), labels });
            }
            demos.push(demo);
        }
        Self { prometheus: Prometheus::start(&targets, &rules()), started: Instant::now(), _demos: demos }
    }

    /// All that a query answered at any second since the start.
    fn so_far(&self, query: &str) -> Vec<Series> {
        let seconds = i64::try_from(self.started.elapsed().as_secs()).unwrap();
        self.prometheus.query_range(&filled(query), seconds + 1)
    }
}

/// Many a Prometheus has one cluster only and no label for it: so is that of our own file.
fn is_nameless(scenario: &str) -> bool {
    scenario == OURS
}

/// The alerts that are shipped.
fn rules() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("alerts/rules");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Whether something in the query is not to be had yet.
fn is_awaited(query: &str) -> bool {
    UNFED.iter().any(|name| query.contains(name))
}

#[test]
fn every_panel_has_an_answer_during_incidents() {
    let scene = Scene::of(&SCENARIOS, 1);
    let mut open: Vec<(String, String)> = dashboards()
        .iter()
        .flat_map(panels)
        .flat_map(|panel| queries(&panel).into_iter().map(move |query| (panel.title.clone(), query)))
        .collect();
    let annotations = dashboards().into_iter().map(|dashboard| text(&dashboard["annotations"]["list"][0]["expr"]));
    open.extend(annotations.map(|query| ("annotations".to_owned(), query)));
    let asked = open.len();

    // Those that cannot answer yet are asked, too: an error is no excuse.
    let mut awaited = Vec::new();
    while scene.started.elapsed() < LIMIT && !open.is_empty() {
        std::thread::sleep(Duration::from_secs(2));
        open.retain(|(title, query)| {
            let answer = scene.so_far(query);
            let has_values = answer.iter().any(|series| series.values.iter().any(|value| !value.is_nan()));
            if is_awaited(query) {
                assert!(!has_values, "{title} has an answer, so to be taken out of awaited.rs: {query}");
                awaited.push(query.clone());
                return false;
            }
            !has_values
        });
    }
    assert!(open.is_empty(), "{} of {asked} queries without an answer: {open:#?}", open.len());
    assert!(awaited.len() < asked / 2, "most queries were left out");
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
    let series = || scene.prometheus.query("eks_pod_container_creating_age_seconds").len();
    while scene.started.elapsed() < LIMIT && series() < 8 {
        std::thread::sleep(Duration::from_millis(500));
    }
    assert_eq!(series(), 8, "four pods, each told by two replicas");
    let overdue = |cluster, namespace| total(&scene, "Overdue in creation", cluster, namespace).round();
    for (cluster, namespace, expected) in [
        (".*", ".*", 4.0),
        ("incident-3", "payments", 4.0),
        ("(incident-3|other)", "(other|payments)", 4.0),
        ("incident-3", "other", 0.0),
        ("other", ".*", 0.0),
    ] {
        let seen: f64 = overdue(cluster, namespace);
        assert!((seen - expected).abs() < f64::EPSILON, "{cluster} {namespace}: {seen}, not {expected}");
    }
    let pending = total(&scene, "Pods waiting", ".*", ".*");
    assert!((pending - 4.0).abs() < f64::EPSILON, "{pending}");
}

/// Holds 0, 1 and 2 of the query, which the table shows as words, against the limits as Rust has them; returns which of
/// these there were.
fn worths(scene: &Scene, title: &str, causes: &[Cause], patience: fn(Cause) -> Patience) -> BTreeSet<u8> {
    let [worth, age] = <[String; 2]>::try_from(queries_of(title)).unwrap().map(|query| filled(&query));
    let (worth, ages) = (scene.prometheus.query(&worth), scene.prometheus.query(&age));
    let mut seen = BTreeSet::new();
    for pod in worth {
        // A scrape may come between the two queries.
        let Some(age) = ages.iter().find(|age| age.labels == pod.labels) else { continue };
        let cause = causes.iter().find(|cause| cause.as_str() == pod.labels["cause"]).unwrap();
        let past = |limit: Option<u32>| limit.is_some_and(|minutes| age.values[0] >= f64::from(minutes * 60));
        let Patience { warning, critical } = patience(*cause);
        let expected = u8::from(past(warning)) + u8::from(past(critical));
        assert!((pod.values[0] - f64::from(expected)).abs() < f64::EPSILON, "{age:?}, {pod:?}, not {expected}");
        seen.insert(expected);
    }
    seen
}

#[test]
fn a_pod_in_a_table_is_worth_what_the_limits_of_its_cause_say() {
    let scene = Scene::of(&["incident-3", "no-nodes", OURS], 2);
    let (mut creating, mut unscheduled) = (BTreeSet::new(), BTreeSet::new());
    while scene.started.elapsed() < LIMIT && (creating.len() < 3 || unscheduled.is_empty()) {
        std::thread::sleep(Duration::from_millis(500));
        let patience = |cause| match cause {
            Cause::BranchEni => thresholds::BRANCH_ENI_PENDING,
            _ => thresholds::creating(cause),
        };
        creating.extend(worths(&scene, "The worst pods being created", Cause::CREATING, patience));
        let title = "The worst pods without a node";
        unscheduled.extend(worths(&scene, title, Cause::UNSCHEDULED, thresholds::unscheduled));
    }
    assert_eq!(creating, BTreeSet::from([0, 1, 2]), "being created");
    assert!(unscheduled.contains(&2), "without a node: {unscheduled:?}");
}
