//! Which event and waiting reasons are known, and what each of them is about.
//!
//! Reasons gate the rows of the table: "quota" means one thing in `FailedCreate` and
//! another in `FailedMount`. Message texts do not belong here.

use crate::diagnose::cause::Cause::{
    self, BranchEni, Cgroup, CniError, CniUnavailable, ConfigMissing, Disk, ImagePull, ImagePulling, IpExhausted,
    NodeDown, Runtime, SchedulingCapacity, SchedulingConstraints, VolumeAttach, VolumeMount, VolumeProvision,
};
use crate::diagnose::cause::Stage;
use crate::diagnose::cause::Strength::{self, Telling, Weak};

/// What a reason is about. One reason may be about several things: kubelet says `Failed`
/// for an image that cannot be pulled and for a container that does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// The pod's sandbox: network and runtime.
    Sandbox,
    Volume,
    Image,
    /// Creating or starting a container.
    Container,
    /// A claim that waits for its volume.
    Provision,
    /// Branch interfaces and addresses, told by a controller.
    Address,
    /// The node, also where it turns a pod away that is already bound.
    Node,
    /// The scheduler, the cluster autoscaler, Karpenter, Fargate.
    Scheduling,
    /// A pod that never came to exist.
    Admission,
    /// Says nothing about a pod that cannot start.
    Silent,
}

use Topic::{Address, Admission, Container, Image, Node, Provision, Sandbox, Scheduling, Silent, Volume};

/// What a reason tells when its message tells nothing.
type Alone = Option<(Cause, Strength)>;

const NONE: Alone = None;

/// kubelet's: kubernetes/kubernetes pkg/kubelet/events/event.go,
/// pkg/kubelet/images/types.go, `pkg/kubelet/container/sync_result.go`,
/// `pkg/kubelet/kuberuntime/kuberuntime_container.go`.
const REASONS: &[(&str, &[Topic], Alone)] = &[
    // Sandbox
    ("FailedCreatePodSandBox", &[Sandbox], Some((Runtime, Weak))),
    ("CreatePodSandboxError", &[Sandbox], Some((Runtime, Weak))),
    ("ConfigPodSandboxError", &[Sandbox], Some((Runtime, Weak))),
    ("FailedPodSandBoxStatus", &[Sandbox], Some((Runtime, Weak))),
    ("SetupNetworkError", &[Sandbox], Some((CniError, Telling))),
    ("TeardownNetworkError", &[Sandbox], Some((CniError, Telling))),
    ("NetworkNotReady", &[Sandbox], Some((CniUnavailable, Telling))),
    ("NetworkPluginNotReady", &[Sandbox], Some((CniUnavailable, Telling))),
    ("FailedCreatePodContainer", &[Sandbox], Some((Cgroup, Weak))),
    ("FailedPrepareDynamicResources", &[Sandbox], NONE),
    ("KillPodSandboxError", &[Sandbox], NONE),
    ("FailedKillPod", &[Sandbox], NONE),
    // About several
    ("FailedSync", &[Sandbox, Volume, Image, Container], NONE),
    ("Failed", &[Image, Container, Volume], NONE),
    ("BackOff", &[Image, Container], NONE),
    // Volumes
    ("FailedMount", &[Volume], Some((VolumeMount, Telling))),
    ("FailedMapVolume", &[Volume], Some((VolumeMount, Telling))),
    ("FailedUnMount", &[Volume], Some((VolumeMount, Weak))),
    ("FailedMountOnFilesystemMismatch", &[Volume], Some((VolumeMount, Telling))),
    ("VolumeResizeFailed", &[Volume], NONE),
    ("FileSystemResizeFailed", &[Volume], NONE),
    ("FailedAttachVolume", &[Volume], Some((VolumeAttach, Telling))),
    ("FailedDetachVolume", &[Volume], Some((VolumeAttach, Telling))),
    // Claims (pkg/controller/volume/events/event.go)
    ("ProvisioningFailed", &[Provision], Some((VolumeProvision, Telling))),
    ("ExternalProvisioning", &[Provision], Some((VolumeProvision, Telling))),
    ("FailedBinding", &[Provision], Some((VolumeProvision, Telling))),
    ("VolumeMismatch", &[Provision], Some((VolumeProvision, Telling))),
    ("ClaimLost", &[Provision], Some((VolumeProvision, Telling))),
    ("ClaimMisbound", &[Provision], Some((VolumeProvision, Telling))),
    ("VolumeFailedRecycle", &[Provision], Some((VolumeProvision, Weak))),
    // Images
    ("Pulling", &[Image], Some((ImagePulling, Telling))),
    ("ErrImagePull", &[Image], Some((ImagePull, Telling))),
    ("ImagePullBackOff", &[Image], Some((ImagePull, Telling))),
    ("InvalidImageName", &[Image], Some((ImagePull, Telling))),
    ("ErrImageNeverPull", &[Image], Some((ImagePull, Telling))),
    ("ImageInspectError", &[Image], Some((ImagePull, Telling))),
    ("InspectFailed", &[Image], Some((ImagePull, Telling))),
    ("RegistryUnavailable", &[Image], Some((ImagePull, Telling))),
    ("SignatureValidationFailed", &[Image], Some((ImagePull, Telling))),
    ("CannotPullContainerError", &[Image], Some((ImagePull, Telling))),
    ("FailedToRetrieveImagePullSecret", &[Image], Some((ImagePull, Weak))),
    // Containers
    ("CreateContainerConfigError", &[Container, Volume], Some((ConfigMissing, Weak))),
    ("CreateContainerError", &[Container], Some((Runtime, Weak))),
    ("RunContainerError", &[Container], Some((Runtime, Weak))),
    ("RunInitContainerError", &[Container], Some((Runtime, Weak))),
    ("PreCreateHookError", &[Container], Some((Runtime, Weak))),
    ("PreStartHookError", &[Container], Some((Runtime, Weak))),
    ("StartError", &[Container], Some((Runtime, Weak))),
    ("ContainerCannotRun", &[Container], Some((Runtime, Weak))),
    // Addresses (aws/amazon-vpc-resource-controller-k8s, aws/amazon-vpc-cni-k8s,
    // kubeovn/kube-ovn)
    ("BranchAllocationFailed", &[Address], Some((BranchEni, Telling))),
    ("BranchENIAnnotationFailed", &[Address], Some((BranchEni, Telling))),
    ("TrunkENICreationFailed", &[Address], Some((BranchEni, Telling))),
    ("NodeTrunkFailedInit", &[Address], Some((BranchEni, Telling))),
    ("Unsupported", &[Address], NONE),
    ("InsufficientCidrBlocks", &[Address], Some((IpExhausted, Telling))),
    ("ResourceAllocationFailed", &[Address], Some((IpExhausted, Telling))),
    ("AcquireAddressFailed", &[Address, Sandbox], Some((CniError, Telling))),
    ("EniConfigNameNotFound", &[Address], Some((CniError, Telling))),
    ("CNINodeCreationFailed", &[Address], Some((BranchEni, Telling))),
    ("IPAMDNotReady", &[Address, Sandbox], Some((CniUnavailable, Telling))),
    ("IPAMDNotRunning", &[Address, Sandbox], Some((CniUnavailable, Telling))),
    ("IPAMDNoIPs", &[Address, Sandbox], Some((IpExhausted, Telling))),
    ("MissingIAMPermissions", &[Address], Some((CniError, Telling))),
    // Nodes, and pods that a node turns away (pkg/kubelet/lifecycle, preemption,
    // eviction, nodeshutdown)
    ("NodeNotReady", &[Node], Some((NodeDown, Telling))),
    ("KubeletNotReady", &[Node, Sandbox], Some((NodeDown, Weak))),
    ("NodeStatusUnknown", &[Node], Some((NodeDown, Telling))),
    ("NodeStatusNeverUpdated", &[Node], Some((NodeDown, Telling))),
    ("NodeLost", &[Node], Some((NodeDown, Telling))),
    ("NodeShutdown", &[Node], Some((NodeDown, Telling))),
    ("Shutdown", &[Node], Some((NodeDown, Telling))),
    ("Terminated", &[Node], Some((NodeDown, Telling))),
    ("ContainerGCFailed", &[Node], Some((Runtime, Weak))),
    ("FreeDiskSpaceFailed", &[Node], Some((Disk, Telling))),
    ("ImageGCFailed", &[Node], Some((Disk, Weak))),
    ("NodeHasDiskPressure", &[Node], Some((Disk, Telling))),
    ("InvalidDiskCapacity", &[Node], Some((Disk, Weak))),
    ("EvictionThresholdMet", &[Node], NONE),
    ("Evicted", &[Node], NONE),
    ("FailedNodeAllocatableEnforcement", &[Node], Some((Cgroup, Telling))),
    ("NodeAffinity", &[Node], Some((SchedulingConstraints, Telling))),
    ("HostPortConflict", &[Node], Some((SchedulingConstraints, Telling))),
    ("NodePorts", &[Node], Some((SchedulingConstraints, Telling))),
    ("TopologyAffinityError", &[Node], Some((SchedulingConstraints, Telling))),
    ("UnexpectedAdmissionError", &[Node], NONE),
    // Scheduling
    ("FailedScheduling", &[Scheduling], NONE),
    ("Unschedulable", &[Scheduling], NONE),
    ("SchedulerError", &[Scheduling], NONE),
    ("SchedulingGated", &[Scheduling], NONE),
    ("WaitingForGates", &[Scheduling], NONE),
    ("NotTriggerScaleUp", &[Scheduling], NONE),
    ("FailedProvisioning", &[Scheduling], NONE),
    // Pods that never come to exist
    ("FailedCreate", &[Admission], NONE),
    // Nothing to do with a pod that cannot start
    ("BackoffLimitExceeded", &[Silent], NONE),
    ("ContainerCreating", &[Silent], NONE),
    ("CrashLoopBackOff", &[Silent], NONE),
    ("Created", &[Silent], NONE),
    ("DNSConfigForming", &[Silent], NONE),
    ("DeadlineExceeded", &[Silent], NONE),
    ("FailedPostStartHook", &[Silent], NONE),
    ("FailedPreStopHook", &[Silent], NONE),
    ("InvalidVariableNames", &[Silent], NONE),
    ("Killing", &[Silent], NONE),
    ("LoggingDisabled", &[Silent], NONE),
    ("LoggingEnabled", &[Silent], NONE),
    ("MissingClusterDNS", &[Silent], NONE),
    ("Nominated", &[Silent], NONE),
    ("NominatedNode", &[Silent], NONE),
    ("PodInitializing", &[Silent], NONE),
    ("Preempted", &[Silent], NONE),
    ("Preempting", &[Silent], NONE),
    ("ProbeError", &[Silent], NONE),
    ("ProbeWarning", &[Silent], NONE),
    ("Provisioning", &[Silent], NONE),
    ("ProvisioningSucceeded", &[Silent], NONE),
    ("Pulled", &[Silent], NONE),
    ("ResourceAllocated", &[Silent], NONE),
    ("SandboxChanged", &[Silent], NONE),
    ("Scheduled", &[Silent], NONE),
    ("SecurityGroupRequested", &[Silent], NONE),
    ("Started", &[Silent], NONE),
    ("SuccessfulAttachVolume", &[Silent], NONE),
    ("SuccessfulCreate", &[Silent], NONE),
    ("SuccessfulMountVolume", &[Silent], NONE),
    ("TaintManagerEviction", &[Silent], NONE),
    ("TriggeredScaleUp", &[Silent], NONE),
    ("Unhealthy", &[Silent], NONE),
    ("WaitForFirstConsumer", &[Silent], NONE),
    ("WaitForPodScheduled", &[Silent], NONE),
];

/// A reason, as far as it is known.
pub(super) struct Reason {
    /// A name out of the closed set, or `other`.
    pub name: &'static str,
    /// Empty where the reason is missing or unknown: such a one passes every gate.
    pub topics: &'static [Topic],
    /// What the reason tells without a message.
    pub alone: Alone,
}

impl Reason {
    pub(super) fn of(reason: Option<&str>) -> Self {
        let reason = reason.unwrap_or_default();
        // kubelet turns a pod away with `OutOfcpu`, `OutOfnvidia.com/gpu`, ...
        // (pkg/kubelet/lifecycle/predicate.go).
        if reason.starts_with("OutOf") {
            let alone = Some((SchedulingCapacity, Telling));
            return Self { name: "OutOf", topics: &[Node], alone };
        }
        REASONS.iter().find(|(name, ..)| *name == reason).map_or(
            Self { name: "other", topics: &[], alone: NONE },
            |&(name, topics, alone)| Self { name, topics, alone },
        )
    }

    pub(super) fn is(&self, topic: Topic) -> bool {
        self.topics.contains(&topic)
    }

    /// The stage that the reason alone proves.
    pub(super) fn stage(&self) -> Option<Stage> {
        match self.topics {
            [Sandbox | Volume] | [Address, ..] => Some(Stage::Sandbox),
            [Image] => Some(Stage::Image),
            // kubelet reads Secrets and subpaths when it creates the container.
            [Container, ..] => Some(Stage::Container),
            _ => None,
        }
    }
}

impl Topic {
    /// The topics that rules are made for.
    pub(super) const ALL: &[Self] =
        &[Sandbox, Volume, Image, Container, Provision, Address, Node, Scheduling, Admission];

    /// What people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Sandbox => "sandbox",
            Volume => "volume",
            Image => "image",
            Container => "container",
            Provision => "claim",
            Address => "address",
            Node => "node",
            Scheduling => "scheduling",
            Admission => "admission",
            Silent => "silent",
        }
    }
}

/// The reasons that are about the topic, in the table's order.
pub(super) fn about(topic: Topic) -> impl Iterator<Item = &'static str> {
    REASONS.iter().filter(move |(_, of, _)| of.contains(&topic)).map(|(name, ..)| *name)
}

/// The reasons that tell something alone.
pub(super) fn alone() -> impl Iterator<Item = (&'static str, Cause)> {
    REASONS.iter().filter_map(|(name, _, alone)| alone.map(|(cause, _)| (*name, cause)))
}
