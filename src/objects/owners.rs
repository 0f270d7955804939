//! Owners of pods, of which only the metadata is asked for.

use serde::{Deserialize, Serialize};

use super::{Meta, kind};

/// `batch/v1` Job, metadata only: its owner reference leads to the `CronJob`.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Job {
    /// Identity.
    #[prost(message, required, tag = "1")]
    pub metadata: Meta,
}

kind!(Job, "batch", "v1", "Job", "jobs", namespaced: true, metadata_only: true);

/// `apps/v1` `ReplicaSet`, metadata only: its owner reference leads to the Deployment or Rollout.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSet {
    /// Identity.
    #[prost(message, required, tag = "1")]
    pub metadata: Meta,
}

kind!(ReplicaSet, "apps", "v1", "ReplicaSet", "replicasets", namespaced: true, metadata_only: true);
