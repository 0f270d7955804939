//! Free /28 blocks of a subnet: what the VPC CNI needs with prefix delegation, and what no API tells. A subnet with many
//! free addresses may have none.

use std::net::Ipv4Addr;

/// Addresses that a /28 has.
pub const BLOCK: u32 = 16;
/// The first four addresses of a subnet and the last belong to AWS (VPC user guide, "Subnet CIDR blocks").
const KEPT_BY_AWS: u64 = 5;
/// The largest subnet that AWS makes.
const LARGEST: u8 = 16;

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    first: u32,
    length: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/24`; no more than the addresses of a /8. `None` for anything else, and for IPv6.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (address, length) = (address.parse::<Ipv4Addr>().ok()?, length.parse().ok()?);
        (8..=32).contains(&length).then(|| Self { first: u32::from(address) & mask(length), length })
    }

    /// How many addresses it has.
    #[must_use]
    pub fn addresses(self) -> u64 {
        1 << (32 - u32::from(self.length))
    }

    /// How many of them somebody may use, where it is a subnet.
    #[must_use]
    pub fn usable(self) -> u64 {
        self.addresses().saturating_sub(KEPT_BY_AWS)
    }

    /// Its first address.
    #[must_use]
    pub fn first(self) -> Ipv4Addr {
        self.first.into()
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn has(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.length) == self.first
    }

    fn last(self) -> u32 {
        self.first | !mask(self.length)
    }
}

fn mask(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0)
}

/// What lies in a subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occupied {
    /// Addresses of network interfaces.
    pub addresses: Vec<Ipv4Addr>,
    /// Prefixes of network interfaces.
    pub prefixes: Vec<Cidr>,
    /// Blocks set aside for whoever names their addresses: nobody gets a prefix there unasked.
    pub explicit: Vec<Cidr>,
    /// Blocks set aside for prefixes: these are given first (aws/amazon-vpc-cni-k8s#2749).
    pub for_prefixes: Vec<Cidr>,
}

/// Free /28 blocks of a subnet, among them those in blocks that are set aside for prefixes. The first and the last one are
/// never free, for AWS keeps addresses of theirs.
///
/// `None` where the count is not to be trusted: what the interfaces take does not explain how many addresses EC2 says are
/// `available`. So it is in a shared VPC, where the interfaces of other accounts cannot be seen, and for a moment while
/// many come or go.
#[must_use]
pub fn free_blocks(subnet: Cidr, taken: &Occupied, available: u32) -> Option<u32> {
    if subnet.length < LARGEST || subnet.length > 28 || !explains(subnet, taken, available) {
        return None;
    }
    let blocks = usize::try_from(subnet.addresses() / u64::from(BLOCK)).ok()?;
    let mut free = vec![true; blocks];
    let mut take = |first: u32, last: u32| {
        let (from, to) = (first.max(subnet.first), last.min(subnet.last()));
        if from <= to {
            let at = |address: u32| ((address - subnet.first) / BLOCK) as usize;
            free[at(from)..=at(to)].fill(false);
        }
    };
    take(subnet.first, subnet.first);
    take(subnet.last(), subnet.last());
    for address in &taken.addresses {
        take((*address).into(), (*address).into());
    }
    for block in taken.prefixes.iter().chain(&taken.explicit) {
        take(block.first, block.last());
    }
    u32::try_from(free.into_iter().filter(|free| *free).count()).ok()
}

/// Whether what is taken and what is available make the whole subnet. Interfaces and subnets are not read in the same
/// moment, and EC2 is eventually consistent: a prefix or a fiftieth more or less is no contradiction. Whether addresses that
/// are set aside count as available is not documented; either will do.
fn explains(subnet: Cidr, taken: &Occupied, available: u32) -> bool {
    let mut sorted: Vec<&Cidr> = taken.prefixes.iter().collect();
    sorted.sort_unstable_by_key(|prefix| prefix.first);
    let in_prefix = |address: &Ipv4Addr| {
        let after = sorted.partition_point(|prefix| prefix.first <= address.to_bits());
        after.checked_sub(1).is_some_and(|at| sorted[at].has(*address))
    };
    let addresses =
        taken.addresses.iter().filter(|address| subnet.has(**address) && !in_prefix(address)).count() as u64;
    let prefixes: u64 = taken.prefixes.iter().map(|prefix| prefix.addresses()).sum();
    let reserved: u64 = taken.explicit.iter().chain(&taken.for_prefixes).map(|block| block.addresses()).sum();
    let left = subnet.usable().saturating_sub(addresses + prefixes);
    let slack = u64::from(BLOCK).max(subnet.usable() / 50);
    let available = u64::from(available);
    (left.saturating_sub(reserved + slack)..=left + slack).contains(&available)
}
