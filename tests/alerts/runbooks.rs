//! Each alert has a page, and the list of pages is that of the alerts.

use std::{collections::BTreeSet, fs};

use eksporter::rules::{OPTIONAL, SHIPPED, groups};

use crate::root;

#[test]
fn the_list_of_runbooks_is_that_of_the_alerts() {
    let groups = [SHIPPED, OPTIONAL].map(|files| groups(files).unwrap()).concat();
    let alerts: BTreeSet<_> =
        groups.iter().flat_map(|group| group.rules.iter().filter_map(|rule| rule.alert())).collect();
    let readme = fs::read_to_string(root().join("alerts/runbooks/README.md")).unwrap();
    let listed: BTreeSet<_> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `Eks").and_then(|rest| rest.split_once('`')))
        .map(|(name, _)| format!("Eks{name}"))
        .collect();
    assert_eq!(listed, alerts.iter().map(|name| (*name).to_owned()).collect());
    for name in alerts {
        assert!(readme.contains(&format!("`{}.md`", name.to_lowercase())), "{name} has no page in the list");
    }
}
