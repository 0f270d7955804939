//! The rights that are shipped and documented are those of the operations in the code, no more and no fewer.

use std::{collections::BTreeSet, fs, path::Path};

use eksporter::aws::{Source, identity};
use serde_json::Value;

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("it is there")
}

/// Each action, as often as the code names it.
fn needed() -> BTreeSet<String> {
    let all = Source::ALL.into_iter().flat_map(Source::actions).chain(identity::ACTIONS);
    all.map(|action| (*action).to_owned()).collect()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(many) => many.iter().flat_map(texts).collect(),
        one => vec![one.as_str().expect("a text").to_owned()],
    }
}

/// Statements of the policy: sid, actions, and how many resources.
fn statements() -> Vec<(String, BTreeSet<String>, Vec<String>)> {
    let policy: Value = serde_json::from_str(&read("deploy/iam/policy.json")).expect("JSON");
    let statements = policy["Statement"].as_array().expect("statements");
    let one = |statement: &Value| {
        let sid = statement["Sid"].as_str().expect("a sid").to_owned();
        (sid, texts(&statement["Action"]).into_iter().collect(), texts(&statement["Resource"]))
    };
    statements.iter().map(one).collect()
}

#[test]
fn the_policy_allows_what_the_code_asks_and_nothing_else() {
    let allowed: BTreeSet<String> = statements().into_iter().flat_map(|(_, actions, _)| actions).collect();
    assert_eq!(allowed, needed());
    for (sid, actions, resources) in statements() {
        let wide = resources.iter().any(|resource| resource == "*");
        // Of these the service has no resources (Service Authorization Reference, Amazon EKS and Amazon EC2).
        let may_be = ["eks:ListClusters", "eks:DescribeAddonVersions", "eks:DescribeClusterVersions"];
        let narrow = actions.iter().any(|action| action.starts_with("eks:") && !may_be.contains(&action.as_str()));
        assert!(!(wide && narrow), "{sid} is too wide");
    }
}

#[test]
fn terraform_allows_the_same() {
    let text = read("deploy/iam/main.tf");
    let document = text.split("data \"aws_iam_policy_document\" \"eksporter\"").nth(1).expect("the document");
    let document = document.split("\n}\n").next().expect("its end");
    let blocks: Vec<&str> = document.split(" sid ").skip(1).collect();
    let quoted = |block: &str| -> Vec<String> { block.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
    let is_action = |text: &String| text.starts_with("eks:") || text.starts_with("ec2:");
    let theirs: Vec<(String, BTreeSet<String>, usize)> = blocks
        .iter()
        .map(|block| {
            let texts = quoted(block);
            let resources = texts.iter().filter(|text| *text == "*" || text.starts_with("${local.arn}")).count();
            (texts[0].clone(), texts.iter().filter(|text| is_action(text)).cloned().collect(), resources)
        })
        .collect();
    let ours: Vec<_> =
        statements().into_iter().map(|(sid, actions, resources)| (sid, actions, resources.len())).collect();
    assert_eq!(theirs, ours);
}

#[test]
fn the_document_has_a_row_for_every_right_and_names_its_collector_and_period() {
    let page = read("docs/aws.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .map(|line| line.split('|').map(str::trim).collect())
        .filter(|cells: &Vec<&str>| cells.len() > 4 && cells[2].starts_with('`'))
        .collect();
    let documented: BTreeSet<String> = rows.iter().map(|cells| cells[2].trim_matches('`').to_owned()).collect();
    assert_eq!(documented, needed());
    for source in Source::ALL {
        for action in source.actions() {
            let minutes = source.period().as_secs() / 60;
            let period = if minutes % 60 == 0 { format!("{} h", minutes / 60) } else { format!("{minutes} min") };
            let fits = |cells: &&Vec<&str>| {
                cells[2].trim_matches('`') == *action
                    && cells[3].trim_matches('`') == source.collector().name()
                    && (cells[1] == period || cells[1].starts_with(&format!("{period},")))
            };
            assert!(rows.iter().any(|cells| fits(&cells)), "no row says {action} every {period} for {}", source.name());
        }
    }
}
