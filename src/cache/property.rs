//! Kept against recomputed: whatever happens in whatever order, the counts are those of the rows, every pod is judged by
//! what is known now, and the order in which objects arrive does not matter.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Cache, EVENT_FIELDS, Index, Scope, Settings, judge::assess, trouble::Filed, uid::Uid};
use crate::{
    objects::{Event, Job, Node, NodeClaim, Pod, keys},
    testing::*,
};

const PODS: u32 = 5;
const NODES: u32 = 3;
const NODE_SHAPES: u8 = 14;

#[derive(Clone, Debug)]
enum Step {
    Pod(u32, u8, u8),
    DeletePod(u32),
    Event(u32, u8, i64),
    Node(u32, u8),
    DeleteNode(u32),
    Claim(u32, u32, u8),
    DeleteClaim(u32),
    RelistClaims(Vec<(u32, u32, u8)>),
    ForgetClaims,
    Job(u32),
    RelistPods(Vec<(u32, u8, u8)>),
    RelistNodes(Vec<(u32, u8)>),
    CutShort,
    ForgetPods,
    ForgetNodes,
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pod = || (0..PODS, 0..12_u8, 0..4_u8);
    let node = || (0..NODES, 0..NODE_SHAPES);
    let claim = || (0..3_u32, 0..NODES, 0..4_u8);
    let step = prop_oneof![
        6 => pod().prop_map(|(pod, shape, node)| Step::Pod(pod, shape, node)),
        1 => (0..PODS).prop_map(Step::DeletePod),
        4 => (0..PODS, 0..6_u8, 0..400_i64).prop_map(|(pod, text, at)| Step::Event(pod, text, at)),
        3 => node().prop_map(|(node, shape)| Step::Node(node, shape)),
        1 => (0..NODES).prop_map(Step::DeleteNode),
        2 => claim().prop_map(|(claim, node, shape)| Step::Claim(claim, node, shape)),
        1 => (0..3_u32).prop_map(Step::DeleteClaim),
        1 => prop::collection::vec(claim(), 0..3).prop_map(Step::RelistClaims),
        1 => Just(Step::ForgetClaims),
        1 => (0..PODS).prop_map(Step::Job),
        1 => prop::collection::vec(pod(), 0..4).prop_map(Step::RelistPods),
        1 => prop::collection::vec(node(), 0..3).prop_map(Step::RelistNodes),
        1 => Just(Step::CutShort),
        1 => Just(Step::ForgetPods),
        1 => Just(Step::ForgetNodes),
        3 => (0..400_u16).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

/// A pod in one of the shapes that matter, on one of the nodes.
fn a_pod(number: u32, shape: u8, node: u8) -> Pod {
    let on = format!("node-{node}");
    let bound = || pod(number).on(&on, 10).owner("Job", "j", 700 + number);
    match shape {
        0 => bound().waits("ContainerCreating", ""),
        1 => bound().waits("ErrImagePull", "not found"),
        2 => bound().requests_branch_eni(),
        3 => bound().owner("DaemonSet", "d", 1).waits("ContainerCreating", ""),
        4 => bound().is("main", running()),
        5 => bound().phase("Succeeded"),
        6 => bound().deleted(30),
        7 => pod(number),
        8 => pod(number).unschedulable("0/3 nodes are available: 3 Insufficient cpu.", 5),
        9 => pod(number).gated(),
        10 => bound().condition("PodReadyToStartContainers", "True", 12),
        // The same name as another pod's, with a uid of its own.
        _ => bound().name("pod-0"),
    }
    .0
}

fn a_node(number: u32, shape: u8) -> Node {
    let name = format!("node-{number}");
    let worker = |os_image: &str, kernel: &str| {
        node(&name, 500 + number).label(keys::NODEGROUP, "workers").image(os_image, kernel)
    };
    match shape {
        0 | 1 => node(&name, 500 + number),
        2 => node(&name, 500 + number).ready("Unknown", "NodeStatusUnknown", "", 20),
        3 => node(&name, 500 + number).ready("False", "KubeletNotReady", told::NOT_INITIALIZED, 20),
        4 => node(&name, 500 + number).created(-100).ready("False", "KubeletNotReady", "", -95),
        // The same name, another machine.
        5 => node(&name, 600 + number).kubelet("v1.28.1"),
        // One pool with several images, some of them of the same line.
        6 => worker("Amazon Linux 2", "5.10.165-143.735.amzn2.x86_64"),
        7 => worker("Amazon Linux 2", "5.10.178-162.673.amzn2.x86_64").kubelet("v1.36.0"),
        8 => worker("Amazon Linux 2023.9.20251117", "6.12.73-95.123.amzn2023.x86_64").created(-50),
        9 => worker("Bottlerocket OS 1.64.0 (aws-k8s-1.36)", "6.12.55").kubelet("nonsense"),
        10 => worker("Amazon Linux 2023.10.20260302", "6.12.73").label(keys::NODEGROUP_IMAGE, "ami-of-the-label"),
        11 => node(&name, 500 + number).condition("KernelReady", "False", 5).condition("KernelDeadlock", "False", 6),
        12 => node(&name, 500 + number).condition("KernelReady", "True", 7).condition("KernelDeadlock", "True", 8),
        _ => worker("", "").label(keys::COMPUTE_TYPE, "fargate").condition("KernelReady", "False", 5),
    }
    .0
}

/// Claims of which one or the other tells nothing yet.
fn a_claim(number: u32, node: u32, shape: u8) -> NodeClaim {
    let name = format!("node-{node}");
    match shape {
        0 => claim(800 + number, &name, ""),
        1 => claim(800 + number, "", "ami-0"),
        _ => claim(800 + number, &name, &format!("ami-{number}{shape}")),
    }
}

fn an_event(pod: u32, text: u8, at: i64) -> Event {
    let (reason, message) = match text {
        0 => ("FailedCreatePodSandBox", told::SECCOMP),
        1 => ("FailedCreatePodSandBox", told::NO_ADDRESS),
        2 => ("FailedCreatePodSandBox", told::DEADLINE),
        3 => ("Pulling", "Pulling image \"x\""),
        4 => ("FailedScheduling", "0/3 nodes are available: 3 Insufficient memory."),
        _ => ("FailedCreatePodSandBox", "words that nobody knows"),
    };
    let mut event = event(pod, reason, message, at);
    // Writers repeat an event by moving its last time on.
    event.first_timestamp = crate::testing::at(at % 90).into();
    event
}

struct World {
    cache: Cache,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let mut settings = Settings::new(start());
        settings.pod_series_limit = 3;
        Self { cache: Cache::new(settings), now: start() }
    }

    fn take(&mut self, step: Step) {
        let (now, scope) = (self.now, Scope::cluster());
        match step {
            Step::Pod(pod, shape, node) => self.cache.apply(a_pod(pod, shape, node), now),
            Step::DeletePod(pod) => self.cache.delete(&a_pod(pod, 0, 0), now),
            Step::Event(pod, text, at) => self.cache.apply(an_event(pod, text, at), now),
            Step::Node(node, shape) => self.cache.apply(a_node(node, shape), now),
            Step::DeleteNode(node) => self.cache.delete(&a_node(node, 0), now),
            Step::Claim(claim, node, shape) => self.cache.apply(a_claim(claim, node, shape), now),
            Step::DeleteClaim(claim) => self.cache.delete(&a_claim(claim, 0, 0), now),
            Step::RelistClaims(claims) => {
                Index::<NodeClaim>::begin(&mut self.cache, &scope);
                for (claim, node, shape) in claims {
                    self.cache.apply(a_claim(claim, node, shape), now);
                }
                Index::<NodeClaim>::finish(&mut self.cache, &scope, now);
            }
            Step::ForgetClaims => Index::<NodeClaim>::forget(&mut self.cache, &scope),
            Step::Job(pod) => self.cache.apply(job(700 + pod, "cron"), now),
            Step::RelistPods(pods) => {
                Index::<Pod>::begin(&mut self.cache, &scope);
                for (pod, shape, node) in pods {
                    self.cache.apply(a_pod(pod, shape, node), now);
                }
                Index::<Pod>::finish(&mut self.cache, &scope, now);
            }
            Step::RelistNodes(nodes) => {
                Index::<Node>::begin(&mut self.cache, &scope);
                for (node, shape) in nodes {
                    self.cache.apply(a_node(node, shape), now);
                }
                Index::<Node>::finish(&mut self.cache, &scope, now);
            }
            Step::CutShort => {
                Index::<Pod>::begin(&mut self.cache, &scope);
                Index::<Node>::begin(&mut self.cache, &scope);
            }
            Step::ForgetPods => Index::<Pod>::forget(&mut self.cache, &scope),
            Step::ForgetNodes => Index::<Node>::forget(&mut self.cache, &scope),
            Step::Wait(seconds) => self.now += jiff::SignedDuration::from_secs(seconds.into()),
        }
    }

    /// Everything that is kept, computed anew from the rows.
    fn check(&mut self) {
        let snapshot = self.cache.snapshot(self.now);
        let cache = &self.cache;
        let mut groups: BTreeMap<(&str, String, String), (u32, u32)> = BTreeMap::new();
        let mut overdue: BTreeMap<&str, BTreeSet<(Timestamp, Uid)>> = BTreeMap::new();
        let mut by_node: BTreeMap<String, u32> = BTreeMap::new();
        for uid in cache.pods.in_trouble() {
            let trouble = cache.pods.trouble(uid).unwrap();
            let filed = assess(trouble, &cache.nodes, &cache.settings, self.now);
            assert_eq!(Some(&filed), trouble.filed.as_ref(), "judged by what is known now");
            let (kind, namespace, class, since, due, node, has_series) = match filed {
                Filed::Creating(e, _) => {
                    ("creating", e.namespace, e.class.as_str(), e.since, e.due, e.node, e.has_series)
                }
                Filed::Unscheduled(e) => {
                    ("unscheduled", e.namespace, e.class.as_str(), e.since, e.due, e.node, e.has_series)
                }
                Filed::Terminating(e) => {
                    ("terminating", e.namespace, e.class.as_str(), e.since, e.due, e.node, e.has_series)
                }
            };
            let is_due = due.is_some_and(|due| due <= self.now);
            let group = groups.entry((kind, namespace.to_string(), class.to_owned())).or_default();
            group.0 += 1;
            group.1 += u32::from(is_due);
            if is_due && has_series {
                overdue.entry(kind).or_default().insert((since.unwrap(), uid));
            }
            if is_due && let Some(node) = node {
                *by_node.entry(node.to_string()).or_default() += 1;
            }
        }
        let pods = cache.pods_in_trouble();
        let mut kept = BTreeMap::new();
        for count in &pods.creating.counts {
            kept.insert(
                ("creating", count.namespace.to_string(), count.class.as_str().to_owned()),
                (count.all, count.overdue),
            );
        }
        for count in &pods.unscheduled.counts {
            kept.insert(
                ("unscheduled", count.namespace.to_string(), count.class.as_str().to_owned()),
                (count.all, count.overdue),
            );
        }
        for count in &pods.terminating.counts {
            kept.insert(
                ("terminating", count.namespace.to_string(), count.class.as_str().to_owned()),
                (count.all, count.overdue),
            );
        }
        assert_eq!(kept, groups);
        let kept: BTreeMap<_, _> =
            pods.creating_by_node.iter().map(|(node, count)| (node.to_string(), *count)).collect();
        assert_eq!(kept, by_node);
        for (kind, kept, dropped) in [
            ("creating", cache.pods.creating.overdue().collect::<BTreeSet<_>>(), pods.creating.dropped),
            ("unscheduled", cache.pods.unscheduled.overdue().collect(), pods.unscheduled.dropped),
            ("terminating", cache.pods.terminating.overdue().collect(), pods.terminating.dropped),
        ] {
            let expected = overdue.remove(kind).unwrap_or_default();
            assert_eq!(dropped, expected.len().saturating_sub(3), "{kind}");
            assert_eq!(kept, expected, "{kind}");
        }
        let names: BTreeSet<_> = cache
            .pods
            .in_trouble()
            .into_iter()
            .map(|uid| {
                let names = &cache.pods.trouble(uid).unwrap().names;
                (names.namespace.clone(), names.pod.clone())
            })
            .collect();
        assert_eq!(names.len(), cache.pods.in_trouble().len(), "never two pods of one name");
        assert_eq!(snapshot.nodes.is_some(), cache.nodes.is_synced());
        cache.nodes.check(self.now);
    }
}

/// Events may come before or after everything else, but among themselves as they happened.
fn in_order_of_time(steps: &mut [Step]) {
    let is_event = |step: &Step| matches!(step, Step::Event(..));
    let mut events: Vec<_> = steps.iter().filter(|step| is_event(step)).cloned().collect();
    events.sort_by_key(|step| match step {
        Step::Event(pod, text, at) => (*at, *pod, *text),
        _ => (0, 0, 0),
    });
    let places = steps.iter_mut().filter(|step| is_event(step));
    for (place, event) in places.zip(events) {
        *place = event;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_is_what_the_rows_say(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
            world.check();
        }
    }

    #[test]
    fn the_order_in_which_objects_arrive_does_not_matter(
        (pods, nodes, claims, events) in (
            prop::collection::vec((0..9_u8, 0..4_u8), PODS as usize),
            prop::collection::btree_map(0..NODES, (0..NODE_SHAPES).prop_filter("one machine", |shape| *shape != 5), 0..3),
            prop::collection::btree_map(0..3_u32, (0..NODES, 0..4_u8), 0..3),
            prop::collection::vec((0..PODS, 0..6_u8, 20..400_i64), 0..10),
        ),
        order in prop::collection::vec(any::<u32>(), 40),
    ) {
        let mut steps: Vec<Step> = (0..PODS).zip(pods).map(|(pod, (shape, node))| Step::Pod(pod, shape, node)).collect();
        steps.extend(nodes.into_iter().map(|(node, shape)| Step::Node(node, shape)));
        steps.extend(claims.into_iter().map(|(claim, (node, shape))| Step::Claim(claim, node, shape)));
        steps.extend(events.into_iter().map(|(pod, text, at)| Step::Event(pod, text, at)));
        steps.extend((0..2).map(Step::Job));
        let mut shuffled: Vec<_> = steps.iter().cloned().zip(order).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let mut shuffled: Vec<_> = shuffled.into_iter().map(|(step, _)| step).collect();
        in_order_of_time(&mut steps);
        in_order_of_time(&mut shuffled);
        let told = |steps: Vec<Step>| {
            let mut world = World::new();
            let scope = Scope::cluster();
            Index::<Pod>::begin(&mut world.cache, &scope);
            Index::<Node>::begin(&mut world.cache, &scope);
            for step in steps {
                world.take(step);
            }
            Index::<Pod>::finish(&mut world.cache, &scope, start());
            Index::<Node>::finish(&mut world.cache, &scope, start());
            Index::<Job>::finish(&mut world.cache, &scope, start());
            for fields in EVENT_FIELDS {
                Index::<Event>::finish(&mut world.cache, &scope.clone().with_fields(fields), start());
            }
            world.now = at(500);
            world.check();
            let mut writer = crate::metrics::Writer::default();
            crate::metrics::groups::write_cluster(&mut writer, &world.cache.snapshot(at(500)));
            writer.finish()
        };
        prop_assert_eq!(told(steps), told(shuffled));
    }
}
