//! Subnets that somebody takes addresses from, and what nodes hold of them.

use super::{Group, cut};
use crate::{
    cache::AwsFacts,
    collector::Collector::{
        self, Cluster, CniNodes, Ec2NodeClasses, EniConfigs, NetworkInterfaces, NodeClasses, Nodegroups, Nodes, Pods,
        Subnets,
    },
    metrics::{Family, Writer, sets::SUBNET_USERS},
};

/// Which subnets there are to tell of, many say.
const USED: &[Collector] = &[Subnets, Cluster, Nodegroups, EniConfigs, Ec2NodeClasses, NodeClasses, CniNodes];

const AVAILABLE: Family = Family::gauge(
    "eks_subnet_available_ips",
    "Free IPv4 addresses of the subnet, as EC2 counts them: those of stopped instances are not free, and a prefix takes 16.",
    &["subnet_id", "zone_id"],
)
.from(USED);

const TOTAL: Family = Family::gauge(
    "eks_subnet_total_ips",
    "IPv4 addresses of the subnet that can be used: all but the five that AWS keeps.",
    &["subnet_id", "zone_id"],
)
.from(USED);

const INFO: Family = Family::gauge(
    "eks_subnet_info",
    "1, with the subnet; the name is its tag Name, cut after 128 characters.",
    &["subnet_id", "name", "zone_id", "cidr", "vpc_id"],
)
.from(USED);

const USAGE: Family = Family::gauge(
    "eks_subnet_usage_info",
    "1, for each who takes addresses there: the control plane, a node group, a Fargate profile, an ENIConfig of the VPC CNI, an EC2NodeClass of Karpenter, a NodeClass of EKS Auto Mode, nodes as their CNINodes say, or the VPC CNI by its tag. Only node groups, profiles, ENIConfigs, EC2NodeClasses and NodeClasses have a name.",
    &["subnet_id", "used_by", "name"],
)
.sets(&[("used_by", SUBNET_USERS)])
.from(USED);

const PREFIXES: Family = Family::gauge(
    "eks_subnet_free_prefixes",
    "Free /28 blocks of the subnet, which prefix delegation takes, with --subnet-prefixes; those in blocks that are reserved for prefixes among them. Left out where the interfaces do not explain how many addresses are free, as in a shared VPC, and on IPv6 clusters.",
    &["subnet_id", "zone_id"],
)
.from(&[NetworkInterfaces, Subnets]);

const WARM: Family = Family::gauge(
    "eks_subnet_warm_ips",
    "IPv4 addresses of the subnet that nodes hold for pods to come, by EC2, with --branch-eni-scan: they could be given back. Left out on IPv6 clusters and with --namespaces.",
    &["subnet_id", "zone_id"],
)
.from(&[NetworkInterfaces, Subnets, Nodes, Pods]);

const BRANCH_ENIS: Family = Family::gauge(
    "eks_node_branch_enis",
    "Branch ENIs by EC2, with --branch-eni-scan: attached to the trunk of the node, or available, which are leaked (also 0). An empty node is one that is gone.",
    &["node", "state"],
)
.sets(&[("state", &["attached", "available"])])
.from(&[NetworkInterfaces, Nodes]);

const NODE_IPS: Family = Family::gauge(
    "eks_node_ips",
    "IPv4 addresses that the node's own interfaces hold of its subnets, by EC2, with --branch-eni-scan: assigned to the node or one of its pods, or warm for pods to come. Left out on IPv6 clusters and with --namespaces.",
    &["node", "state"],
)
.sets(&[("state", &["assigned", "warm"])])
.from(&[NetworkInterfaces, Nodes, Pods]);

pub(super) const GROUP: Group = Group {
    title: "Subnets",
    families: &[&AVAILABLE, &TOTAL, &INFO, &USAGE, &PREFIXES, &WARM, &BRANCH_ENIS, &NODE_IPS],
};

pub(super) fn write(to: &mut Writer, aws: &AwsFacts) {
    for subnet in &aws.subnets {
        if let Some(available) = subnet.available {
            to.series(&AVAILABLE, &[cut(&subnet.id), cut(&subnet.zone_id)], available);
        }
    }
    for subnet in &aws.subnets {
        if let Some(total) = subnet.total {
            to.series(&TOTAL, &[cut(&subnet.id), cut(&subnet.zone_id)], total);
        }
    }
    for subnet in &aws.subnets {
        let texts = [&subnet.id, &subnet.name, &subnet.zone_id, &subnet.cidr, &subnet.vpc_id].map(|text| cut(text));
        to.series(&INFO, &texts, true);
    }
    for subnet in &aws.subnets {
        for (user, name) in &subnet.users {
            to.series(&USAGE, &[cut(&subnet.id), user.as_str(), name], true);
        }
    }
    for subnet in &aws.subnets {
        if let Some(free) = subnet.free_prefixes {
            to.series(&PREFIXES, &[cut(&subnet.id), cut(&subnet.zone_id)], free);
        }
    }
    for subnet in &aws.subnets {
        if let Some(warm) = subnet.warm {
            to.series(&WARM, &[cut(&subnet.id), cut(&subnet.zone_id)], warm.addresses);
        }
    }
    for (node, held) in &aws.interfaces {
        if held.branch_attached > 0 {
            to.series(&BRANCH_ENIS, &[node, "attached"], held.branch_attached);
        }
        // Also 0: what was left over and is not any more must not look like a gap.
        to.series(&BRANCH_ENIS, &[node, "available"], held.branch_available);
    }
    for (node, held) in &aws.interfaces {
        for (state, count) in [("assigned", held.assigned), ("warm", held.warm)] {
            if aws.knows_pod_addresses && held.assigned + held.warm > 0 {
                to.series(&NODE_IPS, &[node, state], count);
            }
        }
    }
}
