//! The region of the cluster, from what can be known without AWS.

/// What is known of the cluster that may tell its region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// What somebody configured.
    pub configured: Option<String>,
    /// Label `topology.kubernetes.io/region` of a node.
    pub node_label: Option<String>,
    /// Issuer of the service accounts' tokens.
    pub issuer: Option<String>,
    /// `spec.providerID` of a node: `aws:///eu-west-1a/i-0123456789abcdef0`.
    pub provider_id: Option<String>,
}

/// The region, from the best hint that there is.
#[must_use]
pub fn of(hints: &Hints) -> Option<String> {
    let good = |text: Option<&str>| text.filter(|text| is_region(text)).map(str::to_owned);
    good(hints.configured.as_deref())
        .or_else(|| good(hints.node_label.as_deref()))
        .or_else(|| good(hints.issuer.as_deref().and_then(of_issuer)))
        .or_else(|| good(hints.provider_id.as_deref().and_then(of_zone)))
}

/// Letters, digits and hyphens, in the form of `eu-west-1` or `us-gov-east-1`. Requests are sent to a host of that name: a
/// label of a node must not send them elsewhere.
#[must_use]
pub fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let last = parts.next_back();
    text.len() <= 32 && parts.clone().count() >= 2 && parts.all(letters) && last.is_some_and(digits)
}

/// `https://oidc.eks.eu-west-1.amazonaws.com/id/…`, on newer clusters `https://oidc-eks.eu-west-1.api.aws/id/…`.
fn of_issuer(issuer: &str) -> Option<&str> {
    let host = issuer.strip_prefix("https://")?.split('/').next()?;
    let rest = host.strip_prefix("oidc.eks.").or_else(|| host.strip_prefix("oidc-eks."))?;
    rest.split('.').next()
}

/// A zone is its region and a letter. Local and wavelength zones have more parts, and are left out.
fn of_zone(provider_id: &str) -> Option<&str> {
    let zone = provider_id.strip_prefix("aws:///")?.split('/').next()?;
    zone.strip_suffix(|letter: char| letter.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! known {
        ($text:expr) => {
            Some($text.to_owned())
        };
    }

    #[test]
    fn what_is_configured_counts_before_nodes_and_nodes_before_the_issuer() {
        let mut hints = Hints {
            configured: known!("eu-west-1"),
            node_label: known!("eu-west-2"),
            issuer: known!("https://oidc.eks.eu-west-3.amazonaws.com/id/ABCDEF"),
            provider_id: known!("aws:///eu-north-1a/i-0123456789abcdef0"),
        };
        assert_eq!(of(&hints), known!("eu-west-1"));
        hints.configured = None;
        assert_eq!(of(&hints), known!("eu-west-2"));
        hints.node_label = None;
        assert_eq!(of(&hints), known!("eu-west-3"));
        hints.issuer = known!("https://oidc-eks.us-gov-west-1.api.aws/id/ABCDEF");
        assert_eq!(of(&hints), known!("us-gov-west-1"));
        hints.issuer = known!("https://kubernetes.default.svc");
        assert_eq!(of(&hints), known!("eu-north-1"));
        hints.provider_id = known!("aws:///us-west-2-lax-1a/i-0123456789abcdef0");
        assert_eq!(of(&hints), None, "a local zone");
        assert_eq!(of(&Hints::default()), None);
    }

    #[test]
    fn a_node_cannot_send_requests_to_a_host_of_its_own() {
        for wrong in
            ["", "evil.example.com/", "eu-west-1.evil.com#", "eu-west", "EU-WEST-1", "eu--1", "eu-west-1/..", "1-2-3"]
        {
            assert!(!is_region(wrong), "{wrong}");
            assert_eq!(of(&Hints { node_label: known!(wrong), ..Hints::default() }), None, "{wrong}");
        }
        for right in
            ["eu-west-1", "ap-southeast-7", "us-gov-east-1", "cn-northwest-1", "us-iso-east-1", "eusc-de-east-1"]
        {
            assert!(is_region(right), "{right}");
        }
    }
}
