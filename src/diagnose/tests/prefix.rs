//! Free /28 blocks.

use std::net::Ipv4Addr;

use proptest::prelude::*;

use crate::diagnose::{Cidr, Occupied, free_blocks};

fn cidr(text: &str) -> Cidr {
    Cidr::parse(text).unwrap_or_else(|| panic!("{text} is no block"))
}

fn address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, last)
}

const SUBNET: &str = "10.0.0.0/24";

#[test]
fn the_first_and_the_last_block_belong_to_aws() {
    let free = |subnet: &str, available| free_blocks(cidr(subnet), &Occupied::default(), available);
    assert_eq!(free(SUBNET, 251), Some(14));
    assert_eq!(free("10.0.0.0/28", 11), Some(0));
    assert_eq!(free("10.0.0.0/27", 27), Some(0));
    assert_eq!(free("10.0.0.0/16", 65531), Some(4094));
}

#[test]
fn one_address_spoils_a_block_and_a_prefix_takes_one() {
    let spread: Vec<_> = (1..15).map(|block| address(block * 16 + 3)).collect();
    let taken = Occupied { addresses: spread, ..Occupied::default() };
    assert_eq!(free_blocks(cidr(SUBNET), &taken, 237), Some(0), "237 free addresses and not one block");
    let taken = Occupied { prefixes: vec![cidr("10.0.0.16/28"), cidr("10.0.0.32/28")], ..Occupied::default() };
    assert_eq!(free_blocks(cidr(SUBNET), &taken, 219), Some(12));
}

#[test]
fn what_is_set_aside_for_prefixes_is_free_and_what_is_set_aside_for_others_is_not() {
    let quarter = || vec![cidr("10.0.0.64/26")];
    let for_prefixes = Occupied { for_prefixes: quarter(), ..Occupied::default() };
    let explicit = Occupied { explicit: quarter(), ..Occupied::default() };
    for available in [251, 251 - 64] {
        assert_eq!(free_blocks(cidr(SUBNET), &for_prefixes, available), Some(14), "{available}");
        assert_eq!(free_blocks(cidr(SUBNET), &explicit, available), Some(10), "{available}");
    }
}

/// Shared VPC: others have interfaces here that cannot be listed.
#[test]
fn nothing_is_said_where_the_interfaces_do_not_explain_what_is_available() {
    let taken = Occupied { addresses: vec![address(20)], ..Occupied::default() };
    assert_eq!(free_blocks(cidr(SUBNET), &taken, 250), Some(13));
    assert_eq!(free_blocks(cidr(SUBNET), &taken, 100), None, "somebody takes 150 more");
    let many = Occupied { addresses: (16..200).map(address).collect(), ..Occupied::default() };
    assert_eq!(free_blocks(cidr(SUBNET), &many, 251), None, "interfaces that are gone");
}

#[test]
fn blocks_are_read_as_ec2_writes_them_and_nothing_else_is_a_block() {
    assert_eq!(cidr("10.0.0.7/24"), cidr(SUBNET));
    assert_eq!((cidr(SUBNET).addresses(), cidr(SUBNET).usable()), (256, 251));
    assert_eq!(cidr("10.0.0.1/32").usable(), 0);
    for wrong in ["", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/24", "2001:db8::/64", "0.0.0.0/0"]
    {
        assert_eq!(Cidr::parse(wrong), None, "{wrong}");
    }
}

proptest! {
    /// Counted by trying each address of each block.
    #[test]
    fn the_count_is_what_trying_every_address_finds(
        addresses in prop::collection::btree_set(4_u8..255, 0..60),
        prefixes in prop::collection::btree_set(1_u8..15, 0..6),
        reserved in 0_u8..16, explicit: bool,
    ) {
        let subnet = cidr(SUBNET);
        let prefixes: Vec<_> = prefixes.iter().map(|block| cidr(&format!("10.0.0.{}/28", block * 16))).collect();
        let addresses: Vec<_> =
            addresses.into_iter().map(address).filter(|one| !prefixes.iter().any(|prefix| prefix.has(*one))).collect();
        let aside = vec![cidr(&format!("10.0.0.{}/28", reserved * 16))];
        let (explicit, for_prefixes) = if explicit { (aside, Vec::new()) } else { (Vec::new(), aside) };
        let taken = Occupied { addresses, prefixes, explicit, for_prefixes };
        let available = 251 - taken.addresses.len() - 16 * taken.prefixes.len();
        let is_free = |one: Ipv4Addr| {
            let last = one.octets()[3];
            !taken.addresses.contains(&one)
                && !taken.prefixes.iter().chain(&taken.explicit).any(|block| block.has(one))
                && (4..255).contains(&last)
        };
        let expected = (0..16_u8).filter(|block| (0..16).all(|at| is_free(address(block * 16 + at)))).count();
        prop_assert_eq!(free_blocks(subnet, &taken, available.try_into().unwrap()), Some(expected.try_into().unwrap()));
    }

    #[test]
    fn nothing_that_ec2_could_say_makes_it_panic(
        subnet in any::<u32>(), length in 8_u8..=32, available: u32,
        addresses in prop::collection::vec(any::<u32>(), 0..20),
        blocks in prop::collection::vec((any::<u32>(), 8_u8..=32), 0..10),
    ) {
        let block = |(first, length): &(u32, u8)| cidr(&format!("{}/{length}", Ipv4Addr::from(*first)));
        let all: Vec<_> = blocks.iter().map(block).collect();
        let addresses = addresses.into_iter().map(Ipv4Addr::from).collect();
        let taken = Occupied { addresses, prefixes: all.clone(), explicit: all.clone(), for_prefixes: all };
        let free = free_blocks(block(&(subnet, length)), &taken, available);
        prop_assert!(free.is_none_or(|free| free <= 4094));
    }
}
