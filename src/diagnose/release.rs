//! Releases of kernels, images and runtimes: numbers in a text, and which of two is newer.

use std::fmt;

/// The numbers of a release, compared from the left: `5.10.178-162.673.amzn2.x86_64` is 5, 10, 178, 162, 673. Missing
/// numbers are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Release([u32; MOST]);

/// Numbers that are compared.
pub(super) const MOST: usize = 6;

impl Release {
    /// The numbers that the text begins with. `None` when it does not begin with one, or with one beyond counting.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::split(text).map(|(release, _)| release)
    }

    /// The numbers of a text that has nothing else, and no more of them than are compared.
    #[must_use]
    pub fn exactly(text: &str) -> Option<Self> {
        let numbers = text.split(['.', '-']);
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole = numbers.clone().all(is_number) && numbers.count() <= MOST;
        if is_whole { Self::of(text) } else { None }
    }

    /// The numbers that the text begins with, and what follows them.
    #[must_use]
    pub fn split(text: &str) -> Option<(Self, &str)> {
        let mut numbers = [0; MOST];
        let mut rest = text;
        for (at, number) in numbers.iter_mut().enumerate() {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let ends = matches!(rest.as_bytes().get(digits), None | Some(b'.' | b'-' | b'+' | b' '));
            if digits == 0 || !ends {
                return (at > 0).then_some((Self(numbers), rest));
            }
            *number = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            match rest.strip_prefix(['.', '-']) {
                Some(next) => rest = next,
                None => break,
            }
        }
        Some((Self(numbers), rest))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.0.iter().rposition(|number| *number != 0).map_or(1, |last| last + 1);
        let numbers: Vec<_> = self.0[..used].iter().map(u32::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

/// Images that can be told newer from older among themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OsFamily {
    /// Amazon Linux 2: its image has no date, so the kernel tells its age.
    AmazonLinux2,
    /// Amazon Linux 2023.
    AmazonLinux2023,
    /// Bottlerocket.
    Bottlerocket,
    /// The Bottlerocket of EKS Auto Mode, which counts by date.
    BottlerocketAuto,
}

/// What an image is, as far as its name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeImage {
    /// The family.
    pub family: OsFamily,
    /// `nvidia`, `fips` and the like; empty for the standard one and where the name does not say.
    pub variant: String,
    /// Its release.
    pub release: Release,
}

/// Reads `nodeInfo.osImage`, for Amazon Linux 2 with the kernel. `None` for other systems and for what cannot be read.
#[must_use]
pub fn node_image(os_image: &str, kernel: &str) -> Option<NodeImage> {
    let plain = |family, release| Some(NodeImage { family, variant: String::new(), release });
    if os_image == "Amazon Linux 2" {
        let (release, rest) = Release::split(kernel)?;
        return if rest.starts_with("amzn2.") { plain(OsFamily::AmazonLinux2, release) } else { None };
    }
    if let Some(release) = os_image.strip_prefix("Amazon Linux 2023.") {
        return plain(OsFamily::AmazonLinux2023, Release::of(release)?);
    }
    // bottlerocket-os/bottlerocket: PRETTY_NAME of /etc/os-release, `Bottlerocket OS 1.64.0 (aws-k8s-1.36-nvidia)`.
    let rest = os_image.strip_prefix("Bottlerocket ")?;
    let (family, edition, rest) = if let Some(rest) = rest.strip_prefix("OS ") {
        (OsFamily::Bottlerocket, "", rest)
    } else {
        // `(EKS Auto)` before 2026, then `(EKS Auto, Standard)` or `(EKS Auto, Nvidia)`.
        let (edition, rest) = rest.strip_prefix("(EKS Auto")?.split_once(") ")?;
        (OsFamily::BottlerocketAuto, edition.trim_start_matches(", "), rest)
    };
    let (release, rest) = Release::split(rest)?;
    // The Kubernetes minor in it is kubelet's own.
    let flavour = rest.trim().trim_matches(['(', ')']).strip_prefix("aws-k8s-").and_then(|rest| rest.split_once('-'));
    let variant = flavour.map_or(edition, |(_, flavour)| flavour).to_ascii_lowercase();
    let variant = if variant == "standard" { String::new() } else { variant };
    Some(NodeImage { family, variant, release })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_compared_by_their_numbers_not_by_their_letters() {
        let ascending = [
            "5.4.219-126.411.amzn2.x86_64",
            "5.10.99",
            "5.10.165-143.735.amzn2.x86_64",
            "5.10.178-162.673.amzn2.x86_64",
            "5.10.178-1000.1.amzn2.x86_64",
            "6.1.141-155.222.amzn2023.x86_64",
            "6.12.73-95.123.amzn2023.x86_64",
        ];
        let releases: Vec<_> = ascending.iter().map(|kernel| Release::of(kernel).unwrap()).collect();
        assert!(releases.is_sorted_by(|a, b| a < b), "{releases:?}");
        assert_eq!(releases[2].to_string(), "5.10.165.143.735");
    }

    #[test]
    fn what_follows_the_numbers_does_not_count() {
        for text in ["2.2.5", "2.2.5+bottlerocket", "2.2.5-rc1", "2.2.5 (x)", "2.2.5.amzn2"] {
            assert_eq!(Release::of(text), Release::of("2.2.5"), "{text}");
        }
        for text in ["", "v1", "x", "-1", "99999999999", "1.99999999999", "é"] {
            assert_eq!(Release::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_release_is_exact_only_without_anything_else() {
        for text in ["5", "5.10.165-143.735", "1.2.3.4.5.6"] {
            assert!(Release::exactly(text).is_some() && Release::exactly(text) == Release::of(text), "{text}");
        }
        for text in ["", "5.10.x", "5.10.", "5..10", "v5", "5.10 ", "1.2.3.4.5.6.7", "99999999999", "+5"] {
            assert_eq!(Release::exactly(text), None, "{text}");
        }
    }

    #[test]
    fn images_are_read_as_reported_by_nodes() {
        let read = |os_image: &str, kernel: &str| {
            node_image(os_image, kernel).map(|image| (image.family, image.variant, image.release.to_string()))
        };
        let is = |family, variant: &str, release: &str| Some((family, variant.to_owned(), release.to_owned()));
        for (os_image, expected) in [
            ("Amazon Linux 2023.10.20260302", is(OsFamily::AmazonLinux2023, "", "10.20260302")),
            ("Amazon Linux 2", is(OsFamily::AmazonLinux2, "", "5.10.178.162.673")),
            ("Bottlerocket OS 1.64.0 (aws-k8s-1.36)", is(OsFamily::Bottlerocket, "", "1.64")),
            ("Bottlerocket OS 1.51.0 (aws-k8s-1.35-nvidia)", is(OsFamily::Bottlerocket, "nvidia", "1.51")),
            (
                "Bottlerocket (EKS Auto, Standard) 2026.9.14 (aws-k8s-1.36-standard)",
                is(OsFamily::BottlerocketAuto, "", "2026.9.14"),
            ),
            (
                "Bottlerocket (EKS Auto, Nvidia) 2026.9.14 (aws-k8s-1.36-nvidia)",
                is(OsFamily::BottlerocketAuto, "nvidia", "2026.9.14"),
            ),
            ("Bottlerocket (EKS Auto) 2025.3.14 (aws-k8s-1.30)", is(OsFamily::BottlerocketAuto, "", "2025.3.14")),
            ("Ubuntu 24.04.3 LTS", None),
            ("Amazon Linux 2023", None),
            ("Bottlerocket ", None),
            ("", None),
        ] {
            assert_eq!(read(os_image, "5.10.178-162.673.amzn2.x86_64"), expected, "{os_image}");
        }
        assert_eq!(read("Amazon Linux 2", "6.1.0-custom"), None, "a kernel of one's own has no place in the order");
    }
}
