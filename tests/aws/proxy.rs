//! The proxy of the environment.

use crate::{
    probe::{PATIENCE, Probe, REGION},
    stub::{self, Stub},
};

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
