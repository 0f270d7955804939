//! The search for the cluster, before anything is asked about it.

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
