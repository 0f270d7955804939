//! The facts that AWS brought, each until it is too old to be trusted.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::{
    aws::{
        facts::{Addon, AddonRelease, Cluster, ClusterVersion, Insight, IpFamily, Issue, IssueCode, Nodegroup, Subnet},
        poll::News,
    },
    diagnose::{AddonOffer, SubnetUser},
};

/// What the tag of a subnet that is for one cluster begins with; the name of the cluster follows.
const CLUSTER_TAG: &str = "cni.networking.k8s.aws/cluster/";

/// A fact, and until when it is good.
#[derive(Clone, Debug)]
pub(super) struct Known<T> {
    pub value: T,
    pub until: Timestamp,
}

/// What hardly changes in a cluster's life. It says what else is to be asked, so it stays: where node groups cannot be
/// described any more, addresses in their subnets still run out.
#[derive(Debug, Default)]
pub(in crate::cache) struct Lasting {
    pub kubernetes: Option<String>,
    pub vpc: Option<String>,
    /// Whether EKS Auto Mode is on.
    pub auto_mode: bool,
    /// Addresses of pods, once EKS has said it.
    pub ip_family: Option<IpFamily>,
    /// Subnets, by who takes addresses there, and its name.
    pub uses: BTreeMap<(SubnetUser, String), Vec<String>>,
}

/// All of them. What is missing is not known.
#[derive(Debug, Default)]
pub(in crate::cache) struct Facts {
    pub cluster: Option<Known<Cluster>>,
    pub cluster_versions: Option<Known<Vec<ClusterVersion>>>,
    pub nodegroups: BTreeMap<String, Known<Nodegroup>>,
    /// By name; `None` where EKS does not manage it.
    pub addons: BTreeMap<String, Known<Option<Addon>>>,
    /// What EKS offers for a minor.
    pub offers: Option<Known<(String, Vec<AddonOffer>)>>,
    pub insights: Option<Known<Vec<Insight>>>,
    pub subnets: Option<Known<Vec<Subnet>>>,
    pub tagged_subnets: Option<Known<Vec<Subnet>>>,
    /// What does not get old.
    pub lasting: Lasting,
    /// Words of AWS that nobody knew, and that were told.
    unheard: HashSet<(&'static str, String)>,
}

impl Facts {
    /// Takes news of the cluster of that name; what is about network interfaces is not kept here and comes back.
    pub fn take(&mut self, news: News, cluster: &str, until: Timestamp) -> Option<News> {
        self.listen(&news);
        self.lasting.learn(&news, cluster);
        match news {
            News::Cluster(cluster) => self.cluster = Some(Known { value: cluster, until }),
            News::ClusterVersions(versions) => self.cluster_versions = Some(Known { value: versions, until }),
            News::NodegroupNames(names) => self.nodegroups.retain(|name, _| names.contains(name)),
            News::Nodegroup(group) => drop(self.nodegroups.insert(group.name.clone(), Known { value: group, until })),
            // Nothing is told of them but the subnets that they use.
            News::FargateProfileNames(_) | News::FargateProfile(_) => {}
            News::AddonNames(names) => self.addons.retain(|name, _| names.contains(name)),
            News::Addon(addon) => drop(self.addons.insert(addon.name.clone(), Known { value: Some(addon), until })),
            News::NoAddon(name) => drop(self.addons.insert(name, Known { value: None, until })),
            News::AddonVersions { kubernetes, addons } => {
                let offers = addons.iter().map(offer).collect();
                self.offers = Some(Known { value: (kubernetes, offers), until });
            }
            News::Insights(insights) => self.insights = Some(Known { value: insights, until }),
            News::Subnets(subnets) => self.subnets = Some(Known { value: subnets, until }),
            News::TaggedSubnets(subnets) => self.tagged_subnets = Some(Known { value: subnets, until }),
            other @ (News::NetworkInterfaces { .. } | News::SubnetReservations { .. }) => return Some(other),
        }
        None
    }

    /// Lets go of what is too old.
    pub fn expire(&mut self, now: Timestamp) {
        fn drop_old<T>(fact: &mut Option<Known<T>>, now: Timestamp) {
            if fact.as_ref().is_some_and(|fact| fact.until <= now) {
                *fact = None;
            }
        }
        drop_old(&mut self.cluster, now);
        drop_old(&mut self.cluster_versions, now);
        drop_old(&mut self.offers, now);
        drop_old(&mut self.insights, now);
        drop_old(&mut self.subnets, now);
        drop_old(&mut self.tagged_subnets, now);
        self.nodegroups.retain(|_, fact| fact.until > now);
        self.addons.retain(|_, fact| fact.until > now);
    }

    /// Says of each word that nobody knew once what it was: the label will be `other`.
    fn listen(&mut self, news: &News) {
        let mut hear = |what: &'static str, label: &str, word: &str| {
            if label == "other" && self.unheard.len() < 1000 && self.unheard.insert((what, word.to_owned())) {
                tracing::info!(what, word, "AWS says a word that is not known here; its label is other");
            }
        };
        let mut hear_issues = |issues: &[Issue]| {
            for issue in issues {
                if let IssueCode::Other(word) = &issue.code {
                    hear("health issue", "other", word);
                }
            }
        };
        match news {
            News::Cluster(cluster) => {
                hear_issues(&cluster.issues);
                if let Some(support) = &cluster.support_type {
                    hear("support type", support.label(), support.word());
                }
            }
            News::Nodegroup(group) => {
                hear_issues(&group.issues);
                hear("node group status", group.status.label(), group.status.word());
                if let Some(capacity) = &group.capacity_type {
                    hear("capacity type", capacity.label(), capacity.word());
                }
            }
            News::Addon(addon) => {
                hear_issues(&addon.issues);
                hear("add-on status", addon.status.label(), addon.status.word());
            }
            News::Insights(insights) => {
                for insight in insights {
                    hear("insight status", insight.status.label(), insight.status.word());
                    hear("insight category", insight.category.label(), insight.category.word());
                }
            }
            _ => {}
        }
    }
}

impl Lasting {
    /// Whether pods are known to have addresses of IPv4: blocks and pools of them mean nothing elsewhere.
    pub fn is_ipv4(&self) -> bool {
        self.ip_family == Some(IpFamily::Ipv4)
    }

    fn learn(&mut self, news: &News, cluster: &str) {
        let name = |name: &str| name.to_owned();
        match news {
            News::Cluster(cluster) => {
                self.kubernetes = Some(cluster.version.clone());
                self.vpc.clone_from(&cluster.vpc_id);
                self.ip_family.clone_from(&cluster.ip_family);
                self.auto_mode = cluster.auto_mode;
                self.uses.insert((SubnetUser::Cluster, String::new()), cluster.subnet_ids.clone());
            }
            News::Nodegroup(group) => {
                self.uses.insert((SubnetUser::Nodegroup, name(&group.name)), group.subnet_ids.clone());
            }
            News::FargateProfile(profile) => {
                self.uses.insert((SubnetUser::Fargate, name(&profile.name)), profile.subnet_ids.clone());
            }
            News::TaggedSubnets(subnets) => {
                let ids = subnets.iter().filter(|subnet| is_for(subnet, cluster)).map(|subnet| subnet.id.clone());
                let ids = ids.collect();
                self.uses.insert((SubnetUser::Tag, String::new()), ids);
            }
            News::NodegroupNames(names) => self.keep(SubnetUser::Nodegroup, names),
            News::FargateProfileNames(names) => self.keep(SubnetUser::Fargate, names),
            _ => {}
        }
    }

    /// Others of that kind are gone.
    fn keep(&mut self, user: SubnetUser, names: &[String]) {
        self.uses.retain(|(of, name), _| *of != user || names.contains(name));
    }
}

/// Whether the VPC CNI of a cluster may use a subnet by its tag: one that names clusters is for these alone
/// (aws/amazon-vpc-cni-k8s v1.22.1).
fn is_for(subnet: &Subnet, cluster: &str) -> bool {
    let mut named = subnet.tags.keys().filter_map(|key| key.strip_prefix(CLUSTER_TAG)).peekable();
    named.peek().is_none() || named.any(|name| name == cluster)
}

fn offer(release: &AddonRelease) -> AddonOffer {
    let default = release.versions.iter().find(|version| version.default);
    AddonOffer::new(
        &release.name,
        default.map(|version| version.version.as_str()),
        release.versions.iter().map(|version| version.version.as_str()),
    )
}
