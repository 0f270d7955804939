// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
{
  local config = self._config,
  prometheusAlerts+:: {
    groups+: [
      {
        name: 'eksporter-exporter',
        rules: [
          {
            alert: 'EksExporterDown',
            expr: |||
              max by (cluster) (last_over_time(eksporter_build_info[%(exporter_remembered_seconds)ss]))
              unless on (cluster)
              eksporter_build_info
            ||| % config,
            'for': '%(exporter_down_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'There were series of eksporter{{ with $labels.cluster }} in cluster {{ . }}{{ end }} within the last {{ %(exporter_remembered_seconds)s | humanizeDuration }}, and now there are none. No alert about the cluster fires until it is back.' % config,
              runbook_url: '%(runbook_url_prefix)seksexporterdown%(runbook_url_suffix)s' % config,
              summary: 'The exporter is not scraped any more.',
            },
          },
          {
            alert: 'EksExporterAbsent',
            expr: |||
              absent(last_over_time(eksporter_build_info[%(exporter_remembered_seconds)ss]))
            ||| % config,
            'for': '%(exporter_absent_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'The rules of eksporter are loaded, and this Prometheus scrapes no eksporter.',
              runbook_url: '%(runbook_url_prefix)seksexporterabsent%(runbook_url_suffix)s' % config,
              summary: 'No exporter is scraped at all.',
            },
          },
          {
            alert: 'EksExporterCollectorFailing',
            expr: |||
              max by (cluster, collector) (eksporter_collector_up) == 0
              and max_over_time((max by (cluster, collector) (eksporter_collector_up))[%(collector_failing_seconds)ss:1m]) == 0
              and last_over_time((max by (cluster, collector) (eksporter_collector_up))[%(collector_failing_seconds)ss:1m] offset %(collector_failing_seconds)ss) == 0
              unless on (cluster, collector) (
                max by (cluster, collector) (
                  eksporter_collector_up{collector=~"cluster|nodegroups|addon_versions|insights|subnets|network_interfaces"}
                )
                unless on (cluster)
                max by (cluster) (eksporter_aws_requests_total{outcome!="no_credentials"}) > 0
              )
            ||| % config,
            keep_firing_for: '%(keep_firing_seconds)ss' % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'The collector {{ $labels.collector }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} does not work, and alerts that depend on it are silent. Errors in the last half hour: {{ range $i, $s := printf `sort_desc(sum by (resource, reason) (increase(eksporter_watch_errors_total{cluster=%q,reason!="expired"}[30m])) > 0)` $labels.cluster | query }}{{ if $i }}, {{ end }}{{ .Labels.resource }} {{ .Labels.reason }}{{ end }}.',
              runbook_url: '%(runbook_url_prefix)seksexportercollectorfailing%(runbook_url_suffix)s' % config,
              summary: 'A collector of the exporter does not work.',
            },
          },
          {
            alert: 'EksExporterWatchStale',
            expr: |||
              time() - max by (cluster, resource) (eksporter_watch_last_activity_timestamp_seconds) > %(watch_stale_seconds)s
              and on (cluster, resource) max by (cluster, resource) (eksporter_watch_synced) == 1
            ||| % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'Nothing has come from the API server for {{ $labels.resource }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} for {{ $value | humanizeDuration }}: what the exporter says of it may be old.',
              runbook_url: '%(runbook_url_prefix)seksexporterwatchstale%(runbook_url_suffix)s' % config,
              summary: 'A watch of the exporter has not heard of the API server for long.',
            },
          },
          {
            alert: 'EksExporterSeriesDropped',
            expr: |||
              max by (cluster, family) (eksporter_series_dropped) > 0
            |||,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} series of {{ $labels.family }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} are left out. Counts by cause are never cut.',
              runbook_url: '%(runbook_url_prefix)seksexporterseriesdropped%(runbook_url_suffix)s' % config,
              summary: 'The exporter leaves out series because a limit is reached.',
            },
          },
          {
            alert: 'EksExporterLabelsRenamed',
            expr: |||
              count by (cluster) (
                {__name__=~"eks_.+",exported_pod!=""}
                or {__name__=~"eks_.+",exported_node!=""}
                or {__name__=~"eks_.+",exported_namespace!=""}
              )
            |||,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $value }} series of eksporter{{ with $labels.cluster }} in cluster {{ . }}{{ end }} arrive with exported_pod, exported_node or exported_namespace: the scrape has honorLabels off, and alerts name the exporter\'s own pod instead of the one in trouble.',
              runbook_url: '%(runbook_url_prefix)seksexporterlabelsrenamed%(runbook_url_suffix)s' % config,
              summary: 'The exporter is scraped without honorLabels.',
            },
          },
          {
            alert: 'EksExporterScrapedTwice',
            expr: |||
              count by (cluster, instance) (eksporter_build_info) > 1
            |||,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: '{{ $labels.instance }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} is scraped {{ $value }} times. Alerts do not double, but sums in queries of your own do.',
              runbook_url: '%(runbook_url_prefix)seksexporterscrapedtwice%(runbook_url_suffix)s' % config,
              summary: 'One exporter is scraped by several jobs.',
            },
          },
          {
            alert: 'EksExporterClockSkewed',
            expr: |||
              max by (cluster) (abs(eksporter_clock_skew_seconds)) > %(clock_skew_seconds)s
            ||| % config,
            labels: {
              severity: 'info',
            },
            annotations: {
              description: 'The clock{{ with $labels.cluster }} in cluster {{ . }}{{ end }} is {{ $value | humanizeDuration }} off the API server\'s. Ages are corrected for it.',
              runbook_url: '%(runbook_url_prefix)seksexporterclockskewed%(runbook_url_suffix)s' % config,
              summary: 'The clock of the exporter\'s node is wrong.',
            },
          },
          {
            alert: 'EksExporterAwsRefused',
            expr: |||
              sum by (cluster, aws_service, operation, outcome) (
                increase(eksporter_aws_requests_total{outcome=~"denied|no_credentials|throttled"}[30m])
              ) > %(aws_refused_count)s
            ||| % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'AWS refused {{ $value | humanize }} requests {{ $labels.aws_service }} {{ $labels.operation }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} in the last half hour: {{ $labels.outcome }}.',
              runbook_url: '%(runbook_url_prefix)seksexporterawsrefused%(runbook_url_suffix)s' % config,
              summary: 'AWS refuses requests of the exporter.',
            },
          },
          {
            alert: 'EksExporterAwsStale',
            expr: |||
              time() - max by (cluster, source) (eksporter_aws_last_success_timestamp_seconds)
                - on (cluster, source) max by (cluster, source) (eksporter_aws_period_seconds)
                > %(aws_stale_seconds)s
            ||| % config,
            labels: {
              severity: 'warning',
            },
            annotations: {
              description: 'AWS should have told of {{ $labels.source }}{{ with $labels.cluster }} in cluster {{ . }}{{ end }} again {{ $value | humanizeDuration }} ago.',
              runbook_url: '%(runbook_url_prefix)seksexporterawsstale%(runbook_url_suffix)s' % config,
              summary: 'The exporter has not heard of AWS for long.',
            },
          },
        ],
      },
    ],
  },
}
