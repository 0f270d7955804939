use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;

struct Case {
    reason: Option<String>,
    message: String,
    cause: String,
    source: String,
}

/// The labelled messages of one file: `known.jsonl` was given, `more.jsonl` was gathered
/// for this table, each message with where it was reported or is written.
fn cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/events").join(file);
    fs::read_to_string(path)
        .expect("an event file")
        .lines()
        .map(|line| {
            let case: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            let text = |key: &str| case[key].as_str().map(str::to_owned);
            Case {
                reason: text("reason"),
                message: text("message").expect("a message"),
                cause: text("cause").expect("a cause"),
                source: text("source").expect("a source"),
            }
        })
        .collect()
}

fn all_cases() -> impl Iterator<Item = Case> {
    ["known.jsonl", "more.jsonl"].into_iter().flat_map(cases)
}

fn assert_labels(file: &str) {
    let cases = cases(file);
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|Case { reason, message, cause, source }| {
            let got = label(reason.as_deref(), message).as_str();
            (got != cause).then(|| format!("{got}, not {cause}: {source} {reason:?} {message}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn verdict(reason: &str, message: &str) -> (Cause, Stage, Strength) {
    let verdict = pod(Some(reason), message, false).expect("a verdict");
    (verdict.cause, verdict.stage, verdict.strength)
}

#[test]
fn known_messages_are_labelled_right() {
    assert_labels("known.jsonl");
}

#[test]
fn gathered_messages_are_labelled_right() {
    assert_labels("more.jsonl");
}

#[test]
fn rows_are_written_as_texts_are_prepared_and_name_their_source() {
    for row in rules() {
        for pattern in [row.any, row.amid, row.all, row.none].concat() {
            assert!(!pattern.contains(|c: char| c == '\\' || c.is_ascii_uppercase()), "{pattern}");
        }
        assert!(!row.any.is_empty() && !row.sources.is_empty(), "{:?}", row.any);
        for source in row.sources {
            let (repo, number) = source.split_once('#').unwrap_or((source, "0"));
            let (repo, path) = repo.split_once(' ').unwrap_or((repo, "a path"));
            assert!(number.parse::<u32>().is_ok() && !path.is_empty(), "{source}");
            assert!(repo.split('/').count() == 2 && !repo.contains("//"), "{source}");
        }
    }
}

#[test]
fn errno_524_wins_in_any_text() {
    let text = "Readiness probe errored: OCI runtime exec failed: error loading seccomp filter: errno 524: unknown";
    assert_eq!(pod(Some("Unhealthy"), text, false).map(|verdict| verdict.cause), Some(Cause::SeccompBpfLimit));
    let full = "failed calling webhook: no space left on device: errno 524";
    assert_eq!(label(Some("FailedCreate"), full), Cause::SeccompBpfLimit);
    assert_eq!(label(Some("FailedScheduling"), full), Cause::SeccompBpfLimit);
}

#[test]
fn a_seccomp_text_cut_off_before_its_errno_is_weak_evidence() {
    let text = "unable to init seccomp: error loading seccomp filter into kernel: error loading seccomp fil";
    assert_eq!(verdict("FailedCreatePodSandBox", text), (Cause::SeccompBpfLimit, Stage::Sandbox, Strength::Weak));
    let other = "error loading seccomp filter into kernel: loading seccomp filter: invalid argument";
    assert_eq!(verdict("StartError", other), (Cause::Runtime, Stage::Container, Strength::Telling));
}

#[test]
fn texts_that_many_causes_leave_behind_are_weak() {
    for (reason, text, cause) in [
        ("FailedCreatePodSandBox", "Failed create pod sandbox.", Cause::Runtime),
        (
            "FailedCreatePodSandBox",
            "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            Cause::Runtime,
        ),
        ("Failed", "Error: context deadline exceeded", Cause::Runtime),
        ("Failed", "Error: failed to reserve container name \"a\": name \"a\" is reserved for \"b\"", Cause::Runtime),
        (
            "FailedMount",
            "Unable to attach or mount volumes: unmounted volumes=[a], unattached volumes=[a]: timed out",
            Cause::VolumeMount,
        ),
    ] {
        let (got, _, strength) = verdict(reason, text);
        assert_eq!((got, strength), (cause, Strength::Weak), "{text}");
    }
}

#[test]
fn a_time_out_inside_a_plugins_failure_is_the_plugins() {
    let text = "failed to setup network for sandbox \"1\": plugin type=\"cilium-cni\" failed (add): \
                unable to create endpoint: context deadline exceeded";
    assert_eq!(verdict("FailedCreatePodSandBox", text), (Cause::CniError, Stage::Sandbox, Strength::Telling));
}

#[test]
fn what_failed_again_while_cleaning_up_is_not_the_cause() {
    let text = "[failed to set up sandbox container \"1\" network for pod \"a\": NetworkPlugin cni failed to set up \
                pod \"a\" network: unexpected end of JSON input, failed to clean up sandbox container \"1\" network for \
                pod \"a\": Get https://10.0.0.1:443/api: dial tcp 10.0.0.1:443: i/o timeout]";
    assert_eq!(label(Some("FailedCreatePodSandBox"), text), Cause::CniError);
}

#[test]
fn the_runtimes_socket_is_not_the_cnis() {
    let text = "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing \
                dial unix /run/containerd/containerd.sock: connect: connection refused\"";
    assert_eq!(label(Some("FailedCreatePodSandBox"), text), Cause::Runtime);
}

#[test]
fn the_pause_image_is_the_runtimes_in_every_wording() {
    for text in [
        "failed to get sandbox image \"a/pause:3.5\": failed to pull image \"a/pause:3.5\": 401 Unauthorized",
        "unable to get sandbox image \"a/pause:3.5\": failed to pull and unpack image \"a/pause:3.5\"",
        "failed to inspect sandbox image \"k8s.gcr.io/pause:3.1\": Error response from daemon",
        "failed pulling image \"a/pause:3.1\": Error response from daemon: no basic auth credentials",
    ] {
        assert_eq!(label(Some("FailedCreatePodSandBox"), text), Cause::Runtime, "{text}");
    }
}

#[test]
fn cgroups_and_disks_share_an_errno_but_not_a_cause() {
    let cgroup = "mkdir /sys/fs/cgroup/memory/kubepods/pod1: no space left on device";
    let disk = "write /var/lib/containerd/tmpmounts/containerd-mount1/a: no space left on device";
    assert_eq!(verdict("FailedCreatePodContainer", cgroup).0, Cause::Cgroup);
    for reason in ["Failed", "FailedMount", "FailedCreatePodSandBox", "CreateContainerError"] {
        assert_eq!(verdict(reason, disk).0, Cause::Disk, "{reason}");
    }
}

#[test]
fn waiting_reasons_tell_without_a_message() {
    for (reason, cause, stage) in [
        ("ErrImagePull", Cause::ImagePull, Stage::Image),
        ("ImagePullBackOff", Cause::ImagePull, Stage::Image),
        ("InvalidImageName", Cause::ImagePull, Stage::Image),
        ("Pulling", Cause::ImagePulling, Stage::Image),
        ("CreateContainerConfigError", Cause::ConfigMissing, Stage::Container),
        ("CreateContainerError", Cause::Runtime, Stage::Container),
        ("RunContainerError", Cause::Runtime, Stage::Container),
        ("PreCreateHookError", Cause::Runtime, Stage::Container),
        ("StartError", Cause::Runtime, Stage::Container),
    ] {
        let got = pod(Some(reason), "", false).expect(reason);
        assert_eq!((got.cause, got.stage), (cause, stage), "{reason}");
    }
    for reason in ["ContainerCreating", "PodInitializing", "CrashLoopBackOff", "Unhealthy", "Pulled", "Started"] {
        assert_eq!(pod(Some(reason), "", false), None, "{reason}");
    }
}

#[test]
fn only_a_containers_stage_becomes_init() {
    let stage = |reason, text| pod(Some(reason), text, true).expect("a verdict").stage;
    assert_eq!(stage("CreateContainerConfigError", "secret \"a\" not found"), Stage::Init);
    assert_eq!(stage("Failed", "Error: secret \"a\" not found"), Stage::Init);
    assert_eq!(stage("ErrImagePull", ""), Stage::Image);
    assert_eq!(stage("FailedMount", "secret \"a\" not found"), Stage::Sandbox);
}

#[test]
fn what_fits_nothing_is_counted_as_such() {
    let exec = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start \
                container process: exec: \"/app\": stat /app: no such file or directory: unknown";
    assert_eq!(verdict("StartError", exec), (Cause::Other, Stage::Container, Strength::Unfit));
    assert_eq!(verdict("Failed", "Error: something new").2, Strength::Unfit);
    assert_eq!(known_reason("Failed"), "Failed");
    assert_eq!(known_reason("OutOfnvidia.com/gpu"), "OutOf");
    assert_eq!(known_reason("PolicyViolation"), "other");
}

#[test]
fn unknown_words_leave_the_label_to_the_reason_and_are_counted() {
    for (reason, cause) in [
        ("FailedCreatePodSandBox", Cause::Runtime),
        ("SetupNetworkError", Cause::CniError),
        ("FailedMount", Cause::VolumeMount),
        ("ErrImagePull", Cause::ImagePull),
        ("NodeNotReady", Cause::NodeDown),
    ] {
        let (got, _, strength) = verdict(reason, "the flux capacitor is not charged");
        assert_eq!((got, strength), (cause, Strength::Unfit), "{reason}");
        let (got, _, strength) = verdict(reason, "");
        assert_eq!(got, cause, "{reason}");
        assert!(strength > Strength::Unfit, "{reason}");
    }
    // The name of an image is no news.
    let pulling = (Cause::ImagePulling, Stage::Image, Strength::Telling);
    assert_eq!(verdict("Pulling", "Pulling image \"nginx\""), pulling);
}

#[test]
fn a_limit_of_the_kernel_is_not_a_full_disk() {
    let text = "failed to create network namespace for sandbox: fork/exec /proc/self/exe: no space left on device";
    assert_eq!(label(Some("FailedCreatePodSandBox"), text), Cause::Runtime);
}

#[test]
fn an_agent_that_is_there_but_slow_is_the_plugins_failure() {
    let wrapped = "failed to setup network for sandbox \"1\": plugin type=\"aws-cni\" failed (add): add cmd: Error \
                   received from AddNetwork gRPC call: rpc error: code = ";
    let text = |rest: &str| label(Some("FailedCreatePodSandBox"), &format!("{wrapped}{rest}"));
    assert_eq!(text("DeadlineExceeded desc = context deadline exceeded"), Cause::CniError);
    let refused = "Unavailable desc = dial tcp 127.0.0.1:50051: connect: connection refused";
    assert_eq!(text(refused), Cause::CniUnavailable);
}

#[test]
fn reasons_gate_words_that_mean_something_else_elsewhere() {
    let denied = "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": seccompProfile must be set";
    assert_eq!(label(Some("FailedCreate"), denied), Cause::AdmissionDenied);
    let quota = "MountVolume.SetUp failed for volume \"a\" : requesting quota on existing directory /var/lib/a";
    assert_eq!(label(Some("FailedMount"), quota), Cause::VolumeMount);
    let logging = "Disabled logging because aws-logging configmap was not found. configmap \"aws-logging\" not found";
    assert_eq!(label(Some("LoggingDisabled"), logging), Cause::Other);
}

#[test]
fn an_unscheduled_pod_is_judged_by_its_condition() {
    for (reason, text, cause) in [
        ("Unschedulable", "", Cause::Unknown),
        ("SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates", Cause::Gated),
        (
            "Unschedulable",
            "0/2 nodes are available: 2 Insufficient vpc.amazonaws.com/pod-eni, 2 Insufficient cpu.",
            Cause::BranchEni,
        ),
        (
            "Unschedulable",
            "0/2 nodes are available: 2 node(s) had untolerated taint {a: b}. preemption: 0/2 nodes are available: 2 Insufficient cpu.",
            Cause::SchedulingConstraints,
        ),
        (
            "Unschedulable",
            "0/2 nodes are available: 1 node(s) were not ready, 1 node(s) were unschedulable.",
            Cause::SchedulingConstraints,
        ),
        ("Unschedulable", "0/2 nodes are available: 2 node(s) were not ready.", Cause::NodeDown),
        (
            "Unschedulable",
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
            Cause::VolumeProvision,
        ),
        ("SchedulerError", "something new", Cause::SchedulingConstraints),
    ] {
        assert_eq!(scheduling(Some(reason), text), cause, "{text}");
    }
}

#[test]
fn a_node_without_a_network_says_so_in_its_condition() {
    let text = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady \
                message:Network plugin returns error: cni plugin not initialized";
    assert!(node_network_down("KubeletNotReady", text));
    assert!(!node_network_down("KubeletNotReady", "PLEG is not healthy"));
}

#[test]
fn merged_and_escaped_messages_keep_their_label() {
    for Case { reason, message, .. } in all_cases() {
        let reason = reason.as_deref();
        let want = label(reason, &message);
        assert_eq!(label(reason, &format!("(combined from similar events): {message}")), want, "{message}");
        assert_eq!(label(reason, &message.replace('"', "\\\"")), want, "{message}");
    }
}

#[test]
fn a_message_cut_anywhere_is_still_read() {
    for Case { reason, message, .. } in all_cases().step_by(7) {
        for end in (0..=message.len()).filter(|&end| message.is_char_boundary(end)) {
            let _ = label(reason.as_deref(), &message[..end]);
            let _ = label(None, &message[end..]);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read(reason in ".{0,20}", text in "(?s).{0,1100}") {
        let label = label(Some(&reason), &text);
        prop_assert!(Cause::ALL.contains(&label));
        let _ = pod(None, &text, true);
        let _ = scheduling(Some(&reason), &text);
        let _ = node_network_down(&reason, &text);
    }
}
