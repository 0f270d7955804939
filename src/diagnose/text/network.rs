//! What CNI plugins and their agents write when a pod gets no network.
//!
//! Order matters: who cannot reach the API server says so in the same breath as
//! everything else; then addresses, then an agent that is not there; what is left of a
//! plugin's failures is the plugin's own.

use super::reason::Topic::{self, Address, Node, Sandbox};
use super::row::Row;
use crate::diagnose::cause::Cause::{ApiUnreachable, BranchEni, CniError, CniUnavailable, IpExhausted};
use crate::diagnose::cause::Stage;

const NET: &[Topic] = &[Sandbox];
const AT: &[Stage] = &[Stage::Sandbox];

/// Words of a connection that does not come about.
const NO_ANSWER: &[&str] = &[
    "i/o timeout",
    "connection refused",
    "connection timed out",
    "connection reset",
    "connection lost",
    "no route to host",
    "network is unreachable",
    "no such host",
    "server misbehaving",
    "tls handshake timeout",
    "context deadline exceeded",
    "client.timeout",
    "request canceled",
    "cannotconnect",
    "proxyconnect",
    "service unavailable",
    "bad gateway",
    "gateway timeout",
    // A proxy between node and API server answers in Go's words: `Get "https://…": Forbidden`.
    "\": forbidden",
    ": eof",
    "unexpected eof",
];

/// The words around any failure of a CNI plugin: dockershim, containerd, CRI-O, multus.
const CNI: &[&str] = &[
    "networkplugin cni",
    "failed to get network status for sandbox",
    "failed to setup network for sandbox",
    "failed to set up sandbox container",
    "failed to create pod network sandbox",
    "failed to destroy network for sandbox",
    "to cni network",
    "failed (add)",
    "failed (del",
    "failed to setup network",
    "failed to set up pod",
    "cni failed",
    "cni plugin",
    "plugin type=",
    "error adding container to network",
    "add cmd:",
    "del cmd:",
    "cmdadd",
    "netplugin failed",
    "cni request failed",
    "setupnetwork",
    "teardownnetwork",
];

/// Kubelet's and the runtimes' words for a node without a network. Also in a node's Ready
/// condition.
pub(super) const NOT_INITIALIZED: &[&str] = &[
    "networkpluginnotready",
    "cni plugin not initialized",
    // also spelled "unintialized"
    "cni config unin",
    "network plugin not initialized",
    "network plugin is not ready",
];

/// An address pool that has nothing left to give.
const NO_ADDRESS: &[&str] = &[
    // Amazon VPC CNI, EC2
    "failed to assign an ip address to container",
    "insufficientfreeaddressesinsubnet",
    "insufficientcidrblocks",
    "enough free cidr blocks",
    "sufficient free ipv4 addresses or prefixes",
    // host-local
    "no ip addresses available",
    // Cilium
    "range is full",
    "no more ips available",
    // Azure
    "no available addresses",
    "not enough ips",
    // Calico
    "no ips available in pools",
    "ipam allocated only 0",
    "assigned 0 out of",
    "addresses available in pool",
    // Kube-OVN
    "noavailableaddress",
    // Whereabouts
    "could not allocate ip in range",
    // Spiderpool
    "ip addresses used out",
    // Terway
    "ipnotenough",
    "no free ip",
    // Amazon's VPC resource controller, for Windows
    "is currently empty, will retry in",
];

pub(super) const ROWS: &[Row] = &[
    Row::new(
        BranchEni,
        &[Address, Sandbox],
        &["branch eni", "trunk interface", "yet by the vpc resource controller", "vpc.amazonaws.com/pod-eni"],
        &[
            "aws/amazon-vpc-cni-k8s#1245",
            "aws/amazon-vpc-cni-k8s#2494",
            "aws/amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go",
            "aws/karpenter-provider-aws#8981",
        ],
    )
    .at(AT),
    Row::new(
        BranchEni,
        &[Node],
        &["vpc.amazonaws.com/pod-eni"],
        &["aws/amazon-vpc-cni-k8s#2494", "kubernetes/kubernetes pkg/kubelet/lifecycle/predicate.go"],
    ),
    // The API server behind its cluster address.
    Row::new(
        ApiUnreachable,
        NET,
        &[
            "the server was unable to return a response in the time allotted",
            "the server is currently unable to handle the request",
            "http2: client connection lost",
            "etcdserver: request timed out",
            "request did not complete within requested timeout",
        ],
        &["kubernetes/kubernetes#122938", "ovn-kubernetes/ovn-kubernetes#1523", "rancher/rke2#5905"],
    )
    .at(AT),
    Row::new(
        ApiUnreachable,
        NET,
        NO_ANSWER,
        &[
            "cisco-open/martian-bank-demo#50",
            "golang/go src/syscall/zerrors_linux_amd64.go",
            "k8snetworkplumbingwg/multus-cni#920",
            "linkerd/linkerd2#10413",
            "projectcalico/calico#11378",
            "rancher/rke2#5905",
        ],
    )
    .with(&["https://"])
    .without(&["x509", ".amazonaws.com", "https://github.com"])
    .at(AT),
    Row::new(
        ApiUnreachable,
        NET,
        &[":443: i/o timeout", ":443: connect:", ":6443: i/o timeout", ":6443: connect:"],
        &["cisco-open/martian-bank-demo#50"],
    )
    .with(&["dial tcp"])
    .at(AT),
    Row::new(
        IpExhausted,
        &[Sandbox, Address],
        NO_ADDRESS,
        &[
            "AliyunContainerService/terway#100",
            "Azure/AKS#2532",
            "MicrosoftDocs/architecture-center#4402",
            "apecloud/kubeblocks#619",
            "aws/amazon-vpc-resource-controller-k8s pkg/handler/warm.go",
            "aws/amazon-vpc-cni-k8s#1585",
            "aws/amazon-vpc-cni-k8s#1773",
            "aws/amazon-vpc-cni-k8s#2203",
            "aws/amazon-vpc-cni-k8s#3105",
            "cilium/cilium#10627",
            "cilium/cilium#21196",
            "cri-o/cri-o#2411",
            "kubeovn/kube-ovn#4775",
            "kubernetes/kubernetes#96200",
            "projectcalico/calico libcalico-go/lib/ipam",
            "projectcalico/cni-plugin#25",
            "spidernet-io/spiderpool pkg/constant/errors.go",
        ],
    )
    .at(AT),
    // The plugin or its agent is not there.
    Row::new(
        CniUnavailable,
        &[Sandbox, Node],
        NOT_INITIALIZED,
        &["aws/amazon-vpc-cni-k8s#3264", "containerd/containerd#10743", "kubernetes/kubeadm#1704"],
    )
    .at(AT),
    Row::new(
        CniUnavailable,
        NET,
        &[
            "no networks found in /etc/cni",
            "no cni configuration file",
            "failed to find plugin",
            "failed to connect to backend server",
            "unable to connect to cilium",
            "failed to create cilium agent client",
            "is the agent running?",
            "check that the calico/node container is running",
            "loadflannelsubnetenv failed",
            "/run/flannel/subnet.env",
            "readinessindicatorfile",
            "127.0.0.1:50051",
        ],
        &[
            "aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go",
            "aws/amazon-vpc-cni-k8s#571",
            "cilium/cilium#40312",
            "flannel-io/flannel#2253",
            "justmeandopensource/kubernetes#49",
            "k8snetworkplumbingwg/multus-cni#641",
            "kubernetes/kubeadm#587",
            "kubernetes/kubernetes#94393",
            "openshift/origin#26932",
        ],
    )
    .at(AT),
    Row::new(
        CniUnavailable,
        NET,
        &[
            "connection refused",
            "connect: no such file or directory",
            "code = unavailable",
            "transport is closing",
            "executable file not found",
        ],
        &["aws/amazon-vpc-cni-k8s#571", "cilium/cilium#40312"],
    )
    .amid(CNI)
    .at(AT),
    Row::new(
        CniUnavailable,
        NET,
        &["no such file or directory", "connection refused"],
        &["cilium/cilium#40312", "k8snetworkplumbingwg/multus-cni#1165"],
    )
    .amid(&[
        "/etc/cni/",
        "/opt/cni/",
        "/var/lib/calico/",
        "/var/run/calico",
        "/run/flannel/",
        "cni.sock",
        "cilium.sock",
        "multus.sock",
    ])
    .without(&["/ns/net", "netns"])
    .at(AT),
    // The plugin's own failures.
    Row::new(
        CniError,
        &[Sandbox, Address],
        &["addressoutofrange", "missing permissions. please refer"],
        &["aws/amazon-vpc-cni-k8s#1536", "kubeovn/kube-ovn#4210"],
    )
    .at(AT),
    Row::new(
        CniError,
        NET,
        CNI,
        &[
            "aws/aws-network-policy-agent#585",
            "containerd/cri#699",
            "danm-cni/danm#256",
            "defenseunicorns/uds-core#1547",
            "k3s-io/k3s#10782",
            "okd-project/okd#1109",
        ],
    )
    .at(AT),
];

/// Words about networks in texts that no other row knows.
pub(super) const LAST: &[Row] = &[Row::new(
    CniError,
    NET,
    &[
        "no ip ranges specified",
        "failed to add host route",
        "unable to create endpoint",
        "getting clusterinformation",
        "set bridge addr",
        "network namespace",
        "netns",
        "/ns/net",
        "veth",
        "ipam",
        "iptables",
        "hostport",
        "cni",
    ],
    &[
        "aws/amazon-vpc-cni-k8s#166",
        "cilium/cilium#39091",
        "k0sproject/k0sctl#158",
        "kubernetes/kubernetes#56902",
        "lyft/cni-ipvlan-vpc-k8s#85",
        "opsnull/follow-me-install-kubernetes-cluster#584",
        "podman-container-tools/podman#12306",
        "spidernet-io/cni-plugins#171",
    ],
)
.at(AT)];
