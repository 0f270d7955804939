//! Credentials as pods get them, and what is said where there are none.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    probe::{PATIENCE, Probe, REGION},
    stub::{self, Asked, Stub, xml},
    support::moto::Moto,
};

/// EKS and EC2 without any cluster or subnet.
fn nothing(asked: &Asked) -> Response {
    if asked.path.starts_with("/clusters") {
        return stub::json(200, &json!({"clusters": []}));
    }
    xml(200, "<DescribeSubnetsResponse><subnetSet/></DescribeSubnetsResponse>")
}

/// So soon that the next request fetches new ones.
fn soon() -> Timestamp {
    Timestamp::now() + Duration::from_secs(2)
}

/// Whose key a request was signed with.
fn signed_by(asked: &Asked) -> String {
    let (_, rest) = asked.header("authorization").split_once("Credential=").expect("a signature");
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The last request was signed with the key that goes with this token.
fn assert_signed_for(aws: &Stub, token: &str) {
    let asked = aws.asked();
    let last = asked.last().expect("a request");
    assert_eq!(signed_by(last), format!("AKIDOF{token}"));
    assert_eq!(last.header("x-amz-security-token"), format!("session-{token}"));
}

fn path(file: &Path) -> &str {
    file.to_str().expect("text")
}

#[tokio::test]
async fn pod_identity_reads_the_token_anew_when_credentials_expire() {
    let agent = Stub::start(|asked| {
        let token = asked.header("authorization");
        stub::json(
            200,
            &json!({"AccessKeyId": format!("AKIDOF{token}"), "SecretAccessKey": "secret",
                    "Token": format!("session-{token}"), "Expiration": soon().to_string()}),
        )
    })
    .await;
    let aws = Stub::start(nothing).await;
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("eks-pod-identity-token");
    fs::write(&token, "ONE").expect("written");
    let mut probe = Probe::start(&[
        REGION,
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/v1/credentials", agent.url)),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path(&token)),
        ("AWS_ENDPOINT_URL_EKS", &aws.url),
        ("AWS_ENDPOINT_URL_EC2", &aws.url),
    ]);
    assert_eq!(probe.ask("eks").await, "ok");
    assert_signed_for(&aws, "ONE");
    assert_eq!(agent.asked()[0].path, "/v1/credentials");

    fs::write(&token, "TWO").expect("written");
    for service in ["eks", "ec2"] {
        assert_eq!(probe.ask(service).await, "ok");
        assert_signed_for(&aws, "TWO");
    }
}

#[tokio::test]
async fn a_role_for_service_accounts_reads_the_token_anew_when_credentials_expire() {
    let sts = Stub::start(|asked| {
        let token = ["ONE", "TWO"].into_iter().find(|token| asked.body.contains(&format!("WebIdentityToken={token}")));
        let token = token.unwrap_or("NONE");
        let until = soon();
        xml(
            200,
            &format!(
                "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                 <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIDOF{token}</AccessKeyId>\
                 <SecretAccessKey>secret</SecretAccessKey><SessionToken>session-{token}</SessionToken>\
                 <Expiration>{until}</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
                 </AssumeRoleWithWebIdentityResponse>"
            ),
        )
    })
    .await;
    let aws = Stub::start(nothing).await;
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    fs::write(&token, "ONE").expect("written");
    let mut probe = Probe::start(&[
        REGION,
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/eksporter"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", path(&token)),
        ("AWS_ENDPOINT_URL_STS", &sts.url),
        ("AWS_ENDPOINT_URL", &aws.url),
    ]);
    assert_eq!(probe.ask("ec2").await, "ok");
    assert_signed_for(&aws, "ONE");

    fs::write(&token, "TWO").expect("written");
    for service in ["ec2", "eks"] {
        assert_eq!(probe.ask(service).await, "ok");
        assert_signed_for(&aws, "TWO");
    }
}

#[tokio::test]
async fn a_role_for_service_accounts_works_with_the_sts_of_moto() {
    let moto = Moto::start();
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    fs::write(&token, "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl").expect("written");
    let mut probe = Probe::start(&[
        REGION,
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/eksporter"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", path(&token)),
        ("AWS_ENDPOINT_URL_STS", &moto.url()),
        ("AWS_ENDPOINT_URL_EKS", &moto.url()),
        ("AWS_ENDPOINT_URL_EC2", &moto.url()),
    ]);
    assert_eq!(probe.ask("eks").await, "ok");
    assert_eq!(probe.ask("ec2").await, "ok");
}

#[tokio::test]
async fn keys_and_addresses_of_a_profile_are_used() {
    let aws = Stub::start(nothing).await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    let url = &aws.url;
    fs::write(
        &config,
        format!(
            "[profile blue]\nregion = us-west-2\naws_access_key_id = AKIDOFBLUE\naws_secret_access_key = secret\n\
             services = local\n[services local]\nec2 =\n  endpoint_url = {url}\neks =\n  endpoint_url = {url}\n"
        ),
    )
    .expect("written");
    let mut probe = Probe::start(&[("AWS_CONFIG_FILE", path(&config)), ("AWS_PROFILE", "blue")]);
    for (service, scope) in [("ec2", "/us-west-2/ec2/aws4_request"), ("eks", "/us-west-2/eks/aws4_request")] {
        assert_eq!(probe.ask(service).await, "ok");
        let asked = aws.asked();
        let last = asked.last().expect("a request");
        assert_eq!(signed_by(last), "AKIDOFBLUE");
        assert!(last.header("authorization").contains(scope), "{}", last.header("authorization"));
    }
}

#[tokio::test]
async fn without_credentials_the_class_says_so_and_nothing_is_sent() {
    let aws = Stub::start(nothing).await;
    let mut probe = Probe::start(&[REGION, ("AWS_ENDPOINT_URL", &aws.url)]);
    for service in ["eks", "ec2"] {
        let went = probe.ask(service).await;
        let says = "no_credentials: the credential provider was not enabled: no credentials found in chain";
        assert!(went.starts_with(says), "{went}");
    }
    assert!(aws.asked().is_empty());
}

#[tokio::test]
async fn without_a_region_the_text_says_what_to_set() {
    for environment in [&[][..], &[("AWS_REGION", "")]] {
        let went = Probe::start(environment).says().await;
        assert!(went.contains("--aws-region"), "{went}");
    }
}

/// Pods whose node allows one hop: the request reaches the metadata service, the answer does not reach the pod.
#[tokio::test]
async fn instance_metadata_that_does_not_answer_costs_seconds_and_no_more() {
    let aws = Stub::start(nothing).await;
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let imds = format!("http://{}", silent.local_addr().expect("an address"));
    let metadata = [("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.as_str())];

    let started = Instant::now();
    let mut probe = Probe::start(&[REGION, metadata[0], metadata[1], ("AWS_ENDPOINT_URL", &aws.url)]);
    let went = probe.ask("eks").await;
    assert!(went.starts_with("no_credentials: "), "{went}");
    let went = Probe::start(&metadata).says().await;
    assert!(went.contains("--aws-region"), "{went}");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert!(aws.asked().is_empty());
    silent.set_nonblocking(true).expect("a socket");
    assert!(silent.accept().is_ok(), "it was not asked");
}

/// How a pod is told of its role.
#[derive(Clone, Copy, Debug)]
enum Way {
    Irsa,
    PodIdentity,
}

/// What is said when the cluster is looked for with a role that is given so, and whose credentials are to come from there;
/// and as what that is counted.
async fn said(way: Way, from: &str, token: &Path) -> (String, String) {
    let full = format!("{from}/v1/credentials");
    let role: Vec<(&str, &str)> = match way {
        Way::Irsa => vec![
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/eksporter"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", path(token)),
            ("AWS_ENDPOINT_URL_STS", from),
        ],
        Way::PodIdentity => {
            vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", &full), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path(token))]
        }
    };
    let aws = Stub::start(nothing).await;
    let environment = [vec![REGION, (PATIENCE, "3000"), ("AWS_ENDPOINT_URL_EKS", &aws.url)], role].concat();
    let said = Probe::start(&environment).ask_and_count("cluster").await;
    assert!(aws.asked().is_empty(), "{way:?}: EKS was asked without credentials");
    said
}

/// A private cluster without an endpoint for STS, or a node whose agent hangs.
#[tokio::test]
async fn credentials_that_do_not_come_are_blamed_on_whoever_gives_them_and_not_on_eks() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let from = format!("http://{}", silent.local_addr().expect("an address"));
    let token = tempfile::NamedTempFile::new().expect("a file");
    fs::write(token.path(), "TOKEN").expect("written");
    for way in [Way::Irsa, Way::PodIdentity] {
        let (went, counted) = said(way, &from, token.path()).await;
        assert!(went.contains("no_credentials: credentials not fetched in time (3s)"), "{way:?}: {went}");
        assert!(went.contains("STS") && went.contains("Pod Identity agent"), "{way:?}: {went}");
        assert!(!went.contains("give the service account a role"), "{way:?}: {went}");
        assert_eq!(counted, "eks DescribeCluster no_credentials", "{way:?}");
    }
}

#[tokio::test]
async fn a_role_that_is_there_is_not_asked_for_when_its_credentials_cannot_be_fetched() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    fs::write(&token, "TOKEN").expect("written");
    let missing = folder.path().join("missing");
    let gone = Stub::start(|_| stub::answer(404, "text/plain", "no such association".to_owned())).await;
    for (way, from, token) in [
        (Way::Irsa, "http://127.0.0.1:1", &token),
        (Way::Irsa, "http://sts.invalid", &token),
        (Way::Irsa, &gone.url, &missing),
        (Way::PodIdentity, "http://127.0.0.1:1", &token),
        (Way::PodIdentity, &gone.url, &token),
        (Way::PodIdentity, &gone.url, &missing),
    ] {
        let (went, counted) = said(way, from, token).await;
        assert!(went.starts_with("credentials for AWS"), "{way:?} {from}: {went}");
        assert!(!went.contains("give the service account a role"), "{way:?} {from}: {went}");
        assert_eq!(counted, "eks DescribeCluster no_credentials", "{way:?} {from}");
    }
}

#[tokio::test]
async fn a_role_is_asked_for_where_there_is_none() {
    let went = Probe::start(&[REGION]).ask("cluster").await;
    assert!(went.contains("give the service account a role"), "{went}");
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];

#[tokio::test]
async fn aws_is_asked_through_the_proxy_of_the_environment_but_for_hosts_that_are_exempt() {
    let proxy = Stub::start(|_| stub::answer(503, "text/plain", "no way out".to_owned())).await;
    let through = [("HTTPS_PROXY", proxy.url.as_str()), ("AWS_ENDPOINT_URL", "https://aws.invalid")];
    for service in ["eks", "ec2"] {
        let went = Probe::start(&[&[REGION], &KEYS[..], &through].concat()).ask(service).await;
        assert!(went.starts_with("transport: "), "{went}");
        let asked = proxy.asked();
        let last = asked.last().expect("the proxy was asked");
        assert_eq!((last.method.as_str(), last.path.as_str()), ("CONNECT", "aws.invalid:443"));
    }
    let before = proxy.asked().len();
    let exempt = [("NO_PROXY", "127.0.0.1,.invalid")];
    let went = Probe::start(&[&[REGION], &KEYS[..], &through, &exempt].concat()).ask("eks").await;
    assert!(went.starts_with("transport: "), "{went}");
    assert_eq!(proxy.asked().len(), before, "{:?}", proxy.asked());
}

#[tokio::test]
async fn the_agent_of_the_node_is_asked_without_the_proxy() {
    let proxy = Stub::start(|_| stub::answer(503, "text/plain", "no way out".to_owned())).await;
    let agent = "http://169.254.170.23/v1/credentials";
    let environment = [
        REGION,
        (PATIENCE, "1000"),
        ("HTTP_PROXY", proxy.url.as_str()),
        ("HTTPS_PROXY", proxy.url.as_str()),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "TOKEN"),
    ];
    let went = Probe::start(&environment).ask("eks").await;
    assert!(went.starts_with("no_credentials: "), "{went}");
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}
