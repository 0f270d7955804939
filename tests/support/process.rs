//! The exporter as a process of its own, as users run it.

use std::{
    fs::File,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
    time::timeout,
};

use super::{
    control_plane::free_port,
    page::Page,
    watching::{PATIENCE, eventually},
};

/// How long the process may take to end when it is asked to.
const END_LIMIT: Duration = Duration::from_secs(30);

/// `eksporter serve`.
pub struct Process {
    child: Child,
    port: u16,
}

impl Process {
    /// Starts it on a port of its own, with that kubeconfig. What it says is kept beside that, where the control plane
    /// has its own logs.
    pub fn start(kubeconfig: &Path, args: &[&str]) -> Self {
        let port = free_port();
        let log = File::create(kubeconfig.with_extension("log")).expect("a log beside the kubeconfig");
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksporter"));
        // What is set for the tests is not meant for it.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("EKSPORTER_")) {
            command.env_remove(name);
        }
        let child = command
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .args(args)
            .env("KUBECONFIG", kubeconfig)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle of the log"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the exporter starts");
        Self { child, port }
    }

    /// Status code and body of a path; `None` while nobody listens.
    pub async fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        // Of HTTP/1.0 the answer ends with the connection and comes in one piece.
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.ok()?;
        let mut answer = String::new();
        timeout(END_LIMIT, stream.read_to_string(&mut answer)).await.ok()?.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// What `/metrics` says now; an empty page while nobody listens.
    pub async fn page(&self) -> Page {
        let answer = self.get("/metrics").await;
        Page::parse(&answer.filter(|(status, _)| *status == 200).map(|(_, body)| body).unwrap_or_default())
    }

    /// Waits until the page says so, and returns it.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub async fn shows(&self, what: &str, condition: impl Fn(&Page) -> bool) -> Page {
        eventually(PATIENCE, what, async || self.page().await, condition, String::new).await
    }

    /// Asks it to end as the kubelet does, and says how it did.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub async fn terminate(mut self) -> ExitStatus {
        let pid = self.child.id().expect("it has not ended").to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await.expect("there is `kill`");
        assert!(sent.success(), "the signal is sent");
        timeout(END_LIMIT, self.child.wait()).await.expect("it ends").expect("its end can be waited for")
    }
}
