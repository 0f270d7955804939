//! The file format, and everything that is checked when a file is read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use serde_saphyr::Spanned;

use super::{
    Scenario, Step,
    error::Broken,
    template::{Templates, expand},
    text,
};
use crate::{
    demo::api::{Resource, Store},
    diagnose, yaml,
};

/// Templates that every scenario may use.
const LIBRARY: [&str; 2] =
    [include_str!("../scenarios/templates.yaml"), include_str!("../scenarios/templates-incidents.yaml")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    story: String,
    /// The API server's version.
    kubernetes: Option<Spanned<String>>,
    #[serde(default)]
    options: Options,
    #[serde(default)]
    templates: Templates,
    #[serde(default)]
    objects: Vec<Entry>,
    #[serde(default)]
    timeline: Vec<Spanned<Moment>>,
}

/// An object, or the use of a template, and its line.
type Entry = Spanned<Map<String, Value>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    at: Spanned<String>,
    say: String,
    #[serde(default)]
    apply: Vec<Entry>,
    #[serde(default)]
    patch: Vec<Spanned<Patch>>,
    #[serde(default)]
    delete: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    /// `Kind/namespace/name`, without namespace for cluster-wide kinds.
    object: String,
    merge: Map<String, Value>,
}

/// As typed on the command line, or as names with values.
#[derive(Deserialize)]
#[serde(untagged)]
enum Options {
    List(Vec<String>),
    Map(BTreeMap<String, Value>),
}

impl Default for Options {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// Reads, expands and tries a scenario.
pub(super) fn parse(text: &str) -> Result<Scenario, Broken> {
    let file: File = read(text)?;
    let mut templates = Templates::new();
    for library in LIBRARY {
        templates.extend(read::<Templates>(library).map_err(|broken| Broken { line: 0, ..broken })?);
    }
    templates.extend(file.templates);

    let rehearsal = Store::new();
    let mut objects = Vec::new();
    for entry in file.objects {
        let line = entry.referenced.line();
        for object in entry_objects(entry, &templates)? {
            if exists(&rehearsal, &object) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
                return Err(Broken::at(line, format!("{kind} {name} is there twice")));
            }
            put(&rehearsal, &object, line)?;
            objects.push(object);
        }
    }
    let mut steps: Vec<Step> = Vec::new();
    for moment in file.timeline {
        let line = moment.referenced.line();
        let step = moment.value.step(&templates, &rehearsal)?;
        if steps.last().is_some_and(|last| last.at > step.at) {
            return Err(Broken::at(line, "the timeline is not in order of time"));
        }
        steps.push(step);
    }
    let story = file.story.trim().to_owned();
    let kubernetes = file.kubernetes.map(git_version).transpose()?;
    Ok(Scenario {
        name: file.name,
        title: file.title,
        story,
        kubernetes,
        options: file.options.flags(),
        steps,
        objects,
    })
}

/// As `/version` says it.
fn git_version(text: Spanned<String>) -> Result<String, Broken> {
    if text.value.starts_with("v1.") && diagnose::minor(&text.value).is_some() {
        Ok(text.value)
    } else {
        Err(Broken::at(text.referenced.line(), format!("kubernetes: {:?} is no version such as v1.36.3", text.value)))
    }
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Broken> {
    yaml::read(text).map_err(|fault| Broken::at(fault.line, fault.reason))
}

impl Moment {
    fn step(self, templates: &Templates, rehearsal: &Store) -> Result<Step, Broken> {
        let at = text::duration(&self.at.value).map_err(|reason| Broken::at(self.at.referenced.line(), reason))?;
        let (mut apply, mut patch, mut delete) = (Vec::new(), Vec::new(), Vec::new());
        for entry in self.apply {
            let line = entry.referenced.line();
            for object in entry_objects(entry, templates)? {
                put(rehearsal, &object, line)?;
                apply.push(object);
            }
        }
        for entry in self.patch {
            let broken = |reason: String| Broken::at(entry.referenced.line(), reason);
            let mut object = named(&entry.value.object).map_err(broken)?;
            crate::demo::merge::merge(&mut object, Value::Object(entry.value.merge));
            text::map_strings(&mut object, &text::invent).map_err(broken)?;
            check_times(&object).map_err(broken)?;
            rehearsal.patch(object.clone()).map_err(|error| broken(error.to_string()))?;
            patch.push(object);
        }
        for entry in self.delete {
            let broken = |reason: String| Broken::at(entry.referenced.line(), reason);
            let object = named(&entry.value).map_err(broken)?;
            rehearsal.delete(&object).map_err(|error| broken(error.to_string()))?;
            delete.push(object);
        }
        Ok(Step { at, say: self.say.trim().to_owned(), apply, patch, delete })
    }
}

impl Options {
    fn flags(self) -> Vec<String> {
        let flag = |(name, value): (String, Value)| match value {
            Value::Null | Value::Bool(true) => format!("--{name}"),
            Value::String(value) => format!("--{name}={value}"),
            value => format!("--{name}={value}"),
        };
        match self {
            Self::List(flags) => flags,
            Self::Map(map) => map.into_iter().map(flag).collect(),
        }
    }
}

fn entry_objects(entry: Entry, templates: &Templates) -> Result<Vec<Value>, Broken> {
    let line = entry.referenced.line();
    let objects = expand(entry.value, templates).map_err(|reason| Broken::at(line, reason))?;
    for object in &objects {
        check_namespace(object).and_then(|()| check_times(object)).map_err(|reason| Broken::at(line, reason))?;
    }
    Ok(objects)
}

fn check_times(object: &Value) -> Result<(), String> {
    text::map_strings(&mut object.clone(), &|text| text::tell_time(text, Timestamp::UNIX_EPOCH))
}

fn put(rehearsal: &Store, object: &Value, line: u64) -> Result<(), Broken> {
    serve(rehearsal, object);
    rehearsal.apply(object.clone()).map(drop).map_err(|error| Broken::at(line, error))
}

/// Custom resources are served from when the first of them comes.
pub(super) fn serve(store: &Store, object: &Value) {
    if let Some(known) = kind_of(object) {
        store.serve(known);
    }
}

fn kind_of(object: &Value) -> Option<Resource> {
    let group = object["apiVersion"].as_str()?.split_once('/').map_or("", |(group, _)| group);
    Resource::known(group, object["kind"].as_str()?)
}

/// The namespace is never guessed: an object that lands in another one than meant is hard to find.
fn check_namespace(object: &Value) -> Result<(), String> {
    let given = object["metadata"]["namespace"].is_string();
    match kind_of(object) {
        Some(kind) if kind.namespaced && !given => Err(format!("kind {} wants metadata.namespace", kind.kind)),
        Some(kind) if !kind.namespaced && given => Err(format!("kind {} has no namespaces", kind.kind)),
        _ => Ok(()),
    }
}

fn exists(store: &Store, object: &Value) -> bool {
    let text = |pointer| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    kind_of(object)
        .is_some_and(|known| store.get(&known, text("/metadata/namespace"), text("/metadata/name")).is_some())
}

/// `Kind/namespace/name` or `Kind/name` as the beginning of an object.
fn named(text: &str) -> Result<Value, String> {
    let invented = text::invent(text)?;
    let text = invented.as_ref().and_then(Value::as_str).unwrap_or(text);
    let (kind, namespace, name) = match *text.split('/').collect::<Vec<_>>().as_slice() {
        [kind, namespace, name] => (kind, Some(namespace), name),
        [kind, name] => (kind, None, name),
        _ => return Err(format!("{text:?} is not Kind/namespace/name or Kind/name")),
    };
    let mut known = Resource::BUILT_IN.iter().chain(Resource::CUSTOM);
    let resource = known.find(|known| known.kind == kind).ok_or_else(|| format!("no kind {kind} is known here"))?;
    let mut object = json!({ "apiVersion": resource.api_version(), "kind": kind, "metadata": { "name": name } });
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = json!(namespace);
    }
    check_namespace(&object)?;
    Ok(object)
}
