// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-cluster',
        rules: [
          {
            alert: 'EksClusterHealthIssue',
            expr: |||
              (
                max by (cluster, code) (eks_cluster_health_issue)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="cluster"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'EKS reports {{ $labels.code }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} for the cluster itself {{ range printf `max by (cluster_name, aws_region) (eks_cluster_info{cluster=%q})` $labels.cluster | query }}({{ .Labels.cluster_name }} in {{ .Labels.aws_region }}){{ end }}. Updates of the control plane may fail until it is mended.',
              runbook_url: '%(runbook_url_prefix)seksclusterhealthissue%(runbook_url_suffix)s' % config,
              summary: 'EKS says that the cluster is not healthy.',
            },
          },
          {
            alert: 'EksNodegroupHealthIssue',
            expr: |||
              (
                max by (cluster, nodegroup, code) (eks_nodegroup_health_issue)
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="nodegroups"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'EKS reports {{ $labels.code }} for node group {{ $labels.nodegroup }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }}. {{ range printf `max by (status, release_version) (eks_nodegroup_info{cluster=%q,nodegroup=%q})` $labels.cluster $labels.nodegroup | query }}It is {{ .Labels.status }}, release {{ .Labels.release_version }}.{{ end }}',
              runbook_url: '%(runbook_url_prefix)seksnodegrouphealthissue%(runbook_url_suffix)s' % config,
              summary: 'EKS says that a node group is not healthy.',
            },
          },
          {
            alert: 'EksVersionSupportEnding',
            expr: |||
              (
                (max by (cluster, support) (eks_cluster_support_end_timestamp_seconds{support="standard"}) - time() > 0)
                  < %(standard_support_end_seconds)s
                or
                max by (cluster, support) (eks_cluster_support_end_timestamp_seconds{support="standard"}) - time()
                  < %(extended_support_end_seconds)s
                  and on (cluster) eks_cluster_info{support_type="STANDARD"}
                or
                max by (cluster, support) (eks_cluster_support_end_timestamp_seconds{support="extended"}) - time()
                  < %(extended_support_end_seconds)s
                  unless on (cluster) eks_cluster_info{support_type="STANDARD"}
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="version"}) == 0)
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $labels.support }} support for the version of Kubernetes that runs{{ with $labels.cluster }} in cluster {{ . }}{{ end }} {{ if gt $value 0.0 }}ends in {{ $value | humanizeDuration }}{{ else }}has ended{{ end }}. {{ if eq $labels.support "extended" }}{{ if gt $value 0.0 }}Then EKS upgrades{{ else }}EKS upgrades{{ end }} the control plane by itself, whether or not add-ons and nodes are ready for it.{{ else }}{{ with printf `max by (cluster_name) (eks_cluster_info{cluster=%q,support_type="STANDARD"})` $labels.cluster | query }}{{ if gt $value 0.0 }}Then EKS upgrades{{ else }}EKS upgrades{{ end }} the control plane by itself, whether or not add-ons and nodes are ready for it.{{ else }}From then on the cluster is in extended support, which costs more.{{ end }}{{ end }}',
              runbook_url: '%(runbook_url_prefix)seksversionsupportending%(runbook_url_suffix)s' % config,
              summary: 'Support for the cluster\'s version of Kubernetes ends, or has ended.',
            },
          },
          {
            alert: 'EksUpgradeInsight',
            expr: |||
              (
                max by (cluster, name, category, kubernetes_version) (eks_insight_info{status="ERROR"})
              )
              unless on (cluster)
              (max by (cluster, collector) (eksporter_collector_up{collector="insights"}) == 0)
            |||,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ if eq $labels.category "MISCONFIGURATION" }}Something{{ with $labels.cluster }} in cluster {{ . }}{{ end }} is set up as it should not be{{ else }}Something{{ with $labels.cluster }} in cluster {{ . }}{{ end }} stands in the way of an upgrade{{ with $labels.kubernetes_version }} to {{ . }}{{ end }}{{ end }}: the insight "{{ $labels.name }}" of EKS says error.',
              runbook_url: '%(runbook_url_prefix)seksupgradeinsight%(runbook_url_suffix)s' % config,
              summary: 'An insight of EKS says that something is wrong.',
            },
          },
        ],
      },
    ],
  },
}
