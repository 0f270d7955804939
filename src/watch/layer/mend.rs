//! Text that is not UTF-8 in protobuf messages.
//!
//! Go does not look at what it puts into a protobuf string: a kubelet that cuts an error message in the middle of a
//! character stores just that, and the API server hands it out again (seen with Kubernetes 1.36, an event's message;
//! in JSON the same byte is U+FFFD). prost refuses the whole object for it. Losing exactly the events about odd
//! failures would not do, so such texts are mended and the object is read again.

use bytes::{Bytes, BytesMut};
use prost::{DecodeError, Message};

use super::proto::field;

/// Messages are not nested deeper in any object.
const DEEPEST: u8 = 32;

/// Reads a message, the second time without what is no UTF-8.
pub(super) fn decode<M: Message + Default>(raw: &Bytes) -> Result<M, DecodeError> {
    decode_by(M::decode, raw)
}

/// The same for what decodes by a function of its own.
pub(super) fn decode_by<T>(read: impl Fn(Bytes) -> Result<T, DecodeError>, raw: &Bytes) -> Result<T, DecodeError> {
    read(raw.clone()).or_else(|error| {
        let mut copy = BytesMut::from(raw.as_ref());
        if mend(&mut copy, DEEPEST) { read(copy.freeze()) } else { Err(error) }
    })
}

/// Puts question marks in the place of bytes that are no UTF-8, so that no length changes. The schema is not known
/// here: a value that reads as a message to its very end is taken for one, and human text does not.
fn mend(message: &mut [u8], deeper: u8) -> bool {
    let (mut at, mut mended) = (0, false);
    while let Ok(Some(head)) = field(&message[at..]) {
        let start = at + head.at;
        let Some(value) = start.checked_add(head.len).and_then(|end| message.get_mut(start..end)) else { break };
        at = start + head.len;
        if head.delimited && std::str::from_utf8(value).is_err() {
            mended |= if deeper > 0 && is_message(value) { mend(value, deeper - 1) } else { mend_text(value) };
        }
    }
    mended
}

fn is_message(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let Ok(Some(head)) = field(bytes) else { return false };
        let Some(rest) = head.at.checked_add(head.len).and_then(|end| bytes.get(end..)) else { return false };
        bytes = rest;
    }
    true
}

fn mend_text(text: &mut [u8]) -> bool {
    let bad: Vec<_> = text
        .utf8_chunks()
        .scan(0, |at, chunk| {
            let start = *at + chunk.valid().len();
            *at = start + chunk.invalid().len();
            Some(start..*at)
        })
        .collect();
    for range in bad {
        text[range].fill(b'?');
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::Event;
    use proptest::prelude::*;

    fn event(message: &[u8]) -> Bytes {
        let mut event = Event { reason: "Größe".to_owned(), ..Event::default() };
        event.metadata.name = "web.1".to_owned();
        event.metadata.resource_version = "7".to_owned();
        event.message = "x".repeat(message.len());
        let mut bytes = event.encode_to_vec();
        let at = bytes.windows(message.len()).position(|window| window == event.message.as_bytes()).unwrap();
        bytes[at..at + message.len()].copy_from_slice(message);
        bytes.into()
    }

    #[test]
    fn a_message_cut_in_the_middle_of_a_character_is_read() {
        let raw = event(b"exec /bin/gr\xc3\xb6\xc3");
        assert!(Event::decode(raw.clone()).is_err());
        let event: Event = decode(&raw).unwrap();
        assert_eq!(event.message, "exec /bin/grö?");
        assert_eq!((event.metadata.name.as_str(), event.reason.as_str()), ("web.1", "Größe"), "the rest stays");
    }

    #[test]
    fn a_message_that_is_none_stays_none() {
        assert!(decode::<Event>(&Bytes::from_static(&[0x12, 0x7f, 1, 2])).is_err());
    }

    proptest! {
        #[test]
        fn any_damage_is_borne(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            drop(decode::<Event>(&bytes.into()));
        }

        #[test]
        fn damaged_text_rarely_costs_the_event(text in "[ -~]{8,60}", at: prop::sample::Index, byte in 0x80u8..) {
            let mut text = text.into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            // A text may read as a message by accident; then the event is lost, as it would be without all this.
            prop_assume!(!is_message(&text));
            prop_assert!(decode::<Event>(&event(&text)).is_ok());
        }
    }
}
