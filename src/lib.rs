//! eksporter

pub mod cache;
pub mod collector;
pub mod objects;
