//! What a text says, whenever it was printed.

/// The words of a text without those that depend on the time: words that begin with a digit and are no version.
pub fn timeless(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| !is_time(word)).collect()
}

fn is_time(word: &str) -> bool {
    let bare = word.trim_end_matches([',', ')', ';', '.']);
    bare.starts_with(|c: char| c.is_ascii_digit()) && (bare.contains(':') || bare.ends_with(['s', 'm', 'h', 'd']))
        || bare.len() == 10 && bare.as_bytes()[4] == b'-'
}
