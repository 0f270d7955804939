//! The groups of families, in the order in which the page and the docs show them.

mod addons;
mod branch_enis;
mod creating;
mod exporter;
mod nodes;
mod scheduling;

use super::Family;

pub use exporter::write as write_exporter;

use crate::{cache::Snapshot, metrics::Writer};

/// A group: its title in the docs, and its families.
pub struct Group {
    /// Title.
    pub title: &'static str,
    /// Families, in the order of the page.
    pub families: &'static [&'static Family],
}

/// Every group.
pub const GROUPS: &[Group] =
    &[creating::GROUP, scheduling::GROUP, branch_enis::GROUP, nodes::GROUP, addons::GROUP, exporter::GROUP];

/// The families that a limit caps, in the order of [`Snapshot::dropped`].
const CAPPED: [&Family; 4] = [creating::CAPPED[0], scheduling::CAPPED, creating::CAPPED[1], nodes::CAPPED];

/// Writes every family about the cluster.
pub fn write_cluster(to: &mut Writer, snapshot: &Snapshot) {
    if let Some(pods) = &snapshot.pods {
        creating::write(to, pods, snapshot.now);
        scheduling::write(to, pods, snapshot.now);
    }
    branch_enis::write(to, &snapshot.branch_enis, snapshot.now);
    if let Some(nodes) = &snapshot.nodes {
        nodes::write(to, nodes, snapshot.version.as_ref(), snapshot.now);
    }
    if let Some(version) = &snapshot.version {
        nodes::write_version(to, version);
    }
    if let Some(addons) = &snapshot.addons {
        addons::write(to, addons, snapshot);
    }
}
