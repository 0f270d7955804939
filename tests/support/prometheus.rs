//! A real Prometheus on loopback that scrapes each second, and the questions that tests ask it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::toolbox::{Tool, tool};

/// An exporter to scrape.
pub struct Target {
    /// `host:port`.
    pub address: String,
    /// Labels that the scrape configuration gives its series.
    pub labels: BTreeMap<String, String>,
}

/// How Prometheus is to be started.
#[derive(Default)]
pub struct Settings {
    pub targets: Vec<Target>,
    /// Files of rules, evaluated each second.
    pub rules: Vec<PathBuf>,
    /// `host:port` of an Alertmanager that is told of alerts.
    pub alertmanager: Option<String>,
}

/// A running Prometheus, ended with the test.
pub struct Prometheus {
    child: Child,
    address: String,
    /// Its configuration and its data.
    files: tempfile::TempDir,
}

/// A series of an answer, and its values in order of time.
#[derive(Clone, Debug)]
pub struct Series {
    pub labels: BTreeMap<String, String>,
    pub values: Vec<f64>,
}

impl Prometheus {
    /// Starts it. Blocks; the first time on a machine it is built.
    pub fn start(settings: &Settings) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        fs::write(files.path().join("prometheus.json"), configuration(settings).to_string()).expect("written");
        let (child, address) = run(files.path());
        let prometheus = Self { child, address, files };
        prometheus.until_ready();
        prometheus
    }

    /// Ends it as kubelet does, and starts it anew on what it stored, perhaps at another address.
    pub fn restart(&mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        self.child.wait().expect("a child of ours");
        (self.child, self.address) = run(self.files.path());
        self.until_ready();
    }

    /// What a query answers now.
    ///
    /// # Errors
    /// What Prometheus says is wrong with it.
    pub fn query(&self, query: &str) -> Result<Vec<Series>, String> {
        let data = self.ask("/api/v1/query", &[("query", query)])?;
        Ok(series(&data["result"]))
    }

    /// What a query answered at each second of the last `seconds`.
    ///
    /// # Errors
    /// What Prometheus says is wrong with it.
    pub fn query_range(&self, query: &str, seconds: i64) -> Result<Vec<Series>, String> {
        let now = jiff::Timestamp::now().as_second();
        let (start, end) = ((now - seconds).to_string(), now.to_string());
        let data =
            self.ask("/api/v1/query_range", &[("query", query), ("start", &start), ("end", &end), ("step", "1")])?;
        Ok(series(&data["result"]))
    }

    /// The values of a label that the series of a selector have.
    ///
    /// # Errors
    /// What Prometheus says is wrong with it.
    pub fn label_values(&self, selector: &str, label: &str) -> Result<Vec<String>, String> {
        let data = self.ask(&format!("/api/v1/label/{label}/values?match[]={}", encoded(selector)), &[])?;
        serde_json::from_value(data).map_err(|error| error.to_string())
    }

    /// The syntax tree of a query (prometheus/prometheus, `web/api/v1/translate_ast.go`).
    ///
    /// # Errors
    /// What Prometheus says is wrong with it.
    pub fn parse(&self, query: &str) -> Result<Value, String> {
        self.ask("/api/v1/parse_query", &[("query", query)])
    }

    fn until_ready(&self) {
        let end = Instant::now() + Duration::from_secs(30);
        while request(&self.address, "GET", "/-/ready", "").is_none_or(|(status, _)| status != 200) {
            assert!(Instant::now() < end, "prometheus is not ready after 30 s");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The data of an answer; a form is posted, no form is a GET.
    fn ask(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, String> {
        let body = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
        let method = if form.is_empty() { "GET" } else { "POST" };
        let (_, answer) = request(&self.address, method, path, &body).ok_or("prometheus does not answer")?;
        let mut answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        if answer["status"] == "success" { Ok(answer["data"].take()) } else { Err(answer["error"].to_string()) }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it on the configuration and the data in a folder; returns where it listens.
fn run(files: &Path) -> (Child, String) {
    let mut child = Command::new(tool(Tool::Prometheus))
        .arg(format!("--config.file={}", files.join("prometheus.json").display()))
        .arg(format!("--storage.tsdb.path={}", files.join("data").display()))
        .args(["--web.listen-address=127.0.0.1:0", "--log.level=info"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("prometheus starts");
    let mut log = BufReader::new(child.stderr.take().expect("piped"));
    let address = listening(&mut log);
    // Read on, so that it never waits for somebody to.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    (child, address)
}

fn configuration(settings: &Settings) -> Value {
    let targets: Vec<Value> =
        settings.targets.iter().map(|target| json!({"targets": [target.address], "labels": target.labels})).collect();
    let alertmanagers: Vec<Value> =
        settings.alertmanager.iter().map(|address| json!({"static_configs": [{"targets": [address]}]})).collect();
    json!({
        "alerting": {"alertmanagers": alertmanagers},
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": settings.rules,
        "scrape_configs": [{"job_name": "eksporter", "honor_labels": true, "static_configs": targets}],
    })
}

/// The address, from the line that says it.
fn listening(log: &mut impl std::io::BufRead) -> String {
    let mut said = String::new();
    for line in log.by_ref().lines().map_while(Result::ok) {
        if let Some((_, address)) =
            line.split_once("msg=\"Listening on\"").and_then(|(_, rest)| rest.split_once("address="))
        {
            return address.split(' ').next().unwrap_or_default().to_owned();
        }
        said.push_str(&line);
        said.push('\n');
    }
    panic!("prometheus ended:\n{said}");
}

/// HTTP/1.0, so that answers come in one piece and end with the connection.
fn request(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let status = std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()?;
    Some((status, answer.split_off(end + 4)))
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn series(result: &Value) -> Vec<Series> {
    let number = |sample: &Value| sample[1].as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
    let one = |series: &Value| Series {
        labels: serde_json::from_value(series["metric"].clone()).expect("labels are text"),
        values: match series["values"].as_array() {
            Some(samples) => samples.iter().map(number).collect(),
            None => vec![number(&series["value"])],
        },
    };
    result.as_array().into_iter().flatten().map(one).collect()
}
