//! What `--branch-eni-scan` costs the cache: 15,000 network interfaces of 5,000 nodes with 100,000 pods.
//!
//! Everything is done several times over, with and without a scan in turn, so that what the machine does besides meets
//! both alike; the least of each is told.
//!
//! `cargo bench --bench scan`

#![expect(clippy::print_stdout, reason = "a bench tells its results on the terminal")]

use std::time::{Duration, Instant};

use eksporter::{
    aws::{
        facts::{Cluster, InterfaceStatus, IpFamily, NetworkInterface, Subnet},
        poll::News,
    },
    cache::{Cache, Index, Scope, Settings},
    metrics::{Writer, groups},
    objects::{Node, Pod},
};
use jiff::Timestamp;

const NODES: u32 = 5_000;
const PODS_OF_NODE: u32 = 20;
const INTERFACES_OF_NODE: u32 = 3;
/// As many as an interface of an m5.xlarge has.
const ADDRESSES: u32 = 15;
/// Subnets of 4,096 addresses, 64 nodes in each.
const SUBNETS: u32 = NODES.div_ceil(64);
const ROUNDS: usize = 10;

fn main() {
    let now = Timestamp::UNIX_EPOCH;
    let (mut plain, mut scanned) = (cluster(false), cluster(true));
    let mut least = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let scan = scan();
        let times = [
            timed(|| drop(page(&mut plain, now))),
            timed(|| scanned.aws_brings(scan, Timestamp::MAX)),
            timed(|| drop(scanned.snapshot(now))),
            timed(|| drop(page(&mut scanned, now))),
        ];
        for (least, time) in least.iter_mut().zip(times) {
            *least = time.min(*least);
        }
    }
    let interfaces = NODES * INTERFACES_OF_NODE;
    println!("cluster            {NODES} nodes, {} pods, {interfaces} interfaces", NODES * PODS_OF_NODE);
    let [without, take, join, with] = least;
    println!("a page without     {:.2} ms", millis(without));
    println!("a page with        {:.2} ms, {:.2} times", millis(with), with.as_secs_f64() / without.as_secs_f64());
    println!("taking an answer   {:.2} ms, once in ten minutes", millis(take));
    println!("first look at it   {:.2} ms, once in ten minutes, under the lock", millis(join));
}

fn timed(step: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    step();
    begun.elapsed()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn page(cache: &mut Cache, now: Timestamp) -> String {
    let mut writer = Writer::with_capacity(4 << 20);
    groups::write_cluster(&mut writer, &cache.snapshot(now));
    writer.finish()
}

/// The address of an interface's place; each node has a block of 64.
fn address(node: u32, place: u32) -> String {
    let bits = (10 << 24) + node * 64 + place;
    std::net::Ipv4Addr::from_bits(bits).to_string()
}

fn subnet(number: u32) -> String {
    format!("subnet-{number:017x}")
}

fn cluster(branch_eni_scan: bool) -> Cache {
    let now = Timestamp::UNIX_EPOCH;
    let mut cache = Cache::new(Settings { branch_eni_scan, ..Settings::new(now) });
    for number in 0..NODES {
        let mut node = Node::default();
        node.metadata.name = format!("node-{number}");
        node.metadata.uid = format!("00000000-0000-4000-8000-{number:012x}");
        node.spec.provider_id = format!("aws:///eu-west-1a/i-{number:017x}");
        cache.apply(node, now);
        for at in 0..PODS_OF_NODE {
            let mut pod = Pod::default();
            pod.metadata.name = format!("pod-{number}-{at}");
            "default".clone_into(&mut pod.metadata.namespace);
            pod.metadata.uid = format!("00000000-0000-4000-9000-{:012x}", number * PODS_OF_NODE + at);
            pod.spec.node_name = format!("node-{number}");
            "Running".clone_into(&mut pod.status.phase);
            pod.status.pod_ip = address(number, at + 1 + at / 14);
            cache.apply(pod, now);
        }
    }
    Index::<Node>::finish(&mut cache, &Scope::cluster(), now);
    Index::<Pod>::finish(&mut cache, &Scope::cluster(), now);
    let cluster = Cluster {
        subnet_ids: (0..SUBNETS).map(subnet).collect(),
        ip_family: Some(IpFamily::Ipv4),
        ..Cluster::new("prod", "1.35")
    };
    cache.aws_brings(News::Cluster(cluster), Timestamp::MAX);
    cache.aws_brings(News::Subnets(subnets()), Timestamp::MAX);
    for number in 0..SUBNETS {
        cache.aws_brings(News::SubnetReservations { subnet: subnet(number), reservations: Vec::new() }, Timestamp::MAX);
    }
    cache
}

fn subnets() -> Vec<Subnet> {
    let taken = NODES * INTERFACES_OF_NODE * ADDRESSES / SUBNETS;
    let one = |number| Subnet {
        id: subnet(number),
        name: None,
        zone_id: None,
        zone: None,
        cidr: Some(format!("{}/20", address(number * 64, 0))),
        vpc_id: None,
        available: Some(4091_u32.saturating_sub(taken)),
        owner_id: None,
        tags: Default::default(),
    };
    (0..SUBNETS).map(one).collect()
}

fn scan() -> News {
    let interface = |number: u32| {
        let (node, at) = (number / INTERFACES_OF_NODE, number % INTERFACES_OF_NODE);
        NetworkInterface {
            id: format!("eni-{number:017x}"),
            status: InterfaceStatus::InUse,
            kind: Some("interface".to_owned()),
            subnet_id: Some(subnet(node / 64)),
            addresses: (0..ADDRESSES).map(|place| address(node, at * ADDRESSES + place)).collect(),
            prefixes: Vec::new(),
            instance_id: Some(format!("i-{node:017x}")),
            tags: Default::default(),
        }
    };
    News::NetworkInterfaces { interfaces: (0..NODES * INTERFACES_OF_NODE).map(interface).collect(), subnets: subnets() }
}
