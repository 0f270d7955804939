//! What panels ask for that cannot answer yet, each with the reason. This list is to shrink to nothing: a test fails when
//! something in it is there.

/// Families that the contract names and nobody declares yet: the collectors of AWS are being written.
pub const UNDECLARED: &[(&str, &[&str])] = &[
    ("eks_addon_health_issue", &["addon", "code"]),
    ("eks_cluster_info", &["cluster_name", "aws_region", "kubernetes_version", "platform_version", "support_type"]),
    ("eks_cluster_support_end_timestamp_seconds", &["support"]),
    ("eks_cluster_health_issue", &["code"]),
    ("eks_insight_info", &["name", "category", "kubernetes_version", "status"]),
    (
        "eks_nodegroup_info",
        &["nodegroup", "ami_type", "release_version", "kubernetes_version", "capacity_type", "status"],
    ),
    ("eks_nodegroup_health_issue", &["nodegroup", "code"]),
    ("eks_subnet_available_ips", &["subnet_id", "zone_id"]),
    ("eks_subnet_total_ips", &["subnet_id", "zone_id"]),
    ("eks_subnet_info", &["subnet_id", "name", "zone_id", "cidr", "vpc_id"]),
    ("eks_subnet_usage_info", &["subnet_id", "used_by", "name"]),
    ("eks_subnet_free_prefixes", &["subnet_id", "zone_id"]),
    ("eks_node_branch_enis", &["node", "state"]),
    ("eks_node_ips", &["node", "state"]),
    ("eksporter_aws_requests_total", &["aws_service", "operation", "outcome"]),
    ("eksporter_aws_last_success_timestamp_seconds", &["source"]),
];

/// Families of AWS that are declared and that no scenario feeds, for scenarios have no AWS yet.
pub const UNFED: &[&str] = &[];
