//! Conditions of nodes that Kubernetes itself does not set: those of the EKS node monitoring agent, of
//! node-problem-detector, and of whoever else writes some.

use jiff::Timestamp;

use crate::objects::{Node, NodeCondition};

/// A condition's name becomes a label, so it has to look like one: a CamelCase word, of at most so many characters.
const LONGEST: usize = 64;

/// Conditions of one node that are looked at, the first by name: whoever writes more writes nonsense.
const MOST: usize = 32;

/// Set by kubelet, by the node lifecycle controller or by cloud providers (k8s.io/api core/v1 `NodeConditionType`;
/// `OutOfDisk` until 1.13).
const STANDARD: [&str; 6] =
    ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "OutOfDisk"];

/// The node's own conditions by name, each with since when it is unhealthy: since `now` at the latest, for the clock of
/// whoever writes them may be ahead.
#[must_use]
pub fn conditions(node: &Node, now: Timestamp) -> Vec<(&str, Option<Timestamp>)> {
    let created = || node.metadata.creation_timestamp.get();
    let since = |condition: &NodeCondition| {
        let told = || condition.last_transition_time.get().or_else(created).unwrap_or_default().min(now);
        is_unhealthy(condition).then(told)
    };
    let own = node.status.conditions.iter().filter(|condition| is_own(&condition.r#type));
    let mut own: Vec<_> = own.map(|condition| (condition.r#type.as_str(), since(condition))).collect();
    own.sort_unstable();
    own.dedup_by_key(|(name, _)| *name);
    own.truncate(MOST);
    own
}

fn is_own(name: &str) -> bool {
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !STANDARD.contains(&name)
}

/// The node monitoring agent calls its conditions `KernelReady`, `NetworkingReady`: True is healthy
/// (aws/eks-node-monitoring-agent). node-problem-detector's name the problem: False is healthy
/// (kubernetes/node-problem-detector config/*.json). Unknown says nothing.
fn is_unhealthy(condition: &NodeCondition) -> bool {
    let healthy_is_true = condition.r#type.ends_with("Ready");
    condition.status == if healthy_is_true { "False" } else { "True" }
}

#[cfg(test)]
mod tests {
    use crate::testing::*;

    fn unhealthy(conditions: &[(&str, &str)]) -> Vec<(String, bool)> {
        let node = conditions.iter().fold(node("a", 1), |node, (name, status)| node.condition(name, status, -5));
        super::conditions(&node.0, at(0)).into_iter().map(|(name, since)| (name.to_owned(), since.is_some())).collect()
    }

    #[test]
    fn what_is_called_ready_should_be_true_and_what_is_called_after_a_problem_should_not() {
        let seen = unhealthy(&[
            ("KernelReady", "False"),
            ("StorageReady", "True"),
            ("NetworkingReady", "Unknown"),
            ("KernelDeadlock", "True"),
            ("ReadonlyFilesystem", "False"),
            ("NTPProblem", "Unknown"),
        ]);
        let is: Vec<_> = seen.iter().filter(|(_, unhealthy)| *unhealthy).map(|(name, _)| name.as_str()).collect();
        assert_eq!((is.as_slice(), seen.len()), (["KernelDeadlock", "KernelReady"].as_slice(), 6));
    }

    #[test]
    fn kubernetes_own_conditions_and_names_that_are_no_words_are_left_out() {
        assert_eq!(
            unhealthy(&[
                ("MemoryPressure", "True"),
                ("NetworkUnavailable", "True"),
                ("example.com/Broken", "True"),
                ("lower", "True"),
                ("With Space", "True"),
                (&"X".repeat(65), "True"),
            ]),
            []
        );
    }

    #[test]
    fn a_condition_without_a_time_is_as_old_as_its_node_and_too_many_are_cut_by_name() {
        let mut node = node("a", 1).condition("KernelDeadlock", "True", 0).0;
        node.status.conditions.iter_mut().for_each(|condition| condition.last_transition_time = Default::default());
        assert_eq!(super::conditions(&node, at(0)), [("KernelDeadlock", node.metadata.creation_timestamp.get())]);
        let names: Vec<_> = (0..100).rev().map(|number| format!("Problem{number:02}")).collect();
        let seen = unhealthy(&names.iter().map(|name| (name.as_str(), "True")).collect::<Vec<_>>());
        assert_eq!((seen.len(), seen[0].0.as_str()), (32, "Problem00"));
    }
}
