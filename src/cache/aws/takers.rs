//! Who takes addresses from which subnet, as far as the Kubernetes API tells it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    cache::{Cache, Index, Name, Scope, names::Names, rows::Rows, uid::Uid},
    diagnose::SubnetUser,
    objects::{CniNode, Ec2NodeClass, EniConfig, Kind},
};

/// One object, and the subnets that it names.
#[derive(Default)]
pub(in crate::cache) struct Taker {
    name: Name,
    subnets: Box<[Name]>,
}

type Kept = Rows<Uid, Taker>;

/// Every object that names subnets.
pub(in crate::cache) struct Takers {
    pub eni_configs: Kept,
    pub node_classes: Kept,
    pub cni_nodes: Kept,
}

impl Takers {
    pub fn new() -> Self {
        let rows = || Rows::new(vec![Scope::cluster()]);
        Self { eni_configs: rows(), node_classes: rows(), cni_nodes: rows() }
    }

    /// Subnet, what takes addresses there, and its name. Nodes have none here: there may be thousands in one subnet.
    pub fn users(&self) -> BTreeSet<(Name, SubnetUser, Name)> {
        let of = |rows: &Kept, user: SubnetUser| {
            let named = user != SubnetUser::Node;
            let all = rows.iter().flat_map(move |(_, taker)| {
                let name = if named { taker.name.clone() } else { Name::from("") };
                taker.subnets.iter().map(move |subnet| (subnet.clone(), user, name.clone()))
            });
            all.collect::<Vec<_>>()
        };
        let mut users = BTreeSet::new();
        users.extend(of(&self.eni_configs, SubnetUser::EniConfig));
        users.extend(of(&self.node_classes, SubnetUser::Karpenter));
        users.extend(of(&self.cni_nodes, SubnetUser::Node));
        users
    }
}

/// A kind whose objects name subnets.
trait Takes: Kind {
    /// Its rows.
    fn rows(takers: &mut Takers) -> &mut Kept;

    /// The subnets that an object names.
    fn subnets(&self) -> impl Iterator<Item = &str>;
}

impl Takes for EniConfig {
    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.eni_configs
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        [self.spec.subnet.as_str()].into_iter()
    }
}

impl Takes for Ec2NodeClass {
    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.node_classes
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        self.status.subnets.iter().map(|subnet| subnet.id.as_str())
    }
}

impl Takes for CniNode {
    fn rows(takers: &mut Takers) -> &mut Kept {
        &mut takers.cni_nodes
    }

    fn subnets(&self) -> impl Iterator<Item = &str> {
        [&self.status.trunk_interface, &self.status.node_network_state].into_iter().map(|at| at.subnet_id.as_str())
    }
}

/// An id as EC2 writes it: `subnet-` and hexadecimal digits. Anything else would spoil the one call for all subnets.
fn is_subnet_id(text: &str) -> bool {
    text.strip_prefix("subnet-").is_some_and(|digits| {
        (8..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
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
        *K::rows(&mut self.aws.takers).see(uid, "", Taker::default) = taker;
    }

    fn delete(&mut self, object: &K, _: Timestamp) {
        if let Some(uid) = Uid::of(&object.meta().uid) {
            K::rows(&mut self.aws.takers).remove(uid);
        }
    }

    fn finish(&mut self, scope: &Scope, _: Timestamp) {
        let rows = K::rows(&mut self.aws.takers);
        for uid in rows.finish(scope) {
            rows.remove(uid);
        }
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        let rows = K::rows(&mut self.aws.takers);
        for uid in rows.forget(scope) {
            rows.remove(uid);
        }
    }
}
