//! What stays unseen with `--namespaces`, in words for the log: nobody shall take silence for health.

use super::{NODE_EVENT_NAMESPACE, Settings};
use crate::{cache::ADDON_NAMESPACE, collector::Collector};

/// Something that the list of namespaces leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// Pods of namespaces that are not listed.
    OtherPods,
    /// Events about nodes, for `default` is not listed.
    NodeEvents,
    /// Add-ons, for `kube-system` is not listed.
    Addons,
}

impl Unseen {
    const ALL: [Self; 3] = [Self::OtherPods, Self::NodeEvents, Self::Addons];

    /// The collector that would have seen it.
    #[must_use]
    pub const fn collector(self) -> Collector {
        match self {
            Self::OtherPods => Collector::Pods,
            Self::NodeEvents => Collector::Events,
            Self::Addons => Collector::Addons,
        }
    }

    /// The namespace whose listing brings it back; `None` where only all of them do.
    const fn namespace(self) -> Option<&'static str> {
        match self {
            Self::OtherPods => None,
            Self::NodeEvents => Some(NODE_EVENT_NAMESPACE),
            Self::Addons => Some(ADDON_NAMESPACE),
        }
    }

    /// What it is, why, and what becomes of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherPods => {
                "pods of other namespaces, so eks_node_pod_eni_used, _free and _requested, which add up all pods of a \
                 node, are left out"
            }
            Self::NodeEvents => {
                "events about nodes, which stand in default, so the VPC resource controller's version and cool-down \
                 are those of --pod-eni-completed, with auto as released, and of the ConfigMap or \
                 --branch-eni-cooldown"
            }
            Self::Addons => "add-ons, which run in kube-system, so the collector addons is off",
        }
    }
}

impl Settings {
    /// What cannot be seen although its collector is switched on.
    #[must_use]
    pub fn unseen(&self) -> Vec<Unseen> {
        let hidden = |unseen: &Unseen| match unseen.namespace() {
            Some(namespace) => !self.may_watch(namespace),
            None => !self.namespaces.is_empty(),
        };
        Unseen::ALL.into_iter().filter(|unseen| self.collectors.contains(&unseen.collector())).filter(hidden).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unseen(namespaces: &[&str], collectors: &[Collector]) -> Vec<Unseen> {
        let namespaces = namespaces.iter().copied().map(str::to_owned).collect();
        Settings { namespaces, collectors: collectors.to_vec(), ..Settings::default() }.unseen()
    }

    #[test]
    fn what_a_list_of_namespaces_leaves_out_is_known() {
        use Unseen::{Addons, NodeEvents, OtherPods};
        assert_eq!(unseen(&[], &Collector::ALL), []);
        assert_eq!(unseen(&["shop"], &Collector::ALL), [OtherPods, NodeEvents, Addons]);
        assert_eq!(unseen(&["default", "shop"], &Collector::ALL), [OtherPods, Addons]);
        assert_eq!(unseen(&["default", "kube-system"], &Collector::ALL), [OtherPods]);
    }

    #[test]
    fn what_is_switched_off_is_not_missed() {
        assert_eq!(unseen(&["shop"], &[Collector::Nodes, Collector::Version]), []);
        assert_eq!(unseen(&["shop"], &[Collector::Events]), [Unseen::NodeEvents]);
    }
}
