// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-branch-eni',
        rules: [
          {
            record: 'eks:branch_eni_pending:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(branch_eni_pending_warning_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause="branch_eni"}
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:branch_eni_pending:age_seconds',
            expr: |||
              topk by (cluster, uid) (1, max by (cluster, namespace, pod, uid, node, owner_kind, owner_name) (eks_pod_container_creating_age_seconds)) >= %(branch_eni_pending_critical_seconds)s < %(pod_abandoned_seconds)s
                and on (cluster, uid) eks_pod_container_creating_info{cause="branch_eni"}
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            record: 'eks:branch_eni_pending_dropped:count',
            expr: |||
              max by (cluster, namespace, cause) (eks_pods_container_creating_overdue) - on (cluster, namespace, cause) (count by (cluster, namespace, cause) (max by (cluster, namespace, cause, uid) (eks_pod_container_creating_info)) or 0 * max by (cluster, namespace, cause) (eks_pods_container_creating_overdue)) > 0 and on (cluster) max by (cluster) (eksporter_series_dropped{family="eks_pod_container_creating_age_seconds"}) > 0
              and on (cluster, namespace, cause)
              eks_pods_container_creating_oldest_age_seconds{cause="branch_eni"} >= %(branch_eni_pending_warning_seconds)s
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:branch_eni_pending_dropped:count',
            expr: |||
              max by (cluster, namespace, cause) (eks_pods_container_creating_overdue) - on (cluster, namespace, cause) (count by (cluster, namespace, cause) (max by (cluster, namespace, cause, uid) (eks_pod_container_creating_info)) or 0 * max by (cluster, namespace, cause) (eks_pods_container_creating_overdue)) > 0 and on (cluster) max by (cluster) (eksporter_series_dropped{family="eks_pod_container_creating_age_seconds"}) > 0
              and on (cluster, namespace, cause)
              eks_pods_container_creating_oldest_age_seconds{cause="branch_eni"} >= %(branch_eni_pending_critical_seconds)s
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            alert: 'EksBranchEniPending',
            expr: |||
              (
                sum by (cluster) (
                  count by (cluster) (eks:branch_eni_pending:age_seconds{limit="critical"})
                  or
                  eks:branch_eni_pending_dropped:count{limit="critical"}
                ) >= %(pods_several)s
                or
                sum by (cluster) (
                  count by (cluster) (eks:branch_eni_pending:age_seconds{limit="critical",namespace=~"%(system_namespaces)s"})
                  or
                  eks:branch_eni_pending_dropped:count{limit="critical",namespace=~"%(system_namespaces)s"}
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
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting for a branch ENI (security groups for pods){{ range $i, $s := printf `sort_desc(topk(3, eks:branch_eni_pending:age_seconds{cluster=%%[1]q,limit="critical"}))` $labels.cluster | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:branch_eni_pending_dropped:count{cluster=%%q,limit="critical"}))` $labels.cluster | query }}{{ if $i }}, {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, max by (node) (max by (node) (eks:branch_eni_pending:age_seconds{cluster=%%[1]q,limit="critical"}) or max by (node) (eks_node_pod_eni_pending_oldest_age_seconds{cluster=%%[1]q}) >= %(branch_eni_pending_critical_seconds)s and on () eks:branch_eni_pending_dropped:count{cluster=%%[1]q,limit="critical"})))` $labels.cluster | query }}{{ if $i }}; {{ else }}. Nodes: {{ end }}{{ .Labels.node }}{{ with printf `max(eks_node_pod_eni_requested{cluster=%%q,node=%%q})` $labels.cluster .Labels.node | query }}: {{ . | first | value }} requested{{ end }}{{ with printf `max(eks_node_pod_eni_allocatable{cluster=%%q,node=%%q})` $labels.cluster .Labels.node | query }} of {{ . | first | value }} allocatable{{ end }}{{ range $j, $u := printf `sort_desc(max by (state) (eks_node_pod_eni_used{cluster=%%q,node=%%q}))` $labels.cluster .Labels.node | query }}{{ if $j }}, {{ else }}, in use {{ end }}{{ .Value }} {{ .Labels.state }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksbranchenipending%(runbook_url_suffix)s' % config,
              summary: 'Pods wait for a branch network interface.',
            },
          },
          {
            alert: 'EksBranchEniPending',
            expr: |||
              (
                sum by (cluster) (
                  count by (cluster) (eks:branch_eni_pending:age_seconds{limit="warning"})
                  or
                  eks:branch_eni_pending_dropped:count{limit="warning"}
                )
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"pods|nodes"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} pod{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} waiting for a branch ENI (security groups for pods){{ range $i, $s := printf `sort_desc(topk(3, eks:branch_eni_pending:age_seconds{cluster=%%[1]q,limit="warning"}))` $labels.cluster | query }}{{ if $i }}; {{ else }}. Oldest: {{ end }}{{ .Labels.namespace }}/{{ .Labels.pod }}{{ with .Labels.owner_kind }} of {{ . }} {{ end }}{{ .Labels.owner_name }} on {{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, eks:branch_eni_pending_dropped:count{cluster=%%q,limit="warning"}))` $labels.cluster | query }}{{ if $i }}, {{ else }}. Beyond the limit of series: {{ end }}{{ .Value }} in {{ .Labels.namespace }}{{ end }}{{ range $i, $s := printf `sort_desc(topk(3, max by (node) (max by (node) (eks:branch_eni_pending:age_seconds{cluster=%%[1]q,limit="warning"}) or max by (node) (eks_node_pod_eni_pending_oldest_age_seconds{cluster=%%[1]q}) >= %(branch_eni_pending_warning_seconds)s and on () eks:branch_eni_pending_dropped:count{cluster=%%[1]q,limit="warning"})))` $labels.cluster | query }}{{ if $i }}; {{ else }}. Nodes: {{ end }}{{ .Labels.node }}{{ with printf `max(eks_node_pod_eni_requested{cluster=%%q,node=%%q})` $labels.cluster .Labels.node | query }}: {{ . | first | value }} requested{{ end }}{{ with printf `max(eks_node_pod_eni_allocatable{cluster=%%q,node=%%q})` $labels.cluster .Labels.node | query }} of {{ . | first | value }} allocatable{{ end }}{{ range $j, $u := printf `sort_desc(max by (state) (eks_node_pod_eni_used{cluster=%%q,node=%%q}))` $labels.cluster .Labels.node | query }}{{ if $j }}, {{ else }}, in use {{ end }}{{ .Value }} {{ .Labels.state }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksbranchenipending%(runbook_url_suffix)s' % config,
              summary: 'A pod waits for a branch network interface.',
            },
          },
          {
            record: 'eks:branch_enis_held:count',
            expr: |||
              max by (cluster, node) (eks_node_pod_eni_used{state="completed"}) > 0
                and min_over_time((max by (cluster, node) (eks_node_pod_eni_used{state="completed"}) or 0 * max by (cluster, node) (eks_node_pod_eni_used{state="attached"}))[%(branch_enis_held_warning_seconds)ss:1m]) > 0
                and
                last_over_time((max by (cluster, node) (eks_node_pod_eni_used{state="completed"}) or 0 * max by (cluster, node) (eks_node_pod_eni_used{state="attached"}))[%(branch_enis_held_warning_seconds)ss:1m] offset %(branch_enis_held_warning_seconds)ss) > 0
              or
              max by (cluster, node) (eks_node_pod_eni_used{state="completed"}) > 0
                and on (cluster, node) max by (cluster, node) (eks_node_pod_eni_free) <= 0
            ||| % config,
          },
          {
            alert: 'EksBranchEnisHeld',
            expr: |||
              (
                count by (cluster) (eks:branch_enis_held:count)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"pods|nodes"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Pods that have ended hold branch ENIs on {{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }}. The scheduler does not count these and sends pods to nodes that have no room for them. {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks:branch_enis_held:count{cluster=%q})))` $labels.cluster | query }}{{ if $i }}; {{ else }}{{ end }}{{ .Labels.node }}{{ with printf `max(eks_node_pod_eni_requested{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }}: {{ . | first | value }} requested{{ end }}{{ with printf `max(eks_node_pod_eni_allocatable{cluster=%q,node=%q})` $labels.cluster .Labels.node | query }} of {{ . | first | value }} allocatable{{ end }}{{ range $j, $u := printf `sort_desc(max by (state) (eks_node_pod_eni_used{cluster=%q,node=%q}))` $labels.cluster .Labels.node | query }}{{ if $j }}, {{ else }}, in use {{ end }}{{ .Value }} {{ .Labels.state }}{{ end }}{{ end }}.',
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
            record: 'eks:branch_enis_unusable:count',
            expr: |||
              max by (cluster, node) (eks_node_pod_eni_capacity) > 0
                and max_over_time((max by (cluster, node) (eks_node_pod_eni_allocatable) or 0 * max by (cluster, node) (eks_node_pod_eni_capacity))[%(branch_enis_unusable_seconds)ss:1m]) == 0
                and last_over_time((max by (cluster, node) (eks_node_pod_eni_allocatable) or 0 * max by (cluster, node) (eks_node_pod_eni_capacity))[%(branch_enis_unusable_seconds)ss:1m] offset %(branch_enis_unusable_seconds)ss) == 0
            ||| % config,
          },
          {
            alert: 'EksBranchEnisUnusable',
            expr: |||
              (
                count by (cluster) (eks:branch_enis_unusable:count)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Kubelet has not taken over the branch ENIs of {{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }}: no pod that needs one is sent there. {{ range $i, $s := printf `sort_desc(topk(3, eks:branch_enis_unusable:count{cluster=%q}))` $labels.cluster | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} (room for {{ .Value }}, none allocatable){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenisunusable%(runbook_url_suffix)s' % config,
              summary: 'Nodes have branch network interfaces that no pod can be given.',
            },
          },
          {
            record: 'eks:branch_enis_leaked:count',
            expr: |||
              min_over_time((max by (cluster, node) (eks_node_branch_enis{state="available"}))[%(branch_enis_leaked_warning_seconds)ss:1m]) > 0
                and last_over_time((max by (cluster, node) (eks_node_branch_enis{state="available"}))[%(branch_enis_leaked_warning_seconds)ss:1m] offset %(branch_enis_leaked_warning_seconds)ss)
                and max by (cluster, node) (eks_node_branch_enis{state="available"})
            ||| % config,
          },
          {
            alert: 'EksBranchEnisLeaked',
            expr: |||
              (
                sum by (cluster) (eks:branch_enis_leaked:count)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="network_interfaces"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} branch ENI{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} attached to nothing. They were made for: {{ range $i, $s := printf `sort_desc(topk(3, eks:branch_enis_leaked:count{cluster=%q}))` $labels.cluster | query }}{{ if $i }}, {{ end }}{{ .Labels.node }} ({{ .Value }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksbranchenisleaked%(runbook_url_suffix)s' % config,
              summary: 'Branch network interfaces are left that no pod uses.',
            },
          },
        ],
      },
    ],
  },
}
