//! What Grafana needs of a file, and what whoever looks at a panel does.

use std::collections::BTreeSet;

use serde_json::Value;

use super::files::{dashboards, panels, queries, text};

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
        assert_eq!(names, ["datasource", "cluster", "namespace", "runbooks"]);
        assert!(text(&variables[3]["query"]).starts_with("https://"));
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
        let ids: Vec<_> = dashboard["panels"].as_array().unwrap().iter().map(|panel| panel["id"].as_u64()).collect();
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
        let mut taken = BTreeSet::new();
        for panel in dashboard["panels"].as_array().unwrap() {
            let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap());
            assert!(w > 0 && h > 0 && x + w <= 24, "{}: {}", panel["title"], panel["gridPos"]);
            for cell in (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y))) {
                assert!(taken.insert(cell), "{} lies over another", panel["title"]);
            }
        }
    }
}

#[test]
fn rates_are_taken_over_what_grafana_says_and_all_queries_hear_the_variables() {
    for dashboard in dashboards() {
        for panel in panels(&dashboard) {
            for query in queries(&panel) {
                let ranges: Vec<_> = query.split('[').skip(1).filter_map(|rest| rest.split(']').next()).collect();
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
        for color in text.split("\"color\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(["green", "text", "orange", "red"].contains(&color), "{name}: {color}");
        }
    });
}
