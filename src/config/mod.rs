//! What was typed, and what it means: [`Cli`] is read by clap, [`Config`] is validated once and used everywhere.

mod args;
mod aws;
mod listen;
mod logfmt;
mod logging;

use std::{fs, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};

pub use args::{
    AskAws, AwsArgs, CheckArgs, Cli, ClusterArgs, Command, DemoArgs, Output, ServeArgs,
    collectors::Collectors,
    rules::{Format, RulesArgs},
};
pub use aws::Aws;
pub use listen::Listen;
pub use logging::{LogFormat, LogLevel, start as start_logging};

use crate::{cache, collector::Collector, diagnose::KnownIssues, watch, yaml::Fault};

/// What `eksporter serve` is to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; at least one.
    pub listen: Vec<Listen>,
    /// Path of the metrics page.
    pub telemetry_path: String,
    /// How much to log.
    pub log_level: LogLevel,
    /// Form of log lines.
    pub log_format: LogFormat,
    /// What is read, and how it is judged.
    pub cluster: Cluster,
}

/// What `eksporter check` is to do.
#[derive(Clone, Debug)]
pub struct Check {
    /// How to print.
    pub output: Output,
    /// How long to wait for what is read.
    pub timeout: Duration,
    /// How much to log.
    pub log_level: LogLevel,
    /// What is read, and how it is judged.
    pub cluster: Cluster,
}

/// What is read of the cluster, and how it is judged.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// From when on a pod is overdue.
    pub pod_age_threshold: SignedDuration,
    /// How many pods are told of one by one, of each kind of trouble.
    pub pod_series_limit: usize,
    /// Without contact for so long, a watch's facts are dropped.
    pub watch_stale_after: Duration,
    /// What becomes of the branch ENIs of pods that have ended.
    pub completed_pods: cache::CompletedPods,
    /// How long a branch ENI cools down, where the cluster does not say.
    pub branch_eni_cool_down: SignedDuration,
    /// The kubeconfig context; the current one, or the cluster that the exporter runs in.
    pub kube_context: Option<String>,
    /// The namespaces to watch; empty for all.
    pub namespaces: Vec<String>,
    /// Releases that are known to be bad.
    pub known_issues: KnownIssues,
    /// Which collectors are on.
    pub collectors: Vec<Collector>,
    /// Whether the shipped calendar says until when the cluster's version is supported, where EKS does not.
    pub support_calendar: bool,
    /// How AWS is asked; nothing where it is not.
    pub aws: Option<Aws>,
}

/// An argument that says nothing that can be done.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    /// The path of the metrics page.
    #[error(
        "--web.telemetry-path: {0:?} is not a path of its own; it must begin with / and be none of /, /healthz and /readyz"
    )]
    TelemetryPath(String),
    /// A namespace.
    #[error("--namespaces: {0:?} is not a namespace's name (lower-case letters, digits and -, at most 63)")]
    Namespace(String),
    /// A duration that must be positive.
    #[error("{0}: must be longer than zero")]
    NotPositive(&'static str),
    /// A staleness limit below what a watch can keep.
    #[error("--watch-stale-after: {0:#} is not between 10s, for a quiet watch is renewed only so often, and 24h")]
    StaleAfter(SignedDuration),
    /// A staleness limit that no poller can keep, or that is as good as none.
    #[error("--aws-stale-after: {0:#} is not between 1m and 7d")]
    AwsStaleAfter(SignedDuration),
    /// A cluster's name that EKS would not have.
    #[error("--cluster-name: {0:?} is not a cluster's name (letters, digits, - and _, at most 100)")]
    ClusterName(String),
    /// A region that is none.
    #[error("--aws-region: {0:?} is not a region's name, such as eu-west-1")]
    Region(String),
    /// A list of known issues that is not there.
    #[error("--known-issues: {file}: {source}")]
    NoKnownIssues {
        /// Its path.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// A list of known issues that is wrong.
    #[error("--known-issues: {file}:{line}: {reason}")]
    KnownIssues {
        /// Its path.
        file: String,
        /// Where.
        line: u64,
        /// What.
        reason: String,
    },
}

impl Config {
    /// Makes sense of what was typed.
    ///
    /// # Errors
    /// When a value cannot be meant; the message names the flag.
    pub fn new(args: ServeArgs) -> Result<Self, Invalid> {
        let ServeArgs {
            listen_address,
            telemetry_path,
            log_level,
            log_format,
            pod_series_limit,
            watch_stale_after,
            cluster,
        } = args;
        let reserved = ["/", "/healthz", "/readyz"];
        if !telemetry_path.starts_with('/')
            || reserved.contains(&telemetry_path.as_str())
            || telemetry_path.contains(['{', '}', '?', '#', ' ', ':', '*'])
        {
            return Err(Invalid::TelemetryPath(telemetry_path));
        }
        let bounds = SignedDuration::from_secs(10)..=SignedDuration::from_hours(24);
        if !bounds.contains(&watch_stale_after) {
            return Err(Invalid::StaleAfter(watch_stale_after));
        }
        Ok(Self {
            listen: listen_address,
            telemetry_path,
            log_level,
            log_format,
            cluster: Cluster {
                pod_series_limit,
                watch_stale_after: watch_stale_after.unsigned_abs(),
                ..Cluster::new(cluster)?
            },
        })
    }
}

impl Check {
    /// Makes sense of what was typed.
    ///
    /// # Errors
    /// When a value cannot be meant; the message names the flag.
    pub fn new(args: CheckArgs) -> Result<Self, Invalid> {
        let CheckArgs { output, timeout, log_level, cluster } = args;
        positive("--timeout", timeout)?;
        Ok(Self { output, timeout: timeout.unsigned_abs(), log_level, cluster: Cluster::new(cluster)? })
    }
}

impl Cluster {
    /// For one look: every pod is told of, and nothing gets old.
    fn new(args: ClusterArgs) -> Result<Self, Invalid> {
        let ClusterArgs {
            pod_age_threshold,
            pod_eni_completed,
            branch_eni_cooldown,
            kube_context,
            namespaces,
            known_issues,
            collectors,
            aws,
        } = args;
        let mut namespaces: Vec<_> =
            namespaces.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        if let Some(wrong) = namespaces.iter().find(|name| !is_label(name)) {
            return Err(Invalid::Namespace(wrong.clone()));
        }
        namespaces.sort_unstable();
        namespaces.dedup();
        positive("--pod-age-threshold", pod_age_threshold)?;
        positive("--branch-eni-cooldown", branch_eni_cooldown)?;
        let collectors = collectors.enabled();
        Ok(Self {
            pod_age_threshold,
            pod_series_limit: usize::MAX,
            watch_stale_after: watch::Settings::default().stale_after,
            completed_pods: pod_eni_completed,
            branch_eni_cool_down: branch_eni_cooldown,
            kube_context,
            namespaces,
            known_issues: read_known_issues(known_issues.as_deref())?,
            support_calendar: true,
            aws: Aws::new(aws, &collectors)?,
            collectors,
        })
    }

    /// What the cache needs of it.
    #[must_use]
    pub fn cache(&self, started: Timestamp) -> cache::Settings {
        cache::Settings {
            pod_age_threshold: self.pod_age_threshold,
            pod_series_limit: self.pod_series_limit,
            namespaces: self.namespaces.clone(),
            known_issues: self.known_issues.clone(),
            completed_pods: self.completed_pods,
            branch_eni_cool_down: self.branch_eni_cool_down,
            branch_eni_scan: self.aws.as_ref().is_some_and(|aws| aws.branch_eni_scan),
            support_calendar: self.support_calendar,
            started,
        }
    }

    /// What the watches need of it.
    #[must_use]
    pub fn watch(&self) -> watch::Settings {
        watch::Settings {
            namespaces: self.namespaces.clone(),
            stale_after: self.watch_stale_after,
            collectors: self.collectors.clone(),
            ..watch::Settings::default()
        }
    }
}

fn positive(flag: &'static str, duration: SignedDuration) -> Result<(), Invalid> {
    if duration.is_positive() { Ok(()) } else { Err(Invalid::NotPositive(flag)) }
}

/// The issues that come with the program, and those of the file.
fn read_known_issues(file: Option<&Path>) -> Result<KnownIssues, Invalid> {
    let shipped = KnownIssues::shipped();
    let Some(path) = file else { return Ok(shipped) };
    let file = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => shipped.with(&text).map_err(|Fault { line, reason }| Invalid::KnownIssues { file, line, reason }),
        Err(source) => Err(Invalid::NoKnownIssues { file, source }),
    }
}

/// Names of namespaces are DNS labels (RFC 1123).
fn is_label(name: &str) -> bool {
    let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    name.len() <= 63 && name.bytes().all(|byte| inner(&byte)) && !name.starts_with('-') && !name.ends_with('-')
}
