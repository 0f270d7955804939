//! Branch ENIs that belong to nobody any more, by EC2: each takes an address, and a place on its trunk.

use jiff::Timestamp;

use crate::{
    aws::OWNER_TAG,
    cache::{Name, Snapshot},
    report::{AwsCli, Finding, Severity, age, first_few, thresholds},
};

/// One finding over all nodes, those first that have had them for longest.
pub(super) fn left_over(snapshot: &Snapshot, aws: &AwsCli<'_>) -> Option<Finding> {
    let now = snapshot.now;
    let since = |node: &Name| snapshot.aws.leaked_since.get(node).copied();
    let mut cases: Vec<(Timestamp, &Name, u32)> = snapshot
        .aws
        .interfaces
        .iter()
        .filter(|(_, held)| held.branch_available > 0)
        .filter_map(|(node, held)| Some((since(node)?, node, held.branch_available)))
        .collect();
    cases.sort_unstable();
    let (oldest, _, _) = *cases.first()?;
    // The resource controller's own clean-up comes by within minutes.
    let severity = thresholds::BRANCH_ENIS_LEAKED.severity(now.duration_since(oldest), false);
    if severity == Severity::Info {
        return None;
    }
    let count: u32 = cases.iter().map(|(_, _, count)| count).sum();
    let (examples, more) = first_few(&cases, |(since, node, count)| {
        let node = if node.is_empty() { "nodes that are gone" } else { node };
        format!("{node}: {count}, for {}", age(*since, now))
    });
    let filters = format!("Name=tag:{},Values={}", OWNER_TAG.0, OWNER_TAG.1);
    Some(Finding {
        severity,
        key: "branch ENIs leaked".to_owned(),
        title: format!("{count} branch ENI{} left over that no pod uses", if count == 1 { " is" } else { "s are" }),
        detail: "Each takes an address of its subnet. The resource controller should have deleted them.",
        since: oldest,
        examples,
        more,
        look: format!(
            "{}; delete what has been available for long.",
            aws.call(
                "ec2",
                "describe-network-interfaces",
                &[
                    ("--filters", &filters),
                    ("--query", "NetworkInterfaces[?Status=='available'].[NetworkInterfaceId,SubnetId]")
                ]
            )
        ),
    })
}
