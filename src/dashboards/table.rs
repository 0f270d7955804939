//! Tables: each row is what has the same labels in all queries of the panel. A column is a label or a query's value.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    panel::{CRITICAL, Look, Order, PLAIN, Panel, Query, Unit, WARNING},
    schema::{Override, Thresholds},
};

/// Rows that a table shows at most.
const ROWS: u32 = 100;

/// A column.
pub(super) struct Column {
    /// What is not shown has none.
    title: &'static str,
    of: Of,
    properties: Vec<Value>,
}

enum Of {
    Label(&'static str),
    Query(String),
}

/// A table sorted by the columns of these titles, by the second where the first is the same. Of several queries two should always answer together, for
/// Grafana calls the value of a lone answer otherwise (grafana/grafana, `transformDFToTable` of the Prometheus data
/// source).
pub(super) fn table(
    title: &'static str,
    description: &'static str,
    sort_by: &'static [(&'static str, Order)],
    columns: impl IntoIterator<Item = Column>,
) -> Panel {
    let mut columns: Vec<Column> = columns.into_iter().collect();
    columns.push(label("Cluster", "cluster"));
    let queries = columns.iter().filter_map(Column::query).collect();
    let look = Look::Table { columns, sort_by };
    Panel { queries, ..Panel::new(title, description, look, Unit::Count) }
}

/// A label of the queries.
pub(super) fn label(title: &'static str, label: &'static str) -> Column {
    Column { title, of: Of::Label(label), properties: Vec::new() }
}

/// The value of a query.
pub(super) fn value(title: &'static str, unit: Unit, expr: impl Into<String>) -> Column {
    let properties = vec![json!({"id": "unit", "value": unit.as_str()})];
    Column { title, of: Of::Query(expr.into()), properties }
}

/// What a row is worth to [`worth`].
pub(super) const WORTH_WARNING: u8 = 1;
pub(super) const WORTH_CRITICAL: u8 = 2;

/// Which alert a row is worth: a query of 0 (none), [`WORTH_WARNING`] and [`WORTH_CRITICAL`].
pub(super) fn worth(expr: impl Into<String>) -> Column {
    let text = |text: &str, color: &str| json!({"text": text, "color": color});
    let words = json!({"0": text("–", PLAIN), "1": text("warning", WARNING), "2": text("critical", CRITICAL)});
    ranks("Alert", expr, words)
}

/// Numbers that are shown as words, and sorted as numbers.
pub(super) fn ranks(title: &'static str, expr: impl Into<String>, words: Value) -> Column {
    value(title, Unit::Count, expr).mapped(words)
}

/// A row for each series of a query, whose value says nothing.
pub(super) fn rows_of(expr: impl Into<String>) -> Column {
    Column { title: "", of: Of::Query(expr.into()), properties: Vec::new() }
}

impl Column {
    /// Colours from these limits on.
    pub fn limits(mut self, thresholds: Thresholds) -> Self {
        self.properties.push(json!({"id": "thresholds", "value": thresholds}));
        self.colored()
    }

    /// Other texts and colours for some values.
    pub fn mapped(mut self, options: Value) -> Self {
        self.properties.push(json!({"id": "mappings", "value": [{"type": "value", "options": options}]}));
        self.colored()
    }

    /// Leads to a page.
    pub fn link(mut self, title: &str, url: &str) -> Self {
        let link = json!({"title": title, "url": url, "targetBlank": true});
        self.properties.push(json!({"id": "links", "value": [link]}));
        self
    }

    fn colored(mut self) -> Self {
        self.properties.push(json!({"id": "custom.cellOptions", "value": {"type": "color-text"}}));
        self
    }

    fn query(&self) -> Option<Query> {
        match &self.of {
            Of::Query(expr) => Some(Query { expr: expr.clone(), legend: "" }),
            Of::Label(_) => None,
        }
    }
}

/// What Grafana is to do with the answers: one row for what has the same labels, the columns in their order under their
/// titles.
pub(super) fn transformations(columns: &[Column], sort_by: &[(&str, Order)]) -> Vec<Value> {
    let (shown, hidden): (Vec<_>, Vec<_>) = fields(columns).partition(|(_, column)| !column.title.is_empty());
    let excluded = hidden.into_iter().map(|(field, _)| field).chain(["Time".to_owned()]);
    let order = shown.iter().enumerate().map(|(at, (field, _))| (field, at));
    let names = shown.iter().map(|(field, column)| (field, column.title));
    let organize = json!({
        "excludeByName": excluded.map(|field| (field, true)).collect::<BTreeMap<_, _>>(),
        "indexByName": order.collect::<BTreeMap<_, _>>(),
        "renameByName": names.collect::<BTreeMap<_, _>>(),
    });
    // The step sorts by one column only, so the table itself sorts again; here it matters which rows are cut off.
    let by_first = sort_by.first().map(|(title, order)| {
        let sort = json!({"desc": *order == Order::HighestFirst, "field": title});
        json!({"id": "sortBy", "options": {"fields": {}, "sort": [sort]}})
    });
    [json!({"id": "merge", "options": {}}), json!({"id": "organize", "options": organize})]
        .into_iter()
        .chain(by_first)
        .chain([json!({"id": "limit", "options": {"limitField": ROWS}})])
        .collect()
}

/// What is shown otherwise in some columns, by the names that they have in the end.
pub(super) fn overrides(columns: &[Column]) -> Vec<Override> {
    let special = columns.iter().filter(|column| !column.properties.is_empty());
    special.map(|column| Override::by_name(column.title, column.properties.clone())).collect()
}

/// Each column, with the name of its field in the answers.
fn fields(columns: &[Column]) -> impl Iterator<Item = (String, &Column)> {
    let several = columns.iter().filter(|column| matches!(column.of, Of::Query(_))).count() > 1;
    let mut ids = super::build::ref_ids();
    columns.iter().map(move |column| match &column.of {
        Of::Label(label) => ((*label).to_owned(), column),
        Of::Query(_) => {
            let id = ids.next().unwrap_or_default();
            (if several { format!("Value #{id}") } else { "Value".to_owned() }, column)
        }
    })
}
