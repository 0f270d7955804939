//! When alerts fire, as colours and as queries. Red and orange mean that an alert of that severity fires, so a query says
//! the whole of its condition: taken from the rule where the rule needs no other ([`firing`]), else made of the same limits
//! ([`super::pods`]).

use super::{
    panel::{CALM, CRITICAL, Look, Panel, Unit, WARNING},
    schema::{Override, Thresholds},
};
use crate::{
    diagnose::Cause,
    report::thresholds::{NEVER, Patience},
    rules::{SHIPPED, Values, groups},
};

/// When an alert of ours fires with that severity: the expressions of its rules, as they are shipped.
pub(super) fn firing(alert: &str, severity: &str) -> String {
    firing_with(alert, &[("severity", severity)])
}

/// The same, by the labels that its rules add.
pub(super) fn firing_with(alert: &str, labels: &[(&str, &str)]) -> String {
    let values = Values::with(&[]);
    let groups = groups(SHIPPED).unwrap_or_default();
    let rules = groups.iter().flat_map(|group| group.with(&values).rules).filter(|rule| {
        let has = |(name, value): &(&str, &str)| rule.labels.get(*name).is_some_and(|of_rule| of_rule == value);
        rule.alert() == Some(alert) && labels.iter().all(has)
    });
    let exprs = rules.map(|rule| format!("({})", rule.expr.split_whitespace().collect::<Vec<_>>().join(" ")));
    exprs.collect::<Vec<_>>().join(" or ")
}

/// Colours of an age from which on its cause alone is worth a warning. What wakes somebody depends on how many there are.
pub(super) fn of_age(patience: Patience) -> Thresholds {
    let step = patience.warning.map(|minutes| (i64::from(minutes) * 60, WARNING));
    Thresholds::new(CALM, step)
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

/// The first of the numbers whose query has something, 0 for the rest of `all`. All have the same labels.
pub(super) fn worth(alerts: &[(u8, &str)], all: &str) -> String {
    let alerts = alerts.iter().map(|(worth, expr)| format!("({expr}) * 0 + {worth}"));
    alerts.chain([format!("({all}) * 0")]).collect::<Vec<_>>().join(" or ")
}

/// A number about all clusters, coloured where an alert fires in one of them: its series is called like the severity.
pub(super) fn tile(
    title: &'static str,
    description: &'static str,
    number: &str,
    (critical, warning): (Option<&str>, &str),
    leads_to: &'static str,
) -> Panel {
    let called = |severity: &str| format!("label_replace({number}, \"alert\", \"{severity}\", \"\", \"\")");
    let alerts = critical.map(|alert| ("critical", alert)).into_iter().chain([("warning", warning)]);
    let while_firing = |(severity, alert)| format!("({} and on () ({alert}))", called(severity));
    let series: Vec<_> = alerts.map(while_firing).chain([called("none")]).collect();
    let color = |severity: &str, color: &str| {
        let property = serde_json::json!({"id": "color", "value": {"mode": "fixed", "fixedColor": color}});
        Override::by_name(severity, vec![property])
    };
    Panel::new(title, description, Look::Tile, Unit::Count)
        .query(series.join(" or on () "), "{{alert}}")
        .overrides([color("critical", CRITICAL), color("warning", WARNING)])
        .leads_to(leads_to)
}

/// Causes by the time that they are given.
pub(super) fn classes(causes: &[Cause], patience: fn(Cause) -> Patience) -> Vec<(Patience, Vec<&'static str>)> {
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
