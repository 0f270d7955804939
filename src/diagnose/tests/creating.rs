//! Which pods are being created, since when, and in which stage.

use jiff::Timestamp;

use crate::{
    diagnose::{Cause, Creating, Evidence, EvidenceSet, NodeView, Situation, Stage, judge_creating},
    objects::keys,
    testing::*,
};

fn creating(pod: PodBuilder) -> Option<Creating> {
    match Situation::of(&pod.0, at(100)) {
        Some(Situation::Creating(creating)) => Some(creating),
        _ => None,
    }
}

fn since(pod: PodBuilder) -> Option<Timestamp> {
    creating(pod).map(|creating| creating.since)
}

fn kubelet(minor: u32) -> NodeView {
    NodeView::Known { silent: false, network_down: false, kubelet_minor: Some(minor) }
}

fn judged(pod: PodBuilder, events: &[crate::objects::Event], node: NodeView) -> (Cause, Stage) {
    let mut told = EvidenceSet::default();
    for event in events {
        if let Some(evidence) = Evidence::of(event, at(100)) {
            told.take(evidence);
        }
    }
    judge_creating(&creating(pod).expect("creating"), &told, node)
}

#[test]
fn a_bound_pod_whose_container_never_ran_is_creating_since_it_was_bound() {
    assert_eq!(since(pod(1).on("a", 7).waits("ContainerCreating", "")), Some(at(7)));
    assert_eq!(since(pod(1).on("a", 7).phase("Running").container("late").is("main", running())), Some(at(7)));
}

#[test]
fn without_the_scheduled_condition_it_is_creating_since_it_was_created() {
    assert_eq!(since(pod(1).on_silently("a").waits("ContainerCreating", "")), Some(at(0)));
}

#[test]
fn a_pod_that_kubelet_never_acknowledged_is_creating() {
    assert_eq!(since(pod(1).on("a", 7)), Some(at(7)));
    assert_eq!(since(pod(1).on("a", 7).with(|pod| pod.status.phase.clear())), Some(at(7)));
}

#[test]
fn pods_that_ended_or_are_being_deleted_or_have_no_node_are_not_creating() {
    for phase in ["Succeeded", "Failed"] {
        assert_eq!(since(pod(1).on("a", 7).phase(phase)), None);
    }
    assert_eq!(since(pod(1).on("a", 7).deleted(50)), None);
    assert_eq!(since(pod(1)), None);
}

#[test]
fn a_container_that_ran_once_is_not_being_created_however_it_ended() {
    assert_eq!(since(pod(1).on("a", 7).is("main", running())), None);
    assert_eq!(since(pod(1).on("a", 7).is("main", ended(1, "Error", 20))), None);
    let back_off = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=main");
    assert_eq!(since(pod(1).on("a", 7).status("main", back_off, ended(1, "Error", 20))), None);
    assert_eq!(
        since(pod(1).on("a", 7).status("main", waiting("ImagePullBackOff", ""), ended(0, "Completed", 9))),
        None
    );
}

#[test]
fn a_container_that_failed_to_start_has_never_run() {
    let failed = start_error("failed to create shim task: exec: \"/x\": not found");
    assert_eq!(since(pod(1).on("a", 7).is("main", failed.clone())), Some(at(7)));
    assert_eq!(since(pod(1).on("a", 7).status("main", waiting("CrashLoopBackOff", ""), failed)), Some(at(7)));
    assert_eq!(since(pod(1).on("a", 7).is("main", ended(128, "ContainerCannotRun", 0))), Some(at(7)));
}

#[test]
fn while_an_init_container_runs_or_fails_after_having_run_the_pod_is_not_creating() {
    let pod = || pod(1).on("a", 7).init("migrate").waits("PodInitializing", "");
    assert_eq!(since(pod().is("migrate", running())), None);
    assert_eq!(since(pod().is("migrate", ended(1, "Error", 20))), None);
    assert_eq!(since(pod().status("migrate", waiting("CrashLoopBackOff", ""), ended(1, "Error", 20))), None);
}

#[test]
fn an_init_container_that_never_ran_holds_up_a_creation() {
    let pod = || pod(1).on("a", 7).init("migrate").waits("PodInitializing", "");
    assert_eq!(since(pod()), Some(at(7)));
    assert_eq!(since(pod().is("migrate", waiting("PodInitializing", ""))), Some(at(7)));
    assert_eq!(since(pod().is("migrate", start_error("no"))), Some(at(7)));
}

#[test]
fn the_clock_starts_anew_when_an_init_container_has_completed() {
    let pod =
        pod(1).on("a", 7).init("one").init("two").waits("PodInitializing", "").is("one", ended(0, "Completed", 40));
    assert_eq!(since(pod.clone()), Some(at(40)));
    assert_eq!(since(pod.is("two", ended(0, "Completed", 60))), Some(at(60)));
}

#[test]
fn a_native_sidecar_counts_as_an_init_container_only_until_it_has_started() {
    let pod = || pod(1).on("a", 7).sidecar("proxy").waits("PodInitializing", "");
    assert_eq!(since(pod()), Some(at(7)), "never ran: it holds up the pod");
    assert_eq!(since(pod().is("proxy", running())), None, "its startup probe is its own business");
    assert_eq!(since(pod().started("proxy")), Some(at(7)), "started: the regular container is next");
    let again = |state| pod().status("proxy", state, ended(1, "Error", 30));
    for state in [waiting("CrashLoopBackOff", ""), running(), ended(1, "Error", 40)] {
        assert_eq!(since(again(state)), Some(at(7)), "a crash does not take the pod in and out of being created");
    }
    let done = pod().is("proxy", ended(0, "Completed", 40));
    assert_eq!(since(done), Some(at(7)), "its end is no init container's end");
    let crashed = pod().condition("Initialized", "True", 20).status(
        "proxy",
        waiting("CrashLoopBackOff", ""),
        ended(1, "Error", 30),
    );
    assert_eq!(since(crashed), Some(at(7)), "it had started before it crashed");
}

#[test]
fn a_condition_of_the_sandbox_is_read_by_kubelets_version() {
    let pod =
        |status| pod(1).on("a", 7).waits("ContainerCreating", "").condition("PodReadyToStartContainers", status, 8);
    let sandbox_failed = [event(1, "FailedCreatePodSandBox", told::CNI_DOWN, 20)];
    let stage = |status, minor, events: &[_]| judged(pod(status), events, kubelet(minor)).1;
    assert_eq!(stage("False", 36, &[]), Stage::Sandbox, "1.36: False means that the sandbox is not there");
    assert_eq!(stage("False", 35, &[]), Stage::Unknown, "1.29-1.35: False stays through the image pull");
    assert_eq!(stage("False", 28, &[]), Stage::Unknown);
    for minor in [29, 35, 36] {
        assert_eq!(
            judged(pod("True"), &sandbox_failed, kubelet(minor)),
            (Cause::Unknown, Stage::Unknown),
            "{minor}: over"
        );
    }
    for node in [kubelet(28), NodeView::Unwatched] {
        assert_eq!(judged(pod("True"), &sandbox_failed, node), (Cause::CniUnavailable, Stage::Sandbox), "says nothing");
    }
}

#[test]
fn placeholders_prove_nothing() {
    for reason in ["ContainerCreating", "PodInitializing"] {
        assert_eq!(judged(pod(1).on("a", 7).waits(reason, ""), &[], kubelet(33)), (Cause::Unknown, Stage::Unknown));
    }
}

#[test]
fn an_image_event_newer_than_the_last_sandbox_failure_proves_the_sandbox() {
    let pod = || pod(1).on("a", 7).waits("ContainerCreating", "");
    let failed = |at| event(1, "FailedCreatePodSandBox", told::NO_ADDRESS, at);
    let pulling = |at| event(1, "Pulling", "Pulling image \"web:1\"", at);
    for minor in [24, 33, 36] {
        let both = [failed(20), pulling(30)];
        assert_eq!(judged(pod(), &both, kubelet(minor)), (Cause::ImagePulling, Stage::Image), "{minor}");
    }
    let both = [pulling(20), failed(30)];
    assert_eq!(judged(pod(), &both, kubelet(33)), (Cause::IpExhausted, Stage::Sandbox), "the sandbox went again");
}

#[test]
fn a_pull_that_fails_is_not_a_pull_under_way() {
    let pod = || pod(1).on("a", 7).waits("ContainerCreating", "");
    let events = [
        event(1, "Failed", "Failed to pull image \"web:1\": not found", 20),
        event(1, "Pulling", "Pulling image \"web:1\"", 40),
    ];
    assert_eq!(judged(pod(), &events, kubelet(33)), (Cause::ImagePull, Stage::Image));
}

#[test]
fn evidence_about_a_container_that_has_run_is_over() {
    let pod =
        pod(1).on("a", 7).container("second").is("main", running()).is("second", waiting("ContainerCreating", ""));
    let mut failed = event(1, "Failed", "Failed to pull image \"web:1\": not found", 20);
    failed.involved_object.field_path = "spec.containers{main}".to_owned();
    let mut pulling = event(1, "Pulling", "Pulling image \"side:1\"", 40);
    pulling.involved_object.field_path = "spec.containers{second}".to_owned();
    assert_eq!(judged(pod, &[failed, pulling], kubelet(33)), (Cause::ImagePulling, Stage::Image));
}

#[test]
fn facts_of_the_node_come_before_all_evidence() {
    let pod = || pod(1).on("a", 7).waits("ErrImagePull", "not found");
    let node = |silent, network_down| NodeView::Known { silent, network_down, kubelet_minor: Some(33) };
    assert_eq!(judged(pod(), &[], NodeView::Gone).0, Cause::NodeDown);
    assert_eq!(judged(pod(), &[], node(true, false)).0, Cause::NodeDown);
    assert_eq!(judged(pod(), &[], node(false, true)).0, Cause::CniUnavailable);
    assert_eq!(judged(pod(), &[], node(false, false)).0, Cause::ImagePull);
    assert_eq!(judged(pod(), &[], NodeView::Unwatched).0, Cause::ImagePull);
}

#[test]
fn the_cnis_own_agent_uses_the_hosts_network_and_keeps_its_own_cause() {
    let node = NodeView::Known { silent: false, network_down: true, kubelet_minor: Some(33) };
    let pod = pod(1).on("a", 7).waits("ErrImagePull", "not found").with(|pod| pod.spec.host_network = true);
    assert_eq!(judged(pod, &[], node).0, Cause::ImagePull);
}

#[test]
fn no_address_means_the_branch_eni_for_a_pod_that_waits_for_one() {
    let failed = [event(1, "FailedCreatePodSandBox", told::NO_ADDRESS, 20)];
    let pod = || pod(1).on("a", 7).waits("ContainerCreating", "");
    assert_eq!(judged(pod(), &failed, kubelet(33)), (Cause::IpExhausted, Stage::Sandbox));
    assert_eq!(judged(pod().requests_branch_eni(), &failed, kubelet(33)), (Cause::BranchEni, Stage::Sandbox));
    assert_eq!(judged(pod().requests_branch_eni(), &[], kubelet(33)), (Cause::BranchEni, Stage::Sandbox));
}

#[test]
fn evidence_about_addresses_is_over_when_one_has_come() {
    let failed = [event(1, "FailedCreatePodSandBox", told::NO_ADDRESS, 20)];
    let pod = || pod(1).on("a", 7).waits("ContainerCreating", "");
    let annotated = pod().requests_branch_eni().annotation(keys::POD_ENI, "[{\"eniId\":\"eni-1\"}]");
    assert_eq!(judged(annotated, &failed, kubelet(33)).0, Cause::Unknown);
    let addressed = pod().with(|pod| pod.status.pod_ip = "10.0.0.7".to_owned());
    assert_eq!(judged(addressed, &failed, kubelet(33)).0, Cause::Unknown);
}

#[test]
fn the_containers_own_words_come_before_events_unless_they_are_weak() {
    let pod = |reason, message| pod(1).on("a", 7).waits(reason, message);
    let missing = [event(1, "Failed", "Error: secret \"db\" not found", 20)];
    assert_eq!(judged(pod("ErrImagePull", "manifest unknown"), &missing, kubelet(33)).0, Cause::ImagePull);
    let full = [event(1, "Failed", "Failed to pull image \"x\": write /var/lib/a: no space left on device", 20)];
    assert_eq!(judged(pod("ImagePullBackOff", "Back-off pulling image \"x\""), &full, kubelet(33)).0, Cause::Disk);
    assert_eq!(
        judged(pod("ImagePullBackOff", "Back-off pulling image \"x\""), &[], kubelet(33)),
        (Cause::ImagePull, Stage::Image)
    );
}

#[test]
fn a_failed_start_tells_by_its_message() {
    let failed = start_error(told::SECCOMP);
    let pod = pod(1).on("a", 7).status("main", waiting("CrashLoopBackOff", ""), failed);
    assert_eq!(judged(pod, &[], kubelet(33)), (Cause::SeccompBpfLimit, Stage::Container));
}

#[test]
fn what_an_init_container_waits_for_is_of_stage_init_and_its_image_of_stage_image() {
    let pod = |reason, message| {
        pod(1).on("a", 7).init("migrate").waits("PodInitializing", "").is("migrate", waiting(reason, message))
    };
    let missing = pod("CreateContainerConfigError", "secret \"db\" not found");
    assert_eq!(judged(missing, &[], kubelet(33)), (Cause::ConfigMissing, Stage::Init));
    assert_eq!(judged(pod("ErrImagePull", "not found"), &[], kubelet(33)), (Cause::ImagePull, Stage::Image));
    let ready = pod("PodInitializing", "").condition("PodReadyToStartContainers", "True", 9);
    assert_eq!(judged(ready, &[], kubelet(33)), (Cause::Unknown, Stage::Init));
}

#[test]
fn a_container_that_is_made_but_not_running_yet_says_nothing() {
    let failed = [event(1, "FailedCreatePodSandBox", told::CNI_DOWN, 20)];
    assert_eq!(judged(pod(1).on("a", 7).waits("", ""), &[], kubelet(33)), (Cause::Unknown, Stage::Unknown));
    let odd = pod(1).on("a", 7).waits("ReasonThatNobodyKnows", "");
    assert_eq!(
        judged(odd, &failed, kubelet(33)),
        (Cause::CniUnavailable, Stage::Sandbox),
        "nor does it prove a sandbox"
    );
}
