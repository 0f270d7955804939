// Made from alerts/source/; `EKSPORTER_BLESS=1 cargo test --test alerts` writes it anew.
(import 'config.libsonnet')
+ (import 'alerts/pods.libsonnet')
+ (import 'alerts/branch-eni.libsonnet')
+ (import 'alerts/nodes.libsonnet')
+ (import 'alerts/addons.libsonnet')
+ (import 'alerts/cluster.libsonnet')
+ (import 'alerts/subnets.libsonnet')
+ (import 'alerts/exporter.libsonnet')
