//! What the cluster is made of, with all the fields that real objects carry and the exporter has to skip. Tags are
//! those of each group's `generated.proto`.

mod addon;
mod event;
mod node;
mod part;
mod pod;

pub use addon::daemon_sets;
pub use event::events;
pub use node::node;
pub use part::{PARTS, Part};
pub use pod::pod;

use super::wire::{Message, frame};

/// What a node has of branch ENIs and a pod requests; also the annotation that names them.
const POD_ENI: &str = "vpc.amazonaws.com/pod-eni";

const DIGEST: &str = "sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A bookmark; `last` ends the initial list.
pub fn bookmark(api_version: &str, kind: &str, version: u32, last: bool) -> Vec<u8> {
    let mut meta = Message::new().text(6, &version.to_string());
    if last {
        meta = meta.entry(12, "k8s.io/initial-events-end", "true");
    }
    frame("BOOKMARK", api_version, kind, &Message::new().message(1, &meta))
}

/// An entry of `managedFields`.
fn managed(manager: &str, subresource: &str, fields: &str, at: u64) -> Message {
    Message::new()
        .text(1, manager)
        .text(2, "Update")
        .text(3, "v1")
        .time(4, at)
        .text(6, "FieldsV1")
        .message(7, &Message::new().text(1, fields))
        .text(8, subresource)
}
