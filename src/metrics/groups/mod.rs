//! The groups of families, in the order in which the page and the docs show them.

mod addons;
mod branch_enis;
mod cluster;
mod creating;
mod exporter;
mod nodes;
mod scheduling;
mod subnets;

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
pub const GROUPS: &[Group] = &[
    creating::GROUP,
    scheduling::GROUP,
    branch_enis::GROUP,
    nodes::GROUP,
    addons::GROUP,
    cluster::GROUP,
    subnets::GROUP,
    exporter::GROUP,
];

/// The families that a limit caps, in the order of [`Snapshot::dropped`].
const CAPPED: [&Family; 4] = [creating::CAPPED[0], scheduling::CAPPED, creating::CAPPED[1], nodes::CAPPED];

/// Texts of AWS that come into labels are cut here: subnets' names are tags of whoever made them.
const LONGEST: usize = 128;

/// That text, or its beginning.
fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

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
    addons::write_managed(to, &snapshot.aws);
    cluster::write(to, &snapshot.aws);
    subnets::write(to, &snapshot.aws);
}
