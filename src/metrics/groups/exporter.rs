//! What the exporter says of itself: its collectors, its watches, its limits.

use super::{CAPPED, Group};
use crate::{
    aws,
    cache::Snapshot,
    collector::Collector,
    metrics::{
        Family, Writer,
        own::{BUILD, SCRAPE},
        sets::{AWS_OUTCOMES, AWS_SERVICES, AWS_SOURCES, COLLECTORS, PRESENCES, REASONS, RECEIVED},
    },
    watch::{Board, CollectorState, Presence},
};

const UP: Family = Family::gauge(
    "eksporter_collector_up",
    "1 when a collector works, 0 when it is switched on and does not: forbidden, not synced yet, without contact, or nobody knows whom to ask.",
    &["collector"],
)
.sets(&[("collector", COLLECTORS)]);

const INFO: Family = Family::gauge(
    "eksporter_collector_info",
    "1, with whether a collector is on, off (--no-collector.NAME, or --namespaces without the one where it looks; of those that ask AWS also --aws=off, and without the flag that wants it) or absent (its CRD is not installed).",
    &["collector", "state"],
)
.sets(&[("collector", COLLECTORS), ("state", PRESENCES)]);

const SYNCED: Family = Family::gauge(
    "eksporter_watch_synced",
    "1 when all that there is of a resource has been read and is being followed.",
    &["resource"],
)
.zero();

const EVENTS: Family = Family::counter(
    "eksporter_watch_events_total",
    "What the API server sent: objects listed, applied (added or changed), deleted, and bookmarks.",
    &["resource", "event"],
)
.sets(&[("event", RECEIVED)]);

const ERRORS: Family = Family::counter(
    "eksporter_watch_errors_total",
    "What went wrong while following a resource; expired is a routine new list.",
    &["resource", "reason"],
)
.sets(&[("reason", REASONS)]);

const LISTS: Family =
    Family::counter("eksporter_watch_lists_total", "Lists and re-lists that were started.", &["resource"]);

const FALLBACKS: Family = Family::counter(
    "eksporter_watch_list_fallbacks_total",
    "Streaming lists given up for paged ones: refused by the API server, or stalled.",
    &["resource"],
);

const ACTIVITY: Family = Family::gauge(
    "eksporter_watch_last_activity_timestamp_seconds",
    "When the API server last sent anything or accepted a watch, as Unix time.",
    &["resource"],
);

const OBJECTS: Family = Family::gauge(
    "eksporter_cache_objects",
    "Objects held in memory; of events the pods that evidence waits for.",
    &["resource"],
)
.zero();

const UNCLASSIFIED: Family = Family::counter(
    "eksporter_events_unclassified_total",
    "Event texts about pods that cannot start which fit no known cause, by the event's reason.",
    &["reason"],
);

const DROPPED: Family = Family::gauge(
    "eksporter_series_dropped",
    "What has no series of its own because a limit is reached: overdue pods (--pod-series-limit), conditions of nodes.",
    &["family"],
)
.zero();

const SKEW: Family = Family::gauge(
    "eksporter_clock_skew_seconds",
    "Seconds that this machine's clock is ahead of the API server's; ages are corrected for more than 5.",
    &[],
);

const AWS_REQUESTS: Family = Family::counter(
    "eksporter_aws_requests_total",
    "Requests to AWS by service, operation and what became of them; each page of a list and each repetition is one.",
    &["aws_service", "operation", "outcome"],
)
.sets(&[("aws_service", AWS_SERVICES), ("outcome", AWS_OUTCOMES)]);

const AWS_SUCCESS: Family = Family::gauge(
    "eksporter_aws_last_success_timestamp_seconds",
    "When everything of a source of AWS was last read, as Unix time.",
    &["source"],
)
.sets(&[("source", AWS_SOURCES)]);

const AWS_PERIOD: Family = Family::gauge(
    "eksporter_aws_period_seconds",
    "How often a source of AWS is read that was read before.",
    &["source"],
)
.sets(&[("source", AWS_SOURCES)]);

pub(super) const GROUP: Group = Group {
    title: "The exporter itself",
    families: &[
        &UP,
        &INFO,
        &SYNCED,
        &EVENTS,
        &ERRORS,
        &LISTS,
        &FALLBACKS,
        &ACTIVITY,
        &OBJECTS,
        &UNCLASSIFIED,
        &DROPPED,
        &SKEW,
        &AWS_REQUESTS,
        &AWS_SUCCESS,
        &AWS_PERIOD,
        &BUILD,
        &SCRAPE,
    ],
};

/// Writes what the exporter says of itself, with or without cluster facts.
pub fn write(to: &mut Writer, board: &Board, aws: &aws::Board, snapshot: &Snapshot, skew_seconds: f64) {
    let mut states = board.collector_states();
    states.extend(Collector::ALL.into_iter().filter(|collector| collector.asks_aws()).map(|collector| {
        let up = aws.standing(collector).map(|standing| standing.is_up);
        CollectorState { collector, presence: if up.is_some() { Presence::On } else { Presence::Off }, up }
    }));
    for state in &states {
        if let Some(up) = state.up {
            to.series(&UP, &[state.collector.name()], up);
        }
    }
    for state in &states {
        to.series(&INFO, &[state.collector.name(), state.presence.name()], true);
    }
    let resources = board.resources();
    for resource in &resources {
        to.series(&SYNCED, &[resource.name], resource.synced);
    }
    for resource in &resources {
        for (event, count) in &resource.received {
            to.series(&EVENTS, &[resource.name, event.name()], *count);
        }
    }
    for resource in &resources {
        for (reason, count) in &resource.errors {
            to.series(&ERRORS, &[resource.name, reason.name()], *count);
        }
    }
    for resource in &resources {
        to.series(&LISTS, &[resource.name], resource.lists);
    }
    for resource in &resources {
        to.series(&FALLBACKS, &[resource.name], resource.fallbacks);
    }
    for resource in &resources {
        if let Some(at) = resource.last_activity {
            to.series(&ACTIVITY, &[resource.name], at.as_duration().as_secs_f64());
        }
    }
    for (resource, count) in &snapshot.objects {
        to.series(&OBJECTS, &[resource], *count);
    }
    let mut unclassified = snapshot.unclassified.clone();
    unclassified.sort_unstable();
    for (reason, count) in unclassified {
        to.series(&UNCLASSIFIED, &[reason], count);
    }
    for (family, dropped) in CAPPED.iter().zip(snapshot.dropped()) {
        to.series(&DROPPED, &[family.name], dropped);
    }
    to.series(&SKEW, &[], skew_seconds);
    for (service, operation, outcome, count) in aws.requests() {
        to.series(&AWS_REQUESTS, &[service.label(), operation, outcome], count);
    }
    let read = aws.last_successes();
    for (source, at) in &read {
        to.series(&AWS_SUCCESS, &[source.name()], at.as_duration().as_secs_f64());
    }
    for (source, _) in &read {
        to.series(&AWS_PERIOD, &[source.name()], source.period().as_secs());
    }
}
