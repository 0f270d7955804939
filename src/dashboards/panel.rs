//! Panels as they are declared: what is asked, and how the answer is shown.

use serde_json::{Value, json};

use super::{
    schema::{Override, Thresholds},
    table::Column,
};

/// Panels about one concern, under a heading.
pub(super) struct Row {
    pub title: &'static str,
    pub panels: Vec<Panel>,
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
    /// Numbers, or with `names` what the legend says of each.
    Stat { names: bool },
    /// Lines over time.
    Lines,
    /// Areas over time, one upon the other.
    Areas,
    /// One bar for each series.
    Bars,
    /// Rows; see [`super::table`].
    Table { columns: Vec<Column>, sort_by: &'static str },
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
            Look::Stat { .. } => (4, 7),
            Look::Lines | Look::Areas | Look::Bars => (8, 7),
            Look::Table { .. } => (24, 8),
        };
        let thresholds = Thresholds::new(PLAIN, []);
        Self { title, description, look, width, height, unit, thresholds, overrides: Vec::new(), queries: Vec::new() }
    }

    pub fn stat(title: &'static str, description: &'static str, unit: Unit) -> Self {
        Self::new(title, description, Look::Stat { names: false }, unit)
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
            Self::Stat { .. } => "stat",
            Self::Lines | Self::Areas => "timeseries",
            Self::Bars => "bargauge",
            Self::Table { .. } => "table",
        }
    }

    /// Whether it shows the present alone.
    pub const fn is_instant(&self) -> bool {
        matches!(self, Self::Bars | Self::Table { .. } | Self::Stat { names: true })
    }

    pub fn options(&self) -> Value {
        let last = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
        match self {
            Self::Stat { names } => json!({
                "colorMode": "value",
                "graphMode": if *names { "none" } else { "area" },
                "justifyMode": "auto",
                "orientation": "auto",
                "reduceOptions": last,
                "textMode": if *names { "name" } else { "auto" },
                "wideLayout": true,
            }),
            Self::Lines | Self::Areas => json!({
                "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": true},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }),
            Self::Bars => json!({
                "displayMode": "basic",
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
                "showHeader": true,
                "sortBy": [{"desc": true, "displayName": sort_by}],
            }),
        }
    }

    pub fn custom(&self) -> Value {
        match self {
            Self::Stat { .. } | Self::Bars => json!({}),
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
            Self::Stat { .. } | Self::Bars | Self::Table { .. } => json!({"mode": "thresholds"}),
        }
    }
}
