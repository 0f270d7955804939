//! What is shown of names that somebody chose to do harm, and how serving ends.

use std::time::Duration;

use axum::{Router, routing::get};
use eksporter::http;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::cluster::{Cluster, stuck, two_stuck};

async fn fetch(address: std::net::SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    answer
}

#[tokio::test]
async fn names_from_the_cluster_are_text_in_html_and_labels_in_metrics() {
    let mut evil = stuck("<script>alert(1)</script>");
    evil["metadata"]["namespace"] = "a\"} 1\nevil_metric 2".into();
    let cluster = Cluster::sound(vec![evil]);
    cluster.eventually("eks_pod_container_creating_age_seconds", |series| series.len() == 1).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("bound");
    let router = http::router(cluster.exporter().clone(), "/metrics");
    let server = tokio::spawn(http::serve(listener, router, std::future::pending()));
    let page = fetch(address, "/").await;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
    let metrics = fetch(address, "/metrics").await;
    assert!(
        metrics.contains(r#"namespace="a\"} 1\nevil_metric 2""#) && !metrics.contains("\nevil_metric"),
        "{metrics}"
    );
    server.abort();
}

#[tokio::test]
async fn a_scrape_under_way_is_finished_when_the_program_is_told_to_stop() {
    let (started, begun) = oneshot::channel();
    let started = std::sync::Arc::new(std::sync::Mutex::new(Some(started)));
    let slow = Router::new().route(
        "/metrics",
        get(async move || {
            if let Some(started) = started.lock().expect("not poisoned").take() {
                let _ = started.send(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            "all of it\n"
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(http::serve(listener, slow, async {
        let _ = stopped.await;
    }));
    let scrape = tokio::spawn(async move { fetch(address, "/metrics").await });
    begun.await.expect("the scrape is under way");
    stop.send(()).expect("still serving");
    assert!(scrape.await.expect("answered").ends_with("all of it\n"));
    server.await.expect("ended").expect("in order");
    assert!(TcpStream::connect(address).await.is_err(), "no new scrapes");
}

#[tokio::test]
async fn ten_scrapers_at_once_all_get_a_whole_page() {
    let cluster = Cluster::sound(two_stuck());
    cluster.overdue(&["one", "two"]).await;
    let scrapes = (0..10).map(|_| {
        let exporter = cluster.exporter().clone();
        tokio::task::spawn_blocking(move || exporter.page())
    });
    for page in futures::future::join_all(scrapes).await {
        let page = page.expect("a page");
        assert!(page.contains("pod=\"two\"") && page.ends_with('\n') && page.contains("eksporter_build_info"));
    }
}

#[tokio::test]
async fn a_quiet_cluster_costs_prometheus_no_more_series_than_the_docs_say() {
    let cluster = Cluster::sound(vec![super::cluster::node("node-a")]);
    cluster.eventually("eks_nodes", |series| !series.is_empty()).await;
    let count = |start| cluster.series(start).len();
    assert!((65..=80).contains(&count("eks_")), "{}", count("eks_"));
    assert!((205..=245).contains(&count("eksporter_")), "{}", count("eksporter_"));
}
