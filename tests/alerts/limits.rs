//! For each limit a test just under it and one at it, made from [`thresholds`], which the rules' values come from too.

use eksporter::report::thresholds::{self, Class, Patience};
use serde_json::{Value, json};

use crate::unit::{answers, notation::Series};

/// Files of tests for promtool, with their names.
pub fn files() -> Vec<(String, String)> {
    let of = |group: &str, tests: Vec<Value>| {
        let rules = [format!("../rules/{group}.yaml")];
        let document = json!({"rule_files": rules, "evaluation_interval": "1m", "tests": tests});
        (format!("generated-{group}.json"), document.to_string())
    };
    let creating = thresholds::CREATING.iter().flat_map(|class| pods(&CREATING, class));
    let unscheduled = thresholds::UNSCHEDULED.iter().flat_map(|class| pods(&UNSCHEDULED, class));
    let branch = Class { name: "branch_eni", meaning: "", patience: thresholds::BRANCH_ENI_PENDING, causes: &[BRANCH] };
    vec![of("pods", creating.chain(unscheduled).collect()), of("branch-eni", pods(&PENDING, &branch).collect())]
}

const BRANCH: eksporter::diagnose::Cause = eksporter::diagnose::Cause::BranchEni;

/// Pods in trouble, and the alert that tells of them.
struct Trouble {
    family: &'static str,
    /// Labels of an age, and of an info, that all have.
    of_age: &'static str,
    of_info: &'static str,
    alert: fn(&Class) -> &'static str,
    /// Whether one pod alone wakes nobody.
    needs_several: fn(&Class) -> bool,
}

const CREATING: Trouble = Trouble {
    family: "eks_pod_container_creating",
    of_age: ",node=\"node-a\"",
    of_info: ",stage=\"sandbox\"",
    alert: |_| "EksPodsCreationStuck",
    needs_several: |_| true,
};

const UNSCHEDULED: Trouble = Trouble {
    family: "eks_pod_unscheduled",
    of_age: "",
    of_info: "",
    alert: |class| if class.name == "no_nodes" { "EksClusterWithoutNodes" } else { "EksPodsUnscheduled" },
    needs_several: |class| class.name != "no_nodes",
};

const PENDING: Trouble = Trouble { alert: |_| "EksBranchEniPending", ..CREATING };

impl Trouble {
    /// A pod of this number that hangs for so long at the first scrape.
    fn pod(&self, number: usize, namespace: &str, cause: &str, age: usize) -> [Series; 2] {
        let labels = format!("namespace=\"{namespace}\",pod=\"p-{number}\",uid=\"u-{number}\"");
        let owner = "owner_kind=\"Deployment\",owner_name=\"p\"";
        let (family, of_age, of_info) = (self.family, self.of_age, self.of_info);
        [
            Series::read(&format!("{family}_age_seconds{{{labels}{of_age},{owner}}}"), &format!("{age}+60x20")),
            Series::read(&format!("{family}_info{{{labels}{of_info},cause=\"{cause}\"}}"), "1x20"),
        ]
    }
}

/// At this minute the pods reach the limit, and before it nothing is told.
const AT: usize = 1;

fn pods<'a>(trouble: &'a Trouble, class: &'a Class) -> impl Iterator<Item = Value> + 'a {
    // Waiting for a branch ENI while being created has an alert of its own.
    let alert = (trouble.alert)(class);
    let mut causes = class.causes.iter().filter(move |cause| alert != "EksPodsCreationStuck" || **cause != BRANCH);
    causes.next().into_iter().flat_map(move |cause| {
        let cause = cause.as_str();
        let several = if (trouble.needs_several)(class) { thresholds::PODS_SEVERAL } else { 1 };
        severities(class.patience).into_iter().flat_map(move |(severity, limit)| {
            let age = limit * 60 - AT * 60;
            let selector = format!("count(ALERTS{{alertname={alert:?},severity={severity:?}}})");
            let name = |what: &str| format!("{alert} {severity} {cause}: {what}");
            let before = answers(&selector, AT - 1, &[]);
            let fires = |minute| answers(&selector, minute, &[("{}".to_owned(), 1.0)]);
            let enough = if severity == "critical" { several } else { 1 };
            let many = |count: usize, namespace: &str, age: usize| {
                (0..count).flat_map(|number| trouble.pod(number, namespace, cause, age)).collect::<Vec<_>>()
            };
            let mut tests = vec![test(&name("the limit"), &many(enough, "shop", age), vec![before, fires(AT)])];
            if severity == "critical" {
                let abandoned = usize::try_from(thresholds::POD_ABANDONED.as_secs()).unwrap() - AT * 60;
                let over = answers(&selector, AT + KEPT, &[]);
                let pods = many(enough, "shop", abandoned);
                tests.push(test(&name("abandoned"), &pods, vec![fires(AT - 1), fires(AT + KEPT - 1), over]));
                let none = answers(&selector, AT, &[]);
                if enough > 1 {
                    tests.push(test(&name("too few"), &many(enough - 1, "shop", age), vec![none]));
                    let system = many(1, "kube-system", age);
                    tests.push(test(&name("of the system"), &system, vec![answers(&selector, AT - 1, &[]), fires(AT)]));
                }
            }
            tests
        })
    })
}

/// Minutes that an alert goes on.
const KEPT: usize = 5;

fn severities(patience: Patience) -> Vec<(&'static str, usize)> {
    let limits = [("warning", patience.warning), ("critical", patience.critical)];
    limits.into_iter().filter_map(|(severity, limit)| Some((severity, usize::try_from(limit?).unwrap()))).collect()
}

fn test(name: &str, series: &[Series], checks: Vec<Value>) -> Value {
    let series: Vec<Value> = series.iter().map(|one| json!({"series": one.name(), "values": one.values()})).collect();
    json!({"name": name, "interval": "1m", "input_series": series, "promql_expr_test": checks})
}
