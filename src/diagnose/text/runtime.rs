//! What kubelet, containerd, CRI-O, dockershim, runc and the kernel write when a sandbox
//! or a container cannot be made: seccomp, cgroups, disks, the pause image, the runtime
//! itself. Its rows come in two parts, because images, volumes and networks are in between.

use super::reason::Topic::{self, Container, Image, Node, Sandbox, Volume};
use super::row::Row;
use crate::diagnose::cause::Cause::{
    Cgroup, Disk, NodeDown, Other, Runtime, SchedulingCapacity, SchedulingConstraints, SeccompBpfLimit,
};
use crate::diagnose::cause::Stage;

const MADE: &[Topic] = &[Sandbox, Container];
const ANY: &[Topic] = &[Sandbox, Container, Volume];
const AT: &[Stage] = &[Stage::Sandbox, Stage::Container];

/// Before everything else, whatever the reason: it proves that the node is exhausted. Go
/// writes the number; C (crun) has no name for it either.
pub(super) const SECCOMP_LIMIT: Row =
    Row::new(SeccompBpfLimit, &[], &["errno 524", "seccomp*unknown error 524"], &["aws/amazon-ecs-ami#124"]);

/// What must be asked before images, volumes and networks.
pub(super) const FIRST: &[Row] = &[
    // Cut off before the errno. Another errno is another fault (opencontainers/runc#2865).
    Row::new(SeccompBpfLimit, MADE, &["error loading seccomp filter into kernel"], &["leptonai/gpud#213"])
        .without(&[
            "invalid argument",
            "not permitted",
            "permission denied",
            "cannot allocate",
            "bad address",
            "errno ",
        ])
        .at(AT)
        .weak(),
    // A kernel out of memory cgroups, not a full disk.
    Row::new(
        Cgroup,
        &[Sandbox, Container, Node],
        &[
            "cgroup",
            "systemd unit",
            "sd-bus call",
            "cfs_quota_us",
            "cpuset.cpus",
            "unable to freeze",
            "failed to create container for [kubepods",
        ],
        &[
            "aws/containers-roadmap#1890",
            "awslabs/amazon-eks-ami#2126",
            "cri-o/cri-o#9082",
            "opencontainers/runc#3312",
            "podman-container-tools/podman#1841",
            "rootsongjc/kubernetes-handbook#313",
        ],
    )
    .at(AT),
    Row::new(
        Disk,
        &[],
        &[
            "no space left on device",
            "disk quota exceeded",
            "diskpressure",
            "low on resource: ephemeral-storage",
            "low on resource: nodefs",
            "low on resource: imagefs",
            "reclaim ephemeral-storage",
            // kubelet's image garbage collection (pkg/kubelet/images/image_gc_manager.go)
            "wanted to free",
        ],
        &[
            "MaterializeInc/materialize#24083",
            "bsycorp/kind#15",
            "golang/go src/syscall/zerrors_linux_amd64.go",
            "kubernetes/kubernetes#57442",
            "kubernetes/kubernetes#63415",
            "kubernetes/kubernetes#71869",
            "kubernetes/kubernetes#91600",
        ],
    )
    // A limit of watches or of namespaces: the errno is the same.
    .without(&["inotify", "fork/exec"]),
    // The pause image is the node's.
    Row::new(
        Runtime,
        &[Sandbox, Image],
        &[
            "failed to get sandbox image",
            "failed to inspect sandbox image",
            "failed pulling image \"*pause",
            "unable to pull sandbox image",
        ],
        &[
            "containerd/containerd internal/cri/server/podsandbox/sandbox_run.go",
            "kubernetes/kubelet#7",
            "kubernetes/kubernetes pkg/kubelet/dockershim/helpers.go",
        ],
    )
    .at(&[Stage::Sandbox]),
];

/// What is left when images, volumes and networks have been asked.
pub(super) const LAST: &[Row] = &[
    // Nodes.
    Row::new(
        NodeDown,
        &[Node, Sandbox],
        &[
            "pleg is not healthy",
            "pleg was last seen",
            "kubelet stopped posting node status",
            "node is shutting",
            "in progress of shutting down",
            "node shutdown",
            "node is not ready",
            "container runtime is down",
            "container runtime status check",
        ],
        &[
            "kelseyhightower/kubernetes-the-hard-way#206",
            "kubernetes/kubernetes#101056",
            "kubernetes/kubernetes#102840",
            "kubernetes/kubernetes#34314",
            "longhorn/longhorn#2276",
        ],
    ),
    Row::new(
        SchedulingCapacity,
        &[Node],
        &["node didn't have enough resource", "requested number of devices unavailable"],
        &[
            "aws/karpenter-provider-aws#393",
            "kubernetes/kubernetes pkg/kubelet/cm/devicemanager/manager.go",
            "kubernetes/kubernetes pkg/kubelet/lifecycle/predicate.go",
        ],
    ),
    Row::new(SchedulingConstraints, &[Node], &["predicate nodeaffinity failed"], &["kubernetes/kubernetes#109663"]),
    // The image or the spec is at fault, not the runtime.
    Row::new(
        Other,
        &[Container, Sandbox],
        &[
            "container process: exec:",
            "init: exec:",
            "process caused: exec:",
            "process caused \"exec:",
            "exec format error",
            "no command specified",
            "runasnonroot",
        ],
        &[
            "GoogleCloudPlatform/gke-fleet-management#97",
            "containerd/containerd#5854",
            "cri-o/cri-o#9136",
            "intel/CPU-Manager-for-Kubernetes#299",
            "jenkins-x/gsm-controller#22",
            "kubevirt/kubevirt#2693",
        ],
    )
    .unfit(),
    // One of the runtime's own that cannot be reached, before its words about time.
    Row::new(
        Runtime,
        &[Sandbox, Container, Volume, Node],
        &["containerd.sock", "dockershim.sock", "docker.sock", "crio.sock", "cri-dockerd.sock"],
        &["Mirantis/cri-dockerd#208", "NVIDIA/gpu-operator#549", "kubernetes/kubelet#46"],
    ),
    Row::new(
        Runtime,
        MADE,
        &[
            "context deadline exceeded",
            "deadlineexceeded",
            "is reserved for",
            "name is reserved",
            "failed to reserve",
            "error reserving",
        ],
        &["IBM/ibm-spectrum-scale-csi#337", "senthilrch/kube-fledged#194"],
    )
    .weak(),
    Row::new(
        Runtime,
        ANY,
        &[
            "oci runtime",
            "runc create failed",
            "runc did not terminate",
            "unable to start container process",
            "container_linux.go",
            "standard_init_linux.go",
            "process_linux.go",
            "container create failed",
            "container creation error",
            "failed to create containerd",
            "failed to create shim",
            "failed to start shim",
            "failed to start sandbox",
            "failed to start container",
            "failed to create container",
            "failed to generate container",
            "failed to generate spec",
            "failed to create a sandbox",
            "failed to create sandbox",
            "failed to get sandbox",
            "failed to get image from containerd",
            "sandbox container",
            "runtimehandler",
            "runtimeclass",
            "no runtime for",
            "cannot connect to the docker daemon",
            "error response from daemon",
            "ttrpc: closed",
            "transport is closing",
            "is already in use by",
            "error determining status: ",
            "no such container",
            "cannot start a container",
            "error reading from server: eof",
            "failed to create network namespace",
            "fork/exec",
            "seccomp",
            "apparmor",
            "runtime service",
            "hcsshim",
            "runcontainererror",
            "createcontainererror",
        ],
        &[
            "NVIDIA/gpu-operator#1356",
            "NVIDIA/gpu-operator#549",
            "aws/amazon-vpc-cni-k8s#1112",
            "containerd/containerd internal/cri/server/podsandbox/sandbox_run.go",
            "containerd/containerd#13867",
            "containerd/containerd#5729",
            "deislabs/containerd-wasm-shims#190",
            "dell/csi-baremetal#417",
            "k3s-io/k3s#10782",
            "kata-containers/runtime#2340",
            "kubernetes/kubernetes#39028",
            "kubernetes/kubernetes#79466",
            "kubernetes/test-infra#13039",
            "luksa/kubernetes-in-action#17",
            "open-telemetry/opentelemetry-operator#4563",
            "opencontainers/runc#2865",
            "rancher/elemental#349",
            "rancher/rke2#6101",
        ],
    ),
];
