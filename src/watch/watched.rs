//! A [`Kind`] as kube's watcher wants to have it: a [`kube::Resource`] that it can deserialize.

use kube::{
    api::{ApiResource, ObjectMeta},
    core::DynamicResourceScope,
};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

use crate::objects::Kind;

/// An object with the only metadata that kube's watcher reads: the resource version from which it resumes.
#[derive(Clone, Debug)]
pub(super) struct Watched<K> {
    pub object: K,
    meta: ObjectMeta,
}

impl<'de, K: Kind> Deserialize<'de> for Watched<K> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let object = K::deserialize(from)?;
        let resource_version = Some(object.meta().resource_version.clone());
        Ok(Self { object, meta: ObjectMeta { resource_version, ..ObjectMeta::default() } })
    }
}

impl<K: Kind> kube::Resource for Watched<K> {
    /// The version may be another than [`Kind::VERSION`] where a CRD serves only others.
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(of: &ApiResource) -> Cow<'_, str> {
        of.kind.as_str().into()
    }

    fn group(of: &ApiResource) -> Cow<'_, str> {
        of.group.as_str().into()
    }

    fn version(of: &ApiResource) -> Cow<'_, str> {
        of.version.as_str().into()
    }

    fn api_version(of: &ApiResource) -> Cow<'_, str> {
        of.api_version.as_str().into()
    }

    fn plural(of: &ApiResource) -> Cow<'_, str> {
        of.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

/// Where a kind lives, in that version.
pub(super) fn resource<K: Kind>(version: &str) -> ApiResource {
    let api_version = if K::GROUP.is_empty() { version.to_owned() } else { format!("{}/{version}", K::GROUP) };
    ApiResource {
        group: K::GROUP.to_owned(),
        version: version.to_owned(),
        api_version,
        kind: K::KIND.to_owned(),
        plural: K::PLURAL.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{NodeClaim, Pod};
    use kube::Resource;

    #[test]
    fn paths_follow_the_group_and_the_chosen_version() {
        assert_eq!(Watched::<Pod>::url_path(&resource::<Pod>("v1"), Some("shop")), "/api/v1/namespaces/shop/pods");
        let claims = resource::<NodeClaim>("v1beta1");
        assert_eq!(Watched::<NodeClaim>::url_path(&claims, None), "/apis/karpenter.sh/v1beta1/nodeclaims");
    }

    #[test]
    fn only_the_resource_version_reaches_kube() {
        let text = r#"{"metadata":{"name":"web","uid":"u","resourceVersion":"7"},"spec":{"nodeName":"n"}}"#;
        let watched: Watched<Pod> = serde_json::from_str(text).unwrap();
        let expected = ObjectMeta { resource_version: Some("7".to_owned()), ..ObjectMeta::default() };
        assert_eq!(watched.meta(), &expected);
        assert_eq!(watched.object.spec.node_name, "n");
    }
}
