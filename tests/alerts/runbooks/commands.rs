//! Every command of every page is run by a shell as it stands there: `kubectl` is the real one and asks a real API server
//! that has what the pages speak of, and what is asked of AWS is held to the API's own description. Whoever changes
//! something only says so ([`shell.sh`](shell.sh) makes it so).

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{page, pages};
use crate::{
    root,
    support::{
        cluster::{Cluster, manifest},
        moto,
        toolbox::{Tool, tool},
    },
};

/// What EKS clusters and their helpers define, where the pages ask for it: group, version, kind, whether it is in a
/// namespace.
const DEFINITIONS: [(&str, &str, &str, bool); 9] = [
    ("crd.k8s.amazonaws.com", "v1alpha1", "ENIConfig", false),
    ("eks.amazonaws.com", "v1", "NodeClass", false),
    ("karpenter.k8s.aws", "v1", "EC2NodeClass", false),
    ("karpenter.sh", "v1", "NodeClaim", false),
    ("karpenter.sh", "v1", "NodePool", false),
    ("monitoring.coreos.com", "v1", "PodMonitor", true),
    ("monitoring.coreos.com", "v1", "ServiceMonitor", true),
    ("vpcresources.k8s.aws", "v1alpha1", "CNINode", false),
    ("vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy", true),
];

#[test]
fn commands_paste_into_any_shell() {
    let pieces = pages().into_iter().flat_map(|page| page::commands(&page));
    let problems = pieces.flat_map(|piece| {
        let problems = page::not_for_every_shell(&piece.text).into_iter();
        problems.map(move |problem| format!("{}: {problem}", piece.at))
    });
    let problems: Vec<_> = problems.collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_understood_by_kubectl_the_api_server_and_aws() {
    let cluster = as_the_pages_have_it().await;
    let kubeconfig = cluster.plane.kubeconfig(&cluster.plane.admin_token);
    let notes = tempfile::tempdir().unwrap();
    let mut problems = Vec::new();
    for page in pages() {
        problems.extend(run(&page, &kubeconfig, notes.path()));
    }

    let asked_of_kubectl = noted(notes.path(), "kubectl");
    let asked_of_aws = noted(notes.path(), "aws");
    assert!(asked_of_kubectl.len() > 150 && asked_of_aws.len() > 60, "the pages were not run");
    problems.extend(asked_of_kubectl.iter().filter_map(|record| refused(record)));
    problems.extend(refused_by_aws(&asked_of_aws));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

async fn as_the_pages_have_it() -> Cluster {
    let cluster = Cluster::start().await;
    for definition in DEFINITIONS {
        cluster.create(defined(definition)).await;
    }
    // The exporter, as the base installs it, with the pod that nobody makes of its Deployment here.
    let deployment = manifest("deployment.yaml");
    let mut pod = deployment["spec"]["template"].clone();
    (pod["apiVersion"], pod["kind"]) = ("v1".into(), "Pod".into());
    pod["metadata"]["name"] = "eksporter-6c9b5f7d84-x2x7k".into();
    pod["metadata"]["labels"]["app.kubernetes.io/name"] = "eksporter".into();
    pod["spec"]["nodeName"] = "ip-10-20-33-201.eu-west-1.compute.internal".into();
    for mut object in [deployment, manifest("service.yaml"), pod] {
        object["metadata"]["namespace"] = "eksporter".into();
        cluster.create(object).await;
    }
    for name in ["aws-node", "kube-proxy"] {
        cluster.daemon_set(name).await;
    }
    let text = fs::read_to_string(root().join("tests/alerts/runbooks/cluster.yaml")).unwrap();
    let objects: Vec<Value> = serde_saphyr::from_str(&text).unwrap();
    for object in objects {
        cluster.ensure_namespace(object["metadata"]["namespace"].as_str().unwrap_or("default")).await;
        cluster.create_once_served(object).await;
    }
    cluster
}

fn defined((group, version, kind, namespaced): (&str, &str, &str, bool)) -> Value {
    let singular = kind.to_lowercase();
    // English, as their authors have it.
    let plural = singular.strip_suffix('y').map_or_else(
        || if singular.ends_with('s') { format!("{singular}es") } else { format!("{singular}s") },
        |stem| format!("{stem}ies"),
    );
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group, "scope": if namespaced { "Namespaced" } else { "Cluster" },
            "names": {"kind": kind, "plural": plural, "singular": singular, "listKind": format!("{kind}List")},
            "versions": [{"name": version, "served": true, "storage": true, "schema": schema}],
        },
    })
}

/// Has a shell go through a page, and tells what the shell itself does not like: a variable that no line before has
/// set, for one.
fn run(name: &str, kubeconfig: &Path, notes: &Path) -> Option<String> {
    let mut script = format!("set -u\n. {}\n", root().join("tests/alerts/runbooks/shell.sh").display());
    // What a page may take for set is said at its beginning, or in the page that is about all.
    let text = fs::read_to_string(super::file(name)).unwrap();
    if text.contains("README.md#before-the-first-command") {
        script += "CLUSTER=production\n";
    }
    if name == "README.md" {
        script += "NODE=ip-10-20-44-92.eu-west-1.compute.internal\n";
    }
    script.extend(page::commands(name).into_iter().map(|piece| format!("AT={}\n{}", piece.at, piece.text)));
    let output = Command::new("bash")
        .args(["-c", &(script + "true\n")])
        .current_dir(notes)
        .env("NOTES", notes)
        .env("KUBECONFIG", kubeconfig)
        .env("KUBECTL", tool(Tool::Kubectl))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let complaints = ["unbound variable", "command not found", "syntax error"];
    let is_well = output.status.success() && !complaints.iter().any(|complaint| said.contains(complaint));
    (!is_well).then(|| format!("{name}: {said}"))
}

/// The records in a file of [`shell.sh`](shell.sh).
fn noted(notes: &Path, file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(notes.join(file)).unwrap_or_default();
    text.split_terminator('\x1e').map(|record| record.split_terminator('\0').map(str::to_owned).collect()).collect()
}

/// A command that kubectl or the API server did not take.
fn refused(record: &[String]) -> Option<String> {
    let [at, status, said, command] = record else { panic!("{record:?}") };
    let has_placeholder = command
        .split([' ', '/', '='])
        .any(|word| word.len() > 1 && word.starts_with(char::is_uppercase) && !word.contains(char::is_lowercase));
    let is_meant = status == "0"
        // SIGPIPE: `head` had enough.
        || status == "141"
        // Nobody answers for a node that has no kubelet.
        || (command.contains("/proxy/") && !said.contains("unknown flag"))
        || (has_placeholder && said.contains("not found"))
        || (command.contains("rollout undo") && said.contains("no last revision"))
        // The account has no rights to some things where the test asks.
        || (command.contains("auth can-i") && said.is_empty());
    (!is_meant).then(|| format!("{at}: {command}: {said}"))
}

fn refused_by_aws(records: &[Vec<String>]) -> Vec<String> {
    let commands: Vec<_> = records.iter().map(|record| json!([record[0], record[1..]])).collect();
    let mut looks = Command::new(moto::interpreter())
        .arg(root().join("tests/alerts/runbooks/aws.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    looks.stdin.take().unwrap().write_all(Value::from(commands).to_string().as_bytes()).unwrap();
    let output = looks.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
