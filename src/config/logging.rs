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
    let builder = tracing_subscriber::fmt().with_env_filter(filter(level)).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Logfmt => builder.event_format(Logfmt).try_init(),
    };
    drop(started);
}

/// Clients of others are silent. kube's logs whole bodies that it cannot read, and every attempt; AWS's whole answers with
/// their headers, at every attempt to get credentials. The watches and the pollers log each fault once.
fn filter(level: LogLevel) -> EnvFilter {
    let ours = match level {
        LogLevel::Debug => "info,eksporter=debug,kube_runtime=error",
        LogLevel::Info => "warn,eksporter=info,kube_runtime=error",
        LogLevel::Warn => "warn,kube_runtime=error",
        LogLevel::Error => "error",
    };
    // A target is one that begins so: aws_smithy stands for all of its crates.
    EnvFilter::new(format!(
        "{ours},kube_client=off,aws_config=off,aws_credential_types=off,aws_runtime=off,aws_sdk=off,aws_sigv4=off,aws_smithy=off"
    ))
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use parking_lot::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn clients_of_others_are_silent_at_every_level() {
        for level in [LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error] {
            let lines = Lines::default();
            let writer = lines.clone();
            let logger =
                tracing_subscriber::fmt().with_env_filter(filter(level)).with_writer(move || writer.clone()).finish();
            tracing::subscriber::with_default(logger, || {
                tracing::error!("ours");
                tracing::error!(target: "kube_client::client", "dump");
                tracing::error!(target: "aws_config::meta::credentials::chain", "dump");
                tracing::error!(target: "aws_runtime::env_config", "dump");
                tracing::error!(target: "aws_sdk_sts::operation", "dump");
                tracing::error!(target: "aws_smithy_runtime::client::identity::cache::lazy", "dump");
                tracing::error!(target: "aws_smithy_http_client::client", "dump");
            });
            let text = String::from_utf8_lossy(&lines.0.lock()).into_owned();
            assert!(text.contains("ours") && !text.contains("dump"), "{level:?}: {text}");
        }
    }
}
