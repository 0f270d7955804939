//! What nodes run: images, releases known to be bad, versions, conditions.

use super::*;
use crate::objects::keys;

fn lines(cache: &mut Cache, seconds: i64, families: &[&str]) -> Vec<String> {
    let mut writer = Writer::default();
    groups::write_cluster(&mut writer, &cache.snapshot(at(seconds)));
    let page = writer.finish();
    let is_asked = |line: &&str| families.iter().any(|family| line.split(['{', ' ']).next() == Some(*family));
    page.lines().filter(is_asked).map(str::to_owned).collect()
}

fn worker(name: &str, number: u32) -> NodeBuilder {
    node(name, number).label(keys::NODEGROUP, "workers")
}

const STRAGGLERS: [&str; 2] = ["eks_pool_straggler_nodes", "eks_pool_newest_image_age_seconds"];

#[test]
fn a_node_says_what_it_is_and_runs() {
    let mut cache = synced();
    let bent = worker("a", 500)
        .label(keys::ZONE_ID, "use1-az1")
        .label(keys::INSTANCE_TYPE, "m5.large")
        .label(keys::NODEGROUP_IMAGE, "ami-0a");
    cache.apply(bent.0, start());
    assert_eq!(
        lines(&mut cache, 0, &["eks_node_info", "eks_node_created_timestamp_seconds", "eks_pool_nodes_by_image"]),
        [
            "eks_node_info{node=\"a\",pool=\"workers\",pool_kind=\"nodegroup\",instance_type=\"m5.large\",zone_id=\"use1-az1\",ami=\"ami-0a\",os_image=\"Amazon Linux 2023.10.20260302\",kernel_version=\"6.18.8-9.213.amzn2023.x86_64\",kubelet_version=\"v1.36.2-eks-0123456\",container_runtime_version=\"containerd://2.1.5\",architecture=\"amd64\"} 1",
            "eks_node_created_timestamp_seconds{node=\"a\"} 1777370400",
            "eks_pool_nodes_by_image{pool=\"workers\",pool_kind=\"nodegroup\",os_image=\"Amazon Linux 2023.10.20260302\",kernel_version=\"6.18.8-9.213.amzn2023.x86_64\",kubelet_version=\"v1.36.2-eks-0123456\",ami=\"ami-0a\"} 1",
        ]
    );
}

#[test]
fn the_ami_is_that_of_the_claim_whichever_comes_first_and_goes_back_to_the_label() {
    let ami = |cache: &mut Cache| {
        let line = lines(cache, 0, &["eks_node_info"]).remove(0);
        line.split("ami=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
    };
    let labelled = || node("a", 500).label(keys::NODEGROUP_IMAGE, "ami-label").0;
    let mut cache = synced();
    cache.apply(labelled(), start());
    assert_eq!(ami(&mut cache), "ami-label");
    cache.apply(claim(800, "", ""), start());
    cache.apply(claim(800, "a", "ami-claim"), start());
    assert_eq!(ami(&mut cache), "ami-claim");
    cache.delete(&node("a", 500).0, start());
    cache.apply(labelled(), start());
    assert_eq!(ami(&mut cache), "ami-claim");
    cache.apply(claim(800, "b", "ami-claim"), start());
    assert_eq!(ami(&mut cache), "ami-label", "it is another node's");
    cache.apply(claim(800, "a", "ami-claim"), start());
    list::<crate::objects::NodeClaim>(&mut cache, &Scope::cluster(), []);
    assert_eq!(ami(&mut cache), "ami-label", "the claim is gone");
}

#[test]
fn stragglers_are_those_not_on_the_newest_image_of_their_kind() {
    let mut cache = synced();
    let old = "Amazon Linux 2023.9.20251117";
    for number in 0..3 {
        cache.apply(worker(&format!("old-{number}"), 500 + number).image(old, "6.12.1").0, start());
    }
    assert_eq!(
        lines(&mut cache, 0, &STRAGGLERS),
        [
            "eks_pool_straggler_nodes{pool=\"workers\",pool_kind=\"nodegroup\"} 0",
            "eks_pool_newest_image_age_seconds{pool=\"workers\",pool_kind=\"nodegroup\"} 86400",
        ]
    );
    cache.apply(worker("new-1", 510).created(-7200).0, start());
    cache.apply(worker("new-2", 511).created(-60).0, start());
    assert_eq!(
        lines(&mut cache, 0, &STRAGGLERS),
        [
            "eks_pool_straggler_nodes{pool=\"workers\",pool_kind=\"nodegroup\"} 3",
            "eks_pool_newest_image_age_seconds{pool=\"workers\",pool_kind=\"nodegroup\"} 7200",
        ]
    );
    cache.delete(&worker("new-1", 510).0, start());
    cache.delete(&worker("new-2", 511).0, start());
    assert!(lines(&mut cache, 0, &STRAGGLERS)[0].ends_with(" 0"), "nobody runs it any more");
}

#[test]
fn a_release_is_as_old_as_the_first_node_that_ran_it_even_when_that_is_gone() {
    let mut cache = synced();
    let new =
        |name: &str, number, created| worker(name, number).image("Amazon Linux 2023.11.1", "6.12.2").created(created);
    cache.apply(worker("old", 500).0, start());
    cache.apply(new("new-1", 510, 0).0, start());
    cache.apply(new("new-2", 511, 50_000).0, at(50_000));
    cache.delete(&new("new-1", 510, 0).0, at(60_000));
    assert_eq!(lines(&mut cache, 90_000, &STRAGGLERS[1..])[0].rsplit(' ').next(), Some("90000"));
    cache.delete(&new("new-2", 511, 50_000).0, at(90_000));
    assert_eq!(lines(&mut cache, 90_000, &STRAGGLERS[..1])[0].rsplit(' ').next(), Some("0"), "nobody runs it any more");
    cache.apply(new("new-3", 512, 91_000).0, at(91_000));
    cache.apply(new("new-3", 512, 91_000).taint("karpenter.sh/disrupted").0, at(91_500));
    assert_eq!(lines(&mut cache, 92_000, &STRAGGLERS[1..])[0].rsplit(' ').next(), Some("92000"));
    for node in [worker("old", 500), new("new-3", 512, 91_000)] {
        cache.delete(&node.0, at(92_000));
    }
    cache.apply(new("new-4", 513, 93_000).0, at(93_000));
    assert_eq!(lines(&mut cache, 93_010, &STRAGGLERS[1..])[0].rsplit(' ').next(), Some("10"), "the pool was gone");
}

#[test]
fn no_more_releases_are_remembered_than_are_of_use() {
    let mut cache = synced();
    cache.apply(worker("old", 500).0, start());
    for release in 0..100 {
        let image = format!("Amazon Linux 2023.{}.1", 20 + release);
        let node = worker("new", 600 + release).image(&image, "6.12.2").created(i64::from(release));
        cache.apply(node.0.clone(), start());
        cache.delete(&node.0, start());
    }
    assert_eq!(cache.nodes.remembered_releases(), 16 + 2);
}

#[test]
fn nodes_that_are_leaving_are_no_stragglers() {
    let mut cache = synced();
    let old = |name: &str, number| worker(name, number).image("Amazon Linux 2023.9.20251117", "6.12.1");
    cache.apply(worker("new", 510).0, start());
    cache.apply(old("old", 500).0, start());
    cache.apply(old("leaves", 501).0, start());
    let stragglers = |cache: &mut Cache| lines(cache, 0, &STRAGGLERS[..1])[0].rsplit(' ').next().unwrap().to_owned();
    assert_eq!(stragglers(&mut cache), "2");
    cache.apply(old("leaves", 501).taint("karpenter.sh/disrupted").0, start());
    assert_eq!(stragglers(&mut cache), "1");
    cache.apply(worker("new", 510).taint("karpenter.sh/disrupted").0, start());
    assert_eq!(stragglers(&mut cache), "1", "what leaves still shows what is newest");
}

#[test]
fn stragglers_are_left_behind_since_the_newest_image_of_their_own_line_came_unless_that_is_bad() {
    let own = "- { issue: ours, severity: warning, summary: x, link: https://example.com, kernel: { from: 6.9.9 } }";
    let mut settings = Settings::new(start());
    settings.known_issues = crate::diagnose::KnownIssues::default().with(own).unwrap();
    let mut cache = synced_with(settings);
    let age = |cache: &mut Cache| lines(cache, 0, &["eks_pool_straggler_age_seconds"]);
    let is = |seconds: u32| {
        [format!("eks_pool_straggler_age_seconds{{pool=\"workers\",pool_kind=\"nodegroup\"}} {seconds}")]
    };
    let arm = |name: &str, number, release: &str, kernel: &str| {
        let mut node = worker(name, number).image(&format!("Amazon Linux 2023.{release}"), kernel);
        "arm64".clone_into(&mut node.0.status.node_info.architecture);
        node
    };
    cache.apply(arm("arm-old", 500, "4.1", "6.1.1").0, start());
    cache.apply(arm("arm-bad", 501, "5.1", "6.9.9").created(-300_000).0, start());
    assert_eq!(age(&mut cache), [""; 0], "nobody is to be sent to what is bad");
    cache.apply(worker("amd-new", 502).image("Amazon Linux 2023.8.1", "6.1.1").created(-3600).0, start());
    assert_eq!(age(&mut cache), [""; 0], "a line without stragglers");
    cache.apply(worker("amd-old", 503).image("Amazon Linux 2023.7.1", "6.1.1").0, start());
    assert_eq!(age(&mut cache), is(3600));
    cache.apply(arm("arm-new", 504, "6.1", "6.1.1").created(-7200).0, start());
    assert_eq!(age(&mut cache), is(7200), "of two lines the one that waits for longer");
}

#[test]
fn another_kubelet_architecture_system_or_pool_makes_no_straggler() {
    let mut cache = synced();
    let old = "Amazon Linux 2023.9.20251117";
    let mut arm = worker("arm", 501).image(old, "6.12.1");
    "arm64".clone_into(&mut arm.0.status.node_info.architecture);
    for node in [
        worker("new", 500),
        arm,
        worker("minor", 502).image(old, "6.12.1").kubelet("v1.35.4-eks-1"),
        worker("system", 503).image("Amazon Linux 2", "5.10.178-162.673.amzn2.x86_64"),
        worker("rocket", 504).image("Bottlerocket OS 1.20.0 (aws-k8s-1.36)", "6.1.1"),
        worker("rocket-gpu", 505).image("Bottlerocket OS 1.10.0 (aws-k8s-1.36-nvidia)", "6.1.1"),
        worker("foreign", 506).image("Ubuntu 24.04.3 LTS", "6.8.0-1"),
        node("pool", 507).label(keys::NODEGROUP, "others").image(old, "6.12.1"),
        worker("fargate", 508).image(old, "6.12.1").label(keys::COMPUTE_TYPE, "fargate"),
    ] {
        cache.apply(node.0, start());
    }
    assert_eq!(
        lines(&mut cache, 0, &STRAGGLERS[..1]),
        [
            "eks_pool_straggler_nodes{pool=\"others\",pool_kind=\"nodegroup\"} 0",
            "eks_pool_straggler_nodes{pool=\"workers\",pool_kind=\"nodegroup\"} 0",
        ]
    );
}

#[test]
fn a_bad_kernel_is_known_on_every_node_that_runs_it_and_only_while_it_does() {
    let mut cache = synced();
    let bad = |name: &str, number| worker(name, number).image("Amazon Linux 2", "5.10.173-154.642.amzn2.x86_64");
    cache.apply(bad("b", 501).0, start());
    cache.apply(bad("a", 500).0, start());
    cache.apply(worker("good", 502).0, start());
    let families = ["eks_node_known_issue", "eks_pool_known_issue_nodes"];
    assert_eq!(
        lines(&mut cache, 0, &families),
        [
            "eks_node_known_issue{node=\"a\",issue=\"seccomp-bpf-jit-leak\",issue_severity=\"critical\"} 1",
            "eks_node_known_issue{node=\"b\",issue=\"seccomp-bpf-jit-leak\",issue_severity=\"critical\"} 1",
            "eks_pool_known_issue_nodes{pool=\"workers\",pool_kind=\"nodegroup\",issue=\"seccomp-bpf-jit-leak\",issue_severity=\"critical\"} 2",
        ]
    );
    cache.delete(&bad("b", 501).0, start());
    cache.apply(bad("a", 500).image("Amazon Linux 2", "5.10.178-162.673.amzn2.x86_64").0, start());
    assert_eq!(lines(&mut cache, 0, &families), [""; 0]);
}

#[test]
fn an_ami_on_a_list_of_ones_own_is_found_when_the_claim_tells_it() {
    let own = "- { issue: ours, severity: info, summary: x, link: https://example.com, ami: [ami-bad] }";
    let mut settings = Settings::new(start());
    settings.known_issues = settings.known_issues.with(own).unwrap();
    let mut cache = synced_with(settings);
    cache.apply(claim(800, "a", "ami-bad"), start());
    cache.apply(node("a", 500).0, start());
    assert_eq!(
        lines(&mut cache, 0, &["eks_node_known_issue"]),
        ["eks_node_known_issue{node=\"a\",issue=\"ours\",issue_severity=\"info\"} 1"]
    );
    cache.delete(&claim(800, "a", "ami-bad"), start());
    assert_eq!(lines(&mut cache, 0, &["eks_node_known_issue"]), [""; 0]);
}

#[test]
fn kubelets_are_judged_by_the_api_server_that_is_there_now() {
    let mut cache = synced();
    for (number, kubelet) in
        ["v1.37.0", "v1.36.2", "v1.33.1-eks-1", "v1.32.9", "v1.32.1", "nonsense"].iter().enumerate()
    {
        cache.apply(node(kubelet, 500 + u32::try_from(number).unwrap()).kubelet(kubelet).0, start());
    }
    let families = ["eks_kubelet_nodes", "eks_kubelet_minors_behind", "eks_kubelet_supported"];
    assert_eq!(
        lines(&mut cache, 0, &families),
        [
            "eks_kubelet_nodes{kubelet_minor=\"1.32\"} 2",
            "eks_kubelet_nodes{kubelet_minor=\"1.33\"} 1",
            "eks_kubelet_nodes{kubelet_minor=\"1.36\"} 1",
            "eks_kubelet_nodes{kubelet_minor=\"1.37\"} 1",
        ],
        "the API server's version is not known yet"
    );
    let judged = |cache: &mut Cache, minor| {
        crate::cache::VersionIndex::server_version(cache, &format!("v1.{minor}.1"), 1, minor, start());
        let number = |line: &String| line.rsplit(' ').next().unwrap().parse().unwrap();
        lines(cache, 0, &families[1..]).iter().map(number).collect::<Vec<i64>>()
    };
    assert_eq!(judged(&mut cache, 36), [4, 3, 0, -1, 0, 1, 1, 0]);
    assert_eq!(judged(&mut cache, 37), [5, 4, 1, 0, 0, 0, 1, 1]);
}

#[test]
fn conditions_of_monitors_have_a_zero_while_all_is_well_and_an_age_when_it_is_not() {
    let mut cache = synced();
    cache.apply(node("a", 500).condition("KernelReady", "True", 0).condition("KernelDeadlock", "False", 0).0, start());
    cache.apply(node("b", 501).condition("KernelReady", "False", 10).0, at(10));
    cache.apply(node("c", 502).condition("KernelReady", "False", 5).label(keys::COMPUTE_TYPE, "fargate").0, at(10));
    let families = ["eks_node_condition_unhealthy_age_seconds", "eks_nodes_condition_unhealthy"];
    assert_eq!(
        lines(&mut cache, 70, &families),
        [
            "eks_node_condition_unhealthy_age_seconds{node=\"b\",condition=\"KernelReady\"} 60",
            "eks_nodes_condition_unhealthy{condition=\"KernelDeadlock\"} 0",
            "eks_nodes_condition_unhealthy{condition=\"KernelReady\"} 1",
        ]
    );
}

#[test]
fn a_condition_whose_clock_is_ahead_is_unhealthy_since_it_was_first_seen_so() {
    let mut cache = synced();
    for seconds in [0, 300, 600] {
        cache.apply(node("a", 500).condition("KernelReady", "False", 7200).0, at(seconds));
    }
    let age = lines(&mut cache, 610, &["eks_node_condition_unhealthy_age_seconds"]);
    assert_eq!(age, ["eks_node_condition_unhealthy_age_seconds{node=\"a\",condition=\"KernelReady\"} 610"]);
}

#[test]
fn names_of_conditions_are_limited_and_what_is_cut_is_counted() {
    let mut cache = synced();
    for number in 0..60 {
        let name = format!("Problem{number:02}");
        cache.apply(node(&format!("n-{number}"), 500 + number).condition(&name, "True", 0).0, start());
    }
    let snapshot = cache.snapshot(at(0));
    assert_eq!(snapshot.dropped()[3], 10);
    let nodes = snapshot.nodes.unwrap();
    assert_eq!((nodes.conditions.len(), nodes.unhealthy.len()), (50, 50));
}

#[test]
fn fargate_nodes_are_in_the_counts_of_kubelets_and_nowhere_else() {
    let mut cache = synced();
    let bad =
        node("f", 500).label(keys::COMPUTE_TYPE, "fargate").image("Amazon Linux 2", "5.10.173-154.642.amzn2.x86_64");
    cache.apply(bad.0, start());
    let families: Vec<_> =
        said(&cache.snapshot(at(0))).iter().map(|line| line.split('{').next().unwrap().to_owned()).collect();
    assert_eq!(families, ["eks_nodes", "eks_kubelet_nodes"]);
}
