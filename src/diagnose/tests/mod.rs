//! Each sentence of the metric contract about a pod's diagnosis is a test here.

mod creating;
mod evidence;
mod nodes;
mod owners;
mod unscheduled;
