//! What AWS brings, as the page tells it.

use std::time::Duration;

use crate::{
    aws::{
        Source,
        facts::{CidrReservation, Cluster, InterfaceStatus, IpFamily, NetworkInterface, ReservationKind},
        poll::News,
    },
    cache::{ADDON_NAMESPACE, Cache, Index, Scope, Settings, VersionIndex},
    demo::aws::State,
    metrics::{Writer, groups},
    objects::{AddonPod, CniNode, DaemonSet, Ec2NodeClass, EniConfig, Node, NodeClass, Pod},
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
fn subnets_are_told_of_by_who_uses_them() {
    let mut cache = cache();
    let mut config = EniConfig::default();
    config.metadata.name = "eu-west-1a".to_owned();
    config.metadata.uid = uid(1);
    config.spec.subnet = subnet_id(5);
    cache.apply(config.clone(), start());
    let mut class = Ec2NodeClass::default();
    class.metadata.name = "default".to_owned();
    class.metadata.uid = uid(2);
    class.status.subnets = vec![Default::default(), crate::objects::NodeClassSubnet { id: subnet_id(5) }];
    cache.apply(class.clone(), start());
    config.metadata.uid = uid(3);
    config.spec.subnet = "subnet-of/somebody&else".to_owned();
    cache.apply(config.clone(), start());
    assert_eq!(cache.aws_asks_subnets(), [subnet_id(5)], "what is no id is not asked for");
    for (source, news) in all(&account()) {
        brings(&mut cache, source, news, 0);
    }
    assert_eq!(cache.aws_asks_subnets(), (1..=5).map(subnet_id).collect::<Vec<_>>());
    assert_eq!(
        users(&mut cache, 5),
        [r#"used_by="eniconfig",name="eu-west-1a""#, r#"used_by="karpenter",name="default""#]
    );
    cache.delete(&class, start());
    Index::<EniConfig>::forget(&mut cache, &Scope::cluster());
    assert_eq!(users(&mut cache, 5), [""; 0]);
    assert!(!page(&mut cache, 1).iter().any(|line| line.contains(&subnet_id(5))), "nobody uses it any more");
}

/// Who takes addresses from a subnet, as labels.
fn users(cache: &mut Cache, number: u32) -> Vec<String> {
    let of = format!("eks_subnet_usage_info{{subnet_id=\"{}\",", subnet_id(number));
    let lines = page(cache, 1).into_iter();
    lines.filter_map(|line| Some(line.strip_prefix(&of)?.strip_suffix("} 1")?.to_owned())).collect()
}

#[test]
fn nodes_take_addresses_where_their_cni_node_says_so_and_the_cni_where_it_finds_its_tag() {
    let mut cache = told(&account());
    let mut of_node = CniNode::default();
    of_node.metadata.name = "a".to_owned();
    of_node.metadata.uid = uid(1);
    of_node.status.trunk_interface.subnet_id = subnet_id(5);
    of_node.status.node_network_state.subnet_id = subnet_id(5);
    cache.apply(of_node, start());
    brings(&mut cache, Source::SubnetTags, News::TaggedSubnets(vec![subnet(5, 200)]), 0);
    assert_eq!(users(&mut cache, 5), [r#"used_by="node",name="""#, r#"used_by="tag",name="""#]);
}

#[test]
fn nodes_of_auto_mode_are_where_their_class_says_so_and_else_where_the_cluster_is() {
    let mut account = account();
    account.clusters[0].auto_mode = true;
    let mut cache = told(&account);
    let of_cluster = account.clusters[0].subnet_ids.clone();
    let number = (1..=5).find(|number| subnet_id(*number) == of_cluster[0]).unwrap();
    assert_eq!(users(&mut cache, number), [r#"used_by="cluster",name="""#, r#"used_by="auto",name="""#]);
    let mut class = NodeClass::default();
    class.metadata.name = "private".to_owned();
    class.metadata.uid = uid(2);
    class.status.subnets = vec![crate::objects::NodeClassSubnet { id: subnet_id(5) }];
    cache.apply(class, start());
    assert_eq!(users(&mut cache, number), [r#"used_by="cluster",name="""#]);
    assert_eq!(users(&mut cache, 5), [r#"used_by="auto",name="private""#]);
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

/// A node with an interface of 3 addresses and a prefix, a pod on one of each, and branch interfaces.
fn scanned(cluster: Cluster) -> Cache {
    let mut cache = cache();
    runs(&mut cache);
    scan(&mut cache, cluster);
    cache
}

/// The node and its pods.
fn runs(cache: &mut Cache) {
    let mut node = node("a", 500).0;
    node.spec.provider_id = "aws:///eu-west-1a/i-0a".to_owned();
    cache.apply(node, start());
    for (number, ip) in [(1, "10.0.3.11"), (2, "10.0.3.40"), (3, "10.0.3.200")] {
        let mut pod = pod(number).on("a", 0).is("main", running()).0;
        pod.status.pod_ip = ip.to_owned();
        cache.apply(pod, start());
    }
}

/// What EC2 says of it.
fn scan(cache: &mut Cache, cluster: Cluster) {
    let tagged = |mut interface: NetworkInterface, tags: &[(&str, &str)]| {
        interface.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        interface
    };
    let owner = ("eks:eni:owner", "eks-vpc-resource-controller");
    let (ours, others) = (("kubernetes.io/cluster/prod", "owned"), ("kubernetes.io/cluster/test", "owned"));
    let instance = ("node.k8s.amazonaws.com/instance_id", "i-0a");
    let mut of_node = interface("eni-1", 3, &["10.0.3.10", "10.0.3.11", "10.0.3.12"]);
    of_node.prefixes = vec!["10.0.3.32/28".to_owned()];
    of_node.instance_id = Some("i-0a".to_owned());
    let mut trunk = interface("eni-2", 3, &["10.0.3.13"]);
    (trunk.kind, trunk.instance_id) = (Some("trunk".to_owned()), Some("i-0a".to_owned()));
    let branch = |id: &str, tags: &[(&str, &str)]| {
        let mut branch = tagged(interface(id, 3, &["10.0.3.200"]), tags);
        branch.kind = Some("branch".to_owned());
        branch
    };
    let mut leaked = branch("eni-6", &[owner, ours]);
    leaked.status = InterfaceStatus::Available;
    let mut account = account();
    account.clusters = vec![cluster];
    account.network_interfaces = vec![
        of_node,
        tagged(trunk, &[owner, ours]),
        branch("eni-3", &[owner, ours, instance]),
        branch("eni-4", &[owner, ours, ("vpcresources.k8s.aws/trunk-eni-id", "eni-2")]),
        branch("eni-5", &[owner, others, instance]),
        leaked,
    ];
    for (source, news) in all(&account) {
        brings(cache, source, news, 0);
    }
}

/// What is told of what nodes hold.
fn held(cache: &mut Cache) -> Vec<String> {
    let families = ["eks_subnet_warm_ips", "eks_node_branch_enis", "eks_node_ips"];
    let is_about = |line: &String| families.iter().any(|family| line.starts_with(family));
    page(cache, 1).into_iter().filter(is_about).collect()
}

#[test]
fn interfaces_tell_what_nodes_hold_and_which_branch_enis_are_leaked() {
    let mut cache = scanned(cluster("prod"));
    assert_eq!(
        held(&mut cache),
        [
            "eks_subnet_warm_ips{subnet_id=\"subnet-00000000000000001\",zone_id=\"euw1-az2\"} 0",
            "eks_subnet_warm_ips{subnet_id=\"subnet-00000000000000002\",zone_id=\"euw1-az3\"} 0",
            "eks_subnet_warm_ips{subnet_id=\"subnet-00000000000000003\",zone_id=\"euw1-az1\"} 16",
            "eks_subnet_warm_ips{subnet_id=\"subnet-00000000000000004\",zone_id=\"euw1-az2\"} 0",
            "eks_node_branch_enis{node=\"\",state=\"available\"} 1",
            "eks_node_branch_enis{node=\"a\",state=\"attached\"} 2",
            // Both interfaces' own addresses and two pods, of 3 + 16 + 1.
            "eks_node_ips{node=\"a\",state=\"assigned\"} 4",
            "eks_node_ips{node=\"a\",state=\"warm\"} 16",
        ]
    );
}

#[test]
fn interfaces_that_are_read_before_nodes_and_pods_wait_for_both() {
    let mut cache = unsynced();
    scan(&mut cache, cluster("prod"));
    assert_eq!(held(&mut cache), [""; 0], "nobody is known to be gone");
    runs(&mut cache);
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    let branch_enis = held(&mut scanned(cluster("prod")));
    let only: Vec<_> = branch_enis.iter().filter(|line| line.starts_with("eks_node_branch_enis")).cloned().collect();
    assert_eq!(held(&mut cache), only, "which addresses are spare nobody knows");
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), start());
    assert_eq!(held(&mut cache), held(&mut scanned(cluster("prod"))));
}

#[test]
fn blocks_and_pools_of_ipv4_mean_nothing_on_ipv6_clusters() {
    let mut cache = scanned(Cluster { ip_family: Some(IpFamily::Ipv6), ..cluster("prod") });
    let lines = page(&mut cache, 1);
    let has = |family: &str| lines.iter().any(|line| line.starts_with(family));
    assert!(!has("eks_node_ips") && !has("eks_subnet_warm_ips") && !has("eks_subnet_free_prefixes"));
    assert!(has("eks_node_branch_enis") && has("eks_subnet_available_ips"), "these take IPv4 there too");
    let lines = page(&mut scanned(Cluster { ip_family: None, ..cluster("prod") }), 1);
    let has = |family: &str| lines.iter().any(|line| line.starts_with(family));
    assert!(!has("eks_node_ips") && !has("eks_subnet_free_prefixes"), "which family it is nobody has said");
}

#[test]
fn a_tag_counts_that_the_cni_of_this_cluster_goes_by() {
    let tagged = |number, tags: &[&str]| {
        let mut subnet = subnet(number, 100);
        subnet.tags = tags.iter().map(|tag| ((*tag).to_owned(), "1".to_owned())).collect();
        subnet
    };
    let (role, ours, others) =
        ("kubernetes.io/role/cni", "cni.networking.k8s.aws/cluster/prod", "cni.networking.k8s.aws/cluster/test");
    let subnets = vec![tagged(1, &[role]), tagged(2, &[role, others]), tagged(3, &[role, others, ours])];
    let mut cache = cache();
    brings(&mut cache, Source::Subnets, News::TaggedSubnets(subnets), 0);
    assert_eq!(cache.aws_asks_subnets(), [subnet_id(1), subnet_id(3)]);
    let mut config = EniConfig::default();
    config.metadata.uid = uid(1);
    config.spec.subnet = subnet_id(5);
    cache.apply(config, start());
    let all = [subnet_id(1), subnet_id(3), subnet_id(5)];
    assert_eq!(cache.aws_asks_subnets(), all, "an ENIConfig may be left over where custom networking is off");
}

#[test]
fn free_blocks_take_interfaces_reservations_and_what_is_free_at_once() {
    let mut account = account();
    account.network_interfaces = vec![interface("eni-1", 3, &["10.0.3.20", "10.0.3.21"])];
    account.subnets[2].available = Some(249);
    let free = |account: &State| {
        let lines = page(&mut told(account), 1);
        let prefix = format!("eks_subnet_free_prefixes{{subnet_id=\"{}\"", subnet_id(3));
        lines.iter().find(|line| line.starts_with(&prefix)).map(|line| line.rsplit(' ').next().unwrap().to_owned())
    };
    assert_eq!(free(&account).as_deref(), Some("13"));
    let kind = ReservationKind::Explicit;
    let reservation = CidrReservation { id: "scr-1".to_owned(), cidr: "10.0.3.64/27".to_owned(), kind };
    account.reservations = vec![(subnet_id(3), reservation)];
    assert_eq!(free(&account).as_deref(), Some("11"));
    account.subnets[2].available = Some(20);
    assert_eq!(free(&account), None, "others take addresses there");
}

#[test]
fn without_reservations_no_blocks_are_told() {
    let account = account();
    let mut cache = cache();
    for (source, news) in all(&account).into_iter().filter(|(source, _)| *source != Source::SubnetReservations) {
        brings(&mut cache, source, news, 0);
    }
    assert!(!page(&mut cache, 1).iter().any(|line| line.starts_with("eks_subnet_free_prefixes")));
}
