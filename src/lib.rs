//! eksporter

pub mod cache;
pub mod clock;
pub mod collector;
pub mod objects;
pub mod watch;
