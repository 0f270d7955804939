//! Objects through [`Kind`] into the short JSON that kube's watcher reads.
//!
//! One object that cannot be read costs that object, not the page or the watch: it is skipped, counted and, once per
//! watch, logged by name. Its body is never logged.

use std::{marker::PhantomData, sync::Arc};

use bytes::Bytes;
use prost::Message;
use serde::Serialize;

use super::{
    mend,
    proto::{Bookmark, BookmarkMeta, Identity, IdentityMeta, TypeMeta},
};
use crate::{
    objects::Kind,
    watch::{
        health::{Reason, Received, one_line},
        link::Link,
    },
};

/// Reads and writes objects of one kind for one watch.
#[derive(Debug)]
pub(super) struct Emit<K> {
    link: Arc<Link>,
    kind: PhantomData<fn() -> K>,
}

/// A line of a watch as kube reads it.
#[derive(Serialize)]
struct Line<'a, T> {
    r#type: &'a str,
    object: T,
}

/// A bookmark's object; kube wants to know its type.
#[derive(Serialize)]
struct TypedBookmark<'a> {
    #[serde(flatten)]
    types: TypeMeta,
    metadata: &'a BookmarkMeta,
}

impl<K: Kind> Emit<K> {
    pub fn new(link: Arc<Link>) -> Self {
        Self { link, kind: PhantomData }
    }

    /// The object in a message, or at least which it was.
    pub fn read_protobuf(&self, raw: &Bytes) -> Result<K, Identity> {
        self.link.health().progressed();
        match mend::decode_by(K::from_protobuf, raw) {
            Ok(object) if !object.meta().name.is_empty() => Ok(object),
            _ => {
                let mut identity = Identity::default();
                // What came before the fault stays in it.
                drop(identity.merge(raw.clone()));
                self.undecodable(&identity);
                Err(identity)
            }
        }
    }

    /// The object in a text, or at least which it was.
    pub fn read_json(&self, text: &str) -> Result<K, Identity> {
        self.link.health().progressed();
        match serde_json::from_str::<K>(text) {
            Ok(object) if !object.meta().name.is_empty() => Ok(object),
            _ => {
                let identity = serde_json::from_str(text).unwrap_or_default();
                self.undecodable(&identity);
                Err(identity)
            }
        }
    }

    /// Writes an event. Without a resource version kube could not resume after it and would list everything again,
    /// so such an object counts as one that cannot be read. To delete one, it is enough to know which.
    pub fn event(&self, what: &str, object: Result<K, Identity>, out: &mut Vec<u8>) {
        match object {
            Ok(object) if object.meta().resource_version.is_empty() => self.undecodable(&Identity::of(&object)),
            Ok(object) => self.line(what, &object, out),
            Err(identity) if what == "DELETED" && identity.is_whole() => self.line(what, &identity, out),
            Err(_) => {}
        }
    }

    /// Writes a bookmark.
    pub fn bookmark(&self, bookmark: &Bookmark, out: &mut Vec<u8>) {
        let object = TypedBookmark { types: Self::type_meta(""), metadata: &bookmark.metadata };
        self.line("BOOKMARK", object, out);
    }

    /// Counts a bookmark.
    pub fn saw_bookmark(&self) {
        self.link.health().count(Received::Bookmark, 1);
    }

    /// Writes any event on a line of its own.
    pub fn line(&self, what: &str, object: impl Serialize, out: &mut Vec<u8>) {
        let before = out.len();
        if serde_json::to_writer(&mut *out, &Line { r#type: what, object }).is_ok() {
            out.push(b'\n');
        } else {
            out.truncate(before);
            self.undecodable(&Identity::default());
        }
    }

    /// Writes an object of a list; whether there is one before it is asked for the comma.
    pub fn item(&self, object: &K, first: &mut bool, out: &mut Vec<u8>) {
        let before = out.len();
        if !*first {
            out.push(b',');
        }
        if serde_json::to_writer(&mut *out, object).is_ok() {
            *first = false;
        } else {
            out.truncate(before);
            self.undecodable(&Identity::of(object));
        }
    }

    /// The kind's type, or that of its list.
    pub fn type_meta(suffix: &str) -> TypeMeta {
        let api_version =
            if K::GROUP.is_empty() { K::VERSION.to_owned() } else { format!("{}/{}", K::GROUP, K::VERSION) };
        TypeMeta { api_version, kind: format!("{}{suffix}", K::KIND) }
    }

    /// An event or an object that is not one.
    pub fn undecodable(&self, identity: &Identity) {
        let health = self.link.health();
        let Identity { metadata } = identity;
        let known = match (metadata.namespace.as_str(), metadata.name.as_str()) {
            (_, "") => "an object without a name".to_owned(),
            ("", name) => one_line(name),
            (namespace, name) => one_line(&format!("{namespace}/{name}")),
        };
        health.failed(Reason::Decode, &format!("{known} cannot be read"));
        if health.first_undecodable() {
            tracing::warn!(
                resource = health.resource(),
                object = known,
                "an object from the API server cannot be read and is left out; more of them are only counted"
            );
        }
    }

    /// A piece of a list came.
    pub fn progressed(&self) {
        self.link.health().progressed();
    }

    /// A watch that ended inside a frame or a line.
    pub fn cut(&self, why: &str) {
        self.link.health().failed(Reason::Transport, why);
        tracing::debug!(resource = self.link.health().resource(), why, "watch cut");
    }
}

impl Identity {
    fn is_whole(&self) -> bool {
        let IdentityMeta { name, uid, resource_version, .. } = &self.metadata;
        !(name.is_empty() || uid.is_empty() || resource_version.is_empty())
    }

    fn of<K: Kind>(object: &K) -> Self {
        let meta = object.meta();
        let mut identity = Self::default();
        identity.metadata.name.clone_from(&meta.name);
        identity.metadata.namespace.clone_from(&meta.namespace);
        identity
    }
}
