//! The shipped table of add-on versions (`catalog.yaml`), for what can be said without asking AWS.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;

use super::{Addon, Version};

static SHIPPED: LazyLock<Catalog> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the table is part of the program, and a test reads it")]
    Catalog::parse(include_str!("catalog.yaml")).expect("the shipped table can be read")
});

/// What is expected of add-ons, by the minor version of Kubernetes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    date: Date,
    addons: BTreeMap<String, BTreeMap<String, Row>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Row {
    Equal(String),
    Range([String; 2]),
    AtLeast(String),
}

/// What an add-on should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Of this line (major and minor version).
    Equal((u32, u32)),
    /// Of one of these lines, the first and the last included.
    Range((u32, u32), (u32, u32)),
    /// Not older than this.
    AtLeast(Version),
}

impl Catalog {
    /// The table that comes with the program.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn parse(text: &str) -> Result<Self, serde_saphyr::Error> {
        serde_saphyr::from_str(text)
    }

    /// When it was made.
    #[must_use]
    pub fn made(&self) -> Timestamp {
        self.date.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }

    /// Whether that version of Kubernetes is in it.
    #[must_use]
    pub fn covers(&self, version: (u32, u32)) -> bool {
        self.addons.values().flat_map(BTreeMap::keys).any(|of| line(of) == Some(version))
    }

    /// What it expects of an add-on on that version of Kubernetes, if it has a row for it. What was too old for one is so
    /// for later ones too; of lines it knows only those that are listed.
    #[must_use]
    pub fn expected(&self, addon: Addon, version: (u32, u32)) -> Option<Expected> {
        let rows = self.addons.get(addon.as_str())?.iter().filter_map(|(of, row)| Some((line(of)?, row)));
        let (of, row) = rows.filter(|(of, _)| *of <= version).max_by_key(|(of, _)| *of)?;
        match row {
            Row::Equal(_) | Row::Range(_) if of != version => None,
            Row::Equal(of) => Some(Expected::Equal(line(of)?)),
            Row::Range([first, last]) => Some(Expected::Range(line(first)?, line(last)?)),
            Row::AtLeast(least) => Some(Expected::AtLeast(Version::parse(least)?)),
        }
    }
}

/// `1.9`.
fn line(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

impl Expected {
    /// How many minors a version is behind, and whether it is right or newer. `None` across majors, which no count of
    /// minors bridges.
    #[must_use]
    pub fn judge(&self, version: &Version) -> Option<(i64, bool)> {
        let minor = i64::from(version.minor);
        let between = |first: (u32, u32), last: (u32, u32)| {
            let of_major = version.major == first.0 && version.major == last.0;
            // Behind the first one, or ahead of the last.
            let behind = (i64::from(first.1) - minor).max((i64::from(last.1) - minor).min(0));
            of_major.then_some((behind, behind <= 0))
        };
        match self {
            Self::Equal(line) => between(*line, *line),
            Self::Range(first, last) => between(*first, *last),
            Self::AtLeast(least) => {
                let behind = (i64::from(least.minor) - minor).max(0);
                (version.major == least.major).then(|| (behind, !version.is_older_than(least)))
            }
        }
    }
}

/// `1.9`, `1.12-1.13`, `>=1.11.4`.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal((major, minor)) => write!(f, "{major}.{minor}"),
            Self::Range((major, minor), last) => write!(f, "{major}.{minor}-{}.{}", last.0, last.1),
            Self::AtLeast(least) => write!(f, ">={}", least.to_string().trim_start_matches('v')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(addon: Addon, minor: u32, version: &str) -> Option<(i64, bool)> {
        Catalog::shipped().expected(addon, (1, minor))?.judge(&Version::parse(version).unwrap())
    }

    #[test]
    fn every_row_can_be_used_and_names_an_add_on_that_is_known() {
        let catalog = Catalog::shipped();
        for (name, rows) in &catalog.addons {
            let addon = Addon::ALL.into_iter().find(|addon| addon.as_str() == name);
            let addon = addon.unwrap_or_else(|| panic!("no add-on is called {name}"));
            for minor in rows.keys() {
                assert!(catalog.expected(addon, line(minor).unwrap()).is_some(), "{name} on {minor}");
            }
        }
        assert!(catalog.made() > "2026-01-01T00:00:00Z".parse().unwrap());
    }

    /// Incident 2: vpc-cni v1.10.1 on Kubernetes 1.25, for which the EKS user guide recommends v1.11.4 at least.
    #[test]
    fn vpc_cni_is_too_old_below_the_oldest_that_is_recommended_and_never_too_new() {
        assert_eq!(judged(Addon::VpcCni, 25, "v1.10.1-eksbuild.1"), Some((1, false)));
        assert_eq!(judged(Addon::VpcCni, 25, "v1.11.2-eksbuild.1"), Some((0, false)), "the patch is too old");
        assert_eq!(judged(Addon::VpcCni, 25, "v1.11.4-eksbuild.1"), Some((0, true)));
        assert_eq!(judged(Addon::VpcCni, 25, "v1.11.4"), Some((0, true)), "builds do not count");
        assert_eq!(judged(Addon::VpcCni, 25, "v1.20.0"), Some((0, true)));
    }

    #[test]
    fn coredns_is_too_old_below_the_line_of_the_kubernetes_version() {
        assert_eq!(judged(Addon::Coredns, 29, "v1.10.1-eksbuild.38"), Some((1, false)));
        assert_eq!(judged(Addon::Coredns, 29, "v1.11.4-eksbuild.2"), Some((0, true)));
        assert_eq!(judged(Addon::Coredns, 29, "v1.13.2"), Some((-2, true)), "newer than AWS lists is no fault");
    }

    #[test]
    fn a_range_takes_every_line_in_it() {
        for (version, expected) in
            [("1.11.4", (1, false)), ("1.12.1", (0, true)), ("1.13.2", (0, true)), ("1.14.0", (-1, true))]
        {
            assert_eq!(judged(Addon::Coredns, 33, version), Some(expected), "{version}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_is_not_listed() {
        assert_eq!(judged(Addon::Coredns, 22, "v1.8.7"), None);
        assert_eq!(judged(Addon::Coredns, 99, "v1.8.7"), None);
        assert!(Catalog::shipped().covers((1, 33)) && !Catalog::shipped().covers((1, 99)));
        assert_eq!(judged(Addon::VpcCni, 22, "v1.7.5"), None);
        assert_eq!(judged(Addon::MetricsServer, 33, "v0.8.0"), None);
        assert_eq!(judged(Addon::VpcCni, 33, "v2.0.0"), None, "no count of minors bridges two majors");
    }

    #[test]
    fn what_was_too_old_is_so_for_versions_that_came_after_the_table() {
        assert_eq!(judged(Addon::VpcCni, 99, "v1.7.5"), judged(Addon::VpcCni, 36, "v1.7.5"));
        assert_eq!(judged(Addon::VpcCni, 99, "v1.7.5"), Some((10, false)));
    }

    #[test]
    fn what_is_expected_is_told_as_equal_range_or_at_least() {
        let told = |addon, minor| Catalog::shipped().expected(addon, (1, minor)).unwrap().to_string();
        assert_eq!(told(Addon::Coredns, 25), "1.9");
        assert_eq!(told(Addon::Coredns, 33), "1.12-1.13");
        assert_eq!(told(Addon::VpcCni, 25), ">=1.11.4");
    }
}
