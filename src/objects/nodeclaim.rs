//! Karpenter's `NodeClaim`, a custom resource: always JSON.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Kind, Meta, kept::truncated, nullable};

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

impl Kind for NodeClaim {
    const GROUP: &'static str = "karpenter.sh";
    const VERSION: &'static str = "v1";
    const KIND: &'static str = "NodeClaim";
    const PLURAL: &'static str = "nodeclaims";
    const NAMESPACED: bool = false;
    const PROTOBUF: bool = false;

    fn meta(&self) -> &Meta {
        &self.metadata
    }

    fn from_protobuf(_: Bytes) -> Result<Self, prost::DecodeError> {
        // Custom resources are never served as protobuf.
        Err(truncated())
    }
}
