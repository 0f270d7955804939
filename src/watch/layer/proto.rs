//! The API's protobuf envelopes, only the tags that are read.
//!
//! Watch bodies are frames of a 4-byte big-endian length and a `WatchEvent`; objects in them and all other bodies are
//! `k8s\0` followed by a `runtime.Unknown`
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding>, and `generated.proto` of
//! `k8s.io/apimachinery/pkg/apis/meta/v1` and `k8s.io/apimachinery/pkg/runtime`).

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message;
use serde::{Deserialize, Serialize};

/// What every body that is not a watch, and every object in a watch, begins with.
pub(super) const MAGIC: &[u8] = b"k8s\0";

/// `meta/v1.WatchEvent` around a `runtime.RawExtension`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct WatchEvent {
    #[prost(string, tag = "1")]
    pub r#type: String,
    #[prost(message, required, tag = "2")]
    pub object: RawExtension,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct RawExtension {
    #[prost(bytes = "bytes", tag = "1")]
    pub raw: Bytes,
}

/// `runtime.Unknown`: which type, and the message itself.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Unknown {
    #[prost(message, required, tag = "1")]
    pub type_meta: TypeMeta,
    #[prost(bytes = "bytes", tag = "2")]
    pub raw: Bytes,
}

impl Unknown {
    /// Reads an envelope with its magic.
    pub fn read(mut bytes: Bytes) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        Self::decode(bytes.split_off(MAGIC.len())).ok()
    }
}

#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypeMeta {
    #[prost(string, tag = "1")]
    pub api_version: String,
    #[prost(string, tag = "2")]
    pub kind: String,
}

/// `meta/v1.ListMeta`.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ListMeta {
    #[prost(string, tag = "2")]
    pub resource_version: String,
    #[prost(string, tag = "3")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub r#continue: String,
}

/// The only part of a BOOKMARK's object that is set.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Bookmark {
    #[prost(message, required, tag = "1")]
    pub metadata: BookmarkMeta,
}

/// The annotation `k8s.io/initial-events-end` ends the initial list
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists>).
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookmarkMeta {
    #[prost(string, tag = "6")]
    pub resource_version: String,
    #[prost(btree_map = "string, string", tag = "12")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// Which object it was, where the rest does not decode.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Identity {
    #[prost(message, required, tag = "1")]
    pub metadata: IdentityMeta,
}

/// The part of `ObjectMeta` that says so.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct IdentityMeta {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, tag = "3")]
    pub namespace: String,
    #[prost(string, tag = "5")]
    pub uid: String,
    #[prost(string, tag = "6")]
    pub resource_version: String,
}

/// One field of a message that is still arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub tag: u32,
    /// Where its value begins, and how long that is.
    pub at: usize,
    pub len: usize,
    /// Whether it is bytes with a length: a text, a message.
    pub delimited: bool,
}

/// A message that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoMessage;

/// Reads a field's head. `None` where the head is not there in full; the value need not be there.
pub(super) fn field(bytes: &[u8]) -> Result<Option<Field>, NoMessage> {
    let Some((key, head)) = varint(bytes)? else { return Ok(None) };
    let tag = u32::try_from(key >> 3).map_err(|_| NoMessage)?;
    if tag == 0 {
        return Err(NoMessage);
    }
    let fixed = |len| Ok(Some(Field { tag, at: head, len, delimited: false }));
    match key & 7 {
        0 => match varint(&bytes[head..])? {
            Some((_, len)) => fixed(len),
            None => Ok(None),
        },
        1 => fixed(8),
        5 => fixed(4),
        2 => match varint(&bytes[head..])? {
            Some((len, size)) => {
                let len = usize::try_from(len).map_err(|_| NoMessage)?;
                Ok(Some(Field { tag, at: head + size, len, delimited: true }))
            }
            None => Ok(None),
        },
        _ => Err(NoMessage), // groups are not used in Kubernetes
    }
}

/// A number and how many bytes it takes; `None` where it is not there in full.
fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, NoMessage> {
    let mut value = 0;
    for (nth, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * nth);
        if byte & 0x80 == 0 {
            return Ok(Some((value, nth + 1)));
        }
    }
    if bytes.len() < 10 { Ok(None) } else { Err(NoMessage) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_as_soon_as_its_head_is_there() {
        let bytes = [0x12, 0xac, 0x02, b'x'];
        assert_eq!(field(&bytes[..1]), Ok(None));
        assert_eq!(field(&bytes[..2]), Ok(None));
        let expected = Field { tag: 2, at: 3, len: 300, delimited: true };
        assert_eq!(field(&bytes[..3]), Ok(Some(expected)));
        assert_eq!(field(&bytes), Ok(Some(expected)));
    }

    #[test]
    fn what_cannot_be_a_field_is_refused() {
        assert_eq!(field(&[0x00]), Err(NoMessage), "tag 0");
        assert_eq!(field(&[0x0b]), Err(NoMessage), "a group");
        assert_eq!(field(&[0xff; 11]), Err(NoMessage), "an endless number");
    }
}
