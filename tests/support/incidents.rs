//! What the incidents put into a cluster, for the tests of the metrics and those of the alerts.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    cluster::Cluster,
    objects::{Object, PodBuilder, ago, all_running, container_status, ready},
};

/// Incident 1, word for word.
pub const ERRNO_524: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd \
    task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container \
    process: unable to init seccomp: error loading seccomp filter into kernel: error loading seccomp filter: errno \
    524: unknown";

/// The resource of branch ENIs, and the annotation that says which a pod has.
pub const POD_ENI: &str = "vpc.amazonaws.com/pod-eni";

/// The VPC resource controller's words about each node; its version follows.
pub const MANAGED_BY: &str = "The node is managed by VPC resource controller version";

/// Images of incident 2. The API server's version is 1.36, so what was left behind is younger here, and by as much.
pub const OLD_CNI: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.10.1-eksbuild.1";
pub const CNI: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.22.3-eksbuild.1";
pub const KUBE_PROXY: &str = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.32.13-minimal-eksbuild.16";

/// Runs of a `CronJob` that are on `node-a`: pods whose containers have not started. The last was bound ten minutes ago, each
/// before it a minute earlier.
pub async fn stuck_runs_of_a_cron_job(cluster: &Cluster, runs: i64) -> Vec<Object> {
    let cron_job = cluster.cron_job("billing", "invoice-export").await;
    let mut pods = Vec::new();
    for run in 0..runs {
        let name = format!("invoice-export-{}", 28_045_620 + 60 * run);
        let job = cluster.job_of(&cron_job, &name).await;
        let age = SignedDuration::from_mins(9 + runs - run);
        let pod = cluster.pod("billing", &format!("{name}-x7k2p")).bound("node-a", age).owned_by(&job);
        pods.push(pod.create().await);
    }
    pods
}

/// A node of the node group `workers` with Amazon Linux 2 and this kernel.
pub fn amazon_linux_2(kernel: &str) -> Value {
    let info = json!({"osImage": "Amazon Linux 2", "kernelVersion": kernel, "kubeletVersion": "v1.35.1-eks-0123456"});
    json!({"metadata": {"labels": {"eks.amazonaws.com/nodegroup": "workers"}}, "status": {"nodeInfo": info}})
}

/// A pod on `node-a` that has this branch ENI.
pub fn with_branch_eni<'a>(cluster: &'a Cluster, name: &str, eni: &str) -> PodBuilder<'a> {
    cluster.pod("loyalty", name).on("node-a").limited_to(POD_ENI, "1").with(branch_eni(eni))
}

/// The annotation by which the VPC resource controller gives a pod a branch ENI.
pub fn branch_eni(eni: &str) -> Value {
    let annotation = json!([{"eniId": eni, "ifAddress": "0a:00:00:00:00:01", "vlanId": 1}]).to_string();
    json!({"metadata": {"annotations": {POD_ENI: annotation}}})
}

/// The status of a pod that completed so long ago.
pub fn completed(age: SignedDuration) -> Value {
    let finished = json!({"terminated": {"exitCode": 0, "finishedAt": ago(age)}});
    json!({"phase": "Succeeded", "containerStatuses": [container_status("main", &finished)]})
}

/// A label that the add-ons' `DaemonSets` select by.
pub fn linux() -> Value {
    json!({"metadata": {"labels": {"kubernetes.io/os": "linux"}}})
}

/// A `DaemonSet`'s pod on a node, ready since twelve minutes, or not.
pub fn daemon<'a>(cluster: &'a Cluster, set: &Object, node: &str, image: &str, ready: bool) -> PodBuilder<'a> {
    let containers = json!([{"name": "main", "image": image}]);
    let mut pod = cluster.pod("kube-system", &format!("{}-{node}", set.name)).owned_by(set);
    pod = pod.with(json!({"spec": {"nodeName": node, "containers": null}}));
    pod.with(json!({"spec": {"containers": containers}}))
        .status(all_running())
        .status(is_ready(ready, SignedDuration::from_mins(12)))
}

/// The status of a pod that has been ready for so long, or not.
pub fn is_ready(ready: bool, age: SignedDuration) -> Value {
    let status = if ready { "True" } else { "False" };
    json!({"conditions": [{"type": "Ready", "status": status, "lastTransitionTime": ago(age)}]})
}

/// Eight nodes of the node group `workers`, the first three in a zone of their own.
pub async fn eight_nodes_in_two_zones(cluster: &Cluster) -> Vec<Object> {
    let mut nodes = Vec::new();
    for number in 0..8 {
        let zone = if number < 3 { "euw1-az3" } else { "euw1-az1" };
        let labels = json!({"eks.amazonaws.com/nodegroup": "workers", "topology.k8s.aws/zone-id": zone});
        let node = cluster.node(&format!("node-{number}")).with(json!({"metadata": {"labels": labels}}));
        nodes.push(node.create().await);
    }
    nodes
}

/// The status of a node whose kubelet has been silent for so long.
pub fn silent(age: SignedDuration) -> Value {
    let mut condition = ready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
    condition["lastTransitionTime"] = json!(ago(age));
    json!({"conditions": [condition]})
}
