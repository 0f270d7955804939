//! Until when EKS supports a version of Kubernetes: the shipped calendar (`support.yaml`), for what can be said without
//! asking AWS.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;

static SHIPPED: LazyLock<Calendar> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the table is part of the program, and a test reads it")]
    serde_saphyr::from_str(include_str!("support.yaml")).expect("the shipped calendar can be read")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    #[expect(dead_code, reason = "for whoever renews the file")]
    date: Date,
    versions: BTreeMap<String, [Date; 2]>,
}

/// When the support of a version ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupportEnd {
    /// The first moment that is not in standard support: from then on a cluster costs more.
    pub standard: Option<Timestamp>,
    /// The first moment that is not in extended support: from then on EKS upgrades the cluster by itself.
    pub extended: Option<Timestamp>,
}

/// What the shipped calendar says of a version, such as `1.35`. `None` where it does not know it.
#[must_use]
pub fn support_end(version: &str) -> Option<SupportEnd> {
    let at = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let [standard, extended] = SHIPPED.versions.get(version)?;
    Some(SupportEnd { standard: at(*standard), extended: at(*extended) })
}

/// Which kind of support ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Support {
    /// For every cluster.
    Standard,
    /// At a price.
    Extended,
}

impl Support {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Extended];

    /// Value of the label `support`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Extended => "extended",
        }
    }
}

/// Where the dates come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SupportBasis {
    /// `DescribeClusterVersions`.
    Eks,
    /// The shipped calendar.
    Catalog,
}

impl SupportBasis {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Eks, Self::Catalog];

    /// Value of the label `basis`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eks => "eks",
            Self::Catalog => "catalog",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_a_year_of_extended_support_after_the_standard_one() {
        assert!(SHIPPED.versions.len() > 10);
        for (version, [standard, extended]) in &SHIPPED.versions {
            assert_eq!(extended.year(), standard.year() + 1, "{version}");
            assert_eq!((extended.month(), extended.day()), (standard.month(), standard.day()), "{version}");
        }
    }

    #[test]
    fn support_ends_at_midnight_utc_and_of_an_unknown_version_nothing_is_said() {
        let end = support_end("1.34").unwrap();
        assert_eq!(end.standard, Some("2026-12-02T00:00:00Z".parse().unwrap()));
        assert_eq!(end.extended, Some("2027-12-02T00:00:00Z".parse().unwrap()));
        for unknown in ["1.37", "1.3", "", "2.34"] {
            assert_eq!(support_end(unknown), None, "{unknown}");
        }
    }
}
