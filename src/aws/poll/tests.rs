//! Pollers, with an AWS that does what the test wants, on a clock that the test moves.

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

/// So many node groups that a round of them would take long.
fn crowded() -> Arc<FaultyAws> {
    let aws = FaultyAws::new(account());
    aws.aws.change(|state| {
        state.nodegroups = (0..100).map(|number| nodegroup(&format!("group-{number}"), &[3])).collect();
    });
    aws
}

#[tokio::test(start_paused = true)]
async fn a_round_that_aws_throttles_or_leaves_waiting_begins_nothing_more() {
    for fault in [Fault::Throttled, Fault::NeverAnswers, Fault::NoCredentials] {
        let aws = crowded();
        aws.fail("DescribeNodegroup", fault);
        let run = run(aws);
        sleep(Duration::from_secs(125)).await; // a call without an answer is given up after two minutes
        assert!(!run.standing(Collector::Nodegroups).is_up, "{fault:?}");
        let rounds = run.calls("ListNodegroups");
        let described = run.calls("DescribeNodegroup");
        assert!((1..=4 * rounds).contains(&described), "{fault:?}: {described} of 100 in {rounds} rounds");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_is_known_while_the_round_goes_on() {
    let aws = FaultyAws::new(account());
    aws.aws.change(|state| state.nodegroups.push(nodegroup("b", &[3])));
    aws.fail_about("DescribeNodegroup", "workers", Fault::Denied);
    aws.fail_about("DescribeNodegroup", "b", Fault::NeverAnswers);
    let run = run(aws);
    sleep(A_MOMENT).await;
    let standing = run.standing(Collector::Nodegroups);
    assert_eq!(standing.trouble.map(|(trouble, _)| trouble), Some(Trouble::Denied));
    assert!(!standing.is_up && !standing.settled, "the rest is still to come");
    sleep(Duration::from_secs(125)).await;
    assert!(run.standing(Collector::Nodegroups).settled);
}

#[tokio::test(start_paused = true)]
async fn a_round_is_over_when_the_next_is_due() {
    let aws = crowded();
    aws.fail("DescribeNodegroup", Fault::Slow);
    let run = run(aws);
    sleep(Source::Nodegroups.period() - A_MOMENT).await;
    assert!(!run.standing(Collector::Nodegroups).settled, "it would take 42 minutes");
    sleep(A_MOMENT * 2).await;
    let standing = run.standing(Collector::Nodegroups);
    assert!(standing.settled && !standing.is_up);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_eks_does_not_know_says_nothing_of_its_add_ons() {
    let aws = FaultyAws::new(account());
    aws.fail("ListAddons", Fault::NotFound);
    let run = run(aws);
    sleep(A_MOMENT).await;
    assert_eq!(run.told().get("no addon"), None);
    assert_eq!(run.calls("DescribeAddon"), 0);
    assert!(!run.standing(Collector::AddonVersions).is_up);
}

#[tokio::test(start_paused = true)]
async fn first_rounds_are_spread_and_only_the_cluster_is_asked_about_at_once() {
    let run = run_at(FaultyAws::new(account()), Tempo::Spread);
    sleep(Duration::from_millis(100)).await;
    let calls = run.aws.calls.lock().clone();
    assert_eq!(calls, [("DescribeCluster", 1)].into());
    sleep(SPREAD).await;
    assert_eq!(run.told().len(), 15, "{:?}", run.told());
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

/// Calls a day of each operation, as docs/aws.md has them in its last column: an hour, or `N a day`. Rows with a flag are of
/// what only that flag asks.
fn calls_in_the_document(optional: bool) -> BTreeMap<String, u32> {
    let page = include_str!("../../../docs/aws.md");
    let mut calls = BTreeMap::new();
    for cells in
        page.lines().filter_map(|line| line.strip_prefix("| ")).map(|line| line.split(" | ").collect::<Vec<_>>())
    {
        let [call, every, .., count] = &cells[..] else { continue };
        let count = count.trim_end_matches('|').trim();
        let number: Option<u32> = count.split(' ').next().and_then(|number| number.parse().ok());
        let Some(number) = number.filter(|_| every.contains("--") == optional) else { continue };
        let operation = call.split(',').next().unwrap_or_default();
        *calls.entry(operation.to_owned()).or_default() += if count.ends_with("a day") { number } else { number * 24 };
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_ten_node_groups_and_twelve_subnets_costs_the_calls_that_the_document_says() {
    let is_optional = |source: &Source| matches!(source, Source::NetworkInterfaces | Source::SubnetReservations);
    for optional in [false, true] {
        let aws = FaultyAws::new(account());
        aws.aws.change(|state| {
            state.nodegroups = (0..10).map(|number| nodegroup(&format!("group-{number}"), &[number])).collect();
            state.fargate_profiles.clear();
            state.addons = ["vpc-cni", "kube-proxy", "coredns", "aws-ebs-csi-driver", "eks-pod-identity-agent"]
                .map(|name| addon(name, "v1.0.0"))
                .into();
        });
        let home = Notebook {
            kubernetes: parking_lot::Mutex::new(Some("1.35".to_owned())),
            addons: vec!["coredns".to_owned(), "kube-proxy".to_owned(), "vpc-cni".to_owned()],
            subnets: parking_lot::Mutex::new((1..=12).map(subnet_id).collect()),
            ..Notebook::default()
        };
        let board = Arc::new(Board::new(Source::ALL.into_iter().filter(|source| is_optional(source) == optional)));
        let mut tasks = JoinSet::new();
        let settings = Settings {
            api: Arc::clone(&aws) as Arc<dyn AwsApi>,
            home: Arc::new(home),
            cluster: "prod".to_owned(),
            clock: Clock::new(),
            stale_after: Duration::from_secs(3600),
            at_least_every: None,
            tempo: Tempo::Exact,
        };
        start(&mut tasks, settings, &board);
        sleep(Duration::from_secs(24 * 3600 - 1)).await;
        let calls: BTreeMap<String, u32> =
            aws.calls.lock().iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect();
        assert_eq!(calls, calls_in_the_document(optional));
        let an_hour = calls.values().sum::<u32>() / 24;
        let words = if optional { "calls an hour more with" } else { "calls an hour by default" };
        let page = include_str!("../../../docs/aws.md");
        assert!(page.contains(&format!("**{an_hour}** {words}")), "docs/aws.md does not say: {an_hour} {words}");
    }
}
