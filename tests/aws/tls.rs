//! Whom the clients trust.

use std::fs;

use crate::{
    probe::{Probe, REGION},
    support::control_plane::{ControlPlane, Options},
};

/// An API server stands in for AWS: it speaks TLS, with a certificate that no system knows.
#[tokio::test]
async fn servers_are_trusted_by_the_certificates_of_the_system() {
    let server = ControlPlane::start(Options::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let trusted = folder.path().join("ca.pem");
    fs::write(&trusted, &server.ca_pem).expect("written");
    let environment = [
        REGION,
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("SSL_CERT_FILE", trusted.to_str().expect("text")),
    ];
    for service in ["eks", "ec2"] {
        let with = Probe::start(&environment).ask(service).await;
        assert!(with.starts_with("unreadable: HTTP status 403"), "{with}");
        let without = Probe::start(&environment[..4]).ask(service).await;
        assert!(without.starts_with("transport: ") && without.contains("certificate"), "{without}");
    }
}
