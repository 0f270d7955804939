use super::*;

fn shipped(overrides: &[&str]) -> String {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    form::rules(&groups(SHIPPED).unwrap(), &Values::with(&overrides))
}

#[test]
fn no_placeholder_is_left() {
    let groups: Vec<_> = groups(SHIPPED).unwrap().into_iter().chain(groups(OPTIONAL).unwrap()).collect();
    let text = form::rules(&groups, &Values::with(&[]));
    assert!(!text.contains("${"), "{}", text.lines().find(|line| line.contains("${")).unwrap());
}

#[test]
fn every_value_is_used_by_a_rule() {
    let groups: Vec<_> = groups(SHIPPED).unwrap().into_iter().chain(groups(OPTIONAL).unwrap()).collect();
    let text = format!("{groups:?}");
    for value in values::all() {
        assert!(text.contains(&format!("${{{}}}", value.name)), "{} is used nowhere", value.name);
    }
}

#[test]
fn a_value_that_is_set_stands_in_the_rules() {
    assert!(!shipped(&[]).contains(">= 901 < 7201"));
    let text = shipped(&["creating_node_critical_seconds=901s", "pod_abandoned_seconds=7201"]);
    assert!(text.contains(">= 901 < 7201"));
}

#[test]
fn what_cannot_be_set_is_refused_with_the_reason() {
    for (text, says) in [
        ("no_such_value=1", "there is no value called no_such_value"),
        ("pods_several", "must be NAME=VALUE"),
        ("pods_several=-1", "pods_several must be a whole number"),
        ("keep_firing_seconds=soon", "keep_firing_seconds must be a number of seconds or a duration"),
        ("keep_firing_seconds=-5m", "keep_firing_seconds must be a number of seconds or a duration"),
        ("system_namespaces=kube-.*\"} or vector(1) #", "system_namespaces must be a regular expression of names"),
        ("keep_firing_seconds=99999999999h", "keep_firing_seconds must be a number of seconds or a duration"),
        ("keep_firing_seconds=1500ms", "keep_firing_seconds must be a number of seconds or a duration"),
        ("nodes_lost_percent=101", "nodes_lost_percent must be at most 100"),
        ("subnet_slope_seconds=0", "subnet_slope_seconds must be a multiple of 1m and at least 2m"),
        (
            "branch_enis_held_warning_seconds=1m",
            "branch_enis_held_warning_seconds must be a multiple of 1m and at least 2m",
        ),
        ("collector_failing_seconds=150", "collector_failing_seconds must be a multiple of 1m and at least 2m"),
        ("branch_enis_unusable_seconds=30", "branch_enis_unusable_seconds must be a multiple of 1m and at least 2m"),
        ("api_server_window_seconds=4m", "api_server_window_seconds must be a multiple of 1m and at least 5m"),
        (
            "system_namespaces=kube-(",
            "system_namespaces must be a regular expression as Prometheus takes it (RE2), but: ",
        ),
        ("system_namespaces=*", "repetition operator missing expression"),
        ("system_namespaces=a**", "a repetition of a repetition"),
        ("system_namespaces=a)|(b", "unopened group"),
        ("system_namespaces=(?i)a", "a flag"),
        ("system_namespaces=[a[b]]", "a class that is no plain list"),
        ("system_namespaces=[]-0]", "a class that is no plain list"),
        ("system_namespaces=[--+]", "a class that is no plain list"),
        ("runbook_url_prefix=javascript:x", "runbook_url_prefix must be the beginning of an http or https address"),
        ("runbook_url_prefix=https://example.com/{{ . }}", "runbook_url_prefix must be the beginning"),
    ] {
        let refused = text.parse::<Override>().unwrap_err().to_string();
        assert!(refused.contains(says), "{text}: {refused}");
    }
}

#[test]
fn what_may_be_set_is_taken() {
    for text in [
        "subnet_slope_seconds=2m",
        "branch_enis_unusable_seconds=120",
        "api_server_window_seconds=5m",
        "nodes_lost_percent=100",
        "keep_firing_seconds=0",
        "system_namespaces=(kube|istio)-.*|infra[0-9]+?|^x?y--z",
    ] {
        text.parse::<Override>().unwrap();
    }
}

#[test]
fn words_that_contain_themselves_are_a_fault_and_no_endless_loop() {
    let words = BTreeMap::from([("a".to_owned(), "${a}".to_owned())]);
    assert_eq!(expand::Words(&[&words]).expand("${a}").unwrap_err(), "a contains itself");
    assert_eq!(expand::Words(&[&words]).expand("${b}").unwrap_err(), "there are no words and no value called b");
}
