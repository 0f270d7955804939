//! Each alert has a page of the agreed form, each page has an alert, and the list of pages says the same. What the pages
//! say to paste was tried.

mod commands;
mod page;
mod queries;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use eksporter::{
    diagnose::Cause,
    rules::{OPTIONAL, SHIPPED, groups},
};

use crate::root;

/// What a page consists of, after its title.
const SECTIONS: [&str; 5] = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Prevention"];

fn file(page: &str) -> PathBuf {
    root().join("alerts/runbooks").join(page)
}

/// The names of all pages, and of the list of them.
fn pages() -> BTreeSet<String> {
    let found = fs::read_dir(root().join("alerts/runbooks")).unwrap();
    found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

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
    let mut pages = pages();
    assert!(pages.remove("README.md"));
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

/// The alert's text names causes, and its page must know them.
#[test]
fn each_cause_has_its_section_and_the_link_to_it() {
    for (page, causes) in [("ekspodscreationstuck.md", Cause::CREATING), ("ekspodsunscheduled.md", Cause::UNSCHEDULED)]
    {
        let text = fs::read_to_string(file(page)).unwrap();
        let (_, diagnosis) = text.split_once("\n## Diagnosis\n").unwrap();
        let (diagnosis, _) = diagnosis.split_once("\n## ").unwrap();
        let sections: Vec<_> = diagnosis.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let causes: Vec<_> = causes.iter().map(|cause| cause.as_str()).collect();
        assert_eq!(sections, causes, "{page}");
        let (links, _) = diagnosis.split_once("\n### ").unwrap();
        for cause in causes {
            assert!(links.contains(&format!("[{cause}](#{cause})")), "{page}: no link to {cause}");
        }
    }
}

/// Somebody who was woken follows them, from one page to the next.
#[test]
fn links_lead_somewhere() {
    let anchors = |text: &str| -> BTreeSet<String> {
        let headings =
            text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        headings
            .map(|heading| heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-"))
            .collect()
    };
    for page in pages() {
        let text = fs::read_to_string(file(&page)).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { file(&page) } else { file(path) };
            assert!(target.exists(), "{page}: {link}");
            if let Some(anchor) = anchor {
                let target = fs::read_to_string(&target).unwrap();
                assert!(anchors(&target).contains(anchor), "{page}: {link}");
            }
        }
    }
}
