//! Events about pods that hang.

use crate::{
    template::{AT, EVENT_UID, GROUP, NODE, OWNER, POD, POD_UID, VERSION},
    wire::{Message, frame},
};

/// What hangs, and why, in turn.
const TROUBLE: [&str; 4] = [
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to create \
     shim task: OCI runtime create failed: runc create failed: unable to start container process: unable to init \
     seccomp: error loading seccomp filter into kernel: error loading seccomp filter: errno 524: unknown",
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \
     \"7d3ffd3b4d2c1a0f9e8d7c6b5a49382716059483726150493827160594837261\": plugin type=\"aws-cni\" name=\"aws-cni\" failed \
     (add): add cmd: failed to assign an IP address to container",
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \
     \"7d3ffd3b4d2c1a0f9e8d7c6b5a49382716059483726150493827160594837261\": plugin type=\"aws-cni\" name=\"aws-cni\" failed \
     (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: \
     desc = \"transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused\"",
    "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
];

/// One event for each kind of trouble; they are about the pod of the same number.
pub fn events(now: u64) -> Vec<Vec<u8>> {
    TROUBLE.into_iter().map(|message| frame("ADDED", "v1", "Event", &event(message, now))).collect()
}

fn event(message: &str, now: u64) -> Message {
    let (pod, namespace) = (format!("svc-{OWNER}-{}-{POD}", super::pod::HASH), format!("namespace-{GROUP}"));
    let meta = Message::new()
        .text(1, &format!("{pod}.18af3c5d7e9b1f20"))
        .text(3, &namespace)
        .text(5, EVENT_UID)
        .text(6, VERSION)
        .time(8, AT)
        .message(17, &super::managed("kubelet", "", r#"{"f:count":{},"f:firstTimestamp":{},"f:involvedObject":{},"f:lastTimestamp":{},"f:message":{},"f:reason":{},"f:source":{"f:component":{},"f:host":{}},"f:type":{}}"#, AT));
    let involved = Message::new()
        .text(1, "Pod")
        .text(2, &namespace)
        .text(3, &pod)
        .text(4, POD_UID)
        .text(5, "v1")
        .text(6, VERSION)
        .text(7, "");
    let host = format!("ip-10-0-{NODE}.eu-west-1.compute.internal");
    Message::new()
        .message(1, &meta)
        .message(2, &involved)
        .text(3, "FailedCreatePodSandBox")
        .text(4, message)
        .message(5, &Message::new().text(1, "kubelet").text(2, &host))
        .time(6, AT)
        .time(7, now - 7)
        .number(8, 42)
        .text(9, "Warning")
        .message(10, &Message::new())
        .text(12, "")
        .text(14, "kubelet")
        .text(15, &host)
}
