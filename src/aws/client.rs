//! The clients of AWS, with credentials and settings of the SDK's default chain.

use std::{sync::Arc, time::Duration};

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig, identity::IdentityCache, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_types::app_name::AppName;

use super::{
    Answer, AwsApi, AwsError, ErrorKind, Filter, Observer,
    ec2::Ec2,
    eks::Eks,
    facts::{
        Addon, AddonRelease, CidrReservation, Cluster, ClusterVersion, FargateProfile, Insight, NetworkInterface,
        Nodegroup, Subnet,
    },
    http,
    patience::Impatient,
};

/// How requests are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region; without it that of the environment, the profile or the instance.
    pub region: Option<String>,
    /// Credentials, from the search for them to the end of the answer of whoever gives them. Below
    /// [`attempt_timeout`](Self::attempt_timeout), or an attempt may end first and be blamed on the service.
    pub credentials_timeout: Duration,
    /// One attempt, from the search for credentials to the end of the answer.
    pub attempt_timeout: Duration,
    /// One request with its retries. A page of a list is a request.
    pub timeout: Duration,
    /// How often a request is sent at most.
    pub attempts: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: None,
            credentials_timeout: Duration::from_secs(8),
            attempt_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            attempts: 3,
        }
    }
}

/// A connection takes no longer.
const CONNECT: Duration = Duration::from_secs(3);

/// AWS itself.
pub struct Client {
    region: String,
    eks: Eks,
    ec2: Ec2,
}

impl Settings {
    /// For somebody who waits no longer than that: a request with its retries takes half of it at most, so that its error
    /// is there in time.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        let timeout = self.timeout.min(patience / 2);
        let attempt_timeout = self.attempt_timeout.min(timeout / 2);
        Self {
            timeout,
            attempt_timeout,
            credentials_timeout: self.credentials_timeout.min(attempt_timeout / 5 * 4),
            ..self
        }
    }

    /// What the clients are configured by, before anything is looked for.
    #[must_use]
    pub fn loader(self) -> ConfigLoader {
        let cache = IdentityCache::lazy().build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http::client())
            .identity_cache(Impatient { cache, patience: self.credentials_timeout })
            // Slows down by itself where AWS throttles, for all requests to the service.
            .retry_config(RetryConfig::adaptive().with_max_attempts(self.attempts))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT.min(self.attempt_timeout))
                    .operation_attempt_timeout(self.attempt_timeout)
                    .operation_timeout(self.timeout)
                    .build(),
            );
        if let Ok(name) = AppName::new(env!("CARGO_PKG_NAME")) {
            loader = loader.app_name(name);
        }
        if let Some(region) = self.region {
            loader = loader.region(Region::new(region));
        }
        loader
    }
}

impl Client {
    /// Finds out the region and how to get credentials. Credentials themselves are fetched for the first request, and
    /// anew before they expire: the environment; the profile; a web identity token (IAM roles for service accounts); the
    /// container endpoint (EKS Pod Identity); last the instance's metadata, which is given a second to connect and one to
    /// answer, is not asked again after a time-out, and never with `AWS_EC2_METADATA_DISABLED=true`. So does the SDK's
    /// default chain, and so does the search for a region. Profiles that need IAM Identity Center are not supported.
    ///
    /// A proxy is that of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, but for hosts of `NO_PROXY` and the agents of the node.
    ///
    /// Where requests go can be set: `AWS_ENDPOINT_URL_EKS`, `AWS_ENDPOINT_URL_EC2`, `AWS_ENDPOINT_URL_STS`,
    /// `AWS_ENDPOINT_URL`, `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT`.
    ///
    /// # Errors
    ///
    /// No region.
    pub async fn connect(settings: Settings, observer: Arc<dyn Observer>) -> Result<Self, AwsError> {
        Self::new(&settings.loader().load().await, observer)
    }

    /// The clients for a configuration that is loaded already.
    ///
    /// # Errors
    ///
    /// No region.
    pub fn new(config: &SdkConfig, observer: Arc<dyn Observer>) -> Result<Self, AwsError> {
        let region = config
            .region()
            // A variable that is set and empty counts as a region in the SDK.
            .filter(|region| !region.as_ref().is_empty())
            .ok_or_else(|| AwsError::new(ErrorKind::Other, "no region: set --aws-region or AWS_REGION"))?
            .to_string();
        Ok(Self { eks: Eks::new(config, Arc::clone(&observer)), ec2: Ec2::new(config, &region, observer), region })
    }

    /// The region that is asked.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }
}

impl AwsApi for Client {
    fn list_clusters(&self) -> Answer<'_, Vec<String>> {
        Box::pin(self.eks.list_clusters())
    }

    fn describe_cluster<'a>(&'a self, cluster: &'a str) -> Answer<'a, Cluster> {
        Box::pin(self.eks.describe_cluster(cluster))
    }

    fn list_nodegroups<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(self.eks.list_nodegroups(cluster))
    }

    fn describe_nodegroup<'a>(&'a self, cluster: &'a str, nodegroup: &'a str) -> Answer<'a, Nodegroup> {
        Box::pin(self.eks.describe_nodegroup(cluster, nodegroup))
    }

    fn list_fargate_profiles<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(self.eks.list_fargate_profiles(cluster))
    }

    fn describe_fargate_profile<'a>(&'a self, cluster: &'a str, profile: &'a str) -> Answer<'a, FargateProfile> {
        Box::pin(self.eks.describe_fargate_profile(cluster, profile))
    }

    fn list_addons<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(self.eks.list_addons(cluster))
    }

    fn describe_addon<'a>(&'a self, cluster: &'a str, addon: &'a str) -> Answer<'a, Addon> {
        Box::pin(self.eks.describe_addon(cluster, addon))
    }

    fn describe_addon_versions<'a>(&'a self, kubernetes_version: &'a str) -> Answer<'a, Vec<AddonRelease>> {
        Box::pin(self.eks.describe_addon_versions(kubernetes_version))
    }

    fn describe_cluster_versions(&self) -> Answer<'_, Vec<ClusterVersion>> {
        Box::pin(self.eks.describe_cluster_versions())
    }

    fn list_insights<'a>(&'a self, cluster: &'a str) -> Answer<'a, Vec<Insight>> {
        Box::pin(self.eks.list_insights(cluster))
    }

    fn describe_subnets<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<Subnet>> {
        Box::pin(self.ec2.describe_subnets(filters))
    }

    fn describe_network_interfaces<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<NetworkInterface>> {
        Box::pin(self.ec2.describe_network_interfaces(filters))
    }

    fn get_subnet_cidr_reservations<'a>(&'a self, subnet: &'a str) -> Answer<'a, Vec<CidrReservation>> {
        Box::pin(self.ec2.get_subnet_cidr_reservations(subnet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_given_up_before_the_attempt_and_the_attempt_before_the_request_and_that_in_time() {
        let hurried = [1, 5, 30, 600].map(Duration::from_secs).map(|patience| {
            let settings = Settings::default().within(patience);
            assert!(settings.timeout <= patience / 2, "{settings:?}");
            settings
        });
        for settings in hurried.into_iter().chain([Settings::default()]) {
            let Settings { credentials_timeout, attempt_timeout, timeout, .. } = settings;
            assert!(credentials_timeout < attempt_timeout && attempt_timeout < timeout, "{settings:?}");
        }
    }
}
