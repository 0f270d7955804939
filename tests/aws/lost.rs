//! What is said where credentials do not come.

use std::{fs, net::TcpListener, path::Path};

use serde_json::json;

use crate::{
    probe::{PATIENCE, Probe, REGION},
    stub::{self, Stub},
    support::program::{command, kubeconfig},
};

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
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().expect("text")),
            ("AWS_ENDPOINT_URL_STS", from),
        ],
        Way::PodIdentity => {
            vec![
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &full),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.to_str().expect("text")),
            ]
        }
    };
    let aws = Stub::start(|_| stub::json(200, &json!({}))).await;
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

#[tokio::test]
async fn check_says_it_before_its_time_is_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let from = format!("http://{}", silent.local_addr().expect("an address"));
    let token = tempfile::NamedTempFile::new().expect("a file");
    fs::write(token.path(), "TOKEN").expect("written");
    let nowhere = kubeconfig("http://127.0.0.1:1");
    let environment = [
        REGION,
        ("KUBECONFIG", nowhere.path().to_str().expect("text")),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/eksporter"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.path().to_str().expect("text")),
        ("AWS_ENDPOINT_URL_STS", from.as_str()),
    ];
    let arguments = ["check", "--timeout=8s", "--cluster-name=blue", "--aws-skip-issuer-check"];
    let output = command(&arguments, &environment).output().expect("it runs");
    let found = String::from_utf8(output.stdout).expect("text");
    assert!(found.contains("not asked") && found.contains("credentials not fetched in time"), "{found}");
}
