//! A load balancer before several API servers: requests go to each in turn, as on EKS while a control plane is
//! upgraded.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::State};
use http::{Request, Response, StatusCode, header};
use kube::{Client, Config, client};
use tokio::{net::TcpListener, task::JoinHandle};

/// How much of a request is taken in; the exporter sends none with a body.
const REQUEST: usize = 1024 * 1024;

/// Listens on loopback without TLS. Ends when dropped.
pub struct InTurn {
    url: String,
    shared: Arc<Mutex<Servers>>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Servers {
    clients: Vec<Client>,
    requests: usize,
    /// Requests of `/version`, which have a turn of their own: others must not put it out of step.
    versions: usize,
}

impl InTurn {
    /// Before these servers, with the rights of their clients.
    pub async fn before(clients: Vec<Client>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let shared = Arc::new(Mutex::new(Servers { clients, ..Servers::default() }));
        let router = Router::new().fallback(pass_on).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until it is dropped");
        });
        Self { url, shared, serving }
    }

    /// Before these servers from now on; what is under way goes on. Counts begin anew.
    pub fn now_before(&self, clients: Vec<Client>) {
        *self.shared.lock().expect("nobody panicked") = Servers { clients, ..Servers::default() };
    }

    /// How often the version was asked for.
    pub fn versions(&self) -> usize {
        self.shared.lock().expect("nobody panicked").versions
    }

    /// For the exporter's client.
    pub fn config(&self) -> Config {
        Config::new(self.url.parse().expect("the URL is made of a number"))
    }
}

impl Drop for InTurn {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Whose turn it is.
fn next(servers: &Mutex<Servers>, path: &str) -> Client {
    let mut servers = servers.lock().expect("nobody panicked");
    let turn = if path == "/version" { &mut servers.versions } else { &mut servers.requests };
    *turn += 1;
    let turn = *turn;
    servers.clients[turn % servers.clients.len()].clone()
}

async fn pass_on(State(servers): State<Arc<Mutex<Servers>>>, request: Request<Body>) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    let client = next(&servers, head.uri.path());
    head.headers.remove(header::HOST);
    let body = axum::body::to_bytes(body, REQUEST).await.expect("a short body");
    let answer = client.send(Request::from_parts(head, client::Body::from(body.to_vec()))).await;
    answer.map_or_else(
        |_| Response::builder().status(StatusCode::BAD_GATEWAY).body(Body::empty()).expect("a constant answer"),
        |answer| {
            let (mut head, body) = answer.into_parts();
            head.headers.remove(header::TRANSFER_ENCODING);
            Response::from_parts(head, Body::new(body))
        },
    )
}
