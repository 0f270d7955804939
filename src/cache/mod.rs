//! The state of the cluster in memory.

mod index;

pub use index::{Index, Scope};
