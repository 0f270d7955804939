//! JSON merge patch.

use serde_json::{Map, Value};

/// Merges `patch` into a value (RFC 7386): objects are merged, `null` removes, anything else replaces.
pub(super) fn merge(into: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *into = patch;
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    for (key, value) in patch {
        if !value.is_null() {
            merge(&mut into[key], value);
        } else if let Some(into) = into.as_object_mut() {
            into.remove(&key);
        }
    }
}
