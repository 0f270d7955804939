//! Findings about nodes.

use crate::{
    cache::{Cache, Index, Scope, Settings, VersionIndex},
    objects::{Node, keys},
    report::{Finding, Severity, findings},
    testing::*,
};

fn cluster() -> Cache {
    let mut cache = Cache::new(Settings::new(start()));
    Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
    cache
}

fn worker(pool: &str, name: &str, number: u32) -> NodeBuilder {
    node(name, number).label(keys::NODEGROUP, pool).label(keys::ZONE_ID, "use1-az1")
}

fn told(cache: &mut Cache, seconds: i64) -> Vec<Finding> {
    findings(&cache.snapshot(at(seconds)))
}

fn titles(cache: &mut Cache, seconds: i64) -> Vec<(Severity, String)> {
    told(cache, seconds).into_iter().map(|finding| (finding.severity, finding.title)).collect()
}

#[test]
fn a_bad_kernel_is_told_before_anything_fails_and_wakes_nobody() {
    let mut cache = cluster();
    for number in 0..4 {
        let node = worker("workers", &format!("n-{number}"), 500 + number);
        cache.apply(node.image("Amazon Linux 2", "5.10.173-154.642.amzn2.x86_64").0, start());
    }
    let [finding] = told(&mut cache, 0).try_into().unwrap();
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(finding.title, "4 nodes with a release known to be bad: seccomp-bpf-jit-leak");
    assert!(finding.examples[0].contains("errno 524"), "{:?}", finding.examples);
    assert!(finding.examples[1].contains("n-0 of nodegroup workers: Amazon Linux 2, kernel 5.10.173-154.642"));
    assert_eq!((finding.more, finding.look.starts_with("https://")), (1, true));
}

#[test]
fn stragglers_are_told_a_day_after_the_newer_image_came_unless_that_is_bad() {
    let mut cache = cluster();
    let old = |name: &str, number| worker("workers", name, number).image("Amazon Linux 2023.9.20251117", "6.12.1");
    cache.apply(old("old-1", 500).0, start());
    cache.apply(old("old-2", 501).0, start());
    cache.apply(worker("workers", "new", 502).created(0).0, start());
    assert_eq!(titles(&mut cache, 86_400), []);
    assert_eq!(
        titles(&mut cache, 86_401),
        [(Severity::Warning, "2 nodes of nodegroup workers on an older image".to_owned())]
    );
    let mut cache = cluster();
    let al2 = |name: &str, number, kernel| worker("workers", name, number).image("Amazon Linux 2", kernel);
    cache.apply(al2("old", 500, "5.10.162-141.675.amzn2.x86_64").0, start());
    cache.apply(al2("new", 501, "5.10.173-154.642.amzn2.x86_64").0, start());
    let titles = titles(&mut cache, 100_000);
    assert_eq!(titles.len(), 1, "{titles:?}");
    assert!(titles[0].1.contains("known to be bad"));
}

#[test]
fn each_line_of_images_of_a_pool_has_stragglers_of_its_own() {
    let mut cache = cluster();
    let line = |name: &str, number, architecture: &str, release: &str| {
        let mut node = worker("workers", name, number).image(&format!("Amazon Linux 2023.{release}"), "6.12.1");
        architecture.clone_into(&mut node.0.status.node_info.architecture);
        node
    };
    cache.apply(line("amd-new", 500, "amd64", "8.1").created(0).0, start());
    cache.apply(line("amd-old", 501, "amd64", "7.1").0, start());
    cache.apply(line("arm-new", 502, "arm64", "8.1").created(80_000).0, at(80_000));
    for number in 0..10 {
        cache.apply(line(&format!("arm-old-{number}"), 510 + number, "arm64", "7.1").0, start());
    }
    let [finding] = told(&mut cache, 90_000).try_into().unwrap();
    assert_eq!(finding.title, "1 node of nodegroup workers on an older image", "arm64 has an hour and a half so far");
    assert_eq!(
        (finding.examples.as_slice(), finding.more),
        (&["amd-old: Amazon Linux 2023.7.1, kernel 6.12.1".to_owned()][..], 0)
    );
    assert_eq!(finding.look, "The newest that runs there is Amazon Linux 2023.8.1, kernel 6.12.1, on amd-new.");
    let [finding] = told(&mut cache, 170_000).try_into().unwrap();
    assert_eq!(finding.title, "11 nodes of nodegroup workers on an older image");
    assert_eq!((finding.since, finding.examples.len(), finding.more), (start(), 3, 8));
    assert!(
        finding.look.contains(
            "for amd64 and kubelet v1.36.2-eks-0123456 Amazon Linux 2023.8.1, kernel 6.12.1, on amd-new; for arm64"
        ),
        "{}",
        finding.look
    );
}

/// An issue that is only good to know keeps nobody from the newest image, one that is worse does.
#[test]
fn stragglers_of_one_line_are_told_though_the_newest_of_another_is_bad() {
    for (severity, expected) in [
        ("warning", ["1 node of nodegroup workers on an older image"].as_slice()),
        ("info", &["2 nodes of nodegroup workers on an older image"]),
    ] {
        let own = format!(
            "- {{ issue: ours, severity: {severity}, summary: x, link: https://example.com, kernel: {{ from: 6.9.9 }} }}"
        );
        let mut settings = Settings::new(start());
        settings.known_issues = crate::diagnose::KnownIssues::default().with(&own).unwrap();
        let mut cache = Cache::new(settings);
        Index::<Node>::finish(&mut cache, &Scope::cluster(), start());
        let arm = |name: &str, number, release: &str, kernel: &str| {
            let mut node = worker("workers", name, number).image(&format!("Amazon Linux 2023.{release}"), kernel);
            "arm64".clone_into(&mut node.0.status.node_info.architecture);
            node
        };
        cache.apply(arm("arm-bad", 500, "5.1", "6.9.9").0, start());
        cache.apply(arm("arm-old", 501, "4.1", "6.1.1").0, start());
        cache.apply(worker("workers", "amd-new", 502).image("Amazon Linux 2023.8.1", "6.1.1").0, start());
        cache.apply(worker("workers", "amd-old", 503).image("Amazon Linux 2023.7.1", "6.1.1").0, start());
        let titles = titles(&mut cache, 1);
        let stragglers: Vec<_> =
            titles.iter().map(|(_, title)| title.as_str()).filter(|title| title.contains("older")).collect();
        assert_eq!(stragglers, expected, "{severity}");
    }
}

#[test]
fn a_node_whose_clock_is_ahead_is_told_when_it_has_been_seen_not_ready_for_long_enough() {
    let mut cache = cluster();
    cache.apply(node("b", 501).0, start());
    for seconds in [0, 100, 200] {
        cache.apply(node("a", 500).ready("False", "KubeletNotReady", "", 7200).0, at(seconds));
    }
    let [finding] = told(&mut cache, 900).try_into().unwrap();
    assert_eq!((finding.since, finding.severity), (start(), Severity::Warning));
}

#[test]
fn kubelets_out_of_support_are_told_on_both_sides() {
    let mut cache = cluster();
    cache.apply(node("old", 500).kubelet("v1.32.1").0, start());
    cache.apply(node("new", 501).kubelet("v1.37.1").0, start());
    cache.apply(node("right", 502).kubelet("v1.33.1").0, start());
    assert_eq!(titles(&mut cache, 0), [], "the API server's version is not known");
    cache.server_version("v1.36.1", 1, 36, start());
    let told = told(&mut cache, 0);
    let is = |which: usize| (told[which].title.as_str(), told[which].examples.as_slice());
    assert_eq!(is(0), ("1 node with kubelet 1.32 beside an API server of 1.36", &["old, v1.32.1".to_owned()][..]));
    assert_eq!(is(1), ("1 node with kubelet 1.37 beside an API server of 1.36", &["new, v1.37.1".to_owned()][..]));
    assert_eq!(told.len(), 2);
}

#[test]
fn a_monitors_complaint_becomes_a_warning_after_ten_minutes() {
    let mut cache = cluster();
    cache.apply(node("a", 500).condition("KernelReady", "False", 0).0, start());
    let title = "1 node unhealthy: KernelReady".to_owned();
    assert_eq!(titles(&mut cache, 599), [(Severity::Info, title.clone())]);
    assert_eq!(titles(&mut cache, 600), [(Severity::Warning, title)]);
}

/// Incident 12.
#[test]
fn many_nodes_of_a_pool_are_one_finding_that_says_what_they_have_in_common() {
    let mut cache = cluster();
    for number in 0..8 {
        let node = worker("workers", &format!("n-{number}"), 500 + number);
        let node = if number < 4 { node.label(keys::ZONE_ID, "use1-az2") } else { node };
        cache.apply(node.0, start());
    }
    let silent = |number: u32, seconds| {
        let node = worker("workers", &format!("n-{number}"), 500 + number).label(keys::ZONE_ID, "use1-az2");
        node.ready("Unknown", "NodeStatusUnknown", "", seconds).0
    };
    cache.apply(silent(0, 10), at(10));
    cache.apply(silent(1, 20), at(20));
    assert_eq!(titles(&mut cache, 30), [(Severity::Info, "2 nodes not ready".to_owned())], "fewer than three");
    cache.apply(silent(2, 100), at(100));
    let title = "3 of 8 nodes of nodegroup workers are not ready".to_owned();
    assert_eq!(titles(&mut cache, 219), [(Severity::Info, title.clone())], "and no finding of each of them beside it");
    assert_eq!(titles(&mut cache, 220), [(Severity::Warning, title.clone())]);
    assert_eq!(titles(&mut cache, 400), [(Severity::Critical, title)]);
    let examples = &told(&mut cache, 400)[0].examples;
    assert_eq!(examples[0], "by zone: 3 use1-az2");
    assert_eq!(examples[1], "by image: 3 Amazon Linux 2023.10.20260302, kernel 6.18.8-9.213.amzn2023.x86_64");
}

#[test]
fn a_zone_tells_what_no_pool_does_and_nodes_that_start_or_leave_do_not_count() {
    let mut cache = cluster();
    for number in 0..30 {
        let node = worker(&format!("pool-{}", number % 3), &format!("n-{number}"), 500 + number);
        let node = match number {
            0..3 => node.label(keys::ZONE_ID, "use1-az2").ready("False", "KubeletNotReady", "", 0),
            3..6 => node.taint("karpenter.sh/disrupted").ready("False", "KubeletNotReady", "", 0),
            6..9 => node.created(-60).ready("False", "KubeletNotReady", "", -55),
            _ => node,
        };
        cache.apply(node.0, start());
    }
    assert_eq!(
        titles(&mut cache, 300),
        [(Severity::Critical, "3 of 3 nodes of zone use1-az2 are not ready".to_owned())]
    );
}

/// A pool of so many nodes, of which the first went silent at these seconds.
fn pool_of(all: u32, silent: &[i64]) -> Cache {
    let mut cache = cluster();
    for number in 0..all {
        let node = worker("workers", &format!("n-{number}"), 500 + number);
        let since = silent.get(number as usize);
        let node = since.map_or(node.clone(), |since| node.ready("Unknown", "NodeStatusUnknown", "", *since));
        cache.apply(node.0, start());
    }
    cache
}

#[test]
fn a_pool_is_lost_since_the_node_that_made_it_too_many() {
    let title = "4 of 12 nodes of nodegroup workers are not ready".to_owned();
    let mut cache = pool_of(12, &[-1000, -900, -800, 0]);
    assert_eq!(titles(&mut cache, 1), [(Severity::Info, title.clone())], "three of twelve were no loss");
    assert_eq!(titles(&mut cache, 300), [(Severity::Critical, title)]);
}

#[test]
fn one_node_that_nobody_misses_gives_no_weight_to_those_that_blink() {
    let mut cache = pool_of(20, &[-100_000, 0, 1]);
    assert_eq!(titles(&mut cache, 10), [(Severity::Warning, "3 nodes not ready".to_owned())]);
    assert_eq!(titles(&mut cache, 601), [(Severity::Critical, "3 nodes not ready".to_owned())]);
}

#[test]
fn a_cluster_whose_only_nodes_are_down_wakes_somebody() {
    assert_eq!(titles(&mut pool_of(2, &[0, 0]), 600), [(Severity::Critical, "2 nodes not ready".to_owned())]);
    assert_eq!(titles(&mut pool_of(3, &[0, 0]), 600), [(Severity::Warning, "2 nodes not ready".to_owned())]);
}

#[test]
fn a_lost_pool_does_not_hide_a_zone_that_other_pools_lost() {
    let mut cache = cluster();
    for number in 0..43 {
        let (pool, zone, is_down) = match number {
            0..3 => ("gpu".to_owned(), "use1-az1", true),
            3..23 => (format!("pool-{}", number % 10), "use1-az2", number % 2 == 0),
            _ => (format!("pool-{}", number % 10), "use1-az3", false),
        };
        let node = worker(&pool, &format!("n-{number}"), 500 + number).label(keys::ZONE_ID, zone);
        let silent = node.clone().ready("Unknown", "NodeStatusUnknown", "", 0);
        cache.apply(if is_down { silent.0 } else { node.0 }, start());
    }
    let titles: Vec<_> = titles(&mut cache, 300).into_iter().map(|(_, title)| title).collect();
    assert_eq!(
        titles,
        ["3 of 3 nodes of nodegroup gpu are not ready", "10 of 20 nodes of zone use1-az2 are not ready"]
    );
}

#[test]
fn nodes_without_a_pool_are_told_by_their_kind() {
    let mut cache = cluster();
    for number in 0..8 {
        let node = node(&format!("n-{number}"), 500 + number).ready("Unknown", "NodeStatusUnknown", "", 0);
        let hybrid = node.clone().label(keys::COMPUTE_TYPE, "hybrid");
        cache.apply(if number < 4 { hybrid.0 } else { node.0 }, start());
    }
    let told = told(&mut cache, 300);
    let titles: Vec<_> = told.iter().map(|finding| finding.title.as_str()).collect();
    assert_eq!(titles, ["4 of 4 nodes of kind hybrid are not ready", "4 of 4 nodes of no pool are not ready"]);
    assert!(told.iter().all(|finding| !finding.examples[0].starts_with("by zone")), "{told:?}");
}

#[test]
fn kubelets_of_nodes_without_series_of_their_own_are_told_too() {
    let mut cache = cluster();
    let fargate = node("fargate-1", 500).label(keys::COMPUTE_TYPE, "fargate").kubelet("v1.29.1");
    cache.apply(fargate.0, start());
    cache.server_version("v1.33.1", 1, 33, start());
    let [finding] = told(&mut cache, 0).try_into().unwrap();
    assert_eq!(finding.title, "1 node with kubelet 1.29 beside an API server of 1.33");
    assert_eq!((finding.examples.len(), finding.more), (0, 1));
}
