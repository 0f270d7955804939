//! What the kustomize base ships.

use std::{collections::BTreeSet, fs};

use crate::support::cluster::{Cluster, base, manifest};

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_takes_every_manifest_without_a_warning_about_its_fields() {
    let cluster = Cluster::start().await;
    for name in resources() {
        cluster.apply_strictly(manifest(&name)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_may_not_read_what_is_nobody_elses_business() {
    let cluster = Cluster::start().await;
    let account = cluster.plane.client_with_token(&cluster.exporter_token().await);
    let status = async |path: &str| {
        let request = http::Request::get(path).body(Vec::new()).expect("a request");
        match account.request::<serde_json::Value>(request).await {
            Ok(_) => 200,
            Err(kube::Error::Api(status)) => status.code,
            Err(error) => panic!("{path}: {error}"),
        }
    };
    for path in ["/api/v1/pods?limit=1", "/apis/batch/v1/namespaces/default/jobs", "/version", "/apis"] {
        assert_eq!(status(path).await, 200, "{path}");
    }
    let of_the_cni = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni";
    assert_eq!(status(of_the_cni).await, 404, "it may look, but there is none");
    for path in [
        "/api/v1/secrets",
        "/api/v1/configmaps",
        "/api/v1/namespaces/kube-system/configmaps",
        "/api/v1/namespaces/kube-system/configmaps/coredns",
        "/api/v1/namespaces/default/configmaps/amazon-vpc-cni",
        "/api/v1/namespaces/default/pods/web/log",
        "/api/v1/namespaces/default/serviceaccounts",
        "/apis/apps/v1/deployments",
        "/metrics",
    ] {
        assert_eq!(status(path).await, 403, "{path}");
    }
}

#[test]
fn the_kustomization_lists_every_file() {
    let files: BTreeSet<String> = fs::read_dir(base())
        .expect("the base is there")
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("names are text"))
        .filter(|name| name != "kustomization.yaml")
        .collect();
    assert_eq!(resources().into_iter().collect::<BTreeSet<_>>(), files);
}

#[test]
fn the_role_reads_eleven_kinds_and_one_config_map() {
    let mut rights = BTreeSet::new();
    for name in ["clusterrole.yaml", "vpc-cni-role.yaml"] {
        for rule in manifest(name)["rules"].as_array().expect("a role has rules") {
            rights.insert(format!(
                "{} {} {} {}",
                rule["apiGroups"], rule["resources"], rule["resourceNames"], rule["verbs"]
            ));
        }
    }
    let expected = [
        r#"[""] ["pods"] null ["list","watch"]"#,
        r#"[""] ["nodes"] null ["list","watch"]"#,
        r#"[""] ["events"] null ["list","watch"]"#,
        r#"["batch"] ["jobs"] null ["list","watch"]"#,
        r#"["apps"] ["replicasets"] null ["list","watch"]"#,
        r#"["apps"] ["daemonsets"] null ["list","watch"]"#,
        r#"["karpenter.sh"] ["nodeclaims"] null ["list","watch"]"#,
        r#"["karpenter.k8s.aws"] ["ec2nodeclasses"] null ["list","watch"]"#,
        r#"["eks.amazonaws.com"] ["nodeclasses"] null ["list","watch"]"#,
        r#"["crd.k8s.amazonaws.com"] ["eniconfigs"] null ["list","watch"]"#,
        r#"["vpcresources.k8s.aws"] ["cninodes"] null ["list","watch"]"#,
        r#"[""] ["configmaps"] ["amazon-vpc-cni"] ["get"]"#,
    ];
    assert_eq!(rights, expected.into_iter().map(str::to_owned).collect());
}

/// The files that the kustomization lists.
fn resources() -> Vec<String> {
    let listed = manifest("kustomization.yaml");
    let names = listed["resources"].as_array().expect("a kustomization lists resources");
    names.iter().map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned)).collect()
}
