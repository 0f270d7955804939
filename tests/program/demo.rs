//! The main job: an incident on a simulated API server, told by the real program.

use std::io::Write as _;

use super::support::{Program, check, command, eventually};

fn demo(scenario: &str) -> Program {
    Program::start(&["demo", "--scenario", scenario, "--web.listen-address=127.0.0.1:0"], &[])
}

#[test]
fn plain_demo_tells_four_incidents_of_one_cluster_as_a_story() {
    let mut program = Program::start(&["demo", "--web.listen-address=127.0.0.1:0"], &[]);
    let address = program.address();
    // What could be known before anything failed.
    program.says("CRITICAL: vpc-cni v1.10.1-eksbuild.1 is older than what goes with this version of Kubernetes");
    program.says("CRITICAL: kube-proxy v1.21.2-eksbuild.2 is 4 minors behind the API server, 1.25");
    program.says("WARNING: 4 nodes with a release known to be bad: seccomp-bpf-jit-leak");
    program.says("WARNING: 9 branch ENIs held by completed pods on 2 nodes");
    eventually(&address, "/metrics", |page| {
        page.text().contains("git_version=\"v1.25.16-eks-5e0fdde\",minor=\"1.25\"} 1")
            && page.text().contains("eks_addon_supported{addon=\"kube-proxy\",basis=\"kubernetes\"} 0")
    });
    // Incident 3, and that what was told before is not told in full again.
    program.says("the Deployment points is scaled up");
    program.says("CRITICAL: 4 pods being created: branch_eni");
    program.says("CRITICAL: 4 pods wait for a branch ENI on 1 node");
    program.says("; 16 requested of 18 allocatable, but 18 in use");
    program.says("Still:    CRITICAL: vpc-cni");
    program.says("Changed:  WARNING: 3 branch ENIs held by completed pods on 1 node");
    // Incident 1, and incident 2 on the nodes that were to mend it.
    program.says("CRITICAL: 4 pods being created: seccomp_bpf_limit");
    program.says("CRITICAL: aws-node not ready on 2 nodes");
    program.says("Resolved: CRITICAL: vpc-cni");
    program.says("Resolved: CRITICAL: 4 pods being created: seccomp_bpf_limit");
    program.says("Resolved: CRITICAL: kube-proxy");
    // Incident 12.
    program.says("CRITICAL: 4 of 8 nodes of nodegroup search are not ready, for 5m ");
    program.says("by zone: 4 euw1-az3");
    let is_down =
        "pool=\"search\",pool_kind=\"nodegroup\",zone_id=\"euw1-az3\",ready=\"false\",lifecycle=\"serving\"} 4";
    eventually(&address, "/metrics", |page| page.text().contains(is_down));
}

#[test]
fn check_looks_at_the_cluster_of_a_demo_by_the_kubeconfig_that_it_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kubeconfig");
    let flag = format!("--kubeconfig={}", path.display());
    let arguments = ["demo", "--scenario=incident-2", "--web.listen-address=127.0.0.1:0", &flag];
    for round in ["a new file", "a demo's former one"] {
        let mut program = Program::start(&arguments, &[]);
        program.says("API server: http://127.0.0.1:");
        program.says("kube-proxy v1.21.2-eksbuild.2 is 4 minors behind the API server, 1.25");
        let (status, text) = check(&path, &[]);
        assert!(status == 1 && text.contains("vpc-cni v1.10.1-eksbuild.1 is older"), "{round}: {status} {text}");
    }
    std::fs::write(&path, "apiVersion: v1\n").expect("written");
    let output = command(&arguments, &[]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("no demo wrote it"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "apiVersion: v1\n", "somebody else's stays");
}

#[test]
fn incident_1_is_told_by_cause_and_cron_job_on_the_terminal_and_as_metrics() {
    let mut program = demo("incident-1");
    let address = program.address();
    let told = program.says("pods being created: seccomp_bpf_limit");
    assert!(told.contains("CRITICAL") && told.contains(", since "), "{told}");
    program.says("of CronJob ");
    program.says("Look: ");
    let page = eventually(&address, "/metrics", |page| page.text().contains("cause=\"seccomp_bpf_limit\"} 1"));
    let age =
        page.text().lines().find(|line| line.starts_with("eks_pod_container_creating_age_seconds")).expect("a pod");
    assert!(age.contains("owner_kind=\"CronJob\""), "{age}");
    assert_eq!(eventually(&address, "/readyz", |answer| answer.status == 200).text(), "ready\n");
    program.terminate();
    assert!(program.wait().success());
}

#[test]
fn incident_2_is_told_by_the_add_ons_that_the_upgrade_left_behind() {
    let mut program = demo("incident-2");
    let address = program.address();
    program.says("kube-proxy v1.21.2-eksbuild.2 is 4 minors behind the API server, 1.25");
    let page = eventually(&address, "/metrics", |page| {
        page.text().contains("eks_addon_supported{addon=\"vpc-cni\",basis=\"catalog\"} 0")
            && page.text().contains("eks_addon_node_not_ready_age_seconds")
            && page.text().contains("eks_addon_supported{addon=\"kube-proxy\",basis=\"eks\"} 0")
    });
    for (addon, expected) in [("vpc-cni", "v1.16.2-eksbuild.1"), ("kube-proxy", "v1.25.16-eksbuild.2")] {
        let text = page.text();
        let beside = format!("eks_addon_expected_info{{addon=\"{addon}\",basis=\"eks\"");
        let line = text.lines().find(|line| line.starts_with(&beside)).expect("what EKS offers");
        assert!(line.contains(&format!("expected=\"{expected}\"")), "{line}");
    }
    assert!(page.text().contains("git_version=\"v1.25.16-eks-5e0fdde\",minor=\"1.25\"} 1"), "{}", page.text());
}

#[test]
fn incident_8_is_told_by_the_subnet_before_and_while_pods_hang() {
    let mut program = demo("incident-8");
    let address = program.address();
    program.says("1 subnet has few free addresses");
    program.says("34 of 251 free, 81 held warm by 3 nodes; used by cluster, nodegroup batch");
    program.says("CRITICAL: 1 subnet has hardly any free addresses");
    program.says("3 pods being created: ip_exhausted");
    program.says("EKS finds wrong with node groups: AsgInstanceLaunchFailures");
    let empty = "eks_subnet_available_ips{subnet_id=\"subnet-0b1c2d3e4f5a60718\",zone_id=\"euw1-az3\"} 0";
    eventually(&address, "/metrics", |page| {
        page.text().contains(empty)
            && page.text().contains(
                "eks_subnet_usage_info{subnet_id=\"subnet-0c2d3e4f5a6b70819\",used_by=\"nodegroup\",name=\"batch\"} 1",
            )
            && page.text().contains("eksporter_collector_up{collector=\"subnets\"} 1")
    });
}

#[test]
fn incident_12_is_told_by_what_the_nodes_have_in_common() {
    let mut program = demo("incident-12");
    let address = program.address();
    program.says("of 10 nodes of nodegroup workers are not ready");
    program.says("by zone: ");
    let is_down = "pool=\"workers\",pool_kind=\"nodegroup\",zone_id=\"euw1-az3\",ready=\"false\",lifecycle=\"serving\"";
    eventually(&address, "/metrics", |page| page.text().contains(is_down));
}

#[test]
fn incident_3_is_told_with_the_numbers_that_do_not_fit() {
    let mut program = demo("incident-3");
    let address = program.address();
    program.says("4 pods being created: branch_eni");
    program.says("9 branch ENIs held by completed pods on 2 nodes");
    program
        .says("16 requested of 18 allocatable, but 18 in use, 6 of them by pods that have ended; 4 pods wait for one");
    let node = "node=\"ip-10-20-32-10.eu-west-1.compute.internal\"";
    eventually(&address, "/metrics", |page| {
        page.text().contains(&format!("eks_node_pod_eni_used{{{node},state=\"completed\"}} 6"))
            && page.text().contains(&format!("eks_node_pod_eni_requested{{{node}}} 16"))
            && page.text().contains(&format!("eks_node_pod_eni_allocatable{{{node}}} 18"))
    });
}

#[test]
fn a_cluster_without_nodes_is_told_as_such() {
    let mut program = demo("no-nodes");
    let address = program.address();
    program.says("without a node: no_nodes");
    eventually(&address, "/metrics", |page| page.text().contains("cause=\"no_nodes\"} 1"));
}

#[test]
fn scenarios_can_be_listed_and_an_unknown_one_is_refused_with_the_list() {
    let listed = String::from_utf8(command(&["demo", "--list"], &[]).output().expect("it runs").stdout).expect("text");
    let names: Vec<_> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        names,
        ["story", "incident-1", "incident-2", "incident-3", "incident-8", "incident-12", "no-nodes"],
        "{listed}"
    );
    let output = command(&["demo", "--scenario", "nope"], &[]).output().expect("it runs");
    let refused = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success()
            && refused.contains("story, incident-1, incident-2, incident-3, incident-8, incident-12, no-nodes"),
        "{refused}"
    );
}

#[test]
fn a_scenario_of_ones_own_is_played_and_a_broken_one_is_refused_with_line_and_reason() {
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().expect("a file");
    writeln!(file, "name: mine\ntitle: Mine\nstory: Nothing.\nobjects: []\nsurprise: 1").expect("written");
    let path = file.path().to_str().expect("a path").to_owned();
    let output = command(&["demo", "--once", "--scenario", &path], &[]).output().expect("it runs");
    let refused = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && refused.contains(&format!("{path}:5")), "{refused}");

    std::fs::write(&path, "name: mine\ntitle: Mine\nstory: Nothing.\nobjects: []\n").expect("written");
    let output = command(&["demo", "--once", "--scenario", &path, "--web.listen-address=127.0.0.1:0"], &[])
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("Nothing is wrong."), "{told}");
}
