//! From rows of panels to a dashboard: identifiers, places, variables.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    panel::{Look, Panel, Query, Row},
    schema::{
        Dashboard, DataPanel, DataSource, Field, FieldConfig, GridPos, Heading, PANEL_VERSION, Panel as SchemaPanel,
        SCHEMA_VERSION, Target,
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
    let mut places = Places::default();
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

/// The page of an alert's runbook: where users keep them is a variable, as it is a value of the rules.
pub(super) fn runbook(alert: &str) -> String {
    format!("${{runbooks:raw}}{}{}", alert.to_lowercase(), of_rules("runbook_url_suffix"))
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
    json!([
        {
            "current": {}, "hide": 0, "includeAll": false, "label": "Data source", "multi": false, "name": "datasource",
            "options": [], "query": "prometheus", "refresh": 1, "regex": "", "skipUrlSync": false, "type": "datasource",
        },
        of_label("cluster", "Cluster", "label_values(eksporter_build_info, cluster)"),
        of_label("namespace", "Namespace", "label_values({\
            __name__=~\"eks_pods_container_creating|eks_pods_unscheduled\",cluster=~\"$cluster\"}, namespace)"),
        {
            "hide": 2, "label": "Runbooks", "name": "runbooks", "query": of_rules("runbook_url_prefix"),
            "skipUrlSync": true, "type": "constant",
        },
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

/// Gives panels identifiers and places, from left to right and from top to bottom.
struct Places {
    id: u32,
    x: u32,
    y: u32,
    /// Of the panels of the present line.
    height: u32,
}

impl Default for Places {
    fn default() -> Self {
        Self { id: 1, x: 0, y: 0, height: 0 }
    }
}

impl Places {
    fn row(&mut self, row: Row) -> Vec<SchemaPanel> {
        let (id, grid_pos) = self.place(WIDTH, 1);
        let heading = Heading { collapsed: false, grid_pos, id, panels: [], title: row.title, kind: "row" };
        let panels: Vec<_> = row.panels.into_iter().map(|panel| self.panel(panel)).collect();
        self.end_line();
        std::iter::once(SchemaPanel::Heading(heading)).chain(panels).collect()
    }

    fn panel(&mut self, panel: Panel) -> SchemaPanel {
        let (id, grid_pos) = self.place(panel.width, panel.height);
        SchemaPanel::Data(Box::new(data_panel(panel, id, grid_pos)))
    }

    fn place(&mut self, w: u32, h: u32) -> (u32, GridPos) {
        if self.x + w > WIDTH {
            self.end_line();
        }
        let placed = (self.id, GridPos { h, w, x: self.x, y: self.y });
        self.id += 1;
        self.x += w;
        self.height = self.height.max(h);
        placed
    }

    fn end_line(&mut self) {
        self.y += self.height;
        (self.x, self.height) = (0, 0);
    }
}

fn data_panel(panel: Panel, id: u32, grid_pos: GridPos) -> DataPanel {
    let names: BTreeSet<_> = panel.queries.iter().flat_map(|query| metrics(&query.expr)).collect();
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let description = format!("{}\n\nMade from {}.", panel.description, names.join(", "));
    let instant = panel.look.is_instant();
    let mut overrides = panel.overrides;
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
