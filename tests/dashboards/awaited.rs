//! What panels ask for that no scenario can answer, each with the reason. A test fails when something in it has an answer.

/// The clients of AWS count their requests; the simulated AWS of the scenarios has none. `tests/aws` has them counted.
pub const UNFED: &[&str] = &["eksporter_aws_requests_total"];
