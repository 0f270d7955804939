//! What the watches of pods and of the VPC CNI's setting say of branch ENIs, and what a reader takes out.

use jiff::Timestamp;

use super::{
    NodeBranchEnis,
    node::{Claim, NodeEnis},
};
use crate::{
    cache::{Cache, CoolDownIndex, uid::Uid},
    diagnose::{BranchClaim, Life, cool_down},
    objects::Pod,
};

impl Cache {
    /// Takes note of what a pod has to do with branch ENIs.
    pub(in crate::cache) fn note_branch_enis(&mut self, uid: Uid, pod: &Pod, now: Timestamp) {
        let claim = BranchClaim::of(pod, now).map(|claim| {
            // The end as it was first seen: where no container tells it, it is the time of this look.
            let life = match (self.branch_enis.claims.get(&uid).map(|former| former.life), claim.life) {
                (Some(former @ Life::Ended(_)), Life::Ended(_)) => former,
                (_, life) => life,
            };
            Claim {
                node: self.names.get(&pod.spec.node_name),
                enis: claim.enis.iter().map(|id| id.as_str().into()).collect(),
                annotated: claim.annotated,
                requested: claim.requested,
                life,
                waits_since: claim.waits_since,
                bound: claim.bound,
                outlived: false,
            }
        });
        self.settle_branch_enis(uid, claim, Some(now));
    }

    /// A pod is gone, at that time where it is known to have gone and not only forgotten.
    pub(in crate::cache) fn drop_branch_enis(&mut self, uid: Uid, gone: Option<Timestamp>) {
        self.settle_branch_enis(uid, None, gone);
    }

    fn settle_branch_enis(&mut self, uid: Uid, mut claim: Option<Claim>, now: Option<Timestamp>) {
        let former = self.branch_enis.claims.get(&uid);
        if former.is_none() && claim.is_none() {
            return;
        }
        // A node that is gone has taken its interfaces with it.
        let released =
            now.filter(|_| former.is_some_and(|former| !self.nodes.is_gone(&former.node) && !self.is_outlived(former)));
        if let Some(claim) = &mut claim {
            claim.outlived = self.is_outlived(claim);
        }
        self.branch_enis.note(uid, claim, released);
    }

    /// Whether the pod was bound before the node of that name came. Both times are the API server's.
    fn is_outlived(&self, claim: &Claim) -> bool {
        let created = self.nodes.facts(&claim.node).map(|(facts, _)| facts.created);
        created.zip(claim.bound).is_some_and(|(created, bound)| bound < created)
    }

    /// The branch ENIs of every node that has any, by name.
    pub(in crate::cache) fn branch_enis_now(&self) -> Vec<NodeBranchEnis> {
        let pods_known = self.pods.rows.is_synced();
        let all_seen = self.settings.namespaces.is_empty();
        let any = |count: Option<u32>| count.is_some_and(|count| count > 0);
        let shown = |node: &&NodeEnis| {
            let has = any(node.capacity) || any(node.allocatable) || (pods_known && node.is_used());
            has && !self.nodes.is_gone(&node.names.node)
        };
        let nodes = self.branch_enis.nodes.values().filter(shown);
        nodes
            .map(|node| NodeBranchEnis {
                names: node.names.clone(),
                capacity: node.capacity,
                allocatable: node.allocatable,
                unusable_since: node.unusable_since,
                usage: pods_known.then(|| self.branch_enis.usage(node, all_seen)),
            })
            .collect()
    }
}

impl CoolDownIndex for Cache {
    fn branch_eni_cool_down(&mut self, text: Option<&str>) {
        self.branch_enis.change_cool_down(|known| known.set(text.map(cool_down)));
    }
}
