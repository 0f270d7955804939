//! The real program as a child process, and the little HTTP that tests need to talk to it.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

/// A running `eksporter`, ended with the test.
pub struct Program {
    child: Child,
    output: Receiver<String>,
    seen: String,
}

impl Program {
    /// Starts it with these arguments, without any of our variables in its environment but `environment`.
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = command(arguments, environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (lines, output) = channel();
        for stream in [
            Box::new(child.stdout.take().expect("piped")) as Box<dyn std::io::Read + Send>,
            Box::new(child.stderr.take().expect("piped")),
        ] {
            let lines = lines.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if lines.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Self { child, output, seen: String::new() }
    }

    /// Waits for a line that holds `text`.
    pub fn says(&mut self, text: &str) -> String {
        self.says_within(Duration::from_secs(30), text)
    }

    /// The same, for what takes its time.
    pub fn says_within(&mut self, limit: Duration, text: &str) -> String {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.output.recv_timeout(left) else {
                panic!("no line with {text:?} in:\n{}", self.seen);
            };
            self.seen.push_str(&line);
            self.seen.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Everything that it has printed so far.
    pub fn said(&mut self) -> &str {
        while let Ok(line) = self.output.try_recv() {
            self.seen.push_str(&line);
            self.seen.push('\n');
        }
        &self.seen
    }

    /// The address in the line that says where metrics are.
    pub fn address(&mut self) -> String {
        let line = self.says("127.0.0.1:");
        let at = line.find("127.0.0.1:").expect("just seen");
        line[at..].split(['/', ' ', '"']).next().expect("an address").to_owned()
    }

    /// Sends SIGTERM, as kubelet does.
    pub fn terminate(&self) {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(status.success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("still running after 30 s; it said:\n{}", self.said());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, with a clean environment.
pub fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksporter"));
    command.args(arguments).stdin(Stdio::null());
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("EKSPORTER_")) {
        command.env_remove(name);
    }
    command.env_remove("KUBECONFIG").envs(environment.iter().copied());
    command
}

/// What a look of `eksporter check` came to: its exit status and what it printed.
pub fn check(kubeconfig: &std::path::Path, arguments: &[&str]) -> (i32, String) {
    let all: Vec<&str> = std::iter::once("check").chain(arguments.iter().copied()).collect();
    let output = command(&all, &[("KUBECONFIG", kubeconfig.to_str().expect("a path"))]).output().expect("it runs");
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code().expect("it ended"), String::from_utf8(printed).expect("text"))
}

/// A kubeconfig for the API server at `url`.
pub fn kubeconfig(url: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{{name: c, cluster: {{server: \"{url}\"}}}}]\n\
         contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{}}}}]\n"
    );
    std::fs::write(file.path(), text).expect("written");
    file
}

/// The address of an API server that is not there.
pub fn nowhere() -> String {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    format!("http://{closed}")
}

/// An answer to a [`request`].
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

/// GET over a connection of its own.
pub fn get(address: &str, path: &str, headers: &str) -> std::io::Result<Answer> {
    request(address, "GET", path, headers, "")
}

/// A request over a connection of its own.
pub fn request(address: &str, method: &str, path: &str, headers: &str, body: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    // moto reads its data at the first call, which takes seconds on a machine that compiles something else.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap_or(0);
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Ok(Answer { status, headers, body: answer.split_off(end + 4) })
}

/// Asks until the answer is as it should be.
pub fn eventually(address: &str, path: &str, mut good: impl FnMut(&Answer) -> bool) -> Answer {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = get(address, path, "");
        match answer {
            Ok(answer) if good(&answer) => return answer,
            answer if Instant::now() > end => panic!("{path} is never as it should be; last: {answer:?}"),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}
