//! What a node's series are labelled with.

use std::{ops::Deref, sync::OnceLock};

use jiff::Timestamp;

use crate::{
    cache::Name,
    diagnose::{Build, Lifecycle, PoolKind},
};

/// The label values of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLabels {
    /// Its name.
    pub node: Name,
    /// Name of its pool.
    pub pool: Name,
    /// Who runs the pool.
    pub pool_kind: PoolKind,
    /// Phase of life.
    pub lifecycle: Lifecycle,
    /// Zone id.
    pub zone_id: Name,
    /// Instance type.
    pub instance_type: Name,
    /// AMI id, where one is known.
    pub ami: Name,
    /// Operating system.
    pub os_image: Name,
    /// Kernel.
    pub kernel_version: Name,
    /// Kubelet.
    pub kubelet_version: Name,
    /// Container runtime.
    pub container_runtime_version: Name,
    /// Architecture.
    pub architecture: Name,
    /// When the node was created.
    pub created: Timestamp,
}

impl NodeLabels {
    /// What the list of known issues is asked about.
    pub(super) fn build(&self) -> Build<'_> {
        Build {
            kernel: &self.kernel_version,
            os_image: &self.os_image,
            runtime: &self.container_runtime_version,
            kubelet: &self.kubelet_version,
            ami: &self.ami,
        }
    }
}

/// The same, with what writers make of them.
#[derive(Debug)]
pub struct NodeNames {
    labels: NodeLabels,
    /// Room for whoever writes series of the node to keep what need not be written anew each time.
    pub written: [OnceLock<Box<str>>; 3],
}

impl NodeNames {
    /// Nothing written yet.
    pub(super) fn new(labels: NodeLabels) -> Self {
        Self { labels, written: Default::default() }
    }
}

impl Deref for NodeNames {
    type Target = NodeLabels;

    fn deref(&self) -> &NodeLabels {
        &self.labels
    }
}

impl PartialEq for NodeNames {
    fn eq(&self, other: &Self) -> bool {
        self.labels == other.labels
    }
}
