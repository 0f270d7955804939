//! Prometheus and Alertmanager as child processes, and the little HTTP to ask them.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    control_plane::free_port,
    toolbox::{Tool, tool},
};

/// One of them, ended with the test.
pub struct Server {
    child: Child,
    /// What it was started with.
    command: Command,
    address: String,
    /// Its data, removed after it.
    directory: TempDir,
}

impl Server {
    /// Prometheus with this configuration.
    pub fn prometheus(config: &Path) -> Self {
        Self::start(Tool::Prometheus, config, |data| vec![format!("--storage.tsdb.path={data}")])
    }

    /// Alertmanager with this configuration, alone.
    pub fn alertmanager(config: &Path) -> Self {
        let arguments = |data: &str| vec![format!("--storage.path={data}"), "--cluster.listen-address=".to_owned()];
        Self::start(Tool::Alertmanager, config, arguments)
    }

    fn start(program: Tool, config: &Path, arguments: impl FnOnce(&str) -> Vec<String>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new(tool(program));
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=warn")
            .args(arguments(&directory.path().display().to_string()))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let child = command.spawn().expect("it starts");
        let server = Self { child, command, address, directory };
        server.until_ready();
        server
    }

    /// Ends it as kubelet does, and starts it anew on what it stored.
    pub fn restart(&mut self) {
        self.restart_after(|_| ());
    }

    /// The same, with what it stored changed in between.
    pub fn restart_after(&mut self, change: impl FnOnce(&Path)) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        self.child.wait().expect("a child of ours");
        change(self.directory.path());
        self.child = self.command.spawn().expect("it starts");
        self.until_ready();
    }

    fn until_ready(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.request("GET /-/ready", "", "").is_err() {
            assert!(Instant::now() < end, "{:?} does not become ready", self.command.get_program());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// `http://host:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it answers to a form.
    ///
    /// # Panics
    ///
    /// When it does not answer, or not with 200 and JSON.
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        self.json(&format!("POST {path}"), "application/x-www-form-urlencoded", &fields.join("&"))
    }

    /// What it answers to a document.
    ///
    /// # Panics
    ///
    /// When it does not answer with 200.
    pub fn post_json(&self, path: &str, document: &Value) {
        let what = format!("POST {path}");
        self.request(&what, "application/json", &document.to_string())
            .unwrap_or_else(|reason| panic!("{what} is refused: {reason}"));
    }

    /// What stands at a path.
    ///
    /// # Panics
    ///
    /// When it does not answer, or not with 200 and JSON.
    pub fn get(&self, path: &str) -> Value {
        self.json(&format!("GET {path}"), "", "")
    }

    fn json(&self, what: &str, content_type: &str, body: &str) -> Value {
        let answer = self
            .request(what, content_type, body)
            .unwrap_or_else(|reason| panic!("{what} is refused: {reason}: {body}"));
        serde_json::from_str(&answer).unwrap_or_else(|problem| panic!("{what}: {problem}: {answer}"))
    }

    /// The body of an answer of 200, else what is wrong. HTTP/1.0, so that the body comes in one piece.
    fn request(&self, what: &str, content_type: &str, body: &str) -> Result<String, String> {
        let answer = self.exchange(what, content_type, body).map_err(|problem| problem.to_string())?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("half an answer")?;
        if head.split(' ').nth(1) == Some("200") { Ok(body.to_owned()) } else { Err(body.to_owned()) }
    }

    fn exchange(&self, what: &str, content_type: &str, body: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let length = body.len();
        write!(stream, "{what} HTTP/1.0\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Text as it stands in a form or an address.
pub fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
