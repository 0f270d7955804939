//! Container images by reference: which registry, which repository, and the version that the tag tells.

use std::fmt;

/// The parts of an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// Host, with its port if it has one.
    pub registry: &'a str,
    /// Path of the repository on it.
    pub repository: &'a str,
    /// Tag; an image may be named by its digest alone.
    pub tag: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// Takes a reference apart, by the grammar of distribution/reference: what comes before the first slash is a host
    /// when it has a dot or a port, or is `localhost`; else the image is of Docker Hub.
    #[must_use]
    pub fn parse(reference: &'a str) -> Self {
        let named = reference.split_once('@').map_or(reference, |(named, _)| named);
        // A colon before the last slash is that of a port.
        let name_starts = named.rfind('/').map_or(0, |slash| slash + 1);
        let (path, tag) = match named[name_starts..].split_once(':') {
            Some((name, tag)) => (&named[..name_starts + name.len()], Some(tag).filter(|tag| !tag.is_empty())),
            None => (named, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
            _ => ("docker.io", path),
        };
        Self { registry, repository, tag }
    }

    /// The last segment of the repository: mirrors keep it and put what they like before it.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// The version that the tag tells.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        Version::parse(self.tag?)
    }
}

/// A version as add-ons write it: `v1.16.2`, `v1.16.2-eksbuild.1`, `v1.25.16-eks-1-25-30`.
///
/// Ordered by its numbers. That is not the order of semver, to which `v1.16.2-eksbuild.1` is older than `v1.16.2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Major version.
    pub major: u32,
    /// Minor version.
    pub minor: u32,
    /// Patch version.
    pub patch: u32,
    /// EKS' own build of it; `None` where the tag tells none, as those of self-managed add-ons.
    pub build: Option<u32>,
    /// The release of EKS Distro, such as `1-25-30`, for its images.
    distro: Option<Box<str>>,
}

impl Version {
    /// Reads `vX.Y.Z`, `vX.Y.Z[-minimal][-eksbuild.N]` or `vX.Y.Z-eks-…`, the `v` being optional.
    ///
    /// `-minimal` tells how the image was made and is in no add-on version (ministryofjustice/cloud-platform#5132), so
    /// it is left out.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let rest = tag.strip_prefix('v').unwrap_or(tag);
        let (numbers, rest) = match rest.split_once('-') {
            Some((numbers, rest)) => (numbers, Some(rest)),
            None => (rest, None),
        };
        let mut numbers = numbers.split('.').map(number);
        let [major, minor, patch] = [numbers.next()??, numbers.next()??, numbers.next()??];
        if numbers.next().is_some() {
            return None;
        }
        let plain = Self { major, minor, patch, build: None, distro: None };
        let Some(rest) = rest.map(|rest| rest.strip_prefix("minimal-").unwrap_or(rest)) else { return Some(plain) };
        if rest == "minimal" {
            Some(plain)
        } else if let Some(build) = rest.strip_prefix("eksbuild.") {
            Some(Self { build: Some(number(build)?), ..plain })
        } else {
            let distro = rest.strip_prefix("eks-").filter(|distro| !distro.is_empty())?;
            Some(Self { distro: Some(distro.into()), ..plain })
        }
    }

    /// Whether it is older than `other`. Where one side tells no build, builds do not count.
    #[must_use]
    pub fn is_older_than(&self, other: &Self) -> bool {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        let builds = match (self.build, other.build) {
            (Some(ours), Some(theirs)) => (ours, theirs),
            _ => (0, 0),
        };
        (numbers(self), builds.0) < (numbers(other), builds.1)
    }
}

/// As EKS writes it in its lists of add-on versions.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}.{}", self.major, self.minor, self.patch)?;
        match (self.build, &self.distro) {
            (Some(build), _) => write!(f, "-eksbuild.{build}"),
            (None, Some(distro)) => write!(f, "-eks-{distro}"),
            (None, None) => Ok(()),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    // `parse` alone would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
