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
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_broken_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause!~"image_pulling|node_down"}
              or on (cluster, uid)
              eks:pod_creation_past_limit:age_seconds{limit="warning"}
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pod_creation_stuck:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(creating_node_broken_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid)
                eks_pod_container_creating_info{cause!~"branch_eni|config_missing|image_pull|image_pulling|node_down"}
              or on (cluster, uid)
              eks:pod_creation_past_limit:age_seconds{limit="critical"}
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            alert: 'EksPodsCreationStuck',
            expr: |||
              (
                count by (cluster) (
                  eks:pod_creation_stuck:age_seconds{limit="critical",namespace=~"%(system_namespaces)s"}
                )
                and on (cluster) (
                  eks:pod_creation_past_limit:age_seconds{limit="critical",namespace=~"%(system_namespaces)s"}
                  or
                  ALERTS{alertname="EksPodsCreationStuck",alertstate="firing",severity="critical",scope="system"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} of the system\'s namespaces{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stuck in creation. Causes: {{ range $i, $s := printf `sort_desc(count by (cause) (max by (uid, cause) (eks_pod_container_creating_info{cluster=%%[1]q}) and on (uid) eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(5, count by (node) (eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"})))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodscreationstuck%(runbook_url_suffix)s' % config,
              summary: 'Pods that the cluster itself needs are not created.',
            },
          },
          {
            alert: 'EksPodsCreationStuck',
            expr: |||
              (
                count by (cluster) (
                  eks:pod_creation_stuck:age_seconds{limit="critical",namespace!~"%(system_namespaces)s"}
                ) >= %(pods_several)s
                and on (cluster) (
                  count by (cluster) (
                    eks:pod_creation_past_limit:age_seconds{limit="critical",namespace!~"%(system_namespaces)s"}
                  ) >= %(pods_several)s
                  or
                  ALERTS{alertname="EksPodsCreationStuck",alertstate="firing",severity="critical",scope="workloads"}
                )
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stuck in creation. Causes: {{ range $i, $s := printf `sort_desc(count by (cause) (max by (uid, cause) (eks_pod_container_creating_info{cluster=%%[1]q}) and on (uid) eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(5, count by (node) (eks:pod_creation_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"})))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodscreationstuck%(runbook_url_suffix)s' % config,
              summary: 'Several pods are not created.',
            },
          },
          {
            alert: 'EksPodsCreationStuck',
            expr: |||
              (
                count by (cluster, namespace) (eks:pod_creation_stuck:age_seconds{limit="warning"})
                and on (cluster, namespace) (
                  eks:pod_creation_past_limit:age_seconds{limit="warning"}
                  or
                  ALERTS{alertname="EksPodsCreationStuck",alertstate="firing",severity="warning"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} in namespace {{ $labels.namespace }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stuck in creation. Causes: {{ range $i, $s := printf `sort_desc(count by (cause) (max by (uid, cause) (eks_pod_container_creating_info{cluster=%[1]q}) and on (uid) eks:pod_creation_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_creation_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(5, count by (node) (eks:pod_creation_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q})))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}.',
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
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_blocked_warning_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause!~"gated|no_nodes|node_down|placeholder"}
              or on (cluster, uid)
              eks:pod_unscheduled_past_limit:age_seconds{limit="warning"}
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:pod_unscheduled_stuck:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_blocked_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_unscheduled_info{cause!~"gated|no_nodes|node_down|placeholder"}
              or on (cluster, uid)
              eks:pod_unscheduled_past_limit:age_seconds{limit="critical"}
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            alert: 'EksClusterWithoutNodes',
            expr: |||
              (
                count by (cluster) (
                  topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_no_nodes_critical_seconds)s < %(pod_abandoned_seconds)s
                    and on (cluster, uid) eks_pod_unscheduled_info{cause=~"no_nodes"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting, and there is no node at all. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, max by (namespace, pod, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{cluster=%[1]q,owner_kind!="DaemonSet"})))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksclusterwithoutnodes%(runbook_url_suffix)s' % config,
              summary: 'Pods wait in a cluster that has no nodes.',
            },
          },
          {
            alert: 'EksClusterWithoutNodes',
            expr: |||
              (
                count by (cluster) (
                  topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{owner_kind!="DaemonSet"})) >= %(unscheduled_no_nodes_warning_seconds)s
                    and on (cluster, uid) eks_pod_unscheduled_info{cause=~"no_nodes"}
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"pods|nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting, and there is no node at all. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, max by (namespace, pod, owner_kind, owner_name) (eks_pod_unscheduled_age_seconds{cluster=%[1]q,owner_kind!="DaemonSet"})))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksclusterwithoutnodes%(runbook_url_suffix)s' % config,
              summary: 'Pods wait in a cluster that has no nodes.',
            },
          },
          {
            alert: 'EksPodsUnscheduled',
            expr: |||
              (
                count by (cluster) (
                  eks:pod_unscheduled_stuck:age_seconds{limit="critical",namespace=~"%(system_namespaces)s"}
                )
                and on (cluster) (
                  eks:pod_unscheduled_past_limit:age_seconds{limit="critical",namespace=~"%(system_namespaces)s"}
                  or
                  ALERTS{alertname="EksPodsUnscheduled",alertstate="firing",severity="critical",scope="system"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} of the system\'s namespaces{{ with $labels.cluster }} in cluster {{ . }}{{ end }} without a node. Causes: {{ range $i, $s := printf `sort_desc(count by (cause) (max by (uid, cause) (eks_pod_unscheduled_info{cluster=%%[1]q}) and on (uid) eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace=~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodsunscheduled%(runbook_url_suffix)s' % config,
              summary: 'Pods that the cluster itself needs get no node.',
            },
          },
          {
            alert: 'EksPodsUnscheduled',
            expr: |||
              (
                count by (cluster) (
                  eks:pod_unscheduled_stuck:age_seconds{limit="critical",namespace!~"%(system_namespaces)s"}
                ) >= %(pods_several)s
                and on (cluster) (
                  count by (cluster) (
                    eks:pod_unscheduled_past_limit:age_seconds{limit="critical",namespace!~"%(system_namespaces)s"}
                  ) >= %(pods_several)s
                  or
                  ALERTS{alertname="EksPodsUnscheduled",alertstate="firing",severity="critical",scope="workloads"}
                )
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} without a node. Causes: {{ range $i, $s := printf `sort_desc(count by (cause) (max by (uid, cause) (eks_pod_unscheduled_info{cluster=%%[1]q}) and on (uid) eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_unscheduled_stuck:age_seconds{cluster=%%[1]q,limit="critical",namespace!~"%(system_namespaces)s"}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekspodsunscheduled%(runbook_url_suffix)s' % config,
              summary: 'Several pods get no node.',
            },
          },
          {
            alert: 'EksPodsUnscheduled',
            expr: |||
              (
                count by (cluster, namespace) (eks:pod_unscheduled_stuck:age_seconds{limit="warning"})
                and on (cluster, namespace) (
                  eks:pod_unscheduled_past_limit:age_seconds{limit="warning"}
                  or
                  ALERTS{alertname="EksPodsUnscheduled",alertstate="firing",severity="warning"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }} in namespace {{ $labels.namespace }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} without a node. Causes: {{ range $i, $s := printf `sort_desc(count by (cause) (max by (uid, cause) (eks_pod_unscheduled_info{cluster=%[1]q}) and on (uid) eks:pod_unscheduled_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}, {{ end }}{{ .Labels.cause }} ({{ .Value }}){{ end }}. Oldest: {{ range $i, $s := printf `sort_desc(topk(3, eks:pod_unscheduled_stuck:age_seconds{cluster=%[1]q,limit="warning",namespace=%[2]q}))` $labels.cluster $labels.namespace | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} for {{ .Value | humanizeDuration }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekspodsunscheduled%(runbook_url_suffix)s' % config,
              summary: 'Pods of a namespace get no node.',
            },
          },
        ],
      },
    ],
  },
}
