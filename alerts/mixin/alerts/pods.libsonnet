// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-pods',
        rules: [
          {
            record: 'eks:pod_creation_past_limit:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_broken_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"seccomp_bpf_limit|api_unreachable"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"branch_eni|ip_exhausted|cni_unavailable|cni_error|runtime|cgroup|disk"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_unclear_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"unknown|volume_mount"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_volume_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"volume_attach|volume_provision"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_workload_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"image_pull|config_missing|other"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_pulling_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"image_pulling"}
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pod_creation_past_limit:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_broken_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"seccomp_bpf_limit|api_unreachable"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"branch_eni|ip_exhausted|cni_unavailable|cni_error|runtime|cgroup|disk",cause!="branch_eni"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_unclear_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"unknown|volume_mount"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_volume_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause=~"volume_attach|volume_provision"}
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            record: 'eks:pod_creation_stuck:age_seconds',
            expr: |||
              eks:pod_creation_past_limit:age_seconds{limit="warning"}
              or on (cluster, uid)
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_broken_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause!~"image_pulling|node_down"}
                and on (cluster, uid)
                last_over_time(eks:pod_creation_stuck:age_seconds{limit="warning"}[%(pod_remembered_seconds)ss])
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pod_creation_stuck:age_seconds',
            expr: |||
              eks:pod_creation_past_limit:age_seconds{limit="critical"}
              or on (cluster, uid)
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_broken_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid)
                eks_pod_container_creating_info{cause!~"branch_eni|config_missing|image_pull|image_pulling|node_down"}
                and on (cluster, uid)
                last_over_time(eks:pod_creation_stuck:age_seconds{limit="critical"}[%(pod_remembered_seconds)ss])
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            record: 'eks:system_pod_creation_stuck:age_seconds',
            expr: |||
              eks:pod_creation_stuck:age_seconds{limit="critical",namespace=~"%(system_namespaces)s",owner_kind!="DaemonSet"}
              or
              eks:pod_creation_stuck:age_seconds{limit="critical",namespace=~"%(system_namespaces)s",owner_kind="DaemonSet"}
                and on (cluster)
                count by (cluster) (count by (cluster, node) (
                  eks:pod_creation_stuck:age_seconds{limit="critical",namespace=~"%(system_namespaces)s",owner_kind="DaemonSet"}
                )) >= %(daemonset_nodes)s
            ||| % config,
          },
          {
            record: 'eks:pods_creation_dropped:count',
            expr: |||
              max by (cluster, namespace, cause) (eks_pods_container_creating_overdue) - on (cluster, namespace, cause) (count by (cluster, namespace, cause) (max by (cluster, namespace, cause, uid) (eks_pod_container_creating_info)) or 0 * max by (cluster, namespace, cause) (eks_pods_container_creating_overdue)) > 0 and on (cluster) max by (cluster) (eksporter_series_dropped{family="eks_pod_container_creating_age_seconds"}) > 0
              and on (cluster, namespace, cause) (
                eks_pods_container_creating_oldest_age_seconds{cause=~"seccomp_bpf_limit|api_unreachable"}
                  >= %(creating_node_broken_warning_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"branch_eni|ip_exhausted|cni_unavailable|cni_error|runtime|cgroup|disk"}
                  >= %(creating_node_warning_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"unknown|volume_mount"}
                  >= %(creating_unclear_warning_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"volume_attach|volume_provision"}
                  >= %(creating_volume_warning_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"image_pull|config_missing|other"}
                  >= %(creating_workload_warning_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"image_pulling"}
                  >= %(creating_pulling_warning_seconds)s
              )
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pods_creation_dropped:count',
            expr: |||
              max by (cluster, namespace, cause) (eks_pods_container_creating_overdue) - on (cluster, namespace, cause) (count by (cluster, namespace, cause) (max by (cluster, namespace, cause, uid) (eks_pod_container_creating_info)) or 0 * max by (cluster, namespace, cause) (eks_pods_container_creating_overdue)) > 0 and on (cluster) max by (cluster) (eksporter_series_dropped{family="eks_pod_container_creating_age_seconds"}) > 0
              and on (cluster, namespace, cause) (
                eks_pods_container_creating_oldest_age_seconds{cause=~"seccomp_bpf_limit|api_unreachable"}
                  >= %(creating_node_broken_critical_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"branch_eni|ip_exhausted|cni_unavailable|cni_error|runtime|cgroup|disk",cause!="branch_eni"}
                  >= %(creating_node_critical_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"unknown|volume_mount"}
                  >= %(creating_unclear_critical_seconds)s
                or
                eks_pods_container_creating_oldest_age_seconds{cause=~"volume_attach|volume_provision"}
                  >= %(creating_volume_critical_seconds)s
              )
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            alert: 'EksPodsCreationStuck',
            expr: |||
              (
                sum by (cluster) (
                  count by (cluster) (eks:system_pod_creation_stuck:age_seconds)
                  or
                  eks:pods_creation_dropped:count{limit="critical",namespace=~"%(system_namespaces)s"}
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              scope: 'system',
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} of the system\'s namespaces{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stuck in creation. Causes: {{ range $i, $s := printf `sort_desc(sum by (cause) (count by (cause) (max by (uid, cause) (eks_pod_container_creating_info{cluster=%%[1]q}) and on (uid) eks:system_pod_creation_stuck:age_seconds{cluster=%%[1]q}) or eks:pods_creation_dropped:count{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:system_pod_creation_stuck:age_seconds{cluster=%%[1]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(5, count by (node) (eks:system_pod_creation_stuck:age_seconds{cluster=%%[1]q})))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ else }}. Nodes: {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pods_creation_dropped:count{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }} ({{ .Labels.cause }}){{ with printf `max(eks_pods_container_creating_oldest_age_seconds{cluster=%%q,namespace=%%q,cause=%%q})` $labels.cluster .Labels.namespace .Labels.cause | query }}, the oldest for {{ . | first | value | humanizeDuration }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodscreationstuck%(runbook_url_suffix)s' % config,
              summary: 'Pods that the cluster itself needs are not created.',
            },
          },
          {
            alert: 'EksPodsCreationStuck',
            expr: |||
              (
                sum by (cluster) (
                  count by (cluster) (eks:pod_creation_stuck:age_seconds{limit="critical",namespace!~"%(system_namespaces)s"})
                  or
                  eks:pods_creation_dropped:count{limit="critical",namespace!~"%(system_namespaces)s"}
                ) >= %(pods_several)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              scope: 'workloads',
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stuck in creation. Causes: {{ range $i, $s := printf `sort_desc(sum by (cause) (count by (cause) (max by (uid, cause) (eks_pod_container_creating_info{cluster=%%[1]q}) and on (uid) eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}) or eks:pods_creation_dropped:count{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(5, count by (node) (eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"})))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ else }}. Nodes: {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pods_creation_dropped:count{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }} ({{ .Labels.cause }}){{ with printf `max(eks_pods_container_creating_oldest_age_seconds{cluster=%%q,namespace=%%q,cause=%%q})` $labels.cluster .Labels.namespace .Labels.cause | query }}, the oldest for {{ . | first | value | humanizeDuration }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodscreationstuck%(runbook_url_suffix)s' % config,
              summary: 'Several pods are not created.',
            },
          },
          {
            alert: 'EksPodsCreationStuck',
            expr: |||
              (
                sum by (cluster, namespace) (
                  count by (cluster, namespace) (eks:pod_creation_stuck:age_seconds{limit="warning"})
                  or
                  eks:pods_creation_dropped:count{limit="warning"}
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} in namespace {{ $labels.namespace }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stuck in creation. Causes: {{ range $i, $s := printf `sort_desc(sum by (cause) (count by (cause) (max by (uid, cause) (eks_pod_container_creating_info{cluster=%[1]q}) and on (uid) eks:pod_creation_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}) or eks:pods_creation_dropped:count{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pod_creation_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(5, count by (node) (eks:pod_creation_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q})))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ else }}. Nodes: {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pods_creation_dropped:count{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }} ({{ .Labels.cause }}){{ with printf `max(eks_pods_container_creating_oldest_age_seconds{cluster=%q,namespace=%q,cause=%q})` $labels.cluster .Labels.namespace .Labels.cause | query }}, the oldest for {{ . | first | value | humanizeDuration }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekspodscreationstuck%(runbook_url_suffix)s' % config,
              summary: 'Pods of a namespace are not created.',
            },
          },
          {
            alert: 'EksPodCreationOverdue',
            expr: |||
              (
                max by (cluster, namespace, pod) (eks_pod_container_creating_age_seconds)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'none',
            },
            annotations: {
              description: 'Pod {{ $labels.namespace }}/{{ $labels.pod }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} has been creating for {{ $value | humanizeDuration }}. Cause: {{ range $i, $s := printf `max by (cause) (eks_pod_container_creating_info{cluster=%q,namespace=%q,pod=%q})` $labels.cluster $labels.namespace $labels.pod | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekspodcreationoverdue%(runbook_url_suffix)s' % config,
              summary: 'A pod is overdue in its creation.',
            },
          },
          {
            record: 'eks:pod_unscheduled_past_limit:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_blocked_warning_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause=~"branch_eni|no_scheduler"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_volume_warning_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause=~"volume_provision"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_room_warning_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause=~"scheduling_capacity|scheduling_constraints|fargate|unknown"}
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pod_unscheduled_past_limit:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_blocked_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause=~"branch_eni|no_scheduler"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_volume_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause=~"volume_provision"}
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            record: 'eks:pod_unscheduled_stuck:age_seconds',
            expr: |||
              eks:pod_unscheduled_past_limit:age_seconds{limit="warning"}
              or on (cluster, uid)
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_blocked_warning_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause!~"gated|no_nodes|node_down|placeholder"}
                and on (cluster, uid)
                last_over_time(eks:pod_unscheduled_stuck:age_seconds{limit="warning"}[%(pod_remembered_seconds)ss])
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pod_unscheduled_stuck:age_seconds',
            expr: |||
              eks:pod_unscheduled_past_limit:age_seconds{limit="critical"}
              or on (cluster, uid)
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_blocked_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause!~"gated|no_nodes|node_down|placeholder"}
                and on (cluster, uid)
                last_over_time(eks:pod_unscheduled_stuck:age_seconds{limit="critical"}[%(pod_remembered_seconds)ss])
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            record: 'eks:pods_unscheduled_dropped:count',
            expr: |||
              max by (cluster, namespace, cause) (eks_pods_unscheduled_overdue) - on (cluster, namespace, cause) (count by (cluster, namespace, cause) (max by (cluster, namespace, cause, uid) (eks_pod_unscheduled_info)) or 0 * max by (cluster, namespace, cause) (eks_pods_unscheduled_overdue)) > 0 and on (cluster) max by (cluster) (eksporter_series_dropped{family="eks_pod_unscheduled_age_seconds"}) > 0
              and on (cluster, namespace, cause) (
                eks_pods_unscheduled_oldest_age_seconds{cause=~"branch_eni|no_scheduler"}
                  >= %(unscheduled_blocked_warning_seconds)s
                or
                eks_pods_unscheduled_oldest_age_seconds{cause=~"volume_provision"}
                  >= %(unscheduled_volume_warning_seconds)s
                or
                eks_pods_unscheduled_oldest_age_seconds{cause=~"scheduling_capacity|scheduling_constraints|fargate|unknown"}
                  >= %(unscheduled_room_warning_seconds)s
              )
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pods_unscheduled_dropped:count',
            expr: |||
              max by (cluster, namespace, cause) (eks_pods_unscheduled_overdue) - on (cluster, namespace, cause) (count by (cluster, namespace, cause) (max by (cluster, namespace, cause, uid) (eks_pod_unscheduled_info)) or 0 * max by (cluster, namespace, cause) (eks_pods_unscheduled_overdue)) > 0 and on (cluster) max by (cluster) (eksporter_series_dropped{family="eks_pod_unscheduled_age_seconds"}) > 0
              and on (cluster, namespace, cause) (
                eks_pods_unscheduled_oldest_age_seconds{cause=~"branch_eni|no_scheduler"}
                  >= %(unscheduled_blocked_critical_seconds)s
                or
                eks_pods_unscheduled_oldest_age_seconds{cause=~"volume_provision"}
                  >= %(unscheduled_volume_critical_seconds)s
              )
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            record: 'eks:pod_without_nodes:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"}))
                and on (cluster, uid) eks_pod_unscheduled_info{cause=~"no_nodes"}
              or
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"}))
                and on (cluster, uid) eks_pod_unscheduled_info{cause="node_down"}
                unless on (cluster)
                sum by (cluster) (max by (cluster, pool, pool_kind, zone_id, ready) (eks_nodes{lifecycle="serving"})) > 0
            |||,
          },
          {
            alert: 'EksClusterWithoutNodes',
            expr: |||
              (
                count by (cluster) (
                  eks:pod_without_nodes:age_seconds >= %(unscheduled_no_nodes_critical_seconds)s < %(pod_abandoned_seconds)s
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"pods|nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting, and there is {{ with printf `sum(max by (pool, pool_kind, zone_id, ready, lifecycle) (eks_nodes{cluster=%%q})) > 0` $labels.cluster | query }}no node that serves ({{ . | first | value }} that start or leave){{ else }}no node at all{{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_without_nodes:age_seconds{cluster=%%[1]q} >= %(unscheduled_no_nodes_critical_seconds)s < %(pod_abandoned_seconds)s))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksclusterwithoutnodes%(runbook_url_suffix)s' % config,
              summary: 'Pods wait in a cluster that has no nodes.',
            },
          },
          {
            alert: 'EksClusterWithoutNodes',
            expr: |||
              (
                count by (cluster) (eks:pod_without_nodes:age_seconds >= %(unscheduled_no_nodes_warning_seconds)s)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"pods|nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting, and there is {{ with printf `sum(max by (pool, pool_kind, zone_id, ready, lifecycle) (eks_nodes{cluster=%%q})) > 0` $labels.cluster | query }}no node that serves ({{ . | first | value }} that start or leave){{ else }}no node at all{{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_without_nodes:age_seconds{cluster=%%[1]q} >= %(unscheduled_no_nodes_warning_seconds)s))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksclusterwithoutnodes%(runbook_url_suffix)s' % config,
              summary: 'Pods wait in a cluster that has no nodes.',
            },
          },
          {
            alert: 'EksPodsUnscheduled',
            expr: |||
              (
                sum by (cluster) (
                  count by (cluster) (eks:pod_unscheduled_stuck:age_seconds{limit="critical",namespace=~"%(system_namespaces)s"})
                  or
                  eks:pods_unscheduled_dropped:count{limit="critical",namespace=~"%(system_namespaces)s"}
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              scope: 'system',
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} of the system\'s namespaces{{ with $labels.cluster }} in cluster {{ . }}{{ end }} without a node. Causes: {{ range $i, $s := printf `sort_desc(sum by (cause) (count by (cause) (max by (uid, cause) (eks_pod_unscheduled_info{cluster=%%[1]q}) and on (uid) eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}) or eks:pods_unscheduled_dropped:count{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pods_unscheduled_dropped:count{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }} ({{ .Labels.cause }}){{ with printf `max(eks_pods_unscheduled_oldest_age_seconds{cluster=%%q,namespace=%%q,cause=%%q})` $labels.cluster .Labels.namespace .Labels.cause | query }}, the oldest for {{ . | first | value | humanizeDuration }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodsunscheduled%(runbook_url_suffix)s' % config,
              summary: 'Pods that the cluster itself needs get no node.',
            },
          },
          {
            alert: 'EksPodsUnscheduled',
            expr: |||
              (
                sum by (cluster) (
                  count by (cluster) (eks:pod_unscheduled_stuck:age_seconds{limit="critical",namespace!~"%(system_namespaces)s"})
                  or
                  eks:pods_unscheduled_dropped:count{limit="critical",namespace!~"%(system_namespaces)s"}
                ) >= %(pods_several)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              scope: 'workloads',
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} without a node. Causes: {{ range $i, $s := printf `sort_desc(sum by (cause) (count by (cause) (max by (uid, cause) (eks_pod_unscheduled_info{cluster=%%[1]q}) and on (uid) eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}) or eks:pods_unscheduled_dropped:count{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pods_unscheduled_dropped:count{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }} ({{ .Labels.cause }}){{ with printf `max(eks_pods_unscheduled_oldest_age_seconds{cluster=%%q,namespace=%%q,cause=%%q})` $labels.cluster .Labels.namespace .Labels.cause | query }}, the oldest for {{ . | first | value | humanizeDuration }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodsunscheduled%(runbook_url_suffix)s' % config,
              summary: 'Several pods get no node.',
            },
          },
          {
            alert: 'EksPodsUnscheduled',
            expr: |||
              (
                sum by (cluster, namespace) (
                  count by (cluster, namespace) (eks:pod_unscheduled_stuck:age_seconds{limit="warning"})
                  or
                  eks:pods_unscheduled_dropped:count{limit="warning"}
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="pods"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} in namespace {{ $labels.namespace }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} without a node. Causes: {{ range $i, $s := printf `sort_desc(sum by (cause) (count by (cause) (max by (uid, cause) (eks_pod_unscheduled_info{cluster=%[1]q}) and on (uid) eks:pod_unscheduled_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}) or eks:pods_unscheduled_dropped:count{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pod_unscheduled_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:pods_unscheduled_dropped:count{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }} ({{ .Labels.cause }}){{ with printf `max(eks_pods_unscheduled_oldest_age_seconds{cluster=%q,namespace=%q,cause=%q})` $labels.cluster .Labels.namespace .Labels.cause | query }}, the oldest for {{ . | first | value | humanizeDuration }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekspodsunscheduled%(runbook_url_suffix)s' % config,
              summary: 'Pods of a namespace get no node.',
            },
          },
        ],
      },
    ],
  },
}
