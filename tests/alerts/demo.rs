//! `eksporter demo --alerts` with a real Prometheus, and without one.

use super::support::{
    program::{Program, command},
    toolbox::{Tool, tool},
};

#[test]
fn the_demo_tells_of_an_alert_when_it_fires_and_when_it_is_over() {
    let prometheus = tool(Tool::Prometheus);
    let mut demo = Program::start(
        &["demo", "--alerts", "--scenario=no-nodes", "--web.listen-address=127.0.0.1:0"],
        &[("EKSPORTER_PROMETHEUS", prometheus.to_str().expect("a path"))],
    );
    demo.says("An alert fires: critical EksClusterWithoutNodes");
    demo.says("/runbooks/eksclusterwithoutnodes.md");
    demo.says_within(std::time::Duration::from_secs(90), "An alert is over: critical EksClusterWithoutNodes");
    demo.terminate();
    assert!(demo.wait().success());
}

#[test]
fn without_prometheus_the_demo_says_how_to_get_it() {
    let arguments = ["demo", "--alerts", "--prometheus=/nowhere/prometheus", "--web.listen-address=127.0.0.1:0"];
    let output = command(&arguments, &[]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("there is no /nowhere/prometheus: get it from https://prometheus.io/download"), "{said}");
}
