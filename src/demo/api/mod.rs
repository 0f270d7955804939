//! A simulated Kubernetes API server: objects in memory, served over real HTTP on loopback.
//!
//! It answers what a read-only client asks: lists with pages, watches with bookmarks and initial events, single
//! objects, discovery and health. It speaks JSON only, checks no rights, and is as strict as the real one where a
//! client depends on it (410, 422, selectors). What goes wrong on the way is decided by [`Faults`].

mod discovery;
mod faults;
mod list;
mod request;
mod resource;
mod select;
mod server;
mod state;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod watch;

pub use faults::{Answer, Asked, Faults, NoFaults, Part, Shape};
pub use resource::Resource;
pub use server::{ApiServer, Options};
pub use store::{Store, StoreError};
