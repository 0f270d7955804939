//! Whom a person knows as a pod's owner.

use crate::{
    diagnose::{Owner, owner_of_pod},
    objects::keys,
    testing::*,
};

#[test]
fn a_replica_set_named_after_its_templates_hash_is_a_deployments() {
    let pod = pod(1).owner("ReplicaSet", "web-api-5d4f8c7b9", 7).label(keys::POD_TEMPLATE_HASH, "5d4f8c7b9").0;
    assert_eq!(owner_of_pod(&pod.metadata), Owner::Known { kind: "Deployment", name: "web-api" });
}

#[test]
fn where_the_name_does_not_fit_the_owner_is_behind_it() {
    let long = format!("{}-abc", "x".repeat(249));
    for (name, hash) in
        [("web", Some("abc")), ("web-abd", Some("abc")), ("web-abc", None), ("-abc", Some("abc")), (&long, Some("abc"))]
    {
        let mut pod = pod(1).owner("ReplicaSet", name, 7);
        if let Some(hash) = hash {
            pod = pod.label(keys::POD_TEMPLATE_HASH, hash);
        }
        assert_eq!(owner_of_pod(&pod.0.metadata), Owner::Behind { kind: "ReplicaSet", name, uid: &uid(7) }, "{name}");
    }
}

#[test]
fn jobs_have_somebody_behind_them_and_other_kinds_stay_as_they_are() {
    let pod_of = |kind| pod(1).owner(kind, "x", 7).0;
    assert_eq!(owner_of_pod(&pod_of("Job").metadata), Owner::Behind { kind: "Job", name: "x", uid: &uid(7) });
    for kind in ["DaemonSet", "StatefulSet", "Rollout", "Workflow", "Node"] {
        assert_eq!(owner_of_pod(&pod_of(kind).metadata), Owner::Known { kind, name: "x" });
    }
    assert_eq!(owner_of_pod(&pod(1).0.metadata), Owner::Known { kind: "", name: "" });
}
