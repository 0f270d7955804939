//! From the wire's shapes to [`facts`](crate::aws::facts).

use std::collections::BTreeMap;

use super::xml::{self, Set, Tag};
use crate::aws::facts::{CidrReservation, InterfaceStatus, NetworkInterface, ReservationKind, Subnet};

impl From<xml::Subnet> for Subnet {
    fn from(subnet: xml::Subnet) -> Self {
        let tags = tags(subnet.tag_set);
        Self {
            id: subnet.subnet_id,
            name: tags.get("Name").cloned(),
            zone_id: subnet.availability_zone_id,
            zone: subnet.availability_zone,
            cidr: subnet.cidr_block,
            vpc_id: subnet.vpc_id,
            available: subnet.available_ip_address_count,
            owner_id: subnet.owner_id,
            tags,
        }
    }
}

impl From<xml::Interface> for NetworkInterface {
    fn from(interface: xml::Interface) -> Self {
        Self {
            id: interface.network_interface_id,
            status: InterfaceStatus::from(interface.status.as_str()),
            kind: interface.interface_type,
            subnet_id: interface.subnet_id,
            addresses: items(interface.private_ip_addresses_set, |address| address.private_ip_address),
            prefixes: items(interface.ipv4_prefix_set, |prefix| prefix.ipv4_prefix),
            instance_id: interface.attachment.and_then(|attachment| attachment.instance_id),
            tags: tags(interface.tag_set),
        }
    }
}

impl From<xml::Reservation> for CidrReservation {
    fn from(reservation: xml::Reservation) -> Self {
        Self {
            id: reservation.subnet_cidr_reservation_id,
            cidr: reservation.cidr,
            kind: ReservationKind::from(reservation.reservation_type.as_str()),
        }
    }
}

fn tags(set: Set<Tag>) -> BTreeMap<String, String> {
    set.item.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

fn items<T>(set: Set<T>, value: impl Fn(T) -> String) -> Vec<String> {
    set.item.into_iter().map(value).collect()
}
