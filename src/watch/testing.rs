//! An API server of a few lines in this process, and an index that writes down what it was told.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::stream;
use http::{Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use jiff::Timestamp;
use kube::client::Body;
use parking_lot::{Mutex, RwLock};
use prost::Message;
use tokio::time::{Instant, sleep};
use tower::BoxError;

use super::{health::Health, link::Link};
use crate::{
    cache::{CoolDownIndex, Index, OwnerIndex, OwnerWanted, Scope, VersionIndex},
    clock::Clock,
    collector::Collector,
    objects::{Kind, Pod},
};

pub(super) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
pub(super) const PROTOBUF_WATCH: &str = "application/vnd.kubernetes.protobuf;stream=watch";
pub(super) const JSON: &str = "application/json";

pub(super) type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// What happens next in a body.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Chunk(Vec<u8>),
    Wait(Duration),
    Break,
    Hang,
}

pub(super) fn answer(code: u16, content_type: &str, steps: Vec<Step>) -> Answer {
    let body = stream::unfold(VecDeque::from(steps), async |mut steps| {
        loop {
            let item = match steps.pop_front()? {
                Step::Chunk(bytes) => Ok(Frame::data(Bytes::from(bytes))),
                Step::Break => Err(BoxError::from("connection reset")),
                Step::Wait(pause) => {
                    sleep(pause).await;
                    continue;
                }
                Step::Hang => std::future::pending().await,
            };
            return Some((item, steps));
        }
    });
    Response::builder()
        .status(StatusCode::from_u16(code).unwrap())
        .header(header::CONTENT_TYPE, content_type)
        .body(BodyExt::boxed_unsync(StreamBody::new(body)))
        .unwrap()
}

/// A protobuf watch of those frames that then stays open.
pub(super) fn open(frames: &[Vec<u8>]) -> Answer {
    answer(200, PROTOBUF_WATCH, vec![Step::Chunk(frames.concat()), Step::Hang])
}

/// A protobuf watch of those frames that ends after that time.
pub(super) fn ending(frames: &[Vec<u8>], after: Duration) -> Answer {
    answer(200, PROTOBUF_WATCH, vec![Step::Chunk(frames.concat()), Step::Wait(after)])
}

// === Bytes as the API server writes them

fn delimited(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag << 3 | 2];
    prost::encoding::encode_varint(value.len() as u64, &mut bytes);
    bytes.extend_from_slice(value);
    bytes
}

/// `runtime.Unknown` with its magic; content encoding and type stand behind the object, as Go writes them.
pub(super) fn envelope(kind: &str, raw: &[u8]) -> Vec<u8> {
    let types = [delimited(1, b"v1"), delimited(2, kind.as_bytes())].concat();
    [b"k8s\0".to_vec(), delimited(1, &types), delimited(2, raw), delimited(3, b""), delimited(4, b"")].concat()
}

pub(super) fn frame(what: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let object = delimited(1, &envelope(kind, raw));
    let event = [delimited(1, what.as_bytes()), delimited(2, &object)].concat();
    [u32::try_from(event.len()).unwrap().to_be_bytes().as_slice(), &event].concat()
}

pub(super) fn pod(name: &str, version: u32) -> Pod {
    let mut pod = Pod::default();
    pod.metadata.name = name.to_owned();
    pod.metadata.namespace = "shop".to_owned();
    pod.metadata.uid = format!("uid-of-{name}");
    pod.metadata.resource_version = version.to_string();
    pod.spec.node_name = "node-1".to_owned();
    pod
}

pub(super) fn added(name: &str, version: u32) -> Vec<u8> {
    frame("ADDED", "Pod", &pod(name, version).encode_to_vec())
}

pub(super) fn deleted(name: &str, version: u32) -> Vec<u8> {
    frame("DELETED", "Pod", &pod(name, version).encode_to_vec())
}

/// A frame whose object is called that but is not readable further on.
pub(super) fn broken(name: &str) -> Vec<u8> {
    frame("ADDED", "Pod", &broken_pod(name))
}

pub(super) fn broken_pod(name: &str) -> Vec<u8> {
    // The spec says that it is longer than the message.
    [delimited(1, &delimited(1, name.as_bytes())), vec![0x12, 0x7f, 1, 2]].concat()
}

pub(super) fn bookmark(version: u32, end_of_list: bool) -> Vec<u8> {
    let mut meta = delimited(6, version.to_string().as_bytes());
    if end_of_list {
        let entry = [delimited(1, b"k8s.io/initial-events-end"), delimited(2, b"true")].concat();
        meta.extend(delimited(12, &entry));
    }
    frame("BOOKMARK", "Pod", &delimited(1, &meta))
}

pub(super) fn status(code: u16, reason: &str, retry_after: u8) -> Vec<u8> {
    let mut raw = [delimited(1, b""), delimited(2, b"Failure"), delimited(3, b"no, because")].concat();
    raw.extend(delimited(4, reason.as_bytes()));
    if retry_after > 0 {
        raw.extend(delimited(5, &[0x28, retry_after]));
    }
    raw.push(0x30);
    prost::encoding::encode_varint(code.into(), &mut raw);
    raw
}

pub(super) fn refused(code: u16, reason: &str) -> Answer {
    answer(code, PROTOBUF, vec![Step::Chunk(envelope("Status", &status(code, reason, 0)))])
}

pub(super) fn error(code: u16, reason: &str) -> Vec<u8> {
    frame("ERROR", "Status", &status(code, reason, 0))
}

pub(super) fn pod_list(version: u32, next: &str, pods: &[Vec<u8>]) -> Vec<u8> {
    let mut meta = [delimited(1, b""), delimited(2, version.to_string().as_bytes())].concat();
    meta.extend(delimited(3, next.as_bytes()));
    let mut list = delimited(1, &meta);
    for pod in pods {
        list.extend(delimited(2, pod));
    }
    envelope("PodList", &list)
}

pub(super) fn page(version: u32, next: &str, names: &[&str]) -> Answer {
    let pods: Vec<_> = names.iter().map(|name| pod(name, version).encode_to_vec()).collect();
    answer(200, PROTOBUF, vec![Step::Chunk(pod_list(version, next, &pods))])
}

// === The server

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub path: String,
    pub query: String,
    pub accept: String,
    pub at: Instant,
}

impl Asked {
    pub fn watch(&self) -> bool {
        self.query.contains("watch=true")
    }

    pub fn streaming(&self) -> bool {
        self.query.contains("sendInitialEvents=true")
    }
}

type Script = dyn Fn(usize, &Asked) -> Answer + Send + Sync;

/// Answers requests by a function of how many there were before, and writes them down.
#[derive(Clone)]
pub(super) struct Server {
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Script>,
}

impl Server {
    pub fn new(script: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self { asked: Arc::default(), script: Arc::new(script) }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().clone()
    }

    pub fn service(
        &self,
    ) -> impl tower::Service<Request<Body>, Response = Answer, Error = BoxError, Future: Send> + Clone + Send + 'static
    {
        let server = self.clone();
        tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move {
                let accept = request.headers().get(header::ACCEPT);
                let asked = Asked {
                    path: request.uri().path().to_owned(),
                    query: request.uri().query().unwrap_or_default().to_owned(),
                    accept: accept.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default(),
                    at: Instant::now(),
                };
                let nth = server.asked.lock().len();
                server.asked.lock().push(asked.clone());
                Ok((server.script)(nth, &asked))
            }
        })
    }
}

pub(super) fn link() -> Arc<Link> {
    Link::new(Arc::new(Health::new("pods", Collector::Pods, Scope::cluster(), Clock::new())))
}

// === The index

/// What an index was told, and what it therefore holds.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub told: Vec<String>,
    pub held: BTreeSet<String>,
    pub wanted: Vec<OwnerWanted>,
    pub owners: BTreeMap<String, Option<String>>,
    shown: BTreeSet<String>,
}

pub(super) type Recording = Arc<RwLock<Recorder>>;

impl<K: Kind> Index<K> for Recorder {
    fn begin(&mut self, _: &Scope) {
        self.told.push("begin".to_owned());
        self.shown.clear();
    }

    fn apply(&mut self, object: K, _: Timestamp) {
        let name = object.meta().name.clone();
        self.told.push(format!("apply {name}"));
        self.shown.insert(name.clone());
        self.held.insert(name);
    }

    fn delete(&mut self, object: &K, _: Timestamp) {
        let name = &object.meta().name;
        self.told.push(format!("delete {name}"));
        self.held.remove(name);
    }

    fn finish(&mut self, _: &Scope, _: Timestamp) {
        self.told.push("finish".to_owned());
        self.held = std::mem::take(&mut self.shown);
    }

    fn forget(&mut self, _: &Scope) {
        self.told.push("forget".to_owned());
        self.held.clear();
    }
}

impl Recorder {
    pub fn holds(&self, names: &[&str]) -> bool {
        self.held.iter().map(String::as_str).eq(names.iter().copied())
    }

    pub fn times(&self, what: &str) -> usize {
        self.told.iter().filter(|told| *told == what).count()
    }
}

/// Waits up to an hour of the paused clock until that holds.
pub(super) async fn until(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_hours(1), "never");
        sleep(Duration::from_millis(20)).await;
    }
}

/// An answer in JSON.
pub(super) fn json(code: u16, value: &serde_json::Value) -> Answer {
    answer(code, JSON, vec![Step::Chunk(value.to_string().into_bytes())])
}

impl OwnerIndex for Recorder {
    fn wanted(&self, limit: usize) -> Vec<OwnerWanted> {
        let open = |wanted: &&OwnerWanted| !self.owners.contains_key(&wanted.uid);
        self.wanted.iter().filter(open).take(limit).cloned().collect()
    }

    fn resolved(&mut self, uid: &str, owner: Option<(&str, &str)>) {
        let owner = owner.map(|(kind, name)| format!("{kind}/{name}"));
        assert_eq!(self.owners.insert(uid.to_owned(), owner), None, "asked twice");
    }
}

impl VersionIndex for Recorder {
    fn server_version(&mut self, git_version: &str, major: u32, minor: u32, _: Timestamp) {
        self.told.push(format!("version {git_version} {major} {minor}"));
    }
}

impl CoolDownIndex for Recorder {
    fn branch_eni_cool_down(&mut self, text: Option<&str>) {
        self.told.push(format!("cool-down {}", text.unwrap_or("-")));
    }
}
