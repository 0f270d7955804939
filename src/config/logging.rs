//! How and how much to log.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use super::logfmt::Logfmt;

/// How much to log; the names of the exporter-toolkit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Everything that helps to find a fault in the exporter
    Debug,
    /// What an operator wants to know
    Info,
    /// What should be looked at
    Warn,
    /// What failed
    Error,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// key=value pairs
    Logfmt,
    /// One JSON object a line
    Json,
}

/// Starts logging to standard error. Later calls in the same process change nothing.
pub fn start(level: LogLevel, format: LogFormat) {
    // kube's client logs whole bodies that it cannot read, and every attempt; the watches log each fault once.
    let filter = match level {
        LogLevel::Debug => "info,eksporter=debug,kube_client=off,kube_runtime=error",
        LogLevel::Info => "warn,eksporter=info,kube_client=off,kube_runtime=error",
        LogLevel::Warn => "warn,kube_client=off,kube_runtime=error",
        LogLevel::Error => "error,kube_client=off",
    };
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Logfmt => builder.event_format(Logfmt).try_init(),
    };
    drop(started);
}
