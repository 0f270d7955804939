//! Findings about add-ons.

use jiff::Timestamp;

use super::{Finding, Severity, age, count_nodes, first_few, thresholds};
use crate::{
    cache::{Addons, AgentDown, AgentState, Rollout, Verdict},
    diagnose::{Addon, Basis},
};

/// Everything that is wrong with add-ons.
pub(super) fn findings(addons: &Addons, now: Timestamp) -> Vec<Finding> {
    let mut findings: Vec<_> = addons.verdicts.iter().filter_map(unsupported).collect();
    findings.extend(behind_default(&addons.verdicts));
    for addon in [Addon::VpcCni, Addon::KubeProxy] {
        findings.extend(AgentState::ALL.into_iter().filter_map(|state| down(addon, state, &addons.down, now)));
    }
    // The parts of an add-on are rolled out together: its main one tells for all.
    let main = |addon: Addon| addons.rollouts.iter().find(|one| (one.addon, one.component) == (addon, addon.main()));
    let told = addons.rollouts.iter().filter(|one| main(one.addon).is_none_or(|main| main == *one));
    findings.extend(told.map(half_done));
    findings
}

fn unsupported(verdict: &Verdict) -> Option<Finding> {
    let since = verdict.unsupported_since?;
    let (name, current, expected) = (verdict.addon.as_str(), &verdict.current, &verdict.expected);
    let (title, detail) = match verdict.basis {
        Basis::Kubernetes if !verdict.too_old => (
            format!("{name} {} is newer than the API server, {expected}", verdict.newest),
            "No component may be newer than the API server (version-skew policy).",
        ),
        Basis::Kubernetes => (
            format!("{name} {current} is {} minors behind the API server, {expected}", verdict.behind),
            "The version-skew policy allows three, before 1.25 two. Beyond, kube-proxy may stop to write the rules that Services live by.",
        ),
        Basis::Catalog => (
            format!("{name} {current} is older than what goes with this version of Kubernetes: {expected}"),
            "An add-on that is left behind by an upgrade of the control plane fails on the next new nodes at the latest.",
        ),
        Basis::Eks => (
            format!(
                "{name} {current} is older than all that EKS offers for this version of Kubernetes; its default is {expected}"
            ),
            "EKS does not support it with this cluster.",
        ),
    };
    Some(Finding {
        severity: thresholds::addon_unsupported(verdict),
        key: format!("add-on unsupported: {name}, {}", verdict.basis.as_str()),
        title,
        detail,
        since,
        examples: Vec::new(),
        more: 0,
        look: format!(
            "`aws eks describe-addon-versions --addon-name {name}` with your Kubernetes version, then update it."
        ),
    })
}

/// Those that are not supported any more are told of by themselves.
fn behind_default(verdicts: &[Verdict]) -> Option<Finding> {
    let behind = |verdict: &&Verdict| verdict.basis == Basis::Eks && verdict.supported;
    let mut cases: Vec<_> =
        verdicts.iter().filter(behind).filter_map(|verdict| Some((verdict.behind_default_since?, verdict))).collect();
    cases.sort_by_key(|(since, _)| *since);
    let (since, _) = *cases.first()?;
    let (examples, more) = first_few(&cases, |(_, verdict)| {
        format!("{} {}, EKS installs {}", verdict.addon.as_str(), verdict.current, verdict.expected)
    });
    let (count, are) = (cases.len(), if cases.len() == 1 { " is" } else { "s are" });
    Some(Finding {
        severity: Severity::Info,
        key: "add-ons behind the default".to_owned(),
        title: format!("{count} add-on{are} older than what EKS installs by default"),
        detail: "They are supported; newer ones have fixes that these lack.",
        since,
        examples,
        more,
        look: "`aws eks update-addon`, or whatever you install them with.".to_owned(),
    })
}

fn down(addon: Addon, state: AgentState, all: &[AgentDown], now: Timestamp) -> Option<Finding> {
    // A node that is going or silent is the trouble itself.
    let cases: Vec<_> =
        all.iter().filter(|one| (one.addon, one.state) == (addon, state) && !one.node_is_down).collect();
    let oldest = cases.first()?;
    let (examples, more) = first_few(&cases, |one| {
        let again = one.ready_again.map(|ready| format!(", ready again for {}", age(ready, now)));
        format!("{}, for {}{}", one.node, age(one.since, now), again.unwrap_or_default())
    });
    let (count, name) = (cases.len(), addon.main().of(addon));
    let what = match state {
        AgentState::NotReady => "not ready",
        AgentState::Missing => "missing",
    };
    // It may fail again within the minute, and then it never was ready; but nobody need get up for it now.
    let ages = cases.iter().map(|one| now.duration_since(one.since));
    let recovers = cases.iter().all(|one| one.ready_again.is_some());
    let title = if recovers {
        format!("{name} not steadily ready on {}", count_nodes(count))
    } else {
        format!("{name} {what} on {}", count_nodes(count))
    };
    let detail = match addon {
        Addon::VpcCni => "Without it no pod gets an address there, and a new node does not become ready.",
        _ => "Without it changes of Services do not reach the node.",
    };
    let look = match state {
        AgentState::NotReady => {
            format!(
                "`kubectl -n kube-system get pods -o wide --field-selector spec.nodeName={}`, then the logs of {name}.",
                oldest.node
            )
        }
        AgentState::Missing => format!("`kubectl -n kube-system describe daemonset {name}`: its events."),
    };
    Some(Finding {
        severity: thresholds::AGENT_DOWN
            .severity_of(ages, if recovers { usize::MAX } else { thresholds::AGENT_DOWN_SEVERAL }),
        key: format!("add-on {what}: {name}"),
        title,
        detail,
        since: oldest.since,
        examples,
        more,
        look,
    })
}

fn half_done(rollout: &Rollout) -> Finding {
    let (addon, component) = (rollout.addon.as_str(), rollout.component.of(rollout.addon));
    let who = if addon == component { addon.to_owned() } else { format!("{component} of {addon}") };
    let (examples, more) = first_few(&rollout.versions, |(version, count)| {
        let version = if version.is_empty() { "unknown version" } else { version };
        format!("{version}: {count} pod{}", if *count == 1 { "" } else { "s" })
    });
    Finding {
        severity: Severity::Info,
        key: format!("add-on half done: {who}"),
        title: format!("{who} runs in {} versions", rollout.versions.len()),
        detail: "Its rollout is under way, or stuck.",
        since: rollout.since,
        examples,
        more,
        look: "`kubectl -n kube-system get pods -o wide`: which of them do not become ready.".to_owned(),
    }
}
