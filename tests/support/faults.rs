//! Canned faults for the simulated API server: what real API servers and networks do to watches.
//!
//! An [`Answer`] says what goes wrong; [`on`] says to which requests it happens. The server itself speaks JSON only,
//! so answers in protobuf bring their objects with them.

#![allow(dead_code, reason = "each test uses a few of them")]

use std::{ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use eksporter::{
    demo::api::{Answer, Asked, Faults, Part, Shape},
    objects::Kind,
};
use prost::Message;
use serde_json::{Value, json};

/// The answer to the requests of one kind and shape whose number is in `nth`; all others are answered genuinely.
pub fn on(plural: &'static str, shape: Shape, nth: Range<u64>, answer: Answer) -> impl Faults {
    move |asked: &Asked| {
        // Pods of add-ons are watched there once more.
        let of_addons = asked.path.contains("/namespaces/kube-system/");
        let hit = asked.plural == plural && !of_addons && asked.shape == shape && nth.contains(&asked.nth);
        hit.then(|| answer.clone())
    }
}

/// The answer to every request about a kind.
pub fn always(plural: &'static str, answer: Answer) -> impl Faults {
    move |asked: &Asked| (asked.plural == plural).then(|| answer.clone())
}

/// The first of several faults that applies.
pub fn first_of(faults: Vec<Box<dyn Faults>>) -> impl Faults {
    move |asked: &Asked| faults.iter().find_map(|fault| fault.answer(asked))
}

// === Refusals ===

/// A refusal as a JSON `Status`.
pub fn refused(code: u16, reason: &str, message: &str) -> Answer {
    Answer::new(code).header("content-type", "application/json").bytes(status(code, reason, message).to_string())
}

/// The same as protobuf, which is what a server sends to clients that prefer it.
pub fn refused_in_protobuf(code: u16, reason: &str, message: &str) -> Answer {
    let body = envelope("v1", "Status", &protobuf_status(code, reason, message));
    Answer::new(code).header("content-type", "application/vnd.kubernetes.protobuf").bytes(body)
}

/// RBAC says no.
pub fn forbidden(plural: &str) -> Answer {
    let message = format!("{plural} is forbidden: User \"eksporter\" cannot list resource \"{plural}\"");
    refused(403, "Forbidden", &message)
}

/// A server whose `WatchList` gate is off, as in 1.33: it refuses `sendInitialEvents`.
pub fn no_watch_list() -> Answer {
    refused(422, "Invalid", NO_WATCH_LIST)
}

/// The same as protobuf.
pub fn no_watch_list_in_protobuf() -> Answer {
    refused_in_protobuf(422, "Invalid", NO_WATCH_LIST)
}

const NO_WATCH_LIST: &str = "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents \
                             is forbidden for watch unless the WatchList feature gate is enabled";

/// Priority and fairness says wait: plain text, and a header that says how long.
pub fn throttled(seconds: u64) -> Answer {
    Answer::new(429)
        .header("content-type", "text/plain; charset=utf-8")
        .header("retry-after", seconds.to_string())
        .bytes("Too many requests, please try again later.\n")
}

/// A load balancer in front of no server.
pub fn bad_gateway() -> Answer {
    Answer::new(502).header("content-type", "text/html").bytes("<html><body>502 Bad Gateway</body></html>")
}

/// The request is taken and nothing comes back, not even a status line.
pub fn never_answered() -> Answer {
    Answer::new(200).after(Duration::from_hours(24))
}

// === Watches that go wrong, in JSON: after the first `events` genuine lines ===

fn watch_after(events: usize) -> Answer {
    Answer::new(200).header("content-type", "application/json").part(Part::Genuine { events })
}

/// The rest of what the genuine watch would have sent.
const THE_REST: Part = Part::Genuine { events: usize::MAX };

/// The watch is told that its version is too old.
pub fn expired(events: usize) -> Answer {
    let error = status(410, "Expired", "too old resource version: 1 (2)");
    watch_after(events).bytes(line("ERROR", &error))
}

/// The connection breaks inside a line.
pub fn cut_in_line(events: usize) -> Answer {
    watch_after(events).bytes(r#"{"type":"ADDED","object":{"kind":"Pod","metada"#).part(Part::Cut)
}

/// The stream ends properly, but in the middle of a line.
pub fn ended_in_line(events: usize) -> Answer {
    watch_after(events).bytes(r#"{"type":"ADDED","object":{"kind":"Pod","metada"#)
}

/// A line that is no JSON, then the genuine rest.
pub fn garbage_line(events: usize) -> Answer {
    watch_after(events).bytes("\u{1}\u{2}<html>no json</html>\n").part(THE_REST)
}

/// An object whose fields have the wrong types, then the genuine rest.
pub fn undecodable_object(events: usize) -> Answer {
    let object = json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": 7, "uid": [] }, "spec": "none" });
    watch_after(events).bytes(line("ADDED", &object)).part(THE_REST)
}

/// Nothing more comes, and the connection stays.
pub fn stalled(events: usize) -> Answer {
    watch_after(events).part(Part::Stall)
}

/// An initial list without an end: new objects all the time, never the bookmark.
pub fn endless_initial_list(every: Duration) -> Answer {
    let chunk = Arc::new(|nth: u64| {
        let metadata = json!({
            "name": format!("endless-{nth}"), "namespace": "default", "uid": format!("uid-{nth}"),
            "resourceVersion": (nth + 1).to_string(),
        });
        line("ADDED", &json!({ "kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": {}, "status": {} }))
    });
    watch_after(0).part(Part::Endless { every, chunk })
}

fn line(event: &str, object: &Value) -> Bytes {
    format!("{}\n", json!({ "type": event, "object": object })).into()
}

fn status(code: u16, reason: &str, message: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "code": code, "reason": reason, "message": message,
    })
}

// === Watches in protobuf ===

/// The start of a watch body in protobuf.
pub fn protobuf_watch() -> Answer {
    Answer::new(200).header("content-type", "application/vnd.kubernetes.protobuf;stream=watch")
}

/// One frame: an object of a kind that travels as protobuf.
pub fn frame<K: Kind + Message>(event: &str, object: &K) -> Bytes {
    raw_frame(event, &envelope(&api_version::<K>(), K::KIND, &object.encode_to_vec()))
}

/// The bookmark that ends the initial list.
pub fn end_of_list<K: Kind>(version: &str) -> Bytes {
    let annotations = [("k8s.io/initial-events-end".to_owned(), "true".to_owned())].into();
    let bookmark = pb::Bookmark { metadata: pb::BookmarkMeta { resource_version: version.into(), annotations } };
    raw_frame("BOOKMARK", &envelope(&api_version::<K>(), K::KIND, &bookmark.encode_to_vec()))
}

/// An ERROR frame.
pub fn error_frame(code: u16, reason: &str, message: &str) -> Bytes {
    raw_frame("ERROR", &envelope("v1", "Status", &protobuf_status(code, reason, message)))
}

/// The connection breaks inside the last of these frames.
pub fn cut_in_frame(frames: &[Bytes]) -> Answer {
    let body = frames.concat();
    let kept = body.len() - frames.last().map_or(0, |last| last.len() / 2);
    protobuf_watch().bytes(body[..kept].to_vec()).part(Part::Cut)
}

/// A frame that says it is as long as four bytes can say.
pub fn oversized_frame() -> Answer {
    protobuf_watch().bytes(vec![0xff; 4]).bytes(vec![0; 1_024]).part(Part::Stall)
}

/// A frame whose object is no message of its kind.
pub fn undecodable_frame<K: Kind>(event: &str) -> Bytes {
    // Field 1 with wire type 2 and a length far beyond the end.
    raw_frame(event, &envelope(&api_version::<K>(), K::KIND, &[0x0a, 0xff, 0xff, 0x03, 0x01]))
}

fn api_version<K: Kind>() -> String {
    if K::GROUP.is_empty() { K::VERSION.to_owned() } else { format!("{}/{}", K::GROUP, K::VERSION) }
}

fn raw_frame(event: &str, raw: &[u8]) -> Bytes {
    let event = pb::WatchEvent { r#type: event.to_owned(), object: pb::RawExtension { raw: raw.to_vec() } };
    let event = event.encode_to_vec();
    let length = u32::try_from(event.len()).expect("a frame below 4 GiB");
    [&length.to_be_bytes(), event.as_slice()].concat().into()
}

/// `k8s\0` and a `runtime.Unknown`: how every object in protobuf is wrapped.
pub fn envelope(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let type_meta = pb::TypeMeta { api_version: api_version.to_owned(), kind: kind.to_owned() };
    let unknown = pb::Unknown { type_meta, raw: raw.to_vec() };
    [b"k8s\0", unknown.encode_to_vec().as_slice()].concat()
}

fn protobuf_status(code: u16, reason: &str, message: &str) -> Vec<u8> {
    let (outcome, code) = ("Failure".to_owned(), i32::from(code));
    pb::Status { outcome, message: message.to_owned(), reason: reason.to_owned(), code }.encode_to_vec()
}

/// The envelopes of apimachinery's `generated.proto` files.
mod pb {
    use std::collections::HashMap;

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct WatchEvent {
        #[prost(string, tag = "1")]
        pub r#type: String,
        #[prost(message, required, tag = "2")]
        pub object: RawExtension,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct RawExtension {
        #[prost(bytes = "vec", tag = "1")]
        pub raw: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Unknown {
        #[prost(message, required, tag = "1")]
        pub type_meta: TypeMeta,
        #[prost(bytes = "vec", tag = "2")]
        pub raw: Vec<u8>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct TypeMeta {
        #[prost(string, tag = "1")]
        pub api_version: String,
        #[prost(string, tag = "2")]
        pub kind: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Status {
        #[prost(string, tag = "2")]
        pub outcome: String,
        #[prost(string, tag = "3")]
        pub message: String,
        #[prost(string, tag = "4")]
        pub reason: String,
        #[prost(int32, tag = "6")]
        pub code: i32,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Bookmark {
        #[prost(message, required, tag = "1")]
        pub metadata: BookmarkMeta,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct BookmarkMeta {
        #[prost(string, tag = "6")]
        pub resource_version: String,
        #[prost(map = "string, string", tag = "12")]
        pub annotations: HashMap<String, String>,
    }
}
