//! Karpenter's `NodeClaim`, a custom resource: always JSON.

use serde::{Deserialize, Serialize};

use super::{Meta, custom, nullable};

/// `karpenter.sh` `NodeClaim`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClaim {
    /// Identity.
    #[serde(deserialize_with = "nullable")]
    pub metadata: Meta,
    /// What Karpenter made of it.
    #[serde(deserialize_with = "nullable")]
    pub status: NodeClaimStatus,
}

custom!(NodeClaim, "karpenter.sh", "v1", "NodeClaim", "nodeclaims");

/// The part of `NodeClaim.status` that is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeClaimStatus {
    /// The node it became.
    #[serde(deserialize_with = "nullable")]
    pub node_name: String,
    /// The AMI it was started with.
    #[serde(rename = "imageID", deserialize_with = "nullable")]
    pub image_id: String,
}
