// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-branch-eni',
        rules: [
          {
            alert: 'EksBranchEniPending',
            expr: |||
              (
                count by (cluster) (
                  topk by (cluster, uid) (1, max by (cluster, uid, node) (eks_pod_container_creating_age_seconds)) >= %(branch_eni_pending_critical_seconds)s < %(pod_abandoned_seconds)s
                    and on (cluster, uid) eks_pod_container_creating_info{cause="branch_eni"}
                ) >= %(pods_several)s
                or
                count by (cluster) (
                  topk by (cluster, uid) (1, max by (cluster, uid, node) (eks_pod_container_creating_age_seconds)) >= %(branch_eni_pending_critical_seconds)s < %(pod_abandoned_seconds)s
                    and on (cluster, uid)
                    eks_pod_container_creating_info{cause="branch_eni",namespace=~"%(system_namespaces)s"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting for a branch ENI (security groups for pods). Oldest: {{ range $i, $s := printf `sort_desc(topk(3, max by (namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds{cluster=%[1]q}) and on (uid) eks_pod_container_creating_info{cluster=%[1]q,cause="branch_eni"}))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_pod_eni_pending_oldest_age_seconds{cluster=%q})))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.node }}: {{ with printf `max(eks_node_pod_eni_requested{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}{{ . | first | value }}{{ end }} requested of {{ with printf `max(eks_node_pod_eni_allocatable{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}{{ . | first | value }}{{ end }} allocatable, in use {{ range $j, $u := printf `sort_desc(max by (state) (eks_node_pod_eni_used{cluster=%q,node=%q}))` $labels.cluster .Labels.node | query }}{{ if $j }}, {{ end }}{{ .Value }} {{ .Labels.state }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenipending%(runbook_url_suffix)s' % config,
              summary: 'Pods wait for a branch network interface.',
            },
          },
          {
            alert: 'EksBranchEniPending',
            expr: |||
              (
                count by (cluster) (
                  topk by (cluster, uid) (1, max by (cluster, uid, node) (eks_pod_container_creating_age_seconds)) >= %(branch_eni_pending_warning_seconds)s
                    and on (cluster, uid) eks_pod_container_creating_info{cause="branch_eni"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting for a branch ENI (security groups for pods). Oldest: {{ range $i, $s := printf `sort_desc(topk(3, max by (namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds{cluster=%[1]q}) and on (uid) eks_pod_container_creating_info{cluster=%[1]q,cause="branch_eni"}))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_pod_eni_pending_oldest_age_seconds{cluster=%q})))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.node }}: {{ with printf `max(eks_node_pod_eni_requested{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}{{ . | first | value }}{{ end }} requested of {{ with printf `max(eks_node_pod_eni_allocatable{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}{{ . | first | value }}{{ end }} allocatable, in use {{ range $j, $u := printf `sort_desc(max by (state) (eks_node_pod_eni_used{cluster=%q,node=%q}))` $labels.cluster .Labels.node | query }}{{ if $j }}, {{ end }}{{ .Value }} {{ .Labels.state }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenipending%(runbook_url_suffix)s' % config,
              summary: 'A pod waits for a branch network interface.',
            },
          },
          {
            alert: 'EksBranchEnisHeld',
            expr: |||
              (
                count by (cluster) (
                  count_over_time(
                    (max by (cluster, node) (eks_node_pod_eni_used{state="completed"}) > 0)[%(branch_enis_held_warning_seconds)ss:1m]
                  ) >= 0.9 / 60 * %(branch_enis_held_warning_seconds)s
                  or
                  max by (cluster, node) (eks_node_pod_eni_used{state="completed"}) > 0
                    and on (cluster, node) max by (cluster, node) (eks_node_pod_eni_free) <= 0
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
              description: 'Pods that have ended hold branch ENIs on {{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }}. The scheduler does not count these and sends pods to nodes that have no room for them. {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_pod_eni_used{cluster=%q,state="completed"} > 0)))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.node }}: {{ with printf `max(eks_node_pod_eni_requested{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}{{ . | first | value }}{{ end }} requested of {{ with printf `max(eks_node_pod_eni_allocatable{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}{{ . | first | value }}{{ end }} allocatable, in use {{ range $j, $u := printf `sort_desc(max by (state) (eks_node_pod_eni_used{cluster=%q,node=%q}))` $labels.cluster .Labels.node | query }}{{ if $j }}, {{ end }}{{ .Value }} {{ .Labels.state }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenisheld%(runbook_url_suffix)s' % config,
              summary: 'Pods that have ended hold branch network interfaces.',
            },
          },
          {
            alert: 'EksBranchEnisExhausted',
            expr: |||
              (
                100
                  * sum by (cluster, pool, pool_kind) (topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_info)) * on (cluster, node) group_left () max by (cluster, node) (eks_node_pod_eni_requested))
                  / sum by (cluster, pool, pool_kind) (topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_info)) * on (cluster, node) group_left () max by (cluster, node) (eks_node_pod_eni_allocatable))
                > %(branch_enis_requested_percent)s
                and on (cluster)
                max by (cluster) (eks_pods_unscheduled_oldest_age_seconds{cause="branch_eni"})
                  >= %(branch_enis_requested_warning_seconds)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"pods|nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'More than %(branch_enis_requested_percent)s %% of the branch ENIs of {{ $labels.pool_kind }} {{ $labels.pool }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} are requested, and pods are unscheduled for want of them: {{ range $i, $s := printf `sort_desc(topk(3, max by (namespace) (eks_pods_unscheduled{cluster=%%q,cause="branch_eni",namespace!=""})))` $labels.cluster | query }}{{ if $i }}, {{ end }}{{ .Value }} in namespace {{ .Labels.namespace }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksbranchenisexhausted%(runbook_url_suffix)s' % config,
              summary: 'A pool\'s branch network interfaces are used up, and pods wait for them.',
            },
          },
          {
            alert: 'EksBranchEnisUnusable',
            expr: |||
              (
                count by (cluster) (
                  count_over_time(
                    (
                      max by (cluster, node) (eks_node_pod_eni_capacity) > 0
                      unless on (cluster, node) max by (cluster, node) (eks_node_pod_eni_allocatable) > 0
                    )[%(branch_enis_unusable_seconds)ss:1m]
                  ) >= 0.9 / 60 * %(branch_enis_unusable_seconds)s
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Kubelet has not taken over the branch ENIs of {{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }}: no pod that needs one is sent there. {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_pod_eni_capacity{cluster=%[1]q}) > 0 unless on (node) max by (node) (eks_node_pod_eni_allocatable{cluster=%[1]q}) > 0))` $labels.cluster | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} (room for {{ .Value }}, none allocatable){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenisunusable%(runbook_url_suffix)s' % config,
              summary: 'Nodes have branch network interfaces that no pod can be given.',
            },
          },
          {
            alert: 'EksBranchEnisLeaked',
            expr: |||
              (
                sum by (cluster) (
                  min_over_time(
                    max by (cluster, node) (eks_node_branch_enis{state="available"})[%(branch_enis_leaked_warning_seconds)ss:1m]
                  )
                  and on (cluster, node) max by (cluster, node) (
                    eks_node_branch_enis{state="available"} offset %(branch_enis_leaked_warning_seconds)ss
                  )
                ) > 0
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="network_interfaces"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} branch ENI{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} attached to nothing. They were made for: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_branch_enis{cluster=%q,state="available"}) > 0))` $labels.cluster | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenisleaked%(runbook_url_suffix)s' % config,
              summary: 'Branch network interfaces are left that no pod uses.',
            },
          },
        ],
      },
    ],
  },
}
