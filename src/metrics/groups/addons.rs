//! Add-ons.

use super::{Group, creating::age};
use crate::{
    cache::{Addons, Snapshot},
    collector::Collector::{self, Addons as AddonsCollector, Nodes, Version},
    diagnose::Catalog,
    metrics::{
        Family, Writer,
        sets::{ADDONS, AGENT_STATES, BASES, MANAGEMENTS},
    },
};

/// Verdicts take the API server's version.
const COMPARED: &[Collector] = &[AddonsCollector, Version];

const INFO: Family = Family::gauge(
    "eks_addon_info",
    "1, for each version of an add-on's component that runs in kube-system; an image named by its digest alone has an empty version. The management is self where Helm installed its DaemonSet.",
    &["addon", "component", "version", "registry", "management"],
)
.sets(&[("addon", ADDONS), ("management", MANAGEMENTS)])
.from(&[AddonsCollector]);

const BEHIND: Family = Family::gauge(
    "eks_addon_minors_behind",
    "Minor versions that the oldest running version of the add-on's main component is behind what is expected; negative is ahead.",
    &["addon", "basis"],
)
.sets(&[("addon", ADDONS), ("basis", BASES)])
.from(COMPARED);

const SUPPORTED: Family = Family::gauge(
    "eks_addon_supported",
    "1 if every running version of the add-on's main component goes with the API server, else 0: kubernetes is the version-skew policy (not newer, at most 3 minors older, before 1.25 at most 2), catalog is not older than the shipped table says.",
    &["addon", "basis"],
)
.sets(&[("addon", ADDONS), ("basis", BASES)])
.from(COMPARED);

const EXPECTED: Family = Family::gauge(
    "eks_addon_expected_info",
    "1, with the oldest version that runs and what is expected: a minor version, a range of them, or the oldest that will do.",
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

const CATALOG: Family =
    Family::gauge("eks_addon_catalog_timestamp_seconds", "When the table behind the basis catalog was made.", &[])
        .from(&[AddonsCollector]);

pub(super) const GROUP: Group =
    Group { title: "Add-ons", families: &[&INFO, &BEHIND, &SUPPORTED, &EXPECTED, &PODS, &DOWN, &CATALOG] };

pub(super) fn write(to: &mut Writer, addons: &Addons, snapshot: &Snapshot) {
    for one in &addons.versions {
        let component = one.component.of(one.addon);
        let values = [one.addon.as_str(), component, &one.version, &one.registry, one.management.as_str()];
        to.series(&INFO, &values, true);
    }
    for one in &addons.verdicts {
        to.series(&BEHIND, &[one.addon.as_str(), one.basis.as_str()], one.behind);
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
    to.series(&CATALOG, &[], Catalog::shipped().made().as_second());
}
