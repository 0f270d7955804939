//! Watches: initial events, changes, bookmarks, and their end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};

use super::{
    faults::{Lines, Shape},
    list::View,
    state::Change,
    status::Refusal,
    store::Store,
};

/// A watch that is about to start.
pub(super) struct Watch {
    store: Arc<Store>,
    view: View,
    start: Start,
    /// Whether the client wants bookmarks, and the server sends some for this kind.
    bookmarks: bool,
    every: Duration,
    deadline: Instant,
}

enum Start {
    /// All objects first; `true` adds the bookmark that ends them.
    Everything(bool),
    /// Changes after this version.
    After(u64),
}

/// The client is gone.
struct Gone;

impl Watch {
    /// Reads the query.
    pub fn new(
        store: Arc<Store>,
        view: View,
        query: &BTreeMap<String, String>,
        shape: Shape,
        every: Duration,
    ) -> Result<Self, Refusal> {
        let given = |name: &str| query.get(name).map_or("", String::as_str);
        let streaming = shape == Shape::StreamingList;
        if streaming && given("resourceVersionMatch") != "NotOlderThan" {
            let message = "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: \
                           sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
            return Err(Refusal { code: 422, reason: "Invalid", message: message.to_owned() });
        }
        let version = match given("resourceVersion") {
            "" => 0,
            text => text.parse().map_err(|_| Refusal::bad_request(format!("invalid resource version: {text}")))?,
        };
        let timeout = given("timeoutSeconds").parse().unwrap_or(1_800);
        Ok(Self {
            start: if streaming || version == 0 { Start::Everything(streaming) } else { Start::After(version) },
            // The API server keeps no watch cache for events and sends them no periodic bookmarks.
            bookmarks: given("allowWatchBookmarks") == "true" && view.resource.plural != "events",
            deadline: Instant::now() + Duration::from_secs(timeout),
            store,
            view,
            every,
        })
    }

    /// Starts it: one line for each event.
    pub fn lines(self) -> Lines {
        let (to, mut from) = mpsc::channel(64);
        tokio::spawn(async move { self.run(&to).await });
        futures::stream::poll_fn(move |cx| from.poll_recv(cx)).boxed()
    }

    async fn run(self, to: &mpsc::Sender<Bytes>) -> Result<(), Gone> {
        let mut newest = self.store.subscribe();
        let mut version = match self.start {
            Start::After(version) => version,
            Start::Everything(with_end) => self.everything(with_end, to).await?,
        };
        let mut bookmark = tokio::time::interval_at(Instant::now() + self.every, self.every);
        loop {
            if !self.store.serves(&self.view.resource) {
                return Ok(());
            }
            let (now, changes) = match self.store.since(&self.view.resource, version) {
                Ok(news) => news,
                Err(too_old) => {
                    let message = format!("too old resource version: {version} ({})", too_old.oldest);
                    return send(to, "ERROR", &Refusal::expired(message).body()).await;
                }
            };
            for change in &changes {
                self.change(change, to).await?;
            }
            version = now;
            tokio::select! {
                () = to.closed() => return Ok(()),
                () = tokio::time::sleep_until(self.deadline) => return Ok(()),
                _ = bookmark.tick(), if self.bookmarks => self.bookmark(version, false, to).await?,
                result = newest.changed() => if result.is_err() { return Ok(()) },
            }
        }
    }

    async fn everything(&self, with_end: bool, to: &mpsc::Sender<Bytes>) -> Result<u64, Gone> {
        let (version, objects) = self.store.list(&self.view.resource, self.view.namespace.as_deref());
        for (_, object) in objects.iter().filter(|(key, object)| self.view.selects(key, object)) {
            send(to, "ADDED", &self.view.dress(object)).await?;
        }
        if with_end {
            self.bookmark(version, true, to).await?;
        }
        Ok(version)
    }

    /// An object that begins or ceases to match the selector comes or goes, as far as this watch is concerned.
    async fn change(&self, change: &Change, to: &mpsc::Sender<Bytes>) -> Result<(), Gone> {
        let before = change.before.as_ref().is_some_and(|before| self.view.selects(&change.key, before));
        let after = !change.deleted && self.view.selects(&change.key, &change.after);
        let event = match (before, after) {
            (false, false) => return Ok(()),
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
        };
        send(to, event, &self.view.dress(&change.after)).await
    }

    async fn bookmark(&self, version: u64, ends_initial: bool, to: &mpsc::Sender<Bytes>) -> Result<(), Gone> {
        // The real server sends an empty object of the kind, with the nulls of Go's nil slices.
        let mut object = json!({
            "kind": self.view.resource.kind,
            "metadata": { "resourceVersion": version.to_string(), "creationTimestamp": null },
        });
        if self.view.resource.kind == "Pod" {
            object["spec"] = json!({ "containers": null });
            object["status"] = json!({});
        }
        if ends_initial {
            object["metadata"]["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
        }
        send(to, "BOOKMARK", &self.view.dress(&object)).await
    }
}

async fn send(to: &mpsc::Sender<Bytes>, event: &str, object: &Value) -> Result<(), Gone> {
    let mut line = json!({ "type": event, "object": object }).to_string();
    line.push('\n');
    to.send(line.into()).await.map_err(|_| Gone)
}
