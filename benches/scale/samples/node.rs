//! A node of about 7 KB, most of it the images that it holds.

use super::POD_ENI;
use crate::{
    template::{GROUP, NODE, NODE_UID, VERSION},
    wire::{Message, frame},
};

/// Branch ENIs of an m6i.4xlarge.
const BRANCH_ENIS: &str = "54";

/// A node that has been ready for three weeks.
pub fn node(now: u64, has_branch_enis: bool) -> Vec<u8> {
    let created = now - 21 * 86_400;
    let status = status(now, created, has_branch_enis);
    let node = Message::new().message(1, &meta(created)).message(2, &spec()).message(3, &status);
    frame("ADDED", "v1", "Node", &node)
}

fn name() -> String {
    format!("ip-10-0-{NODE}.eu-west-1.compute.internal")
}

fn meta(created: u64) -> Message {
    let fields = r#"{"f:status":{"f:conditions":{"k:{\"type\":\"DiskPressure\"}":{"f:lastHeartbeatTime":{}},"k:{\"type\":\"MemoryPressure\"}":{"f:lastHeartbeatTime":{}},"k:{\"type\":\"PIDPressure\"}":{"f:lastHeartbeatTime":{}},"k:{\"type\":\"Ready\"}":{"f:lastHeartbeatTime":{},"f:lastTransitionTime":{},"f:message":{},"f:reason":{},"f:status":{}}},"f:images":{}}}"#;
    let labels = [
        ("beta.kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/instance-type", "m6i.4xlarge"),
        ("beta.kubernetes.io/os", "linux"),
        ("eks.amazonaws.com/capacityType", "ON_DEMAND"),
        ("eks.amazonaws.com/nodegroup-image", "ami-0a5b1c2d3e4f50617"),
        ("eks.amazonaws.com/sourceLaunchTemplateId", "lt-0123456789abcdef0"),
        ("eks.amazonaws.com/sourceLaunchTemplateVersion", "7"),
        ("failure-domain.beta.kubernetes.io/region", "eu-west-1"),
        ("failure-domain.beta.kubernetes.io/zone", "eu-west-1a"),
        ("k8s.io/cloud-provider-aws", "0123456789abcdef0123456789abcdef"),
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/os", "linux"),
        ("node.kubernetes.io/instance-type", "m6i.4xlarge"),
        ("topology.ebs.csi.aws.com/zone", "eu-west-1a"),
        ("topology.k8s.aws/zone-id", "euw1-az3"),
        ("topology.kubernetes.io/region", "eu-west-1"),
        ("topology.kubernetes.io/zone", "eu-west-1a"),
    ];
    let meta =
        Message::new().text(1, &name()).text(2, "").text(3, "").text(5, NODE_UID).text(6, VERSION).time(8, created);
    labels
        .into_iter()
        .fold(meta, |meta, (key, value)| meta.entry(11, key, value))
        .entry(11, "eks.amazonaws.com/nodegroup", &format!("workers-{GROUP}"))
        .entry(11, "kubernetes.io/hostname", &name())
        .entry(12, "alpha.kubernetes.io/provided-node-ip", "10.0.32.10")
        .entry(12, "csi.volume.kubernetes.io/nodeid", r#"{"ebs.csi.aws.com":"i-0123456789abcdef0"}"#)
        .entry(12, "node.alpha.kubernetes.io/ttl", "300")
        .entry(12, "volumes.kubernetes.io/controller-managed-attach-detach", "true")
        .message(17, &super::managed("kubelet", "status", fields, created))
}

fn spec() -> Message {
    Message::new().text(1, "").text(3, "aws:///eu-west-1a/i-0123456789abcdef0").number(4, 0)
}

fn status(now: u64, created: u64, has_branch_enis: bool) -> Message {
    let conditions = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ];
    let conditions = conditions.map(|(kind, status, reason, message)| {
        Message::new().text(1, kind).text(2, status).time(3, now - 60).time(4, created).text(5, reason).text(6, message)
    });
    let addresses = [("InternalIP", "10.0.32.10".to_owned()), ("InternalDNS", name()), ("Hostname", name())];
    let images = (0..21).map(|nth| {
        let repository = format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/platform/service-{nth:02}");
        Message::new()
            .text(1, &format!("{repository}@{}", super::DIGEST))
            .text(1, &format!("{repository}:2026.04.{nth:02}"))
            .number(2, 312_004_551)
    });
    let info = Message::new()
        .text(1, "ec2f0123456789abcdef0123456789ab")
        .text(2, "ec2f0123-4567-89ab-cdef-0123456789ab")
        .text(3, "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")
        .text(4, "6.12.40-63.114.amzn2023.x86_64")
        .text(5, "Amazon Linux 2023.8.20260420")
        .text(6, "containerd://2.1.4")
        .text(7, "v1.36.2-eks-3abbec1")
        .text(8, "")
        .text(9, "linux")
        .text(10, "amd64");
    let resources = |status: Message, tag: u8, cpu: &str| {
        [("cpu", cpu), ("ephemeral-storage", "104779756Ki"), ("memory", "64310000Ki"), ("pods", "234")]
            .into_iter()
            .chain(has_branch_enis.then_some((POD_ENI, BRANCH_ENIS)))
            .fold(status, |status, (key, value)| status.quantity(tag, key, value))
    };
    let status = resources(resources(Message::new(), 1, "16"), 2, "15890m");
    status
        .text(3, "")
        .messages(4, conditions)
        .messages(5, addresses.map(|(kind, address)| Message::new().text(1, kind).text(2, &address)))
        .message(6, &Message::new().message(1, &Message::new().number(1, 10_250)))
        .message(7, &info)
        .messages(8, images)
}
