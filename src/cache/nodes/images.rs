//! Images by pool: which are newer than which, and who is not on the newest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{NodeNames, totals::Share};
use crate::{
    cache::{Name, uid::Uid},
    diagnose::{Lifecycle, OsFamily, PoolKind, Release, node_image},
};

/// Nodes of one pool that run the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageGroup {
    /// Name of the pool.
    pub pool: Name,
    /// Who runs it.
    pub pool_kind: PoolKind,
    /// Operating system.
    pub os_image: Name,
    /// Kernel.
    pub kernel_version: Name,
    /// Kubelet.
    pub kubelet_version: Name,
    /// AMI id.
    pub ami: Name,
}

impl ImageGroup {
    pub(super) fn of(names: &NodeNames) -> Self {
        Self {
            pool: names.pool.clone(),
            pool_kind: names.pool_kind,
            os_image: names.os_image.clone(),
            kernel_version: names.kernel_version.clone(),
            kubelet_version: names.kubelet_version.clone(),
            ami: names.ami.clone(),
        }
    }
}

/// Images of a pool that succeed one another: only these can be told newer from older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pool_kind: PoolKind,
    pool: Name,
    family: OsFamily,
    variant: String,
    architecture: Name,
    kubelet_minor: u32,
}

impl Line {
    /// The line of a node's image and its place there. `None` where that cannot be told.
    fn of(share: &Share) -> Option<(Self, Release)> {
        let names = &share.names;
        let image = node_image(&names.os_image, &names.kernel_version)?;
        let line = Self {
            pool_kind: names.pool_kind,
            pool: names.pool.clone(),
            family: image.family,
            variant: image.variant,
            architecture: names.architecture.clone(),
            kubelet_minor: share.kubelet_minor?,
        };
        Some((line, image.release))
    }
}

/// The nodes of every line, by release.
#[derive(Debug, Default)]
pub(super) struct Lines {
    runners: BTreeMap<Line, BTreeMap<Release, Runners>>,
    /// When the first node of each release came, whether it is there still or not: pools replace their nodes all the
    /// time, and a release gets no younger by it. Kept as long as the line has nodes.
    came: BTreeMap<Line, BTreeMap<Release, Timestamp>>,
}

/// Nodes with the same release, those first that came first.
#[derive(Debug, Default, PartialEq)]
struct Runners {
    staying: BTreeSet<(Timestamp, Uid)>,
    leaving: BTreeSet<(Timestamp, Uid)>,
}

impl Runners {
    fn of(&mut self, lifecycle: Lifecycle) -> &mut BTreeSet<(Timestamp, Uid)> {
        match lifecycle {
            Lifecycle::Starting | Lifecycle::Serving => &mut self.staying,
            Lifecycle::Leaving => &mut self.leaving,
        }
    }

    fn first(&self) -> Option<(Timestamp, Uid)> {
        self.staying.first().or(self.leaving.first()).copied()
    }
}

/// Releases of a line whose coming is remembered though nobody runs them any more.
const REMEMBERED: usize = 16;

impl Lines {
    pub fn add(&mut self, uid: Uid, share: &Share) {
        let Some((line, release)) = Line::of(share) else { return };
        let created = share.names.created;
        let came = self.came.entry(line.clone()).or_default();
        came.entry(release).and_modify(|came| *came = (*came).min(created)).or_insert(created);
        let releases = self.runners.entry(line).or_default();
        releases.entry(release).or_default().of(share.names.lifecycle).insert((created, uid));
        if came.len() > releases.len() + REMEMBERED
            && let Some(oldest) = came.keys().find(|release| !releases.contains_key(*release)).copied()
        {
            came.remove(&oldest);
        }
    }

    pub fn remove(&mut self, uid: Uid, share: &Share) {
        let Some((line, release)) = Line::of(share) else { return };
        let Some(releases) = self.runners.get_mut(&line) else { return };
        if let Some(runners) = releases.get_mut(&release) {
            runners.of(share.names.lifecycle).remove(&(share.names.created, uid));
            if runners.first().is_none() {
                releases.remove(&release);
            }
        }
        if releases.is_empty() {
            self.runners.remove(&line);
        }
    }

    /// Forgets the line that a node was of, where that was its last. Apart from [`Self::remove`], for a node that is
    /// counted anew is taken out for a moment.
    pub fn tidy(&mut self, former: &Share) {
        if let Some((line, _)) = Line::of(former)
            && !self.runners.contains_key(&line)
        {
            self.came.remove(&line);
        }
    }

    /// Releases whose coming is remembered.
    #[cfg(test)]
    pub fn remembered(&self) -> usize {
        self.came.values().map(BTreeMap::len).sum()
    }

    /// Every line, by pool.
    pub fn iter(&self) -> impl Iterator<Item = LineNow> {
        self.runners.iter().filter_map(|(line, releases)| {
            let (release, newest) = releases.last_key_value()?;
            let (created, first) = newest.first()?;
            let behind = releases.values().rev().skip(1).map(|runners| &runners.staying);
            Some(LineNow {
                pool: line.pool.clone(),
                pool_kind: line.pool_kind,
                came: self.came.get(line).and_then(|came| came.get(release)).copied().unwrap_or(created),
                first,
                stragglers: behind.clone().map(BTreeSet::len).sum(),
                examples: behind.rev().flatten().map(|(_, uid)| *uid).take(EXAMPLES).collect(),
            })
        })
    }
}

/// By the nodes that are there; what is remembered does not follow from them.
impl PartialEq for Lines {
    fn eq(&self, other: &Self) -> bool {
        self.runners == other.runners
    }
}

/// Stragglers that are named.
const EXAMPLES: usize = 3;

/// A line as it is now.
pub(super) struct LineNow {
    pub pool: Name,
    pub pool_kind: PoolKind,
    /// When the first node with the newest image came.
    pub came: Timestamp,
    /// The first of those that are there.
    pub first: Uid,
    /// Nodes that are not on the newest image and are not leaving.
    pub stragglers: usize,
    /// Some of them, those of the oldest image first.
    pub examples: Vec<Uid>,
}
