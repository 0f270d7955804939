//! Findings about subnets.

use super::{Finding, count_nodes, first_few, thresholds};
use crate::{
    cache::{AwsFacts, NodeInterfaces, SubnetUse},
    diagnose::Room,
};

/// Subnets with little room: one finding, which gets worse or better.
pub(super) fn finding(aws: &AwsFacts) -> Option<Finding> {
    let mut cases: Vec<&SubnetUse> = aws.subnets.iter().filter(|subnet| subnet.room() != Room::Enough).collect();
    cases.sort_by_key(|subnet| (subnet.room(), subnet.available, &subnet.id));
    let fullest = *cases.first()?;
    let (mut examples, more) = first_few(&cases, |subnet| words(subnet));
    examples.extend(warm(aws));
    let worst = cases.iter().filter(|subnet| subnet.room() == Room::HardlyAny).count();
    let have = |count: usize| format!("{count} subnet{}", if count == 1 { " has" } else { "s have" });
    let title = match (worst, cases.len() - worst) {
        (0, few) => format!("{} few free addresses", have(few)),
        (worst, 0) => format!("{} hardly any free addresses", have(worst)),
        (worst, few) => format!("{} hardly any free addresses, {few} more few", have(worst)),
    };
    Some(Finding {
        severity: thresholds::subnet(fullest.room())?,
        key: "subnets".to_owned(),
        title,
        detail: "Where none is left, new pods hang without an address, new nodes do not come up, and the control plane cannot be upgraded.",
        since: cases.iter().filter_map(|subnet| subnet.low_since).min()?,
        examples,
        more,
        look: format!(
            "`aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={}`: who holds addresses there. Then add subnets, or have the VPC CNI hold fewer warm addresses (WARM_IP_TARGET).",
            fullest.id
        ),
    })
}

/// `subnet-… (private-a, 10.0.1.0/24, euw1-az1): 12 of 251 free; nodegroup workers, karpenter default`.
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
    format!(
        "{} ({}): {} of {} free{prefixes}; used by {}",
        subnet.id,
        about.join(", "),
        subnet.available.unwrap_or_default(),
        subnet.total.unwrap_or_default(),
        users.join(", ")
    )
}

/// What nodes hold for pods to come could be given back.
fn warm(aws: &AwsFacts) -> Option<String> {
    let held: Vec<&NodeInterfaces> =
        aws.interfaces.iter().filter(|_| aws.knows_pod_addresses).map(|(_, held)| held).collect();
    let (warm, nodes) =
        (held.iter().map(|held| held.warm).sum::<u64>(), held.iter().filter(|held| held.warm > 0).count());
    (warm > 0).then(|| {
        let hold = if nodes == 1 { "holds" } else { "hold" };
        format!("In all subnets {} {hold} {warm} addresses warm for pods to come", count_nodes(nodes))
    })
}
