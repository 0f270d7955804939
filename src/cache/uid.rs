//! Uids as numbers: sixteen bytes instead of a string of 36.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// An object's uid. The API server makes UUIDs, which are numbers already; anything else is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(u128);

impl Uid {
    /// The lowest and the highest, to look for all.
    pub(super) const MIN: Self = Self(u128::MIN);
    pub(super) const MAX: Self = Self(u128::MAX);

    /// Reads a uid; `None` when it is empty, which names nothing.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        Some(Self(uuid(text).unwrap_or_else(|| hashed(text))))
    }
}

/// The number that a lower-case UUID writes.
fn uuid(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 {
        return None;
    }
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let digit = match byte {
            b'-' if matches!(at, 8 | 13 | 18 | 23) => continue,
            _ if matches!(at, 8 | 13 | 18 | 23) => return None,
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        number = number << 4 | u128::from(digit);
    }
    Some(number)
}

/// Two keyed hashes, so that nobody can choose a uid that collides with another.
fn hashed(text: &str) -> u128 {
    static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);
    let [high, low] = KEYS.each_ref().map(|key| u128::from(key.hash_one(text)));
    high << 64 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_its_number_and_anything_else_a_name_of_its_own() {
        assert_eq!(Uid::of("00000000-0000-0000-0000-0000000000ff"), Some(Uid(0xff)));
        assert_eq!(Uid::of("node-1"), Uid::of("node-1"));
        let odd = ["node-1", "node-2", "00000000-0000-0000-0000-0000000000FF", "000000000000000000000000000000000000"];
        for (at, uid) in odd.iter().enumerate() {
            assert!(odd[at + 1..].iter().all(|other| Uid::of(other) != Uid::of(uid)), "{uid}");
        }
        assert_eq!(Uid::of(""), None);
    }
}
