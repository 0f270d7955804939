//! A healthy cluster of 200 nodes and 5,000 pods, and what ordinary life brings to it: rolling updates, `CronJobs`,
//! scale-ups, and Karpenter's replacement of nodes. It goes by the clock; nothing in it is random.

mod objects;
mod steps;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use eksporter::demo::api::Store;
use serde_json::{Value, json};

use objects::{AGENTS, daemon_set, event, named, node_is, owner, pod, running, succeeded, unschedulable};

const NODES: usize = 200;
const PODS: usize = 5_000;
const PODS_OF_A_DEPLOYMENT: usize = 23;
const DEPLOYMENTS: usize = (PODS - NODES * AGENTS.len()) / PODS_OF_A_DEPLOYMENT;
const IMAGE: &str = "registry.example.com/shop/api:1";

/// A new node's kube-proxy and its VPC CNI take so long; then it is ready.
const KUBE_PROXY_TAKES: Duration = Duration::from_secs(10);
const CNI_TAKES: Duration = Duration::from_secs(40);
/// Nothing healthy takes longer to be created.
const LONGEST_CREATION: u64 = 50;

type Act = Box<dyn FnOnce(&mut Churn) + Send>;

/// The cluster, and what is to happen to it.
pub struct Churn {
    pub store: Arc<Store>,
    now: Duration,
    due: BTreeMap<(Duration, u64), Act>,
    numbers: u64,
    nodes: Vec<String>,
    /// Pods that were sent to a node, for when it goes.
    sent_to: BTreeMap<String, Vec<Value>>,
    deployments: Vec<Deployment>,
}

struct Deployment {
    namespace: String,
    name: String,
    replica_set: String,
    pods: Vec<String>,
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

impl Churn {
    /// The cluster before anything happens.
    pub fn new() -> Self {
        let mut churn = Self {
            store: Store::new(),
            now: Duration::ZERO,
            due: BTreeMap::new(),
            numbers: 0,
            nodes: Vec::new(),
            sent_to: BTreeMap::new(),
            deployments: Vec::new(),
        };
        for (name, _) in AGENTS {
            churn.put(daemon_set(name));
        }
        for number in 0..NODES {
            let name = churn.node_with_agents(number, "6.12.0", true);
            churn.nodes.push(name);
        }
        for number in 0..DEPLOYMENTS {
            let (namespace, name) = (format!("team-{}", number % 20), format!("service-{number}"));
            let deployment = Deployment { namespace, replica_set: String::new(), pods: Vec::new(), name };
            churn.deployments.push(deployment);
            churn.next_revision(number);
            for _ in 0..PODS_OF_A_DEPLOYMENT {
                let pod = churn.pod_of(number);
                let node = churn.some_node();
                churn.send(&pod, &node);
                churn.change(&pod, running(true));
                churn.keep(number, &pod);
            }
        }
        churn
    }

    /// Ordinary life from now on, for so long. Blocks.
    pub fn live(&mut self, time: Duration) {
        self.after(seconds(1), |churn| churn.roll_out(0));
        self.after(seconds(2), Self::start_cron_jobs);
        self.after(seconds(3), |churn| churn.scale_up(DEPLOYMENTS / 2));
        self.after(seconds(5), Self::replace_a_node);
        let begun = Instant::now();
        while begun.elapsed() < time {
            let now = begun.elapsed();
            while let Some(first) = self.due.first_entry().filter(|first| first.key().0 <= now) {
                self.now = first.key().0;
                first.remove()(self);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Every ten seconds a Deployment gets a new revision: a new pod each two seconds, and an old one goes when the new
    /// one runs.
    fn roll_out(&mut self, number: usize) {
        self.next_revision(number);
        let old = std::mem::take(&mut self.deployments[number].pods);
        for (step, old) in (0..).zip(old) {
            self.after(seconds(2 * step), move |churn| {
                let takes = churn.one_more(number);
                let namespace = churn.deployments[number].namespace.clone();
                churn.after(takes, move |churn| churn.delete(&named("v1", "Pod", &namespace, &old)));
            });
        }
        self.after(seconds(10), move |churn| churn.roll_out((number + 1) % (DEPLOYMENTS / 2)));
    }

    /// Every fifteen seconds five `CronJobs` run: three pods each, which end after some seconds and are cleaned up.
    fn start_cron_jobs(&mut self) {
        for number in 0..5 {
            let namespace = format!("team-{number}");
            let job = format!("report-{number}-{}", self.number());
            self.put(owner("batch/v1", "Job", &namespace, &job, ("CronJob", "report")));
            for run in 0..3 {
                let pod = self.put(pod(&namespace, &format!("{job}-{run}"), ("batch/v1", "Job", &job), IMAGE));
                let node = self.some_node();
                self.bind(&pod, &node);
                let takes = self.some_time();
                self.start_after(takes, pod.clone());
                let ended = pod.clone();
                self.after(takes + seconds(20), move |churn| churn.change(&ended, succeeded()));
                self.after(takes + seconds(60), move |churn| churn.delete(&pod));
            }
            let job = named("batch/v1", "Job", &namespace, &job);
            self.after(seconds(LONGEST_CREATION + 70), move |churn| churn.delete(&job));
        }
        self.after(seconds(15), Self::start_cron_jobs);
    }

    /// Every twenty seconds a Deployment is scaled up by thirty pods for a minute and a half. There is no room at first.
    fn scale_up(&mut self, number: usize) {
        for _ in 0..30 {
            let pod = self.pod_of(number);
            self.change(&pod, unschedulable());
            let waits = seconds(5 + self.numbers % 25);
            let takes = self.some_time();
            let (more, less) = (pod.clone(), pod.clone());
            self.after(waits, move |churn| {
                let node = churn.some_node();
                churn.bind(&more, &node);
                churn.start_after(takes, more);
            });
            self.after(seconds(120), move |churn| churn.delete(&less));
        }
        let next = DEPLOYMENTS / 2 + (number + 1) % (DEPLOYMENTS / 2);
        self.after(seconds(20), move |churn| churn.scale_up(next));
    }

    /// Every fifteen seconds Karpenter replaces a node by one with a newer image. Pods are bound there at once, and wait
    /// for its CNI.
    fn replace_a_node(&mut self) {
        let old = self.nodes.remove(0);
        let number = NODES + usize::try_from(self.number()).expect("few");
        let new = self.node_with_agents(number, "6.12.9", false);
        let first = self.pods_for(&new);
        self.after(CNI_TAKES, move |churn| {
            churn.change(&named("v1", "Node", "", &new), json!({"status": {"conditions": [node_is(true)]}}));
            for pod in first {
                churn.start_after(seconds(5), pod);
            }
            churn.nodes.push(new);
            churn.drain(&old);
        });
        self.after(seconds(15), Self::replace_a_node);
    }

    /// Pods that the scheduler sent to a node whose network is not ready yet.
    fn pods_for(&mut self, node: &str) -> Vec<Value> {
        let mut pods = Vec::new();
        for _ in 0..5 {
            let number = self.deployments.len() - 1;
            let pod = self.pod_of(number);
            self.bind(&pod, node);
            let message = "network is not ready: container runtime network not ready: NetworkReady=false \
                reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";
            let event = event(&pod, self.number(), "Warning", "NetworkNotReady", message);
            self.put(event);
            let less = pod.clone();
            self.after(seconds(120), move |churn| churn.delete(&less));
            pods.push(pod);
        }
        pods
    }

    /// Karpenter taints the node and deletes it once it is empty; its pods of `DaemonSets` go with it.
    fn drain(&mut self, old: &str) {
        let node = named("v1", "Node", "", old);
        let taint = json!({"key": "karpenter.sh/disrupted", "effect": "NoSchedule"});
        self.change(&node, json!({"spec": {"unschedulable": true, "taints": [taint]}}));
        for pod in self.sent_to.remove(old).unwrap_or_default() {
            self.evict(&pod);
        }
        self.after(seconds(10), move |churn| {
            let deleted = crate::support::objects::now();
            churn.change(&node, json!({"metadata": {"deletionTimestamp": deleted}}));
            churn.change(&node, json!({"status": {"conditions": [node_is(false)]}}));
            churn.after(seconds(10), move |churn| {
                let name = node["metadata"]["name"].as_str().unwrap_or_default();
                for (agent, _) in AGENTS {
                    churn.delete(&named("v1", "Pod", "kube-system", &format!("{agent}-{name}")));
                }
                churn.delete(&node);
            });
        });
    }

    /// A pod of a Deployment is made anew elsewhere.
    fn evict(&mut self, pod: &Value) {
        self.delete(pod);
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let place = |deployment: &Deployment| deployment.pods.iter().position(|kept| kept == name);
        let found = self.deployments.iter().enumerate().find_map(|(number, one)| Some((number, place(one)?)));
        if let Some((number, place)) = found {
            self.deployments[number].pods.remove(place);
            self.one_more(number);
        }
    }
}
