//! The hook through which tests make the server misbehave.

use std::{collections::BTreeMap, io, pin::Pin, sync::Arc, time::Duration};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;

/// Asked about each request before it is answered.
pub trait Faults: Send + Sync + 'static {
    /// What to answer instead; `None` is the genuine answer.
    fn answer(&self, asked: &Asked) -> Option<Answer>;
}

impl<F: Fn(&Asked) -> Option<Answer> + Send + Sync + 'static> Faults for F {
    fn answer(&self, asked: &Asked) -> Option<Answer> {
        self(asked)
    }
}

/// A server without faults.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn answer(&self, _: &Asked) -> Option<Answer> {
        None
    }
}

/// What kind of question a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// A list, or a page of one.
    List,
    /// A watch with `sendInitialEvents=true`.
    StreamingList,
    /// Any other watch.
    Watch,
    /// One object.
    Get,
    /// Discovery, version and health.
    Other,
}

/// A request, as [`Faults`] sees it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// The `Accept` header.
    pub accept: String,
    /// Plural of the kind; empty for [`Shape::Other`].
    pub plural: String,
    /// What is asked.
    pub shape: Shape,
    /// How many requests of this path and shape came before.
    pub nth: u64,
}

impl Asked {
    /// Whether the client understands protobuf.
    #[must_use]
    pub fn takes_protobuf(&self) -> bool {
        self.accept.contains("application/vnd.kubernetes.protobuf")
    }
}

/// A piece of a body.
#[derive(Clone)]
pub enum Part {
    /// These bytes, as one chunk.
    Bytes(Bytes),
    /// The first lines of what the genuine watch would send, as they come; nothing for what is not a watch.
    Genuine {
        /// How many events.
        events: usize,
    },
    /// A pause.
    Wait(Duration),
    /// Nothing more, but the connection stays open.
    Stall,
    /// The connection is closed in the middle of the body.
    Cut,
    /// Chunk after chunk for as long as the client reads.
    Endless {
        /// Pause between chunks.
        every: Duration,
        /// Makes the nth chunk.
        chunk: Arc<dyn Fn(u64) -> Bytes + Send + Sync>,
    },
}

/// What is sent instead of the genuine answer.
#[derive(Clone)]
pub struct Answer {
    /// Pause before the status line.
    pub delay: Duration,
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body, piece by piece.
    pub body: Vec<Part>,
}

impl Answer {
    /// An empty answer with that status.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { delay: Duration::ZERO, status, headers: Vec::new(), body: Vec::new() }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With a piece of body more.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.body.push(part);
        self
    }

    /// With bytes more.
    #[must_use]
    pub fn bytes(self, bytes: impl Into<Bytes>) -> Self {
        self.part(Part::Bytes(bytes.into()))
    }

    /// With a pause before anything is sent.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(super) async fn send(self, genuine: Option<Lines>) -> Response {
        tokio::time::sleep(self.delay).await;
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let (to, mut from) = mpsc::channel(16);
        tokio::spawn(write(self.body, genuine, to));
        let body = Body::from_stream(futures::stream::poll_fn(move |cx| from.poll_recv(cx)));
        // Headers that are not HTTP cannot be sent; a test that tries sees an empty 200.
        response.body(body).unwrap_or_default()
    }
}

/// The events of a genuine watch, one line each.
pub(super) type Lines = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// Writes until the body ends or the client is gone.
async fn write(parts: Vec<Part>, genuine: Option<Lines>, to: mpsc::Sender<io::Result<Bytes>>) -> Option<()> {
    let mut genuine = genuine.unwrap_or_else(|| futures::stream::empty().boxed());
    for part in parts {
        match part {
            Part::Bytes(bytes) => to.send(Ok(bytes)).await.ok()?,
            Part::Wait(pause) => tokio::time::sleep(pause).await,
            Part::Stall => to.closed().await,
            Part::Cut => {
                // What was written before has to be on the wire before the connection goes.
                tokio::time::sleep(Duration::from_millis(50)).await;
                to.send(Err(io::ErrorKind::ConnectionAborted.into())).await.ok()?;
                return None;
            }
            Part::Genuine { events } => {
                for _ in 0..events {
                    to.send(Ok(genuine.next().await?)).await.ok()?;
                }
            }
            Part::Endless { every, chunk } => {
                for nth in 0.. {
                    to.send(Ok(chunk(nth))).await.ok()?;
                    tokio::time::sleep(every).await;
                }
            }
        }
    }
    Some(())
}
