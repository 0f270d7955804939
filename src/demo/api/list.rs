//! Lists, pages of lists, and how objects are dressed for an answer.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{resource::Resource, select::Selector, state::Key, status::Refusal, store::Store};

/// What a list or watch covers, and how its objects are sent.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub resource: Resource,
    pub namespace: Option<String>,
    pub selector: Selector,
    /// `as=PartialObjectMetadata` in `Accept`.
    pub metadata_only: bool,
}

impl View {
    pub fn selects(&self, key: &Key, object: &Value) -> bool {
        self.namespace.as_ref().is_none_or(|namespace| *namespace == key.namespace) && self.selector.matches(object)
    }

    /// The object as this client asked for it.
    pub fn dress(&self, object: &Value) -> Value {
        if self.metadata_only {
            return json!({
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"],
            });
        }
        let mut object = object.clone();
        object["apiVersion"] = json!(self.resource.api_version());
        object
    }

    /// In lists of built-in kinds the items do not say what they are.
    fn item(&self, object: &Value) -> Value {
        let mut item = self.dress(object);
        let typed = Resource::BUILT_IN.contains(&self.resource) && !self.metadata_only;
        if let Some(fields) = item.as_object_mut().filter(|_| typed) {
            fields.remove("kind");
            fields.remove("apiVersion");
        }
        item
    }
}

/// Answers a list.
pub(super) fn list(store: &Store, view: &View, query: &BTreeMap<String, String>) -> Result<Value, Refusal> {
    let (now, objects) = store.list(&view.resource, view.namespace.as_deref());
    let (version, after) = match query.get("continue").filter(|token| !token.is_empty()) {
        Some(token) => read_token(store, view, token)?,
        None => (now, None),
    };
    let mut objects = objects
        .into_iter()
        .filter(|(key, object)| view.selects(key, object))
        .filter(|(key, _)| after.as_ref().is_none_or(|after| *after < (key.namespace.clone(), key.name.clone())))
        .peekable();
    let limit = match query.get("limit").map(|limit| limit.parse::<usize>()) {
        None | Some(Ok(0)) => usize::MAX,
        Some(Ok(limit)) => limit,
        Some(Err(_)) => return Err(Refusal::bad_request("limit is not a number")),
    };
    let page: Vec<(Key, Arc<Value>)> = objects.by_ref().take(limit).collect();
    let mut metadata = json!({ "resourceVersion": version.to_string() });
    if let Some((last, _)) = page.last().filter(|_| objects.peek().is_some()) {
        metadata["continue"] = json!(format!("{version}~{}~{}", last.namespace, last.name));
        if view.selector.is_empty() {
            metadata["remainingItemCount"] = json!(objects.count());
        }
    }
    let (kind, api_version) = if view.metadata_only {
        ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1".to_owned())
    } else {
        (format!("{}List", view.resource.kind), view.resource.api_version())
    };
    let items: Vec<Value> = page.iter().map(|(_, object)| view.item(object)).collect();
    Ok(json!({ "kind": kind, "apiVersion": api_version, "metadata": metadata, "items": items }))
}

/// A token names the version of the first page and the last object shown. Later pages show objects as they are now,
/// which a watch from that version puts right again.
fn read_token(store: &Store, view: &View, token: &str) -> Result<(u64, Option<(String, String)>), Refusal> {
    let refused = || Refusal::bad_request("continue key is not valid");
    let mut parts = token.splitn(3, '~');
    let (Some(version), Some(namespace), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(refused());
    };
    let version: u64 = version.parse().map_err(|_| refused())?;
    if store.since(&view.resource, version).is_err() {
        return Err(Refusal::expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list \
             without the continue parameter.",
        ));
    }
    Ok((version, Some((namespace.to_owned(), name.to_owned()))))
}
