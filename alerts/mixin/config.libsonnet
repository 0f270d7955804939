// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  _config+:: {
    // Where you keep the pages of `alerts/runbooks/`; the alert's name in lower case follows. (URL)
    runbook_url_prefix: 'https://example.com/eksporter/runbooks/',
    // What follows the name; may be empty. (text)
    runbook_url_suffix: '.md',
    // Namespaces in which a single pod is worth waking somebody. (pattern)
    system_namespaces: 'kube-.*',
    // How long alerts about the cluster go on after their cause went: longer than a restart of the exporter. (seconds)
    keep_firing_seconds: 300,
    // Pods outside of the system's namespaces that are worth waking somebody. (count)
    pods_several: 2,
    // A pod that has hung for so long wakes nobody any more, but for those beyond --pod-series-limit, whose ages are not known. (seconds)
    pod_abandoned_seconds: 86400,
    // Nodes on which pods of DaemonSets of the system's namespaces hang that are worth waking somebody. (count)
    daemonset_nodes: 2,
    // A pod past the limit of its cause counts on, whatever the cause becomes, and over a gap of so long. (seconds)
    pod_remembered_seconds: 900,
    // A pod being created, no pod starts on the node any more (`seccomp_bpf_limit`, `api_unreachable`): from when on it is warning. (seconds)
    creating_node_broken_warning_seconds: 120,
    // A pod being created, no pod starts on the node any more (`seccomp_bpf_limit`, `api_unreachable`): from when on it is critical. (seconds)
    creating_node_broken_critical_seconds: 300,
    // A pod being created, network, runtime or disk of the node (`branch_eni`, `ip_exhausted`, `cni_unavailable`, `cni_error`, `runtime`, `cgroup`, `disk`): from when on it is warning. (seconds)
    creating_node_warning_seconds: 300,
    // A pod being created, network, runtime or disk of the node (`branch_eni`, `ip_exhausted`, `cni_unavailable`, `cni_error`, `runtime`, `cgroup`, `disk`): from when on it is critical. (seconds)
    creating_node_critical_seconds: 600,
    // A pod being created, nothing tells yet, or a volume is not mounted yet (`unknown`, `volume_mount`): from when on it is warning. (seconds)
    creating_unclear_warning_seconds: 600,
    // A pod being created, nothing tells yet, or a volume is not mounted yet (`unknown`, `volume_mount`): from when on it is critical. (seconds)
    creating_unclear_critical_seconds: 1200,
    // A pod being created, volumes being made and attached (`volume_attach`, `volume_provision`): from when on it is warning. (seconds)
    creating_volume_warning_seconds: 720,
    // A pod being created, volumes being made and attached (`volume_attach`, `volume_provision`): from when on it is critical. (seconds)
    creating_volume_critical_seconds: 1500,
    // A pod being created, the workload's own: its image, its configuration (`image_pull`, `config_missing`, `other`): from when on it is warning. (seconds)
    creating_workload_warning_seconds: 900,
    // A pod being created, an image being pulled (`image_pulling`): from when on it is warning. (seconds)
    creating_pulling_warning_seconds: 2700,
    // A pod without a node, the cluster has no nodes (`no_nodes`): from when on it is warning. (seconds)
    unscheduled_no_nodes_warning_seconds: 120,
    // A pod without a node, the cluster has no nodes (`no_nodes`): from when on it is critical. (seconds)
    unscheduled_no_nodes_critical_seconds: 300,
    // A pod without a node, no branch ENI or no scheduler (`branch_eni`, `no_scheduler`): from when on it is warning. (seconds)
    unscheduled_blocked_warning_seconds: 300,
    // A pod without a node, no branch ENI or no scheduler (`branch_eni`, `no_scheduler`): from when on it is critical. (seconds)
    unscheduled_blocked_critical_seconds: 600,
    // A pod without a node, volumes being made (`volume_provision`): from when on it is warning. (seconds)
    unscheduled_volume_warning_seconds: 720,
    // A pod without a node, volumes being made (`volume_provision`): from when on it is critical. (seconds)
    unscheduled_volume_critical_seconds: 1500,
    // A pod without a node, no room, or no node that the pod's own rules allow (`scheduling_capacity`, `scheduling_constraints`, `fargate`, `unknown`): from when on it is warning. (seconds)
    unscheduled_room_warning_seconds: 900,
    // A pod waits for its branch ENI: from when on it is warning. (seconds)
    branch_eni_pending_warning_seconds: 180,
    // A pod waits for its branch ENI: from when on it is critical. (seconds)
    branch_eni_pending_critical_seconds: 180,
    // Completed pods hold branch ENIs: from when on it is warning. (seconds)
    branch_enis_held_warning_seconds: 1800,
    // A pool with more of its branch ENIs requested is as good as full. (percent)
    branch_enis_requested_percent: 90,
    // A full pool while pods wait for branch ENIs: from when on it is warning. (seconds)
    branch_enis_requested_warning_seconds: 1800,
    // Branch ENIs of a node's capacity that are not allocatable for so long. (seconds)
    branch_enis_unusable_seconds: 120,
    // Branch ENIs that belong to no pod: from when on it is warning. (seconds)
    branch_enis_leaked_warning_seconds: 3600,
    // Many nodes of a pool or zone not ready: from when on it is warning. (seconds)
    nodes_lost_warning_seconds: 120,
    // Many nodes of a pool or zone not ready: from when on it is critical. (seconds)
    nodes_lost_critical_seconds: 300,
    // Fewer nodes of a pool or zone are no many. (count)
    nodes_lost_count: 3,
    // A larger share of a pool's or zone's serving nodes is many. (percent)
    nodes_lost_percent: 25,
    // A node that should serve and is not ready: from when on it is warning. (seconds)
    node_not_ready_warning_seconds: 300,
    // A node that should serve and is not ready: from when on it is critical. (seconds)
    node_not_ready_critical_seconds: 600,
    // Nodes that are not ready, wherever they are, that are worth waking somebody. (count)
    nodes_several: 3,
    // A node whose own monitor complains: from when on it is warning. (seconds)
    node_condition_warning_seconds: 600,
    // A newer image came so long ago: who lacks it was forgotten. (seconds)
    straggler_seconds: 86400,
    // aws-node or kube-proxy not ready on a node: from when on it is warning. (seconds)
    agent_down_warning_seconds: 300,
    // aws-node or kube-proxy not ready on a node: from when on it is critical. (seconds)
    agent_down_critical_seconds: 600,
    // Nodes without such an agent that are worth waking somebody. (count)
    agent_down_several: 2,
    // An add-on that is so many minor versions behind the API server was forgotten. (count)
    addon_behind_minors: 2,
    // An add-on that has been behind the API server for so long was forgotten, were it one minor version. (seconds)
    addon_behind_seconds: 86400,
    // An add-on in several versions for so long is worth a word. (seconds)
    addon_rollout_info_seconds: 3600,
    // How long before the end of standard support it is told. (seconds)
    standard_support_end_seconds: 5184000,
    // How long before EKS upgrades the cluster by itself it is told: at the end of extended support, or of standard support by its upgrade policy. (seconds)
    extended_support_end_seconds: 7776000,
    // Free addresses of a subnet for nodes and pods below which, and below the share, it is critical. (count)
    subnet_free_critical_ips: 32,
    // Free share of a subnet for nodes and pods below which, and below the number, it is critical. (percent)
    subnet_free_critical_percent: 10,
    // Free addresses of a subnet for nodes and pods below which, and below the share, it is warning. (count)
    subnet_free_warning_ips: 64,
    // Free share of a subnet for nodes and pods below which, and below the number, it is warning. (percent)
    subnet_free_warning_percent: 20,
    // Free addresses that the control plane needs in its subnets. (count)
    subnet_free_cluster_ips: 6,
    // Only a subnet with less free is watched for its slope. (percent)
    subnet_running_out_percent: 50,
    // The slope of free addresses is taken over so long, and over as long before. (seconds)
    subnet_slope_seconds: 1800,
    // A subnet that would be empty so soon is told. (seconds)
    subnet_empty_within_seconds: 14400,
    // The exporter may be gone for so long. (seconds)
    exporter_down_seconds: 300,
    // There may be no exporter at all for so long. (seconds)
    exporter_absent_seconds: 900,
    // An exporter that was there in the last of these and is gone is missed. (seconds)
    exporter_remembered_seconds: 604800,
    // A collector may fail for so long. (seconds)
    collector_failing_seconds: 600,
    // A watch may hear nothing for so long. (seconds)
    watch_stale_seconds: 900,
    // A clock may be so wrong; ages are corrected for more. (seconds)
    clock_skew_seconds: 5,
    // Requests that AWS may refuse in half an hour. (count)
    aws_refused_count: 10,
    // A source of AWS may be silent for so long after its period. (seconds)
    aws_stale_seconds: 3600,
    // Optional rules: answers of the API server about a single object may take so long, 99 of 100. (seconds)
    api_server_slow_seconds: 1,
    // Optional rules: lists of the API server may take so long, 99 of 100. (seconds)
    api_server_list_slow_seconds: 30,
    // Optional rules: over so long. (seconds)
    api_server_window_seconds: 600,
    // Optional rules: calls of an admission webhook that may fail in that time. (count)
    webhook_failures_count: 5,
    // Optional rules: fewer requests in that time say nothing. (count)
    requests_count: 100,
    // Optional rules: share of answers that may be errors. (percent)
    service_errors_percent: 5,
    // Optional rules: answers of a service may take so long, 99 of 100. (seconds)
    service_slow_seconds: 2,
  },
}
