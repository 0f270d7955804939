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
            "storageclass*not found",
        ],
        &["equinixmetal-archive/csi-packet#15", "goharbor/harbor-helm#88"],
    ),
    Row::new(
        VolumeProvision,
        CLAIMS,
        &[
            "persistentvolumeclaim \"*\" not found",
            "persistentvolumeclaims \"*\" not found",
            "pvc is not bound",
            "pvc is being deleted",
            "unbound immediate persistentvolumeclaims",
        ],
        &[
            "aws/containers-roadmap#1382",
            "clearlinux/cloud-native-setup#115",
            "kubernetes/kubernetes pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go",
        ],
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
        &[
            "Consensys-Incorporated/quorum-kubernetes#37",
            "kubebb/core#130",
            "kubernetes-sigs/nfs-ganesha-server-and-external-provisioner#98",
        ],
    ),
    Row::new(
        VolumeMount,
        VOLUMES,
        &["not found in the list of registered csi drivers"],
        &["kubernetes/kubernetes pkg/volume/csi/csi_client.go"],
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
        &[
            "IBM/ibm-common-service-operator#582",
            "amimof/multikube#29",
            "cloudfoundry/eirini-release#111",
            "juicedata/juicefs-operator#39",
            "kubernetes/kubernetes#28904",
            "kubernetes/kubernetes#41573",
            "shieldworks/aegis#293",
        ],
    ),
    // Secrets missing in an outside vault.
    Row::new(
        ConfigMissing,
        VOLUMES,
        &[
            "secretnotfound",
            "resourcenotfoundexception",
            "secretproviderclass*not found",
            "was not found in this key vault",
            "can't find the specified secret",
            "secret not found",
        ],
        &[
            "Azure/secrets-store-csi-driver-provider-azure#497",
            "digitalis-io/vals-operator#44",
            "kubernetes-sigs/secrets-store-csi-driver#811",
        ],
    ),
    Row::new(
        VolumeAttach,
        VOLUMES,
        &[
            "attachvolume.",
            "multi-attach error",
            "waitforattach failed",
            "verifycontrollerattachedvolume",
            "failed to attach: ",
            "failed to attach to node",
            "volumes already attached",
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
        &[
            "ctrox/csi-s3#107",
            "hetznercloud/csi-driver#240",
            "jaroslawhartman/withings-sync#248",
            "kubernetes-sigs/aws-ebs-csi-driver#1801",
            "kubernetes-sigs/aws-ebs-csi-driver#334",
            "kubernetes/kops#3235",
            "kubernetes/kubernetes pkg/volume/csi/csi_attacher.go",
            "longhorn/longhorn#1746",
            "longhorn/longhorn#4460",
        ],
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
        &["kubernetes-sigs/aws-ebs-csi-driver#1163", "kubernetes-sigs/aws-ebs-csi-driver#292"],
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
            "mount failed: ",
            "could not mount \"",
            "unable to mount volume \"",
            "secrets store object",
            "error connecting to provider",
            "nodestagevolume",
            "nodepublishvolume",
        ],
        &[
            "Azure/aks-engine#3066",
            "GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp#165",
            "kubernetes-csi/csi-driver-smb#852",
            "kubernetes-sigs/aws-efs-csi-driver#192",
            "kubernetes/kubernetes#74026",
        ],
    ),
];
