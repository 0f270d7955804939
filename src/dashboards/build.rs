//! From rows of panels to a dashboard: identifiers, places, variables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    panel::{Look, Panel, Query, Row},
    schema::{
        Dashboard, DataPanel, DataSource, Field, FieldConfig, GridPos, Heading, Override, PANEL_VERSION,
        Panel as SchemaPanel, SCHEMA_VERSION, Target,
    },
    scope::{metrics, scoped},
    table,
};
use crate::rules::values;

/// On every dashboard, and what each links to the others by.
const TAG: &str = "eksporter";

/// Grafana's grid.
const WIDTH: u32 = 24;

/// No point of a graph stands for less: more often than once a minute few scrape.
const INTERVAL: &str = "1m";

pub(super) fn dashboard(
    uid: &'static str,
    title: &'static str,
    description: &'static str,
    rows: impl IntoIterator<Item = Row>,
) -> Dashboard {
    let rows: Vec<_> = rows.into_iter().collect();
    let titles = rows.iter().flat_map(|row| std::iter::once(row.title).chain(row.panels.iter().map(|one| one.title)));
    let mut places = Places { uid, ids: titles.zip(1..).collect(), x: 0, y: 0, height: 0 };
    let panels = rows.into_iter().flat_map(|row| places.row(row)).collect();
    Dashboard {
        annotations: annotations(),
        description,
        editable: false,
        fiscal_year_start_month: 0,
        graph_tooltip: 1,
        links: json!([{
            "asDropdown": true, "icon": "external link", "includeVars": true, "keepTime": true, "tags": [TAG],
            "targetBlank": false, "title": "EKS dashboards", "tooltip": "", "type": "dashboards", "url": "",
        }]),
        panels,
        refresh: "1m",
        schema_version: SCHEMA_VERSION,
        tags: &[TAG],
        templating: json!({"list": variables()}),
        time: json!({"from": "now-6h", "to": "now"}),
        timepicker: Map::new(),
        timezone: "utc",
        title,
        uid,
        version: 1,
        week_start: "",
    }
}

/// `A`, `B` and so on: what queries are called.
pub(super) fn ref_ids() -> impl Iterator<Item = String> {
    ('A'..='Z').map(String::from)
}

/// The page of an alert's runbook: where users keep them are variables, as they are values of the rules.
pub(super) fn runbook(alert: &str) -> String {
    format!("${{runbooks:raw}}{}${{runbooks_suffix:raw}}", alert.to_lowercase())
}

/// A value of the rules, as they are shipped.
fn of_rules(name: &str) -> String {
    values::all().into_iter().find(|value| value.name == name).map(|value| value.default).unwrap_or_default()
}

fn variables() -> Value {
    let of_label = |name: &str, label: &str, query: &str| {
        json!({
            "allValue": ".*", "current": {"selected": true, "text": ["All"], "value": ["$__all"]},
            "datasource": DataSource::VARIABLE, "definition": query, "hide": 0, "includeAll": true, "label": label,
            "multi": true, "name": name, "options": [], "query": {"query": query, "refId": name},
            // With the time range.
            "refresh": 2,
            "regex": "", "skipUrlSync": false, "sort": 1, "type": "query",
        })
    };
    // Hidden.
    let constant = |label: &str, name: &str, value: &str| {
        json!({
            "hide": 2, "label": label, "name": name, "query": of_rules(value), "skipUrlSync": true, "type": "constant",
        })
    };
    json!([
        {
            "current": {"selected": true, "text": "default", "value": "default"}, "hide": 0, "includeAll": false, "label": "Data source", "multi": false, "name": "datasource",
            "options": [], "query": "prometheus", "refresh": 1, "regex": "", "skipUrlSync": false, "type": "datasource",
        },
        of_label("cluster", "Cluster", "label_values(eksporter_build_info, cluster)"),
        of_label("namespace", "Namespace", "label_values({\
            __name__=~\"eks_pods_container_creating|eks_pods_unscheduled\",cluster=~\"$cluster\"}, namespace)"),
        constant("Runbooks", "runbooks", "runbook_url_prefix"),
        constant("End of runbooks", "runbooks_suffix", "runbook_url_suffix"),
    ])
}

/// When alerts of ours fired.
fn annotations() -> Value {
    let expr = scoped(
        "max by (cluster, alertname, severity) \
         (ALERTS{alertname=~\"Eks.+\",alertstate=\"firing\",severity=~\"critical|warning\"})",
    );
    json!({"list": [{
        "datasource": DataSource::VARIABLE, "enable": true, "expr": expr, "hide": false, "iconColor": "red",
        "name": "Alerts", "step": INTERVAL, "tagKeys": "severity,cluster", "textFormat": "{{severity}}",
        "titleFormat": "{{alertname}}",
    }]})
}

/// Gives panels places, from left to right and from top to bottom.
struct Places {
    uid: &'static str,
    /// The identifiers of rows and panels by title.
    ids: BTreeMap<&'static str, u32>,
    x: u32,
    y: u32,
    /// Of the panels of the present line.
    height: u32,
}

impl Places {
    fn row(&mut self, row: Row) -> Vec<SchemaPanel> {
        let grid_pos = self.place(WIDTH, 1);
        let panels: Vec<_> = row.panels.into_iter().map(|panel| self.panel(panel)).collect();
        self.end_line();
        // What is folded takes no place; Grafana moves the rest down when somebody opens it.
        if row.folded {
            self.y = grid_pos.y + grid_pos.h;
        }
        let (folded, open) = if row.folded { (panels, Vec::new()) } else { (Vec::new(), panels) };
        let (id, title) = (self.id(row.title), row.title);
        let heading = Heading { collapsed: row.folded, grid_pos, id, panels: folded, title, kind: "row" };
        std::iter::once(SchemaPanel::Heading(heading)).chain(open).collect()
    }

    fn panel(&mut self, panel: Panel) -> SchemaPanel {
        let grid_pos = self.place(panel.width, panel.height);
        let (id, link) = (self.id(panel.title), panel.leads_to.map(|title| self.link(title)));
        SchemaPanel::Data(Box::new(data_panel(panel, id, grid_pos, link)))
    }

    fn id(&self, title: &str) -> u32 {
        self.ids.get(title).copied().unwrap_or_default()
    }

    /// Each value leads to the panel of this title, alone on the screen: a place on a dashboard has no address.
    fn link(&self, title: &'static str) -> Override {
        let (uid, id) = (self.uid, self.id(title));
        let url = format!("/d/{uid}?viewPanel={id}&${{__url_time_range}}&${{__all_variables}}");
        let links = json!([{"title": title, "url": url, "targetBlank": false}]);
        Override::by_names(&[".*"], vec![json!({"id": "links", "value": links})])
    }

    fn place(&mut self, w: u32, h: u32) -> GridPos {
        if self.x + w > WIDTH {
            self.end_line();
        }
        let placed = GridPos { h, w, x: self.x, y: self.y };
        self.x += w;
        self.height = self.height.max(h);
        placed
    }

    fn end_line(&mut self) {
        self.y += self.height;
        (self.x, self.height) = (0, 0);
    }
}

fn data_panel(panel: Panel, id: u32, grid_pos: GridPos, link: Option<Override>) -> DataPanel {
    let names: BTreeSet<_> = panel.queries.iter().flat_map(|query| metrics(&query.expr)).collect();
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let description = format!("{}\n\nMade from {}.", panel.description, names.join(", "));
    let instant = panel.look.is_instant();
    let mut overrides: Vec<_> = panel.overrides.into_iter().chain(link).collect();
    let mut transformations = Vec::new();
    let mut format = "time_series";
    if let Look::Table { columns, sort_by } = &panel.look {
        overrides.extend(table::overrides(columns));
        transformations = table::transformations(columns, sort_by);
        format = "table";
    }
    let target = |(query, ref_id): (Query, String)| Target {
        datasource: DataSource::VARIABLE,
        editor_mode: "code",
        expr: scoped(&query.expr),
        format,
        instant,
        legend_format: query.legend,
        range: !instant,
        ref_id,
    };
    DataPanel {
        datasource: DataSource::VARIABLE,
        description,
        field_config: FieldConfig {
            defaults: Field {
                color: panel.look.color(),
                custom: panel.look.custom(),
                mappings: Vec::new(),
                min: matches!(panel.look, Look::Bars).then_some(0),
                no_value: "–",
                thresholds: panel.thresholds,
                unit: panel.unit.as_str(),
            },
            overrides,
        },
        grid_pos,
        id,
        interval: INTERVAL,
        options: panel.look.options(),
        plugin_version: PANEL_VERSION,
        targets: panel.queries.into_iter().zip(ref_ids()).map(target).collect(),
        title: panel.title,
        transformations,
        kind: panel.look.kind(),
    }
}
