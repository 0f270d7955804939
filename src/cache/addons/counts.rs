//! How many pods run which version of what.

use hashbrown::HashMap;

use super::Name;
use crate::diagnose::{Addon, Component};

/// A component of an add-on in one pod.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Part {
    pub addon: Addon,
    pub component: Component,
    /// Empty where the image does not tell it.
    pub version: Name,
    pub registry: Name,
    /// The `DaemonSet` that it is of.
    pub set: Option<Name>,
}

/// Ready pods and others, by what runs in them.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Counts {
    pods: HashMap<Part, [u32; 2]>,
}

impl Counts {
    pub fn add(&mut self, parts: &[Part], ready: bool) {
        for part in parts {
            self.pods.entry_ref(part).or_default()[usize::from(ready)] += 1;
        }
    }

    pub fn subtract(&mut self, parts: &[Part], ready: bool) {
        for part in parts {
            if let Some(count) = self.pods.get_mut(part) {
                count[usize::from(ready)] -= 1;
                if *count == [0, 0] {
                    self.pods.remove(part);
                }
            }
        }
    }

    /// Each part, with its pods that are not ready and those that are.
    pub fn iter(&self) -> impl Iterator<Item = (&Part, [u32; 2])> {
        self.pods.iter().map(|(part, count)| (part, *count))
    }
}
