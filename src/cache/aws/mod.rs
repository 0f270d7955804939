//! What AWS says, and what the Kubernetes API says of AWS.
//!
//! [`facts`] keeps what pollers brought until it is too old, [`interfaces`] adds up network interfaces, [`holdings`] those
//! of each node, [`takers`] are the custom resources that name subnets, [`subnets`] puts them beside what EC2 says, and
//! [`view`] is what a reader is told. What pollers need to know is read through the methods of [`Cache`] here.

mod facts;
mod holdings;
mod interfaces;
mod subnets;
mod takers;
#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use self::{facts::Facts, interfaces::Interfaces, takers::Takers};
use super::{Cache, Name};
use crate::{
    aws::{poll::News, region},
    diagnose::{Addon, AddonOffer, Management},
    objects::{Node, keys},
};

pub use holdings::{NodeInterfaces, Warm};
pub use subnets::SubnetUse;
pub use view::{AwsFacts, ClusterInfo, SeenIssue, SupportedUntil};

/// Since when things have been seen.
#[derive(Debug)]
struct Since<K>(BTreeMap<K, Timestamp>);

impl<K: Ord + Clone> Since<K> {
    /// These are there now, and others are not.
    fn renew(&mut self, now_there: BTreeSet<K>, now: Timestamp) {
        self.0.retain(|key, _| now_there.contains(key));
        for key in now_there {
            self.0.entry(key).or_insert(now);
        }
    }

    fn since(&self, key: &K) -> Option<Timestamp> {
        self.0.get(key).copied()
    }

    fn iter(&self) -> impl Iterator<Item = (&K, Timestamp)> {
        self.0.iter().map(|(key, since)| (key, *since))
    }
}

impl<K> Default for Since<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// Everything that has to do with AWS.
pub(super) struct AwsState {
    pub takers: Takers,
    pub interfaces: Interfaces,
    facts: Facts,
    /// The cluster that is asked about, and its region.
    cluster: String,
    region: String,
    /// What nodes tell of their region.
    hints: region::Hints,
    /// Since when subnets have little room left.
    low: Since<String>,
    /// Since when subnets have room, but not for a prefix.
    scattered: Since<String>,
    /// Since when branch interfaces of nodes are left over.
    leaked: Since<Name>,
    /// Since when EKS has said words, by what they are about.
    words: BTreeMap<&'static str, Since<(String, &'static str)>>,
}

impl AwsState {
    pub fn new() -> Self {
        Self {
            takers: Takers::new(),
            interfaces: Interfaces::default(),
            facts: Facts::default(),
            cluster: String::new(),
            region: String::new(),
            hints: region::Hints::default(),
            low: Since::default(),
            scattered: Since::default(),
            leaked: Since::default(),
            words: BTreeMap::new(),
        }
    }

    /// Lets go of what is too old.
    pub fn advance(&mut self, now: Timestamp) {
        self.facts.expire(now);
        self.interfaces.expire(now);
    }

    /// A node may tell its region and its instance.
    pub fn node_says(&mut self, name: &Name, node: &Node) {
        self.interfaces.node_says(name, node);
        if self.hints.node_label.is_none() {
            self.hints.node_label = node.metadata.label(keys::REGION).map(str::to_owned);
        }
        if self.hints.provider_id.is_none() && node.spec.provider_id.starts_with("aws:///") {
            self.hints.provider_id = Some(node.spec.provider_id.clone());
        }
    }

    /// What EKS offers of an add-on for the minor of the API server, where it was asked about that one.
    pub fn offer(&self, addon: Addon, server: (u32, u32)) -> Option<&AddonOffer> {
        let (minor, offers) = &self.facts.offers.as_ref()?.value;
        let fits = *minor == format!("{}.{}", server.0, server.1);
        offers.iter().find(|offer| fits && offer.name == addon.as_str())
    }

    /// Who looks after an add-on, where AWS said so.
    pub fn management(&self, addon: Addon) -> Option<Management> {
        let known = self.facts.addons.get(addon.as_str())?;
        Some(if known.value.is_some() { Management::Eks } else { Management::Own })
    }
}

impl Cache {
    /// AWS is asked about the cluster of that name in that region.
    pub fn aws_cluster(&mut self, name: &str, region: &str) {
        name.clone_into(&mut self.aws.cluster);
        region.clone_into(&mut self.aws.region);
    }

    /// What nodes tell of their region.
    #[must_use]
    pub fn aws_region_hints(&self) -> region::Hints {
        self.aws.hints.clone()
    }

    /// Takes what a poller brings; it is good until then unless it is renewed.
    pub fn aws_brings(&mut self, news: News, until: Timestamp) {
        let aws = &mut self.aws;
        match aws.facts.take(news, &aws.cluster, until) {
            Some(News::NetworkInterfaces { interfaces, subnets }) => {
                aws.interfaces.take(&interfaces, subnets, &aws.cluster, until);
            }
            Some(News::SubnetReservations { subnet, reservations }) => {
                aws.interfaces.reserved(subnet, reservations, until);
            }
            _ => {}
        }
    }

    /// The Kubernetes minor that add-ons are to go with: the API server's, else what EKS says.
    #[must_use]
    pub fn aws_asks_kubernetes(&self) -> Option<String> {
        let of_server = self.version.as_ref().map(|version| format!("{}.{}", version.major, version.minor));
        of_server.or_else(|| self.aws.facts.lasting.kubernetes.clone())
    }

    /// Add-ons that run in the cluster, by name.
    #[must_use]
    pub fn aws_asks_addons(&self) -> Vec<String> {
        self.addons.running_addons().into_iter().map(|addon| addon.as_str().to_owned()).collect()
    }

    /// The cluster's VPC.
    #[must_use]
    pub fn aws_asks_vpc(&self) -> Option<String> {
        self.aws.facts.lasting.vpc.clone()
    }

    /// Subnets that somebody takes addresses from.
    #[must_use]
    pub fn aws_asks_subnets(&self) -> Vec<String> {
        self.aws.users().into_keys().map(str::to_owned).collect()
    }
}
