//! Closed sets of label values, from the enums that own them.

use crate::{
    cache::AgentState,
    collector::Collector,
    diagnose::{
        Addon, Basis, BlockedBy, Cause, EniState, Lifecycle, Management, NotReadyReason, PoolKind, Severity, Stage,
    },
    watch::{Presence, Reason, Received},
};

/// The labels of all values of an enum, at compile time.
macro_rules! set {
    ($(#[$doc:meta])* $name:ident: $all:expr, $text:path) => {
        $(#[$doc])*
        pub const $name: &[&str] = &{
            let all = $all;
            let mut texts = [""; $all.len()];
            let mut at = 0;
            while at < texts.len() {
                texts[at] = $text(all[at]);
                at += 1;
            }
            texts
        };
    };
}

set!(
    /// Causes of pods being created.
    CREATING_CAUSES: Cause::CREATING, Cause::as_str
);
set!(
    /// Causes of pods without a node.
    UNSCHEDULED_CAUSES: Cause::UNSCHEDULED, Cause::as_str
);
set!(
    /// Stages that a pod hangs in.
    STAGES: Stage::ALL, Stage::as_str
);
set!(
    /// Who a pod that should be gone waits for.
    BLOCKED_BY: BlockedBy::ALL, BlockedBy::as_str
);
set!(
    /// What branch ENIs are doing.
    ENI_STATES: EniState::ALL, EniState::as_str
);
set!(
    /// Phases of a node's life.
    LIFECYCLES: Lifecycle::ALL, Lifecycle::as_str
);
set!(
    /// Who runs a pool.
    POOL_KINDS: PoolKind::ALL, PoolKind::as_str
);
set!(
    /// Why a node is not ready.
    NOT_READY_REASONS: NotReadyReason::ALL, NotReadyReason::as_str
);
set!(
    /// How bad a known issue is.
    ISSUE_SEVERITIES: Severity::ALL, Severity::as_str
);
set!(
    /// Add-ons.
    ADDONS: Addon::ALL, Addon::as_str
);
set!(
    /// Who looks after an add-on.
    MANAGEMENTS: Management::ALL, Management::as_str
);
set!(
    /// What an add-on is compared with.
    BASES: Basis::ALL, Basis::as_str
);
set!(
    /// What is wrong with an agent on a node.
    AGENT_STATES: AgentState::ALL, AgentState::as_str
);
set!(
    /// Collectors.
    COLLECTORS: Collector::ALL, Collector::name
);
set!(
    /// Whether a collector is in use.
    PRESENCES: Presence::ALL, Presence::name
);
set!(
    /// What a watch brought.
    RECEIVED: Received::ALL, Received::name
);
set!(
    /// What went wrong in a watch.
    REASONS: Reason::ALL, Reason::name
);
