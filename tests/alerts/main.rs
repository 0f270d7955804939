//! The alerts: that the files in `alerts/` are what their sources make, that Prometheus, Alertmanager and jsonnet take
//! them, that each fires on its incident and on nothing less, and that no rule names what nobody exposes.

#[cfg(test)]
mod alertmanager;
#[cfg(test)]
mod command;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod mixin;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod promtool;
#[cfg(test)]
mod runbooks;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(test)]
mod unit;
#[cfg(test)]
mod variants;

#[cfg(test)]
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
