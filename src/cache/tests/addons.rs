//! Add-ons: what runs, what goes with the API server, and where agents are missing.

use super::*;
use crate::{
    cache::{ADDON_NAMESPACE, VersionIndex},
    objects::{AddonPod, DaemonSet, keys},
};

fn scope() -> Scope {
    Scope::namespace(ADDON_NAMESPACE)
}

/// Everything has synced; the API server is of 1.25, the nodes `a` and `b` are there.
fn cluster(pods: impl IntoIterator<Item = AddonPodBuilder>, sets: impl IntoIterator<Item = DaemonSet>) -> Cache {
    let mut cache = synced();
    list(&mut cache, &Scope::cluster(), [node("a", 500).0, node("b", 501).0]);
    list::<AddonPod>(&mut cache, &scope(), pods.into_iter().map(|pod| pod.0));
    list::<DaemonSet>(&mut cache, &scope(), sets);
    cache.server_version("v1.25.16-eks-5e0fdde", 1, 25, start());
    cache
}

/// What the page says of add-ons beside the table's date, zeros too.
fn page(cache: &mut Cache, seconds: i64) -> Vec<String> {
    let mut writer = Writer::default();
    groups::write_cluster(&mut writer, &cache.snapshot(at(seconds)));
    let page = writer.finish();
    let lines = page.lines().filter_map(|line| line.strip_prefix("eks_addon_")).filter(|line| !line.starts_with("cat"));
    lines.map(str::to_owned).collect()
}

fn family(cache: &mut Cache, seconds: i64, name: &str) -> Vec<String> {
    page(cache, seconds).into_iter().filter_map(|line| line.strip_prefix(name).map(str::to_owned)).collect()
}

fn down(cache: &mut Cache, seconds: i64) -> Vec<String> {
    family(cache, seconds, "node_not_ready_age_seconds")
}

fn down_line(addon: &str, node: &str, state: &str, age: i64) -> String {
    format!("{{addon=\"{addon}\",node=\"{node}\",state=\"{state}\"}} {age}")
}

/// Incident 2: the control plane went to 1.25, vpc-cni and kube-proxy stayed what they were.
#[test]
fn add_ons_that_an_upgrade_left_behind_are_behind_and_not_supported() {
    let mut cache = cluster([daemon("aws-node", 1, "a", OLD_CNI), daemon("kube-proxy", 2, "a", OLD_KUBE_PROXY)], []);
    let registry = "602401143452.dkr.ecr.eu-west-1.amazonaws.com";
    let expected = [
        format!(
            r#"info{{addon="vpc-cni",component="aws-node",version="v1.10.1-eksbuild.1",registry="{registry}",management="unknown"}} 1"#
        ),
        format!(
            r#"info{{addon="kube-proxy",component="kube-proxy",version="v1.21.2-eksbuild.2",registry="{registry}",management="unknown"}} 1"#
        ),
        r#"minors_behind{addon="vpc-cni",basis="catalog"} 1"#.to_owned(),
        r#"minors_behind{addon="kube-proxy",basis="kubernetes"} 4"#.to_owned(),
        r#"supported{addon="vpc-cni",basis="catalog"} 0"#.to_owned(),
        r#"supported{addon="kube-proxy",basis="kubernetes"} 0"#.to_owned(),
        r#"expected_info{addon="vpc-cni",basis="catalog",current="v1.10.1-eksbuild.1",expected=">=1.11.4"} 1"#
            .to_owned(),
        r#"expected_info{addon="kube-proxy",basis="kubernetes",current="v1.21.2-eksbuild.2",expected="1.25"} 1"#
            .to_owned(),
        r#"pods{addon="vpc-cni",component="aws-node",version="v1.10.1-eksbuild.1",ready="true"} 1"#.to_owned(),
        r#"pods{addon="kube-proxy",component="kube-proxy",version="v1.21.2-eksbuild.2",ready="true"} 1"#.to_owned(),
    ];
    assert_eq!(page(&mut cache, 100), expected);
}

#[test]
fn nothing_is_said_of_add_ons_before_their_pods_are_listed_and_after_they_are_forgotten() {
    let mut cache = synced();
    cache.server_version("v1.25.16-eks-5e0fdde", 1, 25, start());
    Index::<AddonPod>::begin(&mut cache, &scope());
    cache.apply(daemon("aws-node", 1, "a", OLD_CNI).0, start());
    assert!(cache.snapshot(at(1)).addons.is_none(), "half a list");
    Index::<AddonPod>::finish(&mut cache, &scope(), at(2));
    assert_eq!(family(&mut cache, 3, "info").len(), 1);
    Index::<AddonPod>::forget(&mut cache, &scope());
    assert!(cache.snapshot(at(4)).addons.is_none());
    list::<AddonPod>(&mut cache, &scope(), []);
    assert_eq!(page(&mut cache, 5), [""; 0], "known, and none");
}

#[test]
fn without_the_api_servers_version_nothing_is_compared() {
    let mut cache = synced();
    list::<AddonPod>(&mut cache, &scope(), [daemon("kube-proxy", 2, "a", KUBE_PROXY).0]);
    let families: Vec<_> = page(&mut cache, 5).iter().map(|line| line.split('{').next().unwrap().to_owned()).collect();
    assert_eq!(families, ["info", "pods"]);
}

#[test]
fn the_parts_of_an_add_on_have_versions_of_their_own() {
    let agent = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1.0.7-eksbuild.1";
    let init = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni-init:v1.16.2-eksbuild.1";
    let driver = "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.28.0";
    let mut cache = cluster(
        [
            daemon("aws-node", 1, "a", CNI).image(agent).init(init),
            daemon("ebs-csi-node", 2, "a", driver),
            deployed("ebs-csi-controller", 3, driver).image("public.ecr.aws/eks-distro/csi-provisioner:v4.0.0"),
        ],
        [],
    );
    let parts: Vec<_> = family(&mut cache, 5, "pods")
        .iter()
        .map(|line| line.split('"').skip(1).step_by(2).take(3).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        parts,
        [
            "vpc-cni aws-node v1.16.2-eksbuild.1",
            "vpc-cni init v1.16.2-eksbuild.1",
            "vpc-cni network-policy-agent v1.0.7-eksbuild.1",
            "aws-ebs-csi-driver controller v1.28.0",
            "aws-ebs-csi-driver node v1.28.0",
        ]
    );
}

#[test]
fn an_image_named_by_its_digest_counts_without_a_version_and_is_compared_with_nothing() {
    let digest = "mirror.corp:5000/eks/kube-proxy@sha256:0a1b2c";
    let mut cache = cluster([daemon("kube-proxy", 1, "a", digest)], []);
    assert_eq!(
        page(&mut cache, 5),
        [
            r#"info{addon="kube-proxy",component="kube-proxy",version="",registry="mirror.corp:5000",management="unknown"} 1"#,
            r#"pods{addon="kube-proxy",component="kube-proxy",version="",ready="true"} 1"#,
        ]
    );
}

#[test]
fn helm_leaves_a_mark_on_what_it_installs() {
    let mut set = daemon_set("aws-node", 900);
    set.metadata.annotations.insert(keys::HELM_RELEASE, "aws-vpc-cni".to_owned());
    let mut cache = cluster([daemon("aws-node", 1, "a", CNI)], [set]);
    assert!(family(&mut cache, 5, "info")[0].contains("management=\"self\""));
}

#[test]
fn a_rollout_that_is_half_done_shows_both_versions_and_is_judged_by_the_older() {
    let mut cache = cluster([daemon("aws-node", 1, "a", OLD_CNI), daemon("aws-node", 2, "b", OLD_CNI)], []);
    assert!(cache.snapshot(at(5)).addons.unwrap().rollouts.is_empty());
    cache.delete(&daemon("aws-node", 2, "b", OLD_CNI).0, at(10));
    cache.apply(daemon("aws-node", 3, "b", CNI).ready(false, 11).0, at(11));
    assert_eq!(
        family(&mut cache, 20, "pods"),
        [
            r#"{addon="vpc-cni",component="aws-node",version="v1.10.1-eksbuild.1",ready="true"} 1"#,
            r#"{addon="vpc-cni",component="aws-node",version="v1.16.2-eksbuild.1",ready="false"} 1"#,
        ]
    );
    assert_eq!(family(&mut cache, 20, "supported"), [r#"{addon="vpc-cni",basis="catalog"} 0"#]);
    cache.delete(&daemon("aws-node", 1, "a", OLD_CNI).0, at(30));
    cache.apply(daemon("aws-node", 4, "a", CNI).0, at(31));
    assert!(cache.snapshot(at(32)).addons.unwrap().rollouts.is_empty());
    assert_eq!(family(&mut cache, 32, "supported"), [r#"{addon="vpc-cni",basis="catalog"} 1"#]);
}

#[test]
fn a_control_plane_that_is_upgraded_changes_the_verdict_at_once() {
    let mut cache = cluster([daemon("kube-proxy", 1, "a", KUBE_PROXY)], []);
    assert_eq!(family(&mut cache, 5, "minors_behind"), [r#"{addon="kube-proxy",basis="kubernetes"} 0"#]);
    cache.server_version("v1.24.17-eks-5e0fdde", 1, 24, at(6));
    assert_eq!(family(&mut cache, 7, "minors_behind"), [r#"{addon="kube-proxy",basis="kubernetes"} -1"#]);
    assert_eq!(family(&mut cache, 7, "supported"), [r#"{addon="kube-proxy",basis="kubernetes"} 0"#]);
}

#[test]
fn an_agent_that_is_not_ready_is_so_since_its_condition_says() {
    let mut cache = cluster([daemon("aws-node", 1, "a", CNI).ready(false, -20)], []);
    assert_eq!(down(&mut cache, 100), [down_line("vpc-cni", "a", "not_ready", 120)]);
}

#[test]
fn an_agent_whose_clock_is_ahead_is_not_ready_since_it_was_seen_so() {
    let mut cache = cluster([daemon("aws-node", 1, "a", CNI).ready(false, 7200)], []);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(false, 7200).0, at(50));
    assert_eq!(down(&mut cache, 100), [down_line("vpc-cni", "a", "not_ready", 100)]);
}

#[test]
fn one_that_crashes_again_and_again_starts_anew_only_after_a_minute_of_being_ready() {
    let mut cache = cluster([daemon("aws-node", 1, "a", CNI).ready(false, -20)], []);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(true, 50).0, at(50));
    assert_eq!(down(&mut cache, 60), [down_line("vpc-cni", "a", "not_ready", 80)]);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(false, 70).0, at(70));
    assert_eq!(down(&mut cache, 100), [down_line("vpc-cni", "a", "not_ready", 120)]);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(true, 110).0, at(110));
    assert_eq!(down(&mut cache, 169).len(), 1);
    assert_eq!(down(&mut cache, 170), [""; 0]);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(false, 300).0, at(300));
    assert_eq!(down(&mut cache, 310), [down_line("vpc-cni", "a", "not_ready", 10)]);
}

#[test]
fn one_that_is_ready_again_is_told_to_recover_until_it_has_been_for_a_minute() {
    let mut cache = cluster([daemon("aws-node", 1, "a", CNI).ready(false, -20)], []);
    let recovering = |cache: &mut Cache, seconds| family(cache, seconds, "node_recovering_info");
    assert_eq!(recovering(&mut cache, 40), [""; 0]);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(true, 50).0, at(50));
    assert_eq!(recovering(&mut cache, 60), [r#"{addon="vpc-cni",node="a"} 1"#]);
    assert_eq!(down(&mut cache, 60).len(), 1, "its age goes on");
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(false, 70).0, at(70));
    assert_eq!(recovering(&mut cache, 80), [""; 0]);
    cache.apply(daemon("aws-node", 1, "a", CNI).ready(true, 90).0, at(90));
    assert_eq!(recovering(&mut cache, 150), [""; 0], "it is trusted");
}

#[test]
fn an_agent_is_missing_where_its_daemon_set_wants_it_and_no_pod_is() {
    let mut cache = cluster([daemon("kube-proxy", 1, "a", KUBE_PROXY)], [daemon_set("kube-proxy", 900)]);
    assert_eq!(down(&mut cache, 100), [down_line("kube-proxy", "b", "missing", 86_500)], "since the node is there");
    cache.apply(daemon("kube-proxy", 2, "b", KUBE_PROXY).ready(true, 110).0, at(110));
    assert_eq!(down(&mut cache, 170), [""; 0]);
    cache.delete(&daemon("kube-proxy", 1, "a", KUBE_PROXY).0, at(200));
    assert_eq!(down(&mut cache, 210), [down_line("kube-proxy", "a", "missing", 10)], "since its pod went");
    cache.apply(daemon("kube-proxy", 3, "a", KUBE_PROXY).phase("Failed").0, at(220));
    assert_eq!(down(&mut cache, 230), [down_line("kube-proxy", "a", "missing", 30)], "a pod that is over is none");
    cache.delete(&node("a", 500).0, at(240));
    assert_eq!(down(&mut cache, 250), [""; 0], "with its node the expectation goes");
}

#[test]
fn a_daemon_set_that_wants_a_node_no_more_expects_nothing_there() {
    let mut cache = cluster([], [daemon_set("kube-proxy", 900)]);
    assert_eq!(down(&mut cache, 5).len(), 2);
    cache.apply(daemon_set_on("linux", "kube-proxy", 900), at(10));
    assert_eq!(down(&mut cache, 11), [""; 0], "nodes without the label");
    cache.apply(node("a", 500).label(keys::OS, "linux").0, at(20));
    assert_eq!(down(&mut cache, 21).len(), 1);
    cache.delete(&daemon_set("kube-proxy", 900), at(30));
    assert_eq!(down(&mut cache, 31), [""; 0]);
}

#[test]
fn an_agent_is_not_missing_for_longer_than_it_was_wanted() {
    let mut cache = cluster([], [daemon_set_on("linux", "aws-node", 900)]);
    cache.apply(node("a", 500).label(keys::OS, "linux").0, at(20));
    assert_eq!(down(&mut cache, 25), [down_line("vpc-cni", "a", "missing", 5)], "the node is another");
    cache.apply(daemon_set("aws-node", 900), at(30));
    assert_eq!(
        down(&mut cache, 40),
        [down_line("vpc-cni", "a", "missing", 20), down_line("vpc-cni", "b", "missing", 10)],
        "so is the set, and what was missing before stays so"
    );
}

#[test]
fn without_daemon_sets_nothing_is_missing_but_what_is_not_ready_is_told() {
    let mut cache = synced();
    list(&mut cache, &Scope::cluster(), [node("a", 500).0, node("b", 501).0]);
    list::<AddonPod>(&mut cache, &scope(), [daemon("aws-node", 1, "a", CNI).ready(false, -20).0]);
    assert_eq!(down(&mut cache, 100), [down_line("vpc-cni", "a", "not_ready", 120)], "never listed");
    list(&mut cache, &scope(), [daemon_set("aws-node", 900)]);
    assert_eq!(down(&mut cache, 100).len(), 2);
    Index::<DaemonSet>::forget(&mut cache, &scope());
    assert_eq!(down(&mut cache, 100), [down_line("vpc-cni", "a", "not_ready", 120)], "forbidden");
}

#[test]
fn without_nodes_nothing_is_missing() {
    let mut cache = cluster([daemon("aws-node", 1, "a", CNI).ready(false, -20)], [daemon_set("aws-node", 900)]);
    assert_eq!(down(&mut cache, 100).len(), 2);
    Index::<Node>::forget(&mut cache, &Scope::cluster());
    assert_eq!(down(&mut cache, 100), [down_line("vpc-cni", "a", "not_ready", 120)]);
}

#[test]
fn fargate_and_virtual_nodes_expect_no_agent() {
    let mut cache = cluster([], [daemon_set("aws-node", 900)]);
    cache.apply(node("a", 500).label(keys::COMPUTE_TYPE, "fargate").0, at(1));
    cache.apply(node("b", 501).label(keys::TYPE, "virtual-kubelet").0, at(1));
    assert_eq!(down(&mut cache, 100), [""; 0]);
}

#[test]
fn a_re_list_takes_away_what_it_did_not_show() {
    let mut cache = cluster(
        [daemon("kube-proxy", 1, "a", KUBE_PROXY), daemon("kube-proxy", 2, "b", KUBE_PROXY)],
        [daemon_set("kube-proxy", 900)],
    );
    Index::<AddonPod>::begin(&mut cache, &scope());
    cache.apply(daemon("kube-proxy", 1, "a", KUBE_PROXY).0, at(50));
    assert!(family(&mut cache, 50, "pods")[0].ends_with("} 2"), "the former state stands");
    Index::<AddonPod>::finish(&mut cache, &scope(), at(60));
    assert!(family(&mut cache, 60, "pods")[0].ends_with("} 1"));
    assert_eq!(down(&mut cache, 70), [down_line("kube-proxy", "b", "missing", 10)]);
}

#[test]
fn odd_pods_change_nothing() {
    let mut cache = cluster([], []);
    cache.apply(AddonPod::default(), at(1));
    cache.apply(DaemonSet::default(), at(1));
    cache.apply(daemon("kube-proxy", 1, "", "").0, at(1));
    let mut bare = daemon("kube-proxy", 2, "a", "::@@//");
    bare.0.status.conditions.clear();
    bare.0.metadata.creation_timestamp = crate::objects::Time::default();
    cache.apply(bare.0, at(2));
    assert_eq!(
        page(&mut cache, 10),
        [r#"node_not_ready_age_seconds{addon="kube-proxy",node="a",state="not_ready"} 8"#]
    );
}
