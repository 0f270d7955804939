//! The cache, driven without a cluster.

mod addons;
mod branch_enis;
mod evidence;
mod images;
mod lists;
mod nodes;
mod owners;
mod pods;
mod scheduling;

use super::{Cache, EVENT_FIELDS, Index, Scope, Settings, Snapshot};
use crate::{
    diagnose::{Cause, Stage},
    metrics::{Writer, groups},
    objects::{Event, Job, Node, Pod},
    testing::*,
};

/// A cache whose watches have all synced, without any object.
fn synced() -> Cache {
    synced_with(Settings::new(start()))
}

fn synced_with(settings: Settings) -> Cache {
    let scopes: Vec<Scope> = match settings.namespaces.as_slice() {
        [] => vec![Scope::cluster()],
        names => names.iter().map(|name| Scope::namespace(name)).collect(),
    };
    let mut cache = Cache::new(settings);
    for scope in &scopes {
        list::<Pod>(&mut cache, scope, []);
        list::<Job>(&mut cache, scope, []);
        for fields in EVENT_FIELDS {
            list::<Event>(&mut cache, &scope.clone().with_fields(fields), []);
        }
    }
    list::<Node>(&mut cache, &Scope::cluster(), []);
    cache
}

/// A complete list.
fn list<K>(cache: &mut Cache, scope: &Scope, objects: impl IntoIterator<Item = K>)
where
    Cache: Index<K>,
{
    Index::<K>::begin(cache, scope);
    for object in objects {
        cache.apply(object, start());
    }
    Index::<K>::finish(cache, scope, start());
}

/// Overdue pods being created, with what is said of them.
fn overdue(cache: &mut Cache, seconds: i64) -> Vec<(String, Cause, Stage)> {
    let pods = cache.snapshot(at(seconds)).pods.expect("pods are known");
    pods.creating.overdue.iter().map(|pod| (pod.names.pod.to_string(), pod.verdict.0, pod.verdict.1)).collect()
}

/// The cause of the only overdue pod.
fn cause(cache: &mut Cache, seconds: i64) -> Cause {
    match overdue(cache, seconds).as_slice() {
        [(_, cause, _)] => *cause,
        other => panic!("{other:?}"),
    }
}

/// The lines of the page that say anything but zero.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let mut writer = Writer::default();
    groups::write_cluster(&mut writer, snapshot);
    writer.finish().lines().filter(|line| !line.starts_with('#') && !line.ends_with(" 0")).map(str::to_owned).collect()
}

/// All pods being created, overdue or not.
fn all(cache: &mut Cache, seconds: i64) -> u32 {
    let pods = cache.snapshot(at(seconds)).pods.expect("pods are known");
    pods.creating.counts.iter().map(|count| count.all).sum()
}
