//! The command line. Names follow the Prometheus exporter-toolkit where it has them; every flag is also read from the
//! environment, as `EKSPORTER_` and its name in capitals.

mod aws;
pub mod collectors;
pub mod rules;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValue};
use jiff::SignedDuration;

use super::{Listen, LogFormat, LogLevel, listen};
use crate::cache::CompletedPods;
use collectors::Collectors;
use rules::RulesArgs;

pub use aws::{AskAws, AwsArgs};

/// Tells why pods of an EKS cluster hang, and what is about to run out, as Prometheus metrics.
#[derive(Debug, Parser)]
#[command(name = "eksporter", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Cli {
    /// What to do; without a word, `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Arguments of `serve`.
    #[command(flatten)]
    pub serve: ServeArgs,
}

const CHECK_STATUS: &str = "\
Exit status:
  0  nothing is wrong; what is only good to know (info) does not count
  1  something is wrong
  2  pods or nodes could not be read, or not in time, or the arguments are wrong";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the cluster and serve metrics (the default)
    Serve(Box<ServeArgs>),
    /// Look at the cluster once and say what is wrong
    #[command(after_help = CHECK_STATUS)]
    Check(Box<CheckArgs>),
    /// Play an incident on a simulated API server and tell what eksporter says about it
    Demo(DemoArgs),
    /// Print the alerts, with values of your own where you like
    Rules(RulesArgs),
}

/// Arguments of `serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Addresses to listen on.
    #[arg(help = "Address to listen on, [HOST]:PORT; may be given several times", long = "web.listen-address", env = "EKSPORTER_WEB_LISTEN_ADDRESS", value_name = "ADDRESS", value_delimiter = ',', value_parser = listen::parse, default_value = ":10048")]
    pub listen_address: Vec<Listen>,
    /// Path under which metrics are served
    #[arg(
        long = "web.telemetry-path",
        env = "EKSPORTER_WEB_TELEMETRY_PATH",
        value_name = "PATH",
        default_value = "/metrics"
    )]
    pub telemetry_path: String,
    /// How much to log
    #[arg(long = "log.level", env = "EKSPORTER_LOG_LEVEL", value_name = "LEVEL", value_enum, default_value_t = LogLevel::Info)]
    pub log_level: LogLevel,
    /// Form of log lines
    #[arg(long = "log.format", env = "EKSPORTER_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Logfmt)]
    pub log_format: LogFormat,
    /// How many overdue pods get series of their own, in each family
    #[arg(long, env = "EKSPORTER_POD_SERIES_LIMIT", value_name = "N", default_value_t = 1000)]
    pub pod_series_limit: usize,
    /// Facts of a watch that has been without contact to the API server for so long are dropped
    #[arg(long, env = "EKSPORTER_WATCH_STALE_AFTER", value_name = "DURATION", value_parser = duration, default_value = "5m")]
    pub watch_stale_after: SignedDuration,
    /// What is read, and how it is judged.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Form of what is found
    #[arg(long, short, env = "EKSPORTER_OUTPUT", value_name = "FORM", value_enum, default_value_t = Output::Table)]
    pub output: Output,
    /// Pods and nodes must have been read by then; what else has not is listed as not looked at
    #[arg(long, env = "EKSPORTER_TIMEOUT", value_name = "DURATION", value_parser = duration, default_value = "30s")]
    pub timeout: SignedDuration,
    /// How much to log, to standard error
    #[arg(long = "log.level", env = "EKSPORTER_LOG_LEVEL", value_name = "LEVEL", value_enum, default_value_t = LogLevel::Error)]
    pub log_level: LogLevel,
    /// What is read, and how it is judged.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// How `check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A table, and what is behind each line of it
    Table,
    /// One JSON object
    Json,
}

/// What is read of the cluster, and how it is judged.
#[derive(Clone, Debug, Args)]
pub struct ClusterArgs {
    /// A pod that has been creating or without a node for so long is overdue and gets series of its own
    #[arg(long, env = "EKSPORTER_POD_AGE_THRESHOLD", value_name = "DURATION", value_parser = duration, default_value = "60s")]
    pub pod_age_threshold: SignedDuration,
    /// What becomes of the branch ENIs of pods that have ended
    #[arg(long, env = "EKSPORTER_POD_ENI_COMPLETED", value_name = "WHAT", value_enum, default_value_t = CompletedPods::Auto)]
    pub pod_eni_completed: CompletedPods,
    /// How long a branch ENI cools down before the resource controller takes it away, where neither the config map
    /// kube-system/amazon-vpc-cni nor an event of the controller says so
    #[arg(long, env = "EKSPORTER_BRANCH_ENI_COOLDOWN", value_name = "DURATION", value_parser = duration, default_value = "60s")]
    pub branch_eni_cooldown: SignedDuration,
    /// Context of the kubeconfig; without one, the current context, or the cluster that the exporter runs in
    #[arg(long, env = "EKSPORTER_KUBE_CONTEXT", value_name = "NAME")]
    pub kube_context: Option<String>,
    /// Namespaces to watch, separated by commas; without them, all. Nodes are of no namespace and are watched anyway
    #[arg(long, env = "EKSPORTER_NAMESPACES", value_name = "NAMES", value_delimiter = ',')]
    pub namespaces: Vec<String>,
    /// File with kernels, images and runtimes that are known to be bad, beside those that come with the program
    #[arg(long, env = "EKSPORTER_KNOWN_ISSUES", value_name = "FILE")]
    pub known_issues: Option<PathBuf>,
    /// Which collectors are on.
    #[command(flatten)]
    pub collectors: Collectors,
    /// AWS.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// Arguments of `demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Say which scenarios there are
    #[arg(long, env = "EKSPORTER_LIST")]
    pub list: bool,
    /// A scenario's name, or the path of a file with one
    #[arg(long, env = "EKSPORTER_SCENARIO", value_name = "NAME|PATH", default_value = "story")]
    pub scenario: String,
    /// Address to serve metrics on
    #[arg(long = "web.listen-address", env = "EKSPORTER_WEB_LISTEN_ADDRESS", value_name = "ADDRESS", value_parser = listen::parse, default_value = "127.0.0.1:10048")]
    pub listen_address: Listen,
    /// File to write a kubeconfig of the simulated API server to, for `eksporter check` and kubectl. One that is there and
    /// is not of an earlier demo is left alone
    #[arg(long, env = "EKSPORTER_KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Tell which alerts fire: start a Prometheus with the shipped rules that scrapes the demo
    #[arg(long, env = "EKSPORTER_ALERTS")]
    pub alerts: bool,
    /// The Prometheus to start
    #[arg(long, env = "EKSPORTER_PROMETHEUS", value_name = "PATH", default_value = "prometheus", requires = "alerts")]
    pub prometheus: PathBuf,
    /// End after the scenario's last step instead of serving until interrupted
    #[arg(long, env = "EKSPORTER_ONCE")]
    pub once: bool,
}

impl ValueEnum for CompletedPods {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Released, Self::Held]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Auto => ("auto", "As the version of the resource controller does, if it says one; else released"),
            Self::Released => ("released", "Released when the pod ends: controllers since v1.1.0"),
            Self::Held => ("held", "Held until the pod is deleted: older controllers"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// A duration as Prometheus and Go write it.
fn duration(text: &str) -> Result<SignedDuration, &'static str> {
    text.parse().map_err(|_| "must be a duration such as 60s, 5m or 1h30m")
}
