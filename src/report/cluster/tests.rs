//! Findings about what AWS says.

use crate::{
    aws::poll::News,
    cache::{ADDON_NAMESPACE, Cache, Index, Scope, Settings, VersionIndex},
    objects::AddonPod,
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
    assert_eq!(told(&mut cache, 10), [is(Severity::Warning, "1 subnet has few free addresses")]);
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
    let title = "1 subnet has hardly any free addresses, 1 more few";
    assert_eq!((finding.severity, finding.title.as_str()), (Severity::Critical, title));
    assert!(finding.examples[0].contains("9 of 251"), "{:?}", finding.examples);
}

#[test]
fn the_control_plane_needs_six_addresses() {
    let with = |free| cache(vec![News::Cluster(cluster("prod")), News::Subnets(vec![subnet(1, free)])]);
    assert_eq!(told(&mut with(6), 0), []);
    assert_eq!(told(&mut with(5), 0), [is(Severity::Critical, "1 subnet has hardly any free addresses")]);
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
    let mut cache = cache(vec![News::Cluster(sick), a, b, c, News::Addon(coredns)]);
    assert_eq!(
        told(&mut cache, 0),
        [
            "EKS finds wrong with the cluster: Ec2SubnetNotFound",
            "EKS finds wrong with node groups: AsgInstanceLaunchFailures",
            "EKS finds wrong with add-ons: MoonInTheWay",
            "1 node group is broken",
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
        [is(Severity::Info, "standard support of Kubernetes 1.33 ends on 2026-07-29")]
    );
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
    cache.aws_brings(offer(&["v1.25.16-eksbuild.2", "v1.25.14-eksbuild.1"]), at(1_000_000_000));
    let below = "kube-proxy v1.25.9-eksbuild.1 is older than all that EKS offers for this version of Kubernetes; its default is v1.25.16-eksbuild.2";
    assert_eq!(told(&mut cache, 1), [is(Severity::Critical, below)]);
}
