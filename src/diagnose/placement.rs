//! On which nodes a `DaemonSet` wants a pod: its node selector, node affinity and tolerations against a node's labels
//! and taints.
//!
//! Of a node only labels of known keys are kept, so that there are three answers: yes, no, and `None` for a rule about
//! a label that nobody keeps. Source of the rules: `NodeShouldRunDaemonPod` and `AddOrUpdateDaemonPodTolerations` in
//! kubernetes' pkg/controller/daemon, and k8s.io/component-helpers/scheduling/corev1/nodeaffinity.

use crate::objects::{Key, Node, NodeSelector, NodeSelectorRequirement, PodPlacement, Taint, Toleration};

/// What of a node decides who runs on it. Nodes of one pool share theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Placement {
    labels: Box<[(Key, Box<str>)]>,
    taints: Box<[KeepsAway]>,
}

/// A taint that keeps pods away: key, value and effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct KeepsAway(Box<str>, Box<str>, Box<str>);

impl Placement {
    /// Reads a node.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        let labels = node.metadata.labels.iter().map(|(key, value)| (key, value.into())).collect();
        let keeps_away = |taint: &&Taint| matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute");
        let taint = |taint: &Taint| {
            KeepsAway(taint.key.as_str().into(), taint.value.as_str().into(), taint.effect.as_str().into())
        };
        Self { labels, taints: node.spec.taints.iter().filter(keeps_away).map(taint).collect() }
    }

    /// Whether pods of that template are wanted on it.
    #[must_use]
    pub fn is_wanted(&self, name: &str, pods: &PodPlacement) -> Option<bool> {
        let selected =
            all(pods.node_selector.iter().map(|(key, value)| self.asks(key, |label| Some(label == Some(value)))));
        let required = pods.affinity.as_ref().and_then(|affinity| {
            affinity.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref()
        });
        let affine = required.map_or(Some(true), |selector| self.matches(name, selector));
        all([selected, affine, Some(self.taints.iter().all(|taint| tolerates(taint, pods)))].into_iter())
    }

    /// Terms are alternatives; what stands in one holds together. An empty term matches nothing.
    fn matches(&self, name: &str, selector: &NodeSelector) -> Option<bool> {
        any(selector.node_selector_terms.iter().map(|term| {
            if term.match_expressions.is_empty() && term.match_fields.is_empty() {
                return Some(false);
            }
            let labels = term.match_expressions.iter().map(|rule| self.asks(&rule.key, |label| holds(rule, label)));
            // The only field that can be asked about is the name.
            let fields = term.match_fields.iter().map(|rule| match rule.key.as_str() {
                "metadata.name" => holds(rule, Some(name)),
                _ => None,
            });
            all(labels.chain(fields))
        }))
    }

    /// Asks about a label; no answer where nobody keeps it.
    fn asks(&self, key: &str, test: impl FnOnce(Option<&str>) -> Option<bool>) -> Option<bool> {
        let key = Key::of(key)?;
        test(self.labels.iter().find(|(known, _)| *known == key).map(|(_, value)| &**value))
    }
}

/// Whether a rule holds for a value, or for the lack of one.
fn holds(rule: &NodeSelectorRequirement, value: Option<&str>) -> Option<bool> {
    let listed = || value.is_some_and(|value| rule.values.iter().any(|listed| listed == value));
    let compared = || Some((value?.parse::<i64>().ok()?, rule.values.first()?.parse::<i64>().ok()?));
    Some(match rule.operator.as_str() {
        "In" => listed(),
        "NotIn" => !listed(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => compared().is_some_and(|(value, than)| value > than),
        "Lt" => compared().is_some_and(|(value, than)| value < than),
        _ => return None,
    })
}

/// Taints that the controller lets every pod of a `DaemonSet` tolerate.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

fn tolerates(KeepsAway(key, value, effect): &KeepsAway, pods: &PodPlacement) -> bool {
    let allows = |toleration: &Toleration| {
        let same = |ours: &str, theirs: &str| ours.is_empty() || ours == theirs;
        same(&toleration.effect, effect)
            && same(&toleration.key, key)
            && match toleration.operator.as_str() {
                "Exists" => true,
                "" | "Equal" => *toleration.value == **value,
                _ => false,
            }
    };
    TOLERATED.contains(&(&**key, &**effect))
        || (pods.host_network && (&**key, &**effect) == ("node.kubernetes.io/network-unavailable", "NoSchedule"))
        || pods.tolerations.iter().any(allows)
}

/// Whether all hold: no if one does not, unknown if one is.
fn all(mut of: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    of.try_fold(Some(true), |all, one| match one {
        Some(false) => Err(()),
        Some(true) => Ok(all),
        None => Ok(None),
    })
    .unwrap_or(Some(false))
}

/// Whether one holds: yes if one does, unknown if one is.
fn any(mut of: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    of.try_fold(Some(false), |any, one| match one {
        Some(true) => Err(()),
        Some(false) => Ok(any),
        None => Ok(None),
    })
    .unwrap_or(Some(true))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{objects::keys, testing::*};

    fn wanted(node: NodeBuilder, template: Value) -> Option<bool> {
        Placement::of(&node.0).is_wanted(&node.0.metadata.name, &serde_json::from_value(template).unwrap())
    }

    fn required(terms: Value) -> Value {
        let selector = json!({ "nodeSelectorTerms": terms });
        json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": selector}}})
    }

    /// aws/amazon-vpc-cni-k8s charts/aws-vpc-cni/values.yaml, `affinity`.
    fn aws_node() -> Value {
        let mut template = required(json!([{"matchExpressions": [
            {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
            {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]},
            {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate", "hybrid", "auto"]},
        ]}]));
        template["tolerations"] = json!([{"operator": "Exists"}]);
        template
    }

    fn linux() -> NodeBuilder {
        node("a", 500).label(keys::OS, "linux").label(keys::ARCH, "arm64")
    }

    #[test]
    fn aws_node_is_wanted_on_linux_nodes_but_not_on_those_of_auto_mode_fargate_and_hybrid() {
        assert_eq!(wanted(linux(), aws_node()), Some(true));
        assert_eq!(wanted(linux().taint("dedicated"), aws_node()), Some(true), "it tolerates everything");
        for kind in ["fargate", "hybrid", "auto"] {
            assert_eq!(wanted(linux().label(keys::COMPUTE_TYPE, kind), aws_node()), Some(false), "{kind}");
        }
        assert_eq!(wanted(linux().label(keys::OS, "windows"), aws_node()), Some(false));
        assert_eq!(wanted(node("a", 500), aws_node()), Some(false), "no label is no value in a list");
    }

    #[test]
    fn without_rules_it_is_wanted_everywhere_and_a_selector_without_terms_nowhere() {
        assert_eq!(wanted(linux(), json!({})), Some(true));
        assert_eq!(wanted(linux(), required(json!([]))), Some(false));
        assert_eq!(wanted(linux(), required(json!([{}]))), Some(false));
    }

    #[test]
    fn a_label_that_nobody_keeps_is_not_known_unless_another_rule_decides() {
        let odd = json!({"key": "example.com/odd", "operator": "In", "values": ["yes"]});
        let windows = json!({"key": "kubernetes.io/os", "operator": "In", "values": ["windows"]});
        let there = json!({"key": "kubernetes.io/os", "operator": "Exists"});
        assert_eq!(wanted(linux(), json!({"nodeSelector": {"example.com/odd": "yes"}})), None);
        assert_eq!(wanted(linux(), required(json!([{"matchExpressions": [odd, windows]}]))), Some(false));
        assert_eq!(
            wanted(linux(), required(json!([{"matchExpressions": [odd]}, {"matchExpressions": [there]}]))),
            Some(true)
        );
        assert_eq!(
            wanted(linux(), required(json!([{"matchExpressions": [odd]}, {"matchExpressions": [windows]}]))),
            None
        );
    }

    /// cilium/cilium, installation on EKS: `aws-node` is switched off by a node selector that no node fits.
    #[test]
    fn where_cilium_took_the_place_of_aws_node_nothing_is_expected() {
        let mut template = aws_node();
        template["nodeSelector"] = json!({"io.cilium/aws-node-enabled": "true"});
        assert_eq!(wanted(linux(), template), None);
    }

    #[test]
    fn every_operator_is_known_and_fields_ask_for_the_name() {
        let rule = |operator: &str, values: Value| {
            required(json!([{"matchExpressions": [{"key": "type", "operator": operator, "values": values}]}]))
        };
        let three = || linux().label(keys::TYPE, "3");
        assert_eq!(wanted(three(), rule("Gt", json!(["2"]))), Some(true));
        assert_eq!(wanted(three(), rule("Lt", json!(["2"]))), Some(false));
        assert_eq!(wanted(linux(), rule("Gt", json!(["2"]))), Some(false));
        assert_eq!(wanted(linux(), rule("DoesNotExist", json!([]))), Some(true));
        assert_eq!(wanted(three(), rule("Surprise", json!([]))), None);
        let field =
            |name| required(json!([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]}]}]));
        assert_eq!((wanted(linux(), field("a")), wanted(linux(), field("b"))), (Some(true), Some(false)));
    }

    #[test]
    fn a_taint_keeps_away_whom_it_is_not_tolerated_by() {
        let tainted = || linux().taint("dedicated");
        assert_eq!(wanted(tainted(), json!({})), Some(false));
        for (toleration, expected) in [
            (json!({"key": "dedicated", "operator": "Exists"}), true),
            (json!({"key": "dedicated"}), true),
            (json!({"key": "dedicated", "value": "db"}), false),
            (json!({"key": "dedicated", "operator": "Exists", "effect": "NoExecute"}), false),
            (json!({"key": "other", "operator": "Exists"}), false),
        ] {
            let told = toleration.to_string();
            assert_eq!(wanted(tainted(), json!({"tolerations": [toleration]})), Some(expected), "{told}");
        }
        assert_eq!(wanted(linux().taint("node.kubernetes.io/unschedulable"), json!({})), Some(true), "cordoned");
        let unavailable = || linux().taint("node.kubernetes.io/network-unavailable");
        assert_eq!(wanted(unavailable(), json!({})), Some(false));
        assert_eq!(wanted(unavailable(), json!({"hostNetwork": true})), Some(true));
    }
}
