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
        "kubernetes/kubernetes#30148",
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
            "pinging container registry",
            "failed to resolve reference",
            "failed to resolve image",
            "failed to load cached image",
            "short-name",
            "toomanyrequests",
            "pull access denied",
            "pull rate limit",
            "no match for platform in manifest",
            "no matching manifest",
            "failed to register layer",
            "failed to extract layer",
            "error unpacking image",
            "failed to copy: httpreadseeker",
            "source image rejected",
        ],
        "cri-o/cri-o#3612",
    )
    .without(&["failed to create containerd container"])
    .at(AT),
];
