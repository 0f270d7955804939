//! Identifiers that look like Kubernetes' own but follow from a seed, so that a scenario is the same on every run.

/// The alphabet of generated names (`SafeEncodeString` in apimachinery): no vowels, and nothing that looks alike.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// A uid in the form of a random (version 4) UUID.
#[must_use]
pub fn uid(seed: &str) -> String {
    let bits = (u128::from(hash(seed, 1)) << 64) | u128::from(hash(seed, 2));
    // Version 4 and the variant of RFC 9562.
    let bits = (bits & !(0xf << 76) | (4 << 76)) & !(3 << 62) | (2 << 62);
    let text = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// The five characters that the API server appends to a `generateName`.
#[must_use]
pub fn suffix(seed: &str) -> String {
    let mut bits = hash(seed, 3);
    let mut text = String::with_capacity(5);
    for _ in 0..5 {
        let at = usize::try_from(bits % 27).unwrap_or_default();
        text.push(char::from(ALPHABET[at]));
        bits /= 27;
    }
    text
}

/// FNV-1a, then the finisher of `SplitMix64`: short seeds that differ in one letter must not look alike.
fn hash(seed: &str, salt: u64) -> u64 {
    let mut bits = 0xcbf2_9ce4_8422_2325_u64 ^ salt;
    for byte in seed.bytes() {
        bits = (bits ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_stable_and_shaped_like_version_4() {
        let one = uid("Pod/default/web");
        assert_eq!(one, uid("Pod/default/web"));
        assert_ne!(one, uid("Pod/default/web2"));
        assert_eq!(one.len(), 36);
        assert_eq!(one.as_bytes()[14], b'4');
        assert!(matches!(one.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn suffixes_use_only_the_letters_of_generated_names() {
        for seed in ["a", "b", "c"] {
            assert!(suffix(seed).bytes().all(|letter| ALPHABET.contains(&letter)));
            assert_eq!(suffix(seed).len(), 5);
        }
    }
}
