//! What the layer owes kube's watcher, held against bytes as the API server writes them.

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use kube::{Client, client::Body};
use proptest::prelude::*;
use prost::Message;
use serde_json::{Value, json};
use tower::{Layer, ServiceExt};

use super::*;
use crate::{
    objects::{Event, Job, NodeClaim, Pod},
    watch::{
        health::{Reason, Received},
        testing::*,
    },
};

const WATCH: &str = "/api/v1/pods?watch=true";
const LIST: &str = "/api/v1/pods?limit=500";

/// The body that kube would read, and whether it ended in an error.
async fn through<K: Kind>(uri: &str, link: &Arc<Link>, answer: Answer) -> (Vec<u8>, Option<String>) {
    let answer = std::sync::Mutex::new(Some(answer));
    let server = Server::new(move |_, _| answer.lock().unwrap().take().unwrap());
    let service = TranslateLayer::<K>::new(Arc::clone(link)).layer(server.service());
    let request = Request::get(uri).body(Body::empty()).unwrap();
    let mut body = service.oneshot(request).await.unwrap().into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap()),
            Err(error) => return (bytes, Some(error.to_string())),
        }
    }
    (bytes, None)
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(test)
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(json_of).collect()
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn chunks(bytes: &[u8], cuts: &[usize]) -> Vec<Step> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| Step::Chunk(bytes[pair[0]..pair[1]].to_vec())).collect()
}

/// Every kind of body once, with its content type and request.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let frames = [added("a", 1), bookmark(2, true), broken("b"), deleted("a", 3), error(410, "Expired")].concat();
    let list =
        pod_list(7, "next", &[pod("a", 1).encode_to_vec(), broken_pod("b"), pod("c", 2).encode_to_vec(), Vec::new()]);
    let event = |what: &str, object: Value| format!("{}\n", json!({"type": what, "object": object}));
    let good = json!({"metadata": {"name": "a", "resourceVersion": "1", "managedFields": [{"x": 1}]}, "spec": {}});
    let bad = json!({"metadata": {"name": "b", "namespace": "shop", "resourceVersion": "1"}, "spec": "?"});
    let text = [
        event("ADDED", good.clone()),
        event("ADDED", bad.clone()),
        event("BOOKMARK", json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"resourceVersion": "9"}})),
        "garbage\n".to_owned(),
        event("DELETED", good.clone()),
    ]
    .concat();
    let page = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7", "continue": "next"},
        "items": [good, bad, {"metadata": {"name": "c"}}]});
    vec![
        (WATCH, PROTOBUF_WATCH, frames),
        (LIST, PROTOBUF, list),
        (WATCH, JSON, text.into_bytes()),
        (LIST, JSON, page.to_string().into_bytes()),
        (LIST, PROTOBUF, envelope("Pod", &pod("a", 1).encode_to_vec())),
    ]
}

#[test]
fn requests_ask_for_protobuf_first_and_only_for_metadata_where_that_is_enough() {
    fn asked<K: Kind>(watch: bool) -> String {
        accept::<K>(watch).to_str().unwrap().to_owned()
    }
    assert_eq!(asked::<Pod>(true), "application/vnd.kubernetes.protobuf;stream=watch,application/json");
    assert_eq!(asked::<Event>(false), "application/vnd.kubernetes.protobuf,application/json");
    assert_eq!(asked::<NodeClaim>(true), "application/json");
    let jobs = asked::<Job>(true);
    assert!(
        jobs.starts_with(
            "application/vnd.kubernetes.protobuf;stream=watch;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,\
             application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
        ),
        "{jobs}"
    );
    assert!(asked::<Job>(false).contains("as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"));
}

#[tokio::test]
async fn frames_become_lines_of_the_trimmed_object() {
    let link = link();
    let body = [added("web", 5), deleted("web", 6)].concat();
    let (bytes, fault) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    assert_eq!(fault, None);
    let lines = lines(&bytes);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["type"], "ADDED");
    assert_eq!(serde_json::from_value::<Pod>(lines[0]["object"].clone()).unwrap(), pod("web", 5));
    assert_eq!(lines[1]["type"], "DELETED");
}

#[tokio::test]
async fn the_bookmark_keeps_the_annotation_that_ends_the_initial_list() {
    let link = link();
    let body = [bookmark(8, true), bookmark(9, false)].concat();
    let (bytes, _) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    let expected = json!({"type": "BOOKMARK", "object": {"apiVersion": "v1", "kind": "Pod",
        "metadata": {"resourceVersion": "8", "annotations": {"k8s.io/initial-events-end": "true"}}}});
    assert_eq!(lines(&bytes)[0], expected);
    assert!(lines(&bytes)[1]["object"]["metadata"].get("annotations").is_none());
    assert_eq!(link.health().received(Received::Bookmark), 2);
}

#[tokio::test]
async fn an_error_event_becomes_a_status_with_code_and_reason() {
    let body = frame("ERROR", "Status", &status(410, "Expired", 7));
    let (bytes, _) = through::<Pod>(WATCH, &link(), answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    let expected = json!({"type": "ERROR", "object": {"status": "Failure", "message": "no, because",
        "reason": "Expired", "code": 410, "details": {"retryAfterSeconds": 7}}});
    assert_eq!(lines(&bytes), [expected]);
}

#[test]
fn a_protobuf_list_becomes_json_item_by_item() {
    run(async {
        let link = link();
        let list = bodies().swap_remove(1).2;
        let (bytes, fault) = through::<Pod>(LIST, &link, answer(200, PROTOBUF, vec![Step::Chunk(list)])).await;
        assert_eq!(fault, None);
        let list = json_of(&bytes);
        assert_eq!(list["kind"], "PodList");
        assert_eq!(list["apiVersion"], "v1");
        assert_eq!(list["metadata"], json!({"resourceVersion": "7", "continue": "next"}));
        let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|pod| &pod["metadata"]["name"]).collect();
        assert_eq!(names, ["a", "c"], "one that cannot be read and one without a name are left out");
        assert_eq!(link.health().errors(Reason::Decode), 2);
    });
}

#[tokio::test]
async fn the_first_item_leaves_before_the_last_one_has_arrived() {
    let body = pod_list(7, "", &[pod("a", 1).encode_to_vec(), pod("b", 1).encode_to_vec()]);
    let half = body.len() - 20;
    let server = Server::new(move |_, _| answer(200, PROTOBUF, vec![Step::Chunk(body[..half].to_vec()), Step::Hang]));
    let service = TranslateLayer::<Pod>::new(link()).layer(server.service());
    let answer = service.oneshot(Request::get(LIST).body(Body::empty()).unwrap()).await.unwrap();
    let first = answer.into_body().frame().await.unwrap().unwrap().into_data().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.contains(r#""name":"a""#) && !first.contains(r#""name":"b""#), "{first}");
}

#[tokio::test]
async fn an_empty_list_is_a_list() {
    for body in
        [pod_list(7, "", &[]), br#"{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":null}"#.to_vec()]
    {
        let kind = if body.starts_with(b"k8s") { PROTOBUF } else { JSON };
        let (bytes, _) = through::<Pod>(LIST, &link(), answer(200, kind, vec![Step::Chunk(body)])).await;
        assert_eq!(json_of(&bytes)["items"], json!([]));
        assert_eq!(json_of(&bytes)["metadata"]["resourceVersion"], "7");
    }
}

#[tokio::test]
async fn a_protobuf_list_that_ends_early_is_an_error_and_never_a_shorter_list() {
    let body = pod_list(7, "", &[pod("a", 1).encode_to_vec(), pod("b", 1).encode_to_vec()]);
    let tail = 4; // content encoding and content type, both empty
    for cut in 0..body.len() - tail {
        let half = answer(200, PROTOBUF, vec![Step::Chunk(body[..cut].to_vec())]);
        let (_, fault) = through::<Pod>(LIST, &link(), half).await;
        assert!(fault.is_some(), "cut at {cut}");
    }
}

#[tokio::test]
async fn an_object_that_does_not_decode_is_skipped_and_counted_in_every_kind_of_body() {
    for (uri, kind, body) in bodies().into_iter().take(4) {
        let link = link();
        let (bytes, fault) = through::<Pod>(uri, &link, answer(200, kind, vec![Step::Chunk(body)])).await;
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(fault, None, "{uri} {kind}");
        assert!(text.contains(r#""name":"a""#), "{text}");
        assert!(!text.contains(r#""name":"b""#), "{text}");
        assert!(link.health().errors(Reason::Decode) > 0, "{uri} {kind}");
    }
}

#[tokio::test]
async fn only_the_name_of_an_unreadable_object_is_told() {
    let link = link();
    let secret = json!({"metadata": {"name": "b", "namespace": "shop"}, "spec": "hunter2"});
    let text = format!("{}\n", json!({"type": "ADDED", "object": secret})).into_bytes();
    through::<Pod>(WATCH, &link, answer(200, JSON, vec![Step::Chunk(text)])).await;
    assert_eq!(link.health().last_error().as_deref(), Some("shop/b cannot be read"));
}

#[tokio::test]
async fn an_event_without_a_resource_version_does_not_make_kube_list_again() {
    let link = link();
    let mut object = pod("a", 1);
    object.metadata.resource_version.clear();
    let body = frame("MODIFIED", "Pod", &object.encode_to_vec());
    let (bytes, _) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    assert!(bytes.is_empty());
    assert_eq!(link.health().errors(Reason::Decode), 1);
}

#[tokio::test]
async fn text_that_is_not_utf_8_costs_no_object() {
    let mut raw = pod("a", 9).encode_to_vec();
    raw.extend([0x1a, 3, 0x0a, 1, 0xff]); // the status' phase
    let link = link();
    let body = frame("MODIFIED", "Pod", &raw);
    let (bytes, _) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    assert_eq!(lines(&bytes)[0]["object"]["status"]["phase"], "?");
    assert_eq!(link.health().errors(Reason::Decode), 0);
}

#[tokio::test]
async fn an_unreadable_object_can_still_be_deleted() {
    let link = link();
    let mut raw = pod("a", 9).encode_to_vec();
    raw.extend([0x12, 0x7f, 1, 2]);
    let body = [frame("MODIFIED", "Pod", &raw), frame("DELETED", "Pod", &raw)].concat();
    let (bytes, _) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    let identity = json!({"name": "a", "namespace": "shop", "uid": "uid-of-a", "resourceVersion": "9"});
    assert_eq!(lines(&bytes), [json!({"type": "DELETED", "object": {"metadata": identity}})]);
    assert_eq!(link.health().errors(Reason::Decode), 2);

    let text = format!("{}\n", json!({"type": "DELETED", "object": {"metadata": identity, "spec": "?"}}));
    let (bytes, _) = through::<Pod>(WATCH, &link, answer(200, JSON, vec![Step::Chunk(text.into_bytes())])).await;
    assert_eq!(lines(&bytes), [json!({"type": "DELETED", "object": {"metadata": identity}})]);
}

#[tokio::test]
async fn managed_fields_and_the_like_do_not_reach_kube() {
    for (uri, kind, body) in bodies() {
        let (bytes, _) = through::<Pod>(uri, &link(), answer(200, kind, vec![Step::Chunk(body)])).await;
        assert!(!String::from_utf8(bytes).unwrap().contains("managedFields"), "{uri} {kind}");
    }
}

#[tokio::test]
async fn metadata_only_objects_and_lists_read_as_their_kind() {
    let mut job = Job::default();
    job.metadata.name = "nightly".to_owned();
    job.metadata.resource_version = "3".to_owned();
    let line = frame("ADDED", "PartialObjectMetadata", &job.encode_to_vec());
    let (bytes, _) = through::<Job>(WATCH, &link(), answer(200, PROTOBUF_WATCH, vec![Step::Chunk(line)])).await;
    assert_eq!(lines(&bytes)[0]["object"]["metadata"]["name"], "nightly");

    let raw =
        [&[0x0a, 0x03, 0x12, 0x01, b'7', 0x12][..], &[u8::try_from(job.encoded_len()).unwrap()], &job.encode_to_vec()];
    let list = envelope("PartialObjectMetadataList", &raw.concat());
    let (bytes, _) = through::<Job>(LIST, &link(), answer(200, PROTOBUF, vec![Step::Chunk(list)])).await;
    assert_eq!(json_of(&bytes)["kind"], "JobList");
    assert_eq!(json_of(&bytes)["items"][0]["metadata"]["name"], "nightly");
}

#[tokio::test]
async fn a_stream_cut_inside_a_frame_drops_the_half_and_counts_it() {
    let whole = added("a", 1);
    for cut in 1..added("b", 2).len() {
        let link = link();
        let body = [&whole[..], &added("b", 2)[..cut]].concat();
        let (bytes, fault) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
        assert_eq!((lines(&bytes).len(), fault), (1, None), "cut at {cut}");
        assert_eq!(link.health().errors(Reason::Transport), 1);
    }
}

#[tokio::test]
async fn a_stream_cut_inside_a_line_drops_the_half_and_counts_it() {
    let text = json!({"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "1"}}}).to_string();
    for cut in 1..text.len() {
        let link = link();
        let body = format!("{text}\n{}", &text[..cut]).into_bytes();
        let (bytes, fault) = through::<Pod>(WATCH, &link, answer(200, JSON, vec![Step::Chunk(body)])).await;
        assert_eq!((lines(&bytes).len(), fault), (1, None), "cut at {cut}");
        assert_eq!(link.health().errors(Reason::Transport), 1);
    }
    let link = link();
    let (bytes, _) = through::<Pod>(WATCH, &link, answer(200, JSON, vec![Step::Chunk(text.into_bytes())])).await;
    assert_eq!(lines(&bytes).len(), 1, "a last line that only lacks its end is whole");
    assert_eq!(link.health().errors(Reason::Transport), 0);
}

#[tokio::test]
async fn a_connection_that_breaks_ends_a_watch_quietly_and_a_list_with_an_error() {
    let link = link();
    let steps = vec![Step::Chunk(added("a", 1)), Step::Break];
    let (bytes, fault) = through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, steps)).await;
    assert_eq!((lines(&bytes).len(), fault), (1, None));
    assert_eq!(link.health().errors(Reason::Transport), 1);
    let steps = vec![Step::Chunk(pod_list(7, "", &[])), Step::Break];
    let (_, fault) = through::<Pod>(LIST, &link, answer(200, PROTOBUF, steps)).await;
    assert_eq!(fault.as_deref(), Some("connection reset"));
}

#[tokio::test]
async fn a_frame_that_says_it_is_huge_ends_the_stream_before_anything_is_allocated() {
    let body = [added("a", 1), u32::MAX.to_be_bytes().to_vec(), vec![0; 64]].concat();
    let (bytes, fault) = through::<Pod>(WATCH, &link(), answer(200, PROTOBUF_WATCH, vec![Step::Chunk(body)])).await;
    assert_eq!(lines(&bytes).len(), 1);
    assert_eq!(fault.as_deref(), Some("the API server sent an object of 4294967295 bytes"));
}

#[tokio::test]
async fn a_line_without_end_ends_the_stream() {
    let steps = vec![Step::Chunk(vec![b'x'; 6 << 20]); 4];
    let (_, fault) = through::<Pod>(WATCH, &link(), answer(200, JSON, steps)).await;
    assert!(fault.is_some_and(|fault| fault.contains("an object of")));
}

#[tokio::test]
async fn garbage_lines_are_left_to_kube() {
    let steps = vec![Step::Chunk(b"<html>\n\n{\"type\":\"ODD\",\"object\":{}}\n".to_vec())];
    let (bytes, fault) = through::<Pod>(WATCH, &link(), answer(200, JSON, steps)).await;
    assert_eq!(fault, None);
    assert_eq!(bytes, b"<html>\n{\"type\":\"ODD\",\"object\":{}}\n");
}

#[tokio::test]
async fn what_is_no_list_is_left_to_kube() {
    for text in ["{}", "[]", "<html>", r#"{"kind":"PodList","items":[{]}"#, r#"{"kind":"Status","code":1}"#] {
        let steps = vec![Step::Chunk(text.into())];
        let (bytes, _) = through::<Pod>(LIST, &link(), answer(200, JSON, steps)).await;
        assert_eq!(bytes, text.as_bytes());
    }
    let (bytes, _) = through::<Pod>(LIST, &link(), answer(200, "text/html", vec![Step::Chunk(b"hi".into())])).await;
    assert_eq!(bytes, b"hi");
}

/// What kube makes of an answer that is no success.
async fn refusal(link: &Arc<Link>, answer: Answer) -> kube::core::Status {
    let answer = std::sync::Mutex::new(Some(answer));
    let server = Server::new(move |_, _| answer.lock().unwrap().take().unwrap());
    let client = Client::new(TranslateLayer::<Pod>::new(Arc::clone(link)).layer(server.service()), "default");
    match client.request_text(Request::get(LIST).body(Vec::new()).unwrap()).await {
        Err(kube::Error::Api(status)) => *status,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn kube_understands_every_refusal_in_protobuf() {
    for (code, reason) in [(403, "Forbidden"), (410, "Expired"), (422, "Invalid"), (500, "InternalError")] {
        let status = refusal(&link(), refused(code, reason)).await;
        assert_eq!((status.code, status.reason.as_str(), status.message.as_str()), (code, reason, "no, because"));
    }
}

#[tokio::test]
async fn the_patience_asked_for_is_kept_from_header_and_status() {
    let link = link();
    let body = envelope("Status", &status(429, "TooManyRequests", 9));
    let status = refusal(&link, answer(429, PROTOBUF, vec![Step::Chunk(body)])).await;
    assert_eq!(status.details.map(|details| details.retry_after_seconds), Some(9));
    assert_eq!(link.take_retry_after(), Some(Duration::from_secs(9)));

    let mut text = answer(429, "text/plain", vec![Step::Chunk(b"Too many requests, please try again later.\n".into())]);
    text.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("4"));
    let status = refusal(&link, text).await;
    assert_eq!((status.code, status.message.as_str()), (429, "Too many requests, please try again later."));
    assert_eq!(link.take_retry_after(), Some(Duration::from_secs(4)));
    assert_eq!(link.take_retry_after(), None);
}

#[tokio::test]
async fn an_endless_retry_after_is_cut() {
    let link = link();
    let mut busy = refused(503, "ServiceUnavailable");
    busy.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("99999999"));
    refusal(&link, busy).await;
    assert_eq!(link.take_retry_after(), Some(Duration::from_mins(2)));
}

#[tokio::test]
async fn a_refusal_that_is_no_status_still_has_its_code() {
    let answers = [
        answer(403, "text/html", vec![Step::Chunk(b"<h1>\xff\xfe</h1>".into())]),
        answer(403, JSON, vec![Step::Chunk(br#"{"message":"Forbidden"}"#.into())]),
        answer(403, JSON, vec![Step::Chunk(br#"{"code":-1,"status":403}"#.into())]),
        answer(403, PROTOBUF, vec![Step::Chunk(b"k8s\0\xff\xff".into())]),
        answer(403, PROTOBUF, vec![]),
    ];
    for answer in answers {
        assert_eq!(refusal(&link(), answer).await.code, 403);
    }
}

#[tokio::test]
async fn a_rewritten_body_has_no_content_length() {
    let server = Server::new(|_, _| {
        let mut answer = page(7, "", &["a"]);
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("5"));
        answer
    });
    let service = TranslateLayer::<Pod>::new(link()).layer(server.service());
    let answer = service.oneshot(Request::get(LIST).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers().get(CONTENT_LENGTH), None);
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_sends_no_headers_is_given_up() {
    let service = TranslateLayer::<Pod>::new(link())
        .layer(tower::service_fn(|_| std::future::pending::<Result<Answer, BoxError>>()));
    let error = service.oneshot(Request::get(LIST).body(Body::empty()).unwrap()).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 60 s");
}

#[tokio::test]
async fn a_refusal_is_no_sign_of_life() {
    let link = link();
    refusal(&link, refused(500, "InternalError")).await;
    assert_eq!(link.health().last_activity(), None);
    through::<Pod>(WATCH, &link, answer(200, PROTOBUF_WATCH, vec![])).await;
    assert!(link.health().last_activity().is_some());
}

#[test]
fn every_cut_gives_the_same_output() {
    run(async {
        for (uri, kind, body) in bodies() {
            let (expected, fault) = through::<Pod>(uri, &link(), answer(200, kind, chunks(&body, &[]))).await;
            assert_eq!(fault, None);
            for cut in 0..body.len() {
                let (bytes, _) = through::<Pod>(uri, &link(), answer(200, kind, chunks(&body, &[cut]))).await;
                assert_eq!(bytes, expected, "{uri} {kind} cut at {cut}");
            }
            let bytewise: Vec<usize> = (0..body.len()).collect();
            let (bytes, _) = through::<Pod>(uri, &link(), answer(200, kind, chunks(&body, &bytewise))).await;
            assert_eq!(bytes, expected, "{uri} {kind} byte by byte");
        }
    });
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_output(which in 0usize..5, cuts in prop::collection::vec(any::<usize>(), 0..12)) {
        let (uri, kind, body) = bodies().swap_remove(which);
        let (whole, parts) = run(async {
            let whole = through::<Pod>(uri, &link(), answer(200, kind, chunks(&body, &[]))).await;
            (whole, through::<Pod>(uri, &link(), answer(200, kind, chunks(&body, &cuts))).await)
        });
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn no_bytes_make_it_panic(
        code in prop_oneof![Just(200u16), Just(403)],
        watch: bool,
        protobuf: bool,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (uri, kind) = (if watch { WATCH } else { LIST }, if protobuf { PROTOBUF } else { JSON });
        run(through::<Pod>(uri, &link(), answer(code, kind, vec![Step::Chunk(bytes)])));
    }

    #[test]
    fn no_damage_makes_it_panic(which in 0usize..5, at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
        let (uri, kind, mut body) = bodies().swap_remove(which);
        let at = at.index(body.len());
        body[at] = byte;
        let cut = cut.index(body.len());
        run(through::<Pod>(uri, &link(), answer(200, kind, chunks(&body, &[cut]))));
    }
}

#[test]
fn bytes_are_not_needed_for_longer_than_a_frame() {
    // A frame that arrives in pieces is gathered once, and what is behind it does not pile up.
    let mut frames = frames::Frames::<Pod>::new(Emit::new(run(async { link() })));
    let mut out = Vec::new();
    for _ in 0..10_000 {
        frames.feed(&Bytes::from(added("a", 1)), &mut out).unwrap();
        assert!(!out.is_empty());
        out.clear();
    }
    assert!(frames.capacity() < 64 << 10);
}
