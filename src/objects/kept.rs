//! Labels and annotations of which only a few known keys are kept; the others never reach the heap.

use std::fmt;

use prost::{
    DecodeError, Message,
    bytes::{Buf, BufMut, Bytes},
    encoding::{self, DecodeContext, WireType},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// A key that somebody reads. Its text lives in [`keys`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u8);

impl Key {
    /// The key as it stands in the object.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        keys::TEXT[usize::from(self.0)]
    }

    /// The key of that text, if it is one that somebody reads.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::find(text.as_bytes())
    }

    fn find(text: &[u8]) -> Option<Self> {
        let at = keys::TEXT.iter().position(|known| known.as_bytes() == text)?;
        u8::try_from(at).ok().map(Self)
    }
}

/// Every label and annotation key that is kept, of all kinds.
pub mod keys {
    use super::Key;

    macro_rules! keys {
        ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
            #[derive(Clone, Copy)]
            #[repr(u8)]
            #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only numbers the constants below")]
            enum Nth { $($name),* }
            $($(#[$doc])* pub const $name: Key = Key(Nth::$name as u8);)*
            pub(super) const TEXT: &[&str] = &[$($text),*];
        };
    }

    keys! {
        /// Written by the deployment controller on `ReplicaSets` and their pods.
        POD_TEMPLATE_HASH = "pod-template-hash";
        /// On pods that run on Fargate.
        FARGATE_PROFILE = "eks.amazonaws.com/fargate-profile";
        /// Static pods' copies in the API carry it.
        CONFIG_MIRROR = "kubernetes.io/config.mirror";
        /// The VPC resource controller's branch ENI, a JSON array.
        POD_ENI = "vpc.amazonaws.com/pod-eni";
        /// `auto`, `fargate` or `hybrid` on nodes of those kinds.
        COMPUTE_TYPE = "eks.amazonaws.com/compute-type";
        /// Managed node group.
        NODEGROUP = "eks.amazonaws.com/nodegroup";
        /// Karpenter's and Auto Mode's node pool.
        KARPENTER_NODEPOOL = "karpenter.sh/nodepool";
        /// Karpenter before v1beta1.
        KARPENTER_PROVISIONER = "karpenter.sh/provisioner-name";
        /// eksctl's unmanaged node groups.
        EKSCTL_NODEGROUP = "alpha.eksctl.io/nodegroup-name";
        /// Zone id such as `use1-az1`.
        ZONE_ID = "topology.k8s.aws/zone-id";
        /// Region such as `eu-west-1`.
        REGION = "topology.kubernetes.io/region";
        /// The EC2 instance type.
        INSTANCE_TYPE = "node.kubernetes.io/instance-type";
        /// The AMI of a managed node group's node.
        NODEGROUP_IMAGE = "eks.amazonaws.com/nodegroup-image";
        /// `virtual-kubelet` on virtual kubelets.
        TYPE = "type";
        /// A node's operating system.
        OS = "kubernetes.io/os";
        /// A node's processor architecture.
        ARCH = "kubernetes.io/arch";
        /// Written by Helm on what it installs.
        HELM_RELEASE = "meta.helm.sh/release-name";
    }
}

/// The kept entries of one map, by key.
#[derive(Clone, Default)]
pub struct Kept {
    entries: Vec<(Key, String)>,
    /// The key of the protobuf map entry that is being read, when it is one to keep.
    reading: Option<Key>,
}

impl Kept {
    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&str> {
        self.entries.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    /// All of them, in the order of keys.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &str)> {
        self.entries.iter().map(|(key, value)| (*key, value.as_str()))
    }

    /// Whether nothing was kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keeps `value` under `key`, in the order of keys.
    pub fn insert(&mut self, key: Key, value: String) {
        match self.entries.binary_search_by_key(&key, |(known, _)| *known) {
            Ok(at) => self.entries[at].1 = value,
            Err(at) => self.entries.insert(at, (key, value)),
        }
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries.iter().map(|(key, value)| (key.as_str(), value))).finish()
    }
}

/// A protobuf map is a repeated `{1: key, 2: value}`; declared as one message, prost merges each entry into it.
impl Message for Kept {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        for (key, value) in &self.entries {
            encoding::string::encode(1, &key.as_str().to_owned(), buf);
            encoding::string::encode(2, value, buf);
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        match (tag, self.reading) {
            (1, _) => {
                self.reading = read_key(wire_type, buf, ctx, Key::find)?.flatten();
                if let Some(key) = self.reading {
                    // Some writers leave out an empty value.
                    self.insert(key, String::new());
                }
                Ok(())
            }
            (2, Some(key)) => {
                let mut value = String::new();
                encoding::string::merge(wire_type, &mut value, buf, ctx)?;
                self.reading = None;
                self.insert(key, value);
                Ok(())
            }
            _ => encoding::skip_field(wire_type, tag, buf, ctx),
        }
    }

    fn encoded_len(&self) -> usize {
        self.entries
            .iter()
            .map(|(key, value)| {
                encoding::string::encoded_len(1, &key.as_str().to_owned()) + encoding::string::encoded_len(2, value)
            })
            .sum()
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.reading = None;
    }
}

/// Reads a map entry's key without a copy where the buffer lies in one piece, and asks `find` about it.
/// Keys longer than any label key may be (63 + 253 + 1 characters) are skipped.
pub(super) fn read_key<T>(
    wire_type: WireType,
    buf: &mut impl Buf,
    ctx: DecodeContext,
    find: impl FnOnce(&[u8]) -> T,
) -> Result<Option<T>, DecodeError> {
    const LONGEST: usize = 317;
    if wire_type != WireType::LengthDelimited {
        encoding::skip_field(wire_type, 1, buf, ctx)?;
        return Ok(None);
    }
    let len = usize::try_from(encoding::decode_varint(buf)?).unwrap_or(usize::MAX);
    if len > buf.remaining() {
        return Err(truncated());
    }
    if len > LONGEST {
        buf.advance(len);
        return Ok(None);
    }
    let found = if buf.chunk().len() >= len {
        let found = find(&buf.chunk()[..len]);
        buf.advance(len);
        found
    } else {
        let mut copy = [0; LONGEST];
        buf.copy_to_slice(&mut copy[..len]);
        find(&copy[..len])
    };
    Ok(Some(found))
}

/// prost's own error for a message that ends early; it has no public constructor.
pub(super) fn truncated() -> DecodeError {
    match encoding::decode_varint(&mut Bytes::new()) {
        Err(error) => error,
        Ok(_) => unreachable!("an empty buffer holds no number"),
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.entries.len()))?;
        for (key, value) in &self.entries {
            map.serialize_entry(key.as_str(), value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Kept;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_unit<E>(self) -> Result<Kept, E> {
                Ok(Kept::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kept, A::Error> {
                let mut kept = Kept::default();
                while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    match Key::find(key.as_bytes()) {
                        // As Go reads null.
                        Some(key) => kept.insert(key, map.next_value::<Option<String>>()?.unwrap_or_default()),
                        None => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(kept)
            }
        }
        from.deserialize_any(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The wire form of a protobuf map, as the API server writes it.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Wire {
        #[prost(btree_map = "string, string", tag = "11")]
        labels: std::collections::BTreeMap<String, String>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    struct Ours {
        #[prost(message, required, tag = "11")]
        labels: Kept,
    }

    #[test]
    fn known_keys_are_kept_from_both_encodings_and_the_rest_is_skipped() {
        let labels: std::collections::BTreeMap<_, _> =
            [("app", "web"), ("pod-template-hash", "abc"), (&"x".repeat(400), "long"), ("type", "")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into();
        let bytes = Wire { labels: labels.clone() }.encode_to_vec();
        let proto = Ours::decode(bytes.as_slice()).unwrap().labels;
        let json: Kept = serde_json::from_value(serde_json::to_value(labels).unwrap()).unwrap();
        assert_eq!(proto, json);
        assert_eq!(proto.get(keys::POD_TEMPLATE_HASH), Some("abc"));
        assert_eq!(proto.get(keys::TYPE), Some(""));
        assert_eq!(proto.get(keys::ZONE_ID), None);
        for cut in 0..bytes.len() {
            drop(Ours::decode(&bytes[..cut])); // never a panic
        }
    }

    #[test]
    fn null_is_an_empty_map() {
        assert!(serde_json::from_str::<Kept>("null").unwrap().is_empty());
        let kept: Kept = serde_json::from_str(r#"{"type": null, "app": null}"#).unwrap();
        assert_eq!(kept.iter().collect::<Vec<_>>(), [(keys::TYPE, "")], "a value too");
    }
}
