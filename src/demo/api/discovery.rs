//! Version, health and discovery.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::resource::Resource;

/// Answers a path that is not about objects; `None` is a path that does not exist.
pub(super) fn discover(path: &str, served: &[Resource], git_version: &str) -> Option<Value> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match *segments.as_slice() {
        ["version"] => Some(version(git_version)),
        ["api"] => Some(json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] })),
        ["api", version] => resources(served, "", version),
        ["apis"] => {
            let names: BTreeSet<&str> = served.iter().map(|it| it.group).filter(|name| !name.is_empty()).collect();
            let groups: Vec<Value> = names.into_iter().filter_map(|name| group(served, name)).collect();
            Some(json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups }))
        }
        ["apis", name] => group(served, name).map(|mut group| {
            group["kind"] = json!("APIGroup");
            group["apiVersion"] = json!("v1");
            group
        }),
        ["apis", group, version] => resources(served, group, version),
        _ => None,
    }
}

fn version(git_version: &str) -> Value {
    let mut numbers = git_version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    json!({
        "major": major, "minor": minor, "gitVersion": git_version, "gitTreeState": "clean",
        "gitCommit": "0000000000000000000000000000000000000000", "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "go1.26", "compiler": "gc", "platform": "linux/amd64",
    })
}

/// The versions of a group, in the order in which they were added: the first is preferred.
fn group(served: &[Resource], name: &str) -> Option<Value> {
    let mut versions: Vec<&str> = Vec::new();
    for resource in served.iter().filter(|resource| resource.group == name) {
        if !versions.contains(&resource.version) {
            versions.push(resource.version);
        }
    }
    let described = |version: &str| json!({ "groupVersion": format!("{name}/{version}"), "version": version });
    let preferred = described(versions.first()?);
    let versions: Vec<Value> = versions.into_iter().map(described).collect();
    Some(json!({ "name": name, "versions": versions, "preferredVersion": preferred }))
}

fn resources(served: &[Resource], group: &str, version: &str) -> Option<Value> {
    let ours: Vec<&Resource> =
        served.iter().filter(|resource| resource.group == group && resource.version == version).collect();
    let group_version = ours.first()?.api_version();
    let described = |resource: &&Resource| {
        json!({
            "name": resource.plural, "singularName": resource.kind.to_lowercase(), "kind": resource.kind,
            "namespaced": resource.namespaced, "verbs": ["get", "list", "watch"],
        })
    };
    let listed: Vec<Value> = ours.iter().map(described).collect();
    Some(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": listed,
    }))
}
