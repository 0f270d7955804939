//! The page as a whole.

mod odd;

use std::collections::{BTreeMap, HashSet};

use super::{Writer, groups};
use crate::{
    cache::{ADDON_NAMESPACE, Cache, CompletedPods, EVENT_FIELDS, Index, Scope, Settings, VersionIndex},
    objects::{AddonPod, DaemonSet, Event, Job, Node, Pod, keys},
    testing::*,
};

/// A small cluster in all the trouble that there are families for.
fn troubled() -> Cache {
    let mut cache =
        Cache::new(Settings { pod_series_limit: 3, completed_pods: CompletedPods::Held, ..Settings::new(start()) });
    let scope = Scope::cluster();
    cache.apply(node("good", 500).label(keys::NODEGROUP, "workers").label(keys::ZONE_ID, "use1-az1").0, start());
    cache.apply(
        node("bad", 501).label(keys::KARPENTER_NODEPOOL, "default").ready("False", "KubeletNotReady", "", -100).0,
        start(),
    );
    let old = node("old", 502).label(keys::NODEGROUP, "workers").condition("KernelReady", "False", -50);
    cache.apply(old.image("Amazon Linux 2", "5.10.173-154.642.amzn2.x86_64").0, start());
    cache.apply(job(700, "nightly"), start());
    cache.apply(pod(1).on("good", 0).owner("Job", "job-700", 700).waits("ContainerCreating", "").0, start());
    cache.apply(event(1, "FailedCreatePodSandBox", told::SECCOMP, 20), at(20));
    cache.apply(pod(2).namespace("web").on("good", 30).waits("ErrImagePull", "not found").0, at(30));
    cache.apply(pod(3).on("good", 95).waits("ContainerCreating", "").0, at(95));
    cache.apply(pod(4).unschedulable("0/2 nodes are available: 2 Insufficient cpu.", 0).0, start());
    cache.apply(pod(5).on("good", 0).is("main", running()).deleted(10).0, at(10));
    cache.apply(node("trunk", 503).branch_enis(4).0, start());
    cache.apply(pod(20).on("trunk", 0).branch_enis(&["eni-1"]).is("main", running()).0, at(1));
    cache.apply(pod(21).on("trunk", 0).branch_enis(&["eni-2"]).is("main", running()).deleted(119).0, at(1));
    cache.apply(pod(22).on("trunk", 0).branch_enis(&["eni-3"]).phase("Failed").0, at(1));
    cache.apply(pod(23).on("trunk", 0).branch_enis(&["eni-4"]).phase("Failed").0, at(100));
    cache.apply(pod(24).on("trunk", 80).requests_branch_eni().0, at(80));
    for number in 10..13 {
        cache.apply(pod(number).on("gone", 40).0, at(40));
    }
    Index::<Pod>::finish(&mut cache, &scope, start());
    Index::<Node>::finish(&mut cache, &scope, start());
    cache.apply(daemon("aws-node", 20, "good", CNI).0, start());
    cache.apply(daemon("aws-node", 21, "bad", OLD_CNI).ready(false, 5).0, at(5));
    cache.apply(daemon("kube-proxy", 22, "good", KUBE_PROXY).0, start());
    cache.apply(daemon_set("kube-proxy", 900), start());
    let system = Scope::namespace(ADDON_NAMESPACE);
    Index::<AddonPod>::finish(&mut cache, &system, start());
    Index::<DaemonSet>::finish(&mut cache, &system, start());
    cache.server_version("v1.36.3-eks-0123456", 1, 36, start());
    cache
}

fn page(cache: &mut Cache, seconds: i64) -> String {
    let mut writer = Writer::default();
    groups::write_cluster(&mut writer, &cache.snapshot(at(seconds)));
    writer.finish()
}

#[test]
fn a_cluster_in_trouble() {
    // Swept by the finish above: everything was applied outside a list, in the epoch that the list ended.
    insta::assert_snapshot!(page(&mut troubled(), 120));
}

#[test]
fn an_empty_cluster_says_zero_and_an_unknown_one_nothing() {
    let mut cache = Cache::new(Settings::new(start()));
    assert_eq!(page(&mut cache, 0), "");
    let scope = Scope::cluster();
    Index::<Pod>::finish(&mut cache, &scope, start());
    Index::<Node>::finish(&mut cache, &scope, start());
    Index::<Job>::finish(&mut cache, &scope, start());
    for fields in EVENT_FIELDS {
        Index::<Event>::finish(&mut cache, &scope.clone().with_fields(fields), start());
    }
    insta::assert_snapshot!(page(&mut cache, 0));
}

#[test]
fn no_series_stands_twice_and_families_stand_together() {
    let page = page(&mut troubled(), 120);
    let mut seen = HashSet::new();
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = "";
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(seen.insert(series), "{series} stands twice");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let family = series.split('{').next().unwrap();
        if family != last {
            *families.entry(family).or_default() += 1;
            last = family;
        }
    }
    assert!(families.values().all(|times| *times == 1), "{families:?}");
}

#[test]
fn what_is_written_is_declared() {
    let declared: HashSet<_> =
        groups::GROUPS.iter().flat_map(|group| group.families).map(|family| family.name).collect();
    for line in page(&mut troubled(), 120).lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(declared.contains(name), "{name}");
    }
}

#[test]
fn values_of_closed_sets_are_in_them() {
    let page = page(&mut troubled(), 120);
    for family in groups::GROUPS.iter().flat_map(|group| group.families) {
        for line in page.lines().filter(|line| line.split('{').next() == Some(family.name)) {
            for (label, values) in family.sets {
                let value = line.split(&format!("{label}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                assert!(values.contains(&value) || value.is_empty(), "{line}");
            }
        }
    }
}
