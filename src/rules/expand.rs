//! Placeholders in sources: `${name}` stands for words of the source, or for a value.

use std::collections::BTreeMap;

use super::values;

/// Deeper than any source goes; words that contain themselves end here.
const DEPTH: usize = 8;

/// Words by name; the first list that has a name wins.
pub(super) struct Words<'a>(pub(super) &'a [&'a BTreeMap<String, String>]);

impl Words<'_> {
    /// The text with all words in place. Names of values are left as they are.
    pub(super) fn expand(&self, text: &str) -> Result<String, String> {
        self.expand_to(text, DEPTH)
    }

    fn expand_to(&self, text: &str, depth: usize) -> Result<String, String> {
        let mut problem = None;
        let expanded = fill(text, |name| match self.0.iter().find_map(|words| words.get(name)) {
            Some(_) if depth == 0 => {
                problem = Some(format!("{name} contains itself"));
                None
            }
            Some(words) => match self.expand_to(words, depth - 1) {
                Ok(words) => Some(words),
                Err(reason) => {
                    problem = Some(reason);
                    None
                }
            },
            None if values::exists(name) => None,
            None => {
                problem = Some(format!("there are no words and no value called {name}"));
                None
            }
        });
        problem.map_or(Ok(expanded), Err)
    }
}

/// Puts texts for names; a name without one stays a placeholder.
pub(super) fn fill(text: &str, mut name: impl FnMut(&str) -> Option<String>) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let filling = part.split_once('}').and_then(|(placeholder, rest)| Some((name(placeholder)?, rest)));
        if let Some((words, rest)) = filling {
            filled.push_str(&words);
            filled.push_str(rest);
        } else {
            filled.push_str("${");
            filled.push_str(part);
        }
    }
    filled
}
