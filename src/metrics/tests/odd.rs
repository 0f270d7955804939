//! Objects as odd as the API allows and odder: counted where they can be, and nothing else changes. Lists and maps may be
//! `null` in JSON, as Go writes those that are not there; structs never are.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::testing::uid;

const HUGE: &str = "99999999999999999999999";

fn read<K: DeserializeOwned>(object: &Value) -> K {
    serde_json::from_value(object.clone()).unwrap_or_else(|error| panic!("{error}: {object}"))
}

/// What the page says of the cluster in trouble, and of what a test did to it. Every line that was there is there still,
/// but for counts of what the odd objects are themselves.
fn said_more(odd: impl FnOnce(&mut Cache), counts: &[&str]) -> Vec<String> {
    let before = page(&mut troubled(), 120);
    let mut cache = troubled();
    odd(&mut cache);
    let after = page(&mut cache, 120);
    let after: Vec<&str> = after.lines().collect();
    for line in before.lines() {
        let counted = counts.iter().any(|count| line.starts_with(count));
        assert!(counted || after.contains(&line), "no more: {line}");
    }
    let before: HashSet<&str> = before.lines().collect();
    after.into_iter().filter(|line| !before.contains(line)).map(str::to_owned).collect()
}

#[test]
fn odd_nodes_change_nothing_else() {
    let nodes = [
        json!({"metadata": {"name": "bare", "uid": uid(800)}}),
        json!({}),
        json!({
            "metadata": {"name": "nulls", "uid": uid(801), "labels": null, "annotations": null, "creationTimestamp": null},
            "spec": {"taints": null},
            "status": {"conditions": null, "capacity": null, "allocatable": null},
        }),
        json!({
            "metadata": {"name": "numbers", "uid": uid(802), "labels": {}, "creationTimestamp": "0001-01-01T00:00:00Z"},
            "status": {
                "capacity": {"vpc.amazonaws.com/pod-eni": "-3", "cpu": HUGE},
                "allocatable": {"vpc.amazonaws.com/pod-eni": HUGE, "memory": "-1Gi"},
                "nodeInfo": {"kubeletVersion": "v1.99999999999.0", "kernelVersion": HUGE, "osImage": "Amazon Linux -1"},
            },
        }),
        json!({
            "metadata": {"name": "words", "uid": uid(803), "labels": {"eks.amazonaws.com/nodegroup": ""}},
            "status": {
                "capacity": {"vpc.amazonaws.com/pod-eni": "many"},
                "conditions": [{}, {"type": "Ready", "status": "Maybe", "lastTransitionTime": "soon"}],
                "nodeInfo": {
                    "kubeletVersion": "latest", "kernelVersion": "..", "osImage": "\u{0}\n\"",
                    "containerRuntimeVersion": "://",
                },
            },
        }),
    ];
    let more = said_more(
        |cache| {
            for node in &nodes {
                cache.apply(read::<Node>(node), at(100));
            }
        },
        // Two nodes are of no pool already.
        &["eks_nodes{pool=\"\"", "eks_pool_nodes_by_image{pool=\"\""],
    );
    for name in ["bare", "nulls", "numbers", "words"] {
        assert!(
            more.iter().any(|line| line.starts_with(&format!("eks_node_info{{node=\"{name}\""))),
            "{name}: {more:#?}"
        );
    }
    let of_branch_enis: Vec<_> = more.iter().filter(|line| line.starts_with("eks_node_pod_eni")).collect();
    assert!(of_branch_enis.is_empty(), "{of_branch_enis:?}");
    let kubelets = more.iter().filter(|line| line.starts_with("eks_kubelet")).count();
    assert_eq!(kubelets, 0, "no version, no verdict: {more:#?}");
}

#[test]
fn odd_pods_with_branch_enis_change_nothing_else() {
    let pod = |number: u32, annotation: &Value, requests: &Value| {
        json!({
            "metadata": {
                "name": format!("odd-{number}"), "namespace": "odd", "uid": uid(number),
                "annotations": {"vpc.amazonaws.com/pod-eni": annotation, "other": ""},
            },
            "spec": {"nodeName": "good", "containers": [{"name": "main", "resources": {"requests": requests}}, {}]},
            "status": {"phase": "Running", "containerStatuses": null, "conditions": null},
        })
    };
    let annotations = [
        json!(""),
        json!("null"),
        json!("[null]"),
        json!("[{\"eniId\":null}]"),
        json!("[{\"eniId\":7}]"),
        json!("{\"eniId\":\"eni-9\"}"),
        json!("[".repeat(100_000)),
    ];
    let requests = [
        json!(null),
        json!({}),
        json!({"vpc.amazonaws.com/pod-eni": "-1"}),
        json!({"vpc.amazonaws.com/pod-eni": HUGE}),
    ];
    let more = said_more(
        |cache| {
            let all =
                annotations.iter().flat_map(|annotation| requests.iter().map(move |request| (annotation, request)));
            for (number, (annotation, request)) in (800..).zip(all) {
                cache.apply(read::<Pod>(&pod(number, annotation, request)), at(110));
            }
        },
        &[],
    );
    let held = more.iter().find(|line| line.starts_with("eks_node_pod_eni_used{node=\"good\""));
    assert!(held.is_none_or(|line| line.ends_with(" 0")), "nothing that can be read names an interface: {held:?}");
    assert!(more.iter().all(|line| !line.contains("node=\"trunk\"")), "{more:#?}");
}

#[test]
fn odd_add_ons_change_nothing_else() {
    let system = |name: &str, number: u32| json!({"name": name, "namespace": ADDON_NAMESPACE, "uid": uid(number)});
    let owned = |name: &str, number: u32, set: &str| {
        let owner = json!({"kind": "DaemonSet", "name": set, "uid": uid(1), "controller": true});
        json!({
            "name": name, "namespace": ADDON_NAMESPACE, "uid": uid(number), "ownerReferences": [owner], "labels": null,
            "creationTimestamp": null,
        })
    };
    let pods = [
        json!({"metadata": system("bare", 800)}),
        json!({}),
        json!({"metadata": owned("nulls", 801, "coredns"), "spec": {"containers": null, "initContainers": null}, "status": {"conditions": null}}),
        json!({
            "metadata": owned("versions", 802, "something"), "spec": {"nodeName": "nowhere", "containers": [
                {"image": ""}, {}, {"image": ":"}, {"image": "@"}, {"image": "//:@:"}, {"image": HUGE},
            ]},
        }),
    ];
    let sets = [
        json!({}),
        json!({"metadata": system("odd-set", 810), "spec": {"template": {}}}),
        json!({"metadata": system("odder-set", 811), "spec": {"template": {"spec": {
            "nodeSelector": null, "tolerations": [{}], "affinity": {"nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{}, {"matchExpressions": [
                    {"key": "a", "operator": "Gt", "values": [HUGE]}, {"operator": "Unknown", "values": null},
                ]}]},
            }},
        }}}}),
    ];
    let more = said_more(
        |cache| {
            for pod in &pods {
                cache.apply(read::<AddonPod>(pod), at(100));
            }
            for set in &sets {
                cache.apply(read::<DaemonSet>(set), at(100));
            }
        },
        &[],
    );
    assert!(more.is_empty(), "{more:#?}");
}

#[test]
fn a_version_that_cannot_be_compared_is_told_and_not_judged() {
    let image = |tag: &str| format!("602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:{tag}");
    for tag in ["latest", "v1", "v1.99999999999.0", "v-1.-2.-3", "..."] {
        let more = said_more(|cache| cache.apply(deployed("odd-proxy", 820, &image(tag)).0, at(100)), &["eks_addon_"]);
        let verdicts = more.iter().filter(|line| line.starts_with("eks_addon_minors_behind{addon=\"kube-proxy\""));
        assert_eq!(verdicts.count(), 0, "{tag}: the other pods of kube-proxy are judged as before: {more:#?}");
    }
}
