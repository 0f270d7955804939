//! Every file that is made from the sources is up to date, and beside them lies nothing that is not.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use eksporter::rules::{Group, OPTIONAL, SHIPPED, Values, form, groups};

use crate::root;

/// Folders with nothing but generated files.
const FOLDERS: [&str; 3] = ["alerts/rules", "alerts/optional", "alerts/mixin"];

fn generated() -> BTreeMap<PathBuf, String> {
    let (shipped, optional) = (groups(SHIPPED).unwrap(), groups(OPTIONAL).unwrap());
    let values = Values::with(&[]);
    let file = |folder: &str, group: &Group| {
        let path = format!("alerts/{folder}/{}.yaml", group.name);
        (path, format!("{}{}", form::HEAD, form::rules(std::slice::from_ref(group), &values)))
    };
    let plain = shipped.iter().map(|group| file("rules", group));
    let plain = plain.chain(optional.iter().map(|group| file("optional", group)));
    let mixin = form::mixin::files(&shipped).into_iter().map(|(path, text)| (format!("alerts/mixin/{path}"), text));
    let single = [
        (
            "alerts/prometheusrule.yaml".to_owned(),
            format!("{}{}", form::HEAD, form::prometheusrule("eksporter", &shipped, &values)),
        ),
        ("docs/alerts.md".to_owned(), form::docs::page(&shipped, &optional)),
    ];
    plain.chain(mixin).chain(single).map(|(path, text)| (root().join(path), text)).collect()
}

#[test]
fn files_are_those_that_the_sources_make() {
    let generated = generated();
    let is_blessed = env::var_os("EKSPORTER_BLESS").is_some();
    let mut wrong: Vec<&Path> = Vec::new();
    for (path, text) in &generated {
        if is_blessed {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        if fs::read_to_string(path).unwrap_or_default() != *text {
            wrong.push(path);
        }
    }
    let written: Vec<_> = FOLDERS.into_iter().flat_map(|folder| files_under(&root().join(folder))).collect();
    wrong.extend(written.iter().map(PathBuf::as_path).filter(|path| !generated.contains_key(*path)));
    assert!(
        wrong.is_empty(),
        "EKSPORTER_BLESS=1 cargo test --test alerts writes these anew, or they must go: {wrong:#?}"
    );
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|problem| panic!("{}: {problem}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}
