//! The exporter's process: started, waited for, measured, ended.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::client;

/// `sysconf(_SC_CLK_TCK)` is 100 on every Linux that we build for.
const TICKS_PER_SECOND: u64 = 100;

pub struct Exporter {
    child: Child,
    port: u16,
    _kubeconfig: tempfile::NamedTempFile,
}

/// What one scrape brought.
pub struct Page {
    pub took: Duration,
    pub bytes: usize,
    /// Empty when compressed.
    pub text: String,
}

impl Exporter {
    /// Starts the binary that cargo built with this bench.
    pub fn start(api_port: u16) -> Result<Self> {
        let kubeconfig = tempfile::NamedTempFile::new()?;
        fs::write(kubeconfig.path(), kubeconfig_for(api_port))?;
        // Free when asked for; nothing else on this machine is in a hurry to take it.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let child = Command::new(env!("CARGO_BIN_EXE_eksporter"))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .env("KUBECONFIG", kubeconfig.path())
            .stdin(Stdio::null())
            .spawn()
            .context("starting the exporter")?;
        Ok(Self { child, port, _kubeconfig: kubeconfig })
    }

    pub fn wait_until_ready(&self, at_most: Duration) -> Result<()> {
        let begun = Instant::now();
        let mut last = String::from("it did not listen");
        while begun.elapsed() < at_most {
            match client::get(self.port, "/readyz", false) {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) => last = String::from_utf8_lossy(&answer.body).into_owned(),
                // Nobody listens yet.
                Err(_) => self.check_alive()?,
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("not ready after {} s: {last}", at_most.as_secs())
    }

    fn check_alive(&self) -> Result<()> {
        let stat = self.proc("stat")?;
        ensure!(!stat.contains(") Z "), "the exporter has ended");
        Ok(())
    }

    pub fn scrape(&self, gzip: bool) -> Result<Page> {
        let begun = Instant::now();
        let answer = client::get(self.port, "/metrics", gzip)?;
        let took = begun.elapsed();
        ensure!(answer.status == 200, "/metrics answered {}", answer.status);
        let bytes = answer.body.len();
        let text = if gzip { String::new() } else { String::from_utf8(answer.body)? };
        Ok(Page { took, bytes, text })
    }

    /// User and system time since the process began, in steps of 10 ms.
    pub fn cpu_ticks(&self) -> Result<Duration> {
        let stat = self.proc("stat")?;
        // The name in brackets may hold spaces: utime and stime are the 12th and 13th field after it.
        let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat")?;
        let times = fields.split_ascii_whitespace().skip(11).take(2).map(str::parse::<u64>);
        let ticks = times.sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
    }

    /// Run time of the threads that are there, to the nanosecond: for differences too small for ticks.
    pub fn cpu_exact(&self) -> Result<Duration> {
        let mut nanos = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else { return self.cpu_ticks() };
            nanos += stat.split_ascii_whitespace().next().context("/proc/PID/task/TID/schedstat")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// `VmRSS` or `VmHWM`, in MiB.
    pub fn memory(&self, name: &str) -> Result<f64> {
        let status = self.proc("status")?;
        let line = status.lines().find(|line| line.starts_with(name)).context("/proc/PID/status")?;
        let kib = line.split_ascii_whitespace().nth(1).context("/proc/PID/status")?;
        Ok(kib.parse::<f64>()? / 1_024.0)
    }

    fn proc(&self, file: &str) -> Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?)
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends a child of ours; one that has ended already is fine.
pub fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn kubeconfig_for(port: u16) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: bench\n\
         clusters: [{{ name: bench, cluster: {{ server: \"http://127.0.0.1:{port}\" }} }}]\n\
         users: [{{ name: bench, user: {{}} }}]\n\
         contexts: [{{ name: bench, context: {{ cluster: bench, user: bench }} }}]\n"
    )
}
