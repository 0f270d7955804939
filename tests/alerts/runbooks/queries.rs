//! The queries of the pages are about series that there are.

use std::{collections::BTreeMap, io::Write as _};

use super::{page::blocks, pages};
use crate::support::{
    monitoring::Server,
    promql::{labels::Check, parse, vocabulary::exposed},
};

#[test]
fn queries_name_series_and_labels_that_there_are() {
    let mut config = tempfile::NamedTempFile::new().unwrap();
    writeln!(config, "scrape_configs: []").unwrap();
    let (prometheus, series, alerts) = (Server::prometheus(config.path()), exposed(), BTreeMap::new());
    let mut problems = Vec::new();
    for query in pages().iter().flat_map(|page| blocks(page, "promql")) {
        let mut check = Check { series: &series, alerts: &alerts, keeps_clusters_apart: false, problems: Vec::new() };
        check.labels(&parse(&prometheus, &query.text));
        // Whoever pastes them has picked a cluster, or wants to see all.
        let meant = |problem: &String| !problem.ends_with(" is of any cluster");
        problems.extend(check.problems.into_iter().filter(meant).map(|problem| format!("{}: {problem}", query.at)));
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
