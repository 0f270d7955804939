//! AWS beside the watches: which cluster it is, then the pollers, which tell the cache.

#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use parking_lot::RwLock;
use tokio::{
    task::JoinSet,
    time::{Duration, sleep},
};

use crate::{
    aws::{
        self, AwsApi, AwsError, Board, Client, ErrorKind,
        identity::{self, Known, Unidentified},
        poll::{self, Home, News, Pace, Tempo},
        region::{self, Hints},
    },
    cache::Cache,
    clock::Clock,
    collector::Collector,
    config,
    watch::{self, Connection},
};

/// Who answers for AWS.
#[derive(Clone)]
pub enum Access {
    /// AWS itself, with the credentials of the SDK's default chain.
    Sdk {
        /// For somebody who looks once, and waits so long: nothing is spread over time, and errors come before the end.
        within: Option<Duration>,
    },
    /// Somebody who stands in for it.
    Given {
        /// Who.
        api: Arc<dyn AwsApi>,
        /// In which region.
        region: String,
        /// Asked so often, where everything happens faster than in the real one.
        at_least_every: Option<Duration>,
    },
}

/// Between two attempts to find out which cluster it is.
const TRY_AT_LEAST_EVERY: Duration = Duration::from_mins(5);
/// What was looked for among all clusters in vain is looked for so often: each is described every time, and what would change
/// the outcome is rare.
const NOT_FOUND_EVERY: Duration = Duration::from_hours(1);
/// Nodes tell the region once they have been read.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What it takes to ask AWS.
pub(super) struct Asking {
    pub access: Access,
    pub config: config::Aws,
    pub connection: Connection,
    /// The token that the exporter shows the API server, where it is one of a service account.
    pub token_file: Option<PathBuf>,
    pub watches: Arc<watch::Board>,
    pub cache: Arc<RwLock<Cache>>,
    pub board: Arc<Board>,
    pub clock: Clock,
}

/// AWS, and the cluster's name there.
struct Found {
    api: Arc<dyn AwsApi>,
    cluster: String,
}

impl Asking {
    /// Asks for as long as the task lives. Nothing waits for it.
    pub async fn run(self) {
        for ignored in &self.config.ignored {
            tracing::warn!("{ignored}");
        }
        let mut tasks = JoinSet::new();
        let Some(found) = self.find().await else { return std::future::pending().await };
        tracing::info!(cluster = found.cluster, "AWS is asked about this cluster");
        let settings = poll::Settings {
            api: found.api,
            home: Arc::new(CacheHome(Arc::clone(&self.cache))),
            cluster: found.cluster,
            clock: self.clock.clone(),
            stale_after: self.config.stale_after,
            at_least_every: match self.access {
                Access::Sdk { .. } => None,
                Access::Given { at_least_every, .. } => at_least_every,
            },
            tempo: match self.access {
                Access::Sdk { within: None } => Tempo::Spread,
                Access::Sdk { within: Some(_) } | Access::Given { .. } => Tempo::Exact,
            },
        };
        poll::start(&mut tasks, settings, &self.board);
        // Only a panic ends one; then this ends too, and with it the program.
        if tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Tries until it is found; `None` where trying again is of no use.
    async fn find(&self) -> Option<Found> {
        let mut pace = Pace::new(TRY_AT_LEAST_EVERY);
        let mut rarely = Pace::new(NOT_FOUND_EVERY);
        let mut told: Option<Unidentified> = None;
        loop {
            match self.try_to_find().await {
                Ok(found) => {
                    self.board.lost(None);
                    return Some(found);
                }
                Err(why) => {
                    if !told.as_ref().is_some_and(|told| why.is_as(told)) {
                        tracing::warn!(
                            %why,
                            "AWS is not asked; the rest goes on (--aws=off if that is as it should be)"
                        );
                    }
                    self.board.lost(Some(why.clone()));
                    if !why.may_pass() {
                        return None;
                    }
                    let in_vain = matches!(why, Unidentified::NotFound { .. });
                    told = Some(why);
                    sleep(if in_vain { rarely.succeeded() } else { pace.failed() }).await;
                }
            }
        }
    }

    async fn try_to_find(&self) -> Result<Found, Unidentified> {
        let issuer = watch::issuer(&self.connection, self.token_file.as_deref()).await;
        let (api, region) = match &self.access {
            Access::Given { api, region, .. } => (Arc::clone(api), region.clone()),
            Access::Sdk { within } => {
                let settings = aws::Settings { region: self.region(issuer.clone()).await, ..aws::Settings::default() };
                let settings = within.map_or(settings.clone(), |patience| settings.within(patience));
                let observer = Arc::clone(&self.board) as Arc<dyn aws::Observer>;
                let client = Client::connect(settings, observer).await;
                let client = client.map_err(Unidentified::NoRegion)?;
                let region = client.region().to_owned();
                // The SDK takes whatever `AWS_REGION` says.
                if !region::is_region(&region) {
                    let text = format!("{region:?} is not a region's name: set --aws-region");
                    return Err(Unidentified::NoRegion(AwsError::new(ErrorKind::Other, text)));
                }
                (Arc::new(client) as Arc<dyn AwsApi>, region)
            }
        };
        let known = Known {
            name: self.config.cluster_name.as_deref(),
            issuer: issuer.as_deref(),
            skip_issuer_check: self.config.skip_issuer_check,
        };
        let cluster = identity::identify(&*api, &region, known).await?;
        self.cache.write().aws_cluster(&cluster, &region);
        Ok(Found { api, cluster })
    }

    /// The region, once nodes have been read where nothing else tells it.
    async fn region(&self, issuer: Option<String>) -> Option<String> {
        loop {
            let of_nodes = self.cache.read().aws_region_hints();
            let hints = Hints { configured: self.config.region.clone(), issuer: issuer.clone(), ..of_nodes };
            let region = region::of(&hints);
            if region.is_some() || self.nodes_are_settled() {
                return region;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    fn nodes_are_settled(&self) -> bool {
        self.watches.standings().all(|one| one.collector != Collector::Nodes || one.settled)
    }
}

/// The cache, as pollers see it.
pub struct CacheHome(pub Arc<RwLock<Cache>>);

impl Home for CacheHome {
    fn take(&self, news: News, until: Timestamp) {
        self.0.write().aws_brings(news, until);
    }

    fn kubernetes(&self) -> Option<String> {
        self.0.read().aws_asks_kubernetes()
    }

    fn addons(&self) -> Vec<String> {
        self.0.read().aws_asks_addons()
    }

    fn vpc(&self) -> Option<String> {
        self.0.read().aws_asks_vpc()
    }

    fn subnets(&self) -> Vec<String> {
        self.0.read().aws_asks_subnets()
    }
}
