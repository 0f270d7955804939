//! Builders of add-ons' pods and `DaemonSets`.

use super::{at, owner, time, uid};
use crate::objects::{AddonPod, ContainerImage, DaemonSet, PodCondition, keys};

pub const CNI: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.16.2-eksbuild.1";
pub const OLD_CNI: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.10.1-eksbuild.1";
pub const KUBE_PROXY: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.25.16-minimal-eksbuild.2";
pub const OLD_KUBE_PROXY: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.21.2-eksbuild.2";

/// A ready pod of a `DaemonSet` in kube-system, created at the start.
pub fn daemon(set: &str, number: u32, node: &str, image: &str) -> AddonPodBuilder {
    let mut pod = AddonPod::default();
    pod.metadata.name = format!("{set}-{number}");
    pod.metadata.namespace = "kube-system".to_owned();
    pod.metadata.uid = uid(number);
    pod.metadata.creation_timestamp = time(0);
    pod.metadata.owner_references.push(owner("DaemonSet", set, 1));
    pod.spec.node_name = node.to_owned();
    pod.spec.containers.push(ContainerImage { image: image.to_owned() });
    pod.status.phase = "Running".to_owned();
    AddonPodBuilder(pod).ready(true, 5)
}

/// A ready pod of a Deployment in kube-system.
pub fn deployed(deployment: &str, number: u32, image: &str) -> AddonPodBuilder {
    let mut pod = daemon(deployment, number, "a", image);
    pod.0.metadata.owner_references = vec![owner("ReplicaSet", &format!("{deployment}-6c9f8d7b54"), 2)];
    pod
}

/// Bends one.
#[derive(Clone)]
pub struct AddonPodBuilder(pub AddonPod);

impl AddonPodBuilder {
    /// Ready or not since so many seconds after the start.
    pub fn ready(mut self, ready: bool, seconds: i64) -> Self {
        self.0.status.conditions = vec![PodCondition {
            r#type: "Ready".to_owned(),
            status: if ready { "True" } else { "False" }.to_owned(),
            last_transition_time: at(seconds).into(),
            ..PodCondition::default()
        }];
        self
    }

    pub fn image(mut self, image: &str) -> Self {
        self.0.spec.containers.push(ContainerImage { image: image.to_owned() });
        self
    }

    pub fn init(mut self, image: &str) -> Self {
        self.0.spec.init_containers.push(ContainerImage { image: image.to_owned() });
        self
    }

    pub fn phase(mut self, phase: &str) -> Self {
        phase.clone_into(&mut self.0.status.phase);
        self
    }
}

/// A `DaemonSet` of kube-system, wanted on every node, created two days before the start.
pub fn daemon_set(name: &str, number: u32) -> DaemonSet {
    let mut set = DaemonSet::default();
    set.metadata.name = name.to_owned();
    set.metadata.namespace = "kube-system".to_owned();
    set.metadata.uid = uid(number);
    set.metadata.creation_timestamp = time(-172_800);
    set
}

/// The same, wanted only on nodes of that operating system.
pub fn daemon_set_on(os: &str, name: &str, number: u32) -> DaemonSet {
    let mut set = daemon_set(name, number);
    set.spec.template.spec.node_selector.insert(keys::OS.as_str().to_owned(), os.to_owned());
    set
}
