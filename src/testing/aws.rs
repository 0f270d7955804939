//! An AWS for tests: a healthy account that each test bends in one place, calls that fail as the test wants, and a home
//! that writes down what it is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::{
    aws::{
        Answer, AwsApi, AwsError, ErrorKind, Filter,
        facts::*,
        poll::{Home, News},
    },
    demo::aws::{SimulatedAws, State},
};

pub const ISSUER: &str = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

pub fn cluster(name: &str) -> Cluster {
    Cluster {
        arn: format!("arn:aws:eks:eu-west-1:111122223333:cluster/{name}"),
        platform_version: Some("eks.12".to_owned()),
        support_type: Some(SupportType::Extended),
        oidc_issuer: Some(ISSUER.to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        subnet_ids: vec![subnet_id(1), subnet_id(2)],
        ip_family: Some(IpFamily::Ipv4),
        ..Cluster::new(name, "1.35")
    }
}

pub fn nodegroup(name: &str, subnets: &[u32]) -> Nodegroup {
    Nodegroup {
        name: name.to_owned(),
        status: NodegroupStatus::Active,
        version: Some("1.35".to_owned()),
        release_version: Some("1.35.6-20260714".to_owned()),
        ami_type: Some("AL2023_x86_64_STANDARD".to_owned()),
        capacity_type: Some(CapacityType::OnDemand),
        subnet_ids: subnets.iter().map(|number| subnet_id(*number)).collect(),
        issues: Vec::new(),
    }
}

pub fn issue(code: &str) -> Issue {
    Issue { code: code.into(), message: "words of EKS".to_owned(), resource_ids: Vec::new() }
}

pub fn addon(name: &str, version: &str) -> Addon {
    Addon { name: name.to_owned(), status: AddonStatus::Active, version: Some(version.to_owned()), issues: Vec::new() }
}

/// What EKS offers of an add-on; the first is the default.
pub fn release(name: &str, versions: &[&str]) -> AddonRelease {
    let version = |(at, version): (usize, &&str)| AddonVersion { version: (*version).to_owned(), default: at == 0 };
    AddonRelease { name: name.to_owned(), versions: versions.iter().enumerate().map(version).collect() }
}

pub fn insight(name: &str, status: &str) -> Insight {
    Insight {
        id: name.to_owned(),
        name: name.to_owned(),
        category: InsightCategory::UpgradeReadiness,
        kubernetes_version: Some("1.36".to_owned()),
        status: status.into(),
        reason: None,
    }
}

pub fn subnet_id(number: u32) -> String {
    format!("subnet-{number:017x}")
}

/// A /24 in a zone of its own, `10.0.NUMBER.0/24`.
pub fn subnet(number: u32, available: u32) -> Subnet {
    Subnet {
        id: subnet_id(number),
        name: Some(format!("private-{number}")),
        zone_id: Some(format!("euw1-az{}", number % 3 + 1)),
        zone: Some("eu-west-1a".to_owned()),
        cidr: Some(format!("10.0.{number}.0/24")),
        vpc_id: Some("vpc-1".to_owned()),
        available: Some(available),
        owner_id: Some("111122223333".to_owned()),
        tags: BTreeMap::new(),
    }
}

pub fn interface(id: &str, subnet: u32, addresses: &[&str]) -> NetworkInterface {
    NetworkInterface {
        id: id.to_owned(),
        status: InterfaceStatus::InUse,
        kind: Some("interface".to_owned()),
        subnet_id: Some(subnet_id(subnet)),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        prefixes: Vec::new(),
        instance_id: None,
        tags: BTreeMap::new(),
    }
}

/// One of everything.
pub fn account() -> State {
    let at = |text: &str| text.parse().ok();
    State {
        clusters: vec![cluster("prod")],
        cluster_versions: vec![ClusterVersion {
            version: "1.35".to_owned(),
            default: true,
            status: Some(VersionStatus::StandardSupport),
            standard_support_end: at("2027-03-27T00:00:00Z"),
            extended_support_end: at("2028-03-27T00:00:00Z"),
        }],
        nodegroups: vec![nodegroup("workers", &[3])],
        fargate_profiles: vec![FargateProfile { name: "batch".to_owned(), subnet_ids: vec![subnet_id(4)] }],
        addons: vec![addon("vpc-cni", "v1.21.1-eksbuild.1")],
        addon_versions: vec![(
            "1.35".to_owned(),
            vec![release("vpc-cni", &["v1.22.4-eksbuild.3", "v1.23.1-eksbuild.1", "v1.19.0-eksbuild.1"])],
        )],
        insights: vec![insight("Deprecated APIs removed in Kubernetes v1.36", "WARNING")],
        subnets: (1..=5).map(|number| subnet(number, 200)).collect(),
        network_interfaces: vec![interface("eni-1", 3, &["10.0.3.20"])],
        reservations: Vec::new(),
    }
}

/// How calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Denied,
    Throttled,
    NeverAnswers,
    Garbage,
    NoCredentials,
    /// Of the cluster, where something of it was asked for.
    NotFound,
    /// Broken, and that takes a while.
    Slow,
}

impl Fault {
    /// Those that any call may meet.
    pub const ALL: [Self; 4] = [Self::Denied, Self::Throttled, Self::NeverAnswers, Self::Garbage];

    async fn happen(self) -> AwsError {
        match self {
            Self::Denied => AwsError::coded(ErrorKind::Denied, "AccessDeniedException", "not authorized"),
            Self::Throttled => AwsError::coded(ErrorKind::Throttled, "ThrottlingException", "rate exceeded"),
            Self::NeverAnswers => std::future::pending().await,
            Self::Garbage => AwsError::new(ErrorKind::Unreadable, "neither JSON nor XML"),
            Self::NoCredentials => AwsError::new(ErrorKind::NoCredentials, "no credentials found in chain"),
            Self::NotFound => AwsError::coded(ErrorKind::NotFound, "ResourceNotFoundException", "No cluster found"),
            Self::Slow => {
                tokio::time::sleep(Duration::from_secs(100)).await;
                AwsError::new(ErrorKind::Server, "broken")
            }
        }
    }
}

/// Every operation of the trait.
pub const OPERATIONS: [&str; 14] = [
    "ListClusters",
    "DescribeCluster",
    "ListNodegroups",
    "DescribeNodegroup",
    "ListFargateProfiles",
    "DescribeFargateProfile",
    "ListAddons",
    "DescribeAddon",
    "DescribeAddonVersions",
    "DescribeClusterVersions",
    "ListInsights",
    "DescribeSubnets",
    "DescribeNetworkInterfaces",
    "GetSubnetCidrReservations",
];

/// The simulated AWS, with faults, and counting.
#[derive(Default)]
pub struct FaultyAws {
    pub aws: SimulatedAws,
    /// Operations that fail; with a name only those about it.
    pub faults: Mutex<Vec<(&'static str, Option<String>, Fault)>>,
    /// Calls by operation.
    pub calls: Mutex<BTreeMap<&'static str, u32>>,
}

impl FaultyAws {
    pub fn new(state: State) -> Arc<Self> {
        Arc::new(Self { aws: SimulatedAws::new(state), ..Self::default() })
    }

    /// From now on that operation fails so.
    pub fn fail(&self, operation: &'static str, fault: Fault) {
        self.faults.lock().push((operation, None, fault));
    }

    /// The same, of one thing only.
    pub fn fail_about(&self, operation: &'static str, name: &str, fault: Fault) {
        self.faults.lock().push((operation, Some(name.to_owned()), fault));
    }

    fn through<'a, T: Send + 'a>(
        &'a self,
        operation: &'static str,
        about: &str,
        answer: Answer<'a, T>,
    ) -> Answer<'a, T> {
        *self.calls.lock().entry(operation).or_default() += 1;
        let fits = |one: &&(&str, Option<String>, Fault)| {
            one.0 == operation && one.1.as_ref().is_none_or(|name| name == about)
        };
        let fault = self.faults.lock().iter().find(fits).map(|(_, _, fault)| *fault);
        match fault {
            None => answer,
            Some(fault) => Box::pin(async move { Err(fault.happen().await) }) as BoxFuture<'a, _>,
        }
    }
}

impl AwsApi for FaultyAws {
    fn list_clusters(&self) -> Answer<'_, Vec<String>> {
        self.through("ListClusters", "", self.aws.list_clusters())
    }

    fn describe_cluster<'a>(&'a self, cluster: &'a str) -> Answer<'a, Cluster> {
        self.through("DescribeCluster", cluster, self.aws.describe_cluster(cluster))
    }

    fn list_nodegroups<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>> {
        self.through("ListNodegroups", "", self.aws.list_nodegroups(cluster))
    }

    fn describe_nodegroup<'a>(&'a self, cluster: &'a str, nodegroup: &'a str) -> Answer<'a, Nodegroup> {
        self.through("DescribeNodegroup", nodegroup, self.aws.describe_nodegroup(cluster, nodegroup))
    }

    fn list_fargate_profiles<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>> {
        self.through("ListFargateProfiles", "", self.aws.list_fargate_profiles(cluster))
    }

    fn describe_fargate_profile<'a>(&'a self, cluster: &'a str, profile: &'a str) -> Answer<'a, FargateProfile> {
        self.through("DescribeFargateProfile", profile, self.aws.describe_fargate_profile(cluster, profile))
    }

    fn list_addons<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>> {
        self.through("ListAddons", "", self.aws.list_addons(cluster))
    }

    fn describe_addon<'a>(&'a self, cluster: &'a str, addon: &'a str) -> Answer<'a, Addon> {
        self.through("DescribeAddon", addon, self.aws.describe_addon(cluster, addon))
    }

    fn describe_addon_versions<'a>(&'a self, kubernetes_version: &'a str) -> Answer<'a, Vec<AddonRelease>> {
        self.through("DescribeAddonVersions", kubernetes_version, self.aws.describe_addon_versions(kubernetes_version))
    }

    fn describe_cluster_versions(&self) -> Answer<'_, Vec<ClusterVersion>> {
        self.through("DescribeClusterVersions", "", self.aws.describe_cluster_versions())
    }

    fn list_insights<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<Insight>> {
        self.through("ListInsights", "", self.aws.list_insights(cluster))
    }

    fn describe_subnets<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<Subnet>> {
        self.through("DescribeSubnets", "", self.aws.describe_subnets(filters))
    }

    fn describe_network_interfaces<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<NetworkInterface>> {
        self.through("DescribeNetworkInterfaces", "", self.aws.describe_network_interfaces(filters))
    }

    fn get_subnet_cidr_reservations<'a>(&'a self, subnet: &'a str) -> Answer<'a, Vec<CidrReservation>> {
        self.through("GetSubnetCidrReservations", subnet, self.aws.get_subnet_cidr_reservations(subnet))
    }
}

/// A home with fixed wishes that keeps all news.
#[derive(Default)]
pub struct Notebook {
    pub kubernetes: Mutex<Option<String>>,
    pub addons: Vec<String>,
    pub subnets: Mutex<BTreeSet<String>>,
    pub news: Mutex<Vec<News>>,
}

impl Home for Notebook {
    fn take(&self, news: News, _: Timestamp) {
        self.news.lock().push(news);
    }

    fn kubernetes(&self) -> Option<String> {
        self.kubernetes.lock().clone()
    }

    fn addons(&self) -> Vec<String> {
        self.addons.clone()
    }

    fn vpc(&self) -> Option<String> {
        Some("vpc-1".to_owned())
    }

    fn subnets(&self) -> Vec<String> {
        self.subnets.lock().iter().cloned().collect()
    }
}

/// So long that everything has been asked once, and nothing twice.
pub const A_MOMENT: Duration = Duration::from_secs(1);
