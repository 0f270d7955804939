//! `ObjectMeta` and owner references.

use serde::{Deserialize, Serialize};

use super::{Kept, Time, kept::Key, nullable};

/// The part of `metav1.ObjectMeta` that is read.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Meta {
    /// Name, unique among its kind in the namespace.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// Namespace, empty for cluster-scoped kinds.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Unique over time and space.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub uid: String,
    /// Opaque version; watches resume from it.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub resource_version: String,
    /// How often the spec changed, from 1; 0 where the API server does not count (pods before 1.33, KEP-5067).
    #[prost(int64, tag = "7")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "is_zero")]
    pub generation: i64,
    /// When the API server stored it first.
    #[prost(message, required, tag = "8")]
    pub creation_timestamp: Time,
    /// When it is to be gone: for pods the end of the grace period.
    #[prost(message, required, tag = "9")]
    pub deletion_timestamp: Time,
    /// Labels that somebody reads.
    #[prost(message, required, tag = "11")]
    #[serde(skip_serializing_if = "Kept::is_empty")]
    pub labels: Kept,
    /// Annotations that somebody reads.
    #[prost(message, required, tag = "12")]
    #[serde(skip_serializing_if = "Kept::is_empty")]
    pub annotations: Kept,
    /// Who made it.
    #[prost(message, repeated, tag = "13")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub owner_references: Vec<OwnerReference>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Meta {
    /// The owner that manages it, if any.
    #[must_use]
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller)
    }

    /// A label's value.
    #[must_use]
    pub fn label(&self, key: Key) -> Option<&str> {
        self.labels.get(key)
    }
}

/// `metav1.OwnerReference`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OwnerReference {
    /// Kind such as `ReplicaSet`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub kind: String,
    /// Name in the same namespace.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The owner's uid.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub uid: String,
    /// Group and version such as `apps/v1`.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "nullable")]
    pub api_version: String,
    /// Whether it is the managing owner.
    #[prost(bool, tag = "6")]
    #[serde(deserialize_with = "nullable")]
    pub controller: bool,
}
