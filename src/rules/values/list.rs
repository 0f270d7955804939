//! Every value. Those that findings go by too come from [`thresholds`].

use std::{collections::BTreeMap, fmt};

use jiff::SignedDuration;

use super::{Unit, Value};
use crate::report::thresholds::{self, Class, Patience};

/// The causes of each class, as a regular expression: no values, but words of every source.
pub fn cause_lists() -> BTreeMap<String, String> {
    let lists = |family: &'static str, classes: &'static [Class]| {
        classes.iter().map(move |class| {
            let causes: Vec<_> = class.causes.iter().map(|cause| cause.as_str()).collect();
            (format!("{family}_{}_causes", class.name), causes.join("|"))
        })
    };
    lists("creating", &thresholds::CREATING).chain(lists("unscheduled", &thresholds::UNSCHEDULED)).collect()
}

/// Every value, in the order of the docs.
#[must_use]
pub fn all() -> Vec<Value> {
    let mut list = List(Vec::new());
    list.pods();
    list.branch_enis();
    list.nodes();
    list.addons();
    list.cluster_and_subnets();
    list.exporter();
    list.optional();
    list.0
}

struct List(Vec<Value>);

impl List {
    fn add(&mut self, name: impl Into<String>, unit: Unit, default: impl fmt::Display, meaning: impl Into<String>) {
        self.0.push(Value { name: name.into(), unit, default: default.to_string(), meaning: meaning.into() });
    }

    fn seconds(&mut self, name: &str, default: SignedDuration, meaning: &str) {
        self.add(name, Unit::Seconds, default.as_secs(), meaning);
    }

    /// From when on trouble is a warning, and from when on critical, where it ever is.
    fn patience(&mut self, name: &str, patience: Patience, what: &str) {
        for (severity, minutes) in [("warning", patience.warning), ("critical", patience.critical)] {
            if let Some(minutes) = minutes {
                let meaning = format!("{what}: from when on it is {severity}.");
                self.add(format!("{name}_{severity}_seconds"), Unit::Seconds, minutes * 60, meaning);
            }
        }
    }

    fn classes(&mut self, family: &str, classes: &[Class], what: &str) {
        for class in classes {
            let causes: Vec<_> = class.causes.iter().map(|cause| format!("`{}`", cause.as_str())).collect();
            let what = format!("{what}, {} ({})", class.meaning, causes.join(", "));
            self.patience(&format!("{family}_{}", class.name), class.patience, &what);
        }
    }

    fn pods(&mut self) {
        self.add(
            "runbook_url_prefix",
            Unit::Url,
            "https://example.com/eksporter/runbooks/",
            "Where you keep the pages of `alerts/runbooks/`; the alert's name in lower case follows.",
        );
        self.add("runbook_url_suffix", Unit::Text, ".md", "What follows the name; may be empty.");
        self.add(
            "system_namespaces",
            Unit::Pattern,
            format_args!("{}.*", thresholds::SYSTEM_PREFIX),
            "Namespaces in which a single pod is worth waking somebody.",
        );
        self.seconds(
            "keep_firing_seconds",
            SignedDuration::from_mins(5),
            "How long alerts about the cluster go on after their cause went: longer than a restart of the exporter.",
        );
        self.add(
            "pods_several",
            Unit::Count,
            thresholds::PODS_SEVERAL,
            "Pods outside of the system's namespaces that are worth waking somebody.",
        );
        self.seconds(
            "pod_abandoned_seconds",
            thresholds::POD_ABANDONED,
            "A pod that has hung for so long wakes nobody any more, but for those beyond --pod-series-limit, whose ages are not known.",
        );
        self.add(
            "daemonset_nodes",
            Unit::Count,
            thresholds::DAEMONSET_NODES,
            "Nodes on which pods of DaemonSets of the system's namespaces hang that are worth waking somebody.",
        );
        self.seconds(
            "pod_remembered_seconds",
            SignedDuration::from_mins(15),
            "A pod past the limit of its cause counts on, whatever the cause becomes, and over a gap of so long.",
        );
        self.classes("creating", &thresholds::CREATING, "A pod being created");
        self.classes("unscheduled", &thresholds::UNSCHEDULED, "A pod without a node");
    }

    fn branch_enis(&mut self) {
        self.patience("branch_eni_pending", thresholds::BRANCH_ENI_PENDING, "A pod waits for its branch ENI");
        self.patience("branch_enis_held", thresholds::BRANCH_ENIS_HELD, "Completed pods hold branch ENIs");
        self.add(
            "branch_enis_requested_percent",
            Unit::Percent,
            thresholds::BRANCH_ENIS_REQUESTED_PERCENT,
            "A pool with more of its branch ENIs requested is as good as full.",
        );
        let what = "A full pool while pods wait for branch ENIs";
        self.patience("branch_enis_requested", thresholds::BRANCH_ENIS_REQUESTED, what);
        self.seconds(
            "branch_enis_unusable_seconds",
            thresholds::BRANCH_ENIS_UNUSABLE,
            "Branch ENIs of a node's capacity that are not allocatable for so long.",
        );
        self.patience("branch_enis_leaked", thresholds::BRANCH_ENIS_LEAKED, "Branch ENIs that belong to no pod");
    }

    fn nodes(&mut self) {
        self.patience("nodes_lost", thresholds::NODES_LOST, "Many nodes of a pool or zone not ready");
        self.add("nodes_lost_count", Unit::Count, thresholds::LOST_NODES, "Fewer nodes of a pool or zone are no many.");
        self.add(
            "nodes_lost_percent",
            Unit::Percent,
            thresholds::LOST_NODES_PERCENT,
            "A larger share of a pool's or zone's serving nodes is many.",
        );
        self.patience("node_not_ready", thresholds::NODE_NOT_READY, "A node that should serve and is not ready");
        self.add(
            "nodes_several",
            Unit::Count,
            thresholds::NODES_SEVERAL,
            "Nodes that are not ready, wherever they are, that are worth waking somebody.",
        );
        self.patience("node_condition", thresholds::NODE_CONDITION, "A node whose own monitor complains");
        self.seconds(
            "straggler_seconds",
            thresholds::STRAGGLER,
            "A newer image came so long ago: who lacks it was forgotten.",
        );
    }

    fn addons(&mut self) {
        self.patience("agent_down", thresholds::AGENT_DOWN, "aws-node or kube-proxy not ready on a node");
        self.add(
            "agent_down_several",
            Unit::Count,
            thresholds::AGENT_DOWN_SEVERAL,
            "Nodes without such an agent that are worth waking somebody.",
        );
        self.add(
            "addon_behind_minors",
            Unit::Count,
            thresholds::ADDON_BEHIND_MINORS,
            "An add-on that is so many minor versions behind the API server was forgotten.",
        );
        self.seconds(
            "addon_behind_seconds",
            thresholds::ADDON_BEHIND,
            "An add-on that has been behind the API server for so long was forgotten, were it one minor version.",
        );
        self.add(
            "addon_rollout_info_seconds",
            Unit::Seconds,
            thresholds::ADDON_ROLLOUT_MINUTES * 60,
            "An add-on in several versions for so long is worth a word.",
        );
    }

    fn cluster_and_subnets(&mut self) {
        self.seconds(
            "standard_support_end_seconds",
            thresholds::STANDARD_SUPPORT_END,
            "How long before the end of standard support it is told.",
        );
        self.seconds(
            "extended_support_end_seconds",
            thresholds::FORCED_UPGRADE,
            "How long before EKS upgrades the cluster by itself it is told: at the end of extended support, or of standard support by its upgrade policy.",
        );
        for (severity, (ips, percent)) in ["critical", "warning"].into_iter().zip(thresholds::SUBNET_FREE) {
            let meaning = format!(
                "Free addresses of a subnet for nodes and pods below which, and below the share, it is {severity}."
            );
            self.add(format!("subnet_free_{severity}_ips"), Unit::Count, ips, meaning);
            let meaning = format!(
                "Free share of a subnet for nodes and pods below which, and below the number, it is {severity}."
            );
            self.add(format!("subnet_free_{severity}_percent"), Unit::Percent, percent, meaning);
        }
        self.add(
            "subnet_free_cluster_ips",
            Unit::Count,
            thresholds::SUBNET_FREE_CLUSTER,
            "Free addresses that the control plane needs in its subnets.",
        );
        self.add(
            "subnet_running_out_percent",
            Unit::Percent,
            thresholds::SUBNET_RUNNING_OUT_PERCENT,
            "Only a subnet with less free is watched for its slope.",
        );
        self.seconds(
            "subnet_slope_seconds",
            thresholds::SUBNET_SLOPE,
            "The slope of free addresses is taken over so long, and over as long before.",
        );
        self.seconds(
            "subnet_empty_within_seconds",
            thresholds::SUBNET_EMPTY_WITHIN,
            "A subnet that would be empty so soon is told.",
        );
    }

    fn exporter(&mut self) {
        let minutes = SignedDuration::from_mins;
        self.seconds("exporter_down_seconds", minutes(5), "The exporter may be gone for so long.");
        self.seconds("exporter_absent_seconds", minutes(15), "There may be no exporter at all for so long.");
        self.seconds(
            "exporter_remembered_seconds",
            SignedDuration::from_hours(7 * 24),
            "An exporter that was there in the last of these and is gone is missed.",
        );
        self.seconds("collector_failing_seconds", minutes(10), "A collector may fail for so long.");
        self.seconds("watch_stale_seconds", minutes(15), "A watch may hear nothing for so long.");
        self.add("clock_skew_seconds", Unit::Seconds, 5, "A clock may be so wrong; ages are corrected for more.");
        self.add("aws_refused_count", Unit::Count, 10, "Requests that AWS may refuse in half an hour.");
        self.seconds("aws_stale_seconds", minutes(60), "A source of AWS may be silent for so long after its period.");
    }

    fn optional(&mut self) {
        let minutes = SignedDuration::from_mins;
        self.seconds(
            "api_server_slow_seconds",
            SignedDuration::from_secs(1),
            "Optional rules: answers of the API server about a single object may take so long, 99 of 100.",
        );
        self.seconds(
            "api_server_list_slow_seconds",
            SignedDuration::from_secs(30),
            "Optional rules: lists of the API server may take so long, 99 of 100.",
        );
        self.seconds("api_server_window_seconds", minutes(10), "Optional rules: over so long.");
        self.add(
            "webhook_failures_count",
            Unit::Count,
            5,
            "Optional rules: calls of an admission webhook that may fail in that time.",
        );
        self.add("requests_count", Unit::Count, 100, "Optional rules: fewer requests in that time say nothing.");
        self.add("service_errors_percent", Unit::Percent, 5, "Optional rules: share of answers that may be errors.");
        self.seconds(
            "service_slow_seconds",
            SignedDuration::from_secs(2),
            "Optional rules: answers of a service may take so long, 99 of 100.",
        );
    }
}
