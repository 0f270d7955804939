//! What controllers write when the API server does not let them create a pod.

use super::reason::Topic::{self, Admission};
use super::row::Row;
use crate::diagnose::cause::Cause::{AdmissionDenied, AdmissionWebhook, Quota};

const CREATE: &[Topic] = &[Admission];

pub(super) const ROWS: &[Row] = &[
    Row::new(
        AdmissionDenied,
        CREATE,
        &["denied the request", "denied request:", "violates podsecurity"],
        &[
            "kelseyhightower/grafeas-tutorial#8",
            "kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go",
            "redhat-developer/odo#6847",
        ],
    ),
    Row::new(
        AdmissionWebhook,
        CREATE,
        &["failed calling webhook", "failed calling admission webhook", "failed to call webhook"],
        &["istio/istio#13840", "kubeflow/community-distribution#2660"],
    ),
    Row::new(
        Quota,
        CREATE,
        &["exceeded quota", "failed quota", "enforcing quota", "insufficient quota"],
        &[
            "cloudnative-pg/cloudnative-pg#1028",
            "hmcts/cnp-flux-config#13765",
            "kubermatic/kubermatic#7584",
            "openshift/origin#1990",
        ],
    ),
    // Servers before 1.3.
    Row::new(Quota, CREATE, &["limited by quota", "quota is"], &["kubernetes/kubernetes#16941"]).with(&["forbidden"]),
    Row::new(
        AdmissionDenied,
        CREATE,
        &[
            "unable to validate against any",
            "no providers available to validate pod",
            "error looking up service account",
            "no api token found for service account",
            "usage per container is",
            "usage per pod is",
            "no priorityclass with name",
            "because it is being terminated",
        ],
        &[
            "alphagov/gsp#843",
            "apecloud/kubeblocks#4599",
            "iovisor/kubectl-trace#32",
            "kubeflow/community-distribution#2353",
            "kubernetes/minikube#7314",
            "openshift-qe/v3-testfiles#581",
            "scollier/SATraining#75",
        ],
    ),
    // The rest of what the API server refuses for good, by a plugin or by validation.
    Row::new(
        AdmissionDenied,
        CREATE,
        &["pods \"*\" is forbidden", "pod \"*\" is forbidden", "pod \"*\" is invalid"],
        &["CiscoCloud/kubernetes-ansible#104", "alphagov/gsp#843"],
    )
    .without(&["branch eni", "cannot get resource", "cni"]),
];
