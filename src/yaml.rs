//! YAML that people write, read so that a fault is one line with its place.

use serde::Deserialize;
use serde_saphyr::options;

/// What is wrong, and on which line; 0 where no line can be told.
#[derive(Debug)]
pub struct Fault {
    /// Line.
    pub line: u64,
    /// Reason, one line.
    pub reason: String,
}

/// Reads a document.
///
/// # Errors
/// When it is no YAML or not of the form asked for.
pub fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Fault> {
    // Errors are one line each; the snippet that the parser would draw has many. And `n` is a name, not `false`.
    let options = options! { with_snippet: false, strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let reason = error.without_snippet().to_string();
        let Some(location) = error.location() else { return Fault { line: 0, reason } };
        let suffix = format!(" at line {}, column {}", location.line(), location.column());
        let reason = reason.strip_suffix(&suffix).unwrap_or(&reason).to_owned();
        Fault { line: location.line(), reason }
    })
}
