//! The dashboards: that the files are what their declarations make, that Grafana finds in them what it needs, that no
//! query names what nobody exposes, and that each has an answer from a real Prometheus.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod awaited;
#[cfg(test)]
mod files;
#[cfg(test)]
mod form;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod queries;
