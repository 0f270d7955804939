//! What each node holds, by EC2: its branch interfaces, and the addresses for its pods.
//!
//! EC2 may answer before nodes and pods have been listed, so what it said is kept until both are known.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::Ipv4Addr,
};

use crate::{
    aws::{
        OWNER_TAG,
        facts::{InterfaceStatus, NetworkInterface},
    },
    cache::{Name, uid::Uid},
    diagnose::Cidr,
};

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

/// Addresses of a subnet that nodes hold for pods to come: they could be given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warm {
    /// How many.
    pub addresses: u64,
    /// How many nodes hold them.
    pub nodes: usize,
}

/// What EC2 said, and what it comes to.
pub(super) struct Holdings {
    /// Until nodes and pods are known.
    to_join: Vec<Holding>,
    /// Whose they are.
    pub by_node: BTreeMap<Name, NodeInterfaces>,
    /// What nodes hold warm, by subnet.
    pub warm_in: BTreeMap<Box<str>, Warm>,
}

/// An interface, and the instance that it is of.
enum Holding {
    Branch { instance: Option<Box<str>>, is_available: bool },
    Own { instance: Box<str>, subnet: Option<Box<str>>, addresses: Box<[Ipv4Addr]>, prefixes: Box<[Cidr]> },
}

impl Holdings {
    /// Those of the cluster of that name: others may be there too.
    pub fn of(interfaces: &[NetworkInterface], cluster: &str) -> Self {
        let trunks: HashMap<&str, &str> = interfaces
            .iter()
            .filter_map(|interface| Some((interface.id.as_str(), interface.instance_id.as_deref()?)))
            .collect();
        let ours = format!("kubernetes.io/cluster/{cluster}");
        let holdings = interfaces.iter().filter_map(|interface| {
            if !is_branch(interface) {
                return Some(Holding::Own {
                    instance: interface.instance_id.as_deref()?.into(),
                    subnet: interface.subnet_id.as_deref().map(Box::from),
                    addresses: addresses(interface).collect(),
                    prefixes: prefixes(interface).collect(),
                });
            }
            let tag = |key| interface.tags.get(key).map(String::as_str);
            let instance = tag(INSTANCE_TAG).or_else(|| trunks.get(tag(TRUNK_TAG)?).copied());
            interface.tags.contains_key(&ours).then(|| Holding::Branch {
                instance: instance.map(Box::from),
                is_available: interface.status == InterfaceStatus::Available,
            })
        });
        Self { to_join: holdings.collect(), by_node: BTreeMap::new(), warm_in: BTreeMap::new() }
    }

    /// Finds out whose they are, and which addresses pods use once pods are known. It is done once for each.
    pub fn join(&mut self, instances: &HashMap<Name, Box<str>>, pod_ips: Option<&HashMap<Uid, Ipv4Addr>>) {
        if self.to_join.is_empty() {
            return;
        }
        let nodes: HashMap<&str, &Name> = instances.iter().map(|(name, id)| (&**id, name)).collect();
        let used = pod_ips.map(|pod_ips| Used::by(pod_ips.values().copied()));
        self.by_node.clear();
        // What no node is known of is told even where it is nothing.
        self.by_node.entry(Name::from("")).or_default();
        let mut warm: BTreeMap<(&str, &Name), u64> = BTreeMap::new();
        for holding in &self.to_join {
            match holding {
                Holding::Branch { instance, is_available } => {
                    let node = instance.as_deref().and_then(|id| nodes.get(id));
                    let node = node.map_or_else(|| Name::from(""), |name| Name::clone(name));
                    let held = self.by_node.entry(node).or_default();
                    *(if *is_available { &mut held.branch_available } else { &mut held.branch_attached }) += 1;
                }
                Holding::Own { instance, subnet, addresses, prefixes } => {
                    let Some(&node) = nodes.get(&**instance) else { continue };
                    let held = self.by_node.entry(Name::clone(node)).or_default();
                    let Some(used) = &used else { continue };
                    let all = addresses.len() as u64 + prefixes.iter().map(|prefix| prefix.addresses()).sum::<u64>();
                    // The primary address of an interface is the node's own.
                    let used = (used.of(addresses, prefixes) + 1).min(all);
                    held.assigned += used;
                    held.warm += all - used;
                    if let Some(subnet) = subnet.as_deref().filter(|_| all > used) {
                        *warm.entry((subnet, node)).or_default() += all - used;
                    }
                }
            }
        }
        self.warm_in.clear();
        for ((subnet, _), addresses) in warm {
            let held = self.warm_in.entry(subnet.into()).or_default();
            held.addresses += addresses;
            held.nodes += 1;
        }
        if pod_ips.is_some() {
            self.to_join = Vec::new();
        }
    }
}

/// Addresses that pods use, so that each that is held is looked up and not searched for.
struct Used {
    addresses: HashSet<Ipv4Addr>,
    /// How many there are of each block of 16, which is what a delegated prefix is.
    blocks: HashMap<u32, u64>,
}

impl Used {
    fn by(pod_ips: impl Iterator<Item = Ipv4Addr>) -> Self {
        let addresses: HashSet<_> = pod_ips.collect();
        let mut blocks: HashMap<u32, u64> = HashMap::new();
        for address in &addresses {
            *blocks.entry(block(*address)).or_default() += 1;
        }
        Self { addresses, blocks }
    }

    fn of(&self, addresses: &[Ipv4Addr], prefixes: &[Cidr]) -> u64 {
        let single = addresses.iter().filter(|address| self.addresses.contains(address)).count() as u64;
        let of_prefixes = prefixes.iter().filter_map(|prefix| self.blocks.get(&block(prefix.first())));
        single + of_prefixes.sum::<u64>()
    }
}

fn block(address: Ipv4Addr) -> u32 {
    address.to_bits() >> 4
}

fn is_branch(interface: &NetworkInterface) -> bool {
    interface.tags.get(OWNER_TAG.0).is_some_and(|owner| owner == OWNER_TAG.1)
        && interface.kind.as_deref() != Some("trunk")
}

/// An interface's own addresses.
pub(super) fn addresses(interface: &NetworkInterface) -> impl Iterator<Item = Ipv4Addr> {
    interface.addresses.iter().filter_map(|address| address.parse().ok())
}

/// Blocks that are delegated to an interface.
pub(super) fn prefixes(interface: &NetworkInterface) -> impl Iterator<Item = Cidr> {
    interface.prefixes.iter().filter_map(|prefix| Cidr::parse(prefix))
}
