//! The alerts: that the files in `alerts/` are what their sources make, that Prometheus, Alertmanager and jsonnet take
//! them, that each fires on its incident and on nothing less, and that no rule names what nobody exposes.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends with a panic, in its helpers too"
)]

mod command;
mod generated;
mod mixin;
mod promtool;
#[path = "../support/toolbox/mod.rs"]
mod toolbox;

use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
