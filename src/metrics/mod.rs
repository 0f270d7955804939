//! What `/metrics` says: families declared once, one file per group, and the text that they become.
//!
//! A new family goes into the file of its group under `groups/`: its declaration, and the line that writes it. The docs
//! are made from the declarations.

pub mod docs;
mod family;
pub mod groups;
mod own;
pub mod sets;
#[cfg(test)]
mod tests;
mod writer;

pub use family::{Family, Kind};
pub use own::{Own, VERSION};
pub use writer::{Value, Writer};
