// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-addons',
        rules: [
          {
            alert: 'EksAddonUnsupported',
            expr: |||
              (
                max by (cluster, addon) (
                  1 - max by (cluster, addon, basis) (eks_addon_supported{addon=~"kube-proxy|vpc-cni",basis!="eks"})
                  unless on (cluster, addon, basis)
                  max by (cluster, addon, basis) (eks_addon_minors_behind) < 0
                ) > 0
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"addons|version"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'critical',
            },
            annotations: {
              description: '{{ $labels.addon }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} does not go with the cluster\'s version. {{ range $i, $s := printf `max by (basis, current, expected) (eks_addon_expected_info{cluster=%q,addon=%q})` $labels.cluster $labels.addon | query }}{{ if $i }}; {{ end }}{{ .Labels.current }} runs, {{ .Labels.expected }} is expected (basis {{ .Labels.basis }}){{ end }}. The API server is {{ range printf `max by (git_version) (eks_kubernetes_version_info{cluster=%q})` $labels.cluster | query }}{{ .Labels.git_version }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddonunsupported%(runbook_url_suffix)s' % config,
              summary: 'An add-on that every node needs is too old for the cluster\'s version.',
            },
          },
          {
            alert: 'EksAddonUnsupported',
            expr: |||
              (
                max by (cluster, addon) (
                  1 - max by (cluster, addon, basis) (
                    eks_addon_supported{addon!="kube-proxy"} or eks_addon_supported{basis!="eks"}
                  )
                ) > 0
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"addons|version"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $labels.addon }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} does not go with the cluster\'s version. {{ range $i, $s := printf `max by (basis, current, expected) (eks_addon_expected_info{cluster=%q,addon=%q})` $labels.cluster $labels.addon | query }}{{ if $i }}; {{ end }}{{ .Labels.current }} runs, {{ .Labels.expected }} is expected (basis {{ .Labels.basis }}){{ end }}. The API server is {{ range printf `max by (git_version) (eks_kubernetes_version_info{cluster=%q})` $labels.cluster | query }}{{ .Labels.git_version }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddonunsupported%(runbook_url_suffix)s' % config,
              summary: 'An add-on does not go with the cluster\'s version.',
            },
          },
          {
            alert: 'EksAddonBehind',
            expr: |||
              (
                max by (cluster, addon) (eks_addon_minors_behind{basis="kubernetes"}) >= %(addon_behind_minors)s
                or
                max by (cluster, addon) (eks_addon_minors_behind{basis="kubernetes"}) >= 1
                  and min_over_time((max by (cluster, addon) (eks_addon_minors_behind{basis="kubernetes"}))[%(addon_behind_seconds)ss:5m]) >= 1
                  and last_over_time((max by (cluster, addon) (eks_addon_minors_behind{basis="kubernetes"}))[%(addon_behind_seconds)ss:5m] offset %(addon_behind_seconds)ss) >= 1
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"addons|version"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $labels.addon }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} is {{ $value }} minor version{{ if ne $value 1.0 }}s{{ end }} behind the API server. {{ range $i, $s := printf `max by (basis, current, expected) (eks_addon_expected_info{cluster=%q,addon=%q})` $labels.cluster $labels.addon | query }}{{ if $i }}; {{ end }}{{ .Labels.current }} runs, {{ .Labels.expected }} is expected (basis {{ .Labels.basis }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddonbehind%(runbook_url_suffix)s' % config,
              summary: 'An add-on was left behind by an upgrade of the control plane.',
            },
          },
          {
            record: 'eks:addon_node_down:age_seconds',
            expr: |||
              topk by (cluster, addon, node) (1, max by (cluster, addon, node, state) (eks_addon_node_not_ready_age_seconds)) >= %(agent_down_warning_seconds)s
              unless on (cluster, node) eks_node_not_ready_info{reason="NodeStatusUnknown"}
              unless on (cluster, node) eks_node_not_ready_age_seconds{lifecycle="leaving"}
            ||| % config,
            labels: {
              limit: 'warning',
            },
          },
          {
            record: 'eks:addon_node_down:age_seconds',
            expr: |||
              eks:addon_node_down:age_seconds{limit="warning"} >= %(agent_down_critical_seconds)s
              unless on (cluster, addon, node) eks_addon_node_recovering_info
            ||| % config,
            labels: {
              limit: 'critical',
            },
          },
          {
            alert: 'EksAddonDownOnNodes',
            expr: |||
              (
                count by (cluster, addon) (eks:addon_node_down:age_seconds{limit="critical"}) >= %(agent_down_several)s
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"addons|nodes"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'critical',
            },
            annotations: {
              description: '{{ $labels.addon }} is missing or not ready on {{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} where it should run. {{ range $i, $s := printf `sort_desc(topk(3, eks:addon_node_down:age_seconds{cluster=%q,addon=%q,limit="critical"}))` $labels.cluster $labels.addon | query }}{{ if $i }}; {{ end }}{{ .Labels.node }} ({{ .Labels.state }}) for {{ .Value | humanizeDuration }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddondownonnodes%(runbook_url_suffix)s' % config,
              summary: 'An add-on that every node needs is not ready on several nodes.',
            },
          },
          {
            alert: 'EksAddonDownOnNodes',
            expr: |||
              (
                count by (cluster, addon) (eks:addon_node_down:age_seconds{limit="warning"})
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"addons|nodes"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $labels.addon }} is missing or not ready on {{ $value }} node{{ if ne $value 1.0 }}s{{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} where it should run. {{ range $i, $s := printf `sort_desc(topk(3, eks:addon_node_down:age_seconds{cluster=%q,addon=%q,limit="warning"}))` $labels.cluster $labels.addon | query }}{{ if $i }}; {{ end }}{{ .Labels.node }} ({{ .Labels.state }}) for {{ .Value | humanizeDuration }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddondownonnodes%(runbook_url_suffix)s' % config,
              summary: 'An add-on that every node needs is not ready on a node.',
            },
          },
          {
            alert: 'EksAddonRolloutUnfinished',
            expr: |||
              (
                min_over_time((count by (cluster, addon, component) (sum by (cluster, addon, component, version) (eks_addon_pods) > 0))[%(addon_rollout_info_seconds)ss:1m]) > 1
                and
                last_over_time((count by (cluster, addon, component) (sum by (cluster, addon, component, version) (eks_addon_pods) > 0))[%(addon_rollout_info_seconds)ss:1m] offset %(addon_rollout_info_seconds)ss) > 1
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="addons"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'info',
            },
            annotations: {
              description: '{{ $labels.component }} of {{ $labels.addon }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} runs in several versions (pods): {{ range $i, $s := printf `sort_desc(sum by (version) (max by (version, ready) (eks_addon_pods{cluster=%q,addon=%q,component=%q})))` $labels.cluster $labels.addon $labels.component | query }}{{ if $i }}, {{ end }}{{ .Labels.version }} ({{ .Value }}){{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddonrolloutunfinished%(runbook_url_suffix)s' % config,
              summary: 'An add-on runs in several versions at once.',
            },
          },
          {
            alert: 'EksAddonHealthIssue',
            expr: |||
              (
                max by (cluster, addon, code) (eks_addon_health_issue)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="addon_versions"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'EKS reports {{ $labels.code }} for the add-on {{ $labels.addon }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksaddonhealthissue%(runbook_url_suffix)s' % config,
              summary: 'EKS says that an add-on is not healthy.',
            },
          },
        ],
      },
    ],
  },
}
