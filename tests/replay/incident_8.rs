//! Addresses run out because nodes hold more of them than their pods use.

use serde_json::json;

use crate::{
    document,
    stage::{CLUSTER, Stage, Watched},
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

#[tokio::test(flavor = "multi_thread")]
async fn a_subnet_that_nodes_empty_pages_and_its_slope_was_told_before() {
    let cluster = Cluster::start().await;
    let account = tokio::task::spawn_blocking(Account::start).await.expect("moto starts");
    account.node_takes(4, 38);
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
    // The past cannot be made up: the slope is that of two minutes and the two before instead of an hour.
    let mut stage = Stage::with(&watched, &["subnet_slope_seconds=120"]).await;
    let free = |count: u32| format!(r#"eks_subnet_available_ips{{subnet_id="{}"}} == {count}"#, account.subnet);
    stage.answers(&free(24)).await;
    stage.answers(r#"eksporter_collector_up{collector="subnets"} == 1"#).await;
    // The slope is taken over whole minutes.
    let minute = format!("count_over_time((vector(time()) and on () {})[2m:1m]) > 0", free(24));
    stage.answers(&minute).await;

    // An exporter that starts asks AWS at once; one that runs, each minute.
    account.node_takes(39, 40);
    stage.exporters[0].restart();
    stage.answers(&free(22)).await;
    for minutes in 0..2 {
        let minute = format!("count_over_time((vector(time()) and on () {})[2m:1m]) > {minutes}", free(22));
        stage.answers(&minute).await;
    }
    account.node_takes(41, 42);
    stage.exporters[0].restart();
    let words = [
        "(render-private-a, 10.1.0.0/26, zone euc1-az",
        "in cluster blue has 20 free addresses left",
        "nodegroup batch",
    ];
    stage.answers(&free(20)).await;
    let early = stage.warns("EksSubnetAddressesRunningOut", &words).await;
    assert!(stage.paged().is_empty(), "there are addresses yet");

    let last = account.node_takes(43, 58);
    stage.exporters[0].restart();
    let page = stage.pages("EksSubnetAddressesLow", &["has 4 free addresses left. Used by: nodegroup batch."]).await;
    document::shows("incident-8", &[&account.with_fixed_subnet(&page), &account.with_fixed_subnet(&early)]);

    account.moto.ec2("DeleteNetworkInterface", &[("NetworkInterfaceId", &last)]);
    stage.exporters[0].restart();
    stage.is_over(&page).await;
    // The slope is up again with the next whole minute.
    stage.is_over(&early).await;
    stage.paged_only(&[&format!("EksSubnetAddressesLow{{subnet_id={:?}}}", account.subnet)]);
}
