//! A cluster that is not there: a simulated API server, and the incidents it plays.
//!
//! The `demo` command, tests and benches point the exporter here instead of at a real cluster. Nothing here knows what
//! the exporter makes of what it reads.

pub mod api;
pub mod aws;
pub mod ids;
mod merge;
pub mod scenario;
