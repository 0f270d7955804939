//! What a request asks for, read from its path and query.

use std::collections::BTreeMap;

use super::{faults::Shape, resource::Resource};

/// The place that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Objects of a kind, or one of them.
    Objects { group: String, version: String, namespace: Option<String>, plural: String, name: Option<String> },
    /// Anything else.
    Other,
}

impl Place {
    /// `/api/v1/…` and `/apis/GROUP/VERSION/…`, with or without `namespaces/NAME`.
    pub fn parse(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let (group, version, rest) = match segments.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return Self::Other,
        };
        let (namespace, plural, name) = match *rest {
            ["namespaces", namespace, plural] => (Some(namespace), plural, None),
            ["namespaces", namespace, plural, name] => (Some(namespace), plural, Some(name)),
            [plural] => (None, plural, None),
            [plural, name] => (None, plural, Some(name)),
            _ => return Self::Other,
        };
        Self::Objects {
            group: group.to_owned(),
            version: version.to_owned(),
            namespace: namespace.map(str::to_owned),
            plural: plural.to_owned(),
            name: name.map(str::to_owned),
        }
    }

    pub fn plural(&self) -> &str {
        match self {
            Self::Objects { plural, .. } => plural,
            Self::Other => "",
        }
    }

    pub fn shape(&self, query: &BTreeMap<String, String>) -> Shape {
        let is_set = |name: &str| query.get(name).is_some_and(|value| value == "true" || value == "1");
        match self {
            Self::Other => Shape::Other,
            Self::Objects { name: Some(_), .. } => Shape::Get,
            Self::Objects { .. } if !is_set("watch") => Shape::List,
            Self::Objects { .. } if is_set("sendInitialEvents") => Shape::StreamingList,
            Self::Objects { .. } => Shape::Watch,
        }
    }

    /// The served kind of that path.
    pub fn resource(&self, served: &[Resource]) -> Option<Resource> {
        let Self::Objects { group, version, namespace, plural, name } = self else { return None };
        let found = served
            .iter()
            .find(|served| served.group == group && served.version == version && served.plural == plural)
            .copied()?;
        // One object of a namespaced kind has to name its namespace, and others must not.
        let fits = if found.namespaced { name.is_none() || namespace.is_some() } else { namespace.is_none() };
        fits.then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Option<(Resource, Option<String>, Option<String>)> {
        let place = Place::parse(path);
        let resource = place.resource(Resource::BUILT_IN)?;
        let Place::Objects { namespace, name, .. } = place else { return None };
        Some((resource, namespace, name))
    }

    #[test]
    fn paths_name_kinds_and_objects() {
        let (pods, namespace, name) = place("/api/v1/namespaces/web/pods/a").unwrap();
        assert_eq!((pods.kind, namespace.as_deref(), name.as_deref()), ("Pod", Some("web"), Some("a")));
        assert_eq!(place("/apis/batch/v1/jobs").unwrap().0.kind, "Job");
        assert_eq!(place("/api/v1/nodes/n1").unwrap().2.as_deref(), Some("n1"));
    }

    #[test]
    fn what_is_not_served_is_nothing() {
        for path in ["/api/v1/pods/a", "/api/v1/namespaces/web/nodes", "/apis/batch/v2/jobs", "/api/v1", "/metrics"] {
            assert_eq!(place(path), None, "{path}");
        }
    }
}
