//! Pools and nodes that have no branch ENIs for those who want one.

use std::collections::BTreeMap;

use crate::{
    cache::{Name, NodeBranchEnis, NodeNames, Snapshot},
    diagnose::{Cause, Lifecycle, PoolKind},
    report::{Finding, Severity, age, count_nodes, count_pods, first_few, nodes::pool_words, pods, thresholds},
};

/// What the pods of a pool's nodes request of what these have.
#[derive(Default)]
struct Pool {
    requested: u64,
    allocatable: u64,
    nodes: usize,
}

/// One finding over all pools, the fullest first. Since when a pool is full no object says, but since when pods wait for
/// room does one: the oldest of them counts, and a restart of the exporter changes nothing.
pub(super) fn all_but_requested(snapshot: &Snapshot) -> Option<Finding> {
    let now = snapshot.now;
    let (pods, since) = pods::without_a_node(snapshot.pods.as_ref()?, Cause::BranchEni)?;
    let mut pools: Vec<_> = by_pool(snapshot).into_iter().collect();
    pools.retain(|(_, pool)| thresholds::are_all_but_requested(pool.requested, pool.allocatable));
    let free = |pool: &Pool| pool.allocatable.saturating_sub(pool.requested);
    pools.sort_by_key(|(_, pool)| free(pool)); // stable: then by name
    let full = match pools.len() {
        0 => return None,
        1 => "1 pool has over 90 % of its".to_owned(),
        count => format!("{count} pools have over 90 % of their"),
    };
    let (examples, more) = first_few(&pools, |((kind, name), pool)| {
        let (pool_name, Pool { requested, allocatable, nodes }) = (pool_words(*kind, name), pool);
        format!("{pool_name}: {requested} requested of {allocatable} allocatable on {}", count_nodes(*nodes))
    });
    Some(Finding {
        severity: thresholds::BRANCH_ENIS_REQUESTED.severity(now.duration_since(since), false),
        key: "branch ENIs all but requested".to_owned(),
        title: format!(
            "{full} branch ENIs requested, and {} find{} no node for want of them",
            count_pods(pods),
            if pods == 1 { "s" } else { "" }
        ),
        detail: "Branch ENIs run out before CPU and memory do: what starts next waits as well, until there are more nodes or fewer pods that need one.",
        since,
        examples,
        more,
        look: "Whether the autoscaler may make more nodes of the pool, and which pods a SecurityGroupPolicy selects without need: `kubectl get securitygrouppolicies -A`."
            .to_owned(),
    })
}

/// Nodes that leave take no pods any more, and what they have does not count.
fn by_pool(snapshot: &Snapshot) -> BTreeMap<(PoolKind, Name), Pool> {
    let mut pools: BTreeMap<_, Pool> = BTreeMap::new();
    for (names, node) in staying(snapshot) {
        if let (Some(allocatable), Some(usage)) = (node.allocatable, &node.usage)
            && allocatable > 0
            && usage.all_seen
        {
            let pool = pools.entry((names.pool_kind, names.pool.clone())).or_default();
            pool.requested += usage.requested;
            pool.allocatable += u64::from(allocatable);
            pool.nodes += 1;
        }
    }
    pools
}

fn staying(snapshot: &Snapshot) -> impl Iterator<Item = (&NodeNames, &NodeBranchEnis)> {
    let names = snapshot.nodes.iter().flat_map(|nodes| &nodes.names);
    let names: BTreeMap<&Name, &NodeNames> = names.map(|names| (&names.node, &**names)).collect();
    let nodes = snapshot.branch_enis.iter();
    nodes
        .filter_map(move |node| Some((*names.get(&node.names.node)?, node)))
        .filter(|(names, _)| names.lifecycle != Lifecycle::Leaving)
}

/// Nodes that have room by their capacity, and none that the scheduler may give away
/// (aws/amazon-vpc-resource-controller-k8s#637).
pub(super) fn not_allocatable(snapshot: &Snapshot) -> Option<Finding> {
    let now = snapshot.now;
    let mut cases: Vec<_> = staying(snapshot)
        .filter_map(|(names, node)| Some((node.unusable_since?, names, node.capacity?)))
        .filter(|(since, ..)| now.duration_since(*since) >= thresholds::BRANCH_ENIS_UNUSABLE)
        .collect();
    cases.sort_by_key(|(since, names, _)| (*since, &names.node));
    let (since, names, _) = cases.first()?;
    let (examples, more) = first_few(&cases, |(since, names, capacity)| {
        format!(
            "{} of {}: room for {capacity}, none allocatable, for {}",
            names.node,
            pool_words(names.pool_kind, &names.pool),
            age(*since, now)
        )
    });
    Some(Finding {
        severity: Severity::Warning,
        key: "branch ENIs not allocatable".to_owned(),
        title: format!("{} with branch ENIs that no pod can be given", count_nodes(cases.len())),
        detail: "The resource controller has written the node's capacity and kubelet has not taken it over, which it does within seconds: no pod that needs a branch ENI is sent there.",
        since: *since,
        examples,
        more,
        look: format!(
            "`kubectl get node {} -o jsonpath='{{.status.capacity}} {{.status.allocatable}}'`, vpc.amazonaws.com/pod-eni in both: replace the node if it stays so.",
            names.node
        ),
    })
}
