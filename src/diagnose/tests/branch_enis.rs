//! What pods, events and settings say about branch ENIs.

use jiff::SignedDuration;

use crate::{
    diagnose::{BranchClaim, ControllerSays, Life, cool_down},
    objects::keys,
    testing::*,
};

fn ids(annotation: &str) -> Vec<String> {
    let pod = pod(1).on("a", 0).annotation(keys::POD_ENI, annotation).0;
    BranchClaim::of(&pod, at(0)).expect("annotated").enis
}

#[test]
fn an_annotation_of_any_controller_version_names_its_interface() {
    let old = r#"[{"eniId":"eni-0aa1","ifAddress":"0a:00:00:00:00:01","privateIp":"10.0.1.20","vlanId":1,"subnetCidr":"10.0.1.0/24"}]"#;
    let new = r#"[{"eniId":"eni-0aa1","ifAddress":"0a:00:00:00:00:01","privateIp":"10.0.1.20","ipv6Addr":"","vlanID":1,"subnetCidr":"10.0.1.0/24","subnetV6Cidr":"","associationID":"trunk-assoc-0bb2"}]"#;
    let later = r#"[{"prefixCidr":["10.0.2.0/28"],"vlanId":"one","eniId":"eni-0aa1"}]"#;
    for annotation in [old, new, later] {
        assert_eq!(ids(annotation), ["eni-0aa1"], "{annotation}");
    }
}

#[test]
fn an_interface_that_is_named_twice_is_one() {
    assert_eq!(ids(r#"[{"eniId":"eni-2"},{"eniId":"eni-1"},{"eniId":"eni-2"}]"#), ["eni-1", "eni-2"]);
}

#[test]
fn an_annotation_that_cannot_be_read_names_none_and_loses_no_pod() {
    for broken in ["", "null", "[", "{}", "[1]", r#"{"eniId":"eni-1"}"#, "[]", "[{}]", r#"[{"eniId":null}]"#] {
        assert_eq!(ids(broken), <[String; 0]>::default(), "{broken}");
    }
}

#[test]
fn a_pod_waits_from_when_it_was_bound_until_it_is_annotated_ends_or_goes() {
    let waits = |pod: PodBuilder| BranchClaim::of(&pod.0, at(100)).and_then(|claim| claim.waits_since);
    let bound = || pod(1).on("a", 20).requests_branch_eni();
    assert_eq!(waits(bound()), Some(at(20)));
    assert_eq!(waits(pod(1).on_silently("a").requests_branch_eni()), Some(at(0)));
    assert_eq!(waits(bound().annotation(keys::POD_ENI, "[]")), None);
    assert_eq!(waits(bound().phase("Failed")), None);
    assert_eq!(waits(bound().deleted(60)), None);
    assert_eq!(waits(pod(1).on("a", 20)), None);
    assert_eq!(BranchClaim::of(&pod(1).requests_branch_eni().0, at(0)), None, "not bound");
}

#[test]
fn a_pod_has_ended_when_its_last_container_did_and_never_in_the_future() {
    let life = |pod: PodBuilder| BranchClaim::of(&pod.0, at(100)).expect("it requests").life;
    let ended_pod = || pod(1).on("a", 0).requests_branch_eni().phase("Succeeded");
    let two = ended_pod().container("second").is("main", ended(0, "Completed", 40)).is("second", ended(0, "", 60));
    assert_eq!(life(two.clone()), Life::Ended(at(60)));
    assert_eq!(life(two.deleted(90)), Life::Ended(at(60)), "only a finalizer keeps it");
    assert_eq!(life(ended_pod().is("main", ended(0, "Completed", 4000))), Life::Ended(at(100)));
    assert_eq!(life(ended_pod()), Life::Ended(at(100)), "evicted before it ran");
}

#[test]
fn a_cool_down_is_read_as_the_controller_reads_it() {
    let cases = [("60", 60), ("90", 90), ("30", 30), ("5", 30), ("-1", 30), ("", 60), ("1m", 60), ("60s", 60)];
    for (text, seconds) in cases {
        assert_eq!(cool_down(text), SignedDuration::from_secs(seconds), "{text}");
    }
}

#[test]
fn controllers_before_1_1_hold_the_interfaces_of_pods_that_have_ended() {
    let said = |version: &str| {
        let message = format!("The node is managed by VPC resource controller version {version}");
        ControllerSays::of(&controller_event("ControllerVersionNotice", &message, 5), at(10))
    };
    let holds = |version| match said(version)?.1 {
        ControllerSays::Version(version) => Some(version.holds()),
        ControllerSays::CoolDown(_) => None,
    };
    assert_eq!([holds("v1.0.11"), holds("1.0.9")], [Some(true); 2]);
    assert_eq!([holds("v1.1.0"), holds("v1.7.23-eksbuild.1"), holds("v2.0.0")], [Some(false); 3]);
    assert_eq!([holds("latest"), holds("")], [None; 2]);
    assert_eq!(said("v1.1.0").map(|(at, _)| at), Some(at(5)));
    let to_come = controller_event("ControllerVersionNotice", "version v1.0.1", 5_000);
    assert_eq!(ControllerSays::of(&to_come, at(10)).map(|(at, _)| at), Some(at(10)));
    assert_eq!(ControllerSays::of(&event(1, "ControllerVersionNotice", "version v1.0.1", 5), at(10)), None);
}

#[test]
fn a_cool_down_that_the_controller_tells_is_a_duration_of_go() {
    let told = |length: &str| {
        let message = format!("Branch ENI cool down period has been updated to {length}");
        ControllerSays::of(&controller_event("BranchENICoolDownPeriodUpdated", &message, 5), at(10))
    };
    for (text, seconds) in [("1m30s", 90), ("30s", 30), ("1h0m0s", 3600), ("500ms", 30), ("-5m", 30), ("0s", 30)] {
        let expected = ControllerSays::CoolDown(SignedDuration::from_secs(seconds));
        assert_eq!(told(text), Some((at(5), expected)), "{text}");
    }
    for text in ["", "90", "soon", "24h0m1s", "99999999999999999999h"] {
        assert_eq!(told(text), None, "{text}");
    }
}
