//! Findings about pods that hang: one for each cause.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Severity, age, count_pods, first_few, thresholds};
use crate::{
    cache::{Overdue, Pods, Trouble},
    diagnose::{BlockedBy, Cause, Stage},
};
use thresholds::Patience;

/// Everything that is wrong with pods.
pub(super) fn findings(pods: &Pods, now: Timestamp) -> impl Iterator<Item = Finding> {
    let creating = Cause::CREATING.iter().filter_map(move |&cause| creating(cause, &pods.creating, now));
    let unscheduled = Cause::UNSCHEDULED.iter().filter_map(move |&cause| unscheduled(cause, &pods.unscheduled, now));
    let terminating = BlockedBy::ALL.into_iter().filter_map(move |by| terminating(by, &pods.terminating, now));
    creating.chain(unscheduled).chain(terminating)
}

fn creating(cause: Cause, trouble: &Trouble<(Cause, Stage), Cause>, now: Timestamp) -> Option<Finding> {
    let hanging = Hanging::of(trouble, cause, |pod| pod.verdict.0 == cause)?;
    let example = |pod: &Overdue<(Cause, Stage)>| {
        let stage = match pod.verdict.1 {
            Stage::Unknown => String::new(),
            stage => format!(", stage {}", stage.as_str()),
        };
        format!("{} on node {}{stage}, for {}", who(pod), pod.names.node, age(pod.since, now))
    };
    Some(hanging.finding(
        thresholds::creating(cause),
        "being created",
        cause.as_str(),
        cause.meaning(),
        cause.look(),
        now,
        example,
    ))
}

/// How many pods have no node for that cause, and since when the first.
pub(super) fn without_a_node(pods: &Pods, cause: Cause) -> Option<(usize, Timestamp)> {
    hanging_without_node(&pods.unscheduled, cause).map(|hanging| (hanging.count, hanging.since))
}

/// A `DaemonSet`'s pod without a node is not looked at: it waits for the one node that it is made for.
fn hanging_without_node(trouble: &Trouble<Cause, Cause>, cause: Cause) -> Option<Hanging<'_, Cause>> {
    Hanging::of(trouble, cause, |pod| pod.verdict == cause && &*pod.names.owner_kind != "DaemonSet")
}

fn unscheduled(cause: Cause, trouble: &Trouble<Cause, Cause>, now: Timestamp) -> Option<Finding> {
    let hanging = hanging_without_node(trouble, cause)?;
    let example = |pod: &Overdue<Cause>| format!("{}, for {}", who(pod), age(pod.since, now));
    let look = look_without_node(cause);
    let detail = match cause {
        Cause::NodeDown => "The nodes that they could run on are not ready.",
        cause => cause.meaning(),
    };
    Some(hanging.finding(thresholds::unscheduled(cause), "without a node", cause.as_str(), detail, look, now, example))
}

/// Where to look first for a pod that has no node to look at.
pub(super) const fn look_without_node(cause: Cause) -> &'static str {
    match cause {
        Cause::NodeDown => "See which nodes are not ready with `kubectl get nodes`.",
        Cause::BranchEni => {
            "See what each node has and what is requested of it with `kubectl describe nodes`, under vpc.amazonaws.com/pod-eni."
        }
        cause => cause.look(),
    }
}

fn terminating(by: BlockedBy, trouble: &Trouble<BlockedBy, BlockedBy>, now: Timestamp) -> Option<Finding> {
    let hanging = Hanging::of(trouble, by, |pod| pod.verdict == by)?;
    let (detail, look) = match by {
        BlockedBy::Kubelet => (
            "Kubelet has not stopped them though their grace period is over.",
            "`kubectl -n {namespace} describe pod {pod}`, then kubelet and the runtime on {node}.",
        ),
        BlockedBy::NodeDown => ("Their node is gone or does not report.", "`kubectl get node {node}`."),
        BlockedBy::Finalizer => (
            "They have ended and only a finalizer holds them.",
            "`kubectl -n {namespace} get pod {pod} -o jsonpath={.metadata.finalizers}`.",
        ),
    };
    let example = |pod: &Overdue<BlockedBy>| format!("{}, for {}", who(pod), age(pod.since, now));
    Some(hanging.finding(thresholds::NEVER, "that should be gone", by.as_str(), detail, look, now, example))
}

/// Pods that hang for one reason: those that have series of their own, and how many there are in all.
struct Hanging<'a, V> {
    cases: Vec<&'a Overdue<V>>,
    count: usize,
    since: Timestamp,
}

impl<'a, V> Hanging<'a, V> {
    /// `None` where there are none.
    fn of<C: Copy + PartialEq>(
        trouble: &'a Trouble<V, C>,
        class: C,
        is_case: impl Fn(&Overdue<V>) -> bool,
    ) -> Option<Self> {
        let cases: Vec<_> = trouble.overdue.iter().filter(|pod| is_case(pod)).collect();
        if trouble.dropped == 0 {
            let (count, since) = (cases.len(), cases.first()?.since);
            return Some(Self { cases, count, since });
        }
        // Some have no series of their own, perhaps all of this class: the counts are never cut.
        let counts = || trouble.counts.iter().filter(|count| count.class == class && count.overdue > 0);
        let count = counts().map(|count| usize::try_from(count.overdue).unwrap_or(usize::MAX)).sum();
        let since = counts().filter_map(|count| count.oldest).min()?;
        Some(Self { cases, count, since })
    }

    #[expect(clippy::too_many_arguments, reason = "the words of one finding, in the order in which they are said")]
    fn finding(
        &self,
        patience: Patience,
        what: &str,
        class: &str,
        detail: &'static str,
        look: &str,
        now: Timestamp,
        example: impl Fn(&Overdue<V>) -> String,
    ) -> Finding {
        let (examples, _) = first_few(&self.cases, |pod| example(pod));
        Finding {
            severity: self.severity(patience, now),
            key: format!("pods {what}: {class}"),
            title: format!("{} {what}: {class}", count_pods(self.count)),
            detail,
            since: self.since,
            more: self.count.saturating_sub(examples.len()),
            examples,
            look: self.fill(look),
        }
    }

    /// One abandoned pod must not page for weeks: critical takes several that have hung for too long, or one that the
    /// system needs; what has hung for a day wakes nobody any more.
    fn severity(&self, patience: Patience, now: Timestamp) -> Severity {
        let age = |since: Timestamp| now.duration_since(since);
        let is_new = |age: &SignedDuration| *age < thresholds::POD_ABANDONED;
        let of_system = |pod: &&Overdue<V>| pod.names.namespace.starts_with(thresholds::SYSTEM_PREFIX);
        // A DaemonSet's pod that hangs on one node is that node's trouble.
        let (of_sets, alone): (Vec<&Overdue<V>>, _) =
            self.cases.iter().copied().filter(of_system).partition(|pod| &*pod.names.owner_kind == "DaemonSet");
        let nodes: BTreeSet<&str> = of_sets.iter().map(|pod| &*pod.names.node).collect();
        let needed = alone.iter().chain(of_sets.iter().filter(|_| nodes.len() >= thresholds::DAEMONSET_NODES));
        let needed = patience.severity_of(needed.map(|pod| age(pod.since)).filter(is_new), 1);
        // Those that are not named are no older than those that are; where none is, somebody has hung since then.
        let unnamed = usize::from(self.count > self.cases.len());
        let others: Vec<_> = self.cases.iter().filter(|pod| !of_system(pod)).map(|pod| age(pod.since)).collect();
        let others = if self.cases.is_empty() { vec![age(self.since)] } else { others };
        let several = patience.severity_of(others.into_iter().filter(is_new), thresholds::PODS_SEVERAL - unnamed);
        // Any one that has hung for too long is a warning.
        needed.min(several).min(patience.severity(age(self.since), false))
    }

    /// Fills the names of the oldest case into a sentence.
    fn fill(&self, sentence: &str) -> String {
        let names = self.cases.first().map(|pod| &pod.names);
        let [namespace, pod, node] =
            names.map_or(["NAMESPACE", "POD", "NODE"], |names| [&names.namespace, &names.pod, &names.node]);
        sentence.replace("{namespace}", namespace).replace("{pod}", pod).replace("{node}", node)
    }
}

fn who<V>(pod: &Overdue<V>) -> String {
    let names = &pod.names;
    match &*names.owner_kind {
        "" => format!("{}/{}", names.namespace, names.pod),
        kind => format!("{}/{} of {kind} {}", names.namespace, names.pod, names.owner_name),
    }
}
