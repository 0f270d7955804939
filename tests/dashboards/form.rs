//! What Grafana needs of a file, and what whoever looks at a panel does.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

use super::{
    files::{dashboards, panels, queries, text, tiles},
    support::toolbox::{Tool, tool},
};

/// Calls `check` with each panel and what it is called in a message.
fn each_panel(check: impl Fn(&str, &Value)) {
    for dashboard in dashboards() {
        for panel in panels(&dashboard) {
            check(&format!("{} / {}", text(&dashboard["title"]), panel.title), &panel.value);
        }
    }
}

#[test]
fn dashboards_can_be_told_apart_and_lead_to_each_other() {
    let mut seen = BTreeSet::new();
    for dashboard in dashboards() {
        let title = text(&dashboard["title"]);
        assert!(title.starts_with("EKS / "), "{title}");
        assert!(seen.insert(text(&dashboard["uid"])) && seen.insert(title.clone()), "{title} is there twice");
        assert!(text(&dashboard["uid"]).len() <= 40, "{title}: Grafana takes no longer uid");
        assert_eq!(dashboard["links"][0]["tags"], dashboard["tags"], "{title}");
        assert_eq!((&dashboard["editable"], &dashboard["timezone"]), (&false.into(), &"utc".into()), "{title}");
        assert!(dashboard.get("id").is_none(), "{title}: an id belongs to one Grafana");
    }
}

#[test]
fn variables_lead_from_the_data_source_to_the_namespace_and_all_is_everything() {
    for dashboard in dashboards() {
        let variables = dashboard["templating"]["list"].as_array().unwrap();
        let names: Vec<_> = variables.iter().map(|variable| text(&variable["name"])).collect();
        assert_eq!(names, ["datasource", "cluster", "namespace", "runbooks", "runbooks_suffix"]);
        assert!(text(&variables[3]["query"]).starts_with("https://"));
        assert_eq!(variables[4]["query"], ".md");
        assert_eq!(variables[0]["label"], "Data source");
        for variable in &variables[1..3] {
            assert_eq!(variable["datasource"]["uid"], "${datasource}");
            assert_eq!((&variable["includeAll"], &variable["allValue"]), (&true.into(), &".*".into()));
        }
    }
}

#[test]
fn every_panel_says_what_it_shows_and_in_which_unit_and_takes_the_chosen_data_source() {
    each_panel(|name, panel| {
        assert!(!text(&panel["title"]).is_empty(), "{name}");
        assert!(text(&panel["description"]).len() > 40, "{name}: no description");
        assert!(!text(&panel["fieldConfig"]["defaults"]["unit"]).is_empty(), "{name}: no unit");
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{name}");
        for target in panel["targets"].as_array().unwrap() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{name}");
        }
    });
}

#[test]
fn identifiers_and_titles_are_used_once() {
    for dashboard in dashboards() {
        let titles: Vec<_> = panels(&dashboard).into_iter().map(|panel| panel.title).collect();
        assert_eq!(titles.iter().collect::<BTreeSet<_>>().len(), titles.len(), "{titles:?}");
        let ids: Vec<_> = tiles(&dashboard).into_iter().map(|tile| tile["id"].as_u64()).collect();
        assert!(ids.iter().all(Option::is_some));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{}", dashboard["title"]);
    }
    each_panel(|name, panel| {
        let targets = panel["targets"].as_array().unwrap();
        let ids: BTreeSet<_> = targets.iter().map(|target| text(&target["refId"])).collect();
        assert!(!ids.is_empty() && ids.len() == targets.len() && !ids.contains(""), "{name}: {ids:?}");
    });
}

#[test]
fn panels_lie_beside_each_other_on_the_grid() {
    for dashboard in dashboards() {
        let open = dashboard["panels"].as_array().unwrap();
        // Those of a row that is folded get their place when it is opened.
        for beside in std::iter::once(open).chain(open.iter().filter_map(|tile| tile["panels"].as_array())) {
            let mut taken = BTreeSet::new();
            for panel in beside {
                let [x, y, w, h] = place(panel);
                assert!(w > 0 && h > 0 && x + w <= 24, "{}: {}", panel["title"], panel["gridPos"]);
                for cell in (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y))) {
                    assert!(taken.insert(cell), "{} lies over another", panel["title"]);
                }
            }
        }
    }
}

fn place(panel: &Value) -> [u64; 4] {
    ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap())
}

#[test]
fn a_row_that_is_folded_holds_its_panels_and_an_open_one_is_followed_by_them() {
    let mut folded = Vec::new();
    for dashboard in dashboards() {
        for row in dashboard["panels"].as_array().unwrap().iter().filter(|tile| tile["type"] == "row") {
            let inside = row["panels"].as_array().unwrap();
            assert_eq!(row["collapsed"] == true, !inside.is_empty(), "{}", row["title"]);
            assert!(inside.iter().all(|panel| place(panel)[1] > place(row)[1]), "{}", row["title"]);
            folded.extend((!inside.is_empty()).then(|| text(&row["title"])));
        }
    }
    assert_eq!(folded, ["Cluster", "Exporter health"]);
}

/// Some 24 units of the grid fit on a screen of 1080 lines.
#[test]
fn the_first_screen_has_the_alerts_and_a_number_for_each_concern_that_leads_to_its_panel() {
    let dashboard = dashboards().remove(0);
    let all = panels(&dashboard);
    let stats: Vec<_> = all.iter().filter(|panel| place(&panel.value)[1] == 11).collect();
    assert_eq!((all[0].title.as_str(), place(&all[0].value)), ("Firing alerts", [0, 1, 24, 10]));
    assert_eq!(
        stats.iter().map(|panel| panel.title.as_str()).collect::<Vec<_>>(),
        [
            "Overdue in creation",
            "Overdue for a node",
            "Waiting for a branch ENI",
            "Nodes not ready",
            "Agents down",
            "Add-ons unsupported",
            "Free in lowest subnet",
            "Collectors down",
        ]
    );
    for stat in stats {
        assert_eq!(stat.value["type"], "stat", "{}", stat.title);
        let link = &stat.value["fieldConfig"]["overrides"].as_array().unwrap().last().unwrap()["properties"][0];
        let [title, url] = ["title", "url"].map(|key| text(&link["value"][0][key]));
        let panel = all.iter().find(|panel| panel.title == title).unwrap();
        let address = format!("/d/{}?viewPanel={}&", text(&dashboard["uid"]), panel.value["id"]);
        assert!(url.starts_with(&address), "{}: {url}", stat.title);
        assert_eq!(panel.value["type"], "table", "{}: {title} does not say which", stat.title);
    }
}

#[test]
fn firing_alerts_are_sorted_by_how_severe_they_are_then_by_name() {
    let alerts = &panels(&dashboards()[0])[0].value;
    let by = |column: &str, desc: bool| serde_json::json!({"displayName": column, "desc": desc});
    assert_eq!(alerts["options"]["sortBy"], serde_json::json!([by("Severity", true), by("Alert", false)]));
    let steps = alerts["transformations"].as_array().unwrap();
    let sort = steps.iter().find(|step| step["id"] == "sortBy").unwrap();
    assert_eq!(sort["options"]["sort"], serde_json::json!([{"field": "Severity", "desc": true}]));
    let properties = alerts["fieldConfig"]["overrides"][0]["properties"].as_array().unwrap();
    let words = &properties.iter().find(|property| property["id"] == "mappings").unwrap()["value"][0]["options"];
    let word = |number: &str| text(&words[number]["text"]);
    assert_eq!(["3", "2", "1"].map(word), ["critical", "warning", "info"]);
}

#[test]
fn panels_about_pods_are_about_the_namespaces_that_are_chosen() {
    let dashboard = dashboards().remove(0);
    let rows = dashboard["panels"].as_array().unwrap().split(|tile| tile["type"] == "row");
    let about_pods: Vec<_> =
        rows.filter(|row| row.iter().any(|one| text(&one["title"]).contains("worst pods"))).collect();
    assert_eq!(about_pods.len(), 2);
    for panel in about_pods.concat() {
        for target in panel["targets"].as_array().unwrap() {
            assert!(text(&target["expr"]).contains("namespace=~\"$namespace|\""), "{}", panel["title"]);
        }
    }
}

#[test]
fn links_to_runbooks_begin_and_end_as_the_variables_say() {
    let mut links = Vec::new();
    for panel in dashboards().iter().flat_map(panels) {
        let json = panel.value.to_string();
        links.extend(json.split('"').filter(|text| text.contains("runbooks")).map(str::to_owned));
    }
    let section = |alert: &str| format!("${{runbooks:raw}}{alert}${{runbooks_suffix:raw}}#${{__data.fields.cause}}");
    assert_eq!(links, [section("ekspodscreationstuck"), section("ekspodsunscheduled")]);
}

/// As Grafana's own schema of dashboards and of each kind of panel has them: no field is unknown, and none is missing that
/// Grafana would have to make up.
#[test]
fn grafanas_schema_has_every_field_and_misses_none() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let check = |file: &Path| Command::new(tool(Tool::GrafanaSchema)).arg(file).output().unwrap();
    for (name, _) in eksporter::dashboards::all() {
        let output = check(&root.join("dashboards").join(name));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // A check that finds nothing might look at nothing.
    let whole = dashboards().remove(0).to_string();
    for (right, wrong) in [
        ("\"graphTooltip\"", "\"graphToolTip\""),
        ("\"frameIndex\":0,", ""),
        ("\"legendFormat\"", "\"legend\""),
        ("\"noValue\"", "\"noValues\""),
        ("{\"color\":\"orange\",\"value\":", "{\"color\":\"orange\",\"from\":"),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(whole.contains(right), "{right}");
        std::fs::write(file.path(), whole.replacen(right, wrong, 1)).unwrap();
        assert!(!check(file.path()).status.success(), "{wrong} is let through");
    }
}

#[test]
fn rates_are_taken_over_what_grafana_says_and_all_queries_hear_the_variables() {
    for dashboard in dashboards() {
        for panel in panels(&dashboard) {
            for query in queries(&panel) {
                // A subquery is an alert's, which says over which time it looks.
                let ranges = query.split('[').skip(1).filter_map(|rest| rest.split(']').next());
                let ranges: Vec<_> = ranges.filter(|range| !range.contains(':')).collect();
                assert!(ranges.iter().all(|range| *range == "$__rate_interval"), "{}: {ranges:?}", panel.title);
                assert!(query.contains("cluster=~\"$cluster\""), "{}: {query}", panel.title);
            }
        }
    }
}

/// Colours, apart from those of lines, are limits; a limit is that of an alert, so none is made up here.
#[test]
fn only_the_colours_of_severities_are_used() {
    each_panel(|name, panel| {
        let text = panel["fieldConfig"].to_string();
        let colors = ["\"color\":\"", "\"fixedColor\":\""].into_iter().flat_map(|key| text.split(key).skip(1));
        for color in colors.filter_map(|rest| rest.split('"').next()) {
            assert!(["green", "text", "orange", "red"].contains(&color), "{name}: {color}");
        }
    });
}
