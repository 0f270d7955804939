//! Exporters that play scenarios, and a real Prometheus that scrapes them and has the rules.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::support::{
    moto::Moto,
    program::{Program, kubeconfig, nowhere},
    prometheus::{Prometheus, Series, Target},
};

/// What the scenarios that are shipped leave out.
pub const OURS: &str = "tests/dashboards/odds-and-ends.yaml";

/// One of each trouble: nothing in it wakes anybody.
pub const LONE: &str = "tests/dashboards/lone.yaml";

/// Scenarios, each a cluster of its own.
pub const SCENARIOS: [&str; 8] =
    ["incident-1", "incident-2", "incident-3", "incident-8", "incident-12", "no-nodes", OURS, LONE];

/// So long after the start everything has been scraped several times; timelines go on for longer.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A query as Grafana sends it, for all clusters and namespaces, with rates over so long.
pub fn filled_over(query: &str, rate_interval: &str) -> String {
    filled_for(query, ".*", ".*").replace("$__rate_interval", rate_interval)
}

/// Over four scrapes and one more, as Grafana reckons.
const RATE_INTERVAL: &str = "5s";

pub fn filled(query: &str) -> String {
    filled_over(query, RATE_INTERVAL)
}

pub fn filled_for(query: &str, cluster: &str, namespace: &str) -> String {
    query.replace("$cluster", cluster).replace("$namespace", namespace)
}

/// Exporters that play, and the Prometheus that scrapes them.
pub struct Scene {
    pub prometheus: Prometheus,
    pub started: Instant,
    _exporters: Vec<Program>,
    _aws: Option<Moto>,
}

impl Scene {
    /// Each scenario under its name as the cluster's, by that many replicas.
    pub fn of(scenarios: &[&str], replicas: usize) -> Self {
        let (demos, targets) = demos(scenarios, replicas);
        Self {
            prometheus: Prometheus::start(&targets, &rules()),
            started: Instant::now(),
            _exporters: demos,
            _aws: None,
        }
    }

    /// The same, beside an exporter that asks AWS: the AWS of scenarios is simulated behind the clients that count what
    /// they ask.
    pub fn beside_one_that_asks_aws(scenarios: &[&str]) -> Self {
        let (mut exporters, mut targets) = demos(scenarios, 1);
        let aws = Moto::start();
        let (exporter, target) = without_a_cluster(ASKS_AWS, &credentials(&aws.url()));
        exporters.push(exporter);
        targets.push(target);
        let prometheus = Prometheus::start(&targets, &rules());
        Self { prometheus, started: Instant::now(), _exporters: exporters, _aws: Some(aws) }
    }

    /// Two whose API server is not there. One asks AWS, which is not there either; the other has nothing to ask it with.
    pub fn of_exporters_without_a_cluster() -> Self {
        let (asks, of_one) = without_a_cluster(ASKS_AWS, &credentials(&nowhere()));
        let nothing = [
            ("AWS_REGION", "eu-central-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/nowhere"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"),
        ];
        let (asks_not, of_other) = without_a_cluster(NO_CREDENTIALS, &nothing);
        let prometheus = Prometheus::start(&[of_one, of_other], &rules());
        Self { prometheus, started: Instant::now(), _exporters: vec![asks, asks_not], _aws: None }
    }

    /// All that a query answered at any second since the start.
    pub fn so_far(&self, query: &str) -> Vec<Series> {
        self.so_far_of(query, ".*", ".*")
    }

    /// The same, for these clusters and namespaces. Timelines go on while a slow machine asks, so tests look back.
    pub fn so_far_of(&self, query: &str, cluster: &str, namespace: &str) -> Vec<Series> {
        let seconds = i64::try_from(self.started.elapsed().as_secs()).unwrap();
        let query = filled_for(query, cluster, namespace).replace("$__rate_interval", RATE_INTERVAL);
        self.prometheus.query_range(&query, seconds + 1)
    }
}

/// Clusters of exporters that see none.
pub const ASKS_AWS: &str = "asks-aws";
pub const NO_CREDENTIALS: &str = "no-credentials";

fn credentials(url: &str) -> [(&str, &str); 4] {
    [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]
}

/// An exporter whose API server is not there.
fn without_a_cluster(name: &str, environment: &[(&str, &str)]) -> (Program, Target) {
    let kubeconfig = kubeconfig(&nowhere());
    let environment: Vec<_> =
        environment.iter().copied().chain([("KUBECONFIG", kubeconfig.path().to_str().unwrap())]).collect();
    let mut exporter = Program::start(
        &["serve", "--web.listen-address=127.0.0.1:0", "--cluster-name=blue", "--aws-skip-issuer-check"],
        &environment,
    );
    let address = exporter.address();
    (exporter, target(address, name, 0))
}

fn demos(scenarios: &[&str], replicas: usize) -> (Vec<Program>, Vec<Target>) {
    let (mut demos, mut targets) = (Vec::new(), Vec::new());
    for scenario in scenarios {
        let mut demo = Program::start(&["demo", "--scenario", scenario, "--web.listen-address=127.0.0.1:0"], &[]);
        let address = demo.address();
        targets.extend((0..replicas).map(|replica| target(address.clone(), scenario, replica)));
        demos.push(demo);
    }
    (demos, targets)
}

fn target(address: String, scenario: &str, replica: usize) -> Target {
    let mut labels = BTreeMap::from([("instance".to_owned(), format!("replica-{replica}"))]);
    if !is_nameless(scenario) {
        labels.insert("cluster".to_owned(), scenario.to_owned());
    }
    Target { address, labels }
}

/// Many a Prometheus has one cluster only and no label for it: so is that of our own file.
pub fn is_nameless(scenario: &str) -> bool {
    scenario == OURS
}

/// The alerts that are shipped.
fn rules() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("alerts/rules");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
