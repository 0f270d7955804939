//! What a scenario file means, and how a broken one is refused.

use jiff::Timestamp;

use super::*;
use crate::demo::api::{Resource, Store};

fn parse(rest: &str) -> Scenario {
    Scenario::parse("x.yaml", &format!("name: x\ntitle: x\nstory: x\n{rest}")).unwrap()
}

fn refusal(rest: &str) -> String {
    Scenario::parse("x.yaml", &format!("name: x\ntitle: x\nstory: x\n{rest}")).unwrap_err().to_string()
}

fn start() -> Timestamp {
    "2026-04-29T10:00:00.5Z".parse().unwrap()
}

const POD: &str = "apiVersion: v1, kind: Pod";

#[test]
fn the_built_in_ones_are_sound_and_called_as_the_table_says() {
    for builtin in Scenario::builtin() {
        let scenario = Scenario::load(builtin.name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((&*scenario.name, &*scenario.title), (builtin.name, builtin.title));
        assert!(!scenario.story.is_empty());
        let store = Store::new();
        scenario.place(&store, start()).unwrap();
        scenario.steps.iter().for_each(|step| step.happen(&store, start()).unwrap());
    }
}

#[test]
fn the_version_of_the_api_server_is_the_scenarios_to_choose() {
    assert_eq!(parse("objects: []").kubernetes, None);
    let scenario = parse("kubernetes: v1.25.16-eks-5e0fdde\nobjects: []");
    assert_eq!(scenario.kubernetes.as_deref(), Some("v1.25.16-eks-5e0fdde"));
}

#[test]
fn templates_are_filled_and_point_at_each_other() {
    let scenario = parse(&format!(
        "
templates:
  base: {{ defaults: {{ phase: Running }}, object: {{ {POD}, status: {{ phase: '${{phase}}' }} }} }}
  web:
    like: base
    defaults: {{ name: 'web-$id(${{i}})' }}
    object: {{ metadata: {{ namespace: shop, name: '${{name}}' }}, spec: {{ priority: '${{priority}}', hostNetwork: true }} }}
objects:
  - template: web
    repeat: {{ count: 3 }}
    each: {{ priority: [7, 8] }}
    merge: {{ spec: {{ hostNetwork: null }} }}
  - {{ apiVersion: v1, kind: Event, metadata: {{ name: e, namespace: shop }}, involvedObject: {{ uid: $uid(Pod/shop/web-$id(1)) }} }}
"
    ));
    assert_eq!(scenario.objects.len(), 4);
    let [first, _, third, event] = scenario.objects.as_slice() else { panic!() };
    assert_eq!(third["spec"], serde_json::json!({ "priority": 7 }));
    assert_eq!(first["status"]["phase"], "Running");
    assert_eq!(first["metadata"]["name"].as_str().unwrap().len(), 9);
    assert_eq!(event["involvedObject"]["uid"], first["metadata"]["uid"]);
}

#[test]
fn times_count_from_the_start_or_the_step() {
    let scenario = parse(&format!(
        "
objects: [{{ {POD}, metadata: {{ name: a, namespace: n, creationTimestamp: $now-1d1m }}, note: 'since $now-95s, now' }}]
timeline:
  - {{ at: 90s, say: later, patch: [{{ object: Pod/n/a, merge: {{ status: {{ startTime: $now }} }} }}] }}
"
    ));
    let store = Store::new();
    scenario.place(&store, start()).unwrap();
    scenario.steps[0].happen(&store, start()).unwrap();
    let pod = store.get(&Resource::known("", "Pod").unwrap(), "n", "a").unwrap();
    assert_eq!(pod["metadata"]["creationTimestamp"], "2026-04-28T09:59:00Z");
    assert_eq!(pod["note"], "since 2026-04-29T09:58:25Z, now");
    assert_eq!(pod["status"]["startTime"], "2026-04-29T10:01:30Z");
}

#[tokio::test]
async fn playing_tells_of_each_step_once_it_has_happened() {
    let scenario = parse(&format!(
        "
objects: [{{ {POD}, metadata: {{ name: a, namespace: n }} }}]
timeline:
  - {{ at: 0s, say: a claim, apply: [{{ apiVersion: karpenter.sh/v1, kind: NodeClaim, metadata: {{ name: c }} }}] }}
  - {{ at: 100ms, say: gone, delete: [Pod/n/a, NodeClaim/c] }}
"
    ));
    let (store, begun) = (Store::new(), Timestamp::now());
    let mut told = Vec::new();
    scenario.place(&store, begun).unwrap();
    scenario
        .play(&store, begun, |step| {
            let there = store.get(&Resource::NODE_CLAIM, "", "c").is_some();
            told.push(format!("{} {there}", step.say));
        })
        .await
        .unwrap();
    assert_eq!(told, ["a claim true", "gone false"]);
}

#[test]
fn options_are_flags() {
    assert_eq!(parse("options: [--pod-age-threshold=30s]").options, ["--pod-age-threshold=30s"]);
    let map = parse("options: { pod-age-threshold: 30s, no-collector.events: true, pod-series-limit: 5 }").options;
    assert_eq!(map, ["--no-collector.events", "--pod-age-threshold=30s", "--pod-series-limit=5"]);
}

#[test]
fn broken_files_are_refused_with_line_and_reason() {
    let pod = format!("{{ {POD}, metadata: {{ name: a, namespace: n }} }}");
    let refusals = [
        "objcts: []".to_owned(),
        "objects: [".to_owned(),
        "timeline:\n  - { at: soon, say: x }".to_owned(),
        "timeline:\n  - { at: 2s, say: x }\n  - { at: 1s, say: x }".to_owned(),
        "timeline:\n  - { at: 2s, say: x, delete: [Pod/n/a] }".to_owned(),
        "timeline:\n  - { at: 2s, say: x, delete: [Pood/n/a] }".to_owned(),
        format!("objects:\n  - {pod}\n  - {pod}"),
        "objects:\n  - { apiVersion: v1, kind: Secret, metadata: { name: a } }".to_owned(),
        "objects:\n  - { apiVersion: v1, kind: Pod }".to_owned(),
        "objects:\n  - template: none".to_owned(),
        "objects:\n  - template: node".to_owned(),
        "objects:\n  - { template: node, var: {} }".to_owned(),
        format!("objects:\n  - {{ {POD}, metadata: {{ name: a, namespace: n, creationTimestamp: $now-5x }} }}"),
        format!("objects:\n  - {{ {POD}, metadata: {{ name: $id(a }} }}"),
    ];
    let refusals: Vec<String> = refusals.iter().map(|rest| refusal(rest)).collect();
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    x.yaml:4: unknown field `objcts`, expected one of name, title, story, kubernetes, options, templates, objects, aws, timeline
    x.yaml:4: unclosed bracket '['
    x.yaml:5: "soon" is not a duration such as 3s, 1m30s or 12d
    x.yaml:6: the timeline is not in order of time
    x.yaml:5: not there: pods n/a
    x.yaml:5: no kind Pood is known here
    x.yaml:6: Pod a is there twice
    x.yaml:5: no kind Secret in v1 is served here
    x.yaml:5: an object has no metadata.name
    x.yaml:5: no template "none"
    x.yaml:5: template node: nothing is given for ${ip}
    x.yaml:5: unknown field `var`, expected one of `template`, `repeat`, `vars`, `each`, `merge`
    x.yaml:5: "5x" is not a duration such as 3s, 1m30s or 12d
    x.yaml:5: no ) after $id( in "$id(a"
    "#);
    let unknown = Scenario::load("incident-99").unwrap_err().to_string();
    assert!(
        unknown.contains("story, incident-1, incident-2, incident-3, incident-8, incident-12, no-nodes"),
        "{unknown}"
    );
}

#[test]
fn a_step_changes_only_what_aws_knows() {
    let step = "timeline:\n  - { at: 1s, say: x, aws: { available: { subnet-1: 3 } } }";
    assert_eq!(refusal(step), "x.yaml:5: aws: the scenario has no aws at the start");
    let aws = "aws: { region: eu-west-1, cluster: x, version: '1.35', subnets: [{ id: subnet-2, name: x, zone_id: euw1-az1, cidr: 10.0.0.0/24, available: 9 }] }";
    assert_eq!(refusal(&format!("{aws}\n{step}")), "x.yaml:6: aws: no subnet subnet-1 is there at the start");
    let scenario = parse(&format!("{aws}\n{}", step.replace("subnet-1", "subnet-2")));
    let mut state = scenario.aws.unwrap().state;
    assert_eq!(state.subnets[0].available, Some(9));
    scenario.steps[0].change_aws(&mut state);
    assert_eq!(state.subnets[0].available, Some(3));
}
