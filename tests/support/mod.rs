//! What tests against real servers have in common: the servers, a cluster to put
//! things into, and the page of metrics as Prometheus reads it.

#![allow(dead_code, reason = "each test binary uses another part of it")]

pub mod alertmanager;
pub mod cluster;
pub mod control_plane;
pub mod in_turn;
pub mod incidents;
pub mod monitoring;
pub mod moto;
pub mod objects;
pub mod page;
pub mod program;
pub mod prometheus;
pub mod promql;
pub mod receiver;
pub mod toolbox;
pub mod watching;
pub mod wording;
