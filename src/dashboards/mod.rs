//! Grafana dashboards: panels declared next to each other, and the JSON that they become.
//!
//! A dashboard is a list of rows, a row a list of panels, a panel its queries and how they are shown. Colours come from the
//! rules and limits of the alerts ([`limits`], [`pods`]), the selectors of the dashboard's variables are put into the queries
//! ([`scope`]), and where panels stand is worked out ([`build`]). `dashboards/*.json` is made from here and held to it by
//! `tests/dashboards`.

mod build;
mod limits;
mod overview;
mod panel;
mod pods;
mod schema;
mod scope;
mod table;

pub use schema::Dashboard;

/// Each dashboard, with the name of its file.
#[must_use]
pub fn all() -> Vec<(&'static str, Dashboard)> {
    vec![("overview.json", build::dashboard("eks-overview", "EKS / Overview", OVERVIEW, overview::rows()))]
}

const OVERVIEW: &str = "What eksporter knows of the cluster, one row for each concern. Orange and red are only where an \
                        alert of that severity fires, by the limits that are shipped.";

impl Dashboard {
    /// The file, as Grafana imports it.
    ///
    /// # Errors
    /// None that a dashboard of ours can have: its maps have text for keys.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
