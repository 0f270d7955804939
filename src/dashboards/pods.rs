//! The alerts about pods that do not start, said in one query: their rules go through recorded series, which are there only
//! where the rules are loaded.

use super::limits;
use crate::{
    diagnose::Cause,
    report::thresholds::{self, Patience},
};

/// Causes whose pods are counted together.
pub(super) struct Alert {
    pub causes: Vec<Cause>,
    /// So many pods wake somebody; in the system's namespaces one does.
    pub several: usize,
}

/// Pods in one kind of trouble.
pub(super) struct Trouble {
    /// The family with a pod's age, and the one with its cause.
    pub age: &'static str,
    pub info: &'static str,
    /// Which pods the alerts look at.
    pub selector: &'static str,
    pub patience: fn(Cause) -> Patience,
    /// Whether pods of the system's `DaemonSets` count, on several nodes.
    pub counts_sets: bool,
    pub alerts: Vec<Alert>,
}

/// Pods being created.
pub(super) fn creating() -> Trouble {
    let (branch_eni, others) = Cause::CREATING.iter().partition(|cause| **cause == Cause::BranchEni);
    Trouble {
        age: "eks_pod_container_creating_age_seconds",
        info: "eks_pod_container_creating_info",
        selector: "",
        patience: patience_of_creation,
        counts_sets: true,
        alerts: vec![
            Alert { causes: others, several: thresholds::PODS_SEVERAL },
            Alert { causes: branch_eni, several: thresholds::PODS_SEVERAL },
        ],
    }
}

/// Pods without a node.
pub(super) fn unscheduled() -> Trouble {
    let (no_nodes, others) = Cause::UNSCHEDULED.iter().partition(|cause| **cause == Cause::NoNodes);
    Trouble {
        age: "eks_pod_unscheduled_age_seconds",
        info: "eks_pod_unscheduled_info",
        selector: "owner_kind!=\"DaemonSet\"",
        patience: thresholds::unscheduled,
        counts_sets: false,
        alerts: vec![
            Alert { causes: others, several: thresholds::PODS_SEVERAL },
            Alert { causes: no_nodes, several: 1 },
        ],
    }
}

/// How long a pod may be created. Waiting for a branch ENI has an alert of its own.
pub(super) fn patience_of_creation(cause: Cause) -> Patience {
    match cause {
        Cause::BranchEni => thresholds::BRANCH_ENI_PENDING,
        _ => thresholds::creating(cause),
    }
}

impl Trouble {
    /// The pods, by cluster and uid, of which a critical alert tells.
    pub fn critical(&self) -> String {
        let abandoned = format!(" < {}", thresholds::POD_ABANDONED.as_secs());
        let alerts = self.alerts.iter().filter_map(|Alert { causes, several }| {
            let system = format!("\"{}.*\"", thresholds::SYSTEM_PREFIX);
            let past = |which: &str| self.past(which, causes, &abandoned, |patience| patience.critical);
            let of_workloads = past(&format!("namespace!~{system}"))?;
            let enough = format!("count by (cluster) ({of_workloads}) >= {several}");
            let mut all = vec![format!("({of_workloads} and on (cluster) ({enough}))")];
            if self.counts_sets {
                all.push(past(&format!("namespace=~{system},owner_kind!=\"DaemonSet\""))?);
                let sets = format!("namespace=~{system},owner_kind=\"DaemonSet\"");
                let of_sets = past(&sets)?;
                let placed =
                    format!("max by (cluster, uid, node) ({}{{{sets}}}) and on (cluster, uid) {of_sets}", self.age);
                let nodes = format!("count by (cluster) (count by (cluster, node) ({placed}))");
                all.push(format!("({of_sets} and on (cluster) ({nodes} >= {}))", thresholds::DAEMONSET_NODES));
            } else {
                all.push(past(&format!("namespace=~{system}"))?);
            }
            Some(all.join(" or "))
        });
        alerts.collect::<Vec<_>>().join(" or ")
    }

    /// The pods, by cluster and uid, of which a warning tells.
    pub fn warning(&self) -> String {
        let causes: Vec<_> = self.alerts.iter().flat_map(|alert| alert.causes.iter().copied()).collect();
        self.past("", &causes, "", |patience| patience.warning).unwrap_or_default()
    }

    /// Pods past the limits of these causes. Where two replicas do not agree on a cause, the longer limit counts.
    fn past(&self, which: &str, causes: &[Cause], young: &str, limit: fn(&Patience) -> Option<u32>) -> Option<String> {
        let Self { age, info, selector, patience, .. } = self;
        let limits: Vec<_> = limits::classes(causes, *patience)
            .iter()
            .filter_map(|(patience, causes)| {
                let seconds = limit(patience)? * 60;
                Some(format!("{seconds} * {info}{{cause=~\"{}\"}}", causes.join("|")))
            })
            .collect();
        if limits.is_empty() {
            return None;
        }
        let which = [*selector, which].into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(",");
        let which = if which.is_empty() { which } else { format!("{{{which}}}") };
        // Pods of other causes are never past it.
        Some(format!(
            "(max by (cluster, uid) ({age}{which}){young} >= on (cluster, uid) \
             max by (cluster, uid) ({} or Inf * {info}) \
             unless on (cluster) eksporter_collector_up{{collector=\"pods\"}} == 0)",
            limits.join(" or ")
        ))
    }
}
