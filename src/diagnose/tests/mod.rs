//! Each sentence of the metric contract about a pod's diagnosis is a test here.

#![expect(clippy::needless_pass_by_value, reason = "what a builder has built reads best handed over")]

mod addons;
mod branch_enis;
mod creating;
mod evidence;
mod images;
mod nodes;
mod owners;
mod prefix;
mod unscheduled;
