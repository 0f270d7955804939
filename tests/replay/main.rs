//! The incidents, replayed through real parts: a real API server, the program with the shipped role, a real Prometheus
//! with the shipped rules, and a real Alertmanager with the shipped example, which tells a receiver of the test's.
//!
//! Objects are back-dated through their status, so that nothing waits for real minutes. What cannot be back-dated has
//! another value in the rules, set as users set it and said where it is. `docs/incidents.md` shows the texts that came.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod churn;
#[cfg(test)]
mod document;
#[cfg(test)]
mod incident_1;
#[cfg(test)]
mod incident_12;
#[cfg(test)]
mod incident_2;
#[cfg(test)]
mod incident_3;
#[cfg(test)]
mod incident_4;
#[cfg(test)]
mod incident_8;
#[cfg(test)]
mod quiet;
#[cfg(test)]
mod restarts;
#[cfg(test)]
mod stage;
