//! Names that many rows share are kept once.

use std::sync::Arc;

use hashbrown::HashSet;

/// A shared name.
pub type Name = Arc<str>;

/// All names in use.
#[derive(Default)]
pub struct Names {
    known: HashSet<Name>,
}

impl Names {
    /// The one copy of `text`.
    pub fn get(&mut self, text: &str) -> Name {
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
    }
}
