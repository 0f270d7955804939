//! How evidence is weighed over time.

use crate::{
    diagnose::{About, Cause, Evidence, EvidenceSet, evidence::spokesman},
    testing::*,
};

fn told(events: &[(&str, &str, i64)]) -> EvidenceSet {
    let mut set = EvidenceSet::default();
    for (reason, message, seconds) in events {
        if let Some(evidence) = Evidence::of(&event(1, reason, message, *seconds), at(*seconds)) {
            set.take(evidence);
        }
    }
    set
}

fn cause(set: &EvidenceSet) -> Option<Cause> {
    spokesman(set.about(About::Creation)).map(|evidence| evidence.cause)
}

const SANDBOX: &str = "FailedCreatePodSandBox";

#[test]
fn weak_words_never_replace_telling_ones() {
    assert_eq!(
        cause(&told(&[(SANDBOX, told::CNI_DOWN, 0), (SANDBOX, told::DEADLINE, 500)])),
        Some(Cause::CniUnavailable)
    );
    assert_eq!(cause(&told(&[(SANDBOX, told::DEADLINE, 0)])), Some(Cause::Runtime), "but they are better than none");
}

#[test]
fn a_cause_gives_way_when_it_was_not_repeated_for_two_minutes_while_another_was() {
    let both = |later| told(&[(SANDBOX, told::CNI_DOWN, 0), (SANDBOX, told::NO_ADDRESS, later)]);
    assert_eq!(cause(&both(120)), Some(Cause::CniUnavailable));
    assert_eq!(cause(&both(121)), Some(Cause::IpExhausted));
}

#[test]
fn a_cause_that_comes_back_has_to_wait_its_turn() {
    let mut events =
        vec![(SANDBOX, told::CNI_DOWN, 0), (SANDBOX, told::NO_ADDRESS, 100), (SANDBOX, told::NO_ADDRESS, 300)];
    assert_eq!(cause(&told(&events)), Some(Cause::IpExhausted));
    events.push((SANDBOX, told::CNI_DOWN, 310));
    assert_eq!(cause(&told(&events)), Some(Cause::IpExhausted), "no flip: the other one was told ten seconds ago");
    events.push((SANDBOX, told::CNI_DOWN, 430));
    assert_eq!(cause(&told(&events)), Some(Cause::CniUnavailable));
}

#[test]
fn a_cause_that_comes_back_does_not_claim_its_former_spell() {
    let mut set =
        told(&[(SANDBOX, told::CNI_DOWN, 0), (SANDBOX, told::NO_ADDRESS, 100), (SANDBOX, told::NO_ADDRESS, 300)]);
    for seconds in [310, 320] {
        let mut again = event(1, SANDBOX, told::CNI_DOWN, seconds);
        again.first_timestamp = at(0).into(); // the same event, counted up
        set.take(Evidence::of(&again, at(seconds)).unwrap());
        assert_eq!(cause(&set), Some(Cause::IpExhausted), "{seconds}");
    }
}

#[test]
fn two_faults_that_take_turns_are_one_cause_in_whatever_order_they_are_read() {
    let mut events = Vec::new();
    for round in 0..10 {
        events.push((SANDBOX, told::CNI_DOWN, round * 40));
        events.push((SANDBOX, told::NO_ADDRESS, round * 40 + 20));
        assert_eq!(cause(&told(&events)), Some(Cause::CniUnavailable), "round {round}");
    }
}

#[test]
fn the_latest_of_all_times_of_an_event_counts() {
    let mut event = event(1, SANDBOX, told::CNI_DOWN, 10);
    event.metadata.creation_timestamp = at(5).into();
    event.event_time = at(20).into();
    event.series = Some(crate::objects::EventSeries { last_observed_time: at(90).into() });
    assert_eq!(event.last_seen(), Some(at(90)));
    assert_eq!(event.first_seen(), Some(at(5)));
}

#[test]
fn a_pod_cannot_hoard_evidence() {
    let mut set = EvidenceSet::default();
    for number in 0..100 {
        let mut event = event(1, "Failed", "Error: secret \"db\" not found", number);
        event.involved_object.field_path = format!("spec.containers{{c{number}}}");
        set.take(Evidence::of(&event, at(number)).unwrap());
    }
    assert_eq!(set.about(About::Creation).count(), 12);
}

#[test]
fn probes_and_crashes_are_no_evidence() {
    assert!(
        told(&[("Unhealthy", "Readiness probe failed: x", 0), ("BackOff", "Back-off restarting failed container", 1)])
            .is_empty()
    );
}
