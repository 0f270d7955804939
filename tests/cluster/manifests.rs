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
fn the_role_reads_seven_kinds_and_one_config_map() {
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
