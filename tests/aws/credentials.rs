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
    probe::{Probe, REGION},
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
