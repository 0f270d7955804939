//! AWS beside the watches: which cluster it is, then the pollers, which tell the cache.

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
                    let is_known = matches!(why, Unidentified::NotFound { .. });
                    told = Some(why);
                    sleep(if is_known { rarely.succeeded() } else { pace.failed() }).await;
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

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use http::{Request, Response};
    use kube::client::Body;
    use parking_lot::Mutex;
    use tokio::time::timeout;
    use tracing::subscriber::DefaultGuard;

    use super::*;
    use crate::{
        aws::Trouble,
        cache::{Index, Settings},
        config::Aws,
        demo::aws::State,
        objects::keys,
        testing::{self, aws::*},
    };

    /// An API server that says its issuer, and nothing else.
    fn connection() -> Connection {
        let answer = |request: Request<Body>| async move {
            if request.uri().path() != "/.well-known/openid-configuration" {
                std::future::pending::<()>().await;
            }
            let body = serde_json::json!({"issuer": ISSUER}).to_string();
            Ok::<_, tower::BoxError>(Response::new(Body::from(body.into_bytes())))
        };
        Connection::over(kube::Client::new(tower::service_fn(answer), "default"), &Clock::new())
    }

    fn asking(access: Access, watches: &watch::Running, cache: &Arc<RwLock<Cache>>) -> Asking {
        Asking {
            access,
            config: Aws {
                cluster_name: None,
                region: None,
                skip_issuer_check: false,
                stale_after: Duration::from_hours(1),
                branch_eni_scan: false,
                sources: aws::Source::ALL.to_vec(),
                ignored: Vec::new(),
            },
            connection: connection(),
            token_file: None,
            watches: Arc::clone(watches.board()),
            cache: Arc::clone(cache),
            board: Arc::new(Board::new(aws::Source::ALL)),
            clock: Clock::new(),
        }
    }

    fn cache() -> Arc<RwLock<Cache>> {
        Arc::new(RwLock::new(Cache::new(Settings::new(Timestamp::now()))))
    }

    fn watching(collectors: &[Collector], cache: &Arc<RwLock<Cache>>) -> watch::Running {
        let settings = watch::Settings { collectors: collectors.to_vec(), ..watch::Settings::default() };
        watch::start_over(&connection(), &settings, Arc::clone(cache), &Clock::new())
    }

    fn given(api: &Arc<FaultyAws>) -> Access {
        Access::Given { api: Arc::clone(api) as _, region: "eu-west-1".to_owned(), at_least_every: None }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn listen() -> (Self, DefaultGuard) {
            let lines = Self::default();
            let writer = lines.clone();
            let logger = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
            (lines, tracing::subscriber::set_default(logger))
        }

        fn count(&self, words: &str) -> usize {
            String::from_utf8_lossy(&self.0.lock()).matches(words).count()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_that_come_late_are_waited_for_and_missed_in_one_line() {
        let (lines, _guard) = Lines::listen();
        let aws = FaultyAws::new(account());
        aws.fail("ListClusters", Fault::NoCredentials);
        let cache = cache();
        let watches = watching(&[], &cache);
        let asking = Arc::new(asking(given(&aws), &watches, &cache));
        let board = Arc::clone(&asking.board);
        let mut found = tokio::spawn({
            let asking = Arc::clone(&asking);
            async move { asking.find().await.map(|found| found.cluster) }
        });
        let lost = timeout(Duration::from_mins(10), &mut found).await;
        assert!(lost.is_err(), "there is nothing to find it with");
        assert!(aws.calls.lock()["ListClusters"] >= 4, "it goes on trying");
        assert_eq!(lines.count("AWS is not asked"), 1);
        let standing = board.standing(Collector::Cluster).expect("it is on");
        assert!(standing.trouble.is_some_and(|(trouble, why)| trouble == Trouble::NotAsked && why.contains("a role")));

        aws.faults.lock().clear();
        assert_eq!(found.await.unwrap().as_deref(), Some("prod"));
        assert_eq!(board.standing(Collector::Cluster).and_then(|standing| standing.trouble), None);
        assert_eq!(lines.count("AWS is not asked"), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn clusters_of_which_none_is_ours_are_not_all_described_every_few_minutes() {
        let other = aws::facts::Cluster { oidc_issuer: None, ..cluster("other") };
        let aws = FaultyAws::new(State { clusters: vec![other], ..account() });
        let cache = cache();
        let watches = watching(&[], &cache);
        let asking = asking(given(&aws), &watches, &cache);
        assert!(timeout(Duration::from_hours(5), asking.find()).await.is_err());
        let looked = aws.calls.lock()["ListClusters"];
        assert!((5..=7).contains(&looked), "{looked} times in five hours");
    }

    #[tokio::test(start_paused = true)]
    async fn nodes_that_have_not_been_read_are_waited_for_to_tell_the_region() {
        let cache = cache();
        let watches = watching(&[Collector::Nodes], &cache);
        let asking = asking(Access::Sdk { within: None }, &watches, &cache);
        let region = asking.region(None);
        tokio::pin!(region);
        assert!(timeout(Duration::from_mins(1), &mut region).await.is_err(), "nodes may yet tell it");
        let node = testing::node("node-a", 1).label(keys::REGION, "eu-north-1").0;
        cache.write().apply(node, Timestamp::now());
        assert_eq!(timeout(LOOK_EVERY * 2, region).await.unwrap().as_deref(), Some("eu-north-1"));

        let nobody_tells = watching(&[], &cache);
        let empty = self::cache();
        assert_eq!(self::asking(Access::Sdk { within: None }, &nobody_tells, &empty).region(None).await, None);
    }
}
