//! The steps that ordinary life is made of: pods made, sent to nodes and started, and what is to happen when.

use std::time::Duration;

use serde_json::Value;

use super::{
    AGENTS, CNI_TAKES, Churn, Deployment, IMAGE, KUBE_PROXY_TAKES, LONGEST_CREATION,
    objects::{bound, event, named, node, owner, pod, running},
    seconds,
};
use crate::support::objects::merge;

impl Churn {
    pub(super) fn node_with_agents(&mut self, number: usize, kernel: &str, ready: bool) -> String {
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

    pub(super) fn next_revision(&mut self, number: usize) {
        let revision = self.number();
        let Deployment { namespace, name, replica_set, .. } = &mut self.deployments[number];
        *replica_set = format!("{name}-{revision}");
        let owner = owner("apps/v1", "ReplicaSet", namespace, replica_set, ("Deployment", name));
        self.put(owner);
    }

    pub(super) fn pod_of(&mut self, number: usize) -> Value {
        let unique = self.number();
        let Deployment { namespace, replica_set, .. } = &self.deployments[number];
        let made = pod(namespace, &format!("{replica_set}-{unique}"), ("apps/v1", "ReplicaSet", replica_set), IMAGE);
        self.put(made)
    }

    /// One more pod of a Deployment, which runs after the time that is returned.
    pub(super) fn one_more(&mut self, number: usize) -> Duration {
        let pod = self.pod_of(number);
        self.keep(number, &pod);
        let node = self.some_node();
        self.bind(&pod, &node);
        let takes = self.some_time();
        self.start_after(takes, pod);
        takes
    }

    pub(super) fn keep(&mut self, number: usize, pod: &Value) {
        let name = pod["metadata"]["name"].as_str().expect("a name").to_owned();
        self.deployments[number].pods.push(name);
    }

    pub(super) fn send(&mut self, pod: &Value, node: &str) {
        self.change(pod, bound(node));
        self.sent_to.entry(node.to_owned()).or_default().push(pod.clone());
    }

    pub(super) fn bind(&mut self, pod: &Value, node: &str) {
        self.send(pod, node);
        let event = event(pod, self.number(), "Normal", "Pulling", &format!("Pulling image \"{IMAGE}\""));
        self.put(event);
    }

    pub(super) fn start_after(&mut self, takes: Duration, pod: Value) {
        self.after(takes, move |churn| churn.change(&pod, running(true)));
    }

    pub(super) fn after(&mut self, time: Duration, act: impl FnOnce(&mut Self) + Send + 'static) {
        let number = self.number();
        self.due.insert((self.now + time, number), Box::new(act));
    }

    pub(super) fn put(&self, object: Value) -> Value {
        Value::clone(&self.store.apply(object).expect("stored"))
    }

    /// What is gone already has no use for the change.
    pub(super) fn change(&self, object: &Value, fields: Value) {
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

    pub(super) fn delete(&self, object: &Value) {
        let _ = self.store.delete(object);
    }

    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn some_node(&mut self) -> String {
        let number = usize::try_from(self.number()).expect("few");
        self.nodes[number % self.nodes.len()].clone()
    }

    /// Between two seconds and the longest that is usual.
    pub(super) fn some_time(&mut self) -> Duration {
        seconds(2 + self.number() * 7 % (LONGEST_CREATION - 1))
    }
}
