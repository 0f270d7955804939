//! eksporter: a Prometheus exporter that tells why pods of an EKS cluster hang.
//!
//! Data goes one way: [`watch`] follows the API server and drives [`cache`], which asks [`diagnose`] for causes;
//! [`metrics`] and [`report`] show what it knows, and [`http`] serves that.

pub mod aws;
pub mod cache;
pub mod clock;
pub mod collector;
pub mod config;
pub mod dashboards;
pub mod demo;
pub mod diagnose;
pub mod exporter;
pub mod http;
pub mod metrics;
pub mod objects;
pub mod report;
pub mod rules;
pub mod run;
#[cfg(test)]
mod testing;
pub mod watch;
pub mod yaml;
