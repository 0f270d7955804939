//! What a watch drives, and what part of the cluster one watch covers.

use std::sync::Arc;

use jiff::Timestamp;

/// The share of a kind that one watch covers: the whole cluster or one namespace, and where a kind is watched through
/// several field selectors (they cannot be OR-ed) which of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// `None` is the whole cluster.
    pub namespace: Option<Arc<str>>,
    /// The field selector, where there is one.
    pub fields: Option<&'static str>,
}

impl Scope {
    /// The whole cluster.
    #[must_use]
    pub fn cluster() -> Self {
        Self::default()
    }

    /// One namespace.
    #[must_use]
    pub fn namespace(name: &str) -> Self {
        Self { namespace: Some(name.into()), fields: None }
    }

    /// The same, narrowed by a field selector.
    #[must_use]
    pub fn with_fields(self, fields: &'static str) -> Self {
        Self { fields: Some(fields), ..self }
    }
}

/// State that follows one kind. A re-list marks and sweeps: rows that it did not show again go at its end, so that no
/// reader ever sees half a cluster or two copies of it.
pub trait Index<K> {
    /// A list or re-list starts. Twice without `finish` is legal: the first one was cut off.
    fn begin(&mut self, scope: &Scope);
    /// The object exists and looks like this.
    fn apply(&mut self, object: K, now: Timestamp);
    /// The object is gone.
    fn delete(&mut self, object: &K, now: Timestamp);
    /// The list is complete: sweep what it did not show.
    fn finish(&mut self, scope: &Scope, now: Timestamp);
    /// Nothing is known any more: forbidden, without contact for too long, or the CRD is gone. Not the same as empty.
    fn forget(&mut self, scope: &Scope);
}

/// An owner that the cache cannot tell from what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerWanted {
    /// Its namespace.
    pub namespace: String,
    /// `ReplicaSet` or `Job`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// State that wants to know who is behind an owner.
pub trait OwnerIndex {
    /// Owners of overdue pods that are not known yet, at most `limit`.
    fn wanted(&self, limit: usize) -> Vec<OwnerWanted>;
    /// The object `uid` is managed by `owner` (kind and name), or by nobody.
    fn resolved(&mut self, uid: &str, owner: Option<(&str, &str)>, now: Timestamp);
}

/// State that follows the API server's version.
pub trait VersionIndex {
    /// The version that is in force; `None` when it is not known any more.
    fn server_version(&mut self, version: Option<super::ServerVersion>);
}
