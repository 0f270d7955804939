//! Free /28 blocks: what EC2 tells of interfaces and subnets, counted by the cache.

use eksporter::{
    aws::{
        AwsApi, Client, Filter,
        facts::{Cluster, IpFamily},
        poll::News,
    },
    cache::{Cache, Settings},
};
use jiff::Timestamp;

use crate::{
    client::{client, patient},
    support::moto::{Moto, element},
};

/// The subnet is the control plane's, of a cluster whose pods have addresses of IPv4.
fn cluster(subnet: &str) -> Cluster {
    let subnet_ids = vec![subnet.to_owned()];
    Cluster { subnet_ids, ip_family: Some(IpFamily::Ipv4), ..Cluster::new("prod", "1.35") }
}

/// Free addresses and free blocks of the subnet, as a scan tells them.
async fn free(client: &Client, subnet: &str) -> (Option<u32>, Option<u32>) {
    let filters = [Filter::subnets([subnet])];
    let interfaces = client.describe_network_interfaces(&filters).await.expect("interfaces");
    let subnets = client.describe_subnets(&filters).await.expect("subnets");
    let reservations = client.get_subnet_cidr_reservations(subnet).await.expect("reservations");
    let mut cache = Cache::new(Settings::new(Timestamp::UNIX_EPOCH));
    for news in [
        News::Cluster(cluster(subnet)),
        News::Subnets(subnets.clone()),
        News::SubnetReservations { subnet: subnet.to_owned(), reservations },
        News::NetworkInterfaces { interfaces, subnets },
    ] {
        cache.aws_brings(news, Timestamp::MAX);
    }
    let told = &cache.snapshot(Timestamp::UNIX_EPOCH).aws.subnets[0];
    (told.available, told.free_prefixes)
}

#[tokio::test]
async fn blocks_are_free_where_no_address_is_taken_whatever_is_left_in_all() {
    let moto = Moto::start();
    let vpc = element(&moto.ec2("CreateVpc", &[("CidrBlock", "10.1.0.0/16")]), "vpcId");
    let made = moto.ec2("CreateSubnet", &[("VpcId", &vpc), ("CidrBlock", "10.1.7.0/24")]);
    let subnet = element(&made, "subnetId");
    let take = |addresses: &[String]| {
        let mut parameters = vec![("SubnetId".to_owned(), subnet.clone())];
        for (at, address) in (1..).zip(addresses) {
            parameters.push((format!("PrivateIpAddresses.{at}.PrivateIpAddress"), address.clone()));
            parameters.push((format!("PrivateIpAddresses.{at}.Primary"), (at == 1).to_string()));
        }
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        element(&moto.ec2("CreateNetworkInterface", &parameters), "networkInterfaceId")
    };
    let (client, _) = client(&moto.url(), patient()).await;

    assert_eq!(free(&client, &subnet).await, (Some(251), Some(14)), "the first and the last are never free");
    take(&["10.1.7.20", "10.1.7.21", "10.1.7.40"].map(str::to_owned));
    assert_eq!(free(&client, &subnet).await, (Some(248), Some(12)), "three addresses in two blocks");
    let scattered = take(&(3..15).map(|block| format!("10.1.7.{}", block * 16 + 9)).collect::<Vec<_>>());
    assert_eq!(free(&client, &subnet).await, (Some(236), Some(0)), "one in each of the others");
    moto.ec2("DeleteNetworkInterface", &[("NetworkInterfaceId", &scattered)]);
    assert_eq!(free(&client, &subnet).await, (Some(248), Some(12)));
}
