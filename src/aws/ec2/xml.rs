//! Answers of the EC2 query protocol, as XML. Names are the wire's: source is the model of the service
//! (boto/botocore, `botocore/data/ec2/2016-11-15/service-2.json`, `locationName`).
//!
//! The element at the root and the list in it must be there: a page of some proxy is an error and not an empty list.
//! Whatever else stands in an answer is passed over.

use serde::{Deserialize, de::DeserializeOwned};

/// A list of EC2: `<item>` elements.
#[derive(Debug, Deserialize)]
pub(super) struct Set<T> {
    #[serde(default = "Vec::new")]
    pub(super) item: Vec<T>,
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self { item: Vec::new() }
    }
}

/// A document, by the name of its root element.
#[derive(Debug, Deserialize)]
pub(super) enum Document {
    #[serde(rename = "DescribeSubnetsResponse")]
    Subnets(Subnets),
    #[serde(rename = "DescribeNetworkInterfacesResponse")]
    Interfaces(Interfaces),
    #[serde(rename = "GetSubnetCidrReservationsResponse")]
    Reservations(Reservations),
}

#[derive(Debug, Deserialize)]
pub(super) struct Subnets {
    #[serde(rename = "subnetSet")]
    pub(super) set: Set<Subnet>,
    #[serde(rename = "nextToken")]
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subnet {
    pub(super) subnet_id: String,
    pub(super) availability_zone: Option<String>,
    pub(super) availability_zone_id: Option<String>,
    pub(super) cidr_block: Option<String>,
    pub(super) vpc_id: Option<String>,
    pub(super) available_ip_address_count: Option<u32>,
    pub(super) owner_id: Option<String>,
    #[serde(default)]
    pub(super) tag_set: Set<Tag>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Interfaces {
    #[serde(rename = "networkInterfaceSet")]
    pub(super) set: Set<Interface>,
    #[serde(rename = "nextToken")]
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Interface {
    pub(super) network_interface_id: String,
    pub(super) status: String,
    pub(super) interface_type: Option<String>,
    pub(super) subnet_id: Option<String>,
    pub(super) attachment: Option<Attachment>,
    #[serde(default)]
    pub(super) private_ip_addresses_set: Set<Address>,
    #[serde(default)]
    pub(super) ipv4_prefix_set: Set<Prefix>,
    #[serde(default)]
    pub(super) tag_set: Set<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attachment {
    pub(super) instance_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Address {
    pub(super) private_ip_address: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Prefix {
    pub(super) ipv4_prefix: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reservations {
    #[serde(rename = "subnetIpv4CidrReservationSet")]
    pub(super) ipv4: Set<Reservation>,
    #[serde(rename = "subnetIpv6CidrReservationSet", default)]
    pub(super) ipv6: Set<Reservation>,
    #[serde(rename = "nextToken")]
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reservation {
    pub(super) subnet_cidr_reservation_id: String,
    pub(super) cidr: String,
    pub(super) reservation_type: String,
}

/// The document of an error. Its names are capitalised, other than those of answers.
#[derive(Debug, Deserialize)]
pub(super) enum Refusal {
    Response {
        #[serde(rename = "Errors")]
        errors: Errors,
    },
}

#[derive(Debug, Deserialize)]
pub(super) struct Errors {
    #[serde(rename = "Error")]
    pub(super) error: Vec<Error>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Error {
    pub(super) code: String,
    pub(super) message: Option<String>,
}

/// Reads a document. The error says what is wrong with it, in words of the parser.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    quick_xml::de::from_str(text).map_err(|error| error.to_string())
}
