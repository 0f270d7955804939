//! `metav1.Time` and `MicroTime`: RFC 3339 text in JSON, seconds and nanoseconds in protobuf.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time that may be unset.
///
/// The API treats the Unix epoch as "no time" (`Time.Unmarshal` in apimachinery turns 0 seconds into the zero time),
/// and containerd reports 1970 for containers that never started, so both read as unset here.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Time {
    /// Seconds since the epoch.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// Nanoseconds of that second.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

impl Time {
    /// The time, unless it is unset or outside what a timestamp can be.
    #[must_use]
    pub fn get(self) -> Option<Timestamp> {
        if self.seconds == 0 && self.nanos == 0 {
            return None;
        }
        Timestamp::new(self.seconds, self.nanos).ok()
    }

    /// Whether there is a time.
    #[must_use]
    pub fn is_set(self) -> bool {
        self.get().is_some()
    }
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.get() {
            Some(at) => to.collect_str(&at),
            None => to.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    /// A time that cannot be read is unset: one odd field must not lose the object.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Option::<std::borrow::Cow<'de, str>>::deserialize(from)?;
        let at = text.and_then(|text| text.parse::<Timestamp>().ok());
        Ok(at.map_or_else(Self::default, Self::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_null_and_nonsense_are_no_time() {
        for text in ["null", r#""1970-01-01T00:00:00Z""#, r#""yesterday""#, r#""""#] {
            let time: Time = serde_json::from_str(text).unwrap();
            assert_eq!(time.get(), None, "{text}");
        }
        assert_eq!(Time { seconds: i64::MAX, nanos: -1 }.get(), None);
    }

    #[test]
    fn text_and_numbers_are_the_same_time() {
        let time: Time = serde_json::from_str(r#""2026-04-29T10:00:00.250000Z""#).unwrap();
        assert_eq!(time, Time { seconds: 1_777_456_800, nanos: 250_000_000 });
        assert_eq!(serde_json::to_string(&time).unwrap(), r#""2026-04-29T10:00:00.25Z""#);
    }
}
