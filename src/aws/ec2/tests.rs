//! Shapes that moto does not make, written after the API reference of Amazon EC2, and the endpoint rules.

use super::{
    endpoint::endpoint,
    xml::{Document, Refusal, read},
};
use crate::aws::facts::{CidrReservation, InterfaceStatus, NetworkInterface, ReservationKind, Subnet};

fn interfaces(body: &str) -> Vec<NetworkInterface> {
    match read(body.as_bytes()) {
        Ok(Document::Interfaces(interfaces)) => interfaces.set.item.into_iter().map(Into::into).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_trunk_has_prefixes_an_instance_and_elements_that_nobody_knew() {
    let found = interfaces(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>4e6e7d2c-0000-4000-8000-000000000000</requestId>
    <networkInterfaceSet>
        <item>
            <attachment>
                <attachTime>2026-11-01T10:00:00.000Z</attachTime>
                <attachmentId>eni-attach-0a</attachmentId>
                <deleteOnTermination>true</deleteOnTermination>
                <deviceIndex>1</deviceIndex>
                <instanceId>i-0abc</instanceId>
                <instanceOwnerId>111122223333</instanceOwnerId>
                <status>attached</status>
            </attachment>
            <availabilityZone>eu-central-1a</availabilityZone>
            <groupSet><item><groupId>sg-0a</groupId><groupName>nodes</groupName></item></groupSet>
            <interfaceType>trunk</interfaceType>
            <ipv4PrefixSet>
                <item><ipv4Prefix>10.0.3.16/28</ipv4Prefix></item>
                <item><ipv4Prefix>10.0.3.48/28</ipv4Prefix></item>
            </ipv4PrefixSet>
            <ipv6AddressesSet/>
            <networkInterfaceId>eni-0abc</networkInterfaceId>
            <newThing><item><a>1</a></item><item/></newThing>
            <privateIpAddress>10.0.3.5</privateIpAddress>
            <privateIpAddressesSet>
                <item>
                    <primary>true</primary>
                    <privateDnsName>ip-10-0-3-5.eu-central-1.compute.internal</privateDnsName>
                    <privateIpAddress>10.0.3.5</privateIpAddress>
                </item>
            </privateIpAddressesSet>
            <status>in-use</status>
            <subnetId>subnet-0abc</subnetId>
            <tagSet>
                <item><key>eks:eni:owner</key><value>amazon-vpc-cni</value></item>
                <item><key>empty</key><value/></item>
            </tagSet>
            <vpcId>vpc-0abc</vpcId>
        </item>
    </networkInterfaceSet>
</DescribeNetworkInterfacesResponse>"#,
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].status, InterfaceStatus::InUse);
    assert_eq!(found[0].kind.as_deref(), Some("trunk"));
    assert_eq!(found[0].prefixes, ["10.0.3.16/28", "10.0.3.48/28"]);
    assert_eq!(found[0].addresses, ["10.0.3.5"]);
    assert_eq!(found[0].instance_id.as_deref(), Some("i-0abc"));
    assert_eq!(found[0].tags["empty"], "");
}

#[test]
fn an_empty_list_is_an_answer() {
    let body = "<DescribeNetworkInterfacesResponse><networkInterfaceSet/></DescribeNetworkInterfacesResponse>";
    assert_eq!(interfaces(body), []);
}

#[test]
fn a_status_that_nobody_knew_is_other() {
    let found = interfaces(
        "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
         <status>teleporting</status></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>",
    );
    assert_eq!(found[0].status, InterfaceStatus::Other("teleporting".to_owned()));
}

#[test]
fn reservations_of_both_families_are_read() {
    let body = r#"<GetSubnetCidrReservationsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>1</requestId>
    <subnetIpv4CidrReservationSet>
        <item>
            <cidr>10.0.3.128/25</cidr>
            <description>for prefixes</description>
            <ownerId>111122223333</ownerId>
            <reservationType>prefix</reservationType>
            <subnetCidrReservationId>scr-0a</subnetCidrReservationId>
            <subnetId>subnet-0abc</subnetId>
            <tagSet/>
        </item>
    </subnetIpv4CidrReservationSet>
    <subnetIpv6CidrReservationSet>
        <item>
            <cidr>2001:db8::/80</cidr>
            <reservationType>explicit</reservationType>
            <subnetCidrReservationId>scr-0b</subnetCidrReservationId>
        </item>
    </subnetIpv6CidrReservationSet>
</GetSubnetCidrReservationsResponse>"#;
    let Ok(Document::Reservations(read)) = read::<Document>(body.as_bytes()) else { panic!("not read") };
    let found: Vec<CidrReservation> = read.ipv4.item.into_iter().chain(read.ipv6.item).map(Into::into).collect();
    assert_eq!(
        found.iter().map(|found| (found.cidr.as_str(), &found.kind)).collect::<Vec<_>>(),
        [("10.0.3.128/25", &ReservationKind::Prefix), ("2001:db8::/80", &ReservationKind::Explicit)]
    );
}

#[test]
fn a_subnet_with_ipv6_only_has_no_ipv4_block() {
    let body = "<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-6</subnetId><ipv6Native>true</ipv6Native>\
                <availableIpAddressCount>0</availableIpAddressCount></item></subnetSet></DescribeSubnetsResponse>";
    let Ok(Document::Subnets(read)) = read::<Document>(body.as_bytes()) else { panic!("not read") };
    let found: Vec<Subnet> = read.set.item.into_iter().map(Into::into).collect();
    assert_eq!((found[0].available, &found[0].cidr), (Some(0), &None));
}

#[test]
fn what_is_cut_is_foreign_or_is_not_utf_8_is_not_read() {
    for body in [
        &b"<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1"[..],
        b"<DescribeSubnetsResponse><subnetSet><item><subnetId>\xff\xfe</subnetId></item></subnetSet></DescribeSubnetsResponse>",
        b"<html><body><subnetSet/></body></html>",
        b"<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>",
        b"<DescribeSubnetsResponse><requestId>1</requestId></DescribeSubnetsResponse>",
        b"<!DOCTYPE a [<!ENTITY b \"c\">]><DescribeSubnetsResponse><subnetSet><item><subnetId>&b;</subnetId></item></subnetSet></DescribeSubnetsResponse>",
        b"",
        b"\0\0\0",
    ] {
        let got = read::<Document>(body);
        assert!(got.is_err(), "{}: {got:?}", String::from_utf8_lossy(body));
    }
    assert!(read::<Refusal>(b"<Response><Errors/></Response>").is_err());
}

#[test]
fn endpoints_follow_partition_fips_and_dual_stack() {
    for (region, fips, dual_stack, expected) in [
        ("eu-central-1", false, false, "https://ec2.eu-central-1.amazonaws.com"),
        ("eu-central-1", false, true, "https://ec2.eu-central-1.api.aws"),
        ("us-east-1", true, false, "https://ec2-fips.us-east-1.amazonaws.com"),
        ("us-east-1", true, true, "https://ec2-fips.us-east-1.api.aws"),
        ("cn-north-1", false, false, "https://ec2.cn-north-1.amazonaws.com.cn"),
        ("cn-north-1", false, true, "https://ec2.cn-north-1.api.amazonwebservices.com.cn"),
        ("us-gov-west-1", false, false, "https://ec2.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", true, false, "https://ec2.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", true, true, "https://ec2-fips.us-gov-west-1.api.aws"),
        ("cn-northwest-1", true, false, "https://ec2-fips.cn-northwest-1.amazonaws.com.cn"),
        ("us-iso-east-1", false, false, "https://ec2.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", true, true, "https://ec2-fips.us-isob-east-1.api.aws.scloud"),
        ("us-isof-east-1", false, true, "https://ec2.us-isof-east-1.api.aws.hci.ic.gov"),
        ("eu-isoe-west-1", false, false, "https://ec2.eu-isoe-west-1.cloud.adc-e.uk"),
        ("eusc-de-east-1", false, false, "https://ec2.eusc-de-east-1.amazonaws.eu"),
    ] {
        assert_eq!(endpoint(region, fips, dual_stack), expected);
    }
}
