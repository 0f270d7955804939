//! Findings about add-ons.

use jiff::Timestamp;

use super::{AwsCli, Finding, Severity, age, count_nodes, first_few, thresholds};
use crate::{
    cache::{Addons, AgentDown, AgentState, Rollout, ServerVersion, Verdict},
    diagnose::{Addon, Basis},
};

/// Everything that is wrong with add-ons.
pub(super) fn findings(
    addons: &Addons,
    server: Option<&ServerVersion>,
    aws: &AwsCli<'_>,
    now: Timestamp,
) -> Vec<Finding> {
    let of = |addon| addons.verdicts.iter().filter(move |verdict| verdict.addon == addon);
    let mut findings: Vec<_> =
        Addon::ALL.into_iter().filter_map(|addon| unsupported(of(addon).collect(), server, aws)).collect();
    findings.extend(behind_default(&addons.verdicts, aws));
    for addon in [Addon::VpcCni, Addon::KubeProxy] {
        findings.extend(AgentState::ALL.into_iter().filter_map(|state| down(addon, state, &addons.down, now)));
    }
    // The parts of an add-on are rolled out together: its main one tells for all.
    let main = |addon: Addon| addons.rollouts.iter().find(|one| (one.addon, one.component) == (addon, addon.main()));
    let told = addons.rollouts.iter().filter(|one| main(one.addon).is_none_or(|main| main == *one));
    findings.extend(told.map(half_done));
    findings
}

/// One finding, whatever an add-on is compared with: the worst first, the others as examples.
fn unsupported(verdicts: Vec<&Verdict>, server: Option<&ServerVersion>, aws: &AwsCli<'_>) -> Option<Finding> {
    let of_policy = |verdict: &&Verdict| verdict.basis == Basis::Kubernetes && verdict.supported;
    let goes_with_policy = verdicts.iter().any(of_policy);
    // EKS lists kube-proxy of the control plane's own minor only, so that after every upgrade it is older than all that is
    // listed; what may run is the version-skew policy's to say.
    let counts =
        |verdict: &&Verdict| verdict.unsupported_since.is_some() && !(verdict.basis == Basis::Eks && goes_with_policy);
    let mut cases: Vec<&Verdict> = verdicts.into_iter().filter(counts).collect();
    cases.sort_by_key(|verdict| thresholds::addon_unsupported(verdict));
    let (worst, others) = cases.split_first()?;
    let name = worst.addon.as_str();
    let (title, detail) = words(worst);
    let minor = server.map(|server| format!("{}.{}", server.major, server.minor));
    let about: Vec<_> = [("--addon-name", Some(name)), ("--kubernetes-version", minor.as_deref())]
        .into_iter()
        .filter_map(|(flag, value)| Some((flag, value?)))
        .collect();
    Some(Finding {
        severity: thresholds::addon_unsupported(worst),
        key: format!("add-on unsupported: {name}"),
        title,
        detail,
        since: cases.iter().filter_map(|verdict| verdict.unsupported_since).min()?,
        examples: others.iter().map(|verdict| format!("{}.", words(verdict).0)).collect(),
        more: 0,
        look: format!(
            "{} lists what goes with it; then update it.",
            aws.call("eks", "describe-addon-versions", &about)
        ),
    })
}

/// What is wrong, and what that means.
fn words(verdict: &Verdict) -> (String, &'static str) {
    let (name, current, expected) = (verdict.addon.as_str(), &verdict.current, &verdict.expected);
    match verdict.basis {
        Basis::Kubernetes if !verdict.too_old => (
            format!("{name} {} is newer than the API server, {expected}", verdict.newest),
            "No component may be newer than the API server (version-skew policy).",
        ),
        Basis::Kubernetes => (
            format!(
                "{name} {current} is {} minors behind the API server, {expected}",
                verdict.behind.unwrap_or_default()
            ),
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
            "EKS does not list it any more with the cluster's version: it may work, and nobody tests that.",
        ),
    }
}

/// Those that are not supported any more are told of by themselves.
fn behind_default(verdicts: &[Verdict], aws: &AwsCli<'_>) -> Option<Finding> {
    let behind = |verdict: &&Verdict| verdict.basis == Basis::Eks && verdict.supported;
    let mut cases: Vec<_> =
        verdicts.iter().filter(behind).filter_map(|verdict| Some((verdict.behind_default_since?, verdict))).collect();
    cases.sort_by_key(|(since, _)| *since);
    let (since, first) = *cases.first()?;
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
        look: format!(
            "{}, or whatever you install them with.",
            aws.eks("update-addon", &[("--addon-name", first.addon.as_str()), ("--addon-version", &first.expected)])
        ),
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
