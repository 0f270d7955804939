//! What a query says before it is run, from the syntax tree that Prometheus makes of it: the labels that its answer can
//! have, and what it names that nobody exposes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub type Labels = BTreeSet<String>;

/// The metrics that there are, with their labels.
pub struct Metrics(pub BTreeMap<String, Labels>);

impl Metrics {
    /// The labels that the answer of a query can have.
    ///
    /// # Errors
    /// What the query names that is not there.
    pub fn labels_of(&self, tree: &Value) -> Result<Labels, String> {
        match tree["type"].as_str().unwrap_or_default() {
            "vectorSelector" | "matrixSelector" => self.of_selector(tree),
            "parenExpr" | "unaryExpr" | "subquery" => self.labels_of(&tree["expr"]),
            "numberLiteral" | "stringLiteral" => Ok(Labels::new()),
            "call" => self.of_call(tree),
            "aggregation" => self.of_aggregation(tree),
            "binaryExpr" => self.of_operator(tree),
            other => Err(format!("{other} is not understood")),
        }
    }

    fn of_selector(&self, tree: &Value) -> Result<Labels, String> {
        let name = tree["name"].as_str().unwrap_or_default();
        let labels = self.0.get(name).ok_or_else(|| format!("there is no metric {name}"))?;
        let matched = texts(tree["matchers"].as_array().into_iter().flatten().map(|matcher| &matcher["name"]));
        known(&matched.into_iter().filter(|label| label != "__name__").collect(), labels, name)?;
        Ok(labels.clone())
    }

    fn of_call(&self, tree: &Value) -> Result<Labels, String> {
        let mut all = Labels::new();
        for argument in tree["args"].as_array().into_iter().flatten() {
            all.extend(self.labels_of(argument)?);
        }
        Ok(all)
    }

    fn of_aggregation(&self, tree: &Value) -> Result<Labels, String> {
        let inner = self.labels_of(&tree["expr"])?;
        let grouping = texts(tree["grouping"].as_array().into_iter().flatten());
        known(&grouping, &inner, "what is aggregated")?;
        let op = tree["op"].as_str().unwrap_or_default();
        Ok(match (op, tree["without"] == true) {
            ("topk" | "bottomk", _) => inner,
            (_, true) => inner.difference(&grouping).cloned().collect(),
            (_, false) => grouping,
        })
    }

    fn of_operator(&self, tree: &Value) -> Result<Labels, String> {
        let (left, right) = (self.labels_of(&tree["lhs"])?, self.labels_of(&tree["rhs"])?);
        let matching = &tree["matching"];
        let labels = texts(matching["labels"].as_array().into_iter().flatten());
        let on = matching["on"] == true;
        if on {
            known(&labels, &left, "the left side")?;
            known(&labels, &right, "the right side")?;
        } else if !matching.is_null() && tree["op"] != "or" && left != right {
            let common: Vec<_> = left.symmetric_difference(&right).collect();
            return Err(format!("sides of {} differ in {common:?} and can never match", tree["op"]));
        }
        let included = texts(matching["include"].as_array().into_iter().flatten());
        Ok(match (tree["op"].as_str().unwrap_or_default(), matching["card"].as_str().unwrap_or_default()) {
            ("and" | "unless", _) => left,
            ("or", _) => left.union(&right).cloned().collect(),
            (_, "many-to-one") => left.union(&included).cloned().collect(),
            (_, "one-to-many") => right.union(&included).cloned().collect(),
            // One side is a number, or both have the same labels.
            _ if !on => left.union(&right).cloned().collect(),
            _ => labels,
        })
    }
}

fn known(named: &Labels, there: &Labels, where_: &str) -> Result<(), String> {
    match named.difference(there).next() {
        Some(label) => Err(format!("{where_} has no label {label}, only {there:?}")),
        None => Ok(()),
    }
}

fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Labels {
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
