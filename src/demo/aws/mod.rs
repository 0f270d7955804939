//! A simulated AWS: the facts of one account and region, in memory, behind the same trait as the real one.

use parking_lot::RwLock;

use crate::aws::{
    Answer, AwsApi, AwsError, ErrorKind, Filter,
    facts::{
        Addon, AddonRelease, CidrReservation, Cluster, ClusterVersion, FargateProfile, Insight, NetworkInterface,
        Nodegroup, Subnet,
    },
};

/// What there is.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Clusters.
    pub clusters: Vec<Cluster>,
    /// The calendar.
    pub cluster_versions: Vec<ClusterVersion>,
    /// Node groups of every cluster.
    pub nodegroups: Vec<Nodegroup>,
    /// Fargate profiles of every cluster.
    pub fargate_profiles: Vec<FargateProfile>,
    /// Add-ons that EKS manages in every cluster.
    pub addons: Vec<Addon>,
    /// What EKS offers, by Kubernetes minor.
    pub addon_versions: Vec<(String, Vec<AddonRelease>)>,
    /// Insights into every cluster.
    pub insights: Vec<Insight>,
    /// Subnets.
    pub subnets: Vec<Subnet>,
    /// Network interfaces.
    pub network_interfaces: Vec<NetworkInterface>,
    /// Reservations, by subnet.
    pub reservations: Vec<(String, CidrReservation)>,
}

/// The simulated AWS.
#[derive(Debug, Default)]
pub struct SimulatedAws {
    state: RwLock<State>,
}

impl SimulatedAws {
    /// One that has that.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self { state: RwLock::new(state) }
    }

    /// Changes what there is.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write());
    }

    fn read<T: Send + 'static>(&self, read: impl FnOnce(&State) -> T) -> Answer<'static, T> {
        let answer = read(&self.state.read());
        Box::pin(async move { Ok(answer) })
    }

    fn one<T: Clone + Send + 'static>(
        &self,
        all: impl FnOnce(&State) -> &[T],
        is: impl Fn(&T) -> bool,
    ) -> Answer<'static, T> {
        let found = all(&self.state.read()).iter().find(|one| is(one)).cloned();
        let missing =
            || AwsError::coded(ErrorKind::NotFound, "ResourceNotFoundException", "there is none of that name");
        Box::pin(async move { found.ok_or_else(missing) })
    }
}

impl AwsApi for SimulatedAws {
    fn list_clusters(&self) -> Answer<'_, Vec<String>> {
        self.read(|state| state.clusters.iter().map(|cluster| cluster.name.clone()).collect())
    }

    fn describe_cluster<'a>(&'a self, cluster: &'a str) -> Answer<'a, Cluster> {
        self.one(|state| &state.clusters, |one| one.name == cluster)
    }

    fn list_nodegroups<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<String>> {
        self.read(|state| state.nodegroups.iter().map(|nodegroup| nodegroup.name.clone()).collect())
    }

    fn describe_nodegroup<'a>(&'a self, _: &'a str, nodegroup: &'a str) -> Answer<'a, Nodegroup> {
        self.one(|state| &state.nodegroups, |one| one.name == nodegroup)
    }

    fn list_fargate_profiles<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<String>> {
        self.read(|state| state.fargate_profiles.iter().map(|profile| profile.name.clone()).collect())
    }

    fn describe_fargate_profile<'a>(&'a self, _: &'a str, profile: &'a str) -> Answer<'a, FargateProfile> {
        self.one(|state| &state.fargate_profiles, |one| one.name == profile)
    }

    fn list_addons<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<String>> {
        self.read(|state| state.addons.iter().map(|addon| addon.name.clone()).collect())
    }

    fn describe_addon<'a>(&'a self, _: &'a str, addon: &'a str) -> Answer<'a, Addon> {
        self.one(|state| &state.addons, |one| one.name == addon)
    }

    fn describe_addon_versions<'a>(&'a self, kubernetes_version: &'a str) -> Answer<'a, Vec<AddonRelease>> {
        self.read(|state| {
            let of = state.addon_versions.iter().filter(|(minor, _)| minor == kubernetes_version);
            of.flat_map(|(_, releases)| releases.clone()).collect()
        })
    }

    fn describe_cluster_versions(&self) -> Answer<'_, Vec<ClusterVersion>> {
        self.read(|state| state.cluster_versions.clone())
    }

    fn list_insights<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<Insight>> {
        self.read(|state| state.insights.clone())
    }

    fn describe_subnets<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<Subnet>> {
        self.read(|state| {
            let fits = |subnet: &&Subnet| {
                filters.iter().all(|filter| {
                    let has = |value: &str| filter.values.iter().any(|wanted| wanted == value);
                    match filter.name.as_str() {
                        "subnet-id" => has(&subnet.id),
                        "vpc-id" => subnet.vpc_id.as_deref().is_some_and(has),
                        "tag-key" => subnet.tags.keys().any(|key| has(key)),
                        _ => false,
                    }
                })
            };
            state.subnets.iter().filter(fits).cloned().collect()
        })
    }

    fn describe_network_interfaces<'a>(&'a self, filters: &'a [Filter]) -> Answer<'a, Vec<NetworkInterface>> {
        self.read(|state| {
            let fits = |interface: &&NetworkInterface| {
                filters.iter().all(|filter| {
                    let has = |value: &str| filter.values.iter().any(|wanted| wanted == value);
                    match filter.name.as_str() {
                        "subnet-id" => interface.subnet_id.as_deref().is_some_and(has),
                        "tag-key" => interface.tags.keys().any(|key| has(key)),
                        name => name
                            .strip_prefix("tag:")
                            .is_some_and(|key| interface.tags.get(key).is_some_and(|value| has(value))),
                    }
                })
            };
            state.network_interfaces.iter().filter(fits).cloned().collect()
        })
    }

    fn get_subnet_cidr_reservations<'a>(&'a self, subnet: &'a str) -> Answer<'a, Vec<CidrReservation>> {
        self.read(|state| {
            let of = state.reservations.iter().filter(|(of, _)| of == subnet);
            of.map(|(_, reservation)| reservation.clone()).collect()
        })
    }
}
