//! What AWS says, as plain data: no type of an SDK, every enum open, nothing checked but that it is there.
//!
//! Texts are AWS's or a user's, and are not trusted. What an API may leave out is an `Option`.

mod codes;
mod ec2;
mod eks;
mod open;
#[cfg(test)]
mod tests;

pub use self::{codes::*, ec2::*, eks::*};
