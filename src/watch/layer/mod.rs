//! A tower layer under kube's client that asks for protobuf and hands kube short JSON of the trimmed [`Kind`].
//!
//! kube's decoder is fixed to JSON (kube-rs/kube#725), but its client is a tower stack. Each watch has a client of its
//! own with this layer, so nothing here looks at paths. Kept are kube's list, watch, bookmark and resume logic; changed
//! are the `Accept` header and the bodies. Answers in JSON (custom resources, simulators) go through the same types, so
//! that an object that cannot be read costs that object only.
//!
//! The layer also sees what kube's watcher keeps to itself: signs of life, `Retry-After`, and when a watch ended.

mod body;
mod emit;
mod frames;
mod lines;
mod list;
mod mend;
mod page;
mod proto;
mod status;
#[cfg(test)]
mod tests;

use std::{
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
};
use http_body::Body as HttpBody;
use kube::client::Body;
use tokio::time::{Sleep, sleep_until, timeout};
use tower::BoxError;

use self::{
    body::{Translated, Work},
    emit::Emit,
};
use super::link::Link;
use crate::objects::Kind;

/// No object is larger: etcd takes 1.5 MiB (`--max-request-bytes`), and JSON of it is a few times that at most. A
/// longer frame or line is a stream that lost its step, or an attack on our memory.
const MOST: usize = 16 << 20;
/// The same for a page of a JSON list, which is gathered whole.
const MOST_OF_A_PAGE: usize = 256 << 20;
/// How long the API server may take until its headers are there. It ends requests that are no watches after 60 s
/// itself (`--request-timeout`).
const HEADER_TIMEOUT: Duration = Duration::from_mins(1);

/// Why a body could not be translated to its end, or a request got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// An object larger than any can be.
    #[error("the API server sent an object of {bytes} bytes")]
    TooLarge {
        /// Its announced or gathered size.
        bytes: usize,
    },
    /// Bytes that are not what the header says.
    #[error("the API server's answer is not the protobuf that it says it is")]
    Malformed,
    /// A list that ended before its end.
    #[error("the list ended before its end")]
    Cut,
    /// No headers.
    #[error("no answer within {} s", .after.as_secs())]
    Silent {
        /// After so long.
        after: Duration,
    },
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Protobuf,
    Json,
    Other,
}

impl Encoding {
    /// Without the header it is taken for JSON; what does not read as that is passed on anyway.
    fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else { return Self::Json };
        let media = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if media.eq_ignore_ascii_case("application/vnd.kubernetes.protobuf") {
            Self::Protobuf
        } else if media.eq_ignore_ascii_case("application/json") {
            Self::Json
        } else {
            Self::Other
        }
    }
}

/// Puts [`Translate`] under a client that serves one watch of `K`.
#[derive(Debug)]
pub struct TranslateLayer<K> {
    link: Arc<Link>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> TranslateLayer<K> {
    /// For the watch with that link.
    #[must_use]
    pub fn new(link: Arc<Link>) -> Self {
        Self { link, kind: PhantomData }
    }
}

impl<S, K: Kind> tower::Layer<S> for TranslateLayer<K> {
    type Service = Translate<S, K>;

    fn layer(&self, inner: S) -> Self::Service {
        Translate { inner, link: Arc::clone(&self.link), pause: None, kind: PhantomData }
    }
}

/// Asks for protobuf, answers in short JSON. See the module.
#[derive(Debug)]
pub struct Translate<S, K> {
    inner: S,
    link: Arc<Link>,
    /// Until the next request may go out, after watches that ended at once.
    pause: Option<Pin<Box<Sleep>>>,
    kind: PhantomData<fn() -> K>,
}

impl<S, B, K> tower::Service<Request<Body>> for Translate<S, K>
where
    S: tower::Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    K: Kind,
{
    type Response = Response<Translated<B, K>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        if self.pause.is_none()
            && let Some(at) = self.link.not_before()
        {
            self.pause = Some(Box::pin(sleep_until(at)));
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let watch = is_watch(&request);
        request.headers_mut().insert(ACCEPT, accept::<K>(watch));
        let answer = self.inner.call(request);
        let link = Arc::clone(&self.link);
        Box::pin(async move {
            let answer = match timeout(HEADER_TIMEOUT, answer).await {
                Ok(answer) => answer.map_err(Into::into)?,
                Err(_) => return Err(Broken::Silent { after: HEADER_TIMEOUT }.into()),
            };
            Ok(translate(answer, watch, &link))
        })
    }
}

/// Whether the request opens a watch.
fn is_watch(request: &Request<Body>) -> bool {
    let mut parameters = request.uri().query().unwrap_or_default().split('&');
    parameters.any(|parameter| matches!(parameter, "watch=true" | "watch=1"))
}

/// What the API server is asked to answer in, best first.
///
/// Servers that do not know `as=` for a kind go on to the plain form behind it, whose objects read the same
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches>).
fn accept<K: Kind>(watch: bool) -> HeaderValue {
    HeaderValue::from_static(match (K::PROTOBUF, K::METADATA_ONLY, watch) {
        (true, false, true) => "application/vnd.kubernetes.protobuf;stream=watch,application/json",
        (true, false, false) => "application/vnd.kubernetes.protobuf,application/json",
        (true, true, true) => {
            "application/vnd.kubernetes.protobuf;stream=watch;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,\
             application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
        }
        (true, true, false) => {
            "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
             application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
        }
        (false, true, true) => "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
        (false, true, false) => "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
        (false, false, _) => "application/json",
    })
}

/// Puts the right translation over an answer's body.
fn translate<B, K: Kind>(answer: Response<B>, watch: bool, link: &Arc<Link>) -> Response<Translated<B, K>> {
    let (mut head, body) = answer.into_parts();
    let encoding = Encoding::of(&head.headers);
    let success = head.status.is_success();
    if matches!(head.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        && let Some(seconds) = seconds(&head.headers)
    {
        link.retry_after(seconds);
    }
    let emit = || Emit::new(Arc::clone(link));
    let work = match (success, encoding, watch) {
        (false, ..) => Work::Failure(status::Failure::new(head.status.as_u16(), encoding)),
        (true, Encoding::Protobuf, true) => Work::Frames(frames::Frames::new(emit())),
        (true, Encoding::Protobuf, false) => Work::List(list::List::new(emit())),
        (true, Encoding::Json, true) => Work::Lines(lines::Lines::new(emit())),
        (true, Encoding::Json, false) => Work::Page(page::Page::new(emit())),
        (true, Encoding::Other, _) => Work::Pass,
    };
    if !matches!(work, Work::Pass) {
        head.headers.remove(CONTENT_LENGTH);
        if encoding == Encoding::Protobuf {
            head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
    }
    let watching = (success && watch).then(|| link.watch_accepted());
    Response::from_parts(head, Translated::new(body, work, Arc::clone(link), watching))
}

/// `Retry-After` in seconds; the API server never sends the other form, a date.
fn seconds(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}
