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
    /// Whether any object since the beginning of the last list could not be read: what is missing need not be gone. Most
    /// kinds do not conclude anything from what is missing.
    fn unreadable(&mut self, _any: bool, _now: Timestamp) {}
    /// Nothing is known any more: forbidden, without contact for too long, or the CRD is gone. Not the same as empty.
    fn forget(&mut self, scope: &Scope);
}

/// Kinds that stand between a pod and the owner that people know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OwnerKind {
    /// `apps/v1`, owned by a Deployment or a Rollout.
    ReplicaSet,
    /// `batch/v1`, owned by a `CronJob` or a Workflow.
    Job,
}

/// An object whose owner is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnerWanted {
    /// Its namespace.
    pub namespace: String,
    /// Its kind.
    pub kind: OwnerKind,
    /// Its name.
    pub name: String,
    /// Its uid, which must be that of the object found.
    pub uid: String,
}

/// State that wants to know owners which it cannot tell from what it has.
pub trait OwnerIndex {
    /// What is wanted, at most so many. What was resolved is not wanted again.
    fn wanted(&self, limit: usize) -> Vec<OwnerWanted>;
    /// The object of that uid belongs to (kind, name); `None` where it is gone or belongs to nobody.
    fn resolved(&mut self, uid: &str, owner: Option<(&str, &str)>);
}

/// State that wants to know the API server's version.
pub trait VersionIndex {
    /// The API server is of this version.
    fn server_version(&mut self, git_version: &str, major: u32, minor: u32, now: Timestamp);
    /// Nobody knows any more: without contact for too long, or no right to ask.
    fn forget_version(&mut self);
}

/// State that wants to know how long branch ENIs cool down.
pub trait CoolDownIndex {
    /// The VPC CNI's `ConfigMap` says so; `None` where it says nothing or may not be read.
    fn branch_eni_cool_down(&mut self, text: Option<&str>);
}
