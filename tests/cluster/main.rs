//! The exporter on a real kube-apiserver, with the account and the rights that the kustomize base gives it.
//!
//! Each test has a control plane of its own (`tests/support/control_plane.rs`). There is no kubelet: tests make nodes
//! and pods and move them along with status patches.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod addons;
#[cfg(test)]
mod api_server;
#[cfg(test)]
mod check;
#[cfg(test)]
mod incidents;
#[cfg(test)]
mod init_containers;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod namespaces;
#[cfg(test)]
mod node_claims;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod scheduling;
#[cfg(test)]
mod upgrade;
