//! The objects of the simulated cluster, and the log of their changes that watches read.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

use super::{
    resource::Resource,
    state::{Change, Key, State, TooOld},
};
use crate::demo::merge::merge;

/// Why the store refuses an object.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not say what it is.
    #[error("the object has no `{0}`")]
    Missing(&'static str),
    /// It is of a kind that the server does not serve.
    #[error("no kind {kind} in {api_version} is served here")]
    UnknownKind {
        /// Its `apiVersion`.
        api_version: String,
        /// Its `kind`.
        kind: String,
    },
    /// There is nothing to patch or delete.
    #[error("not there: {0}")]
    NotFound(String),
}

/// The objects, by kind, namespace and name.
#[derive(Debug)]
pub struct Store {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Default for Store {
    fn default() -> Self {
        let state = State::default();
        Self { changed: watch::Sender::new(state.version), state: Mutex::new(state) }
    }
}

impl Store {
    /// An empty cluster that serves the built-in kinds.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Serves one more kind, as installing its CRD would. Serving it already is no fault.
    pub fn serve(&self, resource: Resource) {
        let mut state = self.state.lock();
        if !state.resources.contains(&resource) {
            state.resources.push(resource);
        }
    }

    /// No longer serves the kind, as deleting its CRD would: its objects go and its watches end.
    pub fn withdraw(&self, resource: &Resource) {
        let mut state = self.state.lock();
        state.resources.retain(|served| !served.is_kind_of(resource));
        state.objects.retain(|key, _| key.group != resource.group || key.plural != resource.plural);
        let version = state.next_version();
        drop(state);
        self.changed.send_replace(version);
    }

    /// Creates the object, or replaces the one of that name. What the API server would fill in is filled in where it
    /// is missing; `resourceVersion` always is. A replacement under another uid is a deletion and a creation.
    ///
    /// # Errors
    /// When the object has no name, or its kind is not served.
    pub fn apply(&self, mut object: Value) -> Result<Arc<Value>, StoreError> {
        let mut state = self.state.lock();
        let key = state.key_of(&object)?;
        if !key.namespace.is_empty() {
            object["metadata"]["namespace"] = Value::from(key.namespace.as_str());
        }
        let mut before = state.objects.get(&key).cloned();
        if let Some(old) = before.take_if(|old| !is_same(old, &object)) {
            state.record(key.clone(), Some(Arc::clone(&old)), Arc::unwrap_or_clone(old), true);
        }
        state.complete(&mut object, before.as_deref(), &key);
        let after = state.record(key, before, object, false);
        self.publish(&state);
        Ok(after)
    }

    /// Merges into an object that exists (JSON merge patch, RFC 7386: `null` removes, lists are replaced).
    ///
    /// # Errors
    /// When the object does not exist.
    pub fn patch(&self, patch: Value) -> Result<Arc<Value>, StoreError> {
        let mut state = self.state.lock();
        let key = state.key_of(&patch)?;
        let before = state.objects.get(&key).cloned().ok_or_else(|| StoreError::NotFound(key.to_string()))?;
        let mut object = Value::clone(&before);
        merge(&mut object, patch);
        let after = state.record(key, Some(before), object, false);
        self.publish(&state);
        Ok(after)
    }

    /// Deletes the object that this one names by `apiVersion`, `kind`, `metadata.namespace` and `metadata.name`.
    ///
    /// # Errors
    /// When there is no such object.
    pub fn delete(&self, object: &Value) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        let key = state.key_of(object)?;
        let before = state.objects.get(&key).cloned().ok_or_else(|| StoreError::NotFound(key.to_string()))?;
        state.record(key, Some(Arc::clone(&before)), Arc::unwrap_or_clone(before), true);
        self.publish(&state);
        Ok(())
    }

    /// One object.
    #[must_use]
    pub fn get(&self, resource: &Resource, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let Resource { group, plural, .. } = *resource;
        let key = Key { group, plural, namespace: namespace.to_owned(), name: name.to_owned() };
        self.state.lock().objects.get(&key).cloned()
    }

    /// The newest resource version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.state.lock().version
    }

    /// Forgets the log: older versions get 410, and so do the watches that are running now. (The real server would
    /// spare those; this way one call makes every client list again.)
    pub fn compact(&self) {
        let mut state = self.state.lock();
        state.next_version();
        state.log.clear();
        state.compacted = state.version;
        self.publish(&state);
    }

    pub(super) fn resources(&self) -> Vec<Resource> {
        self.state.lock().resources.clone()
    }

    pub(super) fn serves(&self, resource: &Resource) -> bool {
        self.state.lock().resources.contains(resource)
    }

    /// All objects of a kind, in order, and the version that this is the state of.
    pub(super) fn list(&self, resource: &Resource, namespace: Option<&str>) -> (u64, Vec<(Key, Arc<Value>)>) {
        let state = self.state.lock();
        let from =
            Key { group: resource.group, plural: resource.plural, namespace: String::new(), name: String::new() };
        let objects = state
            .objects
            .range(from..)
            .take_while(|(key, _)| key.group == resource.group && key.plural == resource.plural)
            .filter(|(key, _)| namespace.is_none_or(|namespace| key.namespace == namespace))
            .map(|(key, object)| (key.clone(), Arc::clone(object)))
            .collect();
        (state.version, objects)
    }

    /// What happened to a kind after `version`, and the version that this leads to.
    pub(super) fn since(&self, resource: &Resource, version: u64) -> Result<(u64, Vec<Change>), TooOld> {
        let state = self.state.lock();
        if version < state.compacted {
            return Err(TooOld { oldest: state.compacted });
        }
        let from = state.log.partition_point(|change| change.version <= version);
        let ours = |change: &&Change| change.key.group == resource.group && change.key.plural == resource.plural;
        Ok((state.version.max(version), state.log.range(from..).filter(ours).cloned().collect()))
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn publish(&self, state: &State) {
        self.changed.send_replace(state.version);
    }
}

/// Whether `new` is a later state of `old` and not another object under its name.
fn is_same(old: &Value, new: &Value) -> bool {
    let uid = &new["metadata"]["uid"];
    uid.is_null() || *uid == old["metadata"]["uid"]
}
