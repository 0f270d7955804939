//! What EKS offers of an add-on for a version of Kubernetes, and a version beside that.

use super::{Judgement, Version};

/// What EKS offers of an add-on for one version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonOffer {
    /// The add-on's name.
    pub name: String,
    /// What is installed unless somebody asks for another version.
    default: Option<Version>,
    oldest: Option<Version>,
}

impl AddonOffer {
    /// Of the versions that EKS lists, in any order. What cannot be read counts for nothing.
    pub fn new<'a>(name: &str, default: Option<&str>, listed: impl Iterator<Item = &'a str>) -> Self {
        let oldest = listed.filter_map(Version::parse).min().map(plain);
        Self { name: name.to_owned(), default: default.and_then(Version::parse), oldest }
    }

    /// Minors that a version is behind the default one, and whether it is not older than the oldest that is listed. Builds
    /// do not count: self-managed add-ons have none. Minors say nothing across majors. `None` where EKS names no default.
    #[must_use]
    pub fn judge(&self, version: &Version) -> Option<Judgement> {
        let (default, oldest) = (self.default.as_ref()?, self.oldest.as_ref()?);
        Some(Judgement {
            behind: (version.major == default.major).then(|| i64::from(default.minor) - i64::from(version.minor)),
            supported: !version.is_older_than(oldest),
            expected: default.to_string(),
        })
    }

    /// Whether a version is older than the default one, by as little as a patch.
    #[must_use]
    pub fn is_behind(&self, version: &Version) -> bool {
        self.default.clone().is_some_and(|default| version.is_older_than(&plain(default)))
    }
}

/// Without its build, so that builds do not count.
fn plain(mut version: Version) -> Version {
    version.build = None;
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cni() -> AddonOffer {
        let listed = ["v1.23.1-eksbuild.1", "v1.19.0-eksbuild.1", "rubbish", "v1.22.4-eksbuild.3"];
        AddonOffer::new("vpc-cni", Some("v1.22.4-eksbuild.3"), listed.into_iter())
    }

    fn judged(version: &str) -> Option<(Option<i64>, bool)> {
        cni().judge(&Version::parse(version)?).map(|judged| (judged.behind, judged.supported))
    }

    #[test]
    fn a_version_is_compared_with_the_default_and_supported_from_the_oldest_that_is_listed() {
        assert_eq!(judged("v1.22.4-eksbuild.1"), Some((Some(0), true)));
        assert_eq!(judged("v1.23.1"), Some((Some(-1), true)));
        assert_eq!(judged("v1.19.0"), Some((Some(3), true)), "without a build");
        assert_eq!(judged("v1.18.9-eksbuild.9"), Some((Some(4), false)));
        assert_eq!(judged("v2.0.0"), Some((None, true)), "of another major, minors say nothing");
        assert_eq!(judged("v0.30.0"), Some((None, false)));
        assert_eq!(cni().judge(&Version::parse("v1.20.0").unwrap()).unwrap().expected, "v1.22.4-eksbuild.3");
        assert!(cni().is_behind(&Version::parse("v1.22.3").unwrap()));
        assert!(!cni().is_behind(&Version::parse("v1.22.4").unwrap()));
    }

    #[test]
    fn nothing_is_said_without_a_default() {
        let offer = AddonOffer::new("x", None, ["v1.0.0"].into_iter());
        assert_eq!(offer.judge(&Version::parse("v1.0.0").unwrap()), None);
        let offer = AddonOffer::new("x", Some("latest"), ["latest"].into_iter());
        assert_eq!(offer.judge(&Version::parse("v1.0.0").unwrap()), None);
    }
}
