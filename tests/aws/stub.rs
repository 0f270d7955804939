//! A server that answers as a test says, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use tokio::{net::TcpListener, task::JoinHandle};

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// With the query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The server, ended with the test.
pub struct Stub {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Stub {
    /// `answer` is called for each request.
    pub async fn start(answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = asked.clone();
        let routes = Router::new().fallback(move |request: Request| {
            let (kept, answer) = (kept.clone(), answer.clone());
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.expect("a body");
                let asked = Asked {
                    method: head.method.to_string(),
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: String::from_utf8(body.to_vec()).expect("text"),
                };
                kept.lock().expect("the lock").push(asked.clone());
                answer(&asked)
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Self { url, asked, task }
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the lock").clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer of EKS.
pub fn json(status: u16, body: &serde_json::Value) -> Response {
    answer(status, "application/json", body.to_string())
}

/// An error of EKS.
pub fn refused(status: u16, code: &str) -> Response {
    let body = serde_json::json!({"message": format!("{code} it is")}).to_string();
    let mut response = answer(status, "application/json", body);
    response.headers_mut().insert("x-amzn-errortype", code.parse().expect("a header"));
    response
}

/// `ResourceNotFoundException` as EKS says it of an add-on, or of a cluster.
pub fn missing(addon: Option<&str>) -> Response {
    let message = match addon {
        Some(addon) => format!("No addon: {addon} found in cluster: blue"),
        None => "No cluster found for name: blue.".to_owned(),
    };
    let body = serde_json::json!({"clusterName": "blue", "addonName": addon, "message": message});
    let mut response = json(404, &body);
    response.headers_mut().insert("x-amzn-errortype", "ResourceNotFoundException".parse().expect("a header"));
    response
}

/// An answer of EC2.
pub fn xml(status: u16, body: &str) -> Response {
    answer(status, "text/xml;charset=UTF-8", body.to_owned())
}

/// An error of EC2.
pub fn refused_xml(status: u16, code: &str) -> Response {
    xml(
        status,
        &format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{code} it is</Message></Error></Errors><RequestID>1</RequestID></Response>"
        ),
    )
}

/// Any answer.
pub fn answer(status: u16, content: &str, body: String) -> Response {
    (http::StatusCode::from_u16(status).expect("a status"), [("content-type", content)], body).into_response()
}

/// An answer whose body begins and never ends.
pub fn endless(content: &str) -> Response {
    use futures::{StreamExt as _, stream};
    let body = stream::once(async { Ok::<_, std::io::Error>("<") }).chain(stream::pending());
    ([("content-type", content.to_owned())], Body::from_stream(body)).into_response()
}

/// An answer whose connection breaks within the body.
pub fn broken(content: &str) -> Response {
    use futures::stream;
    let body = stream::iter([Ok("<"), Err(std::io::Error::other("broken"))]);
    ([("content-type", content.to_owned())], Body::from_stream(body)).into_response()
}
