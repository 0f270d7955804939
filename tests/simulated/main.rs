//! The whole exporter against the simulated API server, for what a real one does not do on demand. What is expected
//! each time stands in the test's name. What takes minutes is tested with a paused clock in `src/watch`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends with a panic, in its helpers too"
)]

mod cluster;
#[path = "../support/faults.rs"]
mod faults;
mod lists;
mod watches;
mod web;
