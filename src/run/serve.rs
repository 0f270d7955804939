//! `eksporter serve`: watches, cache and web side put together and run until told to stop.

use std::{future::Future, sync::Arc};

use anyhow::Context as _;
use parking_lot::RwLock;
use tokio::{net::TcpListener, task::JoinSet};

use super::aws::{Access, Asking};
use crate::{
    aws,
    cache::Cache,
    clock::Clock,
    config::{self, Cluster, Config, Listen},
    exporter::Exporter,
    http,
    metrics::Own,
    watch,
};

/// A running exporter.
pub struct Serving {
    /// What it knows and says.
    pub exporter: Arc<Exporter>,
    /// The watches; they end when this goes.
    watches: watch::Running,
    /// What asks AWS; it ends when this goes.
    aws: JoinSet<()>,
}

/// Starts to watch the cluster, and asks AWS nothing.
///
/// # Errors
/// When the kubeconfig cannot be used.
pub fn watch_cluster(kube: kube::Config, cluster: &Cluster, settings: &watch::Settings) -> anyhow::Result<Serving> {
    start(kube, cluster, settings, None)
}

/// Starts to watch the cluster, and asks AWS what only AWS knows, where it is not switched off. Nothing waits for AWS.
///
/// # Errors
/// When the kubeconfig cannot be used.
pub fn watch_cluster_and_aws(
    kube: kube::Config,
    cluster: &Cluster,
    settings: &watch::Settings,
    access: Access,
) -> anyhow::Result<Serving> {
    start(kube, cluster, settings, cluster.aws.clone().map(|config| (config, access)))
}

fn start(
    kube: kube::Config,
    cluster: &Cluster,
    settings: &watch::Settings,
    aws: Option<(config::Aws, Access)>,
) -> anyhow::Result<Serving> {
    let clock = Clock::new();
    let cache = Arc::new(RwLock::new(Cache::new(cluster.cache(clock.now()))));
    let token_file = kube.auth_info.token_file.clone().map(Into::into);
    let connection = watch::Connection::new(kube, &clock)?;
    let watches = watch::start_over(&connection, settings, Arc::clone(&cache), &clock);
    let own = Own::new().context("the exporter's own metrics")?;
    let sources = aws.iter().flat_map(|(config, _)| config.sources.clone());
    let board = Arc::new(aws::Board::new(sources));
    let exporter = Exporter::new(Arc::clone(&cache), Arc::clone(watches.board()), clock.clone(), own);
    let exporter = Arc::new(exporter.with_aws(Arc::clone(&board)));
    let mut tasks = JoinSet::new();
    if let Some((config, access)) = aws {
        let watches = Arc::clone(watches.board());
        tasks.spawn(Asking { access, config, connection, token_file, watches, cache, board, clock }.run());
    }
    Ok(Serving { exporter, watches, aws: tasks })
}

/// Binds every address before anything else is done, so that a wrong one ends the program at once.
///
/// # Errors
/// When an address cannot be had.
pub async fn bind(addresses: &[Listen]) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        listeners.push(address.bind().await.with_context(|| format!("cannot listen on {address}"))?);
    }
    Ok(listeners)
}

impl Serving {
    /// Serves on `listeners` until `stop`; scrapes under way are finished.
    ///
    /// # Errors
    /// When a listener fails.
    pub async fn run(
        mut self,
        listeners: Vec<TcpListener>,
        telemetry_path: &str,
        stop: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let (stopped, _) = tokio::sync::watch::channel(false);
        let router = http::router(Arc::clone(&self.exporter), telemetry_path);
        let mut servers = JoinSet::new();
        for listener in listeners {
            tracing::info!(address = %listener.local_addr()?, path = telemetry_path, "serving metrics");
            let mut told = stopped.subscribe();
            let stop = async move {
                let _ = told.wait_for(|stopped| *stopped).await;
            };
            servers.spawn(http::serve(listener, router.clone(), stop));
        }
        tokio::select! {
            () = stop => {}
            Some(ended) = servers.join_next() => ended?.context("a listener failed")?,
            // Only a panic ends one; then nothing that is shown can be trusted any more.
            () = self.watches.ended() => anyhow::bail!("a watch ended unexpectedly"),
            Some(_) = self.aws.join_next() => anyhow::bail!("a poller of AWS ended unexpectedly"),
        }
        tracing::info!("stopping; scrapes under way are finished");
        stopped.send_replace(true);
        drop(self.watches);
        drop(self.aws);
        while let Some(ended) = servers.join_next().await {
            ended?.context("a listener failed")?;
        }
        Ok(())
    }
}

/// Runs `eksporter serve` until SIGTERM or SIGINT.
///
/// # Errors
/// When an address or the kubeconfig cannot be used, or a listener fails.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let listeners = bind(&config.listen).await?;
    let kube = watch::config(config.cluster.kube_context.as_deref()).await?;
    let settings = config.cluster.watch();
    say_what_is_unseen(&settings);
    let serving = watch_cluster_and_aws(kube, &config.cluster, &settings, Access::Sdk { within: None })?;
    serving.run(listeners, &config.telemetry_path, interrupted()?).await
}

/// With `--namespaces` some things cannot be seen, and one line says which: what is left out must not be taken for well.
fn say_what_is_unseen(settings: &watch::Settings) {
    let unseen: Vec<_> = settings.unseen().into_iter().map(watch::Unseen::as_str).collect();
    if !unseen.is_empty() {
        let (namespaces, unseen) = (settings.namespaces.join(","), unseen.join("; "));
        tracing::info!(namespaces, unseen, "--namespaces leaves out some of what is switched on");
    }
}

/// Comes when the process is told to end.
///
/// # Errors
/// When signals cannot be had.
pub fn interrupted() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}
