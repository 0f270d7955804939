//! What stands behind a cluster: its exporters, Prometheus, Alertmanager, and who is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use tempfile::NamedTempFile;
use tokio::time::{Instant, sleep};

use crate::support::{
    alertmanager::Alertmanager,
    cluster::Cluster,
    control_plane::free_port,
    program::{self, Program},
    prometheus::{Prometheus, Target},
    receiver::{Notice, Receiver, Status},
};

/// How long anything may take that a test waits for. Seconds are usual; the rest is for a machine that compiles
/// something else at the time.
const PATIENCE: Duration = Duration::from_secs(90);

/// The label of the cluster, as a scrape configuration gives it.
pub const CLUSTER: &str = "blue";

/// Alerts end so many seconds after their cause, instead of five minutes; what a scrape missed is still bridged.
const ENDS_SOON: &str = "keep_firing_seconds=5";

/// All that a cluster is watched by.
pub struct Stage {
    pub prometheus: Prometheus,
    pub exporters: Vec<Exporter>,
    receiver: Receiver,
    _alertmanager: Alertmanager,
    _rules: NamedTempFile,
}

/// The program, which can be started anew in the same place.
pub struct Exporter {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    address: String,
    program: Program,
}

/// An exporter to be: of which cluster, under which name, and what its command line has besides.
pub struct Watched<'a> {
    pub cluster: &'a Cluster,
    pub name: &'a str,
    pub arguments: &'a [&'a str],
    pub environment: &'a [(&'a str, &'a str)],
}

impl<'a> Watched<'a> {
    /// Without AWS.
    pub fn new(cluster: &'a Cluster, name: &'a str) -> Self {
        Self { cluster, name, arguments: &["--aws=off"], environment: &[] }
    }
}

impl Stage {
    /// One exporter for the cluster, and rules with these values.
    pub async fn of(cluster: &Cluster, values: &[&str]) -> Self {
        Self::with(&[Watched::new(cluster, CLUSTER)], values).await
    }

    /// These exporters. All are ready when it returns, and nothing was put into their clusters by it.
    pub async fn with(watched: &[Watched<'_>], values: &[&str]) -> Self {
        let mut exporters = Vec::new();
        let mut targets = Vec::new();
        for watched in watched {
            let exporter = Exporter::of(watched).await;
            let labels = BTreeMap::from([("cluster".to_owned(), watched.name.to_owned())]);
            targets.push(Target { address: exporter.address.clone(), labels });
            exporters.push(exporter);
        }
        let values: Vec<&str> = std::iter::once(ENDS_SOON).chain(values.iter().copied()).collect();
        Self::telling(targets, exporters, &values).await
    }

    /// What these targets are watched by.
    pub async fn telling(targets: Vec<Target>, exporters: Vec<Exporter>, values: &[&str]) -> Self {
        let receiver = Receiver::start().await;
        let alertmanager = Alertmanager::start(&receiver.url);
        let rules = rules(values);
        let prometheus = Prometheus::telling(&targets, &[rules.path().to_owned()], &[alertmanager.address()]);
        Self { prometheus, exporters, receiver, _alertmanager: alertmanager, _rules: rules }
    }

    /// All that anybody was told so far.
    pub fn heard(&self) -> Vec<Notice> {
        self.receiver.heard()
    }

    /// Waits until the pager is told of an alert, and returns what it was told.
    ///
    /// # Panics
    ///
    /// When it is not, or its text lacks one of the words.
    pub async fn pages(&self, alert: &str, words: &[&str]) -> Notice {
        self.tells("pager", alert, words).await
    }

    /// The same for who reads warnings.
    pub async fn warns(&self, alert: &str, words: &[&str]) -> Notice {
        self.tells("chat", alert, words).await
    }

    async fn tells(&self, at: &str, alert: &str, words: &[&str]) -> Notice {
        let is_it = |notice: &Notice| notice.at == at && notice.status == Status::Firing && notice.alert() == alert;
        let carries = |notice: &Notice| words.iter().all(|word| notice.text().contains(word));
        let what = format!("{at} is told of {alert} with {words:?}");
        self.until(&what, |heard| heard.iter().rfind(|notice| is_it(notice) && carries(notice)).cloned()).await
    }

    /// Waits until the last that is told of an alert is that it is over.
    pub async fn is_over(&self, alert: &Notice) {
        let what = format!("{} is resolved at {}", alert.alert(), alert.at);
        let is_it = |notice: &Notice| notice.at == alert.at && notice.fingerprint == alert.fingerprint;
        self.until(&what, |heard| {
            let last = heard.iter().rfind(|notice| is_it(notice))?;
            (last.status == Status::Resolved).then_some(())
        })
        .await;
    }

    /// What the pager was told of: each beginning of an alert, by its name with the labels that tell it apart from others,
    /// and its cluster.
    pub fn paged(&self) -> Vec<(String, String)> {
        let (mut pages, mut firing) = (Vec::new(), BTreeSet::new());
        for notice in self.heard().into_iter().filter(|notice| notice.at == "pager") {
            if notice.status == Status::Resolved {
                firing.remove(&notice.fingerprint);
            } else if firing.insert(notice.fingerprint.clone()) {
                pages.push((told_apart(&notice), notice.label("cluster").to_owned()));
            }
        }
        pages.sort();
        pages
    }

    /// The pager was told of these alerts of the cluster, of each once, and of nothing else.
    ///
    /// # Panics
    ///
    /// When it is otherwise, with all that was told.
    pub fn paged_only(&self, alerts: &[&str]) {
        let expected: Vec<_> = alerts.iter().map(|alert| ((*alert).to_owned(), CLUSTER.to_owned())).collect();
        assert_eq!(self.paged(), expected, "{}", summary(&self.heard()));
    }

    /// Waits until the condition of what was told comes true.
    pub async fn until<T>(&self, what: &str, condition: impl Fn(&[Notice]) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let late = begun.elapsed() > PATIENCE;
            let heard = self.heard();
            if let Some(found) = condition(&heard) {
                return found;
            }
            assert!(!late, "not within {PATIENCE:?}: {what}; told was:\n{}\n{}", summary(&heard), self.alerts());
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// What Prometheus holds for alerts now.
    fn alerts(&self) -> String {
        let alerts = self.prometheus.query("ALERTS");
        alerts.iter().map(|series| format!("{:?}", series.labels)).collect::<Vec<_>>().join("\n")
    }

    /// Waits until a query has an answer.
    pub async fn answers(&self, query: &str) {
        let begun = Instant::now();
        while self.prometheus.query(query).is_empty() {
            assert!(begun.elapsed() < PATIENCE, "no answer within {PATIENCE:?}: {query}");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Exporter {
    async fn of(watched: &Watched<'_>) -> Self {
        let plane = &watched.cluster.plane;
        let kubeconfig = plane.kubeconfig(&watched.cluster.exporter_token().await);
        Self::start(&kubeconfig.to_string_lossy(), watched.arguments, watched.environment)
    }

    /// On a port that it keeps when it is started anew.
    pub fn start(kubeconfig: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let listen = format!("--web.listen-address={address}");
        let arguments: Vec<String> =
            ["serve", &listen].iter().chain(arguments).map(|&argument| argument.to_owned()).collect();
        let environment: Vec<(String, String)> = std::iter::once(&("KUBECONFIG", kubeconfig))
            .chain(environment)
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let program = run(&arguments, &environment);
        program::eventually(&address, "/readyz", |answer| answer.status == 200);
        Self { arguments, environment, address, program }
    }

    /// Where it serves.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it as kubelet does, and starts it anew. It returns when it is ready.
    pub fn restart(&mut self) {
        self.program.terminate();
        self.program.wait();
        self.program = run(&self.arguments, &self.environment);
        program::eventually(&self.address, "/readyz", |answer| answer.status == 200);
    }
}

fn run(arguments: &[String], environment: &[(String, String)]) -> Program {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut program = Program::start(&arguments, &environment);
    program.says("127.0.0.1:");
    program
}

/// The rules with these values, as a user gets them.
fn rules(values: &[&str]) -> NamedTempFile {
    let arguments: Vec<&str> =
        std::iter::once("rules").chain(values.iter().flat_map(|value| ["--set", value])).collect();
    let output = program::command(&arguments, &[]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = NamedTempFile::with_suffix(".yaml").expect("a file");
    fs::write(file.path(), output.stdout).expect("written");
    file
}

/// As `Name{label="value"}`, without what every page has.
fn told_apart(notice: &Notice) -> String {
    let labels = notice.labels.iter();
    let labels = labels.filter(|(label, _)| !["alertname", "cluster", "severity"].contains(&label.as_str()));
    let labels: Vec<_> = labels.map(|(label, value)| format!("{label}={value:?}")).collect();
    if labels.is_empty() { notice.alert().to_owned() } else { format!("{}{{{}}}", notice.alert(), labels.join(",")) }
}

/// A line for each of what was told.
pub fn summary(heard: &[Notice]) -> String {
    let line = |notice: &Notice| {
        let Notice { at, status, starts_at, .. } = notice;
        format!("{at} {status:?} since {starts_at}: {} {:?}\n    {}\n", notice.alert(), notice.labels, notice.text())
    };
    heard.iter().map(line).collect()
}
