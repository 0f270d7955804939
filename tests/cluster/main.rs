//! The exporter on a real kube-apiserver, with the account and the rights that the kustomize base gives it.
//!
//! Each test has a control plane of its own (`tests/support/control_plane.rs`). There is no kubelet: tests make nodes
//! and pods and move them along with status patches.

#[path = "../support/mod.rs"]
mod support;

mod api_server;
mod incidents;
mod init_containers;
mod manifests;
mod namespaces;
mod node_claims;
mod objects;
mod recovery;
mod rights;
mod scheduling;
