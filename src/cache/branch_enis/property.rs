//! Branch ENIs, kept against recomputed: whatever happens in whatever order, what is counted is what a list of all pods
//! and of all that ever let go of an interface says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::{
    cache::{BranchUsage, Cache, CompletedPods, CoolDownIndex, Index, Scope, Settings},
    diagnose::EniState,
    objects::{Node, Pod},
    testing::*,
};

const PODS: u32 = 5;
const NODES: u32 = 2;
const ENIS: u8 = 4;

/// A pod on one of the nodes, in one of the shapes that matter, with these interfaces.
#[derive(Clone, Copy, Debug)]
struct Shape {
    number: u32,
    life: u8,
    /// A bit for each interface; none at all is a pod that waits.
    enis: u8,
}

/// What a node says that it has room for, and whether pods may use it.
#[derive(Clone, Copy, Debug)]
struct Room {
    capacity: u32,
    usable: bool,
}

#[derive(Clone, Debug)]
enum Step {
    Pod(Shape),
    DeletePod(u32),
    Relist(Vec<Shape>),
    CutShort,
    Forget,
    Node(u32, Room),
    DeleteNode(u32),
    Notice(bool),
    CoolDown(u8),
    ToldCoolDown(u8),
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let shape = || (0..PODS, 0..4_u8, 0..1_u8 << ENIS).prop_map(|(number, life, enis)| Shape { number, life, enis });
    let step = prop_oneof![
        8 => shape().prop_map(Step::Pod),
        3 => (0..PODS).prop_map(Step::DeletePod),
        2 => prop::collection::vec(shape(), 0..4).prop_map(Step::Relist),
        1 => Just(Step::CutShort),
        1 => Just(Step::Forget),
        2 => (0..NODES, 0..3_u32, any::<bool>())
            .prop_map(|(node, capacity, usable)| Step::Node(node, Room { capacity, usable })),
        1 => (0..NODES).prop_map(Step::DeleteNode),
        1 => any::<bool>().prop_map(Step::Notice),
        1 => (0..3_u8).prop_map(Step::CoolDown),
        1 => (0..120_u8).prop_map(Step::ToldCoolDown),
        4 => (0..80_u16).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

/// Pods stay on their nodes.
fn node_of(number: u32) -> String {
    format!("node-{}", number % NODES)
}

fn ids(enis: u8) -> Vec<String> {
    (0..ENIS).filter(|bit| enis & 1 << bit != 0).map(|bit| format!("eni-{bit}")).collect()
}

impl Shape {
    fn pod(self) -> Pod {
        let bound = pod(self.number).on(&node_of(self.number), i64::from(self.number)).requests_branch_eni();
        let ids = ids(self.enis);
        let bound = match ids.as_slice() {
            [] => bound,
            ids => bound.branch_enis(&ids.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        match self.life {
            0 | 1 => bound,
            2 => bound.deleted(30),
            _ => bound.phase("Succeeded"),
        }
        .0
    }
}

/// What a pod was when it was last seen, and since when it has ended.
type Seen = (Shape, Option<Timestamp>);

/// Everything that happened, in lists.
struct World {
    cache: Cache,
    now: Timestamp,
    mode: CompletedPods,
    pods: BTreeMap<u32, Seen>,
    /// Each with since when pods may not use its room.
    nodes: BTreeMap<u32, (Room, Option<Timestamp>)>,
    /// When somebody let go of an interface on a node.
    released: Vec<(String, String, Timestamp)>,
    notice: bool,
    /// Seconds that the `ConfigMap` sets and that the controller told.
    set: Option<i64>,
    told: Option<i64>,
    synced: bool,
}

impl World {
    fn new(mode: CompletedPods) -> Self {
        let mut cache = Cache::new(Settings { completed_pods: mode, ..Settings::new(start()) });
        let scope = Scope::cluster();
        Index::<Node>::finish(&mut cache, &scope, start());
        Index::<Pod>::finish(&mut cache, &scope, start());
        Self {
            cache,
            now: start(),
            mode,
            pods: BTreeMap::new(),
            nodes: BTreeMap::new(),
            released: Vec::new(),
            notice: false,
            set: None,
            told: None,
            synced: true,
        }
    }

    fn hold(&self) -> SignedDuration {
        SignedDuration::from_secs(30 + self.set.or(self.told).unwrap_or(60))
    }

    fn held(&self) -> bool {
        self.mode == CompletedPods::Held || (self.mode == CompletedPods::Auto && self.notice)
    }

    /// A pod looks like this from now on; `None` when it is gone.
    fn becomes(&mut self, number: u32, shape: Option<Shape>) {
        let former = self.pods.remove(&number);
        let ended = shape.filter(|shape| shape.life == 3).map(|_| former.and_then(|seen| seen.1).unwrap_or(self.now));
        let node = node_of(number);
        if let Some((former, former_ended)) = former
            && self.nodes.contains_key(&(number % NODES))
            && (former_ended.is_none() || self.held())
        {
            let left = former.enis & !shape.map_or(0, |shape| shape.enis);
            self.released.extend(ids(left).into_iter().map(|id| (node.clone(), id, self.now)));
        }
        if let Some(shape) = shape {
            if let Some(at) = ended {
                self.released.extend(ids(shape.enis).into_iter().map(|id| (node.clone(), id, at)));
            }
            self.pods.insert(number, (shape, ended));
        }
    }

    fn take(&mut self, step: Step) {
        let (now, scope) = (self.now, Scope::cluster());
        match step {
            Step::Pod(shape) => {
                self.cache.apply(shape.pod(), now);
                self.becomes(shape.number, Some(shape));
            }
            Step::DeletePod(number) => {
                self.cache.delete(&pod(number).0, now);
                self.becomes(number, None);
            }
            Step::Relist(shapes) => {
                Index::<Pod>::begin(&mut self.cache, &scope);
                for shape in &shapes {
                    self.take(Step::Pod(*shape));
                }
                Index::<Pod>::finish(&mut self.cache, &scope, now);
                let shown: BTreeSet<_> = shapes.iter().map(|shape| shape.number).collect();
                for number in (0..PODS).filter(|number| !shown.contains(number)) {
                    self.becomes(number, None);
                }
                self.synced = true;
            }
            Step::CutShort => Index::<Pod>::begin(&mut self.cache, &scope),
            Step::Forget => {
                Index::<Pod>::forget(&mut self.cache, &scope);
                self.pods.clear();
                self.synced = false;
            }
            Step::Node(number, room) => {
                let said = node(&format!("node-{number}"), 500 + number);
                let Room { capacity, usable } = room;
                let said = if usable { said.branch_enis(capacity) } else { said.unusable_branch_enis(capacity) };
                self.cache.apply(said.0, now);
                let former = self.nodes.get(&number).and_then(|(_, since)| *since);
                self.nodes.insert(number, (room, (capacity > 0 && !usable).then(|| former.unwrap_or(now))));
            }
            Step::DeleteNode(number) => {
                self.cache.delete(&node("", 500 + number).0, now);
                if self.nodes.remove(&number).is_some() {
                    self.released.retain(|(node, ..)| *node != node_of(number));
                }
            }
            Step::Notice(old) => {
                let version = if old { "v1.0.11" } else { "v1.7.1" };
                let notice =
                    controller_event("ControllerVersionNotice", version, now.duration_since(start()).as_secs());
                self.cache.apply(notice, now);
                self.now += SignedDuration::from_secs(1); // two in one second would be in no order
                self.notice = old;
            }
            Step::CoolDown(which) => {
                self.set = [None, Some(30), Some(100)][usize::from(which)];
                self.cache.branch_eni_cool_down(self.set.map(|seconds| seconds.to_string()).as_deref());
                // What has gone for good does not come back because the cool-down grew.
                self.prune();
            }
            Step::ToldCoolDown(seconds) => {
                let said = now.duration_since(start()).as_secs();
                self.cache.apply(controller_event("BranchENICoolDownPeriodUpdated", &format!("{seconds}s"), said), now);
                self.now += SignedDuration::from_secs(1);
                self.told = Some(i64::from(seconds).max(30));
                self.prune();
            }
            Step::Wait(seconds) => self.now += SignedDuration::from_secs(seconds.into()),
        }
    }

    /// Forgets what was let go of long ago, unless a pod still has it.
    fn prune(&mut self) {
        let (now, hold) = (self.now, self.hold());
        let named = |node: &str, id: &str| {
            let mut pods = self.pods.values();
            pods.any(|(shape, _)| node_of(shape.number) == node && ids(shape.enis).iter().any(|known| known == id))
        };
        let kept = self.released.iter().filter(|(node, id, at)| named(node, id) || now.duration_since(*at) < hold);
        self.released = kept.cloned().collect();
    }

    /// What there is to say of a node, from the lists; `None` where there is nothing.
    fn expected(&self, number: u32) -> Option<(Option<Timestamp>, BranchUsage)> {
        let name = node_of(number);
        let (room, unusable_since) = *self.nodes.get(&number)?;
        let pods: Vec<_> = self.pods.values().filter(|(shape, _)| shape.number % NODES == number).collect();
        let cools = |at: Timestamp| self.now.duration_since(at) < self.hold();
        let mut used = [0; 4];
        for id in ids(u8::MAX) {
            let with =
                |life: fn(u8) -> bool| pods.iter().any(|(shape, _)| life(shape.life) && ids(shape.enis).contains(&id));
            let cooling = self.released.iter().any(|(node, known, at)| (node, known) == (&name, &id) && cools(*at));
            let state = match () {
                () if with(|life| life < 2) => EniState::Attached,
                () if with(|life| life == 2) => EniState::Terminating,
                () if cooling => EniState::Cooldown,
                () if with(|life| life == 3) && self.held() => EniState::Completed,
                () => continue,
            };
            used[state as usize] += 1;
        }
        let waiting = pods.iter().filter(|(shape, _)| shape.life < 2 && shape.enis == 0);
        let over = pods.iter().filter_map(|(shape, at)| at.filter(|at| shape.enis != 0 && !cools(*at)));
        let requested = pods.iter().filter(|(shape, _)| shape.life < 3).count();
        let sum: u32 = used.iter().sum();
        let any = room.capacity > 0 || sum > 0 || !pods.is_empty();
        let mut pending: Vec<_> = waiting.map(|(shape, _)| at(shape.number.into())).collect();
        pending.sort();
        let usage = BranchUsage {
            used,
            pending: pending.len(),
            pending_since: pending.first().copied(),
            several_pending_since: pending.get(1).copied(),
            requested: requested as u64,
            completed_pods: over.clone().count(),
            completed_since: over.min(),
            all_seen: true,
            free: room.usable.then(|| i64::from(room.capacity) - i64::from(sum)),
        };
        any.then_some((unusable_since, usage))
    }

    fn check(&mut self) {
        self.prune();
        let kept: BTreeMap<_, _> = self
            .cache
            .snapshot(self.now)
            .branch_enis
            .into_iter()
            .map(|node| (node.names.node.to_string(), (node.unusable_since, node.usage)))
            .collect();
        if !self.synced {
            assert!(kept.values().all(|(_, usage)| usage.is_none()), "pods are not known");
            return;
        }
        let expected: BTreeMap<_, _> = (0..NODES)
            .filter_map(|number| {
                let (unusable_since, usage) = self.expected(number)?;
                Some((node_of(number), (unusable_since, Some(usage))))
            })
            .collect();
        assert_eq!(kept, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn branch_enis_are_counted_as_the_lists_say(
        mode in prop::sample::select(vec![CompletedPods::Auto, CompletedPods::Released, CompletedPods::Held]),
        steps in steps(),
    ) {
        let mut world = World::new(mode);
        for step in steps {
            world.take(step);
            world.check();
        }
    }
}
