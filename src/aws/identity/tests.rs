use super::*;
use crate::{aws::facts::Cluster, demo::aws::State, testing::aws::*};

const OTHER: &str = "https://oidc.eks.eu-west-1.amazonaws.com/id/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

fn clusters(clusters: Vec<Cluster>) -> std::sync::Arc<FaultyAws> {
    FaultyAws::new(State { clusters, ..account() })
}

fn known<'a>(name: impl Into<Option<&'a str>>, issuer: impl Into<Option<&'a str>>) -> Known<'a> {
    Known { name: name.into(), issuer: issuer.into(), skip_issuer_check: false }
}

async fn found(aws: &FaultyAws, known: Known<'_>) -> Result<String, Unidentified> {
    identify(aws, "eu-west-1", known).await
}

fn other(name: &str) -> Cluster {
    Cluster { oidc_issuer: Some(OTHER.to_owned()), ..cluster(name) }
}

#[tokio::test]
async fn the_cluster_is_found_by_its_issuer_among_others() {
    let aws = clusters(vec![other("test"), cluster("prod"), Cluster { oidc_issuer: None, ..cluster("new") }]);
    assert_eq!(found(&aws, known(None, ISSUER)).await, Ok("prod".to_owned()));
    let newer = ISSUER.replace("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws");
    assert_eq!(found(&aws, known(None, newer.as_str())).await, Ok("prod".to_owned()), "the id is the same");
}

#[tokio::test]
async fn the_search_ends_with_the_cluster_or_with_what_would_fail_for_every_other_one_too() {
    let others = (0..200).map(|number| other(&format!("other-{number}")));
    let aws = clusters(std::iter::once(cluster("prod")).chain(others).collect());
    assert_eq!(found(&aws, known(None, ISSUER)).await, Ok("prod".to_owned()));
    let calls = |aws: &FaultyAws| aws.calls.lock()["DescribeCluster"];
    assert!(calls(&aws) <= 8, "{} of 201", calls(&aws));
    aws.fail("DescribeCluster", Fault::Throttled);
    let before = calls(&aws);
    assert!(found(&aws, known(None, ISSUER)).await.is_err());
    assert!(calls(&aws) - before <= 8, "{} of 201", calls(&aws) - before);
}

#[tokio::test]
async fn a_cluster_that_may_not_be_described_hides_no_other() {
    let aws = clusters(vec![other("test"), cluster("prod")]);
    aws.fail_about("DescribeCluster", "test", Fault::Denied);
    assert_eq!(found(&aws, known(None, ISSUER)).await, Ok("prod".to_owned()));
    aws.fail_about("DescribeCluster", "prod", Fault::Denied);
    let error = found(&aws, known(None, ISSUER)).await.unwrap_err();
    assert!(matches!(&error, Unidentified::Aws { error, .. } if error.kind == ErrorKind::Denied), "{error}");
}

#[tokio::test]
async fn the_name_of_another_cluster_is_refused_unless_the_check_is_off() {
    let aws = clusters(vec![other("test"), cluster("prod")]);
    assert_eq!(found(&aws, known("prod", ISSUER)).await, Ok("prod".to_owned()));
    let refused = found(&aws, known("test", ISSUER)).await.unwrap_err();
    assert!(!refused.may_pass());
    let text = refused.to_string();
    assert!(text.contains("test") && text.contains(OTHER) && !text.contains("--aws-skip-issuer-check"), "{text}");
    let believed = Known { skip_issuer_check: true, ..known("test", ISSUER) };
    assert_eq!(found(&aws, believed).await, Ok("test".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_proved_is_not_believed() {
    let aws = clusters(vec![cluster("prod")]);
    assert_eq!(found(&aws, known("prod", None)).await, Err(Unidentified::Unproved("prod".to_owned())));
    assert_eq!(found(&aws, known(None, None)).await, Err(Unidentified::NoName));
    let elsewhere = found(&aws, known(None, OTHER)).await;
    assert_eq!(elsewhere, Err(Unidentified::NotFound { clusters: 1, region: "eu-west-1".to_owned() }));
    let kubeadm = clusters(vec![Cluster { oidc_issuer: None, ..cluster("prod") }]);
    assert!(found(&kubeadm, known("prod", "")).await.is_err(), "no issuer is not the same issuer");
    let creating = found(&kubeadm, known("prod", ISSUER)).await.unwrap_err();
    assert_eq!(creating, Unidentified::WithoutIssuer("prod".to_owned()));
    assert!(creating.may_pass(), "EKS says it once the cluster is made");
    let nameless = found(&kubeadm, known(None, None)).await.unwrap_err();
    let nowhere = found(&kubeadm, known(None, ISSUER)).await.unwrap_err();
    for unknown in [creating, nameless, nowhere] {
        assert!(unknown.to_string().contains("--aws-skip-issuer-check"), "the way out: {unknown}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_help_is_said_whatever_fails() {
    for fault in Fault::ALL {
        let aws = clusters(vec![cluster("prod")]);
        aws.fail("ListClusters", fault);
        let text = found(&aws, known(None, ISSUER)).await.unwrap_err().to_string();
        assert!(text.contains("eks:ListClusters") && text.contains("--cluster-name"), "{text}");
        aws.fail("DescribeCluster", fault);
        let error = found(&aws, known("prod", ISSUER)).await.unwrap_err();
        assert!(error.may_pass() && error.to_string().contains("eks:DescribeCluster"), "{error}");
    }
}
