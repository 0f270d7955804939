//! A pod of about 9 KB.

use super::{DIGEST, managed};
use crate::{
    template::{AT, GROUP, NODE, OWNER, OWNER_UID, POD, POD_UID, VERSION},
    wire::{Message, frame},
};

/// Its `pod-template-hash`.
pub const HASH: &str = "5d9c8b6f5d";
const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/platform/service:2026.04.29-1a2b3c4d";

/// A pod that has run for six hours, or one that hangs in creation since the template's time.
pub fn pod(now: u64, running: bool) -> Vec<u8> {
    let since = if running { now - 6 * 3_600 } else { AT };
    let state = if running { State::Running } else { State::Creating };
    frame("ADDED", "v1", "Pod", &message(pod_meta(since), &pod_spec(false), since, state))
}

/// One that has a branch ENI of its own, and may have ended or be asked to go.
pub fn with_branch_eni(now: u64, ended: bool, leaves: bool) -> Vec<u8> {
    let since = now - 6 * 3_600;
    let annotation = format!(
        r#"[{{"eniId":"eni-0a1b2c3d4{POD}","ifAddress":"06:1f:5c:2e:11:9b","privateIp":"10.12.34.56","vlanId":3,"subnetCidr":"10.12.32.0/20"}}]"#
    );
    let mut meta = pod_meta(since).entry(12, super::POD_ENI, &annotation);
    if leaves {
        meta = meta.time(9, now + 3_600).number(10, 3_600);
    }
    let state = if ended { State::Ended } else { State::Running };
    frame("ADDED", "v1", "Pod", &message(meta, &pod_spec(true), since, state))
}

/// How far a pod is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Creating,
    Running,
    Ended,
}

fn message(meta: Message, spec: &Message, since: u64, state: State) -> Message {
    let status = pod_status(since, state, &["service", "telemetry"]);
    Message::new().message(1, &meta).message(2, spec).message(3, &status)
}

fn pod_meta(created: u64) -> Message {
    let owner = Message::new()
        .text(1, "ReplicaSet")
        .text(3, &format!("svc-{OWNER}-{HASH}"))
        .text(4, OWNER_UID)
        .text(5, "apps/v1")
        .number(6, 1)
        .number(7, 1);
    Message::new()
        .text(1, &format!("svc-{OWNER}-{HASH}-{POD}"))
        .text(2, &format!("svc-{OWNER}-{HASH}-"))
        .text(3, &format!("namespace-{GROUP}"))
        .text(4, "")
        .text(5, POD_UID)
        .text(6, VERSION)
        .number(7, 0)
        .time(8, created)
        .entry(11, "app.kubernetes.io/name", &format!("svc-{OWNER}"))
        .entry(11, "app.kubernetes.io/instance", &format!("svc-{OWNER}-production"))
        .entry(11, "app.kubernetes.io/managed-by", "Helm")
        .entry(11, "helm.sh/chart", "service-4.17.2")
        .entry(11, "pod-template-hash", HASH)
        .entry(11, "team", "platform-runtime")
        .entry(12, "checksum/config", DIGEST)
        .entry(12, "kubectl.kubernetes.io/restartedAt", "2026-04-22T08:15:30Z")
        .entry(12, "prometheus.io/path", "/actuator/prometheus")
        .entry(12, "prometheus.io/port", "8081")
        .entry(12, "prometheus.io/scrape", "true")
        .message(13, &owner)
        .message(17, &managed("kube-controller-manager", "", &pod_fields(), created))
        .message(17, &managed("kubelet", "status", &status_fields(), created))
}

fn pod_fields() -> String {
    let setting =
        |nth: u8| format!(r#""k:{{\"name\":\"SETTING_{nth:02}\"}}":{{".":{{}},"f:name":{{}},"f:value":{{}}}},"#);
    let env = (0..22).map(setting).collect::<Vec<_>>().concat();
    format!(
        r#"{{"f:metadata":{{"f:annotations":{{".":{{}},"f:checksum/config":{{}},"f:prometheus.io/port":{{}}}},"f:generateName":{{}},"f:labels":{{".":{{}},"f:app.kubernetes.io/name":{{}},"f:pod-template-hash":{{}}}},"f:ownerReferences":{{".":{{}},"k:{{\"uid\":\"{OWNER_UID}\"}}":{{}}}}}},"f:spec":{{"f:containers":{{"k:{{\"name\":\"service\"}}":{{".":{{}},"f:env":{{{env}".":{{}}}},"f:image":{{}},"f:imagePullPolicy":{{}},"f:livenessProbe":{{".":{{}},"f:failureThreshold":{{}},"f:httpGet":{{".":{{}},"f:path":{{}},"f:port":{{}},"f:scheme":{{}}}},"f:periodSeconds":{{}}}},"f:name":{{}},"f:ports":{{".":{{}}}},"f:resources":{{".":{{}},"f:limits":{{}},"f:requests":{{}}}}}}}},"f:dnsPolicy":{{}},"f:restartPolicy":{{}},"f:schedulerName":{{}}}}}}"#
    )
}

fn status_fields() -> String {
    let condition = |name: &str| {
        format!(
            r#""k:{{\"type\":\"{name}\"}}":{{".":{{}},"f:lastProbeTime":{{}},"f:lastTransitionTime":{{}},"f:status":{{}},"f:type":{{}}}},"#
        )
    };
    let conditions: String =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"].into_iter().map(condition).collect();
    format!(
        r#"{{"f:status":{{"f:conditions":{{{conditions}".":{{}}}},"f:containerStatuses":{{}},"f:hostIP":{{}},"f:hostIPs":{{}},"f:phase":{{}},"f:podIP":{{}},"f:podIPs":{{}},"f:startTime":{{}}}}}}"#
    )
}

fn pod_spec(wants_branch_eni: bool) -> Message {
    let projected = Message::new()
        .messages(
            1,
            [
                Message::new().message(4, &Message::new().number(2, 3_607).text(3, "token")),
                Message::new().message(3, &Message::new().message(1, &Message::new().text(1, "kube-root-ca.crt"))),
                Message::new().message(2, &Message::new().message(1, &Message::new().text(1, "namespace"))),
            ],
        )
        .number(2, 420);
    let volumes = [
        Message::new().text(1, "kube-api-access-7xk2p").message(2, &Message::new().message(26, &projected)),
        Message::new().text(1, "config").message(
            2,
            &Message::new().message(19, &Message::new().message(1, &Message::new().text(1, "service-config"))),
        ),
        Message::new().text(1, "tls").message(2, &Message::new().message(6, &Message::new().text(1, "service-tls"))),
        Message::new().text(1, "tmp").message(2, &Message::new().message(2, &Message::new())),
    ];
    let tolerations = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
        .map(|key| Message::new().text(1, key).text(2, "Exists").text(3, "").text(4, "NoExecute").number(5, 300));
    let spread = |key: &str| Message::new().number(1, 1).text(2, key).text(3, "ScheduleAnyway");
    Message::new()
        .messages(1, volumes)
        .message(2, &container("service", 22, wants_branch_eni))
        .message(2, &container("telemetry", 6, false))
        .text(3, "Always")
        .number(4, 60)
        .text(6, "ClusterFirst")
        .text(8, "service")
        .text(9, "service")
        .text(10, &format!("ip-10-0-{NODE}.eu-west-1.compute.internal"))
        .number(11, 0)
        .message(14, &Message::new().number(2, 1_000).number(5, 2_000))
        .text(16, "")
        .text(19, "default-scheduler")
        .messages(22, tolerations)
        .text(24, "")
        .number(25, 0)
        .number(30, 1)
        .text(31, "PreemptLowerPriority")
        .messages(33, [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")])
}

fn container(name: &str, settings: u8, wants_branch_eni: bool) -> Message {
    let env = (0..settings).map(|nth| {
        Message::new()
            .text(1, &format!("SETTING_{nth:02}"))
            .text(2, &format!("https://setting-{nth:02}.platform.svc.cluster.local:8443/v1/endpoint?timeout=30s"))
    });
    let probe = |path: &str| {
        let port = Message::new().number(1, 1).number(2, 0).text(3, "http");
        let get = Message::new().text(1, path).message(2, &port).text(3, "").text(4, "HTTP");
        Message::new()
            .message(1, &Message::new().message(2, &get))
            .number(2, 10)
            .number(3, 5)
            .number(4, 10)
            .number(6, 3)
    };
    let mut resources = Message::new()
        .quantity(1, "cpu", "2")
        .quantity(1, "memory", "2Gi")
        .quantity(2, "cpu", "500m")
        .quantity(2, "memory", "2Gi");
    if wants_branch_eni {
        resources = resources.quantity(1, super::POD_ENI, "1").quantity(2, super::POD_ENI, "1");
    }
    let mounts = [
        ("kube-api-access-7xk2p", "/var/run/secrets/kubernetes.io/serviceaccount"),
        ("config", "/etc/service/config"),
        ("tls", "/etc/service/tls"),
        ("tmp", "/tmp"),
    ];
    Message::new()
        .text(1, name)
        .text(2, IMAGE)
        .text(4, "--config=/etc/service/config/service.yaml")
        .text(4, "--listen=:8080")
        .text(5, "")
        .message(6, &Message::new().text(1, "http").number(3, 8_080).text(4, "TCP"))
        .message(6, &Message::new().text(1, "metrics").number(3, 8_081).text(4, "TCP"))
        .messages(7, env)
        .message(8, &resources)
        .messages(9, mounts.map(|(name, path)| Message::new().text(1, name).number(2, 1).text(3, path).text(4, "")))
        .message(10, &probe("/actuator/health/liveness"))
        .message(11, &probe("/actuator/health/readiness"))
        .text(13, "/dev/termination-log")
        .text(14, "IfNotPresent")
        .message(15, &Message::new().message(1, &Message::new().text(2, "ALL")).number(6, 1).number(7, 0))
        .text(20, "File")
}

pub(super) fn pod_status(since: u64, state: State, containers: &[&str]) -> Message {
    let (running, started) = (state == State::Running, state != State::Creating);
    let condition = |name: &str, on: bool| {
        let status = if on { "True" } else { "False" };
        let (reason, text) =
            if on { ("", "") } else { ("ContainersNotReady", "containers with unready status: [service telemetry]") };
        Message::new()
            .text(1, name)
            .text(2, status)
            .message(3, &Message::new())
            .time(4, since)
            .text(5, reason)
            .text(6, text)
    };
    let container = |name: &str| {
        let state = match state {
            State::Running => Message::new().message(2, &Message::new().time(1, since)),
            State::Creating => Message::new().message(1, &Message::new().text(1, "ContainerCreating").text(2, "")),
            State::Ended => {
                let ended = Message::new().number(1, 0).text(3, "Completed").time(5, since).time(6, since + 600);
                Message::new().message(3, &ended)
            }
        };
        Message::new()
            .text(1, name)
            .message(2, &state)
            .message(3, &Message::new())
            .number(4, u64::from(running))
            .number(5, 0)
            .text(6, IMAGE)
            .text(7, &if started { format!("{IMAGE}@{DIGEST}") } else { String::new() })
            .text(8, &if started { format!("containerd://{}", &DIGEST[7..]) } else { String::new() })
            .number(9, u64::from(running))
    };
    let ip = if started { "10.12.34.56" } else { "" };
    let mut status = Message::new()
        .text(
            1,
            match state {
                State::Creating => "Pending",
                State::Running => "Running",
                State::Ended => "Succeeded",
            },
        )
        .message(2, &condition("PodReadyToStartContainers", running))
        .message(2, &condition("Initialized", true))
        .message(2, &condition("Ready", running))
        .message(2, &condition("ContainersReady", running))
        .message(2, &condition("PodScheduled", true))
        .text(3, "")
        .text(4, "")
        .text(5, "10.12.32.10")
        .text(6, ip)
        .time(7, since)
        .messages(8, containers.iter().map(|name| container(name)))
        .text(9, "Burstable")
        .message(16, &Message::new().text(1, "10.12.32.10"));
    if started {
        status = status.message(12, &Message::new().text(1, ip));
    }
    status
}
