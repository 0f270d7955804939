//! Addresses run out because nodes hold more of them than their pods use.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::{
    document,
    stage::{CLUSTER, Stage, Watched, summary},
    support::{
        cluster::Cluster,
        moto::{Moto, element},
        receiver::Notice,
    },
};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// An account with one cluster and its subnets, played by moto.
struct Account {
    moto: Moto,
    /// Of the node group: 59 addresses for use.
    subnet: String,
}

impl Account {
    fn start() -> Self {
        let moto = Moto::start();
        let vpc = element(&moto.ec2("CreateVpc", &[("CidrBlock", "10.1.0.0/16")]), "vpcId");
        let subnet = |cidr: &str, name: &str| {
            let place = [("VpcId", &*vpc), ("CidrBlock", cidr), ("AvailabilityZone", "eu-central-1a")];
            let id = element(&moto.ec2("CreateSubnet", &place), "subnetId");
            moto.ec2("CreateTags", &[("ResourceId.1", &*id), ("Tag.1.Key", "Name"), ("Tag.1.Value", name)]);
            id
        };
        let (control_plane, nodes) =
            (subnet("10.1.1.0/28", "control-plane"), subnet("10.1.0.0/26", "render-private-a"));
        moto.eks(
            "/clusters",
            &json!({"name": CLUSTER, "roleArn": ROLE, "version": "1.36",
                    "resourcesVpcConfig": {"subnetIds": [control_plane]}}),
        );
        moto.eks(
            &format!("/clusters/{CLUSTER}/node-groups"),
            &json!({"nodegroupName": "batch", "nodeRole": ROLE, "subnets": [nodes]}),
        );
        Self { moto, subnet: nodes }
    }

    /// A node comes and takes a network interface with all the addresses from `10.1.0.first` to `10.1.0.last`.
    fn node_takes(&self, first: u8, last: u8) -> String {
        let mut parameters = vec![("SubnetId".to_owned(), self.subnet.clone())];
        for (number, address) in (1..).zip(first..=last) {
            let name = format!("PrivateIpAddresses.{number}.PrivateIpAddress");
            parameters.push((name, format!("10.1.0.{address}")));
        }
        parameters.push(("PrivateIpAddresses.1.Primary".to_owned(), "true".to_owned()));
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        element(&self.moto.ec2("CreateNetworkInterface", &parameters), "networkInterfaceId")
    }

    /// The text with an identifier that is the same each time.
    fn with_fixed_subnet(&self, notice: &Notice) -> Notice {
        let mut notice = notice.clone();
        for text in notice.annotations.values_mut() {
            *text = text.replace(&self.subnet, "subnet-0b1c2d3e4f5a60718");
        }
        notice
    }
}

/// More than an hour of a series of free addresses that became fewer, down to 24 a minute ago.
fn going(labels: &BTreeMap<String, String>) -> String {
    let labels = labels.iter().filter(|(name, _)| *name != "__name__");
    let labels = labels.map(|(name, value)| format!("{name}={value:?}")).collect::<Vec<_>>().join(",");
    let now = Timestamp::now().as_second();
    let past = (1..=70).rev().map(|minutes| {
        let (free, at) = (24 + minutes / 2, now - minutes * 60);
        format!("eks_subnet_available_ips{{{labels}}} {free} {at}\n")
    });
    format!("# TYPE eks_subnet_available_ips gauge\n{}# EOF\n", past.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subnet_that_nodes_empty_pages_and_its_slope_was_told_before() {
    let cluster = Cluster::start().await;
    let account = tokio::task::spawn_blocking(Account::start).await.expect("moto starts");
    let first = account.node_takes(4, 38);
    let url = account.moto.url();
    // moto has neither what EKS offers nor insights.
    let arguments =
        ["--cluster-name=blue", "--aws-skip-issuer-check", "--no-collector.addon_versions", "--no-collector.insights"];
    let environment = [
        ("AWS_ENDPOINT_URL", &*url),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let watched = [Watched { cluster: &cluster, name: CLUSTER, arguments: &arguments, environment: &environment }];
    let mut stage = Stage::with(&watched, &[]).await;
    let free = |count: u32| format!(r#"eks_subnet_available_ips{{subnet_id="{}"}} == {count}"#, account.subnet);
    stage.answers(&free(24)).await;
    stage.answers(r#"eksporter_collector_up{collector="subnets"} == 1"#).await;
    let unhurt = stage.heard();
    assert!(unhurt.is_empty(), "24 addresses are enough while they are not going: {}", summary(&unhurt));

    // As Prometheus would have it, had it been there when they went: one in two minutes.
    let series = stage.prometheus.query(&free(24)).remove(0);
    stage.prometheus.remember(&going(&series.labels));
    let words = [
        "(render-private-a, 10.1.0.0/26, zone euc1-az",
        "in cluster blue has 24 free addresses left, and at the present slope none within 4h",
        "nodegroup batch",
    ];
    let early = stage.warns("EksSubnetAddressesRunningOut", &words).await;
    assert!(stage.paged().is_empty(), "there are addresses yet");

    // An exporter that starts asks AWS at once; one that runs, each minute.
    let last = account.node_takes(39, 58);
    stage.exporters[0].restart();
    let page = stage.pages("EksSubnetAddressesLow", &["has 4 free addresses left. Used by: nodegroup batch."]).await;
    document::shows("incident-8", &[&account.with_fixed_subnet(&page), &account.with_fixed_subnet(&early)]);

    for interface in [&first, &last] {
        account.moto.ec2("DeleteNetworkInterface", &[("NetworkInterfaceId", interface)]);
    }
    stage.exporters[0].restart();
    stage.is_over(&page).await;
    stage.is_over(&early).await;
    stage.paged_only(&[&format!("EksSubnetAddressesLow{{subnet_id={:?}}}", account.subnet)]);
}
