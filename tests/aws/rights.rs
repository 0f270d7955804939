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

/// A statement: what it allows of what.
#[derive(Debug, PartialEq, Eq)]
struct Statement {
    sid: String,
    actions: Vec<String>,
    resources: Vec<String>,
}

/// Those of the policy.
fn statements() -> Vec<Statement> {
    let policy: Value = serde_json::from_str(&read("deploy/iam/policy.json")).expect("JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    let statements = policy["Statement"].as_array().expect("statements");
    let one = |statement: &Value| {
        let keys: Vec<&str> = statement.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["Action", "Effect", "Resource", "Sid"], "nothing turns its sense around");
        assert_eq!(statement["Effect"], "Allow", "{statement}");
        let sid = statement["Sid"].as_str().expect("a sid").to_owned();
        Statement { sid, actions: texts(&statement["Action"]), resources: texts(&statement["Resource"]) }
    };
    statements.iter().map(one).collect()
}

/// What each action may be allowed of. Source: Service Authorization Reference, Amazon EKS and Amazon EC2, "Resource types";
/// `*` where an action knows none.
const RESOURCES: [(&str, &[&str]); 14] = [
    ("ec2:DescribeNetworkInterfaces", &["*"]),
    ("ec2:DescribeSubnets", &["*"]),
    ("ec2:GetSubnetCidrReservations", &["*"]),
    ("eks:DescribeAddon", &["ARN:addon/CLUSTER/*/*"]),
    ("eks:DescribeAddonVersions", &["*"]),
    // The second is how one that is not told its name looks for its cluster.
    ("eks:DescribeCluster", &["ARN:cluster/CLUSTER", "ARN:cluster/*"]),
    ("eks:DescribeClusterVersions", &["*"]),
    ("eks:DescribeFargateProfile", &["ARN:fargateprofile/CLUSTER/*/*"]),
    ("eks:DescribeNodegroup", &["ARN:nodegroup/CLUSTER/*/*"]),
    ("eks:ListAddons", &["ARN:cluster/CLUSTER"]),
    ("eks:ListClusters", &["*"]),
    ("eks:ListFargateProfiles", &["ARN:cluster/CLUSTER"]),
    ("eks:ListInsights", &["ARN:cluster/CLUSTER"]),
    ("eks:ListNodegroups", &["ARN:cluster/CLUSTER"]),
];
/// `ARN` in that table, in the policy.
const ARN: &str = "arn:aws:eks:REGION:ACCOUNT";

#[test]
fn the_policy_allows_what_the_code_asks_of_what_it_asks_about_and_nothing_else() {
    let statements = statements();
    let allowed = |action: &str| -> Vec<&str> {
        let of = statements.iter().filter(|one| one.actions.iter().any(|one| one == action));
        // The statements on several kinds of resources have an action for each.
        let kind = action.strip_prefix("eks:Describe").unwrap_or_default().to_lowercase();
        of.flat_map(|one| {
            one.resources.iter().filter(|text| one.resources.len() == 1 || text.contains(&format!(":{kind}/")))
        })
        .map(String::as_str)
        .collect()
    };
    for (action, resources) in RESOURCES {
        let resources: Vec<String> = resources.iter().map(|text| text.replace("ARN", ARN)).collect();
        assert_eq!(allowed(action), resources, "{action}");
    }
    let actions: BTreeSet<String> = statements.iter().flat_map(|one| one.actions.clone()).collect();
    assert_eq!(actions, needed());
    assert_eq!(actions, RESOURCES.map(|(action, _)| action.to_owned()).into());
    for one in statements.iter().filter(|one| one.resources.len() > 1) {
        assert_eq!(one.actions.len(), one.resources.len(), "{}: a resource that no action is about", one.sid);
    }
}

/// The part of a text between two others, the first of their kind.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    text.split_once(begin)?.1.split_once(end).map(|(inside, _)| inside)
}

#[test]
fn terraform_allows_the_same() {
    let text = read("deploy/iam/main.tf");
    assert!(text.contains("arn = trimsuffix(data.aws_eks_cluster.this.arn, \":cluster/${var.cluster_name}\")"));
    let document = between(&text, "data \"aws_iam_policy_document\" \"eksporter\"", "\n}\n").expect("the document");
    assert!(!document.contains("effect") && !document.contains("not_"), "nothing turns its sense around");
    let quoted = |list: &str| -> Vec<String> {
        let texts = list.split('"').skip(1).step_by(2);
        texts.map(|text| text.replace("${local.arn}", ARN).replace("${var.cluster_name}", "CLUSTER")).collect()
    };
    let theirs: Vec<Statement> = document
        .split(" sid ")
        .skip(1)
        .map(|block| Statement {
            sid: quoted(block)[0].clone(),
            actions: quoted(between(block, "actions", "]").expect("actions")),
            resources: quoted(between(block, "resources", "]").expect("resources")),
        })
        .collect();
    assert_eq!(theirs, statements());
}

#[test]
fn each_statement_says_whom_it_is_for_and_when_it_may_be_dropped() {
    let (text, page) = (read("deploy/iam/main.tf"), read("docs/aws.md"));
    for Statement { sid, .. } in statements() {
        assert!(page.contains(&format!("`{sid}`")), "docs/aws.md does not name statement {sid}");
        let above = text.split(&format!("\"{sid}\"")).next().unwrap_or_default();
        let block = above.rsplit("\n\n").next().unwrap_or_default();
        let block =
            if block.contains("data \"aws_iam") { block.split_once('\n').map_or("", |(_, rest)| rest) } else { block };
        assert!(block.trim_start().starts_with("# "), "no comment stands above statement {sid}");
    }
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
