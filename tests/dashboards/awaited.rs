//! What panels ask for that cannot answer yet, each with the reason. This list is to shrink to nothing: a test fails when
//! something in it has an answer. What nobody declares yet stands in `tests/support/promql/vocabulary.rs`.

/// Families that are declared and that no scenario feeds: of AWS, which scenarios do not have yet.
pub const UNFED: &[&str] = &[];
