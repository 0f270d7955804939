//! Network interfaces: what they leave of each subnet, and what there is to know of what each node holds.

use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
};

use jiff::Timestamp;

use super::{
    facts::Known,
    holdings::{Holdings, NodeInterfaces, Warm, addresses, prefixes},
};
use crate::{
    aws::facts::{CidrReservation, NetworkInterface, ReservationKind, Subnet},
    cache::{Name, uid::Uid},
    diagnose::{Cidr, Occupied, free_blocks},
    objects::{Node, Pod},
};

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
    /// Free /28 blocks by subnet, counted when what they are counted from comes: it takes longer than a scrape may.
    free_blocks: BTreeMap<String, u32>,
    /// What nodes hold, and which node that is.
    holdings: Option<Known<Holdings>>,
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
        self.reservations.insert(subnet.clone(), Known { value: reservations, until });
        self.count_blocks(&subnet);
    }

    /// Takes the interfaces of the subnets that are used. `cluster` is the cluster's name: others may be there too.
    pub fn take(&mut self, interfaces: &[NetworkInterface], subnets: Vec<Subnet>, cluster: &str, until: Timestamp) {
        let occupied = subnets.into_iter().map(|subnet| (occupied(&subnet, interfaces), subnet));
        let occupied: Vec<_> = occupied.map(|(occupied, subnet)| (subnet, occupied)).collect();
        let ids: Vec<_> = occupied.iter().map(|(subnet, _)| subnet.id.clone()).collect();
        self.occupied = Some(Known { value: occupied, until });
        self.free_blocks.clear();
        for id in &ids {
            self.count_blocks(id);
        }
        self.holdings = Some(Known { value: Holdings::of(interfaces, cluster), until });
    }

    pub fn expire(&mut self, now: Timestamp) {
        self.reservations.retain(|_, fact| fact.until > now);
        self.occupied.take_if(|fact| fact.until <= now);
        let (reservations, known) = (&self.reservations, self.occupied.is_some());
        self.free_blocks.retain(|subnet, _| known && reservations.contains_key(subnet));
        self.holdings.take_if(|fact| fact.until <= now);
    }

    /// Free /28 blocks of a subnet, where they are known and can be trusted.
    pub fn free_blocks(&self, subnet: &str) -> Option<u32> {
        self.free_blocks.get(subnet).copied()
    }

    fn count_blocks(&mut self, subnet: &str) {
        match self.blocks_of(subnet) {
            Some(free) => drop(self.free_blocks.insert(subnet.to_owned(), free)),
            None => drop(self.free_blocks.remove(subnet)),
        }
    }

    fn blocks_of(&self, subnet: &str) -> Option<u32> {
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

    /// Finds out whose everything is. Nothing before nodes are known to be all, and no addresses before pods are: what is
    /// not known yet would look like a node that is gone, or like spare addresses.
    pub fn join(&mut self, nodes_known: bool, pods_known: bool) {
        if let Some(holdings) = self.holdings.as_mut().filter(|_| nodes_known) {
            holdings.value.join(&self.instances, pods_known.then_some(&self.pod_ips));
        }
    }

    /// What nodes hold, by name, as it was joined; what no node is known of has no name.
    pub fn nodes(&self) -> impl Iterator<Item = (&Name, &NodeInterfaces)> {
        self.holdings.iter().flat_map(|known| &known.value.by_node)
    }

    /// What nodes hold warm in a subnet, as it was joined; `None` where interfaces are not known.
    pub fn warm(&self, subnet: &str) -> Option<Warm> {
        self.holdings.as_ref().map(|known| known.value.warm_in.get(subnet).copied().unwrap_or_default())
    }
}

/// `aws:///eu-west-1a/i-0123456789abcdef0`.
fn instance_id(provider_id: &str) -> Option<&str> {
    let (_, id) = provider_id.strip_prefix("aws:///")?.rsplit_once('/')?;
    id.starts_with("i-").then_some(id)
}

fn occupied(subnet: &Subnet, interfaces: &[NetworkInterface]) -> Occupied {
    let here = || interfaces.iter().filter(|interface| interface.subnet_id.as_ref() == Some(&subnet.id));
    Occupied {
        addresses: here().flat_map(addresses).collect(),
        prefixes: here().flat_map(prefixes).collect(),
        ..Occupied::default()
    }
}
