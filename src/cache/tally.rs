//! Counts and ages of pods in trouble, kept as they change so that a scrape costs what it prints.

use std::{collections::BTreeSet, hash::Hash};

use hashbrown::HashMap;
use jiff::Timestamp;

use super::{names::Name, uid::Uid};

/// One pod's share in a tally.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<C> {
    /// The pod's namespace.
    pub namespace: Name,
    /// What it is counted as.
    pub class: C,
    /// Since when; `None` while its clock does not run.
    pub since: Option<Timestamp>,
    /// From when on it is overdue.
    pub due: Option<Timestamp>,
    /// The node on which it counts.
    pub node: Option<Name>,
    /// Whether it gets series of its own.
    pub has_series: bool,
}

/// Pods of one kind of trouble, by namespace and class.
pub struct Tally<C> {
    groups: HashMap<(Name, C), Group>,
    /// Not overdue yet, by when they will be.
    queue: BTreeSet<(Timestamp, Uid)>,
    /// Overdue and with series of their own, the oldest first.
    overdue: BTreeSet<(Timestamp, Uid)>,
    by_node: HashMap<Name, u32>,
}

impl<C> Default for Tally<C> {
    fn default() -> Self {
        Self { groups: HashMap::new(), queue: BTreeSet::new(), overdue: BTreeSet::new(), by_node: HashMap::new() }
    }
}

/// Pods of one namespace and class.
#[derive(Clone, Debug, Default, PartialEq)]
struct Group {
    all: u32,
    overdue: u32,
    since: BTreeSet<(Timestamp, Uid)>,
}

impl<C: Copy + Eq + Hash> Tally<C> {
    /// Counts a pod in. It becomes overdue when [`Self::advance`] passes its due time.
    pub fn add(&mut self, uid: Uid, entry: &Entry<C>) {
        let group = self.groups.entry((entry.namespace.clone(), entry.class)).or_default();
        group.all += 1;
        if let Some(since) = entry.since {
            group.since.insert((since, uid));
        }
        if let Some(due) = entry.due {
            self.queue.insert((due, uid));
        }
    }

    /// Counts a pod out again, by the very entry that it was counted in with.
    pub fn remove(&mut self, uid: Uid, entry: &Entry<C>) {
        let was_overdue = entry.due.is_some_and(|due| !self.queue.remove(&(due, uid)));
        let key = (entry.namespace.clone(), entry.class);
        if let Some(group) = self.groups.get_mut(&key) {
            group.all -= 1;
            group.overdue -= u32::from(was_overdue);
            if let Some(since) = entry.since {
                group.since.remove(&(since, uid));
            }
            if group.all == 0 {
                self.groups.remove(&key);
            }
        }
        if !was_overdue {
            return;
        }
        if let Some(since) = entry.since {
            self.overdue.remove(&(since, uid));
        }
        if let Some(node) = &entry.node
            && let Some(count) = self.by_node.get_mut(node)
        {
            *count -= 1;
            if *count == 0 {
                self.by_node.remove(node);
            }
        }
    }

    /// Moves those that are due by `now` to the overdue; `entry_of` finds a pod's entry.
    pub fn advance<'a>(&mut self, now: Timestamp, mut entry_of: impl FnMut(Uid) -> Option<&'a Entry<C>>)
    where
        C: 'a,
    {
        while let Some(&(due, uid)) = self.queue.first()
            && due <= now
        {
            self.queue.pop_first();
            let Some(entry) = entry_of(uid) else { continue };
            if let Some(group) = self.groups.get_mut(&(entry.namespace.clone(), entry.class)) {
                group.overdue += 1;
            }
            if entry.has_series
                && let Some(since) = entry.since
            {
                self.overdue.insert((since, uid));
            }
            if let Some(node) = &entry.node {
                *self.by_node.entry(node.clone()).or_insert(0) += 1;
            }
        }
    }

    /// Overdue pods with series of their own, the oldest first.
    pub fn overdue(&self) -> impl ExactSizeIterator<Item = (Timestamp, Uid)> {
        self.overdue.iter().copied()
    }

    /// Each namespace and class that has pods.
    pub fn groups(&self) -> impl Iterator<Item = Count<C>> {
        self.groups.iter().map(|((namespace, class), group)| Count {
            namespace: namespace.clone(),
            class: *class,
            all: group.all,
            overdue: group.overdue,
            oldest: group.since.first().map(|(since, _)| *since),
        })
    }

    /// Overdue pods by node.
    pub fn nodes(&self) -> impl Iterator<Item = (Name, u32)> {
        self.by_node.iter().map(|(node, count)| (node.clone(), *count))
    }
}

/// The pods of one namespace and class.
#[derive(Clone, Debug, PartialEq)]
pub struct Count<C> {
    /// The namespace.
    pub namespace: Name,
    /// The class, such as the cause.
    pub class: C,
    /// All of them.
    pub all: u32,
    /// Those over the threshold.
    pub overdue: u32,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
}
