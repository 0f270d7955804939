//! A real Prometheus that scrapes each second, and the questions that tests ask it.

use std::{collections::BTreeMap, fs, io::Write as _, path::PathBuf, process::Command};

use serde_json::{Value, json};
use tempfile::{NamedTempFile, TempDir};

use super::{
    monitoring::{Server, percent},
    toolbox::{Tool, tool},
};

/// An exporter to scrape.
pub struct Target {
    /// `host:port`.
    pub address: String,
    /// Labels that the scrape configuration gives its series.
    pub labels: BTreeMap<String, String>,
}

/// A running Prometheus, ended with the test.
pub struct Prometheus {
    server: Server,
    _configuration: TempDir,
}

/// A series of an answer, and its values in order of time.
#[derive(Clone, Debug)]
pub struct Series {
    pub labels: BTreeMap<String, String>,
    pub values: Vec<f64>,
}

impl Prometheus {
    /// One that scrapes these and evaluates the rules of these files, both each second.
    pub fn start(targets: &[Target], rules: &[PathBuf]) -> Self {
        Self::telling(targets, rules, &[])
    }

    /// The same, and it tells these Alertmanagers (`host:port`) of alerts.
    pub fn telling(targets: &[Target], rules: &[PathBuf], alertmanagers: &[String]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("prometheus.json"); // which is YAML, too
        fs::write(&path, configuration(targets, rules, alertmanagers).to_string()).expect("written");
        Self { server: Server::prometheus(&path), _configuration: directory }
    }

    /// The process.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Ends it, and starts it anew on what it stored.
    pub fn restart(&mut self) {
        self.server.restart();
    }

    /// Gives it a past: samples as `OpenMetrics` has them, each with its time, none of the last minute.
    ///
    /// # Panics
    ///
    /// When promtool cannot read them.
    pub fn remember(&mut self, past: &str) {
        self.server.restart_after(|data| {
            let mut samples = NamedTempFile::new().expect("a file");
            samples.write_all(past.as_bytes()).expect("written");
            let mut promtool = Command::new(tool(Tool::Promtool));
            promtool.args(["tsdb", "create-blocks-from", "openmetrics"]).arg(samples.path()).arg(data);
            let output = promtool.output().expect("promtool runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        });
    }

    /// What a query answers now.
    ///
    /// # Panics
    ///
    /// When Prometheus refuses it, with the reason.
    pub fn query(&self, query: &str) -> Vec<Series> {
        series(&self.server.post_form("/api/v1/query", &[("query", query)]))
    }

    /// What a query answered at each second of the last `seconds`.
    ///
    /// # Panics
    ///
    /// When Prometheus refuses it, with the reason.
    pub fn query_range(&self, query: &str, seconds: i64) -> Vec<Series> {
        let now = jiff::Timestamp::now().as_second();
        let (start, end) = ((now - seconds).to_string(), now.to_string());
        let form = [("query", query), ("start", &start), ("end", &end), ("step", "1")];
        series(&self.server.post_form("/api/v1/query_range", &form))
    }

    /// The values of a label that the series of a selector have.
    pub fn label_values(&self, selector: &str, label: &str) -> Vec<String> {
        let answer = self.server.get(&format!("/api/v1/label/{label}/values?match[]={}", percent(selector)));
        serde_json::from_value(answer["data"].clone()).expect("values are text")
    }
}

fn configuration(targets: &[Target], rules: &[PathBuf], alertmanagers: &[String]) -> Value {
    let targets: Vec<Value> =
        targets.iter().map(|target| json!({"targets": [target.address], "labels": target.labels})).collect();
    json!({
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": alertmanagers}]}]},
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": rules,
        "scrape_configs": [{"job_name": "eksporter", "honor_labels": true, "static_configs": targets}],
    })
}

fn series(answer: &Value) -> Vec<Series> {
    let number = |sample: &Value| sample[1].as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
    let one = |series: &Value| Series {
        labels: serde_json::from_value(series["metric"].clone()).expect("labels are text"),
        values: match series["values"].as_array() {
            Some(samples) => samples.iter().map(number).collect(),
            None => vec![number(&series["value"])],
        },
    };
    answer["data"]["result"].as_array().into_iter().flatten().map(one).collect()
}
