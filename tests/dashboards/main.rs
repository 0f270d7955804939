//! The dashboards: that the files are what their declarations make, that Grafana finds in them what it needs, that no
//! query names what nobody exposes, that each has an answer from a real Prometheus, and that nothing is coloured without an
//! alert.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod colours;
#[cfg(test)]
mod files;
#[cfg(test)]
mod form;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod scene;
