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
    "network plugin cni",
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
    "delegateadd",
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
    // aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, pkg/awsutils; EKS node
    // monitoring agent
    "failed to assign an ip address to container",
    "insufficientfreeaddressesinsubnet",
    "insufficientcidrblocks",
    "enough free cidr blocks",
    "sufficient free ipv4 addresses or prefixes",
    "no available ip",
    // containernetworking/plugins plugins/ipam/host-local/backend/allocator
    "no ip addresses available",
    // cilium/cilium pkg/ipam
    "range is full",
    "no more ips available",
    // Azure/azure-container-networking cni, cns
    "no available addresses",
    "not enough ips",
    // projectcalico/calico cni-plugin/pkg/ipamplugin
    "no ips available in pools",
    "ipam allocated only 0",
    "assigned 0 out of",
    "addresses available in pool",
    // kubeovn/kube-ovn pkg/ipam
    "noavailableaddress",
    // k8snetworkplumbingwg/whereabouts pkg/allocate
    "could not allocate ip in range",
    // spidernet-io/spiderpool pkg/constant
    "ip used out",
    "ip addresses used out",
    // AliyunContainerService/terway
    "ipnotenough",
    "no ip available",
    "no free ip",
    "no free addresses",
    "no addresses available",
    "pools are likely exhausted",
    "addresses are exhausted",
    "ip_space_exhausted",
];

pub(super) const ROWS: &[Row] = &[
    Row::new(
        BranchEni,
        &[Address, Sandbox],
        &["branch eni", "trunk interface", "yet by the vpc resource controller", "vpc.amazonaws.com/pod-eni"],
        "aws/amazon-vpc-resource-controller-k8s#218",
    )
    .at(AT),
    Row::new(
        BranchEni,
        &[Node],
        &["vpc.amazonaws.com/pod-eni"],
        "kubernetes/kubernetes pkg/kubelet/lifecycle/predicate.go",
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
            "etcdserver: leader changed",
            "request did not complete within requested timeout",
            "apiserver not ready",
            "unable to reach api server",
            "failed to communicate with k8s server",
            "failed to connect to api server",
        ],
        "kubernetes/kubernetes#122938",
    )
    .at(AT),
    Row::new(ApiUnreachable, NET, NO_ANSWER, "kubernetes-sigs/kubespray#4532")
        .with(&["https://"])
        .without(&["x509", ".amazonaws.com", "https://github.com"])
        .at(AT),
    Row::new(
        ApiUnreachable,
        NET,
        &[":443: i/o timeout", ":443: connect:", ":6443: i/o timeout", ":6443: connect:"],
        "k8snetworkplumbingwg/multus-cni#943",
    )
    .with(&["dial tcp"])
    .at(AT),
    Row::new(IpExhausted, &[Sandbox, Address], NO_ADDRESS, "aws/amazon-vpc-cni-k8s#2049").at(AT),
    // The plugin or its agent is not there.
    Row::new(CniUnavailable, &[Sandbox, Node], NOT_INITIALIZED, "aws/amazon-vpc-cni-k8s#3264").at(AT),
    Row::new(
        CniUnavailable,
        NET,
        &[
            "no networks found in /etc/cni",
            "no cni configuration file",
            "failed to find plugin",
            "failed to connect to backend server",
            "waiting for ipam-d",
            "ipamd was not found running",
            "unable to connect to cilium",
            "failed to create cilium agent client",
            "is the agent running?",
            "check that the calico/node container is running",
            "loadflannelsubnetenv failed",
            "/run/flannel/subnet.env",
            "readinessindicatorfile",
            "127.0.0.1:50051",
        ],
        "cilium/cilium#40345",
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
        "Azure/AKS#4342",
    )
    .amid(CNI)
    .at(AT),
    Row::new(
        CniUnavailable,
        NET,
        &["no such file or directory", "connection refused"],
        "justmeandopensource/kubernetes#49",
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
        "cniserver",
    ])
    .without(&["/ns/net", "netns"])
    .at(AT),
    // The plugin's own failures.
    Row::new(
        CniError,
        &[Sandbox, Address],
        &["addressoutofrange", "missing permissions. please refer"],
        "kubeovn/kube-ovn#4210",
    )
    .at(AT),
    Row::new(CniError, NET, CNI, "aws/amazon-vpc-cni-k8s#707").at(AT),
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
        "hcn",
    ],
    "k0sproject/k0sctl#158",
)
.at(AT)];
