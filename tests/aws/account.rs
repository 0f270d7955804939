//! An account as AWS answers: one of everything, each with something to tell.

use axum::response::Response;
use serde_json::{Value, json};

use crate::stub::{Asked, json as eks_answer, xml};

pub const SUBNET: &str = "subnet-0a1b2c3d4e5f60718";

/// What is asked of EC2.
const OF_EC2: [&str; 3] = ["DescribeSubnets", "DescribeNetworkInterfaces", "GetSubnetCidrReservations"];

/// Which operation a request is.
///
/// # Panics
///
/// When it is none that the program should ask for.
pub fn operation(asked: &Asked) -> &'static str {
    let path = asked.path.split('?').next().unwrap_or_default();
    match (asked.method.as_str(), path) {
        ("GET", "/clusters/blue") => "DescribeCluster",
        ("GET", "/cluster-versions") => "DescribeClusterVersions",
        ("GET", "/clusters/blue/node-groups") => "ListNodegroups",
        ("GET", "/clusters/blue/node-groups/workers") => "DescribeNodegroup",
        ("GET", "/clusters/blue/fargate-profiles") => "ListFargateProfiles",
        ("GET", "/clusters/blue/fargate-profiles/batch") => "DescribeFargateProfile",
        ("GET", "/clusters/blue/addons") => "ListAddons",
        ("GET", "/clusters/blue/addons/vpc-cni") => "DescribeAddon",
        ("GET", "/addons/supported-versions") => "DescribeAddonVersions",
        ("POST", "/clusters/blue/insights") => "ListInsights",
        _ => {
            let action = asked.body.split('&').find_map(|field| field.strip_prefix("Action="));
            let known = OF_EC2.into_iter().find(|operation| action == Some(*operation));
            known.unwrap_or_else(|| panic!("{asked:?}"))
        }
    }
}

/// The answer to it.
pub fn account(operation: &str) -> Response {
    let health = |code: &str| json!({"issues": [{"code": code, "message": "m", "resourceIds": []}]});
    let compatible =
        |default: bool| json!([{"clusterVersion": "1.35", "platformVersions": ["*"], "defaultVersion": default}]);
    let body: Value = match operation {
        "DescribeCluster" => json!({"cluster": {"kubernetesNetworkConfig": {"ipFamily": "ipv4"},
            "name": "blue", "arn": "arn:aws:eks:eu-central-1:111122223333:cluster/blue", "version": "1.35",
            "platformVersion": "eks.12", "status": "ACTIVE", "health": health("Ec2SubnetNotFound"),
            "resourcesVpcConfig": {"subnetIds": [SUBNET], "vpcId": "vpc-1"},
        }}),
        "DescribeClusterVersions" => json!({"clusterVersions": [{"clusterVersion": "1.35",
            "endOfStandardSupportDate": 1_806_105_600, "endOfExtendedSupportDate": 1_837_728_000}]}),
        "ListNodegroups" => json!({"nodegroups": ["workers"]}),
        "DescribeNodegroup" => json!({"nodegroup": {"nodegroupName": "workers", "status": "ACTIVE",
            "subnets": [SUBNET], "health": health("AsgInstanceLaunchFailures")}}),
        "ListFargateProfiles" => json!({"fargateProfileNames": ["batch"]}),
        "DescribeFargateProfile" => json!({"fargateProfile": {"fargateProfileName": "batch", "subnets": [SUBNET]}}),
        "ListAddons" => json!({"addons": ["vpc-cni"]}),
        "DescribeAddon" => json!({"addon": {"addonName": "vpc-cni", "status": "DEGRADED",
            "addonVersion": "v1.21.1-eksbuild.3", "health": health("InsufficientNumberOfReplicas")}}),
        "DescribeAddonVersions" => json!({"addons": [{"addonName": "vpc-cni", "addonVersions": [
            {"addonVersion": "v1.22.4-eksbuild.3", "compatibilities": compatible(true)},
            {"addonVersion": "v1.19.0-eksbuild.1", "compatibilities": compatible(false)},
        ]}]}),
        "ListInsights" => json!({"insights": [{"id": "a", "name": "Kubelet version skew",
            "category": "UPGRADE_READINESS", "kubernetesVersion": "1.36", "insightStatus": {"status": "ERROR"}}]}),
        of_ec2 => return xml(200, &of_ec2_account(of_ec2)),
    };
    eks_answer(200, &body)
}

fn of_ec2_account(operation: &str) -> String {
    let tag = |key: &str, value: &str| format!("<item><key>{key}</key><value>{value}</value></item>");
    let inside = match operation {
        "DescribeSubnets" => format!(
            "<subnetSet><item><subnetId>{SUBNET}</subnetId><cidrBlock>10.0.0.0/24</cidrBlock><vpcId>vpc-1</vpcId>\
             <availabilityZoneId>euc1-az1</availabilityZoneId>\
             <availableIpAddressCount>248</availableIpAddressCount></item></subnetSet>"
        ),
        "DescribeNetworkInterfaces" => {
            let tags = [
                tag("eks:eni:owner", "eks-vpc-resource-controller"),
                tag("kubernetes.io/cluster/blue", "owned"),
                tag("node.k8s.amazonaws.com/instance_id", "i-0a"),
            ]
            .concat();
            let interface = |id: &str, kind: &str, address: &str, rest: &str| {
                format!(
                    "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>{SUBNET}</subnetId>\
                     <status>in-use</status><interfaceType>{kind}</interfaceType><privateIpAddressesSet><item>\
                     <privateIpAddress>{address}</privateIpAddress></item></privateIpAddressesSet>{rest}</item>"
                )
            };
            let of_node = "<attachment><instanceId>i-0a</instanceId></attachment>";
            format!(
                "<networkInterfaceSet>{}{}</networkInterfaceSet>",
                interface("eni-1", "interface", "10.0.0.20", of_node),
                interface("eni-2", "branch", "10.0.0.40", &format!("<tagSet>{tags}</tagSet>")),
            )
        }
        _ => "<subnetIpv4CidrReservationSet/><subnetIpv6CidrReservationSet/>".to_owned(),
    };
    format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>1</requestId>{inside}\
         </{operation}Response>"
    )
}
