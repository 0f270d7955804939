//! Pods being created: when they appear, and when they go.

use super::*;
use crate::objects::keys;

#[test]
fn a_pod_is_overdue_from_the_threshold_on() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).on("a", 10).waits("ErrImagePull", "not found").0, at(11));
    assert_eq!((all(&mut cache, 69), overdue(&mut cache, 69)), (1, vec![]));
    assert_eq!(overdue(&mut cache, 70), [("pod-1".to_owned(), Cause::ImagePull, Stage::Image)]);
}

#[test]
fn fargate_and_virtual_kubelets_have_five_minutes() {
    let mut cache = synced();
    cache.apply(node("fargate-1", 500).label(keys::COMPUTE_TYPE, "fargate").0, start());
    cache.apply(node("virtual", 501).label(keys::TYPE, "virtual-kubelet").0, start());
    cache.apply(pod(1).on("fargate-1", 0).0, start());
    cache.apply(pod(2).on("virtual", 0).0, start());
    cache.apply(pod(3).on("elsewhere", 0).label(keys::FARGATE_PROFILE, "web").0, start());
    assert_eq!((overdue(&mut cache, 299).len(), overdue(&mut cache, 300).len()), (0, 3));
}

#[test]
fn everything_about_a_pod_goes_when_it_recovers() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).on("a", 0).waits("ErrImagePull", "not found").0, start());
    assert!(said(&cache.snapshot(at(90))).iter().any(|line| line.contains("pod-1")));
    cache.apply(pod(1).on("a", 0).is("main", running()).0, at(91));
    let left = said(&cache.snapshot(at(92)));
    assert!(left.iter().all(|line| !line.contains("pod-1") && !line.starts_with("eks_pods_")), "{left:?}");
}

#[test]
fn everything_about_a_pod_goes_when_it_is_deleted() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).0, start());
    cache.delete(&pod(1).0, at(80));
    assert_eq!(said(&cache.snapshot(at(90))), [""; 0]);
}

#[test]
fn the_same_name_with_a_new_uid_is_another_pod_and_the_former_is_gone() {
    let mut cache = synced();
    cache.apply(pod(1).name("db-0").on("a", 0).0, start());
    cache.apply(pod(2).name("db-0").on("a", 50).0, at(50));
    let uids: Vec<_> =
        cache.snapshot(at(500)).pods.unwrap().creating.overdue.iter().map(|pod| pod.names.uid.to_string()).collect();
    assert_eq!(uids, [uid(2)]);
    assert_eq!(all(&mut cache, 500), 1);
    cache.apply(pod(3).name("db-0").on("a", 50).is("main", running()).0, at(501));
    assert_eq!(all(&mut cache, 502), 0, "also when the new one is well");
}

#[test]
fn the_oldest_come_first_and_the_limit_cuts_the_rest_but_not_the_counts() {
    let mut cache = synced_with(Settings { pod_series_limit: 2, ..Settings::new(start()) });
    for number in 0..5 {
        cache.apply(pod(number).on("a", 40 - i64::from(number) * 10).0, start());
    }
    let snapshot = cache.snapshot(at(1000));
    assert_eq!(snapshot.dropped(), [3, 0, 0, 0]);
    assert_eq!(overdue(&mut cache, 1000).iter().map(|pod| pod.0.as_str()).collect::<Vec<_>>(), ["pod-4", "pod-3"]);
    let counts: u32 = snapshot.pods.unwrap().creating.counts.iter().map(|count| count.overdue).sum();
    assert_eq!(counts, 5);
}

#[test]
fn pods_tied_to_a_node_that_is_down_are_counted_but_have_no_series() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).on("a", 0).owner("DaemonSet", "agent", 9).0, start());
    cache.apply(pod(2).on("a", 0).annotation(keys::CONFIG_MIRROR, "x").0, start());
    cache.apply(pod(3).on("a", 0).0, start());
    assert_eq!(overdue(&mut cache, 90).len(), 3);
    cache.apply(node("a", 500).ready("Unknown", "NodeStatusUnknown", "", 95).0, at(95));
    assert_eq!(overdue(&mut cache, 100), [("pod-3".to_owned(), Cause::NodeDown, Stage::Unknown)]);
    let pods = cache.snapshot(at(100)).pods.unwrap();
    assert_eq!(pods.creating.counts.iter().map(|count| count.overdue).sum::<u32>(), 3);
    assert_eq!(pods.creating.dropped, 0);
}

#[test]
fn pods_that_should_be_gone_are_told_by_who_holds_them() {
    let mut cache = synced();
    cache.apply(node("a", 500).0, start());
    cache.apply(pod(1).on("a", 0).is("main", running()).deleted(30).0, start());
    cache.apply(pod(2).on("gone", 0).is("main", running()).deleted(30).0, start());
    cache.apply(pod(3).on("a", 0).phase("Succeeded").deleted(30).0, start());
    cache.apply(pod(4).deleted(30).0, start());
    let blocked = |cache: &mut Cache, seconds| {
        let pods = cache.snapshot(at(seconds)).pods.unwrap();
        let mut blocked: Vec<_> =
            pods.terminating.overdue.iter().map(|pod| (pod.names.pod.to_string(), pod.verdict.as_str())).collect();
        blocked.sort();
        blocked
    };
    assert_eq!(blocked(&mut cache, 89), []);
    let named = |name: &str, by| (name.to_owned(), by);
    let expected = [
        named("pod-1", "kubelet"),
        named("pod-2", "node_down"),
        named("pod-3", "finalizer"),
        named("pod-4", "finalizer"),
    ];
    assert_eq!(blocked(&mut cache, 90), expected);
}

#[test]
fn a_clock_that_is_set_back_takes_back_what_is_not_overdue_any_more() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).0, start());
    assert_eq!(overdue(&mut cache, 100).len(), 1);
    assert_eq!(overdue(&mut cache, 30).len(), 0);
    assert_eq!(overdue(&mut cache, 60).len(), 1);
}

#[test]
fn objects_without_a_uid_or_with_odd_names_change_nothing_else() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).with(|pod| pod.metadata.uid.clear()).0, start());
    cache.apply(
        pod(2).name("\"} 1\nevil 2").on("\\", 0).with(|pod| pod.metadata.uid = "not a uuid".to_owned()).0,
        start(),
    );
    cache.apply(pod(3).on("a", 0).with(|pod| pod.spec.containers.clear()).0, start());
    let snapshot = cache.snapshot(at(100));
    let lines = said(&snapshot);
    assert!(lines.iter().all(|line| line.starts_with("eks_")), "{lines:?}");
    assert!(lines[0].contains(r#"pod="\"} 1\nevil 2",uid="not a uuid",node="\\""#), "{lines:?}");
    assert_eq!(all(&mut cache, 100), 1);
}
