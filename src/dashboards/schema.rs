//! Grafana's classic dashboard schema, as far as it is used (grafana/grafana, `kinds/dashboard/dashboard_kind.cue`). What
//! each kind of panel has of its own (`options`, `custom`) is made in [`super::panel`].

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The version of the schema that is written; Grafana migrates from it on load.
pub(super) const SCHEMA_VERSION: u32 = 39;

/// The version of Grafana's own panels whose options are written. Without it Grafana takes them for those of 6.1 and
/// migrates them.
pub(super) const PANEL_VERSION: &str = "11.0.0";

/// A dashboard.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    pub(super) annotations: Value,
    pub(super) description: &'static str,
    pub(super) editable: bool,
    pub(super) fiscal_year_start_month: u8,
    pub(super) graph_tooltip: u8,
    pub(super) links: Value,
    pub(super) panels: Vec<Panel>,
    pub(super) refresh: &'static str,
    pub(super) schema_version: u32,
    pub(super) tags: &'static [&'static str],
    pub(super) templating: Value,
    pub(super) time: Value,
    pub(super) timepicker: Map<String, Value>,
    pub(super) timezone: &'static str,
    pub(super) title: &'static str,
    pub(super) uid: &'static str,
    pub(super) version: u32,
    pub(super) week_start: &'static str,
}

/// A panel, or the heading of a row.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Panel {
    Heading(Heading),
    Data(Box<DataPanel>),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Heading {
    pub collapsed: bool,
    pub grid_pos: GridPos,
    pub id: u32,
    /// Those of a row that is folded; those of an open one follow it.
    pub panels: Vec<Panel>,
    pub title: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataPanel {
    pub datasource: DataSource,
    pub description: String,
    pub field_config: FieldConfig,
    pub grid_pos: GridPos,
    pub id: u32,
    /// No point of a graph stands for less time.
    pub interval: &'static str,
    pub options: Value,
    pub plugin_version: &'static str,
    pub targets: Vec<Target>,
    pub title: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transformations: Vec<Value>,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// The variable of this name.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct DataSource {
    #[serde(rename = "type")]
    kind: &'static str,
    uid: &'static str,
}

impl DataSource {
    pub const VARIABLE: Self = Self { kind: "prometheus", uid: "${datasource}" };
}

/// Where a panel stands; a dashboard is 24 wide.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct GridPos {
    pub h: u32,
    pub w: u32,
    pub x: u32,
    pub y: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub datasource: DataSource,
    pub editor_mode: &'static str,
    pub expr: String,
    pub format: &'static str,
    pub instant: bool,
    pub legend_format: &'static str,
    pub range: bool,
    pub ref_id: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldConfig {
    pub defaults: Field,
    pub overrides: Vec<Override>,
}

/// How values are shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    pub color: Value,
    pub custom: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    pub no_value: &'static str,
    pub thresholds: Thresholds,
    pub unit: &'static str,
}

/// What is shown otherwise for some fields.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Override {
    pub matcher: Value,
    pub properties: Vec<Value>,
}

impl Override {
    /// Of the field with this name.
    pub fn by_name(name: impl Into<String>, properties: Vec<Value>) -> Self {
        Self { matcher: json!({"id": "byName", "options": name.into()}), properties }
    }

    /// Of fields whose name is one of these.
    pub fn by_names(names: &[&str], properties: Vec<Value>) -> Self {
        let pattern = format!("/^({})$/", names.join("|"));
        Self { matcher: json!({"id": "byRegexp", "options": pattern}), properties }
    }
}

/// From which value on which colour.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Thresholds {
    mode: &'static str,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Step {
    color: &'static str,
    /// None for the lowest.
    value: Option<i64>,
}

impl Thresholds {
    /// This colour, and others from these values on.
    pub fn new(base: &'static str, steps: impl IntoIterator<Item = (i64, &'static str)>) -> Self {
        let above = steps.into_iter().map(|(value, color)| Step { color, value: Some(value) });
        Self { mode: "absolute", steps: std::iter::once(Step { color: base, value: None }).chain(above).collect() }
    }
}
