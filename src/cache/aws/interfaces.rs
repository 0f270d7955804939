//! Network interfaces: what they leave of each subnet, and what each node holds.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::Ipv4Addr,
};

use jiff::Timestamp;

use super::facts::Known;
use crate::{
    aws::facts::{CidrReservation, InterfaceStatus, NetworkInterface, ReservationKind, Subnet},
    cache::{Name, uid::Uid},
    diagnose::{Cidr, Occupied, free_blocks},
    objects::{Node, Pod},
};

/// Who made an interface; set by the VPC resource controller on branch and trunk interfaces
/// (aws/amazon-vpc-resource-controller-k8s pkg/config/type.go).
const OWNER_TAG: (&str, &str) = ("eks:eni:owner", "eks-vpc-resource-controller");
/// The instance that a branch interface is of.
const INSTANCE_TAG: &str = "node.k8s.amazonaws.com/instance_id";
/// Its trunk, where the instance is not said.
const TRUNK_TAG: &str = "vpcresources.k8s.aws/trunk-eni-id";

/// What a node holds, by EC2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeInterfaces {
    /// Branch interfaces that are associated with its trunk.
    pub branch_attached: u32,
    /// Branch interfaces that are left over: they take an address and nobody uses them.
    pub branch_available: u32,
    /// Addresses of its own interfaces that it or one of its pods uses.
    pub assigned: u64,
    /// Addresses that it holds for pods to come.
    pub warm: u64,
}

/// Everything that network interfaces tell.
#[derive(Default)]
pub(in crate::cache) struct Interfaces {
    /// Instance ids of nodes.
    instances: HashMap<Name, Box<str>>,
    /// Addresses of pods, where somebody wants to know.
    pod_ips: HashMap<Uid, Ipv4Addr>,
    reservations: BTreeMap<String, Known<Vec<CidrReservation>>>,
    /// What interfaces take of each subnet, with the subnet as it was at that moment.
    occupied: Option<Known<Vec<(Subnet, Occupied)>>>,
    /// What each node holds, by its name; those that no node is known of have none.
    nodes: Option<Known<BTreeMap<Name, NodeInterfaces>>>,
}

impl Interfaces {
    /// A node says which instance it is.
    pub fn node_says(&mut self, name: &Name, node: &Node) {
        match instance_id(&node.spec.provider_id) {
            Some(id) => drop(self.instances.insert(name.clone(), id.into())),
            None => self.node_gone(name),
        }
    }

    pub fn node_gone(&mut self, name: &Name) {
        self.instances.remove(name);
    }

    /// A pod says which address it has.
    pub fn pod_says(&mut self, uid: Uid, pod: &Pod) {
        let is_over = matches!(pod.status.phase.as_str(), "Succeeded" | "Failed");
        let address = pod.status.pod_ip.parse().ok().filter(|_| !is_over && !pod.spec.host_network);
        match address {
            Some(address) => drop(self.pod_ips.insert(uid, address)),
            None => self.pod_gone(uid),
        }
    }

    pub fn pod_gone(&mut self, uid: Uid) {
        self.pod_ips.remove(&uid);
    }

    pub fn reserved(&mut self, subnet: String, reservations: Vec<CidrReservation>, until: Timestamp) {
        self.reservations.insert(subnet, Known { value: reservations, until });
    }

    /// Takes the interfaces of the subnets that are used. `cluster` is the cluster's name: others may be there too.
    pub fn take(&mut self, interfaces: &[NetworkInterface], subnets: Vec<Subnet>, cluster: &str, until: Timestamp) {
        let occupied = subnets.into_iter().map(|subnet| (occupied(&subnet, interfaces), subnet));
        self.occupied = Some(Known { value: occupied.map(|(occupied, subnet)| (subnet, occupied)).collect(), until });
        self.nodes = Some(Known { value: self.by_node(interfaces, cluster), until });
    }

    pub fn expire(&mut self, now: Timestamp) {
        self.reservations.retain(|_, fact| fact.until > now);
        self.occupied.take_if(|fact| fact.until <= now);
        self.nodes.take_if(|fact| fact.until <= now);
    }

    /// Free /28 blocks of a subnet, where they are known and can be trusted.
    pub fn free_blocks(&self, subnet: &str) -> Option<u32> {
        let (facts, occupied) = self.occupied.as_ref()?.value.iter().find(|(facts, _)| facts.id == subnet)?;
        let reservations = &self.reservations.get(subnet)?.value;
        let of = |wanted: fn(&ReservationKind) -> bool| {
            let fits = reservations.iter().filter(|reservation| wanted(&reservation.kind));
            fits.filter_map(|reservation| Cidr::parse(&reservation.cidr)).collect()
        };
        let occupied = Occupied {
            // What nobody knew yet is not to be counted on.
            explicit: of(|kind| *kind != ReservationKind::Prefix),
            for_prefixes: of(|kind| *kind == ReservationKind::Prefix),
            ..occupied.clone()
        };
        free_blocks(Cidr::parse(facts.cidr.as_deref()?)?, &occupied, facts.available?)
    }

    /// What nodes hold, by name.
    pub fn nodes(&self) -> impl Iterator<Item = (&Name, &NodeInterfaces)> {
        self.nodes.iter().flat_map(|known| &known.value)
    }

    fn by_node(&self, interfaces: &[NetworkInterface], cluster: &str) -> BTreeMap<Name, NodeInterfaces> {
        let nodes: HashMap<&str, &Name> = self.instances.iter().map(|(name, id)| (&**id, name)).collect();
        let trunks: HashMap<&str, &str> = interfaces
            .iter()
            .filter_map(|interface| Some((interface.id.as_str(), interface.instance_id.as_deref()?)))
            .collect();
        let pod_ips: HashSet<Ipv4Addr> = self.pod_ips.values().copied().collect();
        let ours = format!("kubernetes.io/cluster/{cluster}");
        let mut by_node: BTreeMap<Name, NodeInterfaces> = BTreeMap::new();
        for interface in interfaces {
            if is_branch(interface) {
                if !interface.tags.contains_key(&ours) {
                    continue;
                }
                let tag = |key| interface.tags.get(key).map(String::as_str);
                let instance = tag(INSTANCE_TAG).or_else(|| trunks.get(tag(TRUNK_TAG)?).copied());
                let node =
                    instance.and_then(|id| nodes.get(id)).map_or_else(|| Name::from(""), |name| Name::clone(name));
                let held = by_node.entry(node).or_default();
                match interface.status {
                    InterfaceStatus::Available => held.branch_available += 1,
                    _ => held.branch_attached += 1,
                }
            } else if let Some(node) = interface.instance_id.as_deref().and_then(|id| nodes.get(id)) {
                let addresses = addresses(interface);
                let prefixes: Vec<_> = prefixes(interface).collect();
                let all = addresses.len() as u64 + prefixes.iter().map(|prefix| prefix.addresses()).sum::<u64>();
                let of_pods = pod_ips
                    .iter()
                    .filter(|ip| addresses.contains(ip) || prefixes.iter().any(|prefix| prefix.has(**ip)));
                // The primary address of an interface is the node's own.
                let used = (of_pods.count() as u64 + 1).min(all);
                let held = by_node.entry(Name::clone(node)).or_default();
                held.assigned += used;
                held.warm += all - used;
            }
        }
        by_node
    }
}

/// `aws:///eu-west-1a/i-0123456789abcdef0`.
fn instance_id(provider_id: &str) -> Option<&str> {
    let (_, id) = provider_id.strip_prefix("aws:///")?.rsplit_once('/')?;
    id.starts_with("i-").then_some(id)
}

fn is_branch(interface: &NetworkInterface) -> bool {
    interface.tags.get(OWNER_TAG.0).is_some_and(|owner| owner == OWNER_TAG.1)
        && interface.kind.as_deref() != Some("trunk")
}

fn addresses(interface: &NetworkInterface) -> HashSet<Ipv4Addr> {
    interface.addresses.iter().filter_map(|address| address.parse().ok()).collect()
}

fn prefixes(interface: &NetworkInterface) -> impl Iterator<Item = Cidr> {
    interface.prefixes.iter().filter_map(|prefix| Cidr::parse(prefix))
}

fn occupied(subnet: &Subnet, interfaces: &[NetworkInterface]) -> Occupied {
    let here = || interfaces.iter().filter(|interface| interface.subnet_id.as_ref() == Some(&subnet.id));
    Occupied {
        addresses: here().flat_map(addresses).collect(),
        prefixes: here().flat_map(prefixes).collect(),
        ..Occupied::default()
    }
}
