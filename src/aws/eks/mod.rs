//! The reads of EKS, through its SDK.

mod facts;

use std::sync::Arc;

use aws_sdk_eks::{Client, operation::describe_addon::DescribeAddonError};
use aws_types::SdkConfig;

use super::{
    AwsError, ErrorKind, Observer, Service,
    call::Call,
    facts::{Addon, AddonRelease, Cluster, ClusterVersion, FargateProfile, Insight, Nodegroup},
    pages::{EKS_PAGE, Page, all},
};
use facts::{Present, part};

/// The client.
pub(super) struct Eks {
    client: Client,
    observer: Arc<dyn Observer>,
}

/// Sends a request of the SDK, with its attempts observed.
macro_rules! send {
    ($eks:ident, $operation:literal, $request:expr) => {{
        let call = Call::new(Service::Eks, $operation, &$eks.observer);
        let sent = $request.customize().interceptor(call.attempts()).send().await;
        call.settle(sent)
    }};
}

impl Eks {
    pub(super) fn new(config: &SdkConfig, observer: Arc<dyn Observer>) -> Self {
        Self { client: Client::new(config), observer }
    }

    pub(super) async fn list_clusters(&self) -> Result<Vec<String>, AwsError> {
        all(|token| async {
            let request = self.client.list_clusters().max_results(EKS_PAGE).set_next_token(token);
            let output = send!(self, "ListClusters", request)?;
            Ok(Page { items: output.clusters.present("clusters")?, next: output.next_token })
        })
        .await
    }

    pub(super) async fn describe_cluster(&self, cluster: &str) -> Result<Cluster, AwsError> {
        let output = send!(self, "DescribeCluster", self.client.describe_cluster().name(cluster))?;
        facts::cluster(output.cluster.present("cluster")?)
    }

    pub(super) async fn list_nodegroups(&self, cluster: &str) -> Result<Vec<String>, AwsError> {
        all(|token| async {
            let request =
                self.client.list_nodegroups().cluster_name(cluster).max_results(EKS_PAGE).set_next_token(token);
            let output = send!(self, "ListNodegroups", request)?;
            Ok(Page { items: output.nodegroups.present("nodegroups")?, next: output.next_token })
        })
        .await
    }

    pub(super) async fn describe_nodegroup(&self, cluster: &str, nodegroup: &str) -> Result<Nodegroup, AwsError> {
        let request = self.client.describe_nodegroup().cluster_name(cluster).nodegroup_name(nodegroup);
        let output = send!(self, "DescribeNodegroup", request)?;
        facts::nodegroup(output.nodegroup.present("nodegroup")?)
    }

    pub(super) async fn list_fargate_profiles(&self, cluster: &str) -> Result<Vec<String>, AwsError> {
        all(|token| async {
            let request =
                self.client.list_fargate_profiles().cluster_name(cluster).max_results(EKS_PAGE).set_next_token(token);
            let output = send!(self, "ListFargateProfiles", request)?;
            let items = output.fargate_profile_names.present("fargateProfileNames")?;
            Ok(Page { items, next: output.next_token })
        })
        .await
    }

    pub(super) async fn describe_fargate_profile(
        &self,
        cluster: &str,
        profile: &str,
    ) -> Result<FargateProfile, AwsError> {
        let request = self.client.describe_fargate_profile().cluster_name(cluster).fargate_profile_name(profile);
        let output = send!(self, "DescribeFargateProfile", request)?;
        facts::fargate_profile(output.fargate_profile.present("fargateProfile")?)
    }

    pub(super) async fn list_addons(&self, cluster: &str) -> Result<Vec<String>, AwsError> {
        all(|token| async {
            let request = self.client.list_addons().cluster_name(cluster).max_results(EKS_PAGE).set_next_token(token);
            let output = send!(self, "ListAddons", request)?;
            Ok(Page { items: output.addons.present("addons")?, next: output.next_token })
        })
        .await
    }

    pub(super) async fn describe_addon(&self, cluster: &str, addon: &str) -> Result<Addon, AwsError> {
        let request = self.client.describe_addon().cluster_name(cluster).addon_name(addon);
        let call = Call::new(Service::Eks, "DescribeAddon", &self.observer);
        let sent = request.customize().interceptor(call.attempts()).send().await;
        let is_of_the_addon =
            sent.as_ref().err().and_then(|error| error.as_service_error()).is_some_and(names_the_addon);
        let output = call.settle(sent).map_err(|error| {
            // Without its cluster, nothing is known of an add-on.
            let kind = if error.is_not_found() && !is_of_the_addon { ErrorKind::Other } else { error.kind };
            AwsError { kind, ..error }
        })?;
        facts::addon(output.addon.present("addon")?)
    }

    pub(super) async fn describe_addon_versions(
        &self,
        kubernetes_version: &str,
    ) -> Result<Vec<AddonRelease>, AwsError> {
        all(|token| async {
            let request = self
                .client
                .describe_addon_versions()
                .kubernetes_version(kubernetes_version)
                .max_results(EKS_PAGE)
                .set_next_token(token);
            let output = send!(self, "DescribeAddonVersions", request)?;
            let items =
                part(output.addons.present("addons")?, |addon| facts::addon_release(addon, kubernetes_version))?;
            Ok(Page { items, next: output.next_token })
        })
        .await
    }

    pub(super) async fn describe_cluster_versions(&self) -> Result<Vec<ClusterVersion>, AwsError> {
        all(|token| async {
            // Without `includeAll` a minor that has ended may be missing.
            let request =
                self.client.describe_cluster_versions().include_all(true).max_results(EKS_PAGE).set_next_token(token);
            let output = send!(self, "DescribeClusterVersions", request)?;
            let items = part(output.cluster_versions.present("clusterVersions")?, facts::cluster_version)?;
            Ok(Page { items, next: output.next_token })
        })
        .await
    }

    pub(super) async fn list_insights(&self, cluster: &str) -> Result<Vec<Insight>, AwsError> {
        all(|token| async {
            let request = self.client.list_insights().cluster_name(cluster).max_results(EKS_PAGE).set_next_token(token);
            let output = send!(self, "ListInsights", request)?;
            let items = part(output.insights.present("insights")?, facts::insight)?;
            Ok(Page { items, next: output.next_token })
        })
        .await
    }
}

/// Whether it is the add-on that was not found, and not the cluster: `ResourceNotFoundException` is said of both. Sources:
/// EKS API, `DescribeAddon`, errors; the messages "No addon: vpc-cni found in cluster: prod" (Amazon EKS User Guide, "Remove
/// an Amazon EKS add-on") and "No cluster found for name: prod" (upbound/configuration-aws-eks#9).
fn names_the_addon(error: &DescribeAddonError) -> bool {
    match error {
        DescribeAddonError::ResourceNotFoundException(missing) => {
            missing.addon_name().is_some() || missing.message().is_some_and(|text| text.starts_with("No addon"))
        }
        _ => false,
    }
}
