//! What the documents say is so: the page of metrics is the one that the declarations make, the declarations keep the
//! rules of Prometheus and of the contract, and no link, metric or flag that a document names is missing.

use std::{
    collections::HashSet,
    env, fs, io,
    path::{Path, PathBuf},
};

use clap::CommandFactory as _;
use eksporter::{
    config::Cli,
    metrics::{Family, Kind, docs, groups::GROUPS},
};

/// Labels that belong to Prometheus servers, scrape configurations and alerts.
const RESERVED: [&str; 8] = ["cluster", "region", "zone", "stage", "service", "severity", "instance", "job"];

/// Of these the contract allows one: the stage of a pod stands nowhere but beside its cause.
const ALLOWED: (&str, &str) = ("eks_pod_container_creating_info", "stage");

fn families() -> impl Iterator<Item = &'static Family> {
    GROUPS.iter().flat_map(|group| group.families.iter().copied())
}

#[test]
fn generated_pages_are_up_to_date() {
    for (file, page) in [("docs/metrics.md", docs::page()), ("docs/causes.md", eksporter::diagnose::docs::page())] {
        let path = root().join(file);
        if env::var_os("EKSPORTER_BLESS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page, "{file} is not up to date: EKSPORTER_BLESS=1 cargo test --test docs writes it");
    }
}

#[test]
fn help_is_one_sentence_that_fits_in_a_line_and_a_table() {
    for family in families() {
        let (name, help) = (family.name, family.help);
        assert!(help.ends_with('.'), "{name}: no full stop: {help}");
        assert!(!help.contains(['"', '\\', '\n', '\r', '|']), "{name}: would need to be escaped: {help}");
        assert_eq!(help.trim(), help, "{name}");
    }
}

#[test]
fn names_are_unique_and_follow_prometheus() {
    let mut seen = HashSet::new();
    for family in families() {
        let name = family.name;
        assert!(seen.insert(name), "{name} is declared twice");
        assert!(name.starts_with("eks_") || name.starts_with("eksporter_"), "{name}: prefix");
        assert!(is_snake_case(name), "{name}: lower case, digits and single underscores");
        assert_eq!(name.ends_with("_total"), family.kind == Kind::Counter, "{name}: _total is for counters, and only");
        for suffix in ["_count", "_sum", "_bucket", "_created"] {
            assert!(!name.ends_with(suffix), "{name}: {suffix} belongs to histograms and counters");
        }
        for unit in ["_age", "_duration", "_timestamp", "_skew"] {
            assert!(!name.ends_with(unit), "{name}: no unit");
        }
    }
}

#[test]
fn labels_leave_alone_what_belongs_to_servers_and_alerts() {
    for family in families() {
        let name = family.name;
        let labels: HashSet<_> = family.labels.iter().collect();
        assert_eq!(labels.len(), family.labels.len(), "{name}: a label twice");
        for label in family.labels {
            assert!(is_snake_case(label), "{name}: {label}");
            assert!(!RESERVED.contains(label) || (name, *label) == ALLOWED, "{name}: {label} is reserved");
            assert!(!matches!(*label, "le" | "quantile"), "{name}: {label} belongs to histograms and summaries");
        }
    }
}

#[test]
fn closed_sets_are_of_labels_that_the_family_has() {
    for family in families() {
        for (label, values) in family.sets {
            assert!(family.labels.contains(label), "{}: has no label {label}", family.name);
            assert_eq!(values.iter().collect::<HashSet<_>>().len(), values.len(), "{}: {label}", family.name);
        }
    }
}

#[test]
fn relative_links_lead_somewhere() {
    let mut dead = Vec::new();
    for page in pages().unwrap() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text).filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap_or(Path::new("")).join(path) };
            let leads = target.exists() && anchor.is_none_or(|anchor| has_heading(&target, anchor));
            if !leads {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// The changelog may name what is gone.
#[test]
fn metrics_that_a_page_names_exist() {
    let declared: HashSet<_> = families().map(|family| family.name).collect();
    let mut unknown = Vec::new();
    for page in pages().unwrap().into_iter().filter(|page| !page.ends_with("CHANGELOG.md")) {
        let text = fs::read_to_string(&page).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let names = words.filter(|word| {
            ["eks_", "eksporter_"].iter().any(|prefix| word.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
        });
        unknown.extend(names.filter(|name| !declared.contains(name)).map(|name| format!("{}: {name}", page.display())));
    }
    assert!(unknown.is_empty(), "not declared:\n{}", unknown.join("\n"));
}

/// Rows of the pages' tables of flags: `| `--flag` | default | meaning |`.
#[test]
fn flags_in_the_documents_are_what_the_program_takes() {
    let serve = Cli::command();
    let check = serve.find_subcommand("check").unwrap();
    for (page, command) in [("README.md", &serve), ("docs/check.md", check)] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let mut rows = 0;
        for line in text.lines() {
            let Some((flag, rest)) = line.strip_prefix("| `--").and_then(|row| row.split_once('`')) else { continue };
            rows += 1;
            if flag.contains("NAME") {
                continue; // stands for several
            }
            let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag));
            let argument = argument.unwrap_or_else(|| panic!("the program has no --{flag}"));
            let default: Vec<_> = argument.get_default_values().iter().filter_map(|value| value.to_str()).collect();
            let said = rest.split('|').nth(1).unwrap_or_default().trim().trim_matches('`');
            assert_eq!(said, default.join(","), "{page}: --{flag}");
        }
        assert!(rows > 0, "{page}: the table of flags is gone");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.ends_with('_')
        && !name.contains("__")
}

/// Every Markdown file of the repository.
fn pages() -> io::Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type()?.is_dir() {
                let hidden = name.to_str().is_some_and(|name| name.starts_with('.'));
                if !hidden && name != "target" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    Ok(pages)
}

/// Targets of `[text](target)`, outside of code.
fn links(text: &str) -> impl Iterator<Item = &str> {
    prose(text)
        .flat_map(|line| line.split('`').step_by(2))
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| rest.split([')', ' ']).next())
}

/// Lines outside of fenced code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// Whether a page has a heading of this anchor, as forges make them: lower case, without punctuation, with hyphens for
/// spaces.
fn has_heading(page: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(page).unwrap_or_default();
    prose(&text).filter(|line| line.starts_with('#')).any(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).eq(anchor.chars())
    })
}
