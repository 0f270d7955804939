//! The first dashboard: what is the matter now, then one row for each concern.

mod addons;
mod alerts;
mod branch_enis;
mod cluster;
mod exporter;
mod nodes;
mod pods;
mod subnets;

use super::panel::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![
        alerts::row(),
        pods::creating(),
        pods::unscheduled(),
        branch_enis::row(),
        nodes::row(),
        addons::row(),
        subnets::row(),
        cluster::row(),
        exporter::row(),
    ]
}
