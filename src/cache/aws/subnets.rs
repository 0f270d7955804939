//! Subnets that somebody takes addresses from: by whom, and how much is left.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{AwsState, Warm};
use crate::{
    aws::facts::Subnet,
    diagnose::{Cidr, Room, SubnetUser, room},
};

/// A subnet that somebody takes addresses from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetUse {
    /// Its id.
    pub id: String,
    /// Its tag `Name`.
    pub name: String,
    /// Its zone.
    pub zone_id: String,
    /// Its IPv4 block.
    pub cidr: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Free addresses.
    pub available: Option<u32>,
    /// Addresses that somebody can use, in all.
    pub total: Option<u64>,
    /// Free /28 blocks.
    pub free_prefixes: Option<u32>,
    /// Who takes addresses here, and its name.
    pub users: Vec<(SubnetUser, String)>,
    /// What nodes hold warm of it, where network interfaces and pods' addresses are known.
    pub warm: Option<Warm>,
    /// Since when it has been seen to have few addresses left.
    pub low_since: Option<Timestamp>,
    /// Since when it has been seen to have addresses left, but no block of 16 for nodes that take such.
    pub scattered_since: Option<Timestamp>,
}

impl SubnetUse {
    /// How much room is left for who takes addresses here; enough where it is not known.
    #[must_use]
    pub fn room(&self) -> Room {
        let users = self.users.iter().map(|(user, _)| *user);
        self.available.zip(self.total).map_or(Room::Enough, |(available, total)| room(available, total, users))
    }
}

/// Addresses of a prefix: with as many free, a block of them could be.
const PREFIX: u32 = 16;
/// Usable addresses of a /27, whose two blocks are both in part AWS's own.
const TWO_BLOCKS: u64 = 27;

impl SubnetUse {
    /// Whether nodes would find addresses but no prefix here, where there could be one. Prefixes are taken neither by the
    /// control plane nor on Fargate.
    fn is_scattered(&self) -> bool {
        let takes_prefixes = |user: &SubnetUser| !matches!(user, SubnetUser::Cluster | SubnetUser::Fargate);
        self.free_prefixes == Some(0)
            && self.total.is_some_and(|total| total > TWO_BLOCKS)
            && self.available.is_some_and(|available| available >= PREFIX)
            && self.users.iter().any(|(user, _)| takes_prefixes(user))
    }
}

impl AwsState {
    /// Who takes addresses from which subnet.
    pub fn users(&self) -> BTreeMap<&str, BTreeSet<(SubnetUser, &str)>> {
        let mut users: BTreeMap<&str, BTreeSet<(SubnetUser, &str)>> = BTreeMap::new();
        let mut add = |subnet, user, name| {
            users.entry(subnet).or_default().insert((user, name));
        };
        for (subnet, user, name) in self.takers.users() {
            add(subnet, user, name);
        }
        // Custom networking turns the discovery of subnets by their tag off (aws/amazon-vpc-cni-k8s README), but ENIConfigs
        // may be left over where it is off: a subnet too many does no harm, and one that is missing does.
        for ((user, name), subnets) in &self.facts.lasting.uses {
            for subnet in subnets {
                add(subnet, *user, name);
            }
        }
        // The default NodeClass has the cluster's subnets (aws/containers-roadmap#2793), also where it cannot be read.
        if self.facts.lasting.auto_mode && !self.takers.knows_auto_mode() {
            let of_cluster = self.facts.lasting.uses.get(&(SubnetUser::Cluster, String::new()));
            for subnet in of_cluster.into_iter().flatten() {
                users.entry(subnet).or_default().insert((SubnetUser::Auto, ""));
            }
        }
        users
    }

    pub(super) fn subnets(&mut self, knows_warm: bool, now: Timestamp) -> Vec<SubnetUse> {
        let users = self.users();
        let is_ipv4 = self.facts.lasting.is_ipv4();
        let known = self.facts.subnets.iter().chain(&self.facts.tagged_subnets).flat_map(|subnets| &subnets.value);
        let mut subnets: BTreeMap<&str, SubnetUse> = BTreeMap::new();
        for subnet in known {
            let Some(users) = users.get(subnet.id.as_str()) else { continue };
            // Those that were asked for by id are younger, and come first.
            subnets.entry(&subnet.id).or_insert_with(|| {
                let free_prefixes = if is_ipv4 { self.interfaces.free_blocks(&subnet.id) } else { None };
                let warm = if knows_warm { self.interfaces.warm(&subnet.id) } else { None };
                SubnetUse { free_prefixes, warm, ..subnet_use(subnet, users) }
            });
        }
        let mut subnets: Vec<_> = subnets.into_values().collect();
        let low = subnets.iter().filter(|subnet| subnet.room() != Room::Enough).map(|subnet| subnet.id.clone());
        self.low.renew(low.collect(), now);
        let scattered = subnets.iter().filter(|subnet| subnet.is_scattered()).map(|subnet| subnet.id.clone());
        self.scattered.renew(scattered.collect(), now);
        for subnet in &mut subnets {
            subnet.low_since = self.low.since(&subnet.id);
            subnet.scattered_since = self.scattered.since(&subnet.id);
        }
        subnets
    }
}

fn subnet_use(subnet: &Subnet, users: &BTreeSet<(SubnetUser, &str)>) -> SubnetUse {
    let cidr = subnet.cidr.as_deref().unwrap_or_default();
    let block = Cidr::parse(cidr);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    SubnetUse {
        id: subnet.id.clone(),
        name: text(&subnet.name),
        zone_id: text(&subnet.zone_id),
        cidr: cidr.to_owned(),
        vpc_id: text(&subnet.vpc_id),
        // EC2 says 0 of a subnet that has no IPv4 at all.
        available: subnet.available.filter(|_| block.is_some()),
        total: block.map(Cidr::usable),
        free_prefixes: None,
        users: users.iter().map(|(user, name)| (*user, (*name).to_owned())).collect(),
        warm: None,
        low_since: None,
        scattered_since: None,
    }
}
