//! A simulated cluster with the exporter on it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser as _;
use eksporter::{
    config::{Cli, Config},
    demo::api::{ApiServer, Faults, NoFaults, Options, Store},
    exporter::Exporter,
    run::{Serving, watch_cluster},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Both, ended with the test.
pub struct Cluster {
    pub store: Arc<Store>,
    _server: ApiServer,
    serving: Serving,
}

impl Cluster {
    /// An exporter on a cluster that holds `objects` and has these faults.
    pub fn with(objects: Vec<Value>, faults: impl Faults, arguments: &[&str], patience: Duration) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let store = Store::new();
        for object in objects {
            store.apply(object).expect("stored");
        }
        let server = ApiServer::start_with(Arc::clone(&store), faults, Options::default()).expect("started");
        let typed = std::iter::once("eksporter").chain(arguments.iter().copied());
        let config = Config::new(Cli::parse_from(typed).serve).expect("good arguments");
        let mut settings = config.cluster.watch();
        settings.stale_after = patience;
        let kube = kube::Config::new(server.url().parse().expect("a URL"));
        let serving = watch_cluster(kube, &config.cluster, &settings).expect("started");
        Self { store, _server: server, serving }
    }

    /// With faults, and the usual settings.
    pub fn faulty(objects: Vec<Value>, faults: impl Faults) -> Self {
        Self::with(objects, faults, &[], Duration::from_mins(5))
    }

    /// Without faults.
    pub fn sound(objects: Vec<Value>) -> Self {
        Self::faulty(objects, NoFaults)
    }

    pub fn exporter(&self) -> &Arc<Exporter> {
        &self.serving.exporter
    }

    pub fn put(&self, object: Value) {
        self.store.apply(object).expect("stored");
    }

    /// The series of the page that begin so, once there are any that `good` accepts.
    pub async fn eventually(&self, start: &str, good: impl Fn(&[String]) -> bool) -> Vec<String> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let series = self.series(start);
            if good(&series) {
                return series;
            }
            assert!(Instant::now() < end, "{start}: {series:#?}\nof\n{}", self.exporter().page());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The series of the page that begin so.
    pub fn series(&self, start: &str) -> Vec<String> {
        self.exporter().page().lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
    }

    /// Waits until the pods named, and no others, are overdue.
    pub async fn overdue(&self, pods: &[&str]) {
        self.eventually("eks_pod_container_creating_age_seconds", |series| {
            let mut named: Vec<_> = series.iter().filter_map(|line| label(line, "pod")).collect();
            named.sort_unstable();
            named == pods
        })
        .await;
    }

    /// Waits until a counter has a value above zero, and tells it.
    pub async fn counted(&self, series: &str) -> u64 {
        let found = self.eventually(series, |found| found.iter().any(|line| !line.ends_with(" 0"))).await;
        value(&found[0])
    }
}

pub fn value(line: &str) -> u64 {
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}

pub fn label<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let start = line.find(&format!("{label}=\""))? + label.len() + 2;
    line[start..].split('"').next()
}

fn ago(seconds: i64) -> String {
    let at = Timestamp::now() - SignedDuration::from_secs(seconds);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A pod that has been stuck for ten minutes.
pub fn stuck(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": name, "namespace": "team", "creationTimestamp": ago(600) },
        "spec": { "nodeName": "node-a", "containers": [{ "name": "main" }] },
        "status": {
            "phase": "Pending",
            "conditions": [{ "type": "PodScheduled", "status": "True", "lastTransitionTime": ago(600) }],
            "containerStatuses": [{ "name": "main", "state": { "waiting": { "reason": "ContainerCreating" } } }],
        },
    })
}

/// The same pod, running.
pub fn running(name: &str) -> Value {
    let mut pod = stuck(name);
    pod["status"]["phase"] = "Running".into();
    pod["status"]["containerStatuses"][0]["state"] = json!({ "running": { "startedAt": ago(1) } });
    pod
}

/// A ready node.
pub fn node(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": { "name": name, "creationTimestamp": ago(86_400) },
        "spec": {},
        "status": {
            "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": ago(86_000) }],
            "nodeInfo": { "kubeletVersion": "v1.36.1" },
        },
    })
}

/// A node and two stuck pods.
pub fn two_stuck() -> Vec<Value> {
    vec![node("node-a"), stuck("one"), stuck("two")]
}
