//! Pollers, with an AWS that does what the test wants, on a clock that the test moves.

mod calls;
mod rounds;

use std::collections::BTreeMap;

use tokio::time::advance;

use super::*;
use crate::{
    aws::{Standing, Trouble, identity::Unidentified},
    collector::Collector,
    testing::aws::*,
};

struct Run {
    aws: Arc<FaultyAws>,
    home: Arc<Notebook>,
    board: Arc<Board>,
    _tasks: JoinSet<()>,
}

fn run(aws: Arc<FaultyAws>) -> Run {
    run_at(aws, Tempo::Exact)
}

fn run_at(aws: Arc<FaultyAws>, tempo: Tempo) -> Run {
    let home = Arc::new(Notebook {
        kubernetes: parking_lot::Mutex::new(Some("1.35".to_owned())),
        addons: vec!["coredns".to_owned(), "vpc-cni".to_owned()],
        subnets: parking_lot::Mutex::new((1..=3).map(subnet_id).collect()),
        ..Notebook::default()
    });
    let board = Arc::new(Board::new(Source::ALL));
    let mut tasks = JoinSet::new();
    let settings = Settings {
        api: Arc::clone(&aws) as Arc<dyn AwsApi>,
        home: Arc::clone(&home) as Arc<dyn Home>,
        cluster: "prod".to_owned(),
        clock: Clock::new(),
        stale_after: Duration::from_secs(3600),
        at_least_every: None,
        tempo,
    };
    start(&mut tasks, settings, &board);
    Run { aws, home, board, _tasks: tasks }
}

impl Run {
    fn calls(&self, operation: &str) -> u32 {
        self.aws.calls.lock().get(operation).copied().unwrap_or_default()
    }

    fn standing(&self, collector: Collector) -> Standing {
        self.board.standing(collector).expect("it is on")
    }

    fn is_up(&self, collector: Collector) -> Option<bool> {
        self.board.standing(collector).map(|standing| standing.is_up)
    }

    /// The sort of news that came, each with how often.
    fn told(&self) -> BTreeMap<&'static str, usize> {
        let mut told = BTreeMap::new();
        for news in &*self.home.news.lock() {
            *told.entry(sort(news)).or_default() += 1;
        }
        told
    }
}

fn sort(news: &News) -> &'static str {
    match news {
        News::Cluster(_) => "cluster",
        News::ClusterVersions(_) => "calendar",
        News::NodegroupNames(_) => "nodegroup names",
        News::Nodegroup(_) => "nodegroup",
        News::FargateProfileNames(_) => "profile names",
        News::FargateProfile(_) => "profile",
        News::AddonNames(_) => "addon names",
        News::Addon(_) => "addon",
        News::NoAddon(_) => "no addon",
        News::AddonVersions { .. } => "addon versions",
        News::Insights(_) => "insights",
        News::Subnets(_) => "subnets",
        News::TaggedSubnets(_) => "tagged",
        News::NetworkInterfaces { .. } => "interfaces",
        News::SubnetReservations { .. } => "reservations",
    }
}

/// What each operation brings, in the words of [`sort`]; what it lists is not described without it.
const BRINGS: [(&str, &[&str]); 13] = [
    ("DescribeCluster", &["cluster"]),
    ("DescribeClusterVersions", &["calendar"]),
    ("ListNodegroups", &["nodegroup names", "nodegroup"]),
    ("DescribeNodegroup", &["nodegroup"]),
    ("ListFargateProfiles", &["profile names", "profile"]),
    ("DescribeFargateProfile", &["profile"]),
    ("ListAddons", &["addon names"]), // those that run are asked about all the same
    ("DescribeAddon", &["addon", "no addon"]),
    ("DescribeAddonVersions", &["addon versions"]),
    ("ListInsights", &["insights"]),
    ("DescribeSubnets", &["subnets", "tagged", "interfaces"]),
    ("DescribeNetworkInterfaces", &["interfaces"]),
    ("GetSubnetCidrReservations", &["reservations"]),
];

#[tokio::test(start_paused = true)]
async fn everything_is_asked_at_once_and_told() {
    let run = run(FaultyAws::new(account()));
    sleep(A_MOMENT).await;
    let told = run.told();
    assert_eq!(told.len(), 15, "{told:?}");
    assert_eq!((told["addon"], told["no addon"], told["reservations"]), (1, 1, 3), "{told:?}");
    for source in Source::ALL {
        assert_eq!(run.is_up(source.collector()), Some(true), "{}", source.name());
    }
    assert_eq!(run.board.last_successes().len(), Source::ALL.len());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_hides_nothing_that_others_bring() {
    let healthy = run(FaultyAws::new(account()));
    sleep(A_MOMENT).await;
    let everything: Vec<_> = healthy.told().into_keys().collect();
    for (operation, brings) in BRINGS {
        for fault in Fault::ALL {
            let aws = FaultyAws::new(account());
            aws.fail(operation, fault);
            let run = run(aws);
            sleep(Duration::from_secs(200)).await; // a call without an answer is given up after two minutes
            let told: Vec<_> = run.told().into_keys().collect();
            let expected: Vec<_> = everything.iter().filter(|sort| !brings.contains(sort)).copied().collect();
            assert_eq!(told, expected, "{operation} {fault:?}");
            let down: Vec<_> = Source::ALL
                .into_iter()
                .filter(|source| {
                    let needs_it = source.actions().iter().any(|action| action.split(':').nth(1) == Some(operation));
                    // Interfaces are compared with the subnets of the same moment.
                    needs_it || (*source == Source::NetworkInterfaces && operation == "DescribeSubnets")
                })
                .collect();
            let failing: Vec<_> = Source::ALL
                .into_iter()
                .filter(|source| !run.board.last_successes().iter().any(|(one, _)| one == source))
                .collect();
            assert_eq!(failing, down, "{operation} {fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_node_group_that_may_not_be_described_hides_no_other() {
    let aws = FaultyAws::new(account());
    aws.aws.change(|state| state.nodegroups.extend([nodegroup("b", &[3]), nodegroup("c", &[3])]));
    aws.fail_about("DescribeNodegroup", "b", Fault::Denied);
    let run = run(aws);
    sleep(A_MOMENT).await;
    assert_eq!(run.told()["nodegroup"], 2);
    assert_eq!(run.is_up(Collector::Nodegroups), Some(false));
}

#[tokio::test(start_paused = true)]
async fn a_node_group_that_goes_while_it_is_asked_about_is_no_failure() {
    let aws = FaultyAws::new(account());
    let run = run(Arc::clone(&aws));
    sleep(A_MOMENT).await;
    aws.aws.change(|state| state.nodegroups.clear());
    sleep(Source::Nodegroups.period()).await;
    assert_eq!(run.is_up(Collector::Nodegroups), Some(true));
    let names: Vec<_> = run
        .home
        .news
        .lock()
        .iter()
        .filter_map(|news| match news {
            News::NodegroupNames(names) => Some(names.len()),
            _ => None,
        })
        .collect();
    assert_eq!(names, [1, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_asked_again_soon_and_then_every_ten_minutes() {
    let aws = FaultyAws::new(account());
    aws.fail("ListInsights", Fault::Throttled);
    let run = run(Arc::clone(&aws));
    let calls = || aws.calls.lock()["ListInsights"];
    sleep(Duration::from_secs(75)).await;
    assert_eq!(calls(), 4, "at once and after 10, 20 and 40 s");
    sleep(Duration::from_secs(4 * 3600)).await;
    assert!((30..=34).contains(&calls()), "{} calls", calls());
    aws.faults.lock().clear();
    sleep(Duration::from_secs(700)).await;
    assert_eq!(run.is_up(Collector::Insights), Some(true));
    assert_eq!(run.told()["insights"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_minor_and_a_new_subnet_are_asked_about_at_once() {
    let run = run(FaultyAws::new(account()));
    sleep(A_MOMENT).await;
    *run.home.kubernetes.lock() = Some("1.36".to_owned());
    run.home.subnets.lock().insert(subnet_id(4));
    sleep(LOOK_EVERY * 2).await;
    let news = run.home.news.lock();
    assert!(news.iter().any(|news| matches!(news, News::AddonVersions { kubernetes, .. } if kubernetes == "1.36")));
    assert!(news.iter().any(|news| matches!(news, News::Subnets(subnets) if subnets.len() == 4)));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_of_what_is_not_known_yet() {
    let run = run(FaultyAws::new(account()));
    run.home.subnets.lock().clear();
    *run.home.kubernetes.lock() = None;
    advance(Duration::from_secs(1)).await;
    sleep(LOOK_EVERY * 2).await;
    for collector in [Collector::AddonVersions, Collector::Subnets] {
        let standing = run.board.standing(collector).expect("it is on");
        assert!(standing.settled && standing.is_up, "{}: nothing to ask is no fault", collector.name());
    }
    assert_eq!(run.aws.calls.lock().get("DescribeAddonVersions"), None);
    assert_eq!(run.aws.calls.lock().get("GetSubnetCidrReservations"), None);
}

#[tokio::test(start_paused = true)]
async fn each_collector_says_its_own_trouble_and_what_waits_says_what_for() {
    let aws = FaultyAws::new(account());
    aws.fail("DescribeCluster", Fault::Throttled);
    aws.fail("ListInsights", Fault::Denied);
    let run = run(aws);
    run.home.subnets.lock().clear(); // nobody told of any
    *run.home.kubernetes.lock() = None;
    sleep(A_MOMENT).await;
    let trouble = |collector| run.board.standing(collector).and_then(|standing| standing.trouble);
    assert_eq!(trouble(Collector::Nodegroups), None);
    assert_eq!(trouble(Collector::Insights).map(|(trouble, _)| trouble), Some(Trouble::Denied));
    assert_eq!(trouble(Collector::Cluster).map(|(trouble, _)| trouble), Some(Trouble::Failed));
    let (waits, why) = trouble(Collector::NetworkInterfaces).expect("trouble");
    assert!(waits == Trouble::Failed && why.starts_with("it waits for cluster: throttled"), "{why}");
    run.board.lost(Some(Unidentified::NoName));
    assert!(matches!(trouble(Collector::Insights), Some((Trouble::NotAsked, why)) if why.contains("--cluster-name")));
}

#[test]
fn sources_and_the_search_for_the_cluster_name_the_right_of_every_operation() {
    let all = Source::ALL.into_iter().flat_map(Source::actions).chain(crate::aws::identity::ACTIONS);
    let operations: std::collections::BTreeSet<_> =
        all.map(|action| action.split_once(':').expect("service:Operation").1).collect();
    assert_eq!(operations, OPERATIONS.into());
}
