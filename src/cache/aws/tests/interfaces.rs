//! Network interfaces: what nodes hold, what is left over, and which blocks are free.

use super::*;
use crate::aws::facts::{CidrReservation, Cluster, InterfaceStatus, IpFamily, NetworkInterface, ReservationKind};

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
            "eks_node_branch_enis{node=\"a\",state=\"available\"} 0",
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
