//! A receiver of Alertmanager's webhooks: it keeps every alert that it is told of.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    routing::post,
};
use serde::Deserialize;
use tokio::{net::TcpListener, task::JoinHandle};

/// Whether an alert goes on.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Firing,
    Resolved,
}

/// An alert as Alertmanager sent it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// The last part of the receiver's address, such as `pager`.
    #[serde(default)]
    pub at: String,
    pub status: Status,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    /// The same for as long as the labels are.
    pub fingerprint: String,
    /// When it began to fire.
    pub starts_at: String,
}

impl Notice {
    /// The alert's name.
    pub fn alert(&self) -> &str {
        self.label("alertname")
    }

    /// A label; empty without it.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// The text for people.
    pub fn text(&self) -> &str {
        self.annotations.get("description").map_or("", String::as_str)
    }
}

/// A notification: alerts of one group.
#[derive(Deserialize)]
struct Notification {
    alerts: Vec<Notice>,
}

/// The receiver, ended with the test.
pub struct Receiver {
    /// To be followed by the name of whom to tell.
    pub url: String,
    heard: Arc<Mutex<Vec<Notice>>>,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// Listens on loopback.
    pub async fn start() -> Self {
        let heard: Arc<Mutex<Vec<Notice>>> = Arc::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let router = Router::new().route("/{at}", post(hear)).with_state(Arc::clone(&heard));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until it is dropped");
        });
        Self { url, heard, serving }
    }

    /// All that it heard so far, in order.
    pub fn heard(&self) -> Vec<Notice> {
        self.heard.lock().expect("nobody panicked").clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn hear(State(heard): State<Arc<Mutex<Vec<Notice>>>>, Path(at): Path<String>, body: Bytes) {
    let told: Notification = serde_json::from_slice(&body).expect("a notification");
    let notices = told.alerts.into_iter().map(|notice| Notice { at: at.clone(), ..notice });
    heard.lock().expect("nobody panicked").extend(notices);
}
