//! No limit can be changed without a test that notices: each number that may be set is doubled and halved, and promtool
//! must refuse what is left.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use eksporter::rules::{Group, Kind, Rule, Unit, Values, form, values};

use crate::{
    limits,
    unit::{all_groups, files, notation, promtool, said},
};

/// Rules in which a limit may change without anything to be noticed, with the reason.
const LENIENT: [(&str, &str); 6] = [
    ("eks:pod_creation_stuck:", "holds a pod that was past its limit; whoever falls out for minutes is kept firing"),
    ("eks:pod_unscheduled_stuck:", "the same"),
    ("EksApiServer", "optional rules are templates and share their values, each of which is noticed in one of them"),
    ("EksWebhook", "the same"),
    ("EksIngress", "the same"),
    ("EksService", "the same"),
];

/// Groups in which a value is another.
struct Mutant {
    groups: Vec<Group>,
    what: String,
}

/// Numbers that may be set, each with others to set. How long alerts are kept is shown exactly by `variants`.
fn numbers() -> Vec<(String, [f64; 2])> {
    let numbers = values::all().into_iter().filter(|value| {
        matches!(value.unit, Unit::Seconds | Unit::Count | Unit::Percent) && value.name != "keep_firing_seconds"
    });
    let with_others = numbers.map(|value| {
        let number: f64 = value.default.parse().unwrap();
        (value.name, [number * 2.0, number / 2.0])
    });
    with_others.collect()
}

/// The rule with another number where it has that value, if it has it.
fn mutated(rule: &Rule, value: &str, other: f64) -> Option<Rule> {
    let placeholder = format!("${{{value}}}");
    let with = |text: &str| text.replace(&placeholder, &other.to_string());
    let changed = Rule { expr: with(&rule.expr), wait: rule.wait.as_deref().map(with), ..rule.clone() };
    (changed != *rule).then_some(changed)
}

/// A value is another wherever it stands, as `--set` has it.
fn by_value() -> Vec<Mutant> {
    let all = all_groups();
    let mut mutants = Vec::new();
    for (value, others) in numbers() {
        for other in others {
            let groups = all.iter().filter_map(|group| {
                let rules = group.rules.iter().map(|rule| mutated(rule, &value, other).unwrap_or_else(|| rule.clone()));
                let changed = Group { rules: rules.collect(), ..group.clone() };
                (changed != *group).then_some(changed)
            });
            mutants.push(Mutant { groups: groups.collect(), what: format!("{value} = {other}") });
        }
    }
    mutants
}

/// A value is another in one rule alone.
fn by_rule() -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for group in all_groups() {
        for (index, rule) in group.rules.iter().enumerate() {
            for (value, others) in numbers() {
                for other in others {
                    if let Some(changed) = mutated(rule, &value, other) {
                        let mut group = group.clone();
                        group.rules[index] = changed;
                        let what = format!("{value} = {other} in {}", told(rule));
                        mutants.push(Mutant { groups: vec![group], what });
                    }
                }
            }
        }
    }
    mutants
}

fn told(rule: &Rule) -> String {
    let (Kind::Alert(name) | Kind::Record(name)) = &rule.kind;
    format!("{name}{}", notation::written(&rule.labels))
}

/// Folders as in the repository, so that tests find the rules that they name.
struct Stage(tempfile::TempDir);

impl Stage {
    fn new() -> Self {
        let stage = Self(tempfile::tempdir().unwrap());
        for folder in ["rules", "optional", "tests"] {
            fs::create_dir(stage.0.path().join(folder)).unwrap();
        }
        for file in files() {
            fs::copy(&file, stage.0.path().join("tests").join(file.file_name().unwrap())).unwrap();
        }
        for (name, test) in limits::files() {
            fs::write(stage.0.path().join("tests").join(name), test).unwrap();
        }
        for group in &all_groups() {
            stage.set(group);
        }
        stage
    }

    fn set(&self, group: &Group) {
        let text = form::rules(std::slice::from_ref(group), &Values::with(&[]));
        // A group has one place; in the other nobody looks for it.
        for folder in ["rules", "optional"] {
            fs::write(self.0.path().join(folder).join(format!("{}.yaml", group.name)), &text).unwrap();
        }
    }

    /// Tests of these groups, the quickest first: those of limits, and of the others the short ones.
    fn tests_of(&self, groups: &[Group]) -> Vec<PathBuf> {
        let listing = fs::read_dir(self.0.path().join("tests")).unwrap().map(|entry| entry.unwrap().path());
        let is_of = |path: &Path| {
            let text = fs::read_to_string(path).unwrap();
            groups.iter().any(|group| text.contains(&format!("/{}.yaml", group.name)))
        };
        let mut tests: Vec<_> = listing.filter(|path| is_of(path)).collect();
        tests.sort_by_key(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_of_limits = name.starts_with("limits-") || name.starts_with("generated-");
            (!is_of_limits, fs::metadata(path).unwrap().len())
        });
        tests
    }

    /// Whether some test notices.
    fn notices(&self, mutant: &Mutant, originals: &[Group]) -> bool {
        for group in &mutant.groups {
            self.set(group);
        }
        let mut tests = self.tests_of(&mutant.groups).into_iter();
        let noticed = tests.any(|test| !promtool(&["test", "rules"], &[test]).status.success());
        for group in originals.iter().filter(|group| mutant.groups.iter().any(|changed| changed.name == group.name)) {
            self.set(group);
        }
        noticed
    }
}

#[test]
fn every_value_is_noticed_when_it_is_doubled_or_halved() {
    assert_noticed(&by_value());
}

/// The same, for each rule that has a value.
#[test]
#[ignore = "takes several minutes; CONTRIBUTING.md has the command"]
fn every_value_is_noticed_in_every_rule_that_has_it() {
    assert_noticed(&by_rule());
}

fn assert_noticed(mutants: &[Mutant]) {
    assert!(mutants.len() > 100, "{} mutants", mutants.len());
    let next = AtomicUsize::new(0);
    let survivors: Vec<&str> = thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(2, usize::from);
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| survivors_of(mutants, &next))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let is_lenient = |what: &str| LENIENT.iter().any(|(rule, _)| what.contains(&format!(" in {rule}")));
    let survivors: Vec<_> = survivors.into_iter().filter(|what| !is_lenient(what)).collect();
    assert!(survivors.is_empty(), "no test notices {survivors:#?}");
}

/// Takes one mutant after the other.
fn survivors_of<'a>(mutants: &'a [Mutant], next: &AtomicUsize) -> Vec<&'a str> {
    let (stage, originals) = (Stage::new(), all_groups());
    let mut survivors = Vec::new();
    while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
        if !stage.notices(mutant, &originals) {
            survivors.push(mutant.what.as_str());
        }
    }
    survivors
}

#[test]
fn tests_of_limits_pass_where_nothing_is_changed() {
    let stage = Stage::new();
    let output = promtool(&["test", "rules"], &stage.tests_of(&all_groups()));
    assert!(output.status.success(), "{}", said(&output));
}
