//! The API server of the bench: protobuf watches of a synthetic cluster over plain HTTP/1.1, a thread a connection.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;

use super::{
    options::Options,
    samples::{self, PARTS, Part},
    template::{Fill, Template},
};

const NAMESPACES: u32 = 200;
const POOLS: u32 = 20;
const PODS_PER_OWNER: u32 = 10;
/// Bytes that are gathered before they are written.
const WRITE: usize = 256 * 1_024;
/// Version of the initial lists.
const VERSION: u32 = 1_000_000_000;
const BOOKMARKS: Duration = Duration::from_secs(10);

struct Cluster {
    pods: u32,
    nodes: u32,
    stuck: u32,
    branch_eni_nodes: u32,
    now: u64,
    parts: Vec<(Part, Template)>,
    running: Template,
    creating: Template,
    node: Template,
    node_with_branch_enis: Template,
    daemon_sets: Vec<Template>,
    events: Vec<Template>,
}

/// Listens, prints the port, and serves until standard input ends.
pub fn run(options: &Options) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let cluster = Arc::new(Cluster {
        pods: options.pods,
        nodes: options.nodes,
        stuck: options.stuck,
        branch_eni_nodes: options.branch_eni_nodes,
        now,
        parts: Part::ALL.map(|part| (part, Template::new(part.pod(now)))).into(),
        running: Template::new(samples::pod(now, true)),
        creating: Template::new(samples::pod(now, false)),
        node: Template::new(samples::node(now, false)),
        node_with_branch_enis: Template::new(samples::node(now, true)),
        daemon_sets: samples::daemon_sets(now).into_iter().map(Template::new).collect(),
        events: samples::events(now).into_iter().map(Template::new).collect(),
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    eprintln!("templates      pod {} bytes, node {} bytes", cluster.running.len(), cluster.node.len());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let cluster = Arc::clone(&cluster);
            // A client that goes away ends its thread, and nothing else.
            std::thread::spawn(move || serve(&cluster, &stream).ok());
        }
    });
    io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn serve(cluster: &Cluster, stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream);
    loop {
        let (mut target, mut accept) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if target.is_empty() {
                line.split(' ').nth(1).unwrap_or_default().clone_into(&mut target);
            } else if line.to_ascii_lowercase().starts_with("accept:") {
                accept = line;
            }
        }
        answer(cluster, stream, &target, &accept)?;
    }
}

fn answer(cluster: &Cluster, mut stream: &TcpStream, target: &str, accept: &str) -> io::Result<()> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == "/version" {
        let version = r#"{"major":"1","minor":"36","gitVersion":"v1.36.3-eks-3abbec1","gitCommit":"","gitTreeState":"clean","buildDate":"2026-01-01T00:00:00Z","goVersion":"go1.26","compiler":"gc","platform":"linux/amd64"}"#;
        return json(stream, "200 OK", version);
    }
    let Some(kind) = Kind::of(path).filter(|_| query.contains("watch=true") && accept.contains("kubernetes.protobuf"))
    else {
        let status = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"not simulated","reason":"NotFound","code":404}"#;
        return json(stream, "404 Not Found", status);
    };
    let date = jiff::fmt::rfc2822::to_string(&jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC));
    let date = date.map(|date| date.replace("+0000", "GMT")).unwrap_or_default();
    stream.write_all(
        format!(
            "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: application/vnd.kubernetes.protobuf;stream=watch\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        )
        .as_bytes(),
    )?;
    if query.contains("sendInitialEvents=true") {
        let mut body = Chunks::new(stream);
        cluster.send(kind, query, &mut body)?;
        body.add(samples::bookmark(kind.api_version(), kind.name(), VERSION, true))?;
        body.flush()?;
    }
    idle(stream, kind, query)?;
    stream.write_all(b"0\r\n\r\n")
}

/// Bookmarks and nothing else until the watch's time is over.
fn idle(stream: &TcpStream, kind: Kind, query: &str) -> io::Result<()> {
    let given = query.split('&').find_map(|term| term.strip_prefix("timeoutSeconds="));
    let deadline = Instant::now() + Duration::from_secs(given.and_then(|text| text.parse().ok()).unwrap_or(290));
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(BOOKMARKS));
        if left <= BOOKMARKS {
            return Ok(());
        }
        let mut body = Chunks::new(stream);
        body.add(samples::bookmark(kind.api_version(), kind.name(), VERSION, false))?;
        body.flush()?;
    }
}

impl Cluster {
    fn send(&self, kind: Kind, query: &str, body: &mut Chunks) -> io::Result<()> {
        match kind {
            Kind::Pods => (0..self.pods).try_for_each(|pod| body.stamp(self.pod(pod), self.fill(pod))),
            Kind::AddonPods => {
                let is_agent = |pod: &u32| self.part(*pod).is_some_and(|(part, _)| part.is_agent());
                (0..self.pods).filter(is_agent).try_for_each(|pod| body.stamp(self.pod(pod), self.fill(pod)))
            }
            Kind::DaemonSets => self.daemon_sets.iter().try_for_each(|set| body.stamp(set, Fill::default())),
            Kind::Nodes => (0..self.nodes).try_for_each(|node| {
                let fill = Fill { node, group: node % POOLS, version: VERSION - node, ..Fill::default() };
                let has_branch_enis = node < self.branch_eni_nodes;
                body.stamp(if has_branch_enis { &self.node_with_branch_enis } else { &self.node }, fill)
            }),
            Kind::Events if query.contains("Warning") => {
                (0..self.pods).filter(|pod| self.is_stuck(*pod)).zip(self.events.iter().cycle()).try_for_each(
                    |(pod, template)| body.stamp(template, Fill { version: VERSION - pod, ..self.fill(pod) }),
                )
            }
            Kind::Events | Kind::Jobs | Kind::ReplicaSets => Ok(()),
        }
    }

    fn pod(&self, pod: u32) -> &Template {
        match self.part(pod) {
            Some((_, template)) => template,
            None if self.is_stuck(pod) => &self.creating,
            None => &self.running,
        }
    }

    /// The part that a pod has on its node: the first ones there have one each.
    fn part(&self, pod: u32) -> Option<&(Part, Template)> {
        let (node, nth) = (pod % self.nodes, pod / self.nodes);
        let part = self.parts.get(usize::try_from(nth).ok()?)?;
        (part.0.is_agent() || node < self.branch_eni_nodes).then_some(part)
    }

    /// Those that are stuck stand evenly among the pods that have no part.
    fn is_stuck(&self, pod: u32) -> bool {
        let Some(rest) = pod.checked_sub(self.nodes * PARTS) else { return false };
        let every = (self.pods - self.nodes * PARTS).checked_div(self.stuck).unwrap_or(u32::MAX);
        rest.is_multiple_of(every) && rest / every < self.stuck
    }

    fn fill(&self, pod: u32) -> Fill {
        let owner = pod / PODS_PER_OWNER;
        Fill {
            pod,
            node: pod % self.nodes,
            owner,
            group: owner % NAMESPACES,
            version: VERSION - pod,
            // Stuck for two minutes to two hours.
            at: self.now - 120 - u64::from(pod) % 7_200,
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Pods,
    AddonPods,
    DaemonSets,
    Nodes,
    Events,
    Jobs,
    ReplicaSets,
}

impl Kind {
    fn of(path: &str) -> Option<Self> {
        match path {
            "/api/v1/pods" => Some(Self::Pods),
            "/api/v1/namespaces/kube-system/pods" => Some(Self::AddonPods),
            "/apis/apps/v1/namespaces/kube-system/daemonsets" => Some(Self::DaemonSets),
            "/api/v1/nodes" => Some(Self::Nodes),
            "/api/v1/events" => Some(Self::Events),
            "/apis/batch/v1/jobs" => Some(Self::Jobs),
            "/apis/apps/v1/replicasets" => Some(Self::ReplicaSets),
            _ => None,
        }
    }

    /// Owners are asked for as metadata only.
    fn name(self) -> &'static str {
        match self {
            Self::Pods | Self::AddonPods => "Pod",
            Self::DaemonSets => "DaemonSet",
            Self::Nodes => "Node",
            Self::Events => "Event",
            Self::Jobs | Self::ReplicaSets => "PartialObjectMetadata",
        }
    }

    fn api_version(self) -> &'static str {
        match self {
            Self::Pods | Self::AddonPods | Self::Nodes | Self::Events => "v1",
            Self::DaemonSets => "apps/v1",
            Self::Jobs | Self::ReplicaSets => "meta.k8s.io/v1",
        }
    }
}

/// A chunked body, cut as Go's HTTP server cuts it: its buffer of 2 KB fills and goes, what is left of a frame follows.
struct Chunks<'a> {
    stream: &'a TcpStream,
    frame: Vec<u8>,
    buffer: Vec<u8>,
}

impl<'a> Chunks<'a> {
    fn new(stream: &'a TcpStream) -> Self {
        Self { stream, frame: Vec::new(), buffer: Vec::with_capacity(WRITE + 64 * 1_024) }
    }

    fn stamp(&mut self, template: &Template, fill: Fill) -> io::Result<()> {
        self.frame.clear();
        template.stamp(&mut self.frame, fill);
        self.frame()
    }

    fn add(&mut self, frame: Vec<u8>) -> io::Result<()> {
        self.frame = frame;
        self.frame()
    }

    fn frame(&mut self) -> io::Result<()> {
        let (first, rest) = self.frame.split_at(self.frame.len().min(2_048));
        for chunk in [first, rest].into_iter().filter(|chunk| !chunk.is_empty()) {
            write!(self.buffer, "{:x}\r\n", chunk.len())?;
            self.buffer.extend_from_slice(chunk);
            self.buffer.extend_from_slice(b"\r\n");
        }
        if self.buffer.len() < WRITE { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

fn json(mut stream: &TcpStream, status: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}
