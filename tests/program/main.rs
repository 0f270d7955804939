//! The program as a user meets it: its arguments, its errors, the demo, its web side, its end.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends with a panic, in its helpers too"
)]

#[path = "../support/program.rs"]
mod support;
#[path = "../support/wording.rs"]
mod wording;

mod arguments;
mod check;
mod demo;
mod serve;
