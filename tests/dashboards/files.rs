//! The files in `dashboards/`, and how tests read them.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::Value;

/// A panel that asks something.
pub struct Panel {
    pub title: String,
    pub value: Value,
}

/// Where the files are.
fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboards")
}

/// Each dashboard, as Grafana reads it.
pub fn dashboards() -> Vec<Value> {
    let read = |(_, dashboard): (_, eksporter::dashboards::Dashboard)| serde_json::from_str(&dashboard.json().unwrap());
    eksporter::dashboards::all().into_iter().map(read).collect::<Result<_, _>>().unwrap()
}

/// The panels of a dashboard that are no headings.
pub fn panels(dashboard: &Value) -> Vec<Panel> {
    let panels = tiles(dashboard).into_iter().filter(|panel| panel["type"] != "row");
    panels.map(|panel| Panel { title: text(&panel["title"]), value: panel.clone() }).collect()
}

/// All that has a place on a dashboard: headings, panels, and panels in rows that are folded.
pub fn tiles(dashboard: &Value) -> Vec<&Value> {
    let tiles = dashboard["panels"].as_array().unwrap().iter();
    tiles.flat_map(|tile| std::iter::once(tile).chain(tile["panels"].as_array().into_iter().flatten())).collect()
}

/// Each query of a panel.
pub fn queries(panel: &Panel) -> Vec<String> {
    panel.value["targets"].as_array().unwrap().iter().map(|target| text(&target["expr"])).collect()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn files_are_what_the_declarations_make() {
    let mut made = BTreeSet::new();
    for (file, dashboard) in eksporter::dashboards::all() {
        made.insert(file.to_owned());
        let (path, json) = (folder().join(file), dashboard.json().unwrap());
        if env::var_os("EKSPORTER_BLESS").is_some() {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &json).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == json, "dashboards/{file} is old: EKSPORTER_BLESS=1 cargo test --test dashboards writes it");
    }
    let listing = fs::read_dir(folder()).unwrap();
    let there: BTreeSet<_> = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, made, "a file that nothing makes");
}
