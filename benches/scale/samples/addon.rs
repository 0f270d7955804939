//! aws-node and kube-proxy: their `DaemonSets`, and their pods on every node.

use super::{
    managed,
    pod::{State, pod_status},
};
use crate::{
    template::{NODE, POD, POD_UID, VERSION},
    wire::{Message, frame},
};

const REGISTRY: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com";

/// A `DaemonSet` of kube-system.
pub struct Agent {
    name: &'static str,
    uid: &'static str,
    /// Names and images of its containers.
    containers: &'static [(&'static str, &'static str)],
    init: Option<(&'static str, &'static str)>,
}

pub const AWS_NODE: Agent = Agent {
    name: "aws-node",
    uid: "0a1b2c3d-4e5f-4a6b-8c7d-000000000001",
    containers: &[
        ("aws-node", "amazon-k8s-cni:v1.22.3-eksbuild.1"),
        ("aws-eks-nodeagent", "amazon/aws-network-policy-agent:v1.3.4-eksbuild.1"),
    ],
    init: Some(("aws-vpc-cni-init", "amazon-k8s-cni-init:v1.22.3-eksbuild.1")),
};

pub const KUBE_PROXY: Agent = Agent {
    name: "kube-proxy",
    uid: "0a1b2c3d-4e5f-4a6b-8c7d-000000000002",
    containers: &[("kube-proxy", "eks/kube-proxy:v1.36.0-minimal-eksbuild.2")],
    init: None,
};

/// The two, as they are stored.
pub fn daemon_sets(now: u64) -> Vec<Vec<u8>> {
    [AWS_NODE, KUBE_PROXY].iter().map(|agent| frame("ADDED", "apps/v1", "DaemonSet", &daemon_set(now, agent))).collect()
}

/// A pod of one, which has been ready for three weeks.
pub fn pod(now: u64, agent: &Agent) -> Vec<u8> {
    let since = now - 21 * 86_400;
    let owner = Message::new()
        .text(1, "DaemonSet")
        .text(3, agent.name)
        .text(4, agent.uid)
        .text(5, "apps/v1")
        .number(6, 1)
        .number(7, 1);
    let meta = meta(agent, &format!("{}-{POD}", agent.name), POD_UID, since).message(13, &owner);
    let spec = spec(agent).text(10, &format!("ip-10-0-{NODE}.eu-west-1.compute.internal"));
    let names: Vec<_> = agent.containers.iter().map(|(name, _)| *name).collect();
    let status = pod_status(since, State::Running, &names);
    frame("ADDED", "v1", "Pod", &Message::new().message(1, &meta).message(2, &spec).message(3, &status))
}

fn daemon_set(now: u64, agent: &Agent) -> Message {
    let labels = Message::new().entry(1, "k8s-app", agent.name);
    let template = Message::new().message(1, &Message::new().entry(11, "k8s-app", agent.name)).message(2, &spec(agent));
    let wanted = Message::new().message(1, &labels).message(2, &template).number(6, 10);
    Message::new().message(1, &meta(agent, agent.name, agent.uid, now - 300 * 86_400)).message(2, &wanted)
}

fn meta(agent: &Agent, name: &str, uid: &str, created: u64) -> Message {
    let fields =
        r#"{"f:metadata":{"f:labels":{"f:k8s-app":{}}},"f:spec":{"f:template":{"f:spec":{"f:containers":{}}}}}"#;
    Message::new()
        .text(1, name)
        .text(3, "kube-system")
        .text(5, uid)
        .text(6, VERSION)
        .time(8, created)
        .entry(11, "k8s-app", agent.name)
        .message(17, &managed("eks", "", fields, created))
}

/// On every Linux node but those of Fargate.
fn spec(agent: &Agent) -> Message {
    let image = |(name, image): &(&str, &str)| Message::new().text(1, name).text(2, &format!("{REGISTRY}/{image}"));
    let rule = |key: &str, operator: &str, value: &str| Message::new().text(1, key).text(2, operator).text(3, value);
    let term = Message::new().messages(
        1,
        [rule("kubernetes.io/os", "In", "linux"), rule("eks.amazonaws.com/compute-type", "NotIn", "fargate")],
    );
    let required = Message::new().message(1, &Message::new().message(1, &term));
    Message::new()
        .messages(2, agent.containers.iter().map(image))
        .number(11, 1)
        .message(18, &Message::new().message(1, &required))
        .messages(20, agent.init.iter().map(image))
        .message(22, &Message::new().text(2, "Exists"))
}
