// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-nodes',
        rules: [
          {
            alert: 'EksNodesLost',
            expr: |||
              (
                count by (cluster, pool, pool_kind) (topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_not_ready_age_seconds{lifecycle="serving"})))
                  > 0.01 * %(nodes_lost_percent)s * sum by (cluster, pool, pool_kind) (max by (cluster, pool, pool_kind, zone_id, ready) (eks_nodes{lifecycle="serving"}))
                and
                count by (cluster, pool, pool_kind) (topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_not_ready_age_seconds{lifecycle="serving"})) >= %(nodes_lost_critical_seconds)s) >= %(nodes_lost_count)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              lost_by: 'pool',
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} nodes of {{ $labels.pool_kind }} {{ $labels.pool }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} that should serve are not ready. Many at once are rarely broken one by one. By zone: {{ range $i, $s := printf `sort_desc(count by (zone_id) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,pool=%[2]q,pool_kind=%[3]q}) and on (node) eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"}))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Value }} {{ .Labels.zone_id }}{{ end }}. By image: {{ range $i, $s := printf `sort_desc(topk(3, count by (os_image, kernel_version) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,pool=%[2]q,pool_kind=%[3]q}) and on (node) eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"})))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}; {{ end }}{{ .Value }} {{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"} and on (node) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,pool=%[2]q,pool_kind=%[3]q}) and on (node) eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"}))))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Labels.node }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksnodeslost%(runbook_url_suffix)s' % config,
              summary: 'Many nodes of a pool are not ready.',
            },
          },
          {
            alert: 'EksNodesLost',
            expr: |||
              (
                count by (cluster, pool, pool_kind) (topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_not_ready_age_seconds{lifecycle="serving"})))
                  > 0.01 * %(nodes_lost_percent)s * sum by (cluster, pool, pool_kind) (max by (cluster, pool, pool_kind, zone_id, ready) (eks_nodes{lifecycle="serving"}))
                and
                count by (cluster, pool, pool_kind) (topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_not_ready_age_seconds{lifecycle="serving"})) >= %(nodes_lost_warning_seconds)s) >= %(nodes_lost_count)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              lost_by: 'pool',
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} nodes of {{ $labels.pool_kind }} {{ $labels.pool }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} that should serve are not ready. Many at once are rarely broken one by one. By zone: {{ range $i, $s := printf `sort_desc(count by (zone_id) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,pool=%[2]q,pool_kind=%[3]q}) and on (node) eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"}))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Value }} {{ .Labels.zone_id }}{{ end }}. By image: {{ range $i, $s := printf `sort_desc(topk(3, count by (os_image, kernel_version) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,pool=%[2]q,pool_kind=%[3]q}) and on (node) eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"})))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}; {{ end }}{{ .Value }} {{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"} and on (node) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,pool=%[2]q,pool_kind=%[3]q}) and on (node) eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"}))))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Labels.node }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksnodeslost%(runbook_url_suffix)s' % config,
              summary: 'Many nodes of a pool are not ready.',
            },
          },
          {
            record: 'eks:node_down_of_other_pools:age_seconds',
            expr: |||
              topk by (cluster, node) (1, max by (cluster, node, pool, pool_kind) (eks_node_not_ready_age_seconds{lifecycle="serving"})) unless on (cluster, pool, pool_kind) ALERTS{alertname="EksNodesLost",alertstate="firing",lost_by="pool"}
            |||,
          },
          {
            alert: 'EksNodesLost',
            expr: |||
              (
                count by (cluster, zone_id) (max by (cluster, node, zone_id) (eks_node_info{zone_id!=""}) and on (cluster, node) eks:node_down_of_other_pools:age_seconds)
                  > 0.01 * %(nodes_lost_percent)s * sum by (cluster, zone_id) ((max by (cluster, pool, pool_kind, zone_id, ready) (eks_nodes{lifecycle="serving"})) unless on (cluster, pool, pool_kind) ALERTS{alertname="EksNodesLost",alertstate="firing",lost_by="pool"})
                and
                count by (cluster, zone_id) (
                  max by (cluster, node, zone_id) (eks_node_info{zone_id!=""}) and on (cluster, node)
                  eks:node_down_of_other_pools:age_seconds >= %(nodes_lost_critical_seconds)s
                ) >= %(nodes_lost_count)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              lost_by: 'zone',
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} nodes of zone {{ $labels.zone_id }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} that should serve are not ready. Many at once are rarely broken one by one. By zone: {{ range $i, $s := printf `sort_desc(count by (zone_id) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,zone_id=%[4]q}) and on (node) eks:node_down_of_other_pools:age_seconds{cluster=%[1]q}))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Value }} {{ .Labels.zone_id }}{{ end }}. By image: {{ range $i, $s := printf `sort_desc(topk(3, count by (os_image, kernel_version) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,zone_id=%[4]q}) and on (node) eks:node_down_of_other_pools:age_seconds{cluster=%[1]q})))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}; {{ end }}{{ .Value }} {{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"} and on (node) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,zone_id=%[4]q}) and on (node) eks:node_down_of_other_pools:age_seconds{cluster=%[1]q}))))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Labels.node }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksnodeslost%(runbook_url_suffix)s' % config,
              summary: 'Many nodes of a zone are not ready.',
            },
          },
          {
            alert: 'EksNodesLost',
            expr: |||
              (
                count by (cluster, zone_id) (max by (cluster, node, zone_id) (eks_node_info{zone_id!=""}) and on (cluster, node) eks:node_down_of_other_pools:age_seconds)
                  > 0.01 * %(nodes_lost_percent)s * sum by (cluster, zone_id) ((max by (cluster, pool, pool_kind, zone_id, ready) (eks_nodes{lifecycle="serving"})) unless on (cluster, pool, pool_kind) ALERTS{alertname="EksNodesLost",alertstate="firing",lost_by="pool"})
                and
                count by (cluster, zone_id) (
                  max by (cluster, node, zone_id) (eks_node_info{zone_id!=""}) and on (cluster, node)
                  eks:node_down_of_other_pools:age_seconds >= %(nodes_lost_warning_seconds)s
                ) >= %(nodes_lost_count)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              lost_by: 'zone',
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} nodes of zone {{ $labels.zone_id }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} that should serve are not ready. Many at once are rarely broken one by one. By zone: {{ range $i, $s := printf `sort_desc(count by (zone_id) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,zone_id=%[4]q}) and on (node) eks:node_down_of_other_pools:age_seconds{cluster=%[1]q}))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Value }} {{ .Labels.zone_id }}{{ end }}. By image: {{ range $i, $s := printf `sort_desc(topk(3, count by (os_image, kernel_version) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,zone_id=%[4]q}) and on (node) eks:node_down_of_other_pools:age_seconds{cluster=%[1]q})))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}; {{ end }}{{ .Value }} {{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}{{ end }}. Nodes: {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_not_ready_age_seconds{cluster=%[1]q,lifecycle="serving"} and on (node) (max by (node, pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%[1]q,zone_id=%[4]q}) and on (node) eks:node_down_of_other_pools:age_seconds{cluster=%[1]q}))))` $labels.cluster $labels.pool $labels.pool_kind $labels.zone_id | query }}{{ if $i }}, {{ end }}{{ .Labels.node }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksnodeslost%(runbook_url_suffix)s' % config,
              summary: 'Many nodes of a zone are not ready.',
            },
          },
          {
            record: 'eks:node_down_alone:age_seconds',
            expr: |||
              eks:node_down_of_other_pools:age_seconds
              unless on (cluster, node) (
                max by (cluster, node, zone_id) (eks_node_info{zone_id!=""}) and on (cluster, zone_id) ALERTS{alertname="EksNodesLost",alertstate="firing",lost_by="zone"}
              )
            |||,
          },
          {
            alert: 'EksNodeNotReady',
            expr: |||
              (
                count by (cluster) (eks:node_down_alone:age_seconds >= %(node_not_ready_critical_seconds)s) >= %(nodes_several)s
                or
                count by (cluster) (eks:node_down_alone:age_seconds >= %(node_not_ready_critical_seconds)s)
                  >= on (cluster) sum by (cluster) (max by (cluster, pool, pool_kind, zone_id, ready) (eks_nodes{lifecycle="serving",pool_kind!="fargate"}))
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'critical',
            },
            annotations: {
              description: '{{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} that should serve {{ if eq $value 1.0 }}is{{ else }}are{{ end }} not ready{{ range printf `count(eks:node_down_alone:age_seconds{cluster=%%[1]q} >= %(node_not_ready_critical_seconds)s) >= sum(max by (pool, pool_kind, zone_id, ready) (eks_nodes{cluster=%%[1]q,lifecycle="serving",pool_kind!="fargate"}))` $labels.cluster | query }}, and none that serves is left{{ end }}. {{ range $i, $s := printf `sort_desc(topk(3, eks:node_down_alone:age_seconds{cluster=%%q} >= %(node_not_ready_critical_seconds)s))` $labels.cluster | query }}{{ if $i }}; {{ end }}{{ .Labels.node }} of pool {{ .Labels.pool }} for {{ .Value | humanizeDuration }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksnodenotready%(runbook_url_suffix)s' % config,
              summary: 'Several nodes are not ready, or all that should serve.',
            },
          },
          {
            alert: 'EksNodeNotReady',
            expr: |||
              (
                max by (cluster, node) (eks:node_down_alone:age_seconds >= %(node_not_ready_warning_seconds)s)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Node {{ $labels.node }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} has not been ready for {{ $value | humanizeDuration }}. {{ range printf `max by (reason) (eks_node_not_ready_info{cluster=%q,node=%q})` $labels.cluster $labels.node | query }}Reason: {{ .Labels.reason }}. {{ end }}{{ range printf `max by (pool, pool_kind, zone_id, os_image, kernel_version) (eks_node_info{cluster=%q,node=%q})` $labels.cluster $labels.node | query }}It is of {{ .Labels.pool_kind }} {{ .Labels.pool }} in zone {{ .Labels.zone_id }} and runs {{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}.{{ end }}',
              runbook_url: '%(runbook_url_prefix)seksnodenotready%(runbook_url_suffix)s' % config,
              summary: 'A node is not ready.',
            },
          },
          {
            alert: 'EksNodeConditionUnhealthy',
            expr: |||
              (
                count by (cluster, condition) (
                  max by (cluster, node, condition) (eks_node_condition_unhealthy_age_seconds)
                    >= %(node_condition_warning_seconds)s
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
              description: '{{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} unhealthy: {{ $labels.condition }}. {{ range $i, $s := printf `sort_desc(topk(3, max by (node) (eks_node_condition_unhealthy_age_seconds{cluster=%%q,condition=%%q}) >= %(node_condition_warning_seconds)s))` $labels.cluster $labels.condition | query }}{{ if $i }}; {{ end }}{{ .Labels.node }} for {{ .Value | humanizeDuration }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)seksnodeconditionunhealthy%(runbook_url_suffix)s' % config,
              summary: 'A monitor on nodes says that something is wrong with them.',
            },
          },
          {
            alert: 'EksNodesKnownIssue',
            expr: |||
              (
                count by (cluster, issue) (max by (cluster, node, issue) (eks_node_known_issue{issue_severity=~"critical|warning"}))
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} with the known issue {{ $labels.issue }}. Nothing need have failed yet. Pools: {{ range $i, $s := printf `sort_desc(max by (pool, pool_kind) (eks_pool_known_issue_nodes{cluster=%q,issue=%q}))` $labels.cluster $labels.issue | query }}{{ if $i }}, {{ end }}{{ .Labels.pool_kind }} {{ .Labels.pool }} ({{ .Value }}){{ end }}. They run: {{ range $i, $s := printf `sort_desc(topk(3, count by (os_image, kernel_version, container_runtime_version) (max by (node, os_image, kernel_version, container_runtime_version) (eks_node_info{cluster=%[1]q}) and on (node) eks_node_known_issue{cluster=%[1]q,issue=%[2]q})))` $labels.cluster $labels.issue | query }}{{ if $i }}; {{ end }}{{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}, {{ .Labels.container_runtime_version }} ({{ .Value }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksnodesknownissue%(runbook_url_suffix)s' % config,
              summary: 'Nodes run a release that is known to be bad.',
            },
          },
          {
            alert: 'EksNodesKnownIssue',
            expr: |||
              (
                count by (cluster, issue) (max by (cluster, node, issue) (eks_node_known_issue{issue_severity="info"}))
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'info',
            },
            annotations: {
              description: '{{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} with the known issue {{ $labels.issue }}. Nothing need have failed yet. Pools: {{ range $i, $s := printf `sort_desc(max by (pool, pool_kind) (eks_pool_known_issue_nodes{cluster=%q,issue=%q}))` $labels.cluster $labels.issue | query }}{{ if $i }}, {{ end }}{{ .Labels.pool_kind }} {{ .Labels.pool }} ({{ .Value }}){{ end }}. They run: {{ range $i, $s := printf `sort_desc(topk(3, count by (os_image, kernel_version, container_runtime_version) (max by (node, os_image, kernel_version, container_runtime_version) (eks_node_info{cluster=%[1]q}) and on (node) eks_node_known_issue{cluster=%[1]q,issue=%[2]q})))` $labels.cluster $labels.issue | query }}{{ if $i }}; {{ end }}{{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }}, {{ .Labels.container_runtime_version }} ({{ .Value }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksnodesknownissue%(runbook_url_suffix)s' % config,
              summary: 'Nodes run a release with a known issue of little weight.',
            },
          },
          {
            alert: 'EksPoolStragglers',
            expr: |||
              (
                max by (cluster, pool, pool_kind) (eks_pool_straggler_age_seconds) > %(straggler_seconds)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ range printf `max(eks_pool_straggler_nodes{cluster=%q,pool=%q,pool_kind=%q})` $labels.cluster $labels.pool $labels.pool_kind | query }}{{ .Value }} node{{ if ne .Value 1.0 }}s{{ end }}{{ end }} of {{ $labels.pool_kind }} {{ $labels.pool }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} not on the newest image of their kind there. The kind that waits for longest got its newest {{ $value | humanizeDuration }} ago. Images: {{ range $i, $s := printf `sort_desc(topk(3, sum by (os_image, kernel_version) (max by (os_image, kernel_version, kubelet_version, ami) (eks_pool_nodes_by_image{cluster=%q,pool=%q,pool_kind=%q}))))` $labels.cluster $labels.pool $labels.pool_kind | query }}{{ if $i }}; {{ end }}{{ .Labels.os_image }}, kernel {{ .Labels.kernel_version }} ({{ .Value }}){{ end }}{{ range $i, $s := printf `max by (issue) (eks_pool_known_issue_nodes{cluster=%q,pool=%q,pool_kind=%q})` $labels.cluster $labels.pool $labels.pool_kind | query }}{{ if $i }}, {{ else }}. Known issues in the pool: {{ end }}{{ .Labels.issue }} ({{ .Value }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekspoolstragglers%(runbook_url_suffix)s' % config,
              summary: 'Nodes of a pool were left behind on an older image.',
            },
          },
          {
            alert: 'EksKubeletUnsupported',
            expr: |||
              (
                max by (cluster, kubelet_minor) (eks_kubelet_nodes)
                and on (cluster, kubelet_minor) max by (cluster, kubelet_minor) (eks_kubelet_supported) == 0
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"nodes|version"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} with kubelet {{ $labels.kubelet_minor }}, which the version-skew policy of Kubernetes does not have beside the API server\'s version {{ range printf `max by (git_version) (eks_kubernetes_version_info{cluster=%q})` $labels.cluster | query }}{{ .Labels.git_version }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekskubeletunsupported%(runbook_url_suffix)s' % config,
              summary: 'Nodes run a kubelet that does not go with the API server.',
            },
          },
        ],
      },
    ],
  },
}
