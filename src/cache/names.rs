//! Names that many rows share are kept once.

use std::sync::Arc;

use hashbrown::HashSet;

/// A shared name.
pub type Name = Arc<str>;

/// All names in use.
#[derive(Default)]
pub struct Names {
    known: HashSet<Name>,
    /// How many were in use when the unused ones were let go last.
    used: usize,
}

impl Names {
    /// The one copy of `text`.
    pub fn get(&mut self, text: &str) -> Name {
        // Owners come and go by the million where nothing makes the API server list anew.
        if self.known.len() > 2 * self.used + 1024 {
            self.shrink();
        }
        self.known.get_or_insert_with(text, |text| Name::from(text)).clone()
    }

    /// How many there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Lets go of names that nobody uses any more.
    pub fn shrink(&mut self) {
        self.known.retain(|name| Arc::strong_count(name) > 1);
        self.known.shrink_to_fit();
        self.used = self.known.len();
    }
}
