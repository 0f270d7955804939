//! The one extended resource that matters here, `vpc.amazonaws.com/pod-eni`, out of a resource list.

use std::fmt;

use prost::{
    DecodeError, Message,
    bytes::{Buf, BufMut},
    encoding::{self, DecodeContext, WireType},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::kept::read_key;

/// Branch ENIs in a resource list (aws/amazon-vpc-resource-controller-k8s, `pkg/config/type.go`).
const POD_ENI: &str = "vpc.amazonaws.com/pod-eni";

/// How many branch ENIs a resource list names; `None` where it names none, which is not the same as 0.
#[derive(Clone, Default)]
pub struct PodEni {
    count: Option<u32>,
    reading: bool,
}

impl PodEni {
    /// The number, where the resource is listed and is a whole number.
    #[must_use]
    pub fn get(&self) -> Option<u32> {
        self.count
    }
}

impl From<u32> for PodEni {
    fn from(count: u32) -> Self {
        Self { count: Some(count), reading: false }
    }
}

impl PartialEq for PodEni {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
    }
}

impl fmt::Debug for PodEni {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.count.fmt(f)
    }
}

/// `resource.Quantity` on the wire.
#[derive(Clone, PartialEq, prost::Message)]
struct Quantity {
    #[prost(string, tag = "1")]
    text: String,
}

/// A map of `{1: key, 2: Quantity}` entries, merged one by one.
impl Message for PodEni {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        if let Some(count) = self.count {
            encoding::string::encode(1, &POD_ENI.to_owned(), buf);
            encoding::message::encode(2, &Quantity { text: count.to_string() }, buf);
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => {
                self.reading = read_key(wire_type, buf, ctx, |key| key == POD_ENI.as_bytes())?.unwrap_or(false);
                Ok(())
            }
            2 if std::mem::take(&mut self.reading) => {
                let mut quantity = Quantity::default();
                encoding::message::merge(wire_type, &mut quantity, buf, ctx)?;
                self.count = quantity.text.parse().ok();
                Ok(())
            }
            _ => encoding::skip_field(wire_type, tag, buf, ctx),
        }
    }

    fn encoded_len(&self) -> usize {
        self.count.map_or(0, |count| {
            encoding::string::encoded_len(1, &POD_ENI.to_owned())
                + encoding::message::encoded_len(2, &Quantity { text: count.to_string() })
        })
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Serialize for PodEni {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        if let Some(count) = self.count {
            map.serialize_entry(POD_ENI, &count.to_string())?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for PodEni {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = PodEni;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a resource list")
            }

            fn visit_unit<E>(self) -> Result<PodEni, E> {
                Ok(PodEni::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PodEni, A::Error> {
                let mut list = PodEni::default();
                while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    if key == POD_ENI {
                        // Quantities are text, but a whole number is accepted too. Anything else is no count.
                        list.count = match map.next_value()? {
                            serde_json::Value::String(text) => text.parse().ok(),
                            number => number.as_u64().and_then(|number| number.try_into().ok()),
                        };
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(list)
            }
        }
        from.deserialize_any(List)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_text_and_nonsense() {
        for (json, count) in [
            (r#"{"cpu":"1","vpc.amazonaws.com/pod-eni":"1"}"#, Some(1)),
            (r#"{"vpc.amazonaws.com/pod-eni":18,"memory":"1Gi"}"#, Some(18)),
            (r#"{"vpc.amazonaws.com/pod-eni":"0"}"#, Some(0)),
            (r#"{"vpc.amazonaws.com/pod-eni":"-1"}"#, None),
            (r#"{"vpc.amazonaws.com/pod-eni":"99999999999999999999"}"#, None),
            (r#"{"cpu":"1"}"#, None),
            ("null", None),
        ] {
            assert_eq!(serde_json::from_str::<PodEni>(json).unwrap().get(), count, "{json}");
        }
    }

    #[test]
    fn the_wire_form_comes_back() {
        let bytes = PodEni::from(9).encode_to_vec();
        assert_eq!(PodEni::decode(bytes.as_slice()).unwrap().get(), Some(9));
    }
}
