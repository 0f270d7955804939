//! The closed sets that a diagnosis is made of: causes, stages, strengths of
//! evidence, with their names as labels and what to tell a person about them.
//!
//! How a cause is found does not belong here: texts are read in [`super::text`].

/// Declares [`Cause`] with each variant's label, meaning and first step next to
/// each other, so that none can be added without being documented.
macro_rules! causes {
    ($($variant:ident $label:literal $meaning:literal $look:literal)+) => {
        /// Why a pod is not running yet. One closed set for all pods; which part of it
        /// a family of metrics uses is said by [`Cause::CREATING`] and
        /// [`Cause::UNSCHEDULED`].
        #[expect(clippy::doc_markdown, reason = "the sentences are also shown to people")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Cause {
            $(#[doc = $meaning] $variant,)+
        }

        impl Cause {
            /// Every cause, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value of the label `cause`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// What is wrong, in one plain sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// Where to look first: one plain sentence with a command in it. The
            /// placeholders `{namespace}`, `{pod}` and `{node}` are for the caller to fill.
            #[must_use]
            pub const fn look(self) -> &'static str {
                match self { $(Self::$variant => $look,)+ }
            }
        }
    };
}

causes! {
    // Pods being created, in METRICS.md's order.
    SeccompBpfLimit "seccomp_bpf_limit"
        "The node's kernel has no BPF JIT memory left, so no seccomp filter loads and no container starts on it."
        "Compare the kernels with `kubectl get node {node} -o wide`, then drain and replace the node with a fixed image: restarting pods does not help."
    BranchEni "branch_eni"
        "The pod waits for a branch network interface (security groups for pods)."
        "Compare eks_node_pod_eni_used, by state, with what `kubectl describe node {node}` counts: it leaves out pods that have ended and interfaces that cool down."
    IpExhausted "ip_exhausted"
        "The CNI has no free address for the pod."
        "Check the free addresses of the node's subnet, and how many pods the node holds: `kubectl get pods -A --field-selector spec.nodeName={node}`."
    CniUnavailable "cni_unavailable"
        "The CNI plugin or its agent is not there, or refuses connections, on the node."
        "See whether the agent runs with `kubectl -n kube-system get pods -o wide --field-selector spec.nodeName={node}`."
    CniError "cni_error"
        "The CNI plugin answered and refused to set up the pod's network."
        "Read the plugin's own words with `kubectl -n {namespace} describe pod {pod}`."
    ApiUnreachable "api_unreachable"
        "The node's CNI cannot reach the Kubernetes API server."
        "Check kube-proxy and the routes on the node: `kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide --field-selector spec.nodeName={node}`."
    ImagePull "image_pull"
        "An image cannot be pulled: wrong name, no rights, or no way to the registry."
        "Read the registry's answer with `kubectl -n {namespace} describe pod {pod}`."
    ImagePulling "image_pulling"
        "An image is being pulled and nothing has failed so far."
        "See since when with `kubectl -n {namespace} describe pod {pod}`; a large image or a slow registry needs time."
    ConfigMissing "config_missing"
        "A Secret, a ConfigMap or a key in one that the pod refers to does not exist."
        "The missing name is in `kubectl -n {namespace} describe pod {pod}`."
    VolumeAttach "volume_attach"
        "A volume cannot be attached to the node."
        "See where it is attached now with `kubectl get volumeattachments`."
    VolumeMount "volume_mount"
        "A volume cannot be mounted into the pod, or is not mounted yet."
        "Read which volume and why with `kubectl -n {namespace} describe pod {pod}`."
    VolumeProvision "volume_provision"
        "A volume claim is missing or has no volume yet."
        "Read the claim's events with `kubectl -n {namespace} describe pvc`."
    Runtime "runtime"
        "The container runtime on the node fails or does not answer."
        "Compare with the other pods of the node, `kubectl get pods -A --field-selector spec.nodeName={node}`, and read containerd's log there."
    Cgroup "cgroup"
        "The node cannot make or change a control group for the pod."
        "Read the exact file or unit with `kubectl -n {namespace} describe pod {pod}`, and the systemd and kubelet logs on the node."
    Disk "disk"
        "A disk of the node is full."
        "Check DiskPressure and what fills the disk with `kubectl describe node {node}`."
    NodeDown "node_down"
        "The node is gone, shutting down, or nobody hears from it."
        "See the node's conditions with `kubectl describe node {node}`."
    Other "other"
        "There is evidence, but it fits none of the known causes."
        "Read the events with `kubectl -n {namespace} describe pod {pod}`."
    Unknown "unknown"
        "There is no evidence yet."
        "Read the events with `kubectl -n {namespace} describe pod {pod}`."
    // Pods not scheduled.
    NoNodes "no_nodes"
        "The cluster has no nodes."
        "Check the node groups and the autoscaler with `kubectl get nodes`."
    SchedulingCapacity "scheduling_capacity"
        "No node has enough room left for the pod, and none is being added."
        "See what is missing with `kubectl -n {namespace} describe pod {pod}`, and the limits of the autoscaler."
    SchedulingConstraints "scheduling_constraints"
        "The pod's own rules (selectors, affinity, taints, spread) leave no node for it."
        "Compare the rules in `kubectl -n {namespace} describe pod {pod}` with the labels and taints in `kubectl describe nodes`."
    Gated "gated"
        "The pod has scheduling gates, so nobody has tried to schedule it."
        "See which gates with `kubectl -n {namespace} get pod {pod} -o jsonpath={.spec.schedulingGates}`."
    Placeholder "placeholder"
        "The pod has a negative priority: it only holds room for others."
        "Nothing to do unless it should run: `kubectl -n {namespace} get pod {pod} -o jsonpath={.spec.priorityClassName}`."
    NoScheduler "no_scheduler"
        "No scheduler has looked at the pod."
        "Check that the scheduler it names runs: `kubectl -n {namespace} get pod {pod} -o jsonpath={.spec.schedulerName}`."
    Fargate "fargate"
        "The pod waits for its Fargate machine."
        "Read what Fargate says with `kubectl -n {namespace} describe pod {pod}`, and check the profile's subnets."
    // Pods that never come to exist.
    AdmissionWebhook "admission_webhook"
        "An admission webhook cannot be called, so the API server refuses the pod."
        "Check the Service behind the webhook that `kubectl -n {namespace} get events` names."
    AdmissionDenied "admission_denied"
        "An admission rule refuses the pod as it is specified."
        "The rule is named in `kubectl -n {namespace} get events --field-selector reason=FailedCreate`."
    Quota "quota"
        "A resource quota of the namespace leaves no room for the pod."
        "See what is used with `kubectl -n {namespace} describe resourcequota`."
}

impl Cause {
    /// The causes of a pod that is being created, in the order of docs/metrics.md.
    pub const CREATING: &'static [Self] = &[
        Self::SeccompBpfLimit,
        Self::BranchEni,
        Self::IpExhausted,
        Self::CniUnavailable,
        Self::CniError,
        Self::ApiUnreachable,
        Self::ImagePull,
        Self::ImagePulling,
        Self::ConfigMissing,
        Self::VolumeAttach,
        Self::VolumeMount,
        Self::VolumeProvision,
        Self::Runtime,
        Self::Cgroup,
        Self::Disk,
        Self::NodeDown,
        Self::Other,
        Self::Unknown,
    ];

    /// The causes of a pod that is not scheduled, in the order of docs/metrics.md.
    pub const UNSCHEDULED: &'static [Self] = &[
        Self::NoNodes,
        Self::SchedulingCapacity,
        Self::BranchEni,
        Self::SchedulingConstraints,
        Self::NodeDown,
        Self::VolumeProvision,
        Self::Gated,
        Self::Placeholder,
        Self::NoScheduler,
        Self::Fargate,
        Self::Unknown,
    ];
}

/// How far a pod's creation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Network, runtime and volumes, before any image.
    Sandbox,
    /// An image is being pulled, or its pull fails.
    Image,
    /// The sandbox is ready, and an init container has never run.
    Init,
    /// Sandbox and images are ready; creating or starting the container fails.
    Container,
    /// Nothing tells.
    Unknown,
}

impl Stage {
    /// Every stage, in the order a pod goes through them.
    pub const ALL: &'static [Self] = &[Self::Sandbox, Self::Image, Self::Init, Self::Container, Self::Unknown];

    /// The value of the label `stage`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Image => "image",
            Self::Init => "init",
            Self::Container => "container",
            Self::Unknown => "unknown",
        }
    }
}

/// How much a text tells. Greater is better evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// Nothing fits the words. The cause is what the reason alone suggests, else [`Cause::Other`].
    Unfit,
    /// A text that many causes leave behind. It never replaces a telling one.
    Weak,
    /// The failing component's own words.
    Telling,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn labels_are_distinct_and_the_lists_hold_no_cause_twice() {
        let labels: HashSet<_> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        assert_eq!(labels.len(), Cause::ALL.len());
        for (list, length) in [(Cause::CREATING, 18), (Cause::UNSCHEDULED, 11)] {
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), length);
            assert_eq!(list.len(), length);
        }
    }

    #[test]
    fn each_cause_is_explained_in_one_sentence_with_a_command() {
        for cause in Cause::ALL {
            assert!(cause.meaning().ends_with('.'), "{cause:?}");
            assert!(cause.look().contains("`kubectl "), "{cause:?}");
            assert!(cause.look().ends_with('.'), "{cause:?}");
        }
    }
}
