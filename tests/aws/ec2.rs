//! EC2: against moto for what it counts, against a stub for what moto does not do.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use eksporter::aws::{
    AwsApi, ErrorKind, Filter, Settings,
    facts::{InterfaceStatus, ReservationKind},
};

use crate::{
    client::{apart, client, impatient, patient},
    stub::{Stub, refused_xml, xml},
    support::moto::{Moto, element},
};

/// A VPC with one subnet of 16 addresses.
fn subnet(moto: &Moto) -> (String, String) {
    let vpc = element(&moto.ec2("CreateVpc", &[("CidrBlock", "10.1.0.0/16")]), "vpcId");
    let made = moto.ec2("CreateSubnet", &[("VpcId", &vpc), ("CidrBlock", "10.1.0.0/28")]);
    (vpc, element(&made, "subnetId"))
}

#[tokio::test]
async fn free_addresses_follow_the_interfaces_that_come_and_go() {
    let moto = Moto::start();
    let (vpc, id) = subnet(&moto);
    moto.ec2("CreateTags", &[("ResourceId.1", id.as_str()), ("Tag.1.Key", "Name"), ("Tag.1.Value", "für Pods <&>")]);
    let (client, attempts) = client(&moto.url(), patient()).await;
    let filters = [Filter::subnets([id.as_str()])];
    let free = async || client.describe_subnets(&filters).await.expect("an answer")[0].available;

    assert_eq!(free().await, Some(11));
    let made = moto.ec2(
        "CreateNetworkInterface",
        &[
            ("SubnetId", id.as_str()),
            ("PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.4"),
            ("PrivateIpAddresses.1.Primary", "true"),
            ("PrivateIpAddresses.2.PrivateIpAddress", "10.1.0.5"),
            ("PrivateIpAddresses.3.PrivateIpAddress", "10.1.0.9"),
            ("PrivateIpAddresses.4.PrivateIpAddress", "10.1.0.12"),
        ],
    );
    assert_eq!(free().await, Some(7));
    moto.ec2("DeleteNetworkInterface", &[("NetworkInterfaceId", &element(&made, "networkInterfaceId"))]);
    assert_eq!(free().await, Some(11));

    let found = client.describe_subnets(&filters).await.expect("an answer");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, id);
    assert_eq!(found[0].name.as_deref(), Some("für Pods <&>"));
    assert_eq!(found[0].cidr.as_deref(), Some("10.1.0.0/28"));
    assert_eq!(found[0].vpc_id.as_deref(), Some(vpc.as_str()));
    assert!(found[0].zone_id.as_ref().is_some_and(|zone| zone.starts_with("euc1-az")), "{:?}", found[0].zone_id);
    assert_eq!(found[0].owner_id.as_deref(), Some("123456789012"));
    assert_eq!(attempts.told(), ["ec2 DescribeSubnets ok"; 4]);
}

#[tokio::test]
async fn a_subnet_that_is_gone_does_not_hide_the_others() {
    let moto = Moto::start();
    let (_, id) = subnet(&moto);
    let (client, _) = client(&moto.url(), patient()).await;
    let filters = [Filter::subnets([id.as_str(), "subnet-0123456789abcdef0"])];
    let found = client.describe_subnets(&filters).await.expect("an answer");
    assert_eq!(found.iter().map(|subnet| subnet.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
}

#[tokio::test]
async fn subnets_are_found_by_their_tag_within_the_vpc() {
    let moto = Moto::start();
    let ((vpc, id), (_, elsewhere)) = (subnet(&moto), subnet(&moto));
    for subnet in [&id, &elsewhere] {
        moto.ec2(
            "CreateTags",
            &[("ResourceId.1", subnet), ("Tag.1.Key", "kubernetes.io/role/cni"), ("Tag.1.Value", "1")],
        );
    }
    let (client, _) = client(&moto.url(), patient()).await;
    let filters = [Filter::vpc(vpc), Filter::tagged("kubernetes.io/role/cni")];
    let found = client.describe_subnets(&filters).await.expect("an answer");
    assert_eq!(found.iter().map(|subnet| subnet.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
    assert_eq!(found[0].tags["kubernetes.io/role/cni"], "1");
}

#[tokio::test]
async fn interfaces_are_found_by_subnet_and_by_tag_with_all_their_addresses() {
    let moto = Moto::start();
    let (_, id) = subnet(&moto);
    let tagged = moto.ec2(
        "CreateNetworkInterface",
        &[
            ("SubnetId", &id),
            ("PrivateIpAddresses.1.PrivateIpAddress", "10.1.0.4"),
            ("PrivateIpAddresses.1.Primary", "true"),
            ("PrivateIpAddresses.2.PrivateIpAddress", "10.1.0.9"),
            ("TagSpecification.1.ResourceType", "network-interface"),
            ("TagSpecification.1.Tag.1.Key", "eks:eni:owner"),
            ("TagSpecification.1.Tag.1.Value", "eks-vpc-resource-controller"),
        ],
    );
    moto.ec2("CreateNetworkInterface", &[("SubnetId", &id)]);
    let (client, _) = client(&moto.url(), patient()).await;

    let all = client.describe_network_interfaces(&[Filter::subnets([id.as_str()])]).await.expect("an answer");
    assert_eq!(all.len(), 2);
    let filters = [Filter::tag("eks:eni:owner", ["eks-vpc-resource-controller"])];
    let found = client.describe_network_interfaces(&filters).await.expect("an answer");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, element(&tagged, "networkInterfaceId"));
    assert_eq!(found[0].addresses, ["10.1.0.4", "10.1.0.9"]);
    assert_eq!(found[0].status, InterfaceStatus::Available);
    assert_eq!(found[0].kind.as_deref(), Some("interface"));
    assert_eq!((found[0].subnet_id.as_ref(), found[0].instance_id.as_ref()), (Some(&id), None));
    assert_eq!(found[0].tags["eks:eni:owner"], "eks-vpc-resource-controller");
}

#[tokio::test]
async fn reservations_of_a_subnet_are_found_and_an_unknown_subnet_is_not() {
    let moto = Moto::start();
    let (_, id) = subnet(&moto);
    let (client, attempts) = client(&moto.url(), patient()).await;
    assert_eq!(client.get_subnet_cidr_reservations(&id).await, Ok(Vec::new()));
    let made = [("SubnetId", id.as_str()), ("Cidr", "10.1.0.8/29"), ("ReservationType", "prefix")];
    moto.ec2("CreateSubnetCidrReservation", &made);
    let found = client.get_subnet_cidr_reservations(&id).await.expect("an answer");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].cidr.as_str(), &found[0].kind), ("10.1.0.8/29", &ReservationKind::Prefix));

    let error = client.get_subnet_cidr_reservations("subnet-0123456789abcdef0").await.expect_err("no such subnet");
    assert_eq!(error.code.as_deref(), Some("InvalidSubnetID.NotFound"));
    assert!(error.is_not_found(), "{error}");
    assert_eq!(attempts.told()[2], "ec2 GetSubnetCidrReservations not_found");
}

/// A page of subnets.
fn page(ids: &[usize], next: Option<&str>) -> String {
    let items =
        ids.iter().map(|id| format!("<item><subnetId>subnet-{id}</subnetId></item>")).collect::<Vec<_>>().concat();
    let next = next.map(|token| format!("<nextToken>{token}</nextToken>")).unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeSubnetsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n    \
         <requestId>1</requestId>\n    <subnetSet>{items}</subnetSet>\n    {next}\n</DescribeSubnetsResponse>"
    )
}

#[tokio::test]
async fn pages_are_joined_and_each_is_a_signed_request_of_its_own() {
    let stub = Stub::start(|asked| {
        xml(
            200,
            &if asked.body.contains("NextToken=a%2Bb%3D") { page(&[3], Some("")) } else { page(&[1, 2], Some("a+b=")) },
        )
    })
    .await;
    let (client, attempts) = client(&stub.url, impatient()).await;
    let filters = [Filter::vpc("vpc-1"), Filter::tag("für Pods", ["a b", "c&d"])];
    let found = client.describe_subnets(&filters).await.expect("an answer");
    assert_eq!(found.iter().map(|subnet| subnet.id.as_str()).collect::<Vec<_>>(), ["subnet-1", "subnet-2", "subnet-3"]);
    assert_eq!(attempts.told(), ["ec2 DescribeSubnets ok"; 2]);

    let asked = stub.asked();
    assert_eq!(
        asked[0].body,
        "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1\
         &Filter.2.Name=tag%3Af%C3%BCr+Pods&Filter.2.Value.1=a+b&Filter.2.Value.2=c%26d&MaxResults=1000"
    );
    for asked in &asked {
        assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/"));
        let signature = asked.header("authorization");
        assert!(signature.contains("Credential=AKIDEXAMPLE/") && signature.contains("/eu-central-1/ec2/aws4_request"));
        assert!(asked.header("x-amz-user-agent").contains("app/eksporter"), "{}", asked.header("x-amz-user-agent"));
    }
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up() {
    let stub = Stub::start(|_| xml(200, &page(&[1], Some("again")))).await;
    let (client, attempts) = client(&stub.url, impatient()).await;
    let error = client.describe_subnets(&[Filter::vpc("vpc-1")]).await.expect_err("no end");
    assert_eq!(error.kind, ErrorKind::Unreadable);
    assert_eq!(attempts.told().len(), 2);
}

#[tokio::test]
async fn a_filter_without_values_asks_for_nothing() {
    let stub = Stub::start(|_| xml(200, &page(&[1], None))).await;
    let (client, attempts) = client(&stub.url, impatient()).await;
    let filters = [Filter::vpc("vpc-1"), Filter::subnets(Vec::<String>::new())];
    assert_eq!(client.describe_subnets(&filters).await, Ok(Vec::new()));
    assert!(attempts.told().is_empty());
}

#[tokio::test]
async fn more_values_than_a_filter_may_have_are_asked_for_in_turns() {
    let stub = Stub::start(|_| xml(200, &page(&[1], None))).await;
    let (client, _) = client(&stub.url, impatient()).await;
    let filters = [Filter::vpc("vpc-1"), Filter::subnets((0..450).map(|id| format!("subnet-{id}")))];
    client.describe_subnets(&filters).await.expect("an answer");
    let values: Vec<usize> = stub.asked().iter().map(|asked| asked.body.matches("Filter.2.Value.").count()).collect();
    assert_eq!(values, [200, 200, 50]);
    assert!(stub.asked().iter().all(|asked| asked.body.contains("Filter.1.Value.1=vpc-1")));
}

#[tokio::test]
async fn throttled_requests_are_sent_again_and_each_attempt_is_told() {
    let asked = Arc::new(AtomicUsize::new(0));
    let stub = Stub::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => refused_xml(503, "RequestLimitExceeded"),
        1 => refused_xml(500, "InternalError"),
        _ => xml(200, &page(&[1], None)),
    })
    .await;
    let settings = apart(Settings { attempts: 3, ..patient() });
    let (client, attempts) = client(&stub.url, settings).await;
    let found = client.describe_subnets(&[Filter::vpc("vpc-1")]).await.expect("an answer in the end");
    assert_eq!(found.len(), 1);
    assert_eq!(
        attempts.told(),
        ["ec2 DescribeSubnets throttled", "ec2 DescribeSubnets server", "ec2 DescribeSubnets ok"]
    );
}

#[tokio::test]
async fn what_is_denied_is_not_sent_again() {
    let stub = Stub::start(|_| refused_xml(403, "UnauthorizedOperation")).await;
    let (client, attempts) = client(&stub.url, Settings { attempts: 3, ..impatient() }).await;
    let error = client.describe_network_interfaces(&[Filter::vpc("vpc-1")]).await.expect_err("denied");
    assert_eq!(error.kind, ErrorKind::Denied);
    assert_eq!(attempts.told().len(), 1);
}
