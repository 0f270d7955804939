//! From arguments to a running program.

mod aws;
mod check;
mod demo;
mod rules;
mod serve;

use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use crate::config::{self, Cli, Command, Config};

pub use aws::{Access, CacheHome};
pub use serve::{Serving, bind, watch_cluster, watch_cluster_and_aws};

/// Does what the arguments say.
///
/// # Errors
/// What the user has to know, ready to be printed after the program's name.
pub fn main(cli: Cli) -> anyhow::Result<ExitCode> {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| anyhow!("a TLS provider was installed before ours"))?;
    let runtime = tokio::runtime::Runtime::new().context("the async runtime")?;
    match cli.command {
        Some(Command::Serve(args)) => run_serve(&runtime, *args).map(done),
        None => run_serve(&runtime, cli.serve).map(done),
        Some(Command::Check(args)) => runtime.block_on(check::run(*args)),
        Some(Command::Demo(args)) => runtime.block_on(demo::run(args)).map(done),
        Some(Command::Rules(args)) => rules::run(&args).map(done),
    }
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn run_serve(runtime: &tokio::runtime::Runtime, args: config::ServeArgs) -> anyhow::Result<()> {
    let config = Config::new(args)?;
    config::start_logging(config.log_level, config.log_format);
    runtime.block_on(serve::serve(config))
}
