//! The objects and the log of their changes, without locks and wake-ups.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{resource::Resource, store::StoreError};
use crate::demo::ids;

/// Changes that are kept for watches to resume from; older versions are answered with 410.
const LOG: usize = 10_000;
/// A cluster that has lived for a while does not start at 1.
const FIRST_VERSION: u64 = 1_000;

/// Everything behind the store's lock.
#[derive(Debug)]
pub(super) struct State {
    pub version: u64,
    /// Changes up to this version are no longer in the log.
    pub compacted: u64,
    pub resources: Vec<Resource>,
    pub objects: BTreeMap<Key, Arc<Value>>,
    pub log: VecDeque<Change>,
}

/// What identifies an object. The order is that of lists: by namespace, then name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub group: &'static str,
    pub plural: &'static str,
    pub namespace: String,
    pub name: String,
}

/// One entry of the log.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub version: u64,
    pub key: Key,
    /// The object before, unless it was created.
    pub before: Option<Arc<Value>>,
    /// The object after; of a deleted one its last state, at the version of the deletion.
    pub after: Arc<Value>,
    pub deleted: bool,
}

/// The asked-for version is no longer in the log.
#[derive(Debug)]
pub(super) struct TooOld {
    pub oldest: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: FIRST_VERSION,
            compacted: FIRST_VERSION - 1,
            resources: Resource::BUILT_IN.to_vec(),
            objects: BTreeMap::new(),
            log: VecDeque::new(),
        }
    }
}

impl State {
    pub fn next_version(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    pub fn key_of(&self, object: &Value) -> Result<Key, StoreError> {
        let text = |pointer, name| object.pointer(pointer).and_then(Value::as_str).ok_or(StoreError::Missing(name));
        let (api_version, kind) = (text("/apiVersion", "apiVersion")?, text("/kind", "kind")?);
        let name = text("/metadata/name", "metadata.name")?;
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let resource = self.resources.iter().find(|served| served.group == group && served.kind == kind);
        let Some(resource) = resource else {
            return Err(StoreError::UnknownKind { api_version: api_version.to_owned(), kind: kind.to_owned() });
        };
        let namespace = match text("/metadata/namespace", "") {
            Ok(namespace) if resource.namespaced => namespace,
            _ if resource.namespaced => "default",
            _ => "",
        };
        Ok(Key { group: resource.group, plural: resource.plural, namespace: namespace.into(), name: name.into() })
    }

    pub fn record(&mut self, key: Key, before: Option<Arc<Value>>, mut after: Value, deleted: bool) -> Arc<Value> {
        let version = self.next_version();
        after["metadata"]["resourceVersion"] = Value::from(version.to_string());
        let after = Arc::new(after);
        if deleted {
            self.objects.remove(&key);
        } else {
            self.objects.insert(key.clone(), Arc::clone(&after));
        }
        self.log.push_back(Change { version, key, before, after: Arc::clone(&after), deleted });
        if self.log.len() > LOG
            && let Some(oldest) = self.log.pop_front()
        {
            self.compacted = oldest.version;
        }
        after
    }

    /// Fills in what the API server owns. Uid and creation time never change in an object's life.
    pub fn complete(&self, object: &mut Value, before: Option<&Value>, key: &Key) {
        let metadata = &mut object["metadata"];
        if let Some(before) = before {
            metadata["uid"] = before["metadata"]["uid"].clone();
            metadata["creationTimestamp"] = before["metadata"]["creationTimestamp"].clone();
            return;
        }
        if metadata["uid"].is_null() {
            metadata["uid"] = json!(ids::uid(&format!("{key} {}", self.version)));
        }
        if metadata["creationTimestamp"].is_null() {
            metadata["creationTimestamp"] = json!(Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} {}/{}", self.plural, self.namespace, self.name)
    }
}
