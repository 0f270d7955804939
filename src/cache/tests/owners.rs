//! Owners.

use super::*;
use crate::{
    cache::{OwnerIndex, OwnerKind, OwnerWanted},
    objects::keys,
};

fn owner(cache: &mut Cache) -> (String, String) {
    let pods = cache.snapshot(at(100)).pods.unwrap();
    let names = &pods.creating.overdue[0].names;
    (names.owner_kind.to_string(), names.owner_name.to_string())
}

fn is(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

#[test]
fn the_cron_job_behind_a_job_is_the_owner_whichever_comes_first() {
    for job_first in [true, false] {
        let mut cache = synced();
        if job_first {
            cache.apply(job(70, "nightly"), start());
        }
        cache.apply(pod(1).on("a", 0).owner("Job", "nightly-1", 70).0, start());
        if !job_first {
            assert_eq!(owner(&mut cache), is("Job", "nightly-1"));
            cache.apply(job(70, "nightly"), start());
        }
        assert_eq!(owner(&mut cache), is("CronJob", "nightly"));
        cache.delete(&job(70, "nightly"), at(90));
        cache.apply(pod(1).on("a", 0).owner("Job", "nightly-1", 70).waits("ErrImagePull", "").0, at(91));
        assert_eq!(owner(&mut cache), is("CronJob", "nightly"), "its pods keep the name until they go");
        Index::<Job>::forget(&mut cache, &Scope::cluster());
        cache.apply(pod(1).on("a", 0).owner("Job", "nightly-1", 70).waits("ContainerCreating", "").0, at(92));
        assert_eq!(owner(&mut cache), is("CronJob", "nightly"), "also when nothing is known of Jobs any more");
    }
}

#[test]
fn a_deployment_is_known_from_the_pod_alone() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).owner("ReplicaSet", "web-abc", 70).label(keys::POD_TEMPLATE_HASH, "abc").0, start());
    assert_eq!(owner(&mut cache), is("Deployment", "web"));
    assert_eq!(cache.wanted(10), []);
}

#[test]
fn owners_that_the_pod_does_not_tell_are_asked_for_once_and_only_for_overdue_pods() {
    let mut cache = synced();
    for number in 1..=3 {
        cache.apply(pod(number).on("a", 0).owner("ReplicaSet", "web-x", 70).0, start());
    }
    cache.snapshot(at(30));
    assert_eq!(cache.wanted(10), [], "nobody is overdue yet");
    cache.snapshot(at(100));
    let wanted = OwnerWanted {
        namespace: "team".to_owned(),
        kind: OwnerKind::ReplicaSet,
        name: "web-x".to_owned(),
        uid: uid(70),
    };
    assert_eq!(cache.wanted(10), [wanted]);
    cache.resolved(&uid(70), Some(("Rollout", "web")));
    assert_eq!((owner(&mut cache), cache.wanted(10)), (is("Rollout", "web"), vec![]));
}

#[test]
fn an_object_that_nobody_manages_is_the_owner_itself() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).owner("ReplicaSet", "bare", 70).0, start());
    cache.snapshot(at(100));
    cache.resolved(&uid(70), None);
    assert_eq!((owner(&mut cache), cache.wanted(10)), (is("ReplicaSet", "bare"), vec![]));
}

#[test]
fn jobs_are_asked_for_one_by_one_only_where_they_are_not_watched() {
    let mut cache = synced();
    cache.apply(pod(1).on("a", 0).owner("Job", "once", 70).0, start());
    cache.snapshot(at(100));
    assert_eq!(cache.wanted(10), [], "all Jobs are known, and this one has no owner");
    Index::<Job>::forget(&mut cache, &Scope::cluster());
    assert_eq!(cache.wanted(10).len(), 1);
}
