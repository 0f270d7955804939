//! The limits of the alerts ([`crate::report::thresholds`]) as Grafana's colours and as queries.

use super::{
    panel::{CALM, CRITICAL, WARNING},
    schema::{Override, Thresholds},
};
use crate::{
    diagnose::Cause,
    report::thresholds::{self, NEVER, Patience},
};

/// Colours of an age.
pub(super) fn of_age(patience: Patience) -> Thresholds {
    let warning =
        patience.warning.filter(|minutes| Some(*minutes) != patience.critical).map(|minutes| (minutes, WARNING));
    let critical = patience.critical.map(|minutes| (minutes, CRITICAL));
    let steps = warning.into_iter().chain(critical);
    Thresholds::new(CALM, steps.map(|(minutes, color)| (i64::from(minutes) * 60, color)))
}

/// Colours of a count that should be none.
pub(super) fn of_count() -> Thresholds {
    Thresholds::new(CALM, [(1, WARNING)])
}

/// Colours of ages by cause: each field is called like its cause.
pub(super) fn by_cause(causes: &[Cause], patience: fn(Cause) -> Patience) -> Vec<Override> {
    classes(causes, patience)
        .into_iter()
        .filter(|(patience, _)| *patience != NEVER)
        .map(|(patience, causes)| {
            let property = serde_json::json!({"id": "thresholds", "value": of_age(patience)});
            Override::by_names(&causes, vec![property])
        })
        .collect()
}

/// What each pod of `age` is worth ([`super::table::worth`]), as its age is past the limits of its cause. `info` is the
/// family with the causes; where two replicas do not agree on one, the longer limit counts.
pub(super) fn pod_worth(age: &str, info: &str, causes: &[Cause], patience: fn(Cause) -> Patience) -> String {
    let classes = classes(causes, patience);
    let past = |limit: fn(&Patience) -> Option<u32>| {
        let limits: Vec<_> = classes
            .iter()
            .filter_map(|(patience, causes)| {
                let seconds = limit(patience)? * 60;
                Some(format!("{seconds} * {info}{{cause=~\"{}\"}}", causes.join("|")))
            })
            // Others are never past it.
            .chain([format!("Inf * {info}")])
            .collect();
        format!("(({age}) >= bool on (cluster, uid) group_left () max by (cluster, uid) ({}))", limits.join(" or "))
    };
    let warning = past(|patience| patience.warning);
    let critical = past(|patience| patience.critical);
    let abandoned = thresholds::POD_ABANDONED.as_secs();
    format!("{warning} + {critical} * (({age}) < bool {abandoned})")
}

/// The first of the numbers whose query has something, 0 for the rest of `all`. All have the same labels.
pub(super) fn worth(alerts: &[(u8, &str)], all: &str) -> String {
    let alerts = alerts.iter().map(|(worth, expr)| format!("({expr}) * 0 + {worth}"));
    alerts.chain([format!("{all} * 0")]).collect::<Vec<_>>().join(" or ")
}

/// Causes by the time that they are given.
fn classes(causes: &[Cause], patience: fn(Cause) -> Patience) -> Vec<(Patience, Vec<&'static str>)> {
    let mut classes: Vec<(Patience, Vec<&'static str>)> = Vec::new();
    for cause in causes {
        let patience = patience(*cause);
        match classes.iter_mut().find(|(known, _)| *known == patience) {
            Some((_, causes)) => causes.push(cause.as_str()),
            None => classes.push((patience, vec![cause.as_str()])),
        }
    }
    classes
}
