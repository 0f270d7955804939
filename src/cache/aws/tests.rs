//! What AWS brings, as the page tells it.

mod interfaces;
mod subnets;

use std::time::Duration;

use crate::{
    aws::{Source, poll::News},
    cache::{ADDON_NAMESPACE, Cache, Index, Scope, Settings, VersionIndex},
    demo::aws::State,
    metrics::{Writer, groups},
    objects::{AddonPod, DaemonSet, Node, Pod},
    testing::{aws::*, *},
};

const STALE_AFTER: Duration = Duration::from_secs(3600);

fn brings(cache: &mut Cache, source: Source, news: News, seconds: i64) {
    cache.aws_brings(news, at(seconds) + source.lifetime(STALE_AFTER));
}

/// A cache that was told of everything at the start.
fn told(account: &State) -> Cache {
    let mut cache = cache();
    for (source, news) in all(account) {
        brings(&mut cache, source, news, 0);
    }
    cache
}

fn cache() -> Cache {
    let mut cache = unsynced();
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), start());
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    cache
}

/// Neither pods nor nodes are known yet.
fn unsynced() -> Cache {
    let mut cache = Cache::new(Settings { branch_eni_scan: true, ..Settings::new(start()) });
    cache.apply(daemon("aws-node", 20, "a", "eks/amazon-k8s-cni:v1.18.0-eksbuild.1").0, start());
    Index::<AddonPod>::finish(&mut cache, &Scope::namespace(ADDON_NAMESPACE), start());
    Index::<DaemonSet>::finish(&mut cache, &Scope::namespace(ADDON_NAMESPACE), start());
    cache.server_version("v1.35.1-eks-0123456", 1, 35, start());
    cache.aws_cluster("prod", "eu-west-1");
    cache
}

/// What the pollers bring of that account.
fn all(account: &State) -> Vec<(Source, News)> {
    let mut all = vec![
        (Source::Cluster, News::Cluster(account.clusters[0].clone())),
        (Source::ClusterVersions, News::ClusterVersions(account.cluster_versions.clone())),
        (Source::Insights, News::Insights(account.insights.clone())),
        (Source::Subnets, News::Subnets(account.subnets.clone())),
    ];
    all.extend(account.nodegroups.iter().map(|one| (Source::Nodegroups, News::Nodegroup(one.clone()))));
    all.extend(account.fargate_profiles.iter().map(|one| (Source::FargateProfiles, News::FargateProfile(one.clone()))));
    all.extend(account.addons.iter().map(|one| (Source::Addons, News::Addon(one.clone()))));
    all.extend(account.addon_versions.iter().map(|(kubernetes, addons)| {
        (Source::AddonVersions, News::AddonVersions { kubernetes: kubernetes.clone(), addons: addons.clone() })
    }));
    let (interfaces, subnets) = (account.network_interfaces.clone(), account.subnets.clone());
    all.push((Source::NetworkInterfaces, News::NetworkInterfaces { interfaces, subnets }));
    for subnet in &account.subnets {
        let of = account.reservations.iter().filter(|(of, _)| *of == subnet.id);
        let reservations = of.map(|(_, reservation)| reservation.clone()).collect();
        all.push((Source::SubnetReservations, News::SubnetReservations { subnet: subnet.id.clone(), reservations }));
    }
    all
}

/// An account in which everything is told of.
fn troubled() -> State {
    let mut account = account();
    account.clusters[0].issues = vec![issue("Ec2SubnetNotFound")];
    account.nodegroups[0].issues = vec![issue("AsgInstanceLaunchFailures")];
    account.addons[0].issues = vec![issue("InsufficientNumberOfReplicas")];
    account.network_interfaces = vec![interface("eni-1", 3, &["10.0.3.20"])];
    account.subnets[2].available = Some(250);
    account
}

fn page(cache: &mut Cache, seconds: i64) -> Vec<String> {
    let mut writer = Writer::default();
    groups::write_cluster(&mut writer, &cache.snapshot(at(seconds)));
    writer.finish().lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// Families that only AWS feeds, each with its lines.
fn of_aws(cache: &mut Cache, seconds: i64) -> Vec<String> {
    let families =
        ["eks_cluster_", "eks_insight_", "eks_nodegroup_", "eks_subnet_", "eks_addon_managed", "eks_addon_health"];
    page(cache, seconds).into_iter().filter(|line| families.iter().any(|family| line.starts_with(family))).collect()
}

#[test]
fn everything_that_aws_tells_is_told() {
    insta::assert_snapshot!(of_aws(&mut told(&troubled()), 1).join("\n"));
}

#[test]
fn what_is_not_renewed_is_dropped_and_the_rest_stays() {
    let account = troubled();
    for (silent, gone) in [
        (Source::Cluster, "eks_cluster_info"),
        (Source::Nodegroups, "eks_nodegroup_info"),
        (Source::Addons, "eks_addon_managed_info"),
        (Source::Insights, "eks_insight_info"),
        (Source::Subnets, "eks_subnet_available_ips"),
        (Source::NetworkInterfaces, "eks_subnet_free_prefixes"),
    ] {
        let mut cache = told(&account);
        let lifetime = i64::try_from(silent.lifetime(STALE_AFTER).as_secs()).unwrap();
        for seconds in (0..=lifetime).step_by(60) {
            for (source, news) in all(&account).into_iter().filter(|(source, _)| *source != silent) {
                brings(&mut cache, source, news, seconds);
            }
            let tells = page(&mut cache, seconds).iter().any(|line| line.starts_with(gone));
            assert_eq!(tells, seconds < lifetime, "{gone} after {seconds} s");
        }
        let families = |lines: Vec<String>| -> std::collections::BTreeSet<String> {
            lines.iter().map(|line| line.split('{').next().unwrap().to_owned()).collect()
        };
        let (before, after) = (families(of_aws(&mut told(&account), 1)), families(of_aws(&mut cache, lifetime)));
        let lost: Vec<_> = before.difference(&after).cloned().collect();
        // The families of a source go, and no others.
        let expected: &[&str] = match silent {
            Source::Cluster => &["eks_cluster_health_issue", "eks_cluster_info"],
            Source::Nodegroups => &["eks_nodegroup_health_issue", "eks_nodegroup_info"],
            Source::Addons => &["eks_addon_health_issue", "eks_addon_managed_info"],
            Source::Insights => &["eks_insight_info"],
            Source::Subnets => &[
                "eks_subnet_available_ips",
                "eks_subnet_free_prefixes",
                "eks_subnet_info",
                "eks_subnet_total_ips",
                "eks_subnet_usage_info",
                "eks_subnet_warm_ips",
            ],
            _ => &["eks_subnet_free_prefixes", "eks_subnet_warm_ips"],
        };
        assert_eq!(lost, expected, "without {}", silent.name());
    }
}

#[test]
fn one_node_group_that_cannot_be_described_any_more_goes_alone() {
    let mut account = account();
    account.nodegroups.push(nodegroup("spot", &[3]));
    let mut cache = told(&account);
    brings(&mut cache, Source::Nodegroups, News::Nodegroup(account.nodegroups[0].clone()), 3000);
    let lines = of_aws(&mut cache, 4000);
    let groups: Vec<_> = lines.iter().filter(|line| line.starts_with("eks_nodegroup_info")).collect();
    assert!(groups.len() == 1 && groups[0].contains("workers"), "{groups:?}");
    brings(&mut cache, Source::Nodegroups, News::NodegroupNames(Vec::new()), 4001);
    assert!(!of_aws(&mut cache, 4001).iter().any(|line| line.starts_with("eks_nodegroup_info")), "all were deleted");
}

#[test]
fn words_that_nobody_knew_are_other() {
    let mut account = troubled();
    account.clusters[0].issues = vec![issue("MoonInTheWay"), issue("StarsInTheWay")];
    account.nodegroups[0].status = "DREAMING".into();
    account.insights[0].status = "MAYBE".into();
    let lines = of_aws(&mut told(&account), 1);
    let of = |family: &str| lines.iter().filter(|line| line.starts_with(family)).collect::<Vec<_>>();
    assert_eq!(of("eks_cluster_health_issue"), ["eks_cluster_health_issue{code=\"other\"} 1"], "two of them are one");
    assert_eq!(told(&account).snapshot(at(1)).aws.issues.len(), 2, "a reader is told of both");
    for family in ["eks_insight_info", "eks_nodegroup_info"] {
        assert!(of(family)[0].contains("status=\"other\""), "{lines:#?}");
    }
}

#[test]
fn only_the_words_of_aws_say_who_manages_an_add_on() {
    let management = |cache: &mut Cache| {
        let lines = page(cache, 1);
        let line = lines.iter().find(|line| line.starts_with("eks_addon_info{addon=\"vpc-cni\"")).unwrap();
        line.split("management=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let mut cache = cache();
    assert_eq!(management(&mut cache), "unknown");
    brings(&mut cache, Source::Addons, News::Addon(addon("vpc-cni", "v1.18.0-eksbuild.1")), 0);
    assert_eq!(management(&mut cache), "eks");
    brings(&mut cache, Source::Addons, News::NoAddon("vpc-cni".to_owned()), 0);
    assert_eq!(management(&mut cache), "self");
    brings(&mut cache, Source::Addons, News::AddonNames(Vec::new()), 0);
    assert_eq!(management(&mut cache), "unknown");
}

/// The account offers v1.22.4 by default and v1.19.0 as the oldest; v1.18.0 runs.
#[test]
fn add_ons_are_compared_with_what_eks_offers_for_the_version_of_the_api_server() {
    let mut cache = told(&account());
    let lines = page(&mut cache, 1);
    for line in [
        "eks_addon_minors_behind{addon=\"vpc-cni\",basis=\"eks\"} 4",
        "eks_addon_supported{addon=\"vpc-cni\",basis=\"eks\"} 0",
        "eks_addon_expected_info{addon=\"vpc-cni\",basis=\"eks\",current=\"v1.18.0-eksbuild.1\",expected=\"v1.22.4-eksbuild.3\"} 1",
    ] {
        assert!(lines.iter().any(|one| one == line), "{line} is not in {lines:#?}");
    }
    cache.server_version("v1.36.1-eks-0123456", 1, 36, at(2));
    assert!(
        !page(&mut cache, 2).iter().any(|line| line.contains("basis=\"eks\",current")),
        "that was asked about 1.35"
    );
}

#[test]
fn the_end_of_support_is_told_without_aws_but_only_of_clusters_of_eks() {
    let end = |cache: &mut Cache| -> Vec<String> {
        page(cache, 1).into_iter().filter(|line| line.starts_with("eks_cluster_support_end")).collect()
    };
    let mut cache = cache();
    let of_catalog = end(&mut cache);
    assert_eq!(of_catalog.len(), 4);
    assert!(of_catalog[0].ends_with(" 1806105600"), "{of_catalog:?}: 2027-03-27");
    assert!(of_catalog[2].contains("basis=\"catalog\""), "{of_catalog:?}");
    assert!(end(&mut told(&account()))[2].contains("basis=\"eks\""));
    cache.server_version("v1.35.1", 1, 35, start());
    assert_eq!(end(&mut cache), [""; 0], "somebody else's cluster");
    cache.server_version("v1.99.1-eks-0123456", 1, 99, start());
    assert_eq!(end(&mut cache), [""; 0], "nobody knows");
}
