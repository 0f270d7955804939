//! The exporter itself: what it does not see, the other rows do not show.

use serde_json::json;

use crate::dashboards::{
    limits,
    panel::{Order, PLAIN, Panel, Row, Unit},
    table::{WORTH_WARNING, label, table, value, worth},
};

pub(super) fn row() -> Row {
    Row::folded(
        "Exporter health",
        vec![collectors(), silence(), errors(), unclassified(), dropped(), cost(), clock(), aws(), aws_silence()],
    )
}

fn collectors() -> Panel {
    let up = "min by (cluster, collector) (eksporter_collector_up)";
    let answers = json!({"0": {"text": "no", "color": PLAIN}, "1": {"text": "yes", "color": PLAIN}});
    let alert = limits::worth(&[(WORTH_WARNING, &limits::firing("EksExporterCollectorFailing", "warning"))], up);
    table(
        "Collectors",
        "Collectors that are on. What a collector that does not work feeds is missing above: see the exporter's log, and \
         its rights. Those of AWS do not work without credentials, which is no alert.",
        &[("Alert", Order::HighestFirst), ("Works", Order::LowestFirst)],
        [worth(alert), label("Collector", "collector"), value("Works", Unit::Count, up).mapped(answers)],
    )
    .width(8)
}

fn silence() -> Panel {
    Panel::lines(
        "Watches: silent for",
        "Time since the API server last said anything about each resource. Minutes are usual where nothing changes; what \
         goes on growing is old.",
        Unit::Seconds,
    )
    .query(
        "time() - max by (cluster, resource) (eksporter_watch_last_activity_timestamp_seconds) \
         and on (cluster, resource) max by (cluster, resource) (eksporter_watch_synced) == 1",
        "{{resource}}",
    )
}

fn errors() -> Panel {
    Panel::lines(
        "Watches: errors",
        "What went wrong while following a resource, routine new lists left out. The label reason says what; forbidden is \
         a right that the exporter lacks.",
        Unit::PerSecond,
    )
    .query(
        "sum by (resource) (max by (cluster, resource, reason) \
         (rate(eksporter_watch_errors_total{reason!=\"expired\"}[$__rate_interval])))",
        "{{resource}}",
    )
}

fn unclassified() -> Panel {
    // A counter begins when the first such text comes, which a rate would miss.
    Panel::bars(
        "Texts that fit no known cause",
        "Events about pods that cannot start whose words no rule knows, by reason, since the exporter started. Send them \
         in: CONTRIBUTING.md says how a rule is made of them.",
        Unit::Count,
    )
    .query(
        "max by (cluster, reason) (eksporter_events_unclassified_total)",
        "{{reason}}",
    )
}

fn dropped() -> Panel {
    Panel::bars(
        "Series left out",
        "What has no series of its own because a limit is reached. Counts by cause are never cut; raise \
         --pod-series-limit where you need each.",
        Unit::Count,
    )
    .query("max by (cluster, family) (eksporter_series_dropped)", "{{family}}")
    .thresholds(limits::of_count())
}

fn cost() -> Panel {
    Panel::lines(
        "Time to write a page",
        "Seconds that writing the page of metrics took, by replica. It should be far below the scrape's timeout.",
        Unit::Seconds,
    )
    .query("max by (cluster, instance) (eksporter_scrape_duration_seconds)", "{{instance}}")
}

fn clock() -> Panel {
    Panel::lines(
        "Clock skew",
        "Seconds that the clock of the exporter's node is ahead of the API server's. Ages are corrected for more than 5; \
         set the node's clock right.",
        Unit::Seconds,
    )
    .query("max by (cluster, instance) (eksporter_clock_skew_seconds)", "{{instance}}")
}

fn aws() -> Panel {
    Panel::lines(
        "Requests to AWS",
        "Requests by outcome. denied is a right that the exporter's role lacks; throttled goes away by itself, or with \
         longer periods.",
        Unit::PerSecond,
    )
    .query(
        "sum by (outcome) (max by (cluster, aws_service, operation, outcome) \
         (rate(eksporter_aws_requests_total[$__rate_interval])))",
        "{{outcome}}",
    )
}

fn aws_silence() -> Panel {
    Panel::bars(
        "AWS: silent for",
        "Time since each source at AWS last answered. What goes on growing is old: see the requests beside.",
        Unit::Seconds,
    )
    .query("time() - max by (cluster, source) (eksporter_aws_last_success_timestamp_seconds)", "{{source}}")
}
