//! What runtimes, registries and kubelet's image manager write when an image cannot be
//! had. The pause image is not here: it is the node's, so it is in [`super::runtime`].

use super::reason::Topic::{self, Image};
use super::row::Row;
use crate::diagnose::cause::Cause::ImagePull;
use crate::diagnose::cause::Stage;

const IMAGES: &[Topic] = &[Image];
const AT: &[Stage] = &[Stage::Image];

pub(super) const ROWS: &[Row] = &[
    // kubernetes/kubernetes pkg/kubelet/images/image_manager.go and types.go
    Row::new(
        ImagePull,
        IMAGES,
        &[
            "failed to pull image",
            "failed to pull and unpack image",
            "back-off pulling image",
            "errimagepull",
            "imagepullbackoff",
            "invalidimagename",
            "errimageneverpull",
            "imageinspecterror",
            "registryunavailable",
            "signaturevalidationfailed",
            "cannotpullcontainererror",
            "failed to apply default image tag",
            "couldn't parse image reference",
            "invalid reference format",
            "is not present with pull policy of never",
            "failed to inspect image",
            "trying and failing to pull image",
            "retrieve some image pull secrets",
        ],
        &[
            "FoundationDB/fdb-kubernetes-operator#2294",
            "aws-samples/bedrock-access-gateway#114",
            "cloudfoundry-incubator/kubecf#63",
            "confluentinc/confluent-kubernetes-examples#276",
            "coreos/coreos-kubernetes#461",
            "kubernetes/kubernetes pkg/kubelet/images/image_manager.go",
            "kubernetes/kubernetes pkg/kubelet/images/types.go",
            "kubernetes/kubernetes#117717",
            "kubernetes/kubernetes#28826",
            "kubernetes/kubernetes#30148",
            "rootless-containers/usernetes#208",
        ],
    )
    .at(AT),
    // Registries and the runtimes' image stores, in texts without kubelet's words. A layer
    // that is found broken while a container is made is the runtime's.
    Row::new(
        ImagePull,
        IMAGES,
        &[
            "pull image \"",
            "pulling image",
            "image pull failed",
            "no basic auth credentials",
            "manifest unknown",
            "manifest for *not found",
            "reading manifest",
            "initializing source docker",
            "pinging docker registry",
            "failed to resolve reference",
            "failed to resolve image",
            "short-name",
            "toomanyrequests",
            "pull access denied",
            "pull rate limit",
            "no match for platform in manifest",
            "no matching manifest",
            "failed to register layer",
            "failed to extract layer",
            "failed to copy: httpreadseeker",
            "source image rejected",
        ],
        &[
            "FoundationDB/fdb-kubernetes-operator#2294",
            "aws/amazon-vpc-cni-k8s#334",
            "aws/eks-charts#1044",
            "containers/image#1953",
            "cri-o/cri-o#2723",
            "cri-o/cri-o#4388",
            "kata-containers/kata-containers#10109",
            "kubernetes/kubernetes#28826",
            "lachie83/k8s-kubectl#157",
            "podman-container-tools/podman#14858",
            "rootless-containers/usernetes#208",
        ],
    )
    .without(&["failed to create containerd container"])
    .at(AT),
];
