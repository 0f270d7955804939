//! The exporter at scale: a first sync of 100,000 pods on 5,000 nodes, and scrapes after it.
//!
//! Not a benchmark of functions but of the program: the real binary, a simulated API server in a process of its own
//! that sends real protobuf, and what the kernel says about processor time and memory. The simulator is not measured.
//!
//! `cargo bench --bench scale -- --pods 100000 --nodes 5000 --stuck 1000 --branch-eni-nodes 5000`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells its results on the terminal")]

mod client;
mod exporter;
mod options;
mod samples;
mod simulator;
mod template;
mod wire;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use exporter::Exporter;
use options::Options;

const SCRAPES: u32 = 20;

fn main() -> Result<()> {
    let options = Options::from_args(std::env::args().skip(1))?;
    if options.simulate { simulator::run(&options) } else { measure(&options) }
}

fn measure(options: &Options) -> Result<()> {
    let simulator = Simulator::start(options)?;
    let begun = Instant::now();
    let exporter = Exporter::start(simulator.port)?;
    exporter.wait_until_ready(Duration::from_mins(2))?;
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = exporter.cpu_ticks()?;
    let after_sync = exporter.memory("VmRSS")?;
    until_complete(&exporter, options)?;

    let micros = cpu.as_secs_f64() * 1e6 / f64::from(options.pods);
    let Options { pods, nodes, stuck, branch_eni_nodes, .. } = options;
    println!("cluster        {pods} pods ({stuck} stuck), {nodes} nodes ({branch_eni_nodes} with branch ENIs)");
    println!("first sync     {seconds:.2} s, {:.2} s CPU, {micros:.1} µs CPU a pod", cpu.as_secs_f64());
    // The allocator gives back what the sync needed after a second or so.
    std::thread::sleep(Duration::from_secs(3));
    println!(
        "resident       {:.1} MiB at sync, {:.1} MiB 3 s later, {:.1} MiB peak",
        after_sync,
        exporter.memory("VmRSS")?,
        exporter.memory("VmHWM")?
    );
    for gzip in [false, true] {
        scrapes(&exporter, gzip)?;
    }
    println!("resident       {:.1} MiB after the scrapes", exporter.memory("VmRSS")?);
    Ok(())
}

fn scrapes(exporter: &Exporter, gzip: bool) -> Result<()> {
    let before = exporter.cpu_exact()?;
    let mut pages = Vec::new();
    for _ in 0..SCRAPES {
        pages.push(exporter.scrape(gzip)?);
    }
    let cpu = exporter.cpu_exact()?.saturating_sub(before) / SCRAPES;
    let mut times: Vec<Duration> = pages.iter().map(|page| page.took).collect();
    times.sort_unstable();
    let last = pages.last().context("no scrape was made")?;
    let series = if gzip { String::new() } else { format!(", {} series", series(&last.text)) };
    println!(
        "{SCRAPES} scrapes {}  min {:.2} ms, median {:.2} ms, max {:.2} ms, CPU {:.2} ms each, {} bytes{series}",
        if gzip { "gzip " } else { "plain" },
        millis(times[0]),
        millis(times[times.len() / 2]),
        millis(times[times.len() - 1]),
        millis(cpu),
        last.bytes,
    );
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn series(text: &str) -> usize {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count()
}

/// Add-ons are not waited for by `/readyz`: they may come a moment later.
fn until_complete(exporter: &Exporter, options: &Options) -> Result<()> {
    let begun = Instant::now();
    loop {
        match check(&exporter.scrape(false)?.text, options) {
            Err(_) if begun.elapsed() < Duration::from_secs(10) => std::thread::sleep(Duration::from_millis(100)),
            checked => return checked,
        }
    }
}

/// A fast sync of something else would be worth nothing.
fn check(text: &str, options: &Options) -> Result<()> {
    let sum = |family: &str, label: &str| -> f64 {
        let start = format!("{family}{{");
        let lines = text.lines().filter(|line| line.starts_with(&start) && line.contains(label));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    };
    let found = [
        ("pods", sum("eksporter_cache_objects", "resource=\"pods\""), options.pods),
        ("nodes", sum("eksporter_cache_objects", "resource=\"nodes\""), options.nodes),
        ("overdue pods", sum("eks_pods_container_creating_overdue", ""), options.stuck),
        ("branch ENIs used", sum("eks_node_pod_eni_used", ""), 3 * options.branch_eni_nodes),
        ("branch ENIs of pods that ended", sum("eks_node_pod_eni_completed_pods", ""), options.branch_eni_nodes),
        ("pods of kube-proxy", sum("eks_addon_pods", "kube-proxy"), options.nodes),
        ("aws-node or kube-proxy missing", sum("eks_addon_node_not_ready_age_seconds", ""), 0),
    ];
    for (what, found, sent) in found {
        ensure!((found - f64::from(sent)).abs() < 0.5, "{found} {what} in the metrics, but {sent} were sent");
    }
    Ok(())
}

/// The simulator's process; it ends with its standard input.
struct Simulator {
    child: Child,
    port: u16,
}

impl Simulator {
    fn start(options: &Options) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--simulate")
            .args(["--pods", &options.pods.to_string(), "--nodes", &options.nodes.to_string()])
            .args(["--stuck", &options.stuck.to_string()])
            .args(["--branch-eni-nodes", &options.branch_eni_nodes.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the simulator")?;
        let stdout = child.stdout.take().context("the simulator's output")?;
        let mut simulator = Self { child, port: 0 };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        simulator.port = line.trim().parse().with_context(|| format!("the simulator said {line:?}"))?;
        Ok(simulator)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        exporter::end(&mut self.child);
    }
}
