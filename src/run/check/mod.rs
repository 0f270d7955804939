//! `eksporter check`: one look at the cluster, with the findings that the alerts are made of.

#![expect(clippy::print_stdout, reason = "what is found is told on standard output")]

mod look;
mod text;

use std::{process::ExitCode, time::Duration};

use anyhow::bail;
use tokio::time::{Instant, sleep};

use super::{Access, serve::watch_cluster_and_aws};
use crate::{
    config::{self, Check, CheckArgs, LogFormat, Output},
    exporter::Exporter,
    watch,
};
use look::Look;

/// How often it is asked whether everything has been read.
const ASK_EVERY: Duration = Duration::from_millis(20);
/// Owners are asked for one by one, and only a name gets better by them.
const OWNERS: Duration = Duration::from_secs(3);

/// Something is wrong. 2 says that nobody knows.
const FINDINGS: u8 = 1;

/// Looks once and prints.
///
/// # Errors
/// When an argument or the kubeconfig cannot be used, or when pods or nodes could not be read in time. What was read is
/// printed all the same.
pub async fn run(args: CheckArgs) -> anyhow::Result<ExitCode> {
    let check = Check::new(args)?;
    config::start_logging(check.log_level, LogFormat::Logfmt);
    let kube = watch::config(check.cluster.kube_context.as_deref()).await?;
    let settings = check.cluster.watch();
    let access = Access::Sdk { within: Some(check.timeout) };
    let serving = watch_cluster_and_aws(kube, &check.cluster, &settings, access)?;
    until_read(&serving.exporter, Instant::now() + check.timeout).await;

    let look = Look::at(&serving.exporter, &settings.unseen());
    match check.output {
        Output::Table => print!("{}", text::table(&look)),
        Output::Json => println!("{}", serde_json::to_string_pretty(&look)?),
    }
    if let Some(unread) = look.unread() {
        bail!(unread);
    }
    Ok(if look.is_wrong() { ExitCode::from(FINDINGS) } else { ExitCode::SUCCESS })
}

/// Waits until every collector has read what there is, or is known not to be able to.
async fn until_read(exporter: &Exporter, end: Instant) {
    while Instant::now() < end && !exporter.is_settled() {
        sleep(ASK_EVERY).await;
    }
    let end = end.min(Instant::now() + OWNERS);
    while Instant::now() < end && exporter.wants_owners() {
        sleep(ASK_EVERY).await;
    }
}
