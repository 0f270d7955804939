//! Karpenter's claims: which AMI a node was started with.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use jiff::Timestamp;

use crate::{
    cache::{Cache, Index, Name, Scope, rows::Rows, uid::Uid},
    objects::NodeClaim,
};

struct Claim {
    node: Name,
    ami: Name,
    created: Timestamp,
}

/// Every claim, and by node those that tell an AMI.
pub(in crate::cache) struct Claims {
    rows: Rows<Uid, Claim>,
    by_node: HashMap<Name, BTreeSet<(Timestamp, Uid)>>,
}

impl Claims {
    pub fn new() -> Self {
        Self { rows: Rows::new(vec![Scope::cluster()]), by_node: HashMap::new() }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The AMI of a node: of its latest claim, should there be several.
    pub fn ami(&self, node: &Name) -> Option<&Name> {
        let (_, uid) = self.by_node.get(node)?.last()?;
        self.rows.get(*uid).map(|claim| &claim.ami)
    }

    fn set(&mut self, uid: Uid, claim: Claim) {
        let row = self.rows.see(uid, "", || Claim { ami: claim.ami.clone(), node: claim.node.clone(), ..claim });
        *row = claim;
        if !row.node.is_empty() && !row.ami.is_empty() {
            self.by_node.entry(row.node.clone()).or_default().insert((row.created, uid));
        }
    }

    /// Takes a claim out of the index; the node that it was of.
    fn unlink(&mut self, uid: Uid) -> Option<Name> {
        let claim = self.rows.get(uid)?;
        let nodes = self.by_node.get_mut(&claim.node)?;
        nodes.remove(&(claim.created, uid));
        if nodes.is_empty() {
            self.by_node.remove(&claim.node);
        }
        Some(claim.node.clone())
    }

    /// The index is that of the rows.
    #[cfg(test)]
    pub fn check(&self) {
        let mut by_node: HashMap<Name, BTreeSet<(Timestamp, Uid)>> = HashMap::new();
        for (uid, claim) in self.rows.iter().filter(|(_, claim)| !claim.node.is_empty() && !claim.ami.is_empty()) {
            by_node.entry(claim.node.clone()).or_default().insert((claim.created, uid));
        }
        assert_eq!(self.by_node, by_node);
    }
}

impl Index<NodeClaim> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.nodes.claims.rows.begin(scope);
    }

    fn apply(&mut self, claim: NodeClaim, now: Timestamp) {
        let Some(uid) = Uid::of(&claim.metadata.uid) else { return };
        let former = self.nodes.claims.unlink(uid);
        let node = self.names.get(&claim.status.node_name);
        let ami = self.names.get(&claim.status.image_id);
        let created = claim.metadata.creation_timestamp.get().unwrap_or_default();
        self.nodes.claims.set(uid, Claim { node: node.clone(), ami, created });
        for name in former.iter().filter(|former| **former != node).chain([&node]) {
            self.nodes.file_again(name, now);
        }
    }

    fn delete(&mut self, claim: &NodeClaim, now: Timestamp) {
        if let Some(uid) = Uid::of(&claim.metadata.uid) {
            self.remove_claim(uid, now);
        }
    }

    fn finish(&mut self, scope: &Scope, now: Timestamp) {
        for uid in self.nodes.claims.rows.finish(scope) {
            self.remove_claim(uid, now);
        }
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.nodes.claims.rows.forget(scope) {
            self.remove_claim(uid, self.advanced);
        }
    }
}

impl Cache {
    fn remove_claim(&mut self, uid: Uid, now: Timestamp) {
        let node = self.nodes.claims.unlink(uid);
        self.nodes.claims.rows.remove(uid);
        if let Some(node) = node {
            self.nodes.file_again(&node, now);
        }
    }
}
