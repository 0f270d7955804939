//! What a client makes of an answer that is none: the same table for both services.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::response::Response;
use eksporter::aws::{AwsApi, AwsError, ErrorKind, Filter, Settings};
use serde_json::json;

use crate::{
    client::{apart, client, impatient},
    stub::{Stub, answer, broken, endless, json as eks_answer, missing, refused, refused_xml, xml},
};

const HTML: &str = "<html><head><title>Not Found</title></head><body>Not Found</body></html>";

/// `DescribeAddon` answered so.
async fn eks(response: fn() -> Response) -> AwsError {
    let stub = Stub::start(move |_| response()).await;
    let (client, attempts) = client(&stub.url, apart(impatient())).await;
    let error = client.describe_addon("blue", "vpc-cni").await.expect_err("no answer");
    assert_eq!(attempts.told(), [format!("eks DescribeAddon {}", error.kind.label())]);
    error
}

/// `DescribeSubnets` answered so.
async fn ec2(response: fn() -> Response) -> AwsError {
    let stub = Stub::start(move |_| response()).await;
    let (client, attempts) = client(&stub.url, apart(impatient())).await;
    let error = client.describe_subnets(&[Filter::subnets(["subnet-1"])]).await.expect_err("no answer");
    assert_eq!(attempts.told(), [format!("ec2 DescribeSubnets {}", error.kind.label())]);
    error
}

#[tokio::test]
async fn codes_of_eks_have_their_class() {
    let cases: [(fn() -> Response, ErrorKind); 5] = [
        (|| refused(403, "AccessDeniedException"), ErrorKind::Denied),
        (|| refused(403, "ExpiredTokenException"), ErrorKind::Denied),
        (|| refused(429, "ThrottlingException"), ErrorKind::Throttled),
        (|| refused(500, "ServerException"), ErrorKind::Server),
        (|| refused(400, "InvalidParameterException"), ErrorKind::Other),
    ];
    for (response, kind) in cases {
        let error = eks(response).await;
        assert_eq!(error.kind, kind, "{error}");
        let code = error.code.expect("a code");
        assert_eq!(error.text, format!("{code} it is"));
    }
    let missing = eks(|| missing(Some("vpc-cni"))).await;
    assert_eq!(missing.to_string(), "not_found: ResourceNotFoundException: No addon: vpc-cni found in cluster: blue");
}

#[tokio::test]
async fn codes_of_ec2_have_their_class() {
    let cases: [(fn() -> Response, ErrorKind); 8] = [
        (|| refused_xml(400, "InvalidSubnetID.NotFound"), ErrorKind::NotFound),
        (|| refused_xml(403, "UnauthorizedOperation"), ErrorKind::Denied),
        (|| refused_xml(401, "AuthFailure"), ErrorKind::Denied),
        (|| refused_xml(400, "RequestExpired"), ErrorKind::Denied),
        (|| refused_xml(503, "RequestLimitExceeded"), ErrorKind::Throttled),
        (|| refused_xml(503, "EC2ThrottledException"), ErrorKind::Throttled),
        (|| refused_xml(500, "InternalError"), ErrorKind::Server),
        (|| refused_xml(400, "InvalidParameterValue"), ErrorKind::Other),
    ];
    for (response, kind) in cases {
        let error = ec2(response).await;
        assert_eq!(error.kind, kind, "{error}");
        let code = error.code.expect("a code");
        assert_eq!(error.text, format!("{code} it is"));
    }
}

#[tokio::test]
async fn a_bare_404_does_not_say_that_eks_does_not_manage_the_add_on() {
    let error = eks(|| answer(404, "text/html", HTML.to_owned())).await;
    assert_eq!((error.kind, &error.code), (ErrorKind::Unreadable, &None), "{error}");
    assert!(!error.is_not_found());
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_unreadable_and_never_an_empty_list() {
    let eks_cases: [fn() -> Response; 3] = [
        || answer(200, "text/html", HTML.to_owned()),
        || answer(200, "application/json", "{}".to_owned()),
        || answer(403, "text/html", HTML.to_owned()),
    ];
    for response in eks_cases {
        let stub = Stub::start(move |_| response()).await;
        let (client, _) = client(&stub.url, impatient()).await;
        let error = client.list_nodegroups("blue").await.expect_err("no answer");
        assert_eq!(error.kind, ErrorKind::Unreadable, "{error}");
    }
    let ec2_cases: [fn() -> Response; 6] = [
        || xml(200, HTML),
        || xml(200, ""),
        || xml(200, "<DescribeSubnetsResponse></DescribeSubnetsResponse>"),
        || xml(200, "<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId>"),
        || xml(404, HTML),
        || xml(200, "{\"subnets\": []}"),
    ];
    for response in ec2_cases {
        let error = ec2(response).await;
        assert_eq!((error.kind, &error.code), (ErrorKind::Unreadable, &None), "{error}");
    }
}

#[tokio::test]
async fn an_answer_to_another_question_is_unreadable() {
    const OTHER: &str =
        "<GetSubnetCidrReservationsResponse><subnetIpv4CidrReservationSet/></GetSubnetCidrReservationsResponse>";
    let stub = Stub::start(|_| xml(200, OTHER)).await;
    let (client, _) = client(&stub.url, impatient()).await;
    let error = client.describe_subnets(&[Filter::vpc("vpc-1")]).await.expect_err("no answer");
    assert_eq!(error.kind, ErrorKind::Unreadable, "{error}");
}

#[tokio::test]
async fn a_body_that_does_not_end_times_out() {
    let (of_eks, of_ec2) = tokio::join!(eks(|| endless("application/json")), ec2(|| endless("text/xml")));
    assert_eq!((of_eks.kind, of_ec2.kind), (ErrorKind::TimedOut, ErrorKind::TimedOut), "{of_eks} {of_ec2}");
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_matter_of_transport() {
    let (of_eks, of_ec2) = tokio::join!(eks(|| broken("application/json")), ec2(|| broken("text/xml")));
    assert_eq!((of_eks.kind, of_ec2.kind), (ErrorKind::Transport, ErrorKind::Transport), "{of_eks} {of_ec2}");
}

#[tokio::test]
async fn nobody_listening_is_a_matter_of_transport() {
    let (client, attempts) = client("http://127.0.0.1:1", impatient()).await;
    let of_eks = client.list_clusters().await.expect_err("no answer");
    let of_ec2 = client.describe_subnets(&[Filter::vpc("vpc-1")]).await.expect_err("no answer");
    assert_eq!((of_eks.kind, of_ec2.kind), (ErrorKind::Transport, ErrorKind::Transport), "{of_eks} {of_ec2}");
    assert_eq!(attempts.told(), ["eks ListClusters transport", "ec2 DescribeSubnets transport"]);
}

#[tokio::test]
async fn an_address_that_is_none_is_an_error_of_the_call() {
    let (client, attempts) = client("not an address", impatient()).await;
    let of_eks = client.list_clusters().await.expect_err("no address");
    let of_ec2 = client.describe_subnets(&[Filter::vpc("vpc-1")]).await.expect_err("no address");
    assert_eq!((of_eks.kind, of_ec2.kind), (ErrorKind::Other, ErrorKind::Other), "{of_eks} {of_ec2}");
    assert_eq!(attempts.told(), ["eks ListClusters other", "ec2 DescribeSubnets other"]);
}

#[tokio::test]
async fn a_text_of_aws_is_one_short_line() {
    let error = ec2(|| {
        let message = "no\n right \u{7f} ".repeat(200);
        xml(
            403,
            &format!(
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>{message}</Message></Error></Errors></Response>"
            ),
        )
    })
    .await;
    assert!(error.text.chars().count() <= 500 && error.text.starts_with("no right no right"), "{error}");
    assert!(!error.text.contains(char::is_control), "{error}");
}

/// The pause is the SDK's, and only `adaptive` retries make one before the first attempt of another call.
#[tokio::test]
async fn after_aws_throttled_other_calls_are_slowed_down_too_with_the_settings_of_the_program() {
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let kept = times.clone();
    let stub = Stub::start(move |_| {
        let mut kept = kept.lock().expect("the lock");
        kept.push(Instant::now());
        if kept.len() == 1 { refused(429, "ThrottlingException") } else { eks_answer(200, &json!({"clusters": []})) }
    })
    .await;
    let Settings { region, .. } = apart(impatient());
    let (client, attempts) = client(&stub.url, Settings { region, ..Settings::default() }).await;
    for _ in 0..4 {
        client.list_clusters().await.expect("an answer");
    }
    assert_eq!(attempts.told()[..2], ["eks ListClusters throttled", "eks ListClusters ok"]);
    assert_eq!(attempts.told().len(), 5);
    let times = times.lock().expect("the lock");
    let slowed = times[4] - times[1];
    assert!(slowed > Duration::from_secs(1), "three calls took {slowed:?} after one was throttled");
}
