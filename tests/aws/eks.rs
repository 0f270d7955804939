//! EKS: against moto for what it has, against a stub with the service's paths and shapes for the rest.

use axum::response::Response;
use eksporter::aws::{
    AwsApi,
    facts::{
        Addon, AddonStatus, CapacityType, ClusterStatus, InsightCategory, InsightStatus, IpFamily, IssueCode,
        NodegroupStatus, SupportType, VersionStatus,
    },
};
use serde_json::{Value, json};

use crate::{
    client::{client, impatient, patient},
    stub::{self, Asked, Stub, refused},
    support::moto::Moto,
};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

#[tokio::test]
async fn clusters_node_groups_and_fargate_profiles_of_moto_are_read() {
    let moto = Moto::start();
    moto.eks(
        "/clusters",
        &json!({"name": "blue", "roleArn": ROLE, "version": "1.35", "resourcesVpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}}),
    );
    moto.eks(
        "/clusters/blue/node-groups",
        &json!({"nodegroupName": "workers", "nodeRole": ROLE, "subnets": ["subnet-1"], "version": "1.35",
                "releaseVersion": "1.35.6-20260714", "capacityType": "SPOT"}),
    );
    moto.eks(
        "/clusters/blue/fargate-profiles",
        &json!({"fargateProfileName": "batch", "podExecutionRoleArn": ROLE, "subnets": ["subnet-2"],
                "selectors": [{"namespace": "batch"}]}),
    );
    let (client, attempts) = client(&moto.url(), patient()).await;

    assert_eq!(client.list_clusters().await, Ok(vec!["blue".to_owned()]));
    let cluster = client.describe_cluster("blue").await.expect("an answer");
    assert_eq!(
        (cluster.name.as_str(), cluster.version.as_str(), cluster.status),
        ("blue", "1.35", ClusterStatus::Active)
    );
    assert_eq!(cluster.platform_version.as_deref(), Some("eks.4"));
    assert_eq!(cluster.subnet_ids, ["subnet-1", "subnet-2"]);
    assert!(cluster.oidc_issuer.expect("an issuer").starts_with("https://oidc.eks.eu-central-1.amazonaws.com/id/"));
    assert_eq!((cluster.support_type, cluster.issues.len(), cluster.auto_mode), (None, 0, false));

    assert_eq!(client.list_nodegroups("blue").await, Ok(vec!["workers".to_owned()]));
    let nodegroup = client.describe_nodegroup("blue", "workers").await.expect("an answer");
    assert_eq!(nodegroup.release_version.as_deref(), Some("1.35.6-20260714"));
    assert_eq!((nodegroup.status, nodegroup.capacity_type), (NodegroupStatus::Active, Some(CapacityType::Spot)));
    assert_eq!(nodegroup.subnet_ids, ["subnet-1"]);

    assert_eq!(client.list_fargate_profiles("blue").await, Ok(vec!["batch".to_owned()]));
    let profile = client.describe_fargate_profile("blue", "batch").await.expect("an answer");
    assert_eq!((profile.name.as_str(), profile.subnet_ids), ("batch", vec!["subnet-2".to_owned()]));

    let error = client.describe_cluster("green").await.expect_err("no such cluster");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(attempts.told().last().map(String::as_str), Some("eks DescribeCluster not_found"));
    // moto has no add-ons: its answer is a page in HTML with status 404.
    let error = client.describe_addon("blue", "vpc-cni").await.expect_err("no such API");
    assert!(!error.is_not_found(), "{error}");
}

/// The service: what it answers on which path. A list goes on while `nextToken` says so.
fn eks(asked: &Asked) -> Response {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let second = query.contains("nextToken=more") || asked.body.contains("\"nextToken\":\"more\"");
    let body = match (asked.method.as_str(), path) {
        ("GET", "/clusters/blue") => cluster(),
        ("GET", "/clusters/blue/addons") if second => json!({"addons": ["coredns"]}),
        ("GET", "/clusters/blue/addons") => json!({"addons": ["vpc-cni"], "nextToken": "more"}),
        ("GET", "/clusters/blue/addons/vpc-cni") => addon(),
        ("GET", "/clusters/blue/addons/kube-proxy") => return stub::missing(Some("kube-proxy")),
        ("GET", "/clusters/green/addons/kube-proxy") => return stub::missing(None),
        ("GET", "/clusters/blue/node-groups/workers") => nodegroup(),
        ("GET", "/addons/supported-versions") => addon_versions(second),
        ("GET", "/cluster-versions") => cluster_versions(second),
        ("POST", "/clusters/blue/insights") => insights(second),
        _ => return refused(400, "BadRequestException"),
    };
    stub::json(200, &body)
}

fn cluster() -> Value {
    json!({"cluster": {
        "name": "blue", "arn": "arn:aws:eks:eu-central-1:111122223333:cluster/blue", "createdAt": 1_769_500_800.5,
        "version": "1.35", "platformVersion": "eks.12", "status": "ACTIVE", "newField": {"a": [1]},
        "resourcesVpcConfig": {"subnetIds": ["subnet-1"], "vpcId": "vpc-1", "endpointPublicAccess": true},
        "kubernetesNetworkConfig": {"ipFamily": "ipv6", "serviceIpv6Cidr": "fd00::/108"},
        "identity": {"oidc": {"issuer": "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"}},
        "upgradePolicy": {"supportType": "FOREVER"}, "computeConfig": {"enabled": true},
        "health": {"issues": [
            {"code": "Ec2SubnetNotFound", "message": "gone", "resourceIds": ["subnet-9"]},
            {"code": "MoonInTheWay", "message": "later"}
        ]}
    }})
}

fn addon() -> Value {
    json!({"addon": {
        "addonName": "vpc-cni", "clusterName": "blue", "status": "DEGRADED", "addonVersion": "v1.21.1-eksbuild.3",
        "configurationValues": "{\"secret\":\"hunter2\"}",
        "health": {"issues": [{"code": "InsufficientNumberOfReplicas", "message": "few", "resourceIds": []}]}
    }})
}

fn nodegroup() -> Value {
    json!({"nodegroup": {
        "nodegroupName": "workers", "clusterName": "blue", "status": "HIBERNATING", "subnets": ["subnet-1"],
        "amiType": "AL2031_RISCV_STANDARD", "capacityType": "LEASED",
        "health": {"issues": [{"code": "AsgInstanceLaunchFailures", "message": "no capacity", "resourceIds": ["asg"]}]}
    }})
}

fn addon_versions(second: bool) -> Value {
    let compatible = |cluster: &str, default: bool| json!({"clusterVersion": cluster, "platformVersions": ["*"], "defaultVersion": default});
    if second {
        json!({"addons": [{"addonName": "coredns", "type": "networking", "addonVersions": [
            {"addonVersion": "v1.14.3-eksbuild.3", "compatibilities": [compatible("1.35", false), compatible("1.36", true)]},
            {"addonVersion": "v1.13.2-eksbuild.11", "compatibilities": [compatible("1.35", true)]}
        ]}]})
    } else {
        json!({"nextToken": "more", "addons": [{"addonName": "kube-proxy", "addonVersions": [
            {"addonVersion": "v1.35.0-eksbuild.2", "compatibilities": [compatible("1.35", true)]}
        ]}]})
    }
}

fn cluster_versions(second: bool) -> Value {
    if second {
        json!({"clusterVersions": [{"clusterVersion": "1.29", "versionStatus": "UNSUPPORTED"}], "nextToken": null})
    } else {
        json!({"nextToken": "more", "clusterVersions": [{
            "clusterVersion": "1.35", "clusterType": "eks", "defaultVersion": true, "defaultPlatformVersion": "eks.12",
            "releaseDate": 1_769_472_000, "endOfStandardSupportDate": 1_806_105_600,
            "endOfExtendedSupportDate": 1.837_728e9, "versionStatus": "STANDARD_SUPPORT", "status": "standard-support"
        }]})
    }
}

fn insights(second: bool) -> Value {
    let insight = |id: &str, category: &str, status: &str| {
        json!({"id": id, "name": "Kubelet version skew", "category": category, "kubernetesVersion": "1.36",
               "lastRefreshTime": 1_769_500_800, "insightStatus": {"status": status, "reason": "because"}})
    };
    if second {
        json!({"insights": [insight("c", "ASTROLOGY", "RETROGRADE")]})
    } else {
        json!({"insights": [insight("a", "UPGRADE_READINESS", "ERROR"), insight("b", "MISCONFIGURATION", "UNKNOWN")], "nextToken": "more"})
    }
}

#[tokio::test]
async fn a_cluster_is_read_whole_and_words_that_nobody_knew_are_kept() {
    let stub = Stub::start(eks).await;
    let (client, _) = client(&stub.url, impatient()).await;
    let cluster = client.describe_cluster("blue").await.expect("an answer");
    assert_eq!(cluster.vpc_id.as_deref(), Some("vpc-1"));
    assert_eq!(cluster.ip_family, Some(IpFamily::Ipv6));
    assert_eq!(cluster.support_type, Some(SupportType::Other("FOREVER".to_owned())));
    assert!(cluster.auto_mode);
    assert_eq!(cluster.issues[0].code, IssueCode::Ec2SubnetNotFound);
    assert_eq!(cluster.issues[0].resource_ids, ["subnet-9"]);
    assert_eq!((cluster.issues[1].code.label(), cluster.issues[1].code.word()), ("other", "MoonInTheWay"));
    let asked = &stub.asked()[0];
    assert!(asked.header("authorization").contains("/eu-central-1/eks/aws4_request"));
    assert!(asked.header("x-amz-user-agent").contains("app/eksporter"));

    let nodegroup = client.describe_nodegroup("blue", "workers").await.expect("an answer");
    assert_eq!(nodegroup.status, NodegroupStatus::Other("HIBERNATING".to_owned()));
    assert_eq!(nodegroup.capacity_type, Some(CapacityType::Other("LEASED".to_owned())));
    assert_eq!(nodegroup.ami_type.as_deref(), Some("AL2031_RISCV_STANDARD"));
    assert_eq!((nodegroup.version, nodegroup.release_version), (None, None));
    assert_eq!(nodegroup.issues[0].code, IssueCode::AsgInstanceLaunchFailures);
}

#[tokio::test]
async fn only_the_code_says_that_eks_does_not_manage_an_add_on() {
    let stub = Stub::start(eks).await;
    let (client, _) = client(&stub.url, impatient()).await;
    assert_eq!(client.list_addons("blue").await, Ok(vec!["vpc-cni".to_owned(), "coredns".to_owned()]));
    let addon: Addon = client.describe_addon("blue", "vpc-cni").await.expect("an answer");
    assert_eq!((addon.status.clone(), addon.version.as_deref()), (AddonStatus::Degraded, Some("v1.21.1-eksbuild.3")));
    assert_eq!(addon.issues[0].code, IssueCode::InsufficientNumberOfReplicas);
    assert!(!format!("{addon:?}").contains("hunter2"));
    assert!(client.describe_addon("blue", "kube-proxy").await.expect_err("self-managed").is_not_found());
}

#[tokio::test]
async fn a_cluster_that_is_not_found_does_not_say_that_eks_does_not_manage_the_add_on() {
    let stub = Stub::start(eks).await;
    let (client, _) = client(&stub.url, impatient()).await;
    let error = client.describe_addon("green", "kube-proxy").await.expect_err("no such cluster");
    assert!(!error.is_not_found(), "{error}");
    assert_eq!(error.to_string(), "other: ResourceNotFoundException: No cluster found for name: blue.");
}

#[tokio::test]
async fn the_default_version_is_that_of_the_minor_that_was_asked_for() {
    let stub = Stub::start(eks).await;
    let (client, attempts) = client(&stub.url, impatient()).await;
    let releases = client.describe_addon_versions("1.35").await.expect("an answer");
    assert_eq!(releases.iter().map(|release| release.name.as_str()).collect::<Vec<_>>(), ["kube-proxy", "coredns"]);
    let coredns: Vec<_> =
        releases[1].versions.iter().map(|version| (version.version.as_str(), version.default)).collect();
    assert_eq!(coredns, [("v1.14.3-eksbuild.3", false), ("v1.13.2-eksbuild.11", true)]);
    assert_eq!(attempts.told(), ["eks DescribeAddonVersions ok"; 2]);
    assert!(stub.asked().iter().all(|asked| asked.path.contains("kubernetesVersion=1.35")));
}

#[tokio::test]
async fn the_calendar_is_asked_for_with_minors_that_have_ended() {
    let stub = Stub::start(eks).await;
    let (client, _) = client(&stub.url, impatient()).await;
    let versions = client.describe_cluster_versions().await.expect("an answer");
    assert_eq!(versions.len(), 2);
    assert_eq!((versions[0].version.as_str(), versions[0].default), ("1.35", true));
    assert_eq!(versions[0].status, Some(VersionStatus::StandardSupport));
    assert_eq!(versions[0].standard_support_end, Some("2027-03-27T00:00:00Z".parse().expect("a time")));
    assert_eq!(versions[0].extended_support_end, Some("2028-03-27T00:00:00Z".parse().expect("a time")));
    assert_eq!(
        (versions[1].standard_support_end, versions[1].status.clone()),
        (None, Some(VersionStatus::Unsupported))
    );
    assert!(stub.asked().iter().all(|asked| asked.path.contains("includeAll=true")));
}

#[tokio::test]
async fn insights_are_read_page_by_page() {
    let stub = Stub::start(eks).await;
    let (client, attempts) = client(&stub.url, impatient()).await;
    let insights = client.list_insights("blue").await.expect("an answer");
    let read: Vec<_> = insights
        .iter()
        .map(|insight| (insight.id.as_str(), insight.category.clone(), insight.status.clone()))
        .collect();
    assert_eq!(
        read,
        [
            ("a", InsightCategory::UpgradeReadiness, InsightStatus::Error),
            ("b", InsightCategory::Misconfiguration, InsightStatus::Unknown),
            ("c", InsightCategory::Other("ASTROLOGY".to_owned()), InsightStatus::Other("RETROGRADE".to_owned())),
        ]
    );
    assert_eq!(insights[0].kubernetes_version.as_deref(), Some("1.36"));
    assert_eq!(attempts.told(), ["eks ListInsights ok"; 2]);
}
