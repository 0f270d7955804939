//! A healthy cluster of 200 nodes and 5,000 pods, and what ordinary life brings to it: rolling updates, `CronJobs`,
//! scale-ups, and Karpenter's replacement of nodes. It goes by the clock; nothing in it is random.

mod objects;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use eksporter::demo::api::Store;
use serde_json::{Value, json};

use crate::support::objects::merge;
use objects::{AGENTS, bound, daemon_set, event, named, node, node_is, owner, pod, running, succeeded, unschedulable};

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

    fn node_with_agents(&mut self, number: usize, kernel: &str, ready: bool) -> String {
        let name = format!("ip-10-0-{}-{}.eu-west-1.compute.internal", number / 250, number % 250);
        self.put(node(&name, number, kernel, ready));
        for ((agent, image), takes) in AGENTS.into_iter().zip([CNI_TAKES, KUBE_PROXY_TAKES]) {
            let pod = self.put(pod("kube-system", &format!("{agent}-{name}"), ("apps/v1", "DaemonSet", agent), image));
            self.change(&pod, bound(&name));
            if ready {
                self.change(&pod, running(true));
            } else {
                self.after(seconds(3), {
                    let pod = pod.clone();
                    move |churn| churn.change(&pod, running(false))
                });
                self.after(takes, move |churn| churn.change(&pod, running(true)));
            }
        }
        name
    }

    fn next_revision(&mut self, number: usize) {
        let revision = self.number();
        let Deployment { namespace, name, replica_set, .. } = &mut self.deployments[number];
        *replica_set = format!("{name}-{revision}");
        let owner = owner("apps/v1", "ReplicaSet", namespace, replica_set, ("Deployment", name));
        self.put(owner);
    }

    fn pod_of(&mut self, number: usize) -> Value {
        let unique = self.number();
        let Deployment { namespace, replica_set, .. } = &self.deployments[number];
        let made = pod(namespace, &format!("{replica_set}-{unique}"), ("apps/v1", "ReplicaSet", replica_set), IMAGE);
        self.put(made)
    }

    /// One more pod of a Deployment, which runs after the time that is returned.
    fn one_more(&mut self, number: usize) -> Duration {
        let pod = self.pod_of(number);
        self.keep(number, &pod);
        let node = self.some_node();
        self.bind(&pod, &node);
        let takes = self.some_time();
        self.start_after(takes, pod);
        takes
    }

    fn keep(&mut self, number: usize, pod: &Value) {
        let name = pod["metadata"]["name"].as_str().expect("a name").to_owned();
        self.deployments[number].pods.push(name);
    }

    fn send(&mut self, pod: &Value, node: &str) {
        self.change(pod, bound(node));
        self.sent_to.entry(node.to_owned()).or_default().push(pod.clone());
    }

    fn bind(&mut self, pod: &Value, node: &str) {
        self.send(pod, node);
        let event = event(pod, self.number(), "Normal", "Pulling", &format!("Pulling image \"{IMAGE}\""));
        self.put(event);
    }

    fn start_after(&mut self, takes: Duration, pod: Value) {
        self.after(takes, move |churn| churn.change(&pod, running(true)));
    }

    fn after(&mut self, time: Duration, act: impl FnOnce(&mut Self) + Send + 'static) {
        let number = self.number();
        self.due.insert((self.now + time, number), Box::new(act));
    }

    fn put(&self, object: Value) -> Value {
        Value::clone(&self.store.apply(object).expect("stored"))
    }

    /// What is gone already has no use for the change.
    fn change(&self, object: &Value, fields: Value) {
        let metadata = &object["metadata"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut patch = named(
            &text(&object["apiVersion"]),
            &text(&object["kind"]),
            &text(&metadata["namespace"]),
            &text(&metadata["name"]),
        );
        merge(&mut patch, fields);
        let _ = self.store.patch(patch);
    }

    fn delete(&self, object: &Value) {
        let _ = self.store.delete(object);
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn some_node(&mut self) -> String {
        let number = usize::try_from(self.number()).expect("few");
        self.nodes[number % self.nodes.len()].clone()
    }

    /// Between two seconds and the longest that is usual.
    fn some_time(&mut self) -> Duration {
        seconds(2 + self.number() * 7 % (LONGEST_CREATION - 1))
    }
}
