//! The main job: an incident on a simulated API server, told by the real program.

use std::io::Write as _;

use super::support::{Program, command, eventually};

fn demo(scenario: &str) -> Program {
    Program::start(&["demo", "--scenario", scenario, "--web.listen-address=127.0.0.1:0"], &[])
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
    });
    assert!(page.text().contains("git_version=\"v1.25.16-eks-5e0fdde\",minor=\"1.25\"} 1"), "{}", page.text());
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
    assert!(listed.contains("incident-1") && listed.contains("no-nodes"), "{listed}");
    let output = command(&["demo", "--scenario", "nope"], &[]).output().expect("it runs");
    let refused = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && refused.contains("incident-1, incident-2, incident-3, incident-12, no-nodes"),
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
