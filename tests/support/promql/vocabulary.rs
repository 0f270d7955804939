//! The series that there are, with their labels.

use std::collections::{BTreeMap, BTreeSet};

use eksporter::metrics::{Kind, groups::GROUPS};

/// What the optional rules and the runbooks are about: Kubernetes' API server (kubernetes/kubernetes,
/// `test/instrumentation/documentation/documentation.md`), ingress-nginx (`docs/user-guide/monitoring.md`), Istio
/// (istio.io, "Istio Standard Metrics").
const FOREIGN: &[(&str, &[&str])] = &[
    ("apiserver_admission_webhook_admission_duration_seconds_bucket", &["name", "type", "operation", "rejected", "le"]),
    ("apiserver_admission_webhook_admission_duration_seconds_count", &["name", "type", "operation", "rejected"]),
    ("apiserver_admission_webhook_rejection_count", &["name", "type", "operation", "error_type", "rejection_code"]),
    ("apiserver_flowcontrol_rejected_requests_total", &["priority_level", "flow_schema", "reason"]),
    (
        "apiserver_request_duration_seconds_bucket",
        &["verb", "group", "version", "resource", "subresource", "scope", "le"],
    ),
    ("apiserver_request_duration_seconds_count", &["verb", "group", "version", "resource", "subresource", "scope"]),
    ("apiserver_request_sli_duration_seconds_bucket", &["verb", "group", "version", "resource", "scope", "le"]),
    ("apiserver_request_total", &["verb", "group", "version", "resource", "scope", "code"]),
    ("apiserver_requested_deprecated_apis", &["group", "version", "resource", "subresource", "removed_release"]),
    (
        "istio_request_duration_milliseconds_bucket",
        &["reporter", "destination_service_namespace", "destination_service_name", "response_code", "le"],
    ),
    (
        "istio_requests_total",
        &[
            "reporter",
            "source_workload",
            "destination_service_namespace",
            "destination_service_name",
            "response_code",
            "response_flags",
        ],
    ),
    ("nginx_ingress_controller_request_duration_seconds_bucket", &["exported_namespace", "ingress", "status", "le"]),
    ("nginx_ingress_controller_requests", &["exported_namespace", "exported_service", "ingress", "status"]),
    ("nginx_ingress_controller_response_duration_seconds_bucket", &["exported_namespace", "ingress", "status", "le"]),
    ("up", &[]), // Prometheus' own, of every target
];

/// Labels that every series has from its target, or from a rule that kept it.
const OF_THE_TARGET: [&str; 3] = ["cluster", "instance", "job"];

/// Values by label, of labels whose values are known.
pub type Sets = BTreeMap<String, BTreeSet<String>>;

/// A family as rules see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub labels: BTreeSet<String>,
    pub sets: Sets,
    pub is_counter: bool,
    pub collectors: BTreeSet<String>,
}

fn series(labels: &[&str]) -> Series {
    let labels = labels.iter().chain(&OF_THE_TARGET).map(|label| (*label).to_owned()).collect();
    Series { labels, ..Series::default() }
}

/// Every series by name, but those that rules record.
pub fn exposed() -> BTreeMap<String, Series> {
    let declared = GROUPS.iter().flat_map(|group| group.families).map(|family| {
        let sets = family.sets.iter();
        let known = Series {
            sets: sets
                .map(|(label, values)| ((*label).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()))
                .collect(),
            is_counter: family.kind == Kind::Counter,
            collectors: family.collectors.iter().map(|collector| collector.name().to_owned()).collect(),
            ..series(family.labels)
        };
        (family.name.to_owned(), known)
    });
    let foreign = FOREIGN.iter().map(|(name, labels)| {
        let is_counter = ["_total", "_bucket", "_count", "_requests"].iter().any(|end| name.ends_with(end));
        ((*name).to_owned(), Series { is_counter, ..series(labels) })
    });
    declared.chain(foreign).collect()
}
