//! Who takes addresses from which subnet, as far as the Kubernetes API tells it.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use jiff::Timestamp;

use crate::{
    cache::{Cache, Index, Name, Scope, names::Names, rows::Rows, uid::Uid},
    diagnose::SubnetUser,
    objects::{CniNode, Ec2NodeClass, EniConfig, Kind, NodeClass},
};

/// One object, and the subnets that it names.
#[derive(Default)]
pub(in crate::cache) struct Taker {
    name: Name,
    subnets: Box<[Name]>,
}

type Kept = Rows<Uid, Taker>;

/// Every object that names subnets, and what they name, counted.
pub(in crate::cache) struct Takers {
    pub eni_configs: Kept,
    pub ec2_node_classes: Kept,
    pub node_classes: Kept,
    pub cni_nodes: Kept,
    users: BTreeMap<(Name, SubnetUser, Name), u32>,
}

impl Takers {
    pub fn new() -> Self {
        let rows = || Rows::new(vec![Scope::cluster()]);
        Self {
            eni_configs: rows(),
            ec2_node_classes: rows(),
            node_classes: rows(),
            cni_nodes: rows(),
            users: BTreeMap::new(),
        }
    }

    /// Whether anything says where nodes of EKS Auto Mode are started.
    pub fn knows_auto_mode(&self) -> bool {
        self.users.keys().any(|(_, user, _)| *user == SubnetUser::Auto)
    }

    /// Subnet, what takes addresses there, and its name.
    pub fn users(&self) -> impl Iterator<Item = (&str, SubnetUser, &str)> {
        self.users.keys().map(|(subnet, user, name)| (&**subnet, *user, &**name))
    }

    fn add(&mut self, user: SubnetUser, taker: &Taker) {
        for key in taker.keys(user) {
            *self.users.entry(key).or_default() += 1;
        }
    }

    fn subtract(&mut self, user: SubnetUser, taker: &Taker) {
        for key in taker.keys(user) {
            if let Entry::Occupied(mut count) = self.users.entry(key) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }

    fn set<K: Takes>(&mut self, uid: Uid, taker: Taker) {
        self.add(K::USER, &taker);
        let former = std::mem::replace(K::rows(self).see(uid, "", Taker::default), taker);
        self.subtract(K::USER, &former);
    }

    fn remove<K: Takes>(&mut self, uid: Uid) {
        if let Some(former) = K::rows(self).remove(uid) {
            self.subtract(K::USER, &former);
        }
    }
}

impl Taker {
    /// What it is counted under. Nodes have no name here: there may be thousands in one subnet.
    fn keys(&self, user: SubnetUser) -> impl Iterator<Item = (Name, SubnetUser, Name)> {
        let name = if user == SubnetUser::Node { Name::from("") } else { self.name.clone() };
        self.subnets.iter().map(move |subnet| (subnet.clone(), user, name.clone()))
    }
}

/// A kind whose objects name subnets.
trait Takes: Kind {
    /// What it is.
    const USER: SubnetUser;

    /// Its rows.
    fn rows(takers: &mut Takers) -> &mut Kept;

    /// The subnets that an object names.
    fn subnets(&self) -> impl Iterator<Item = &str>;
}

impl Takes for EniConfig {
    const USER: SubnetUser = SubnetUser::EniConfig;

    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.eni_configs
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        [self.spec.subnet.as_str()].into_iter()
    }
}

impl Takes for Ec2NodeClass {
    const USER: SubnetUser = SubnetUser::Karpenter;

    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.ec2_node_classes
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        self.status.subnets.iter().map(|subnet| subnet.id.as_str())
    }
}

impl Takes for NodeClass {
    const USER: SubnetUser = SubnetUser::Auto;

    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.node_classes
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        self.status.subnets.iter().map(|subnet| subnet.id.as_str())
    }
}

impl Takes for CniNode {
    const USER: SubnetUser = SubnetUser::Node;

    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.cni_nodes
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        [&self.status.trunk_interface, &self.status.node_network_state].into_iter().map(|at| at.subnet_id.as_str())
    }
}

/// An id as EC2 writes it: `subnet-` and hexadecimal digits. Anything else would spoil the one call for all subnets.
fn is_subnet_id(text: &str) -> bool {
    text.strip_prefix("subnet-")
        .is_some_and(|digits| (8..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn taker<K: Takes>(object: &K, names: &mut Names) -> Taker {
    let subnets: BTreeSet<&str> = object.subnets().filter(|id| is_subnet_id(id)).collect();
    let name = names.get(&object.meta().name);
    Taker { name, subnets: subnets.into_iter().map(|id| names.get(id)).collect() }
}

impl<K: Takes> Index<K> for Cache {
    fn begin(&mut self, scope: &Scope) {
        K::rows(&mut self.aws.takers).begin(scope);
    }

    fn apply(&mut self, object: K, _: Timestamp) {
        let Some(uid) = Uid::of(&object.meta().uid) else { return };
        let taker = taker(&object, &mut self.names);
        self.aws.takers.set::<K>(uid, taker);
    }

    fn delete(&mut self, object: &K, _: Timestamp) {
        if let Some(uid) = Uid::of(&object.meta().uid) {
            self.aws.takers.remove::<K>(uid);
        }
    }

    fn finish(&mut self, scope: &Scope, _: Timestamp) {
        for uid in K::rows(&mut self.aws.takers).finish(scope) {
            self.aws.takers.remove::<K>(uid);
        }
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in K::rows(&mut self.aws.takers).forget(scope) {
            self.aws.takers.remove::<K>(uid);
        }
    }
}
