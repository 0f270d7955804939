//! Kernels, images and runtimes that are known to be bad: a list that comes with the program, and one's own beside it.

mod file;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use super::{Severity, release::Release};
use crate::yaml::Fault;

/// The list that comes with the program.
const SHIPPED: &str = include_str!("known.yaml");

/// Something that is known to be wrong with a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIssue {
    /// Its name, the value of the label `issue`.
    pub issue: String,
    /// How bad it is.
    pub severity: Severity,
    /// What happens, in a sentence.
    pub summary: String,
    /// Where more is said.
    pub link: String,
    /// Which nodes have it: all of these.
    kernel: Option<Range>,
    image: Option<Range>,
    runtime: Option<Range>,
    kubelet: Option<Range>,
    /// Where there are any, one of these.
    amis: Vec<String>,
}

/// Releases of one product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Range {
    of: Option<String>,
    from: Option<Release>,
    below: Option<Release>,
    through: Option<Release>,
}

impl Range {
    fn contains(&self, release: Option<Release>) -> bool {
        if (self.from, self.below, self.through) == (None, None, None) {
            return true; // any release of the product
        }
        release.is_some_and(|release| {
            self.from.is_none_or(|from| release >= from)
                && self.below.is_none_or(|below| release < below)
                && self.through.is_none_or(|through| release <= through)
        })
    }

    /// `5.10.178-162.673.amzn2.x86_64`; `of` is one of the words after the numbers.
    fn has_kernel(&self, kernel: &str) -> bool {
        let Some((release, rest)) = Release::split(kernel) else { return false };
        self.of.as_ref().is_none_or(|of| rest.split(['.', '-', '+']).any(|word| word == of))
            && self.contains(Some(release))
    }

    /// `Amazon Linux 2023.10.20260302`; `of` is what it begins with, the release follows.
    fn has_image(&self, os_image: &str) -> bool {
        let of = self.of.as_deref().unwrap_or_default();
        let Some(rest) = os_image.strip_prefix(of) else { return false };
        let begins = if of.is_empty() { rest.find(|c: char| c.is_ascii_digit()).unwrap_or(0) } else { 0 };
        self.contains(Release::of(rest[begins..].trim_start_matches([' ', '.'])))
    }

    /// `containerd://2.1.5`; `of` is what stands before the colon.
    fn has_runtime(&self, runtime: &str) -> bool {
        let Some((name, version)) = runtime.split_once("://") else { return false };
        self.of.as_ref().is_none_or(|of| name == of) && self.contains(Release::of(version))
    }

    /// `v1.36.3-eks-0123456`.
    fn has_kubelet(&self, version: &str) -> bool {
        self.contains(Release::of(version.trim_start_matches('v')))
    }
}

impl KnownIssue {
    /// Whether a node has it.
    #[must_use]
    pub fn is_of(&self, node: Build<'_>) -> bool {
        self.kernel.as_ref().is_none_or(|range| range.has_kernel(node.kernel))
            && self.image.as_ref().is_none_or(|range| range.has_image(node.os_image))
            && self.runtime.as_ref().is_none_or(|range| range.has_runtime(node.runtime))
            && self.kubelet.as_ref().is_none_or(|range| range.has_kubelet(node.kubelet))
            && (self.amis.is_empty() || self.amis.iter().any(|known| known == node.ami))
    }
}

/// What a node runs, in the words of its status.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// `nodeInfo.kernelVersion`.
    pub kernel: &'a str,
    /// `nodeInfo.osImage`.
    pub os_image: &'a str,
    /// `nodeInfo.containerRuntimeVersion`.
    pub runtime: &'a str,
    /// `nodeInfo.kubeletVersion`.
    pub kubelet: &'a str,
    /// The AMI, where it is known.
    pub ami: &'a str,
}

/// All that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownIssues(Vec<Arc<KnownIssue>>);

impl KnownIssues {
    /// Those that come with the program.
    #[must_use]
    pub fn shipped() -> Self {
        static SHIPPED_ISSUES: LazyLock<KnownIssues> =
            LazyLock::new(|| KnownIssues::default().with(SHIPPED).unwrap_or_default()); // a test reads it
        SHIPPED_ISSUES.clone()
    }

    /// The same with those of a file; one of the same name takes the former's place.
    ///
    /// # Errors
    /// When the file is wrong.
    pub fn with(mut self, text: &str) -> Result<Self, Fault> {
        let more = file::read(text)?;
        self.0.retain(|known| !more.iter().any(|issue| issue.issue == known.issue));
        self.0.extend(more.into_iter().map(Arc::new));
        self.0.sort_by(|a, b| a.issue.cmp(&b.issue));
        Ok(self)
    }

    /// The numbers of those that a node has, in the order of [`Self::iter`].
    #[must_use]
    pub fn of(&self, node: Build<'_>) -> Box<[usize]> {
        self.0.iter().enumerate().filter(|(_, issue)| issue.is_of(node)).map(|(number, _)| number).collect()
    }

    /// The issue of that number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Arc<KnownIssue>> {
        self.0.get(number)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<KnownIssue>> {
        self.0.iter()
    }
}
