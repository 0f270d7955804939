//! Everything between the Kubernetes API server and the cache: clients with the protobuf layer, one loop that drives
//! an [`Index`] for every kind, and the health of all of it.
//!
//! Knows nothing of metrics, HTTP or AWS. [`start`] is the entry point.

mod board;
mod client;
mod cool_down;
mod drive;
mod health;
mod issuer;
mod layer;
mod link;
mod owners;
mod probe;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod unseen;
mod verdict;
mod version;
mod watched;

use std::{sync::Arc, time::Duration};

use parking_lot::RwLock;
use tokio::{task::JoinSet, time::sleep};

pub use board::{Board, CollectorState, Presence, Resource, Standing};
pub use client::{Connection, Error, config};
pub use health::{Health, Reason, Received, State};
pub use issuer::issuer;
pub use unseen::Unseen;

use self::{
    drive::{Limits, Watch, drive},
    link::Link,
};
use crate::{
    cache::{ADDON_NAMESPACE, CoolDownIndex, EVENT_FIELDS, Index, OwnerIndex, Scope, VersionIndex},
    clock::Clock,
    collector::Collector,
    objects::{
        AddonPod, CniNode, DaemonSet, Ec2NodeClass, EniConfig, Event, Job, Kind, Node, NodeClaim, NodeClass, Pod,
    },
};

/// The API server's own longest watch is a random 30 to 60 minutes; kube's default is what a dead connection and a
/// lost right are noticed by.
const LONGEST_WATCH: Duration = Duration::from_secs(290);
/// How often a kind is looked for that the API server does not know.
const PROBE_EVERY: Duration = Duration::from_mins(1);

/// Events about what has no namespace stand there.
const NODE_EVENT_NAMESPACE: &str = "default";

/// What is watched, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Only these namespaces; none means the whole cluster.
    pub namespaces: Vec<String>,
    /// Without contact for so long, a watch's knowledge is dropped.
    pub stale_after: Duration,
    /// How long one watch request lasts; otherwise 290 s or 4/5 of `stale_after`, whichever is less.
    pub watch_timeout: Option<Duration>,
    /// Objects a page, where lists are paged.
    pub page_size: u32,
    /// How often a kind is looked for that the API server does not know: a CRD that is not installed.
    pub probe_every: Duration,
    /// How often the API server's version is read.
    pub version_every: Duration,
    /// What is switched on.
    pub collectors: Vec<Collector>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            stale_after: Duration::from_mins(5),
            watch_timeout: None,
            page_size: 1000,
            probe_every: PROBE_EVERY,
            version_every: version::EVERY,
            collectors: Collector::ALL.to_vec(),
        }
    }
}

impl Settings {
    fn limits(&self) -> Limits {
        let watch_timeout = self.watch_timeout.unwrap_or_else(|| LONGEST_WATCH.min(self.stale_after / 5 * 4));
        let (page_size, probe_every) = (self.page_size.max(1), self.probe_every);
        Limits { stale_after: self.stale_after, watch_timeout, page_size, probe_every }
    }

    fn may_watch(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|watched| watched == namespace)
    }

    fn scopes(&self) -> Vec<Scope> {
        if self.namespaces.is_empty() {
            return vec![Scope::cluster()];
        }
        let mut names: Vec<&str> = self.namespaces.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(Scope::namespace).collect()
    }
}

/// State that all watches together drive.
pub trait Cache:
    Index<Pod>
    + Index<Node>
    + Index<Event>
    + Index<Job>
    + Index<NodeClaim>
    + Index<CniNode>
    + Index<Ec2NodeClass>
    + Index<NodeClass>
    + Index<EniConfig>
    + Index<AddonPod>
    + Index<DaemonSet>
    + OwnerIndex
    + VersionIndex
    + CoolDownIndex
    + Send
    + Sync
    + 'static
{
}

impl<C> Cache for C where
    C: Index<Pod>
        + Index<Node>
        + Index<Event>
        + Index<Job>
        + Index<NodeClaim>
        + Index<CniNode>
        + Index<Ec2NodeClass>
        + Index<NodeClass>
        + Index<EniConfig>
        + Index<AddonPod>
        + Index<DaemonSet>
        + OwnerIndex
        + VersionIndex
        + CoolDownIndex
        + Send
        + Sync
        + 'static
{
}

/// The watches. They end when this is dropped.
#[derive(Debug)]
pub struct Running {
    board: Arc<Board>,
    tasks: JoinSet<()>,
}

impl Running {
    /// How they are.
    #[must_use]
    pub fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// Waits until one of them ends, which none does unless it panicked: then nothing that is shown can be trusted.
    /// Pends for ever where nothing is switched on.
    pub async fn ended(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Ends them.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Starts to watch what is switched on.
///
/// Must be called in a tokio runtime.
///
/// # Errors
/// When no client can be made of the configuration. A cluster that does not answer is no error: it is tried again.
pub fn start<C: Cache>(
    config: kube::Config,
    settings: &Settings,
    cache: Arc<RwLock<C>>,
    clock: &Clock,
) -> Result<Running, Error> {
    Ok(start_over(&Connection::new(config, clock)?, settings, cache, clock))
}

/// The same over a connection that is there already.
#[must_use]
pub fn start_over<C: Cache>(
    connection: &Connection,
    settings: &Settings,
    cache: Arc<RwLock<C>>,
    clock: &Clock,
) -> Running {
    let mut starter =
        Starter { connection, limits: settings.limits(), clock, cache, board: Board::default(), tasks: JoinSet::new() };
    let on = |collector| settings.collectors.contains(&collector);
    if on(Collector::Pods) {
        starter.watch::<Pod>("pods", Collector::Pods, settings.scopes());
        starter.cool_down();
    }
    if on(Collector::Nodes) {
        starter.watch::<Node>("nodes", Collector::Nodes, [Scope::cluster()]);
    }
    if on(Collector::Events) {
        let with = |fields| settings.scopes().into_iter().map(move |scope| scope.with_fields(fields));
        starter.watch::<Event>("events_warning", Collector::Events, with(EVENT_FIELDS[0]));
        starter.watch::<Event>("events_pulling", Collector::Events, with(EVENT_FIELDS[1]));
        // Awaited with the others: a page that comes before it would say that completed pods hold nothing.
        let about_nodes = with(EVENT_FIELDS[2]).filter(has_events_about_nodes);
        starter.watch::<Event>("events_node", Collector::Events, about_nodes);
    }
    if on(Collector::Owners) {
        starter.watch::<Job>("jobs", Collector::Owners, settings.scopes());
        starter.owners();
    }
    if on(Collector::Addons) && settings.may_watch(ADDON_NAMESPACE) {
        starter.watch::<AddonPod>("addon_pods", Collector::Addons, [Scope::namespace(ADDON_NAMESPACE)]);
        starter.watch::<DaemonSet>("daemonsets", Collector::Addons, [Scope::namespace(ADDON_NAMESPACE)]);
    }
    if on(Collector::NodeClaims) {
        starter.probe::<NodeClaim>("nodeclaims", Collector::NodeClaims);
    }
    if on(Collector::CniNodes) {
        starter.probe::<CniNode>("cninodes", Collector::CniNodes);
    }
    if on(Collector::Ec2NodeClasses) {
        starter.probe::<Ec2NodeClass>("ec2nodeclasses", Collector::Ec2NodeClasses);
    }
    if on(Collector::NodeClasses) {
        starter.probe::<NodeClass>("nodeclasses", Collector::NodeClasses);
    }
    if on(Collector::EniConfigs) {
        starter.probe::<EniConfig>("eniconfigs", Collector::EniConfigs);
    }
    if on(Collector::Version) {
        starter.version(settings.version_every);
    }
    Running { board: Arc::new(starter.board), tasks: starter.tasks }
}

/// With `--namespaces` the right to see events about nodes may not be there, and then nobody is to be told of a fault.
fn has_events_about_nodes(scope: &Scope) -> bool {
    scope.namespace.as_deref().is_none_or(|namespace| namespace == NODE_EVENT_NAMESPACE)
}

struct Starter<'a, C> {
    connection: &'a Connection,
    limits: Limits,
    clock: &'a Clock,
    cache: Arc<RwLock<C>>,
    board: Board,
    tasks: JoinSet<()>,
}

impl<C: Cache> Starter<'_, C> {
    fn watch<K: Kind>(&mut self, resource: &'static str, collector: Collector, scopes: impl IntoIterator<Item = Scope>)
    where
        C: Index<K>,
    {
        for scope in scopes {
            let link = self.link(resource, collector, &scope);
            let watch = Watch {
                client: self.connection.watching::<K>(&link),
                resource: watched::resource::<K>(K::VERSION),
                scope,
                link,
                clock: self.clock.clone(),
                limits: self.limits,
            };
            let cache = Arc::clone(&self.cache);
            self.tasks.spawn(async move {
                loop {
                    drive::<K, C>(&watch, &cache).await;
                    sleep(watch.limits.probe_every).await;
                }
            });
        }
    }

    fn probe<K: Kind>(&mut self, resource: &'static str, collector: Collector)
    where
        C: Index<K>,
    {
        let link = self.link(resource, collector, &Scope::cluster());
        let (plain, watching) = (self.connection.plain(), self.connection.watching::<K>(&link));
        let (clock, limits, cache) = (self.clock.clone(), self.limits, Arc::clone(&self.cache));
        self.tasks.spawn(async move {
            probe::probe::<K, C>(plain, watching, Scope::cluster(), link, clock, limits, cache).await;
        });
    }

    fn owners(&mut self) {
        let health = self.reader("owners", Collector::Owners);
        let (connection, cache) = (self.connection.clone(), Arc::clone(&self.cache));
        self.tasks.spawn(owners::resolve(connection, health, cache));
    }

    fn version(&mut self, every: Duration) {
        let health = self.reader("version", Collector::Version);
        let (client, clock, cache) = (self.connection.plain(), self.clock.clone(), Arc::clone(&self.cache));
        self.tasks.spawn(version::follow(client, health, clock, every, self.limits.stale_after, cache));
    }

    fn cool_down(&mut self) {
        self.tasks.spawn(cool_down::follow(self.connection.plain(), Arc::clone(&self.cache)));
    }

    fn link(&mut self, resource: &'static str, collector: Collector, scope: &Scope) -> Arc<Link> {
        let health = Arc::new(Health::new(resource, collector, scope.clone(), self.clock.clone()));
        self.board.add_watch(&health);
        Link::new(health)
    }

    fn reader(&mut self, name: &'static str, collector: Collector) -> Arc<Health> {
        let health = Arc::new(Health::new(name, collector, Scope::cluster(), self.clock.clone()));
        self.board.add_reader(&health);
        health
    }
}
