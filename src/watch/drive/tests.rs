//! The loop against an API server of a few lines, hours of it in milliseconds.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use kube::Client;
use prost::Message;
use serde_json::json;
use tokio::task::JoinHandle;
use tower::Layer;

use super::*;
use crate::{
    objects::Pod,
    watch::{layer::TranslateLayer, testing::*, watched::resource},
};

const FOREVER: Duration = Duration::from_hours(4);
const LIMITS: Limits = Limits {
    stale_after: Duration::from_mins(5),
    watch_timeout: Duration::from_mins(4),
    page_size: 100,
    probe_every: Duration::from_mins(1),
};

/// A watch of pods that runs against a server.
struct Driven {
    server: Server,
    index: Recording,
    link: Arc<Link>,
    task: JoinHandle<()>,
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Driven {
    fn over(server: Server) -> Self {
        let link = link();
        let layered = TranslateLayer::<Pod>::new(Arc::clone(&link)).layer(server.service());
        Self::with(server, link, Client::new(layered, "default"))
    }

    fn with(server: Server, link: Arc<Link>, client: Client) -> Self {
        let watch = Watch {
            client,
            resource: resource::<Pod>("v1"),
            scope: Scope::cluster(),
            link: Arc::clone(&link),
            clock: Clock::new(),
            limits: LIMITS,
        };
        let index = Recording::default();
        let driven = Arc::clone(&index);
        let task = tokio::spawn(async move { drive::<Pod, _>(&watch, &driven).await });
        Self { server, index, link, task }
    }

    /// Waits until that holds; how long it took.
    async fn until(&self, holds: impl Fn(&Self) -> bool) -> Duration {
        let start = Instant::now();
        while !holds(self) {
            if start.elapsed() > FOREVER {
                let told: Vec<_> = self.index.read().told.iter().rev().take(9).rev().cloned().collect();
                panic!("never; {told:?} {:?} {:?}", self.health(), self.health().last_error());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        start.elapsed()
    }

    async fn until_holding(&self, names: &[&str]) -> Duration {
        self.until(|run| run.index.read().holds(names) && run.health().state() == State::Synced).await
    }

    fn health(&self) -> &Health {
        self.link.health()
    }

    fn errors(&self, reason: Reason) -> u64 {
        self.health().errors(reason)
    }

    fn asked_within(&self, duration: Duration) -> usize {
        let asked = self.server.asked();
        let start = asked[0].at;
        asked.iter().filter(|asked| asked.at - start <= duration).count()
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_streaming_list_and_what_follows_reach_the_index() {
    let frames = [added("a", 1), added("b", 2), bookmark(2, true), added("c", 3), deleted("a", 4)];
    let run = Driven::over(Server::new(move |_, _| open(&frames)));
    run.until_holding(&["b", "c"]).await;
    let expected = ["begin", "apply a", "apply b", "finish", "apply c", "delete a"];
    assert_eq!(run.index.read().told, expected);
    let asked = run.server.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].streaming() && asked[0].query.contains("timeoutSeconds=240"), "{}", asked[0].query);
    let health = run.health();
    let counts = Received::ALL.iter().map(|what| health.received(*what)).collect::<Vec<_>>();
    assert_eq!(counts, [2, 1, 1, 1]);
    assert_eq!((health.lists(), health.last_error()), (1, None));
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_ends_is_resumed_without_a_list() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true), added("b", 7)], seconds(240)),
        _ => open(&[added("c", 8)]),
    }));
    run.until_holding(&["a", "b", "c"]).await;
    assert!(run.server.asked()[1].query.ends_with("resourceVersion=7"));
    assert_eq!(run.health().lists(), 1);
    assert_eq!(Reason::ALL.iter().map(|reason| run.errors(*reason)).sum::<u64>(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_410_in_mid_watch_lists_again_and_sweeps_what_went_meanwhile() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => open(&[added("a", 1), added("b", 1), bookmark(1, true), error(410, "Expired")]),
        _ => open(&[added("b", 9), bookmark(9, true)]),
    }));
    run.until_holding(&["b"]).await;
    assert_eq!(run.errors(Reason::Expired), 1);
    assert!(run.server.asked()[1].streaming());
    assert_eq!(run.index.read().times("forget"), 0, "what is known is shown until the new list is through");
}

#[tokio::test(start_paused = true)]
async fn a_410_as_answer_to_a_watch_request_lists_again() {
    // kube by itself would ask for the same version for ever.
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        1 => refused(410, "Expired"),
        _ => open(&[added("b", 9), bookmark(9, true)]),
    }));
    run.until_holding(&["b"]).await;
    assert_eq!(run.errors(Reason::Expired), 1);
}

#[tokio::test(start_paused = true)]
async fn endless_410s_are_not_asked_for_in_a_tight_loop() {
    let run = Driven::over(Server::new(|_, _| open(&[error(410, "Expired")])));
    run.until(|run| run.errors(Reason::Expired) >= 12).await;
    assert!(run.asked_within(seconds(60)) < 10, "{}", run.asked_within(seconds(60)));
}

#[tokio::test(start_paused = true)]
async fn a_stream_cut_inside_a_frame_is_resumed_after_the_last_whole_one() {
    let run = Driven::over(Server::new(|nth, _| {
        let half = added("c", 6)[..20].to_vec();
        match nth {
            0 => ending(&[added("a", 1), bookmark(1, true), added("b", 5), half], seconds(3)),
            _ => open(&[added("c", 6)]),
        }
    }));
    run.until_holding(&["a", "b", "c"]).await;
    assert!(run.server.asked()[1].query.ends_with("resourceVersion=5"));
    assert_eq!((run.errors(Reason::Transport), run.health().lists()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_stream_cut_inside_a_line_is_resumed_too() {
    let event = |what: &str, object| format!("{}\n", json!({"type": what, "object": object})).into_bytes();
    let pod = |name: &str, version: &str| json!({"metadata": {"name": name, "resourceVersion": version}});
    let end = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"resourceVersion": "4",
        "annotations": {"k8s.io/initial-events-end": "true"}}});
    let run = Driven::over(Server::new(move |nth, _| {
        let steps = match nth {
            0 => vec![
                Step::Chunk(event("ADDED", pod("a", "1"))),
                Step::Chunk(event("BOOKMARK", end.clone())),
                Step::Chunk(event("ADDED", pod("b", "5"))[..30].to_vec()),
                Step::Wait(seconds(3)),
            ],
            _ => vec![Step::Chunk(event("ADDED", pod("b", "5"))), Step::Hang],
        };
        answer(200, JSON, steps)
    }));
    run.until_holding(&["a", "b"]).await;
    assert!(run.server.asked()[1].query.ends_with("resourceVersion=4"));
    assert_eq!((run.errors(Reason::Transport), run.health().lists()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn garbage_costs_one_pause_and_not_the_watch() {
    let event = |what: &str, object| format!("{}\n", json!({"type": what, "object": object}));
    let end = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"resourceVersion": "4",
        "annotations": {"k8s.io/initial-events-end": "true"}}});
    let text = [
        event("BOOKMARK", end),
        "<html>502</html>\n".to_owned(),
        event("ADDED", json!({"metadata": {"name": "a", "resourceVersion": "5"}})),
    ]
    .concat();
    let run = Driven::over(Server::new(move |_, _| {
        answer(200, JSON, vec![Step::Chunk(text.clone().into_bytes()), Step::Hang])
    }));
    run.until_holding(&["a"]).await;
    assert_eq!((run.errors(Reason::Decode), run.server.asked().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn one_object_that_does_not_decode_costs_neither_list_nor_watch() {
    let run = Driven::over(Server::new(|_, _| {
        open(&[added("a", 1), broken("x"), added("b", 2), bookmark(2, true), broken("y"), added("c", 3)])
    }));
    let took = run.until_holding(&["a", "b", "c"]).await;
    assert!(took < seconds(1), "no back-off for it: {took:?}");
    assert_eq!((run.errors(Reason::Decode), run.health().lists()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_server_without_streaming_lists_is_listed_page_by_page() {
    let run = Driven::over(Server::new(|_, asked| {
        if asked.streaming() {
            refused(422, "Invalid")
        } else if asked.watch() {
            open(&[added("d", 9)])
        } else if asked.query.contains("continue=more") {
            page(7, "", &["c"])
        } else {
            page(7, "more", &["a", "b"])
        }
    }));
    let took = run.until_holding(&["a", "b", "c", "d"]).await;
    assert!(took < seconds(1), "{took:?}");
    let asked = run.server.asked();
    assert!(asked[1].query.contains("limit=100"), "{}", asked[1].query);
    assert!(asked[3].query.ends_with("resourceVersion=7"), "{}", asked[3].query);
    assert_eq!(run.health().fallbacks(), 1);
    assert_eq!(Reason::ALL.iter().map(|reason| run.errors(*reason)).sum::<u64>(), 0, "that is no error");
}

#[tokio::test(start_paused = true)]
async fn a_page_with_an_object_that_does_not_decode_is_taken_without_it() {
    let run = Driven::over(Server::new(|_, asked| {
        if asked.streaming() {
            refused(422, "Invalid")
        } else if asked.watch() {
            open(&[])
        } else {
            let pods = [pod("a", 1).encode_to_vec(), broken_pod("x"), pod("b", 1).encode_to_vec()];
            answer(200, PROTOBUF, vec![Step::Chunk(pod_list(7, "", &pods))])
        }
    }));
    run.until_holding(&["a", "b"]).await;
    assert_eq!((run.errors(Reason::Decode), run.health().lists()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn half_a_page_is_not_taken_for_a_cluster_that_shrank() {
    let run = Driven::over(Server::new(|nth, asked| {
        let whole = pod_list(7, "", &[pod("a", 1).encode_to_vec(), pod("b", 1).encode_to_vec()]);
        if asked.streaming() {
            refused(422, "Invalid")
        } else if asked.watch() {
            open(&[])
        } else if nth == 1 {
            answer(200, PROTOBUF, vec![Step::Chunk(whole[..whole.len() - 20].to_vec())])
        } else {
            answer(200, PROTOBUF, vec![Step::Chunk(whole)])
        }
    }));
    run.until_holding(&["a", "b"]).await;
    assert_eq!(run.errors(Reason::Transport), 1);
    assert_eq!(run.index.read().times("finish"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_429_waits_as_long_as_the_server_wants() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => answer(429, PROTOBUF, vec![Step::Chunk(envelope("Status", &status(429, "TooManyRequests", 20)))]),
        _ => open(&[added("a", 1), bookmark(1, true)]),
    }));
    run.until_holding(&["a"]).await;
    let asked = run.server.asked();
    let pause = asked[1].at - asked[0].at;
    assert!(pause >= seconds(20) && pause < seconds(22), "{pause:?}");
    assert_eq!(run.errors(Reason::Throttled), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failing_server_is_asked_ever_less_often() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0..8 => refused(500, "InternalError"),
        _ => open(&[added("a", 1), bookmark(1, true)]),
    }));
    run.until_holding(&["a"]).await;
    let at: Vec<_> = run.server.asked().iter().map(|asked| asked.at).collect();
    let pauses: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[0] < seconds(2) && pauses[7] > seconds(20), "{pauses:?}");
    assert_eq!(run.errors(Reason::Server), 8);
    assert_eq!(run.health().last_error(), None, "all is well again");
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_tried_again() {
    let link = link();
    let refusing = tower::service_fn(|_| async {
        Err::<Answer, _>(tower::BoxError::from(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)))
    });
    let client = Client::new(TranslateLayer::<Pod>::new(Arc::clone(&link)).layer(refusing), "default");
    let run = Driven::with(Server::new(|_, _| open(&[])), link, client);
    run.until(|run| run.errors(Reason::Transport) >= 5).await;
    assert_eq!(run.health().state(), State::Starting);
    assert_eq!(run.health().last_error().as_deref(), Some("connection refused"));
}

#[tokio::test(start_paused = true)]
async fn a_stalled_initial_list_is_given_up_for_pages_after_a_minute() {
    let run = Driven::over(Server::new(|_, asked| {
        if asked.streaming() {
            open(&[added("a", 1)])
        } else if asked.watch() {
            open(&[])
        } else {
            page(7, "", &["a", "b"])
        }
    }));
    let took = run.until_holding(&["a", "b"]).await;
    assert!(took >= seconds(60) && took < seconds(65), "{took:?}");
    assert_eq!((run.health().fallbacks(), run.errors(Reason::Transport)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn after_a_stall_the_list_after_next_streams_again() {
    let run = Driven::over(Server::new(|nth, asked| {
        if asked.streaming() && nth == 0 {
            open(&[])
        } else if asked.streaming() {
            open(&[added("b", 9), bookmark(9, true)])
        } else if asked.watch() {
            open(&[error(410, "Expired")])
        } else {
            page(7, "", &["a"])
        }
    }));
    run.until_holding(&["b"]).await;
    assert_eq!(run.health().fallbacks(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_initial_list_that_never_ends_is_given_up_after_ten_minutes() {
    let run = Driven::over(Server::new(|_, asked| {
        if asked.streaming() {
            let step = |nth| [Step::Chunk(added("a", nth)), Step::Chunk(bookmark(nth, false)), Step::Wait(seconds(10))];
            answer(200, PROTOBUF_WATCH, (1..1000).flat_map(step).collect())
        } else if asked.watch() {
            open(&[])
        } else {
            page(7, "", &["a"])
        }
    }));
    let took = run.until_holding(&["a"]).await;
    assert!(took >= seconds(600) && took < seconds(620), "{took:?}");
    assert_eq!(run.health().fallbacks(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_ignores_the_wish_for_a_streaming_list_is_listed_by_pages() {
    // Before 1.27 the parameter was unknown: synthetic ADDED events, then bookmarks without the annotation.
    let run = Driven::over(Server::new(|_, asked| {
        if asked.streaming() {
            let bookmarks = (2..60).flat_map(|nth| [Step::Wait(seconds(30)), Step::Chunk(bookmark(nth, false))]);
            answer(200, PROTOBUF_WATCH, [Step::Chunk(added("a", 1))].into_iter().chain(bookmarks).collect())
        } else if asked.watch() {
            open(&[])
        } else {
            page(7, "", &["a"])
        }
    }));
    let took = run.until_holding(&["a"]).await;
    assert!(took < seconds(65), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn initial_lists_that_end_early_are_not_repeated_in_a_tight_loop() {
    for lasting in [0, 2] {
        let run = Driven::over(Server::new(move |_, asked| {
            if asked.watch() { ending(&[added("a", 1)], seconds(lasting)) } else { refused(500, "InternalError") }
        }));
        run.until(|run| run.health().lists() >= 10).await;
        assert!(run.asked_within(seconds(60)) < 12, "{}", run.asked_within(seconds(60)));
        assert!(run.errors(Reason::Transport) >= 8);
        assert_eq!(run.health().state(), State::Starting);
        assert_eq!(run.index.read().times("finish"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn initial_lists_that_end_early_for_ten_minutes_are_given_up_for_pages() {
    let run = Driven::over(Server::new(|_, asked| {
        if asked.streaming() {
            ending(&[added("a", 1)], seconds(50))
        } else if asked.watch() {
            open(&[])
        } else {
            page(7, "", &["a"])
        }
    }));
    let took = run.until_holding(&["a"]).await;
    assert!(took >= seconds(600) && took < seconds(700), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn watches_that_end_at_once_are_paced() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        _ => ending(&[], seconds(0)),
    }));
    run.until(|run| run.server.asked().len() > 12).await;
    let at: Vec<_> = run.server.asked().iter().skip(1).map(|asked| asked.at).collect();
    assert!(at[6] - at[0] > seconds(20), "{:?}", at[6] - at[0]);
    assert_eq!(run.health().state(), State::Synced, "it may be slow, but nothing is missed");
    assert!(run.errors(Reason::Transport) > 0);
}

#[tokio::test(start_paused = true)]
async fn without_the_right_nothing_is_known_and_with_it_all_is_listed_afresh() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        1..7 => refused(403, "Forbidden"),
        _ => open(&[added("b", 9), bookmark(9, true)]),
    }));
    run.until_holding(&["a"]).await;
    run.until(|run| run.health().state() == State::Forbidden).await;
    assert!(run.index.read().holds(&[]), "what is no longer allowed is not shown either");
    assert_eq!(run.health().last_error().as_deref(), Some("403 no, because"));
    run.until_holding(&["b"]).await;
    assert_eq!(run.errors(Reason::Forbidden), 6);
    let asked = run.server.asked();
    assert!(!asked[1].streaming() && asked[2..].iter().all(Asked::streaming), "never resumed from an old version");
}

#[tokio::test(start_paused = true)]
async fn a_right_lost_in_mid_watch_is_noticed_by_its_event() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => open(&[added("a", 1), bookmark(1, true), error(403, "Forbidden")]),
        _ => refused(403, "Forbidden"),
    }));
    run.until(|run| run.health().state() == State::Forbidden).await;
    assert_eq!(run.index.read().told, ["begin", "apply a", "finish", "forget"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_does_not_last_forgets_nothing() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        1..3 => refused(403, "Forbidden"),
        _ => open(&[added("a", 1), added("b", 9), bookmark(9, true)]),
    }));
    run.until_holding(&["a", "b"]).await;
    assert_eq!((run.errors(Reason::Forbidden), run.index.read().times("forget")), (2, 0));
}

/// As an API server answers that has just started.
#[tokio::test(start_paused = true)]
async fn who_is_refused_at_the_very_start_is_not_shut_out_at_once() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => refused(403, "Forbidden"),
        _ => open(&[added("a", 1), bookmark(1, true)]),
    }));
    let start = Instant::now();
    run.until(|run| run.errors(Reason::Forbidden) == 1).await;
    assert_ne!(run.health().state(), State::Forbidden, "others wait for it still");
    run.until_holding(&["a"]).await;
    assert!(start.elapsed() < seconds(5) && run.index.read().times("forget") == 0);

    let run = Driven::over(Server::new(|_, _| refused(403, "Forbidden")));
    let start = Instant::now();
    run.until(|run| run.health().state() == State::Forbidden).await;
    assert!((seconds(3)..seconds(10)).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn expired_credentials_do_not_forget_what_is_known() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        1..3 => refused(401, "Unauthorized"),
        _ => open(&[added("b", 2)]),
    }));
    run.until_holding(&["a", "b"]).await;
    assert_eq!((run.errors(Reason::Forbidden), run.index.read().times("forget")), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn without_contact_for_too_long_everything_is_forgotten_and_listed_anew() {
    let start = Instant::now();
    let run = Driven::over(Server::new(move |nth, _| {
        let down = (seconds(10)..seconds(900)).contains(&start.elapsed());
        match nth {
            0 => open(&[added("a", 1), bookmark(1, true)]),
            _ if down => refused(503, "ServiceUnavailable"),
            _ => open(&[added("b", 9), bookmark(9, true)]),
        }
    }));
    run.until_holding(&["a"]).await;
    run.until(|run| run.health().state() != State::Synced).await;
    let lost = start.elapsed();
    assert!(lost >= seconds(300) && lost < seconds(302), "{lost:?}");
    assert_eq!(run.health().state(), State::Stale);
    assert!(run.index.read().holds(&[]));
    run.until_holding(&["b"]).await;
    assert_eq!(run.index.read().times("forget"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_contact_lost_too() {
    let link = link();
    let (server, asked) =
        (Server::new(|_, _| open(&[added("a", 1), bookmark(1, true)])), Arc::new(AtomicUsize::new(0)));
    let inner = server.service();
    let service = tower::service_fn(move |request| {
        let (nth, inner) = (asked.fetch_add(1, Relaxed), inner.clone());
        async move { if nth == 0 { tower::ServiceExt::oneshot(inner, request).await } else { std::future::pending().await } }
    });
    let client = Client::new(TranslateLayer::<Pod>::new(Arc::clone(&link)).layer(service), "default");
    let start = Instant::now();
    let run = Driven::with(server, link, client);
    run.until(|run| run.health().state() == State::Stale).await;
    assert!(start.elapsed() < seconds(302), "{:?}", start.elapsed());
    run.until(|run| run.errors(Reason::Transport) > 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_quiet_watch_is_not_stale() {
    // Events get no bookmarks: the accepted watch request is the only sign of life.
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        _ => ending(&[], seconds(240)),
    }));
    run.until(|run| run.server.asked().len() > 20).await;
    assert_eq!((run.health().state(), run.index.read().times("forget")), (State::Synced, 0));
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_is_not_served_ends_the_watch() {
    let mut run = Driven::over(Server::new(|nth, _| match nth {
        0 => ending(&[added("a", 1), bookmark(1, true)], seconds(240)),
        _ => answer(404, "text/plain", vec![Step::Chunk(b"404 page not found\n".into())]),
    }));
    (&mut run.task).await.unwrap();
    assert_eq!(run.health().state(), State::Absent);
    assert_eq!(run.index.read().told.last().map(String::as_str), Some("forget"));
}

#[tokio::test(start_paused = true)]
async fn a_frame_too_large_is_counted_and_listed_past() {
    let run = Driven::over(Server::new(|nth, _| match nth {
        0 => open(&[added("a", 1), bookmark(1, true), u32::MAX.to_be_bytes().to_vec()]),
        _ => open(&[added("b", 9), bookmark(9, true)]),
    }));
    run.until_holding(&["b"]).await;
    assert_eq!(run.errors(Reason::Decode), 1);
}

#[tokio::test(start_paused = true)]
async fn a_re_list_that_never_succeeds_ends_in_knowing_nothing() {
    let run = Driven::over(Server::new(|nth, asked| {
        if nth == 0 {
            open(&[added("a", 1), bookmark(1, true), error(410, "Expired")])
        } else if asked.streaming() {
            ending(&[added("a", 2)], seconds(30))
        } else if asked.query.contains("continue") {
            refused(500, "InternalError")
        } else {
            page(7, "more", &["a"])
        }
    }));
    run.until(|run| run.health().state() == State::Stale).await;
    assert!(run.index.read().holds(&[]));
}
