//! How long a branch ENI cools down, from whoever knows best.

use jiff::{SignedDuration, Timestamp};

use crate::diagnose::LOOP;

/// The VPC CNI's `ConfigMap` wins, then what the resource controller said last, then the exporter's own flag.
#[derive(Clone, Copy)]
pub(super) struct CoolDown {
    set: Option<SignedDuration>,
    told: Option<(Timestamp, SignedDuration)>,
    flag: SignedDuration,
}

impl CoolDown {
    pub fn new(flag: SignedDuration) -> Self {
        Self { set: None, told: None, flag }
    }

    /// The `ConfigMap` says so, or nothing.
    pub fn set(&mut self, length: Option<SignedDuration>) {
        self.set = length;
    }

    /// The controller said so.
    pub fn told(&mut self, at: Timestamp, length: SignedDuration) {
        self.told = self.told.max(Some((at, length)));
    }

    /// The cool-down and what the controller takes beyond it.
    pub fn hold(&self) -> SignedDuration {
        let told = self.told.map(|(_, length)| length);
        self.set.or(told).unwrap_or(self.flag).saturating_add(LOOP)
    }

    /// Whether what was let go of at that time still cools down.
    pub fn covers(&self, released: Timestamp, now: Timestamp) -> bool {
        now.duration_since(released) < self.hold()
    }
}
