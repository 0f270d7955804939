//! The program as a user meets it: its arguments, its errors, the demo, its web side, its end.

#[path = "../support/program.rs"]
mod support;

mod arguments;
mod demo;
mod serve;
