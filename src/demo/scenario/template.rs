//! Templates: one description for many objects.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::text::{self, Vars};
use crate::demo::{ids, merge::merge};

/// Templates by name.
pub(super) type Templates = BTreeMap<String, Template>;

/// An object with holes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    /// Another template, which this one changes.
    like: Option<String>,
    /// What is put in for `${name}` unless something else is given.
    #[serde(default)]
    defaults: Vars,
    /// The object.
    #[serde(default)]
    object: Map<String, Value>,
}

/// `template: name` in place of an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    template: String,
    #[serde(default)]
    repeat: Option<Repeat>,
    /// Values for all copies.
    #[serde(default)]
    vars: Vars,
    /// Values that differ: one list each, used round and round. The longest tells how many copies, unless `repeat`.
    #[serde(default)]
    each: BTreeMap<String, Vec<Value>>,
    /// What is changed in the finished object.
    #[serde(default)]
    merge: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    count: usize,
}

/// The objects that an entry of a file stands for: itself, or copies of a template.
pub(super) fn expand(entry: Map<String, Value>, templates: &Templates) -> Result<Vec<Value>, String> {
    let mut objects = if entry.contains_key("template") {
        let used: Use = serde_json::from_value(Value::Object(entry)).map_err(|error| error.to_string())?;
        used.copies(templates)?
    } else {
        vec![Value::Object(entry)]
    };
    for object in &mut objects {
        text::map_strings(object, &text::invent)?;
        give_uid(object)?;
    }
    Ok(objects)
}

impl Use {
    fn copies(self, templates: &Templates) -> Result<Vec<Value>, String> {
        let (defaults, object) = resolve(&self.template, templates, 0)?;
        let longest = self.each.values().map(Vec::len).max().unwrap_or(1);
        let count = self.repeat.as_ref().map_or(longest, |repeat| repeat.count);
        let mut copies = Vec::with_capacity(count);
        for i in 0..count {
            let mut vars = defaults.clone();
            vars.insert("i".to_owned(), Value::from(i + 1));
            vars.extend(self.vars.clone());
            for (name, values) in &self.each {
                let value = values.get(i % values.len().max(1)).ok_or_else(|| format!("each.{name} is empty"))?;
                vars.insert(name.clone(), value.clone());
            }
            let mut copy = object.clone();
            merge(&mut copy, Value::Object(self.merge.clone()));
            text::fill(&mut copy, &vars).map_err(|reason| format!("template {}: {reason}", self.template))?;
            copies.push(copy);
        }
        Ok(copies)
    }
}

/// Follows `like`: defaults and object of the template with those that it changes.
fn resolve(name: &str, templates: &Templates, depth: usize) -> Result<(Vars, Value), String> {
    let template = templates.get(name).ok_or_else(|| format!("no template {name:?}"))?;
    if depth > 8 {
        return Err(format!("template {name:?} is like itself"));
    }
    let (mut defaults, mut object) = match &template.like {
        Some(parent) => resolve(parent, templates, depth + 1)?,
        None => (Vars::new(), Value::Object(Map::new())),
    };
    defaults.extend(template.defaults.clone());
    merge(&mut object, Value::Object(template.object.clone()));
    Ok((defaults, object))
}

/// The uid that `$uid(Kind/namespace/name)` means.
fn give_uid(object: &mut Value) -> Result<(), String> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let missing = |field| move || format!("an object has no {field}");
    let kind = text("/kind").ok_or_else(missing("kind"))?;
    let name = text("/metadata/name").ok_or_else(missing("metadata.name"))?;
    let seed = match text("/metadata/namespace") {
        Some(namespace) => format!("{kind}/{namespace}/{name}"),
        None => format!("{kind}/{name}"),
    };
    if object["metadata"]["uid"].is_null() {
        object["metadata"]["uid"] = Value::from(ids::uid(&seed));
    }
    Ok(())
}
