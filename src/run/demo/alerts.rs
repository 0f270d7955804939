//! `demo --alerts`: a Prometheus scrapes the demo with the shipped rules, and what fires is told.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use tokio::time;

use super::{INDENT, clock, wrap};
use crate::{
    report::printable,
    rules::{Override, SHIPPED, Values, form, groups},
};

/// How often Prometheus is asked what fires.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Alerts go on for so long after their end; in production it is minutes.
const KEEP_FIRING: &str = "keep_firing_seconds=5";

/// A Prometheus, ended with the demo.
pub(super) struct Prometheus {
    process: Child,
    folder: PathBuf,
    client: kube::Client,
    firing: BTreeMap<BTreeMap<String, String>, String>,
}

/// An alert, as `/api/v1/alerts` has it.
#[derive(Debug, Deserialize)]
struct Alert {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    state: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    data: Alerts,
}

#[derive(Debug, Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

impl Prometheus {
    /// Starts it, to scrape each second what the demo serves at that address and path.
    ///
    /// # Errors
    /// When there is none, with how to get one, or when it cannot be started.
    pub fn start(program: &Path, target: SocketAddr, metrics_path: &str) -> anyhow::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr())?;
        let folder = std::env::temp_dir().join(format!("eksporter-demo-{}-{}", std::process::id(), address.port()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let process = write_files(&folder, target, metrics_path).and_then(|()| spawn(program, &folder, address));
        let process = process.inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
        let client = kube::Client::try_from(kube::Config::new(format!("http://{address}").parse()?))?;
        Ok(Self { process, folder, client, firing: BTreeMap::new() })
    }

    /// Tells of each alert that begins or ends. Comes back only when Prometheus has ended.
    pub async fn tell(&mut self) {
        loop {
            time::sleep(ASK_EVERY).await;
            match self.process.try_wait() {
                Ok(None) => {}
                ended => {
                    tracing::error!(?ended, "Prometheus has ended; no alerts are told any more");
                    return;
                }
            }
            // It answers once it has started.
            if let Ok(alerts) = self.ask().await {
                self.tell_news(alerts);
            }
        }
    }

    async fn ask(&self) -> anyhow::Result<Vec<Alert>> {
        let request = http::Request::get("/api/v1/alerts").body(Vec::new())?;
        let answer: Answer = self.client.request(request).await?;
        Ok(answer.data.alerts)
    }

    fn tell_news(&mut self, alerts: Vec<Alert>) {
        let told: Vec<_> = alerts.into_iter().filter(Alert::is_told).collect();
        let now = clock(Timestamp::now());
        for alert in told.iter().filter(|alert| !self.firing.contains_key(&alert.labels)) {
            println!("\n{now}  An alert fires: {}", alert.words());
        }
        let now_firing: BTreeMap<_, _> = told.into_iter().map(|alert| (alert.labels.clone(), alert.name())).collect();
        for name in self.firing.iter().filter(|(labels, _)| !now_firing.contains_key(*labels)).map(|(_, name)| name) {
            println!("\n{now}  An alert is over: {}", printable(name));
        }
        self.firing = now_firing;
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Alert {
    /// What somebody would be told; `none` is routed nowhere.
    fn is_told(&self) -> bool {
        self.state == "firing" && self.labels.get("severity").is_some_and(|severity| severity != "none")
    }

    /// `critical EksNodesLost`.
    fn name(&self) -> String {
        let label = |name| self.labels.get(name).map(String::as_str).unwrap_or_default();
        format!("{} {}", label("severity"), label("alertname"))
    }

    fn words(&self) -> String {
        let mut out = printable(&self.name());
        for text in ["summary", "description", "runbook_url"].into_iter().filter_map(|name| self.annotations.get(name))
        {
            out += INDENT;
            out += &wrap(&printable(text));
        }
        out
    }
}

fn write_files(folder: &Path, target: SocketAddr, metrics_path: &str) -> anyhow::Result<()> {
    let faster = [KEEP_FIRING.parse::<Override>()?];
    fs::write(folder.join("rules.yaml"), form::rules(&groups(SHIPPED)?, &Values::with(&faster)))?;
    // JSON is YAML.
    let config = json!({
        "global": { "scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s" },
        "rule_files": ["rules.yaml"],
        "scrape_configs": [{
            "job_name": "eksporter", "honor_labels": true, "metrics_path": metrics_path,
            "static_configs": [{ "targets": [target.to_string()] }],
        }],
    });
    fs::write(folder.join("prometheus.yaml"), config.to_string())?;
    Ok(())
}

fn spawn(program: &Path, folder: &Path, address: SocketAddr) -> anyhow::Result<Child> {
    let started = Command::new(program)
        .arg(format!("--config.file={}", folder.join("prometheus.yaml").display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address={address}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Ok(process) => Ok(process),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "--alerts takes Prometheus, and there is no {}: get it from https://prometheus.io/download or your \
             distribution, and put it on the PATH or name it with --prometheus PATH",
            program.display()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot start {}", program.display())),
    }
}
