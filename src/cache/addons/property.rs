//! Kept against recomputed, for add-ons: counts are those of the rows, agents are as they are found now, and the order
//! in which objects arrive does not matter.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{agents::Found, *};
use crate::{
    cache::{Settings, VersionIndex},
    objects::{Node, keys},
    testing::*,
};

const PODS: u32 = 5;
const NODES: u32 = 3;

#[derive(Clone, Debug)]
enum Step {
    Pod(u32, u8, u8),
    DeletePod(u32),
    Node(u32, u8),
    DeleteNode(u32),
    Set(u8, u8),
    DeleteSet(u8),
    RelistPods(Vec<(u32, u8, u8)>),
    RelistNodes(Vec<(u32, u8)>),
    Forget(u8),
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pod = || (0..PODS, 0..8_u8, 0..4_u8);
    let node = || (0..NODES, 0..5_u8);
    let step = prop_oneof![
        6 => pod().prop_map(|(pod, shape, node)| Step::Pod(pod, shape, node)),
        2 => (0..PODS).prop_map(Step::DeletePod),
        3 => node().prop_map(|(node, shape)| Step::Node(node, shape)),
        1 => (0..NODES).prop_map(Step::DeleteNode),
        2 => (0..2_u8, 0..3_u8).prop_map(|(set, shape)| Step::Set(set, shape)),
        1 => (0..2_u8).prop_map(Step::DeleteSet),
        1 => prop::collection::vec(pod(), 0..4).prop_map(Step::RelistPods),
        1 => prop::collection::vec(node(), 0..3).prop_map(Step::RelistNodes),
        1 => (0..3_u8).prop_map(Step::Forget),
        3 => (0..100_u16).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

/// A pod in one of the shapes that matter; node 3 is none, and a pod does not move.
fn a_pod(number: u32, shape: u8, node: u8) -> AddonPod {
    let on = ["node-0", "node-1", "node-2", ""][usize::from(node)];
    match shape {
        0 => daemon("aws-node", number, on, CNI),
        1 => daemon("aws-node", number, on, OLD_CNI).ready(false, 30),
        2 => daemon("aws-node", number, on, CNI).ready(true, 90),
        3 => daemon("kube-proxy", number, on, KUBE_PROXY),
        4 => daemon("kube-proxy", number, on, "eks/kube-proxy@sha256:0").ready(false, 7),
        5 => daemon("aws-node", number, on, CNI).phase("Failed"),
        6 => deployed("coredns", number, "eks/coredns:v1.9.3"),
        _ => deployed("other", number, "registry.example.com/other:1"),
    }
    .0
}

fn a_node(number: u32, shape: u8) -> Node {
    let node = node(&format!("node-{number}"), 500 + number);
    match shape {
        0 | 1 => node,
        2 => node.label(keys::COMPUTE_TYPE, "fargate"),
        3 => node.label(keys::OS, "linux"),
        _ => node.taint("dedicated"),
    }
    .0
}

fn a_set(set: u8, shape: u8) -> DaemonSet {
    let name = Agent::ALL[usize::from(set)].set_name();
    let mut set = if shape == 1 {
        daemon_set_on("linux", name, 900 + u32::from(set))
    } else {
        daemon_set(name, 900 + u32::from(set))
    };
    if shape == 2 {
        set.metadata.annotations.insert(keys::HELM_RELEASE, "x".to_owned());
    }
    set
}

fn world() -> Cache {
    let mut cache = Cache::new(Settings::new(start()));
    cache.server_version("v1.25.16", 1, 25, start());
    cache
}

fn take(cache: &mut Cache, step: Step, now: &mut Timestamp) {
    let (cluster, system, at) = (Scope::cluster(), Scope::namespace(ADDON_NAMESPACE), *now);
    match step {
        Step::Pod(pod, shape, node) => cache.apply(a_pod(pod, shape, node), at),
        Step::DeletePod(pod) => cache.delete(&a_pod(pod, 0, 0), at),
        Step::Node(node, shape) => cache.apply(a_node(node, shape), at),
        Step::DeleteNode(node) => cache.delete(&a_node(node, 0), at),
        Step::Set(set, shape) => cache.apply(a_set(set, shape), at),
        Step::DeleteSet(set) => cache.delete(&a_set(set, 0), at),
        Step::RelistPods(pods) => {
            Index::<AddonPod>::begin(cache, &system);
            for (pod, shape, node) in pods {
                cache.apply(a_pod(pod, shape, node), at);
            }
            Index::<AddonPod>::finish(cache, &system, at);
            Index::<DaemonSet>::finish(cache, &system, at);
        }
        Step::RelistNodes(nodes) => {
            Index::<Node>::begin(cache, &cluster);
            for (node, shape) in nodes {
                cache.apply(a_node(node, shape), at);
            }
            Index::<Node>::finish(cache, &cluster, at);
        }
        Step::Forget(0) => Index::<AddonPod>::forget(cache, &system),
        Step::Forget(1) => Index::<DaemonSet>::forget(cache, &system),
        Step::Forget(_) => Index::<Node>::forget(cache, &cluster),
        Step::Wait(seconds) => *now += jiff::SignedDuration::from_secs(seconds.into()),
    }
}

/// Everything that is kept, computed anew from the rows.
fn check(cache: &mut Cache, now: Timestamp) {
    let snapshot = cache.snapshot(now);
    assert_eq!(snapshot.addons.is_some(), cache.addons.pods.is_synced());
    let addons = &cache.addons;
    let mut counts = Counts::default();
    let mut places: BTreeMap<(Agent, Name), Vec<Uid>> = BTreeMap::new();
    for (uid, row) in addons.pods.iter() {
        counts.add(&row.parts, row.ready);
        if let Some(agent) = row.agent {
            places.entry((agent, row.node.clone())).or_default().push(uid);
        }
    }
    assert_eq!(addons.counts, counts);
    for pods in places.values_mut() {
        pods.sort_unstable();
    }
    assert_eq!(addons.agents.places(), places);
    let known: Vec<Name> = places.keys().map(|(_, node)| node.clone()).chain(cache.nodes.all_names()).collect();
    for agent in Agent::ALL {
        for node in &known {
            let down = addons.agents.down().find(|one| (one.0, one.1) == (agent, node)).map(|one| one.2);
            match cache.find_agent(agent, node) {
                Found::Ready(since) => assert!(down.is_none_or(|down| down.ready == Some(since)), "{down:?}"),
                Found::Down(state, _) => {
                    let down = down.expect("it is down");
                    assert!(down.state == state && down.ready.is_none() && down.since <= now.max(at(90)), "{down:?}");
                }
                Found::Nothing => assert_eq!(down, None),
            }
        }
    }
    assert!(addons.agents.down().all(|(_, node, _)| known.contains(node)), "of a node that nobody knows");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_of_add_ons_is_what_the_rows_say(steps in steps()) {
        let (mut cache, mut now) = (world(), start());
        for step in steps {
            take(&mut cache, step, &mut now);
            check(&mut cache, now);
        }
    }

    #[test]
    fn the_order_in_which_objects_of_add_ons_arrive_does_not_matter(
        (pods, nodes, sets) in (
            prop::collection::vec((0..8_u8, 0..4_u8), PODS as usize),
            prop::collection::btree_map(0..NODES, 0..5_u8, 0..3),
            prop::collection::btree_map(0..2_u8, 0..3_u8, 0..2),
        ),
        order in prop::collection::vec(any::<u32>(), 20),
        finishes in Just([0, 1, 2]).prop_shuffle(),
    ) {
        let mut steps: Vec<Step> = (0..PODS).zip(pods).map(|(pod, (shape, node))| Step::Pod(pod, shape, node)).collect();
        steps.extend(nodes.into_iter().map(|(node, shape)| Step::Node(node, shape)));
        steps.extend(sets.into_iter().map(|(set, shape)| Step::Set(set, shape)));
        let mut shuffled: Vec<_> = steps.iter().cloned().zip(order).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let told = |steps: Vec<Step>, finishes: [u8; 3]| {
            let (mut cache, mut now) = (world(), start());
            let (cluster, system) = (Scope::cluster(), Scope::namespace(ADDON_NAMESPACE));
            Index::<AddonPod>::begin(&mut cache, &system);
            Index::<DaemonSet>::begin(&mut cache, &system);
            Index::<Node>::begin(&mut cache, &cluster);
            for step in steps {
                take(&mut cache, step, &mut now);
            }
            for finish in finishes {
                match finish {
                    0 => Index::<AddonPod>::finish(&mut cache, &system, now),
                    1 => Index::<DaemonSet>::finish(&mut cache, &system, now),
                    _ => Index::<Node>::finish(&mut cache, &cluster, now),
                }
            }
            check(&mut cache, at(500));
            let mut writer = crate::metrics::Writer::default();
            crate::metrics::groups::write_cluster(&mut writer, &cache.snapshot(at(500)));
            writer.finish()
        };
        prop_assert_eq!(told(steps, [0, 1, 2]), told(shuffled.into_iter().map(|(step, _)| step).collect(), finishes));
    }
}
