//! The numbers and names that alerts are made with, and how people set them. Which there are stands in [`list`].

mod list;
mod pattern;

use std::{collections::BTreeMap, str::FromStr};

use jiff::SignedDuration;

use super::{expand, source};

pub use list::all;
pub(super) use list::cause_lists;

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds; also set as a duration, such as `10m`.
    Seconds,
    /// A whole number.
    Count,
    /// A whole percentage.
    Percent,
    /// A regular expression for whole names.
    Pattern,
    /// The beginning of an address.
    Url,
    /// The end of an address.
    Text,
}

impl Unit {
    /// For people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Count => "count",
            Self::Percent => "percent",
            Self::Pattern => "pattern",
            Self::Url => "URL",
            Self::Text => "text",
        }
    }

    /// The value as rules write it. Nothing that could end a string in a rule gets through.
    fn read(self, text: &str) -> Result<String, String> {
        match self {
            Self::Seconds => seconds(text)
                .map(|seconds| seconds.to_string())
                .ok_or_else(|| "must be a number of seconds or a duration such as 10m".to_owned()),
            Self::Count => whole(text).map(|number| number.to_string()),
            Self::Percent => whole(text).and_then(|number| {
                if number <= 100 { Ok(number.to_string()) } else { Err("must be at most 100".to_owned()) }
            }),
            Self::Pattern => pattern::check(text).map(|()| text.to_owned()),
            Self::Url => {
                let fits = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
                if fits && goes_into_a_url(text) {
                    Ok(text.to_owned())
                } else {
                    Err("must be the beginning of an http or https address".to_owned())
                }
            }
            Self::Text => {
                if goes_into_a_url(text) {
                    Ok(text.to_owned())
                } else {
                    Err("must be the end of an address".to_owned())
                }
            }
        }
    }
}

fn whole(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "must be a whole number".to_owned())
}

/// More than a `u32` holds Prometheus does not take.
fn seconds(text: &str) -> Option<u32> {
    text.parse().ok().or_else(|| {
        let duration: SignedDuration = text.parse().ok()?;
        (duration.subsec_nanos() == 0).then(|| u32::try_from(duration.as_secs()).ok())?
    })
}

/// Whether all of it goes into an address, and none of it ends a string or begins a template.
fn goes_into_a_url(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() && !"\"'`{}\\<>%$".contains(c))
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Value {
    /// Name, in `--set` and in the mixin's `_config`.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// As rules write it.
    pub default: String,
    /// What it is for, a sentence.
    pub meaning: String,
}

impl Value {
    /// The text as rules write it, if it may stand where they have the value.
    fn read(&self, text: &str) -> Result<String, String> {
        let text = self.unit.read(text)?;
        let Some(range) = source::range_of(&self.name) else { return Ok(text) };
        let (step, least) = (range.step.as_secs(), range.least.as_secs());
        // Of half a step rules find a sample at one evaluation, and none at the next.
        if text.parse().is_ok_and(|seconds: i64| seconds >= least && seconds % step == 0) {
            Ok(text)
        } else {
            Err(format!("must be a multiple of {}m and at least {}m: rules look back over it", step / 60, least / 60))
        }
    }
}

/// `NAME=VALUE`, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    name: String,
    text: String,
}

/// Why a value cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no `=`.
    #[error("must be NAME=VALUE")]
    NoPair,
    /// Nobody knows the name.
    #[error("there is no value called {0}; `eksporter rules --list` has all of them")]
    Unknown(String),
    /// It does not fit the unit.
    #[error("{name} {reason}")]
    Unfit {
        /// The value's name.
        name: String,
        /// What it must be.
        reason: String,
    },
}

impl FromStr for Override {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let (name, text) = text.split_once('=').ok_or(Refused::NoPair)?;
        let value =
            all().into_iter().find(|value| value.name == name).ok_or_else(|| Refused::Unknown(name.to_owned()))?;
        let text = value.read(text).map_err(|reason| Refused::Unfit { name: name.to_owned(), reason })?;
        Ok(Self { name: name.to_owned(), text })
    }
}

/// All of them, as set.
#[derive(Clone, Debug)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// The defaults, with these in place of some; the last of a name wins.
    #[must_use]
    pub fn with(overrides: &[Override]) -> Self {
        let defaults = all().into_iter().map(|value| (value.name, value.default));
        Self(defaults.chain(overrides.iter().map(|one| (one.name.clone(), one.text.clone()))).collect())
    }

    /// The text with values in place of their placeholders.
    pub(super) fn fill(&self, text: &str) -> String {
        expand::fill(text, |name| self.0.get(name).cloned())
    }
}

/// Whether there is a value of this name.
pub(super) fn exists(name: &str) -> bool {
    all().iter().any(|value| value.name == name)
}
