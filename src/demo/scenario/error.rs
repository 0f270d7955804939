//! What can be wrong with a scenario.

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Neither a built-in name nor a file.
    #[error("no scenario {name:?}: it is no file, and the built-in ones are {names}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        names: String,
    },
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something in the file is wrong.
    #[error("{file}:{line}: {reason}")]
    Broken {
        /// Its path or name.
        file: String,
        /// Where.
        line: u64,
        /// What.
        reason: String,
    },
}

/// A fault in a file whose name is known further up.
#[derive(Debug)]
pub(super) struct Broken {
    pub line: u64,
    pub reason: String,
}

impl Broken {
    pub fn at(line: u64, reason: impl std::fmt::Display) -> Self {
        Self { line, reason: reason.to_string() }
    }

    pub fn of(self, file: &str) -> ScenarioError {
        ScenarioError::Broken { file: file.to_owned(), line: self.line, reason: self.reason }
    }
}
