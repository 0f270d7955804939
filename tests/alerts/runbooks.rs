//! Each alert has a page of the agreed form, each page has an alert, and the list of pages says the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use eksporter::rules::{OPTIONAL, SHIPPED, groups};

use crate::root;

/// What a page consists of, after its title.
const SECTIONS: [&str; 5] = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Prevention"];

/// Pages are called after alerts in lower case.
fn page(alert: &str) -> String {
    format!("{}.md", alert.to_lowercase())
}

/// The alerts that there are, with their severities.
fn alerts() -> BTreeMap<String, BTreeSet<String>> {
    let mut alerts = BTreeMap::<_, BTreeSet<_>>::new();
    for group in [SHIPPED, OPTIONAL].into_iter().flat_map(|files| groups(files).unwrap()) {
        for rule in group.rules {
            if let Some(name) = rule.alert() {
                alerts.entry(name.to_owned()).or_default().insert(rule.labels["severity"].clone());
            }
        }
    }
    alerts
}

#[test]
fn each_alert_has_a_page_and_each_page_an_alert() {
    let pages: BTreeSet<_> = fs::read_dir(root().join("alerts/runbooks"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    assert_eq!(pages, alerts().keys().map(|name| page(name)).collect());
}

#[test]
fn the_list_of_runbooks_says_what_severities_an_alert_has() {
    let readme = fs::read_to_string(root().join("alerts/runbooks/README.md")).unwrap();
    let mut listed = BTreeMap::new();
    for row in readme.lines().filter(|line| line.starts_with("| [Eks")) {
        let (name, rest) = row.trim_start_matches("| [").split_once("](").unwrap();
        let (file, rest) = rest.split_once(") | ").unwrap();
        assert_eq!(file, page(name));
        let (severities, _) = rest.split_once(" | ").unwrap();
        let severities = severities.split(", ").map(str::to_owned).collect();
        assert_eq!(listed.insert(name.to_owned(), severities), None, "{name} is listed twice");
    }
    assert_eq!(listed, alerts());
}

/// Whoever was woken looks for the same words on every page.
#[test]
fn pages_have_the_same_sections() {
    for name in alerts().keys() {
        let text = fs::read_to_string(root().join("alerts/runbooks").join(page(name))).unwrap();
        let headings: Vec<_> = text.lines().filter(|line| line.starts_with("# ") || line.starts_with("## ")).collect();
        let expected: Vec<_> =
            [format!("# {name}")].into_iter().chain(SECTIONS.map(|section| format!("## {section}"))).collect();
        assert_eq!(headings, expected, "{name}");
    }
}
