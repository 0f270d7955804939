//! Facts of the EC2 API. Sources: the API reference of Amazon EC2, page of each operation and type.

use std::collections::BTreeMap;

use super::{InterfaceStatus, ReservationKind};

/// A subnet (`DescribeSubnets`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// Its tag `Name`.
    pub name: Option<String>,
    /// Id of its availability zone, such as `euc1-az2`: the same place for every account.
    pub zone_id: Option<String>,
    /// Name of its availability zone, such as `eu-central-1b`: another place for another account.
    pub zone: Option<String>,
    /// Its IPv4 block; absent in a subnet with IPv6 only.
    pub cidr: Option<String>,
    /// Its VPC.
    pub vpc_id: Option<String>,
    /// Free IPv4 addresses. The five that AWS keeps are not among them.
    pub available: Option<u32>,
    /// The account it belongs to: another one in a shared VPC, where only one's own interfaces can be listed.
    pub owner_id: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A network interface (`DescribeNetworkInterfaces`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Its id.
    pub id: String,
    /// Whether it is in use.
    pub status: InterfaceStatus,
    /// Such as `interface`, `trunk`, `branch`. AWS's word as it is.
    pub kind: Option<String>,
    /// Its subnet.
    pub subnet_id: Option<String>,
    /// Its IPv4 addresses, the primary one among them, as AWS writes them.
    pub addresses: Vec<String>,
    /// The IPv4 prefixes delegated to it, such as `10.0.3.16/28`.
    pub prefixes: Vec<String>,
    /// The instance that it is attached to. Branch interfaces have none: their trunk stands in a tag.
    pub instance_id: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A part of a subnet that is set aside (`GetSubnetCidrReservations`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CidrReservation {
    /// Its id.
    pub id: String,
    /// The block.
    pub cidr: String,
    /// What for.
    pub kind: ReservationKind,
}
