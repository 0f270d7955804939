//! eksporter

pub mod cache;
pub mod collector;
pub mod demo;
pub mod objects;
