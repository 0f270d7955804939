//! Why a pod does not run: pure functions from objects, texts and facts to a situation, evidence and a cause.
//!
//! Each rule stands with its source. Nothing here keeps state, and no time is read: it is passed in.

mod addon;
mod branch_eni;
mod catalog;
mod cause;
mod condition;
mod creating;
pub mod docs;
mod evidence;
mod image;
mod judge;
mod known_issues;
mod node;
mod owner;
mod placement;
mod release;
mod severity;
mod situation;
pub mod skew;
#[cfg(test)]
mod tests;
pub mod text;
mod unscheduled;

pub use addon::{Addon, Basis, Component, Judgement, Management, judge as judge_addon, recognise};
pub use branch_eni::{BranchClaim, ControllerSays, ControllerVersion, EniState, LOOP, Life, cool_down};
pub use catalog::{Catalog, Expected};
pub use cause::{Cause, Stage, Strength};
pub use condition::conditions;
pub use creating::{Creating, Sandbox};
pub use evidence::{About, Evidence, EvidenceSet, Taken};
pub use image::{Image, Version};
pub use judge::{NodeView, creating as judge_creating, unscheduled as judge_unscheduled};
pub use known_issues::{Build, KnownIssue, KnownIssues};
pub use node::{Lifecycle, NodeFacts, NotReadyReason, PoolKind, Ready, minor, pool};
pub use owner::{Owner, of_pod as owner_of_pod};
pub use placement::Placement;
pub use release::{NodeImage, OsFamily, Release, node_image};
pub use severity::Severity;
pub use situation::{BlockedBy, Situation, Terminating};
pub use unscheduled::{NO_SCHEDULER_AFTER, Since, Unscheduled};
