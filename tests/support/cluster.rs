//! A cluster to try things on: a control plane with the exporter's account and rights as the kustomize base ships them.

use std::{fs, path::PathBuf, time::Duration};

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::{
    Api, Client,
    api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    control_plane::{ControlPlane, Options},
    objects::{NodeBuilder, Object, PodBuilder, now, resource},
    program::check,
};

/// Rights and definitions take effect when the API server's own watch of them has seen the change.
const CHANGE_LIMIT: Duration = Duration::from_secs(30);

/// The manifests that give the exporter its account and its rights.
const RIGHTS: [&str; 6] = [
    "namespace.yaml",
    "serviceaccount.yaml",
    "clusterrole.yaml",
    "clusterrolebinding.yaml",
    "vpc-cni-role.yaml",
    "vpc-cni-rolebinding.yaml",
];

/// A control plane, and an administrator to change things there.
pub struct Cluster {
    pub plane: ControlPlane,
    admin: Client,
}

impl Cluster {
    /// A control plane of two processes.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// A control plane as the test wants it.
    pub async fn start_with(options: Options) -> Self {
        let plane = ControlPlane::start(options).await;
        let admin = plane.admin();
        let cluster = Self { plane, admin };
        cluster.ensure_namespace("kube-system").await;
        for name in RIGHTS {
            cluster.create(manifest(name)).await;
        }
        cluster.until_rights(&[("pods", true)]).await;
        cluster
    }

    /// A pod with one container called `main`.
    pub fn pod(&self, namespace: &str, name: &str) -> PodBuilder<'_> {
        PodBuilder::new(self, namespace, name)
    }

    /// A node that is ready.
    pub fn node(&self, name: &str) -> NodeBuilder<'_> {
        NodeBuilder::new(self, name)
    }

    /// A `CronJob`, which nobody runs.
    pub async fn cron_job(&self, namespace: &str, name: &str) -> Object {
        self.ensure_namespace(namespace).await;
        let job = json!({"spec": pod_template()});
        self.create(json!({
            "apiVersion": "batch/v1", "kind": "CronJob",
            "metadata": {"namespace": namespace, "name": name},
            "spec": {"schedule": "0 * * * *", "jobTemplate": job},
        }))
        .await
    }

    /// A run of a `CronJob`.
    pub async fn job_of(&self, cron_job: &Object, name: &str) -> Object {
        self.create(json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"namespace": cron_job.namespace, "name": name, "ownerReferences": [cron_job.as_owner()]},
            "spec": pod_template(),
        }))
        .await
    }

    /// A `DaemonSet` of kube-system, wanted on every Linux node but those of Fargate, which nobody runs.
    pub async fn daemon_set(&self, name: &str) -> Object {
        let labels = json!({"k8s-app": name});
        let rules = json!([
            {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
            {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate"]},
        ]);
        let selector = json!({"nodeSelectorTerms": [{"matchExpressions": rules}]});
        self.create(json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"namespace": "kube-system", "name": name},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
                "hostNetwork": true,
                "tolerations": [{"operator": "Exists"}],
                "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": selector}},
                "containers": [{"name": name, "image": "registry.example.com/main:1"}],
            }}},
        }))
        .await
    }

    /// A warning about a pod, in the words of the kubelet on its node.
    pub async fn warn(&self, pod: &Object, reason: &str, message: &str) -> Object {
        self.create(json!({
            "apiVersion": "v1", "kind": "Event", "type": "Warning",
            "metadata": {"namespace": pod.namespace, "name": format!("{}.{:x}", pod.name, unique())},
            "involvedObject": {
                "apiVersion": "v1", "kind": "Pod", "namespace": pod.namespace, "name": pod.name, "uid": pod.uid,
            },
            "reason": reason, "message": message, "count": 1, "firstTimestamp": now(), "lastTimestamp": now(),
            "source": {"component": "kubelet", "host": pod.value["spec"]["nodeName"]},
        }))
        .await
    }

    /// An event about a node, as the VPC resource controller sends it: by name, so that the uid is the name.
    pub async fn node_event(&self, node: &str, reason: &str, message: &str) -> Object {
        self.ensure_namespace("default").await;
        self.create(json!({
            "apiVersion": "v1", "kind": "Event", "type": "Normal",
            "metadata": {"namespace": "default", "name": format!("{node}.{:x}", unique())},
            "involvedObject": {"kind": "Node", "name": node, "uid": node},
            "reason": reason, "message": message, "count": 1, "firstTimestamp": now(), "lastTimestamp": now(),
            "source": {"component": "vpc-resource-controller"},
        }))
        .await
    }

    /// Makes the namespace unless it is there.
    pub async fn ensure_namespace(&self, name: &str) {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        match self.try_create(namespace).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            Err(error) => panic!("no namespace {name}: {error}"),
        }
    }

    /// Stores an object.
    pub async fn create(&self, value: Value) -> Object {
        let what = format!("{} {}", value["kind"], value["metadata"]["name"]);
        self.try_create(value).await.unwrap_or_else(|error| panic!("cannot create {what}: {error}"))
    }

    /// Stores an object, or says why not.
    pub async fn try_create(&self, value: Value) -> Result<Object, kube::Error> {
        let api = self.api(&resource(&value), value["metadata"]["namespace"].as_str());
        let object = serde_json::from_value(value).expect("an object has metadata");
        api.create(&PostParams::default(), &object).await.map(stored)
    }

    /// Stores an object of a custom resource, as soon as the API server has taken note of its definition.
    pub async fn create_once_served(&self, value: Value) -> Object {
        let deadline = Instant::now() + CHANGE_LIMIT;
        loop {
            match self.try_create(value.clone()).await {
                Ok(object) => return object,
                Err(error) => assert!(Instant::now() < deadline, "cannot create {}: {error}", value["kind"]),
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Stores an object or takes over its fields where it is there. A field that the API does not know is an error.
    pub async fn apply_strictly(&self, value: Value) {
        let object = Object::of(value);
        let how = PatchParams::apply("tests").force().validation_strict();
        let applied = self.api_of(&object).patch(&object.name, &how, &Patch::Apply(&object.value)).await;
        applied.unwrap_or_else(|error| panic!("{} {}: {error}", object.resource.kind, object.name));
    }

    /// Changes an object by a merge patch.
    pub async fn patch(&self, object: &Object, patch: Value) -> Object {
        let changed = self.api_of(object).patch(&object.name, &PatchParams::default(), &Patch::Merge(patch)).await;
        changed.map_or_else(|error| panic!("cannot patch {}: {error}", object.name), stored)
    }

    /// Changes an object's status by a merge patch, as kubelet does.
    pub async fn patch_status(&self, object: &Object, status: Value) -> Object {
        let patch = Patch::Merge(json!({"status": status}));
        let changed = self.api_of(object).patch_status(&object.name, &PatchParams::default(), &patch).await;
        changed.map_or_else(|error| panic!("cannot patch the status of {}: {error}", object.name), stored)
    }

    /// The object as it is now.
    pub async fn get(&self, object: &Object) -> Object {
        let found = self.api_of(object).get(&object.name).await;
        found.map_or_else(|error| panic!("cannot get {}: {error}", object.name), stored)
    }

    /// Deletes an object without a grace period.
    pub async fn delete(&self, object: &Object) {
        let deleted = self.api_of(object).delete(&object.name, &DeleteParams::default().grace_period(0)).await;
        deleted.unwrap_or_else(|error| panic!("cannot delete {}: {error}", object.name));
    }

    /// Asks for an object's deletion, which takes as long as somebody holds it.
    pub async fn delete_gracefully(&self, object: &Object) {
        let deleted = self.api_of(object).delete(&object.name, &DeleteParams::default()).await;
        deleted.unwrap_or_else(|error| panic!("cannot delete {}: {error}", object.name));
    }

    /// A token of the exporter's own account.
    pub async fn exporter_token(&self) -> String {
        self.plane.service_account_token("eksporter", "eksporter").await
    }

    /// What `eksporter check` with that account comes to: its exit status and what it printed.
    pub async fn check(&self, arguments: &[&str]) -> (i32, String) {
        check(&self.plane.kubeconfig(&self.exporter_token().await), arguments)
    }

    /// The shipped role without these resources; returns when that is how it is.
    pub async fn forbid(&self, resources: &[&str]) {
        self.put_rules(resources).await;
        let expected: Vec<_> = resources.iter().map(|resource| (*resource, false)).collect();
        self.until_rights(&expected).await;
    }

    /// The shipped role again; returns when that is how it is.
    pub async fn permit(&self, resources: &[&str]) {
        self.put_rules(&[]).await;
        let expected: Vec<_> = resources.iter().map(|resource| (*resource, true)).collect();
        self.until_rights(&expected).await;
    }

    /// Takes the role away from the exporter's account, which leaves it the rights of every account.
    pub async fn unbind(&self) {
        self.delete(&Object::of(manifest("clusterrolebinding.yaml"))).await;
        self.until_rights(&[("pods", false), ("nodes", false), ("events", false), ("jobs", false)]).await;
    }

    /// Gives the role back.
    pub async fn bind(&self) {
        self.create(manifest("clusterrolebinding.yaml")).await;
        self.until_rights(&[("pods", true), ("nodes", true), ("events", true), ("jobs", true)]).await;
    }

    /// The shipped role for one namespace only, in place of the binding for all.
    pub async fn bind_in(&self, namespace: &str) {
        self.ensure_namespace(namespace).await;
        let mut binding = manifest("clusterrolebinding.yaml");
        binding["kind"] = "RoleBinding".into();
        binding["metadata"]["namespace"] = namespace.into();
        self.create(binding).await;
        self.until_rights_in(Some(namespace), &[("pods", true), ("events", true), ("jobs", true)]).await;
    }

    async fn put_rules(&self, without: &[&str]) {
        let role = manifest("clusterrole.yaml");
        let of_others = |rule: &&Value| {
            let resources = rule["resources"].as_array().expect("a rule names resources");
            !resources.iter().any(|resource| without.contains(&resource.as_str().unwrap_or_default()))
        };
        let rules: Vec<&Value> = role["rules"].as_array().expect("a role has rules").iter().filter(of_others).collect();
        self.patch(&Object::of(role.clone()), json!({"rules": rules})).await;
    }

    /// Waits until the exporter's account may, or may not, list these resources.
    pub async fn until_rights(&self, expected: &[(&str, bool)]) {
        self.until_rights_in(None, expected).await;
    }

    /// The same in one namespace.
    pub async fn until_rights_in(&self, namespace: Option<&str>, expected: &[(&str, bool)]) {
        let account = Api::<SelfSubjectAccessReview>::all(self.plane.client_with_token(&self.exporter_token().await));
        let deadline = Instant::now() + CHANGE_LIMIT;
        for (resource, expected) in expected {
            while may_list(&account, namespace, resource).await != *expected {
                assert!(Instant::now() < deadline, "listing {resource} does not become {expected}");
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    fn api_of(&self, object: &Object) -> Api<DynamicObject> {
        self.api(&object.resource, object.namespace.as_deref())
    }

    fn api(&self, resource: &kube::api::ApiResource, namespace: Option<&str>) -> Api<DynamicObject> {
        match namespace {
            Some(namespace) => Api::namespaced_with(self.admin.clone(), namespace, resource),
            None => Api::all_with(self.admin.clone(), resource),
        }
    }
}

async fn may_list(account: &Api<SelfSubjectAccessReview>, namespace: Option<&str>, resource: &str) -> bool {
    let group = match resource {
        "jobs" => "batch",
        "replicasets" | "daemonsets" => "apps",
        "nodeclaims" => "karpenter.sh",
        _ => "",
    };
    let attributes = ResourceAttributes {
        verb: Some("list".to_owned()),
        namespace: namespace.map(str::to_owned),
        group: Some(group.to_owned()),
        resource: Some(resource.to_owned()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() };
    let review = SelfSubjectAccessReview { spec, ..Default::default() };
    let answer = account.create(&PostParams::default(), &review).await.expect("every account may ask what it may do");
    answer.status.is_some_and(|status| status.allowed)
}

/// A file of the kustomize base.
pub fn manifest(name: &str) -> Value {
    let path = base().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{} is not YAML: {error}", path.display()))
}

/// Where the kustomize base is.
pub fn base() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy/kustomize/base")
}

fn stored(object: DynamicObject) -> Object {
    Object::of(serde_json::to_value(object).expect("what was read can be written"))
}

fn pod_template() -> Value {
    json!({"template": {"spec": {
        "restartPolicy": "Never",
        "containers": [{"name": "main", "image": "registry.example.com/main:1"}],
    }}})
}

/// A number that no other object of this process has in its name.
fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0x17a0_0000_0000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
