//! The server: a thread of its own with its own runtime, so that stopping it cuts every connection at once.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Query, Request, State},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use http::{Method, header};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::oneshot;

use super::{
    discovery,
    faults::{Asked, Faults, Lines, NoFaults, Shape},
    list::{self, View},
    request::Place,
    resource::Resource,
    select::Selector,
    status::{Refusal, json},
    store::Store,
    watch::Watch,
};

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub address: SocketAddr,
    /// `gitVersion` in `/version`.
    pub git_version: String,
    /// How often watches that ask for bookmarks get one.
    pub bookmarks: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            git_version: "v1.36.3-eks-3abbec1".to_owned(),
            bookmarks: Duration::from_secs(30),
        }
    }
}

/// A running server. It stops, and cuts its connections, when this is dropped.
#[derive(Debug)]
pub struct ApiServer {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What it serves.
    pub store: Arc<Store>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ApiServer {
    /// Starts a server on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port or thread can be had.
    pub fn start(store: Arc<Store>) -> io::Result<Self> {
        Self::start_with(store, NoFaults, Options::default())
    }

    /// Starts a server that asks `faults` about each request.
    ///
    /// # Errors
    /// When the address or a thread cannot be had.
    pub fn start_with(store: Arc<Store>, faults: impl Faults, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.address)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let state = Served { store: Arc::clone(&store), faults: Box::new(faults), options, asked: Mutex::default() };
        let router = Router::new().fallback(answer).with_state(Arc::new(state));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            match tokio::net::TcpListener::from_std(listener) {
                // The runtime is dropped after this, and with it every connection.
                Ok(listener) => {
                    drop(futures::future::select(axum::serve(listener, router).into_future(), stopped).await);
                }
                Err(error) => tracing::error!(%error, "the simulated API server cannot listen"),
            }
        };
        let thread = std::thread::Builder::new().name("simulated-api".into()).spawn(move || runtime.block_on(serve))?;
        Ok(Self { addr, store, stop: Some(stop), thread: Some(thread) })
    }

    /// Base URL for clients.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was printed by that thread already.
            let _ = thread.join();
        }
    }
}

struct Served {
    store: Arc<Store>,
    faults: Box<dyn Faults>,
    options: Options,
    asked: Mutex<HashMap<(String, Shape), u64>>,
}

async fn answer(State(served): State<Arc<Served>>, request: Request) -> Response {
    let query = Query::<BTreeMap<String, String>>::try_from_uri(request.uri()).map(|query| query.0).unwrap_or_default();
    let place = Place::parse(request.uri().path());
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let shape = place.shape(&query);
    let asked = Asked {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        accept: accept.to_owned(),
        plural: place.plural().to_owned(),
        nth: served.count(request.uri().path(), shape),
        query,
        shape,
    };
    let fault = served.faults.answer(&asked);
    let genuine = genuine(&served, &asked, &place);
    match (fault, genuine) {
        (Some(fault), Ok(Genuine::Watch(lines))) => fault.send(Some(lines)).await,
        (Some(fault), _) => fault.send(None).await,
        (None, Ok(Genuine::Watch(lines))) => {
            let body = Body::from_stream(lines.map(Ok::<_, io::Error>));
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        (None, Ok(Genuine::Whole(response))) => response,
        (None, Err(refusal)) => refusal.into_response(),
    }
}

enum Genuine {
    Watch(Lines),
    Whole(Response),
}

fn genuine(served: &Served, asked: &Asked, place: &Place) -> Result<Genuine, Refusal> {
    if asked.method != Method::GET.as_str() {
        let message = "the server does not allow this method on the requested resource".to_owned();
        return Err(Refusal { code: 405, reason: "MethodNotAllowed", message });
    }
    if matches!(asked.path.as_str(), "/readyz" | "/livez" | "/healthz") {
        return Ok(Genuine::Whole("ok".into_response()));
    }
    let kinds = served.store.resources();
    if let Some(found) = discovery::discover(&asked.path, &kinds, &served.options.git_version) {
        return Ok(Genuine::Whole(json(&found)));
    }
    let (Some(resource), Place::Objects { namespace, name, .. }) = (place.resource(&kinds), place) else {
        return Err(Refusal::no_resource());
    };
    if !accepts_json(&asked.accept) {
        let message = "only the following media types are accepted: application/json".to_owned();
        return Err(Refusal { code: 406, reason: "NotAcceptable", message });
    }
    if asked.query.contains_key("labelSelector") {
        return Err(Refusal::bad_request("label selectors are not simulated"));
    }
    let view = View {
        selector: Selector::parse(asked.query.get("fieldSelector").map_or("", String::as_str), &resource)?,
        metadata_only: asked.accept.contains("as=PartialObjectMetadata"),
        namespace: namespace.clone(),
        resource,
    };
    if let Some(name) = name {
        return object(served, &view, name).map(|found| Genuine::Whole(json(&found)));
    }
    if asked.shape == Shape::List {
        return list::list(&served.store, &view, &asked.query).map(|list| Genuine::Whole(json(&list)));
    }
    let store = Arc::clone(&served.store);
    let watch = Watch::new(store, view, &asked.query, asked.shape, served.options.bookmarks)?;
    Ok(Genuine::Watch(watch.lines()))
}

fn object(served: &Served, view: &View, name: &str) -> Result<Value, Refusal> {
    let Resource { plural, group, .. } = view.resource;
    let found = served.store.get(&view.resource, view.namespace.as_deref().unwrap_or_default(), name);
    let qualified = if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") };
    let found = found.ok_or_else(|| Refusal::not_found(format!("{qualified} \"{name}\" not found")))?;
    Ok(view.dress(&found))
}

fn accepts_json(accept: &str) -> bool {
    accept.is_empty() || ["application/json", "application/*", "*/*"].iter().any(|kind| accept.contains(kind))
}

impl Served {
    fn count(&self, path: &str, shape: Shape) -> u64 {
        let mut asked = self.asked.lock();
        let count = asked.entry((path.to_owned(), shape)).or_default();
        *count += 1;
        *count - 1
    }
}
