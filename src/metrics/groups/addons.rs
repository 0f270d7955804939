//! Add-ons.

use super::{Group, cluster::labels, creating::age, cut};
use crate::{
    aws::facts::{AddonStatus, IssueCode},
    cache::{Addons, AwsFacts, Snapshot},
    collector::Collector::{self, AddonVersions, Addons as AddonsCollector, Nodes, Version},
    diagnose::Catalog,
    metrics::{
        Family, Writer,
        sets::{ADDONS, AGENT_STATES, BASES, MANAGEMENTS},
    },
};

/// Verdicts take the API server's version, and those of the basis eks what EKS offers.
const COMPARED: &[Collector] = &[AddonsCollector, Version, AddonVersions];

const INFO: Family = Family::gauge(
    "eks_addon_info",
    "1, for each version of an add-on's component that runs in kube-system; an image named by its digest alone has an empty version. The management is what EKS says; where it was not asked, self if Helm installed its DaemonSet.",
    &["addon", "component", "version", "registry", "management"],
)
.sets(&[("addon", ADDONS), ("management", MANAGEMENTS)])
.from(&[AddonsCollector, AddonVersions]);

const BEHIND: Family = Family::gauge(
    "eks_addon_minors_behind",
    "Minor versions that the oldest running version of the add-on's main component is behind what is expected; negative is ahead.",
    &["addon", "basis"],
)
.sets(&[("addon", ADDONS), ("basis", BASES)])
.from(COMPARED);

const SUPPORTED: Family = Family::gauge(
    "eks_addon_supported",
    "1 if every running version of the add-on's main component goes with the API server, else 0: kubernetes is the version-skew policy (not newer, at most 3 minors older, before 1.25 at most 2), catalog is not older than the shipped table says, eks is not older than the oldest version that EKS offers for the API server's version.",
    &["addon", "basis"],
)
.sets(&[("addon", ADDONS), ("basis", BASES)])
.from(COMPARED);

const EXPECTED: Family = Family::gauge(
    "eks_addon_expected_info",
    "1, with the oldest version that runs and what is expected: a minor version, a range of them, the oldest that will do, or (basis eks) the version that EKS installs by default.",
    &["addon", "basis", "current", "expected"],
)
.sets(&[("addon", ADDONS), ("basis", BASES)])
.from(COMPARED);

const PODS: Family = Family::gauge(
    "eks_addon_pods",
    "Pods of an add-on's component by version; two versions at once are a rollout that is not finished.",
    &["addon", "component", "version", "ready"],
)
.sets(&[("addon", ADDONS), ("ready", &["true", "false"])])
.from(&[AddonsCollector]);

const DOWN: Family = Family::gauge(
    "eks_addon_node_not_ready_age_seconds",
    "Seconds since aws-node (vpc-cni) or kube-proxy was last ready on a node where its DaemonSet wants it; over once it has been ready for 60 s. Fargate and virtual kubelets left out.",
    &["addon", "node", "state"],
)
.sets(&[("addon", ADDONS), ("state", AGENT_STATES)])
.from(&[AddonsCollector, Nodes]);

const RECOVERING: Family = Family::gauge(
    "eks_addon_node_recovering_info",
    "1, where aws-node (vpc-cni) or kube-proxy is ready again, but has not been for 60 s: until then its age goes on.",
    &["addon", "node"],
)
.sets(&[("addon", ADDONS)])
.from(&[AddonsCollector, Nodes]);

const MANAGED: Family = Family::gauge(
    "eks_addon_managed_info",
    "1, for each add-on that EKS manages, with the version that it installed and its status.",
    &["addon", "version", "status"],
)
.sets(&[("status", AddonStatus::LABELS)])
.from(&[AddonVersions]);

const ISSUE: Family = Family::gauge(
    "eks_addon_health_issue",
    "1, for each thing that EKS finds wrong with an add-on that it manages.",
    &["addon", "code"],
)
.sets(&[("code", IssueCode::LABELS)])
.from(&[AddonVersions]);

const CATALOG: Family =
    Family::gauge("eks_addon_catalog_timestamp_seconds", "When the table behind the basis catalog was made.", &[])
        .from(&[AddonsCollector]);

pub(super) const GROUP: Group = Group {
    title: "Add-ons",
    families: &[&INFO, &BEHIND, &SUPPORTED, &EXPECTED, &PODS, &DOWN, &RECOVERING, &CATALOG, &MANAGED, &ISSUE],
};

pub(super) fn write(to: &mut Writer, addons: &Addons, snapshot: &Snapshot) {
    for one in &addons.versions {
        let component = one.component.of(one.addon);
        let values = [one.addon.as_str(), component, &one.version, &one.registry, one.management.as_str()];
        to.series(&INFO, &values, true);
    }
    for one in &addons.verdicts {
        if let Some(behind) = one.behind {
            to.series(&BEHIND, &[one.addon.as_str(), one.basis.as_str()], behind);
        }
    }
    for one in &addons.verdicts {
        to.series(&SUPPORTED, &[one.addon.as_str(), one.basis.as_str()], one.supported);
    }
    for one in &addons.verdicts {
        to.series(&EXPECTED, &[one.addon.as_str(), one.basis.as_str(), &one.current, &one.expected], true);
    }
    for one in &addons.pods {
        let ready = if one.ready { "true" } else { "false" };
        to.series(&PODS, &[one.addon.as_str(), one.component.of(one.addon), &one.version, ready], one.count);
    }
    for one in &addons.down {
        to.series(&DOWN, &[one.addon.as_str(), &one.node, one.state.as_str()], age(snapshot.now, one.since));
    }
    for one in addons.down.iter().filter(|one| one.ready_again.is_some()) {
        to.series(&RECOVERING, &[one.addon.as_str(), &one.node], true);
    }
    to.series(&CATALOG, &[], Catalog::shipped().made().as_second());
}

/// What EKS says of the add-ons that it manages, whether or not any of their pods is known.
pub(super) fn write_managed(to: &mut Writer, aws: &AwsFacts) {
    for addon in &aws.addons {
        let version = addon.version.as_deref().unwrap_or_default();
        to.series(&MANAGED, &[cut(&addon.name), cut(version), addon.status.label()], true);
    }
    for (owner, label) in labels(&aws.addon_issues) {
        to.series(&ISSUE, &[cut(owner), label], true);
    }
}
