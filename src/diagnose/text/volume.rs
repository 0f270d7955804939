//! What kubelet, the attach/detach controller, CSI drivers and provisioners write about
//! volumes, and what is missing where a volume or a container refers to it.

use super::reason::Topic::{self, Container, Provision, Volume};
use super::row::Row;
use crate::diagnose::cause::Cause::{ConfigMissing, VolumeAttach, VolumeMount, VolumeProvision};
use crate::diagnose::cause::Stage;

const VOLUMES: &[Topic] = &[Volume];
const CLAIMS: &[Topic] = &[Volume, Provision];
const AT: &[Stage] = &[Stage::Sandbox];

pub(super) const ROWS: &[Row] = &[
    Row::new(
        VolumeProvision,
        &[Provision],
        &[
            "failed to provision volume",
            "no persistent volumes available for this claim",
            "waiting for a volume to be created",
        ],
        "heptio/aws-quickstart#217",
    ),
    Row::new(
        VolumeProvision,
        CLAIMS,
        &[
            "persistentvolumeclaim \"*\" not found",
            "pvc is not bound",
            "pvc is being deleted",
            "unbound immediate persistentvolumeclaims",
        ],
        "kubernetes/kubernetes pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go",
    ),
    // The object cache of kubelet: a race, or a pod that is already gone.
    Row::new(
        VolumeMount,
        &[Volume, Container],
        &[
            "object \"*\" not registered",
            "couldn't propagate object cache",
            "failed to sync configmap cache",
            "failed to sync secret cache",
        ],
        "kubernetes/kubernetes#105204",
    ),
    Row::new(
        VolumeMount,
        VOLUMES,
        &["not found in the list of registered csi drivers"],
        "kubernetes/kubernetes pkg/volume/csi/csi_plugin.go",
    )
    .without(&["attach"]),
    // Missing Secrets, ConfigMaps and keys.
    Row::new(
        ConfigMissing,
        &[Volume, Container],
        &[
            "configmap \"*\" not found",
            "configmaps \"*\" not found",
            "secret \"*\" not found",
            "secrets \"*\" not found",
            "references non-existent secret key",
            "references non-existent config key",
            "couldn't find key",
        ],
        "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go",
    ),
    // Secrets missing in an outside vault.
    Row::new(
        ConfigMissing,
        VOLUMES,
        &[
            "secretnotfound",
            "resourcenotfoundexception",
            "parameternotfound",
            "secretproviderclass*not found",
            "certificatenotfound",
            "keynotfound",
            "was not found in this key vault",
            "can't find the specified secret",
            "secret [*not found",
            "secret not found",
            "no secret exists",
            "couldn't read secret*code: 404",
        ],
        "Azure/secrets-store-csi-driver-provider-azure#497",
    ),
    Row::new(
        VolumeAttach,
        VOLUMES,
        &[
            "attachvolume.",
            "multi-attach error",
            "waitforattach failed",
            "verifycontrollerattachedvolume",
            "failed to attach volume",
            "could not attach",
            "could not detach",
            "error attaching",
            "attachment of disk",
            "attachment timeout",
            "volumeattachment",
            "volume attachment",
            "not attached according to node status",
            "timed out waiting for external-attacher",
            "detachvolume.",
        ],
        "kubernetes-sigs/aws-ebs-csi-driver#1801",
    )
    .at(AT),
    // Says only that something about volumes is not done yet.
    Row::new(
        VolumeMount,
        VOLUMES,
        &[
            "unable to attach or mount volumes",
            "unable to mount volumes for pod",
            "timeout expired waiting for volumes",
            "unmounted volumes=",
        ],
        "kubernetes/kubernetes pkg/kubelet/volumemanager/volume_manager.go",
    )
    .at(AT)
    .weak(),
    Row::new(
        VolumeMount,
        &[Volume, Container],
        &[
            "mountvolume.",
            "mapvolume.",
            "mountdevice",
            "failed to prepare subpath",
            "failed to create subpath",
            "cannot find volume",
            "mount failed: ",
            "could not mount \"",
            "secrets store object",
            "error connecting to provider",
            "nodestagevolume",
            "nodepublishvolume",
        ],
        "kubernetes/kubernetes pkg/volume/util/operationexecutor/operation_generator.go",
    ),
];
