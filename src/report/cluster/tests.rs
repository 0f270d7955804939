//! Findings about what AWS says.

use crate::{
    aws::{
        OWNER_TAG,
        facts::{Cluster, InterfaceStatus, NetworkInterface},
        poll::News,
    },
    cache::{ADDON_NAMESPACE, Cache, Index, Scope, Settings, VersionIndex},
    objects::{AddonPod, Node, Pod},
    report::{Severity, findings},
    testing::{aws::*, *},
};

fn cache(news: Vec<News>) -> Cache {
    let mut cache = Cache::new(Settings::new(start()));
    for news in news {
        cache.aws_brings(news, at(1_000_000_000));
    }
    cache
}

fn told(cache: &mut Cache, seconds: i64) -> Vec<(Severity, String)> {
    findings(&cache.snapshot(at(seconds))).into_iter().map(|finding| (finding.severity, finding.title)).collect()
}

fn is(severity: Severity, title: &str) -> (Severity, String) {
    (severity, title.to_owned())
}

#[test]
fn incident_8_is_told_by_the_subnet_that_runs_out() {
    let subnets = |free: u32| News::Subnets(vec![subnet(3, free), subnet(1, 100)]);
    let mut cache =
        cache(vec![News::Cluster(cluster("prod")), News::Nodegroup(nodegroup("workers", &[3])), subnets(200)]);
    assert_eq!(told(&mut cache, 0), []);
    cache.aws_brings(subnets(45), at(1_000_000_000));
    assert_eq!(
        told(&mut cache, 10),
        [is(Severity::Warning, "1 subnet has few free addresses: private-3, 45 of 251 free")]
    );
    cache.aws_brings(subnets(9), at(1_000_000_000));
    let snapshot = cache.snapshot(at(100));
    let finding = findings(&snapshot).remove(0);
    assert_eq!((finding.severity, finding.since), (Severity::Critical, at(10)), "it began when it was few");
    let id = subnet_id(3);
    assert_eq!(
        finding.examples,
        [format!("{id} (private-3, 10.0.3.0/24, euw1-az1): 9 of 251 free; used by nodegroup workers")]
    );
    assert!(finding.look.contains(&id), "{}", finding.look);
    cache.aws_brings(subnets(100), at(1_000_000_000));
    assert_eq!(told(&mut cache, 200), []);
}

#[test]
fn the_fullest_of_several_subnets_comes_first() {
    let group = News::Nodegroup(nodegroup("workers", &[3, 4]));
    let mut cache = cache(vec![group, News::Subnets(vec![subnet(3, 45), subnet(4, 9)])]);
    let finding = findings(&cache.snapshot(start())).remove(0);
    let title = "1 subnet has hardly any free addresses, 1 more few: private-4, 9 of 251 free";
    assert_eq!((finding.severity, finding.title.as_str()), (Severity::Critical, title));
    assert!(finding.examples[0].contains("9 of 251"), "{:?}", finding.examples);
}

#[test]
fn the_control_plane_needs_six_addresses() {
    let with = |free| cache(vec![News::Cluster(cluster("prod")), News::Subnets(vec![subnet(1, free)])]);
    assert_eq!(told(&mut with(6), 0), []);
    assert_eq!(
        told(&mut with(5), 0),
        [is(Severity::Critical, "1 subnet has hardly any free addresses: private-1, 5 of 251 free")]
    );
}

#[test]
fn what_eks_finds_wrong_is_told_by_its_code() {
    let mut sick = cluster("prod");
    sick.issues = vec![issue("Ec2SubnetNotFound")];
    let mut groups = [nodegroup("a", &[]), nodegroup("b", &[]), nodegroup("c", &[])];
    groups[0].issues = vec![issue("AsgInstanceLaunchFailures")];
    groups[1].issues = vec![issue("AsgInstanceLaunchFailures")];
    groups[2].status = "DEGRADED".into();
    let mut coredns = addon("coredns", "v1.0.0");
    coredns.issues = vec![issue("MoonInTheWay")];
    let [a, b, c] = groups.map(News::Nodegroup);
    let mut stuck = addon("kube-proxy", "v1.0.0");
    stuck.status = "UPDATE_FAILED".into();
    let mut cache = cache(vec![News::Cluster(sick), a, b, c, News::Addon(coredns), News::Addon(stuck)]);
    assert_eq!(
        told(&mut cache, 0),
        [
            "EKS finds wrong with the cluster: Ec2SubnetNotFound",
            "EKS finds wrong with node groups: AsgInstanceLaunchFailures",
            "EKS finds wrong with add-ons: MoonInTheWay",
            "1 node group is broken",
            "1 add-on is broken",
        ]
        .map(|title| is(Severity::Warning, title))
    );
    let finding = findings(&cache.snapshot(at(60))).remove(1);
    assert_eq!(finding.examples, ["a: words of EKS, for 1m 0s", "b: words of EKS, for 1m 0s"]);
}

/// The tests begin on 29 April 2026.
#[test]
fn the_end_of_support_is_told_before_it_comes() {
    for (minor, expected) in [
        (30, Some(is(Severity::Warning, "extended support of Kubernetes 1.30 ends on 2026-07-23"))),
        (29, Some(is(Severity::Warning, "extended support of Kubernetes 1.29 ended on 2026-03-23"))),
        (32, Some(is(Severity::Info, "standard support of Kubernetes 1.32 ended on 2026-03-23"))),
        (33, None), // in three months
        (36, None),
        (99, None),
    ] {
        let mut cache = cache(Vec::new());
        cache.server_version(&format!("v1.{minor}.1-eks-0123456"), 1, minor, start());
        assert_eq!(told(&mut cache, 0), Vec::from_iter(expected), "1.{minor}");
    }
    let mut cache = cache(Vec::new());
    cache.server_version("v1.33.1-eks-0123456", 1, 33, start());
    let a_month_before = (45 * 24) * 3600; // 13 June, 46 days before 29 July
    assert_eq!(
        told(&mut cache, a_month_before),
        [is(Severity::Warning, "standard support of Kubernetes 1.33 ends on 2026-07-29")]
    );
}

#[test]
fn a_cluster_whose_policy_is_standard_is_upgraded_at_the_end_of_standard_support() {
    let told = |policy: &str| {
        let cluster = Cluster { support_type: Some(policy.into()), version: "1.33".to_owned(), ..cluster("prod") };
        let findings = findings(&cache(vec![News::Cluster(cluster)]).snapshot(at(5 * 24 * 3600)));
        findings.into_iter().map(|finding| (finding.severity, finding.title, finding.detail)).collect::<Vec<_>>()
    };
    assert_eq!(told("EXTENDED"), [], "86 days before it costs more");
    let [(severity, title, detail)] = told("STANDARD").try_into().expect("one finding");
    assert_eq!((severity, &*title), (Severity::Warning, "standard support of Kubernetes 1.33 ends on 2026-07-29"));
    assert!(detail.contains("EKS upgrades the control plane by itself"), "{detail}");
}

#[test]
fn insights_that_did_not_pass_are_told_by_how_bad_they_are() {
    let insights = ["PASSING", "ERROR", "WARNING", "UNKNOWN", "MAYBE", "ERROR"];
    let insights = insights.into_iter().enumerate().map(|(at, status)| insight(&format!("insight {at}"), status));
    let mut cache = cache(vec![News::Insights(insights.collect())]);
    assert_eq!(
        told(&mut cache, 0),
        [is(Severity::Warning, "2 insights of EKS: ERROR"), is(Severity::Info, "1 insight of EKS: WARNING")]
    );
}

#[test]
fn add_ons_that_are_behind_or_below_what_eks_offers_are_told() {
    let offer = |versions: &[&str]| News::AddonVersions {
        kubernetes: "1.25".to_owned(),
        addons: vec![release("kube-proxy", versions)],
    };
    let mut cache = cache(vec![offer(&["v1.25.16-eksbuild.2", "v1.25.6-eksbuild.1"])]);
    cache.apply(daemon("kube-proxy", 1, "a", "eks/kube-proxy:v1.25.9-eksbuild.1").0, start());
    Index::<AddonPod>::finish(&mut cache, &Scope::namespace(ADDON_NAMESPACE), start());
    cache.server_version("v1.25.16", 1, 25, start());
    assert_eq!(told(&mut cache, 0), [is(Severity::Info, "1 add-on is older than what EKS installs by default")]);
    // EKS lists kube-proxy of the control plane's own minor only.
    cache.aws_brings(offer(&["v1.25.16-eksbuild.2", "v1.25.14-eksbuild.1"]), at(1_000_000_000));
    assert_eq!(told(&mut cache, 1), [], "the version-skew policy allows it");
}

#[test]
fn below_what_eks_lists_is_a_warning_across_majors_too() {
    let below = "snapshot-controller v6.1.0 is older than all that EKS offers for this version of Kubernetes; its default is v8.3.0-eksbuild.1";
    let behind = "1 add-on is older than what EKS installs by default";
    for (version, expected) in [
        ("v8.3.0-eksbuild.1", None),
        ("v7.0.1", Some(is(Severity::Info, behind))),
        ("v6.1.0", Some(is(Severity::Warning, below))),
    ] {
        let releases = vec![release("snapshot-controller", &["v8.3.0-eksbuild.1", "v6.3.2-eksbuild.1"])];
        let mut cache = cache(vec![News::AddonVersions { kubernetes: "1.35".to_owned(), addons: releases }]);
        cache.apply(daemon("x", 1, "a", &format!("eks/snapshot-controller:{version}")).0, start());
        Index::<AddonPod>::finish(&mut cache, &Scope::namespace(ADDON_NAMESPACE), start());
        cache.server_version("v1.35.1", 1, 35, start());
        assert_eq!(told(&mut cache, 0), Vec::from_iter(expected), "{version}");
    }
}

#[test]
fn an_add_on_is_told_once_whatever_it_is_compared_with() {
    let offer = News::AddonVersions {
        kubernetes: "1.25".to_owned(),
        addons: vec![release("vpc-cni", &["v1.19.0-eksbuild.1", "v1.12.0-eksbuild.1"])],
    };
    let mut cache = cache(vec![offer, News::Cluster(cluster("prod"))]);
    cache.aws_cluster("prod", "eu-west-1");
    cache.apply(daemon("aws-node", 1, "a", OLD_CNI).0, start());
    Index::<AddonPod>::finish(&mut cache, &Scope::namespace(ADDON_NAMESPACE), start());
    cache.server_version("v1.25.16", 1, 25, start());
    let about: Vec<_> =
        findings(&cache.snapshot(start())).into_iter().filter(|it| it.title.contains("vpc-cni")).collect();
    let [finding] = &about[..] else { panic!("{about:?}") };
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(
        finding.examples,
        [
            "vpc-cni v1.10.1-eksbuild.1 is older than all that EKS offers for this version of Kubernetes; its default is v1.19.0-eksbuild.1."
        ]
    );
    let look = "`aws eks describe-addon-versions --addon-name vpc-cni --kubernetes-version 1.25 --region eu-west-1`";
    assert!(finding.look.starts_with(look), "{}", finding.look);
}

/// A node of an instance, and what EC2 says of its interfaces.
fn scanned(interfaces: Vec<NetworkInterface>, free: u32, users: Vec<News>) -> Cache {
    let mut cache = Cache::new(Settings { branch_eni_scan: true, ..Settings::new(start()) });
    cache.aws_cluster("prod", "eu-west-1");
    let mut node = node("a", 500).0;
    node.spec.provider_id = "aws:///eu-west-1a/i-0a".to_owned();
    cache.apply(node, start());
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), start());
    let subnets = vec![subnet(3, free)];
    let news = [
        News::Cluster(cluster("prod")),
        News::Subnets(subnets.clone()),
        News::SubnetReservations { subnet: subnet_id(3), reservations: Vec::new() },
        News::NetworkInterfaces { interfaces, subnets },
    ];
    for news in news.into_iter().chain(users) {
        cache.aws_brings(news, at(1_000_000_000));
    }
    cache
}

#[test]
fn branch_enis_that_are_left_over_are_told_after_an_hour() {
    let mut leaked = interface("eni-1", 3, &["10.0.3.10"]);
    leaked.status = InterfaceStatus::Available;
    let tags = [OWNER_TAG, ("kubernetes.io/cluster/prod", "owned"), ("node.k8s.amazonaws.com/instance_id", "i-0a")];
    leaked.tags = tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let mut cache = scanned(vec![leaked], 250, Vec::new());
    assert_eq!(told(&mut cache, 0), []);
    assert_eq!(told(&mut cache, 3599), []);
    assert_eq!(told(&mut cache, 3600), [is(Severity::Warning, "1 branch ENI is left over that no pod uses")]);
    let finding = findings(&cache.snapshot(at(3660))).remove(0);
    assert_eq!(finding.examples, ["a: 1, for 1h 1m"]);
}

#[test]
fn addresses_that_lie_scattered_are_told_where_nodes_take_prefixes() {
    let one_in_each_block = (0..16).map(|at| format!("10.0.3.{}", at * 16 + 8)).collect::<Vec<_>>();
    let addresses: Vec<_> = one_in_each_block.iter().map(String::as_str).collect();
    let nodes = News::Nodegroup(nodegroup("workers", &[3]));
    let of = |users| told(&mut scanned(vec![interface("eni-1", 3, &addresses)], 235, users), 0);
    let cluster = Cluster { subnet_ids: vec![subnet_id(3)], ..cluster("prod") };
    assert_eq!(of(vec![News::Cluster(cluster)]), [], "the control plane takes no prefixes");
    assert_eq!(of(vec![nodes]), [is(Severity::Warning, "1 subnet has free addresses, but no free /28 block")]);
}

#[test]
fn a_subnet_that_runs_out_is_told_with_what_nodes_hold_warm_there() {
    let mut warm = interface("eni-1", 3, &["10.0.3.10", "10.0.3.11", "10.0.3.12"]);
    warm.instance_id = Some("i-0a".to_owned());
    let mut cache = scanned(vec![warm], 9, vec![News::Nodegroup(nodegroup("workers", &[3]))]);
    let finding = findings(&cache.snapshot(start())).remove(0);
    let words = "9 of 251 free, 2 held warm by 1 node; used by nodegroup workers";
    assert!(finding.examples[0].ends_with(words), "{:?}", finding.examples);
}
