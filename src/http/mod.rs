//! The web side: `/metrics`, `/healthz`, `/readyz` and a landing page.

mod compress;
mod landing;

use std::{future::Future, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use crate::exporter::Exporter;

/// Prometheus' text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The routes, with metrics at `telemetry_path`.
pub fn router(exporter: Arc<Exporter>, telemetry_path: &str) -> Router {
    let landing_path = telemetry_path.to_owned();
    Router::new()
        .route(telemetry_path, get(metrics))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route(
            "/",
            get(async move |State(exporter): State<Arc<Exporter>>| Html(landing::page(&exporter, &landing_path))),
        )
        .with_state(exporter)
}

/// Serves until `stop` comes; answers under way are finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn metrics(State(exporter): State<Arc<Exporter>>, headers: HeaderMap) -> Response {
    let gzip = compress::wants_gzip(&headers);
    // Some milliseconds of work on a large cluster, which must not hold up the watches.
    let made = tokio::task::spawn_blocking(move || {
        let page = exporter.page();
        if gzip { compress::gzip(page.as_bytes()) } else { Ok(page.into_bytes()) }
    });
    let body = match made.await.map_err(std::io::Error::other).flatten() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "the page of metrics could not be made");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = ([(header::CONTENT_TYPE, TEXT), (header::VARY, "accept-encoding")], body).into_response();
    if gzip {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

async fn readyz(State(exporter): State<Arc<Exporter>>) -> Response {
    match exporter.readiness() {
        Ok(()) => "ready\n".into_response(),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, missing.join("\n") + "\n").into_response(),
    }
}
