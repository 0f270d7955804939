//! Findings about subnets.

use super::{AwsCli, Finding, count_nodes, first_few, thresholds};
use crate::{
    cache::{AwsFacts, SubnetUse},
    diagnose::Room,
};

/// Everything that is wrong with subnets.
pub(super) fn findings(aws: &AwsFacts, cli: &AwsCli<'_>) -> Vec<Finding> {
    [little_room(aws, cli), without_prefixes(aws, cli)].into_iter().flatten().collect()
}

/// Subnets with little room: one finding, which gets worse or better.
fn little_room(aws: &AwsFacts, cli: &AwsCli<'_>) -> Option<Finding> {
    let mut cases: Vec<&SubnetUse> = aws.subnets.iter().filter(|subnet| subnet.room() != Room::Enough).collect();
    cases.sort_by_key(|subnet| (subnet.room(), subnet.available, &subnet.id));
    let fullest = *cases.first()?;
    let (examples, more) = first_few(&cases, |subnet| words(subnet));
    let worst = cases.iter().filter(|subnet| subnet.room() == Room::HardlyAny).count();
    let have = |count: usize| format!("{count} subnet{}", if count == 1 { " has" } else { "s have" });
    let title = match (worst, cases.len() - worst) {
        (0, few) => format!("{} few free addresses", have(few)),
        (worst, 0) => format!("{} hardly any free addresses", have(worst)),
        (worst, few) => format!("{} hardly any free addresses, {few} more few", have(worst)),
    };
    let name = if fullest.name.is_empty() { &fullest.id } else { &fullest.name };
    let title = format!("{title}: {name}, {}", free_of_all(fullest));
    Some(Finding {
        severity: thresholds::subnet(fullest.room())?,
        key: "subnets".to_owned(),
        title,
        detail: "Where none is left, new pods hang without an address, new nodes do not come up, and the control plane cannot be upgraded.",
        since: cases.iter().filter_map(|subnet| subnet.low_since).min()?,
        examples,
        more,
        look: format!(
            "{}: who holds addresses there. Then add subnets, or have the VPC CNI hold fewer warm addresses (WARM_IP_TARGET).",
            interfaces_of(fullest, cli)
        ),
    })
}

/// Subnets whose free addresses are too scattered for a prefix.
fn without_prefixes(aws: &AwsFacts, cli: &AwsCli<'_>) -> Option<Finding> {
    let cases = aws.subnets.iter().filter_map(|subnet| Some((subnet.scattered_since?, subnet)));
    let mut cases: Vec<_> = cases.collect();
    cases.sort_by_key(|(since, subnet)| (*since, &subnet.id));
    let (since, first) = *cases.first()?;
    let (examples, more) = first_few(&cases, |(_, subnet)| words(subnet));
    let (count, has) = (cases.len(), if cases.len() == 1 { " has" } else { "s have" });
    Some(Finding {
        severity: thresholds::SUBNET_SCATTERED,
        key: "subnets without prefixes".to_owned(),
        title: format!("{count} subnet{has} free addresses, but no free /28 block"),
        detail: "With prefix delegation nodes take whole blocks of 16: they get none there.",
        since,
        examples,
        more,
        look: format!(
            "{}: addresses that lie scattered. Then reserve a block for prefixes (`aws ec2 create-subnet-cidr-reservation`), or use another subnet.",
            interfaces_of(first, cli)
        ),
    })
}

/// The call that says who holds addresses of a subnet.
fn interfaces_of(subnet: &SubnetUse, cli: &AwsCli<'_>) -> String {
    let filter = format!("Name=subnet-id,Values={}", subnet.id);
    cli.call("ec2", "describe-network-interfaces", &[("--filters", &filter)])
}

/// `12 of 251 free`.
fn free_of_all(subnet: &SubnetUse) -> String {
    format!("{} of {} free", subnet.available.unwrap_or_default(), subnet.total.unwrap_or_default())
}

/// `subnet-… (private-a, 10.0.1.0/24, euw1-az1): 12 of 251 free, 96 held warm by 6 nodes; used by nodegroup workers`.
fn words(subnet: &SubnetUse) -> String {
    let about: Vec<&str> = [&subnet.name, &subnet.cidr, &subnet.zone_id]
        .into_iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    let users =
        subnet.users.iter().take(4).map(|(user, name)| format!("{} {name}", user.as_str()).trim_end().to_owned());
    let users: Vec<_> = users.collect();
    let prefixes = subnet.free_prefixes.map(|free| format!(", {free} free /28 blocks")).unwrap_or_default();
    let warm = subnet.warm.filter(|warm| warm.addresses > 0);
    let warm = warm.map(|warm| format!(", {} held warm by {}", warm.addresses, count_nodes(warm.nodes)));
    let warm = warm.unwrap_or_default();
    format!(
        "{} ({}): {}{prefixes}{warm}; used by {}",
        subnet.id,
        about.join(", "),
        free_of_all(subnet),
        users.join(", ")
    )
}
