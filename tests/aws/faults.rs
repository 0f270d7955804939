//! Each call × each way to fail, through HTTP, the real clients, the pollers and the cache, up to the page: what does not
//! come from the call that fails is all still there.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::response::Response;
use eksporter::{
    aws::{
        Board, Source,
        poll::{self, Tempo},
    },
    cache::{ADDON_NAMESPACE, Cache, Index, Scope, Settings, VersionIndex},
    clock::Clock,
    metrics::{Writer, groups},
    objects::{AddonPod, Node, Pod},
    run::CacheHome,
};
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use parking_lot::RwLock;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    account::{account, operation},
    client::{apart, client, impatient},
    stub::{Stub, answer, endless, refused, refused_xml},
};

/// How long anything may take; most of it takes two seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// So many runs at once.
const AT_ONCE: usize = 13;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Denied,
    Throttled,
    NeverEnds,
    Garbage,
}

impl Fault {
    const ALL: [Self; 4] = [Self::Denied, Self::Throttled, Self::NeverEnds, Self::Garbage];

    fn answer(self, of_ec2: bool) -> Response {
        match (self, of_ec2) {
            (Self::Denied, false) => refused(403, "AccessDeniedException"),
            (Self::Denied, true) => refused_xml(403, "UnauthorizedOperation"),
            (Self::Throttled, false) => refused(429, "ThrottlingException"),
            (Self::Throttled, true) => refused_xml(503, "RequestLimitExceeded"),
            (Self::NeverEnds, false) => endless("application/json"),
            (Self::NeverEnds, true) => endless("text/xml"),
            (Self::Garbage, _) => answer(200, "text/html", "<html>Not Found".to_owned()),
        }
    }
}

/// Every operation, and what goes with it: families, where several bases feed one also the basis.
const LOST: [(&str, &[&str]); 13] = [
    (
        "DescribeCluster",
        &[
            "eks_cluster_info",
            "eks_cluster_health_issue",
            "eks_subnet_free_prefixes",
            "eks_subnet_warm_ips",
            "eks_node_ips",
        ],
    ),
    ("DescribeClusterVersions", &["eks_cluster_support_end_info eks"]),
    ("ListNodegroups", &["eks_nodegroup_info", "eks_nodegroup_health_issue"]),
    ("DescribeNodegroup", &["eks_nodegroup_info", "eks_nodegroup_health_issue"]),
    // Subnets are used by others, too.
    ("ListFargateProfiles", &[]),
    ("DescribeFargateProfile", &[]),
    // What runs is asked about all the same.
    ("ListAddons", &[]),
    ("DescribeAddon", &["eks_addon_managed_info", "eks_addon_health_issue"]),
    (
        "DescribeAddonVersions",
        &["eks_addon_minors_behind eks", "eks_addon_supported eks", "eks_addon_expected_info eks"],
    ),
    ("ListInsights", &["eks_insight_info"]),
    (
        "DescribeSubnets",
        &[
            "eks_subnet_available_ips",
            "eks_subnet_total_ips",
            "eks_subnet_info",
            "eks_subnet_usage_info",
            "eks_subnet_free_prefixes",
            "eks_subnet_warm_ips",
            "eks_node_branch_enis",
            "eks_node_ips",
        ],
    ),
    (
        "DescribeNetworkInterfaces",
        &["eks_subnet_free_prefixes", "eks_subnet_warm_ips", "eks_node_branch_enis", "eks_node_ips"],
    ),
    ("GetSubnetCidrReservations", &["eks_subnet_free_prefixes"]),
];

/// Every family of this account.
fn everything() -> BTreeSet<String> {
    let with_aws = LOST.iter().flat_map(|(_, lost)| *lost).copied();
    // The API server tells of these.
    let without = [
        "eks_addon_catalog_timestamp_seconds",
        "eks_addon_expected_info catalog",
        "eks_addon_info",
        "eks_addon_minors_behind catalog",
        "eks_addon_pods",
        "eks_addon_supported catalog",
        "eks_cluster_support_end_timestamp_seconds",
    ];
    with_aws.chain(without).map(str::to_owned).collect()
}

fn object<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object")
}

/// What the API server tells: one node, one pod of the VPC CNI, the version.
fn kubernetes() -> Cache {
    let now = Timestamp::now();
    let uid = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    let mut cache = Cache::new(Settings { branch_eni_scan: true, ..Settings::new(now) });
    let node = json!({"metadata": {"name": "a", "uid": uid(1)}, "spec": {"providerID": "aws:///eu-central-1a/i-0a"}});
    cache.apply(object::<Node>(node), now);
    let cni = json!({
        "metadata": {"name": "aws-node-1", "namespace": ADDON_NAMESPACE, "uid": uid(2)},
        "spec": {"nodeName": "a", "containers": [{"name": "aws-node", "image": "eks/amazon-k8s-cni:v1.21.1-eksbuild.3"}]},
    });
    cache.apply(object::<AddonPod>(cni), now);
    Index::<Node>::finish(&mut cache, &Scope::cluster(), now);
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), now);
    Index::<AddonPod>::finish(&mut cache, &Scope::namespace(ADDON_NAMESPACE), now);
    cache.server_version("v1.35.1-eks-0123456", 1, 35, now);
    cache.aws_cluster("blue", "eu-central-1");
    cache
}

/// Families on the page, with the basis where there is one.
fn families(cache: &RwLock<Cache>) -> BTreeSet<String> {
    let mut writer = Writer::default();
    groups::write_cluster(&mut writer, &cache.write().snapshot(Timestamp::now()));
    let page = writer.finish();
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let family = |line: &str| {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        let basis = line.split("basis=\"").nth(1).and_then(|rest| rest.split('"').next());
        basis.map_or_else(|| name.to_owned(), |basis| format!("{name} {basis}"))
    };
    // Pods and nodes have families of their own, which no call of AWS comes near.
    let near = [
        "eks_addon_",
        "eks_cluster_",
        "eks_insight_",
        "eks_nodegroup_",
        "eks_subnet_",
        "eks_node_branch_enis",
        "eks_node_ips",
    ];
    lines.map(family).filter(|family| near.iter().any(|prefix| family.starts_with(prefix))).collect()
}

/// The families on the page, once they are those that are expected and stay so, or after a while.
async fn page(fault: Option<(&'static str, Fault)>, expected: &BTreeSet<String>) -> BTreeSet<String> {
    let stub = Stub::start(move |asked| {
        let operation = operation(asked);
        match fault {
            Some((failing, fault)) if failing == operation => fault.answer(asked.path == "/"),
            _ => account(operation),
        }
    })
    .await;
    let (client, _) = client(&stub.url, apart(impatient())).await;
    let cache = Arc::new(RwLock::new(kubernetes()));
    let board = Arc::new(Board::new(Source::ALL));
    let mut tasks = JoinSet::new();
    let settings = poll::Settings {
        api: Arc::new(client),
        home: Arc::new(CacheHome(Arc::clone(&cache))),
        cluster: "blue".to_owned(),
        clock: Clock::new(),
        stale_after: Duration::from_secs(3600),
        at_least_every: Some(Duration::from_secs(2)),
        tempo: Tempo::Exact,
    };
    poll::start(&mut tasks, settings, &board);
    let (mut shown, mut same) = (BTreeSet::new(), 0);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end && same < 8 {
        sleep(Duration::from_millis(500)).await;
        shown = families(&cache);
        same = if shown == *expected { same + 1 } else { 0 };
    }
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn every_family_that_does_not_come_from_the_call_that_fails_is_still_there() {
    let everything = page(None, &everything()).await;
    assert_eq!(everything, self::everything());
    let cases = LOST.into_iter().flat_map(|(operation, lost)| Fault::ALL.map(|fault| (operation, lost, fault)));
    let runs = cases.map(|(operation, lost, fault)| {
        let expected: BTreeSet<String> =
            everything.iter().filter(|family| !lost.contains(&family.as_str())).cloned().collect();
        let expected = match operation {
            // The shipped calendar steps in.
            "DescribeClusterVersions" => &expected | &["eks_cluster_support_end_info catalog".to_owned()].into(),
            _ => expected,
        };
        async move {
            let shown = page(Some((operation, fault)), &expected).await;
            assert_eq!(shown, expected, "{operation} {fault:?}");
        }
    });
    stream::iter(runs).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}
