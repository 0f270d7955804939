//! What a selector matches, without asking anybody: values of closed sets, and matchers that exclude each other.

use std::collections::BTreeSet;

use super::{
    ARGUMENT, Matcher,
    vocabulary::{Series, Sets},
};

/// What is wrong with the matchers of this series.
pub fn problems_of(name: &str, matchers: &[Matcher], known: &Series) -> Vec<String> {
    let mut problems = Vec::new();
    if name == "ALERTS" {
        return problems; // which rule it is must be known
    }
    let named = matchers.iter().filter(|matcher| matcher.name != "__name__");
    for matcher in named {
        if !known.labels.contains(&matcher.name) {
            problems.push(format!("{name} has no label {}", matcher.name));
        }
        let Some(set) = known.sets.get(&matcher.name) else { continue };
        let strangers = matcher.alternatives().into_iter().flatten();
        let strangers = strangers.filter(|value| !value.is_empty() && value != ARGUMENT && !set.contains(value));
        problems.extend(strangers.map(|value| format!("{name}: {} is never {value}", matcher.name)));
    }
    let contradicted = contradiction(matchers, &known.sets);
    problems.extend(contradicted.map(|label| format!("{name}: no value of {label} is left")));
    problems
}

/// Whether an `ALERTS` selector may find an alert of the rule that makes this.
pub fn finds(matchers: &[Matcher], rule: &Series) -> bool {
    let mut sets = rule.sets.clone();
    sets.insert("alertstate".to_owned(), ["firing", "pending"].map(str::to_owned).into());
    // What an alert does not have is empty.
    let named = matchers.iter().map(|matcher| &matcher.name).filter(|name| *name != "__name__");
    let missing = named.filter(|label| !rule.labels.contains(*label));
    for label in missing {
        sets.entry(label.clone()).or_insert_with(|| [String::new()].into());
    }
    contradiction(matchers, &sets).is_none()
}

/// A label that no value can satisfy all matchers of.
fn contradiction(matchers: &[Matcher], sets: &Sets) -> Option<String> {
    // In a text, a value that is put in later may be any.
    let known = || matchers.iter().filter(|matcher| matcher.value != ARGUMENT);
    let labels: BTreeSet<&String> = known().map(|matcher| &matcher.name).collect();
    let contradicts = |label: &&String| {
        let of_label: Vec<&Matcher> = known().filter(|matcher| matcher.name == **label).collect();
        let mut allowed = sets.get(*label).cloned();
        for one_of in
            of_label.iter().filter(|matcher| !matcher.op.starts_with('!')).filter_map(|one| one.alternatives())
        {
            allowed = Some(allowed.map_or_else(|| one_of.clone(), |all| &all & &one_of));
        }
        let excluded = of_label.iter().filter(|matcher| matcher.op.starts_with('!'));
        let excluded: BTreeSet<String> = excluded.filter_map(|matcher| matcher.alternatives()).flatten().collect();
        allowed.is_some_and(|allowed| allowed.is_subset(&excluded))
    };
    labels.into_iter().find(contradicts).cloned()
}

impl Matcher {
    /// The values that it names; none where it is a pattern of another kind.
    fn alternatives(&self) -> Option<BTreeSet<String>> {
        if !self.op.ends_with('~') {
            return Some(BTreeSet::from([self.value.clone()]));
        }
        let is_pattern = self.value.contains(|c: char| ".*+?()[]^$\\".contains(c));
        (!is_pattern).then(|| self.value.split('|').map(str::to_owned).collect())
    }
}
