//! One round of each source: which calls are made, and what becomes of their answers.
//!
//! Each answer is passed on as it comes, so that a call that fails hides nobody else's facts.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream};
use parking_lot::Mutex;
use tokio::time::timeout;

use super::{Home, News, Source};
use crate::{
    aws::{AwsApi, AwsError, ErrorKind, Filter, OWNER_TAG, facts::NetworkInterface},
    clock::Clock,
};

/// A call with all its pages and repetitions ends after so long; each request has a time-out of its own below this.
const LONGEST_CALL: Duration = Duration::from_mins(2);
/// A round ends after so long, however long its source's period.
const LONGEST_ROUND: Duration = Duration::from_mins(10);
/// So many things of one kind are described at once.
const AT_ONCE: usize = 4;
/// The tag by which the VPC CNI finds subnets. The value `0` takes one out (aws/amazon-vpc-cni-k8s README,
/// "Subnet discovery").
const CNI_TAG: &str = "kubernetes.io/role/cni";

/// What rounds need.
pub(super) struct Round {
    pub api: Arc<dyn AwsApi>,
    pub home: Arc<dyn Home>,
    pub cluster: String,
    pub clock: Clock,
    pub stale_after: Duration,
    /// With what to begin, where the last round ended early: what comes last would never be asked about.
    pub left: Mutex<BTreeMap<Source, String>>,
}

impl Source {
    /// What a round would ask about; it is asked anew when that changes. `None` while there is nothing to ask.
    pub(super) fn asks(self, home: &dyn Home) -> Option<Vec<String>> {
        let some = |ids: Vec<String>| (!ids.is_empty()).then_some(ids);
        match self {
            Self::Cluster | Self::ClusterVersions | Self::Nodegroups | Self::FargateProfiles | Self::Insights => {
                Some(Vec::new())
            }
            Self::Addons => Some(home.addons()),
            Self::AddonVersions => some(home.kubernetes().into_iter().collect()),
            Self::SubnetTags => some(home.vpc().into_iter().collect()),
            Self::Subnets | Self::NetworkInterfaces | Self::SubnetReservations => some(home.subnets()),
        }
    }
}

/// Is told at once of each thing that could not be had, while the round goes on.
pub(super) type Failing<'a> = &'a (dyn Fn(&AwsError) + Sync);

impl Round {
    /// Asks everything of a source, within its period where that leaves time for a call.
    ///
    /// # Errors
    /// The first one that happened; what other calls brought was passed on all the same.
    pub async fn ask(&self, source: Source, about: &[String], failing: Failing<'_>) -> Result<(), AwsError> {
        let longest = source.period().clamp(LONGEST_CALL, LONGEST_ROUND);
        let late = || AwsError::new(ErrorKind::TimedOut, format!("not everything came within {} s", longest.as_secs()));
        timeout(longest, self.ask_all(source, about, failing)).await.unwrap_or_else(|_| Err(late()))
    }

    async fn ask_all(&self, source: Source, about: &[String], failing: Failing<'_>) -> Result<(), AwsError> {
        let (api, cluster) = (&*self.api, self.cluster.as_str());
        let tell = move |news| self.tell(source, news);
        match source {
            Source::Cluster => tell(News::Cluster(call(api.describe_cluster(cluster)).await?)),
            Source::ClusterVersions => tell(News::ClusterVersions(call(api.describe_cluster_versions()).await?)),
            Source::Nodegroups => {
                let names = call(api.list_nodegroups(cluster)).await?;
                tell(News::NodegroupNames(names.clone()));
                return self
                    .each(source, names, failing, |name| async move {
                        let nodegroup = unless_gone(call(api.describe_nodegroup(cluster, &name)).await)?;
                        nodegroup.map(News::Nodegroup).into_iter().for_each(tell);
                        Ok(())
                    })
                    .await;
            }
            Source::FargateProfiles => {
                let names = call(api.list_fargate_profiles(cluster)).await?;
                tell(News::FargateProfileNames(names.clone()));
                return self
                    .each(source, names, failing, |name| async move {
                        let profile = unless_gone(call(api.describe_fargate_profile(cluster, &name)).await)?;
                        profile.map(News::FargateProfile).into_iter().for_each(tell);
                        Ok(())
                    })
                    .await;
            }
            Source::Addons => return self.ask_addons(about, failing).await,
            Source::AddonVersions => {
                for kubernetes in about {
                    let addons = call(api.describe_addon_versions(kubernetes)).await?;
                    tell(News::AddonVersions { kubernetes: kubernetes.clone(), addons });
                }
            }
            Source::Insights => tell(News::Insights(call(api.list_insights(cluster)).await?)),
            Source::Subnets => {
                tell(News::Subnets(call(api.describe_subnets(&[Filter::subnets(about)])).await?));
            }
            Source::SubnetTags => {
                for vpc in about {
                    let filters = [Filter::vpc(vpc), Filter::tagged(CNI_TAG)];
                    let mut subnets = call(api.describe_subnets(&filters)).await?;
                    subnets.retain(|subnet| subnet.tags.get(CNI_TAG).is_some_and(|value| value != "0"));
                    tell(News::TaggedSubnets(subnets));
                }
            }
            Source::NetworkInterfaces => {
                let filters = [Filter::subnets(about)];
                let mut interfaces = call(api.describe_network_interfaces(&filters)).await?;
                interfaces.extend(self.owned_elsewhere(about).await?);
                // Addresses come and go: what is taken is compared with what is free at the same moment.
                let subnets = call(api.describe_subnets(&filters)).await?;
                tell(News::NetworkInterfaces { interfaces, subnets });
            }
            Source::SubnetReservations => {
                return self
                    .each(source, about.to_vec(), failing, |subnet| async move {
                        let found = unless_gone(call(api.get_subnet_cidr_reservations(&subnet)).await)?;
                        let news = found.map(|reservations| News::SubnetReservations { subnet, reservations });
                        news.into_iter().for_each(tell);
                        Ok(())
                    })
                    .await;
            }
        }
        Ok(())
    }

    /// Interfaces that the VPC resource controller made for this cluster outside of these subnets: nobody else tells of
    /// subnets that only self-managed nodes are in, and what leaks is of no node at all.
    async fn owned_elsewhere(&self, subnets: &[String]) -> Result<Vec<NetworkInterface>, AwsError> {
        let of_cluster = format!("kubernetes.io/cluster/{}", self.cluster);
        let filters = [Filter::tag(OWNER_TAG.0, [OWNER_TAG.1]), Filter::tagged(&of_cluster)];
        let mut owned = call(self.api.describe_network_interfaces(&filters)).await?;
        owned.retain(|interface| interface.subnet_id.as_ref().is_none_or(|subnet| !subnets.contains(subnet)));
        Ok(owned)
    }

    /// Those that EKS lists, and those that run: only AWS's own word says that EKS does not manage one, and it can be had
    /// where the list is denied.
    async fn ask_addons(&self, running: &[String], failing: Failing<'_>) -> Result<(), AwsError> {
        let (api, cluster) = (&*self.api, self.cluster.as_str());
        let listed = call(api.list_addons(cluster)).await;
        if let Err(error) = &listed {
            // It is the cluster that is not found: of its add-ons that says nothing.
            if error.is_not_found() || error.kind == ErrorKind::NoCredentials {
                return listed.map(drop);
            }
            failing(error);
        }
        let mut names = listed.as_ref().cloned().unwrap_or_default();
        names.extend(running.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        if listed.is_ok() {
            self.tell(Source::Addons, News::AddonNames(names.clone()));
        }
        let described = self
            .each(Source::Addons, names, failing, |name| async move {
                match call(api.describe_addon(cluster, &name)).await {
                    Ok(addon) => self.tell(Source::Addons, News::Addon(addon)),
                    Err(error) if error.is_not_found() => self.tell(Source::Addons, News::NoAddon(name)),
                    Err(error) => return Err(error),
                }
                Ok(())
            })
            .await;
        listed.map(drop).and(described)
    }

    /// Asks about each of them, whatever becomes of the others; the first error. After one that is not about a single thing,
    /// none is begun: a hundred node groups would be asked about for ten minutes, and slow down all else that asks EKS.
    async fn each<F>(
        &self,
        source: Source,
        mut names: Vec<String>,
        failing: Failing<'_>,
        ask: impl Fn(String) -> F,
    ) -> Result<(), AwsError>
    where
        F: Future<Output = Result<(), AwsError>>,
    {
        let first = self.left.lock().remove(&source);
        let first = names.iter().position(|name| Some(name) == first.as_ref()).unwrap_or_default();
        names.rotate_left(first);
        let (ask, is_over) = (&ask, &AtomicBool::new(false));
        let one = |name: String| async move {
            if is_over.load(Ordering::Relaxed) {
                self.left.lock().entry(source).or_insert(name);
                return Ok(());
            }
            let answer = ask(name).await;
            if let Err(error) = &answer {
                failing(error);
                is_over.fetch_or(error.is_of_everything(), Ordering::Relaxed);
            }
            answer
        };
        let answers: Vec<_> = stream::iter(names).map(one).buffer_unordered(AT_ONCE).collect().await;
        answers.into_iter().collect()
    }

    fn tell(&self, source: Source, news: News) {
        let now = self.clock.now();
        self.home.take(news, now.checked_add(source.lifetime(self.stale_after)).unwrap_or(now));
    }
}

/// Nothing where the thing is gone since it was listed, or somebody still names it: that is no failure.
fn unless_gone<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.is_not_found() => Ok(None),
        answer => answer.map(Some),
    }
}

/// An answer that does not come is an error like others.
pub(in crate::aws) async fn call<T>(answer: impl Future<Output = Result<T, AwsError>>) -> Result<T, AwsError> {
    let late = || AwsError::new(ErrorKind::TimedOut, format!("no answer for {} s", LONGEST_CALL.as_secs()));
    timeout(LONGEST_CALL, answer).await.unwrap_or_else(|_| Err(late()))
}
