//! Which versions of a node's components an API server accepts.

/// Minors that a component may be older than the API server. Three since 1.28, by the version of the component: those
/// below 1.25 only two (KEP-3935; kubernetes/website content/en/releases/version-skew-policy.md).
#[must_use]
pub const fn allowed(component_minor: u32) -> u32 {
    if component_minor < 25 { 2 } else { 3 }
}

/// Whether the version-skew policy has a component of that minor beside an API server of that minor. Never newer.
#[must_use]
pub const fn supported(component_minor: u32, server_minor: u32) -> bool {
    component_minor <= server_minor && server_minor - component_minor <= allowed(component_minor)
}

/// Minors that a component is behind the API server; negative when it is ahead.
#[must_use]
pub fn behind(component_minor: u32, server_minor: u32) -> i64 {
    i64::from(server_minor) - i64::from(component_minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_minors_back_are_supported_two_below_1_25_and_none_ahead() {
        for (component, server, expected) in [
            (36, 36, true),
            (33, 36, true),
            (32, 36, false),
            (37, 36, false),
            (25, 28, true),
            (24, 27, false),
            (24, 26, true),
            (21, 24, false), // incident 2: outside already before the upgrade
            (22, 24, true),
        ] {
            assert_eq!(supported(component, server), expected, "{component} beside {server}");
        }
        assert_eq!((behind(33, 36), behind(37, 36)), (3, -1));
    }
}
