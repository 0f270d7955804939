// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-subnets',
        rules: [
          {
            alert: 'EksSubnetAddressesLow',
            expr: |||
              (
                max by (cluster, subnet_id) (eks_subnet_available_ips) < %(subnet_free_critical_ips)s < 0.01 * %(subnet_free_critical_percent)s * max by (cluster, subnet_id) (eks_subnet_total_ips)
                  and on (cluster, subnet_id) eks_subnet_usage_info{used_by!="cluster"}
                or
                max by (cluster, subnet_id) (eks_subnet_available_ips) < %(subnet_free_cluster_ips)s
                  and on (cluster, subnet_id) eks_subnet_usage_info{used_by="cluster"}
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="subnets"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'critical',
            },
            annotations: {
              description: 'Subnet {{ $labels.subnet_id }}{{ range printf `max by (name, cidr, zone_id) (eks_subnet_info{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }} ({{ .Labels.name }}, {{ .Labels.cidr }}, zone {{ .Labels.zone_id }}){{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} has {{ $value }} free addresses left{{ range printf `sum(max by (zone_id) (eks_subnet_warm_ips{cluster=%q,subnet_id=%q})) > 0` $labels.cluster $labels.subnet_id | query }}; nodes hold {{ .Value }} more warm, for pods to come{{ end }}. Used by: {{ range $i, $s := printf `max by (used_by, name) (eks_subnet_usage_info{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }}{{ if $i }}, {{ end }}{{ .Labels.used_by }}{{ with .Labels.name }} {{ . }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekssubnetaddresseslow%(runbook_url_suffix)s' % config,
              summary: 'A subnet of the cluster has hardly any free addresses.',
            },
          },
          {
            alert: 'EksSubnetAddressesLow',
            expr: |||
              (
                max by (cluster, subnet_id) (eks_subnet_available_ips) < %(subnet_free_warning_ips)s < 0.01 * %(subnet_free_warning_percent)s * max by (cluster, subnet_id) (eks_subnet_total_ips)
                  and on (cluster, subnet_id) eks_subnet_usage_info{used_by!="cluster"}
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="subnets"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Subnet {{ $labels.subnet_id }}{{ range printf `max by (name, cidr, zone_id) (eks_subnet_info{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }} ({{ .Labels.name }}, {{ .Labels.cidr }}, zone {{ .Labels.zone_id }}){{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} has {{ $value }} free addresses left{{ range printf `sum(max by (zone_id) (eks_subnet_warm_ips{cluster=%q,subnet_id=%q})) > 0` $labels.cluster $labels.subnet_id | query }}; nodes hold {{ .Value }} more warm, for pods to come{{ end }}. Used by: {{ range $i, $s := printf `max by (used_by, name) (eks_subnet_usage_info{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }}{{ if $i }}, {{ end }}{{ .Labels.used_by }}{{ with .Labels.name }} {{ . }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekssubnetaddresseslow%(runbook_url_suffix)s' % config,
              summary: 'A subnet of the cluster has few free addresses.',
            },
          },
          {
            alert: 'EksSubnetAddressesRunningOut',
            expr: |||
              (
                max by (cluster, subnet_id) (eks_subnet_available_ips) < 0.01 * %(subnet_running_out_percent)s * max by (cluster, subnet_id) (eks_subnet_total_ips)
                and
                predict_linear(
                  (max by (cluster, subnet_id) (eks_subnet_available_ips))[%(subnet_slope_seconds)ss:1m], %(subnet_empty_within_seconds)s
                ) <= 0
                and
                predict_linear(
                  (max by (cluster, subnet_id) (eks_subnet_available_ips))[%(subnet_slope_seconds)ss:1m] offset %(subnet_slope_seconds)ss, %(subnet_empty_within_seconds)s
                ) <= 0
                and
                count_over_time((max by (cluster, subnet_id) (eks_subnet_available_ips))[%(subnet_slope_seconds)ss:1m] offset %(subnet_slope_seconds)ss)
                  >= 0.5 / 60 * %(subnet_slope_seconds)s
                and on (cluster, subnet_id) eks_subnet_usage_info{used_by!="cluster"}
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="subnets"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Subnet {{ $labels.subnet_id }}{{ range printf `max by (name, cidr, zone_id) (eks_subnet_info{cluster=%%q,subnet_id=%%q})` $labels.cluster $labels.subnet_id | query }} ({{ .Labels.name }}, {{ .Labels.cidr }}, zone {{ .Labels.zone_id }}){{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} has {{ $value }} free addresses left{{ range printf `sum(max by (zone_id) (eks_subnet_warm_ips{cluster=%%q,subnet_id=%%q})) > 0` $labels.cluster $labels.subnet_id | query }}; nodes hold {{ .Value }} more warm, for pods to come{{ end }}, and at the present slope none within {{ %(subnet_empty_within_seconds)s | humanizeDuration }}. Used by: {{ range $i, $s := printf `max by (used_by, name) (eks_subnet_usage_info{cluster=%%q,subnet_id=%%q})` $labels.cluster $labels.subnet_id | query }}{{ if $i }}, {{ end }}{{ .Labels.used_by }}{{ with .Labels.name }} {{ . }}{{ end }}{{ end }}.' % config,
              runbook_url: '%(runbook_url_prefix)sekssubnetaddressesrunningout%(runbook_url_suffix)s' % config,
              summary: 'A subnet of the cluster will soon have no free addresses.',
            },
          },
          {
            alert: 'EksSubnetWithoutPrefixes',
            expr: |||
              (
                max by (cluster, subnet_id) (eks_subnet_free_prefixes) == 0
                and on (cluster, subnet_id) max by (cluster, subnet_id) (eks_subnet_available_ips) >= 16
                and on (cluster, subnet_id) max by (cluster, subnet_id) (eks_subnet_total_ips) > 27
                and on (cluster, subnet_id) eks_subnet_usage_info{used_by!~"cluster|fargate"}
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector=~"subnets|network_interfaces"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Subnet {{ $labels.subnet_id }}{{ range printf `max by (name, cidr, zone_id) (eks_subnet_info{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }} ({{ .Labels.name }}, {{ .Labels.cidr }}, zone {{ .Labels.zone_id }}){{ end }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} has {{ range printf `max(eks_subnet_available_ips{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }}{{ .Value }}{{ end }} free addresses, but not 16 of them in one block: nodes with prefix delegation get none. Used by: {{ range $i, $s := printf `max by (used_by, name) (eks_subnet_usage_info{cluster=%q,subnet_id=%q})` $labels.cluster $labels.subnet_id | query }}{{ if $i }}, {{ end }}{{ .Labels.used_by }}{{ with .Labels.name }} {{ . }}{{ end }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)sekssubnetwithoutprefixes%(runbook_url_suffix)s' % config,
              summary: 'A subnet has free addresses but no free prefix.',
            },
          },
        ],
      },
    ],
  },
}
