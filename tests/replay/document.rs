//! `docs/incidents.md` shows the alerts of the replay as they were told.

use std::{env, fmt::Write as _, fs, sync::Mutex};

use crate::support::{receiver::Notice, wording::timeless};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/incidents.md");
const WIDTH: usize = 118;

/// Tests of incidents run side by side, and each writes its own part.
static WRITING: Mutex<()> = Mutex::new(());

/// The page's block of this name shows these alerts, but for times. `EKSPORTER_BLESS=1` writes it.
///
/// # Panics
///
/// When it does not.
pub fn shows(name: &str, told: &[&Notice]) {
    let begin = format!("<!-- alerts: {name} -->\n```\n");
    let _turn = WRITING.lock();
    let page = fs::read_to_string(PAGE).expect("docs/incidents.md");
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("docs/incidents.md has no {begin:?}"));
    let (shown, after) = rest.split_once("```\n").expect("the block ends");
    let text = told.iter().map(|notice| printed(notice)).collect::<Vec<_>>().join("\n");
    if env::var_os("EKSPORTER_BLESS").is_some() {
        fs::write(PAGE, [before, &begin, &text, "```\n", after].concat()).expect("written");
    } else {
        assert_eq!(timeless(shown), timeless(&text), "EKSPORTER_BLESS=1 cargo test --test replay writes it");
    }
}

fn printed(notice: &Notice) -> String {
    let mut text = format!("{} {}\n", notice.label("severity"), notice.alert());
    for annotation in ["summary", "description"] {
        let mut width = 0;
        for word in notice.annotations[annotation].split_whitespace() {
            let breaks = width == 0 || width + 1 + word.len() > WIDTH;
            let before = match (breaks, width) {
                (true, 0) => "  ",
                (true, _) => "\n  ",
                (false, _) => " ",
            };
            let _ = write!(text, "{before}{word}");
            width = if breaks { 2 + word.len() } else { width + 1 + word.len() };
        }
        text.push('\n');
    }
    text
}
