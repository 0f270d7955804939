//! Images by pool: which are newer than which, and who is not on the newest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{NodeNames, totals::Share};
use crate::{
    cache::{Name, uid::Uid},
    diagnose::{OsFamily, PoolKind, Release, node_image},
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

/// The nodes of every line, by release, those first that came first.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lines(BTreeMap<Line, BTreeMap<Release, BTreeSet<(Timestamp, Uid)>>>);

impl Lines {
    pub fn add(&mut self, uid: Uid, share: &Share) {
        if let Some((line, release)) = Line::of(share) {
            self.0.entry(line).or_default().entry(release).or_default().insert((share.names.created, uid));
        }
    }

    pub fn remove(&mut self, uid: Uid, share: &Share) {
        let Some((line, release)) = Line::of(share) else { return };
        let Some(releases) = self.0.get_mut(&line) else { return };
        if let Some(nodes) = releases.get_mut(&release) {
            nodes.remove(&(share.names.created, uid));
            if nodes.is_empty() {
                releases.remove(&release);
            }
        }
        if releases.is_empty() {
            self.0.remove(&line);
        }
    }

    /// Every line, by pool.
    pub fn iter(&self) -> impl Iterator<Item = LineNow> {
        self.0.iter().filter_map(|(line, releases)| {
            let newest = releases.last_key_value()?.1;
            let behind = releases.values().rev().skip(1);
            Some(LineNow {
                pool: line.pool.clone(),
                pool_kind: line.pool_kind,
                first: *newest.first()?,
                stragglers: behind.clone().map(BTreeSet::len).sum(),
                examples: behind.rev().flatten().map(|(_, uid)| *uid).take(EXAMPLES).collect(),
            })
        })
    }
}

/// Stragglers that are named.
const EXAMPLES: usize = 3;

/// A line as it is now.
pub(super) struct LineNow {
    pub pool: Name,
    pub pool_kind: PoolKind,
    /// The first node with the newest image, and when it came.
    pub first: (Timestamp, Uid),
    /// Nodes that are not on the newest image.
    pub stragglers: usize,
    /// Some of them, those of the oldest image first.
    pub examples: Vec<Uid>,
}
