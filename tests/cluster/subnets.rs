//! The custom resources that say which subnets are used: their CRDs may not be there, may come and may go.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{cluster::Cluster, page::Page};

/// Group, version, kind and plural, as the operators install them.
const KINDS: [[&str; 4]; 4] = [
    ["crd.k8s.amazonaws.com", "v1alpha1", "ENIConfig", "eniconfigs"],
    ["karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses"],
    ["eks.amazonaws.com", "v1", "NodeClass", "nodeclasses"],
    ["vpcresources.k8s.aws", "v1alpha1", "CNINode", "cninodes"],
];

fn definition([group, version, kind, plural]: [&str; 4]) -> Value {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group, "scope": "Cluster",
            "names": {"kind": kind, "plural": plural, "singular": kind.to_lowercase(), "listKind": format!("{kind}List")},
            "versions": [{"name": version, "served": true, "storage": true, "schema": schema}],
        },
    })
}

fn object([group, version, kind, _]: [&str; 4], rest: Value) -> Value {
    let mut object = json!({
        "apiVersion": format!("{group}/{version}"), "kind": kind, "metadata": {"name": "eu-west-1a"},
    });
    for (key, value) in rest.as_object().expect("fields") {
        object[key] = value.clone();
    }
    object
}

fn is(page: &Page, resource: &str, state: &str, objects: u32) -> bool {
    page.says("eksporter_collector_info", &[("collector", resource), ("state", state)], 1)
        && page.says("eksporter_cache_objects", &[("resource", resource)], objects)
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_that_name_subnets_are_followed_while_their_crds_are_there() {
    let cluster = Cluster::start().await;
    let settings = |settings: &mut eksporter::watch::Settings| settings.probe_every = Duration::from_secs(1);
    let exporter = cluster.exporter_with(&[], settings).await.ready().await;
    let all = |state: &'static str, objects| {
        move |page: &Page| KINDS.iter().all(|[_, _, _, plural]| is(page, plural, state, objects))
    };
    exporter.shows("no CRDs, which is no fault", all("absent", 0)).await;

    let mut definitions = Vec::new();
    for kind in KINDS {
        definitions.push(cluster.create(definition(kind)).await);
    }
    let rests = [
        json!({"spec": {"subnet": "subnet-0a1b2c3d4e5f60718", "securityGroups": ["sg-1"]}}),
        json!({"status": {"subnets": [{"id": "subnet-0a1b2c3d4e5f60718", "zone": "eu-west-1a", "zoneID": "euw1-az3"}]}}),
        json!({"status": {"subnets": [{"id": "subnet-0a1b2c3d4e5f60719", "zone": "eu-west-1b"}]}}),
        json!({"spec": {"features": [{"name": "SecurityGroupsForPods"}]}, "status": {"trunkInterface": null}}),
    ];
    for (kind, rest) in KINDS.into_iter().zip(rests) {
        cluster.create_once_served(object(kind, rest)).await;
    }
    let page = exporter.shows("one of each", all("on", 1)).await;
    for [_, _, _, collector] in KINDS {
        assert!(page.says("eksporter_collector_up", &[("collector", collector)], 1), "{}", page.explanation());
    }

    for definition in &definitions {
        cluster.delete(definition).await;
    }
    exporter.shows("no CRDs any more", all("absent", 0)).await;
    assert!(exporter.readiness().is_ok(), "{:?}", exporter.readiness());
}
