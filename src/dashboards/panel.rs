//! Panels as they are declared: what is asked, and how the answer is shown.

use serde_json::{Value, json};

use super::{
    schema::{Override, Thresholds},
    table::Column,
};

/// Panels about one concern, under a heading.
pub(super) struct Row {
    pub title: &'static str,
    /// Whether only its heading is shown, and nothing asked, until somebody opens it.
    pub folded: bool,
    pub panels: Vec<Panel>,
}

impl Row {
    pub const fn open(title: &'static str, panels: Vec<Panel>) -> Self {
        Self { title, folded: false, panels }
    }

    pub const fn folded(title: &'static str, panels: Vec<Panel>) -> Self {
        Self { title, folded: true, panels }
    }
}

/// What values count, by Grafana's name for it.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Count,
    Seconds,
    PerSecond,
    Share,
}

impl Unit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "short",
            Self::Seconds => "s",
            Self::PerSecond => "cps",
            Self::Share => "percentunit",
        }
    }
}

/// How it looks.
pub(super) enum Look {
    /// What the legend says of each series.
    Names,
    /// A number, coloured by the name of its series; see [`super::limits::tile`].
    Tile,
    /// Lines over time.
    Lines,
    /// Areas over time, one upon the other.
    Areas,
    /// One bar for each series.
    Bars,
    /// Rows; see [`super::table`].
    Table { columns: Vec<Column>, sort_by: &'static [(&'static str, Order)] },
}

/// How rows are sorted by a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    HighestFirst,
    LowestFirst,
}

/// One of a panel's queries.
pub(super) struct Query {
    pub expr: String,
    /// With labels in `{{ }}`; a table has none.
    pub legend: &'static str,
}

/// A panel.
pub(super) struct Panel {
    pub title: &'static str,
    /// What it shows and what to do. The metrics are named behind it.
    pub description: &'static str,
    pub look: Look,
    /// Of 24.
    pub width: u32,
    pub height: u32,
    pub unit: Unit,
    pub thresholds: Thresholds,
    pub overrides: Vec<Override>,
    /// The title of the panel that says more of its values.
    pub leads_to: Option<&'static str>,
    pub queries: Vec<Query>,
}

/// Where no limit is passed.
pub(super) const CALM: &str = "green";
/// Where nothing is judged.
pub(super) const PLAIN: &str = "text";
/// Of warnings.
pub(super) const WARNING: &str = "orange";
/// Of what wakes somebody.
pub(super) const CRITICAL: &str = "red";

impl Panel {
    pub fn new(title: &'static str, description: &'static str, look: Look, unit: Unit) -> Self {
        let (width, height) = match look {
            Look::Tile => (3, 4),
            Look::Names | Look::Lines | Look::Areas | Look::Bars => (8, 7),
            Look::Table { .. } => (24, 8),
        };
        let thresholds = Thresholds::new(PLAIN, []);
        let (overrides, queries) = (Vec::new(), Vec::new());
        Self { title, description, look, width, height, unit, thresholds, overrides, leads_to: None, queries }
    }

    pub fn lines(title: &'static str, description: &'static str, unit: Unit) -> Self {
        Self::new(title, description, Look::Lines, unit)
    }

    pub fn areas(title: &'static str, description: &'static str, unit: Unit) -> Self {
        Self::new(title, description, Look::Areas, unit)
    }

    pub fn bars(title: &'static str, description: &'static str, unit: Unit) -> Self {
        Self::new(title, description, Look::Bars, unit)
    }

    pub fn query(mut self, expr: impl Into<String>, legend: &'static str) -> Self {
        self.queries.push(Query { expr: expr.into(), legend });
        self
    }

    pub fn width(self, width: u32) -> Self {
        Self { width, ..self }
    }

    pub fn height(self, height: u32) -> Self {
        Self { height, ..self }
    }

    pub fn leads_to(self, title: &'static str) -> Self {
        Self { leads_to: Some(title), ..self }
    }

    pub fn thresholds(self, thresholds: Thresholds) -> Self {
        Self { thresholds, ..self }
    }

    pub fn overrides(mut self, overrides: impl IntoIterator<Item = Override>) -> Self {
        self.overrides.extend(overrides);
        self
    }
}

impl Look {
    /// Grafana's name of the panel.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Names | Self::Tile => "stat",
            Self::Lines | Self::Areas => "timeseries",
            Self::Bars => "bargauge",
            Self::Table { .. } => "table",
        }
    }

    /// Whether it shows the present alone.
    pub const fn is_instant(&self) -> bool {
        !matches!(self, Self::Lines | Self::Areas)
    }

    pub fn options(&self) -> Value {
        let last = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
        match self {
            Self::Names | Self::Tile => json!({
                "colorMode": "value",
                "graphMode": "none",
                "justifyMode": "auto",
                "orientation": "auto",
                "percentChangeColorMode": "standard",
                "reduceOptions": last,
                "showPercentChange": false,
                "textMode": if matches!(self, Self::Names) { "name" } else { "value" },
                "wideLayout": true,
            }),
            Self::Lines | Self::Areas => json!({
                "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": true},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }),
            Self::Bars => json!({
                "displayMode": "basic",
                "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": false},
                "maxVizHeight": 300,
                "minVizHeight": 16,
                "minVizWidth": 8,
                "namePlacement": "auto",
                "orientation": "horizontal",
                "reduceOptions": last,
                "showUnfilled": true,
                "sizing": "auto",
                "valueMode": "color",
            }),
            Self::Table { sort_by, .. } => json!({
                "cellHeight": "sm",
                "footer": {"countRows": false, "reducer": ["sum"], "show": false},
                "frameIndex": 0,
                "showHeader": true,
                "sortBy": sort_by
                    .iter()
                    .map(|(title, order)| json!({"desc": *order == Order::HighestFirst, "displayName": title}))
                    .collect::<Vec<_>>(),
            }),
        }
    }

    pub fn custom(&self) -> Value {
        match self {
            Self::Names | Self::Tile | Self::Bars => json!({}),
            Self::Lines | Self::Areas => {
                let areas = matches!(self, Self::Areas);
                json!({
                    "drawStyle": "line",
                    "fillOpacity": if areas { 40 } else { 0 },
                    "lineInterpolation": "stepAfter",
                    "lineWidth": 1,
                    "showPoints": "never",
                    "spanNulls": false,
                    "stacking": {"group": "A", "mode": if areas { "normal" } else { "none" }},
                    "thresholdsStyle": {"mode": "off"},
                })
            }
            Self::Table { .. } => json!({
                "align": "auto",
                "cellOptions": {"type": "auto"},
                "filterable": true,
                "inspect": false,
            }),
        }
    }

    /// Lines and areas are told apart by colour; the others are coloured by their limits.
    pub fn color(&self) -> Value {
        match self {
            Self::Lines | Self::Areas => json!({"mode": "palette-classic"}),
            Self::Names | Self::Tile | Self::Bars | Self::Table { .. } => json!({"mode": "thresholds"}),
        }
    }
}
