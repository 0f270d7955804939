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
pub(super) const SECCOMP_LIMIT: &[&str] = &["errno 524", "seccomp*unknown error 524"];

/// What must be asked before images, volumes and networks.
pub(super) const FIRST: &[Row] = &[
    // Cut off before the errno. Another errno is another fault (opencontainers/runc#2865).
    Row::new(
        SeccompBpfLimit,
        MADE,
        &["error loading seccomp filter into kernel"],
        "opencontainers/runc libcontainer/seccomp/seccomp_linux.go",
    )
    .without(&["invalid argument", "not permitted", "permission denied", "cannot allocate", "bad address", "errno "])
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
            "unit * already exists",
            "cfs_quota_us",
            "cpuset.cpus",
            "unable to freeze",
            "failed to create container for [kubepods",
        ],
        "opencontainers/runc#3312",
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
            "low on resource: inodes",
            "reclaim ephemeral-storage",
            // kubelet's image garbage collection (pkg/kubelet/images/image_gc_manager.go)
            "wanted to free",
        ],
        "rancher/k3os#55",
    )
    .without(&["inotify"]),
    // The pause image is the node's.
    Row::new(
        Runtime,
        &[Sandbox, Image],
        &[
            "failed to get sandbox image",
            "failed to inspect sandbox image",
            "failed pulling image \"*pause",
            "unable to pull sandbox image",
            "unable to pull pause image",
        ],
        "containerd/containerd internal/cri/server/podsandbox/sandbox_run.go",
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
            "is unresponsive",
        ],
        "kubernetes/kubernetes#102840",
    ),
    Row::new(
        SchedulingCapacity,
        &[Node],
        &["node didn't have enough resource", "requested number of devices unavailable"],
        "aws/karpenter-provider-aws#393",
    ),
    Row::new(SchedulingConstraints, &[Node], &["predicate nodeaffinity failed"], "kubernetes/kubernetes#109663"),
    // The image or the spec is at fault, not the runtime.
    Row::new(
        Other,
        &[Container, Sandbox],
        &[
            "container process: exec:",
            "init: exec:",
            "process caused: exec:",
            "process caused exec:",
            "process caused \"exec:",
            "init caused: exec:",
            "executable file `",
            "open executable",
            "exec format error",
            "no command specified",
            "runasnonroot",
        ],
        "cri-o/cri-o#9136",
    )
    .unfit(),
    // One of the runtime's own that cannot be reached, before its words about time.
    Row::new(
        Runtime,
        &[Sandbox, Container, Volume, Node],
        &["containerd.sock", "dockershim.sock", "docker.sock", "crio.sock", "cri-dockerd.sock"],
        "NVIDIA/gpu-operator#549",
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
        "senthilrch/kube-fledged#194",
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
            "seccomp",
            "apparmor",
            "runtime service",
            "hcsshim",
            "runcontainererror",
            "createcontainererror",
        ],
        "aws/containers-roadmap#227",
    ),
];
