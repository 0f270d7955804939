//! Protobuf lists and single objects, item by item as the bytes arrive.
//!
//! A page of 500 pods is 5 MB of protobuf; of it only the item that is arriving is held, and what leaves is the short
//! JSON. The list's own metadata is written last: the order of keys means nothing in JSON.

use bytes::{Buf, Bytes, BytesMut};
use prost::Message;

use super::{
    Broken, MOST,
    emit::Emit,
    proto::{Field, ListMeta, MAGIC, NoMessage, TypeMeta, Unknown, field},
};
use crate::objects::Kind;

/// The body of an answer that holds a list or one object.
#[derive(Debug)]
pub(super) struct List<K> {
    emit: Emit<K>,
    buffer: BytesMut,
    place: Place,
    first: bool,
    meta: ListMeta,
}

/// Where in the body the buffer begins.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// Before anything.
    Start,
    /// Among the fields of the envelope.
    Envelope { opened: bool },
    /// Among the fields of the list, so many bytes before its end.
    Items { left: usize },
    /// Skipping a value of the envelope or the list that nobody reads, however long.
    Skipping { left: usize, then: Option<usize> },
    /// In an object that is no list: gathered whole.
    Object,
}

impl<K: Kind> List<K> {
    pub fn new(emit: Emit<K>) -> Self {
        Self { emit, buffer: BytesMut::new(), place: Place::Start, first: true, meta: ListMeta::default() }
    }

    pub fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        self.emit.progressed();
        self.buffer.extend_from_slice(chunk);
        while self.step(out)? {}
        Ok(())
    }

    /// The body is over: closes the list, or says that it is not whole. Half a list taken for a whole one would make
    /// the other half vanish.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        match self.place {
            Place::Envelope { opened: true } if self.buffer.is_empty() => {
                out.extend_from_slice(b"],\"metadata\":");
                serde_json::to_writer(&mut *out, &self.meta).map_err(|_| Broken::Malformed)?;
                out.push(b'}');
                Ok(())
            }
            Place::Object => {
                let body = std::mem::take(&mut self.buffer).freeze();
                self.object(body, out)
            }
            _ => Err(Broken::Cut),
        }
    }

    /// Takes one thing off the buffer; false where more bytes are needed.
    fn step(&mut self, out: &mut Vec<u8>) -> Result<bool, Broken> {
        match self.place {
            Place::Start => {
                let known = self.buffer.len().min(MAGIC.len());
                if self.buffer[..known] != MAGIC[..known] {
                    return Err(Broken::Malformed);
                }
                if known < MAGIC.len() {
                    return Ok(false);
                }
                self.start(out)
            }
            Place::Envelope { opened } => self.envelope_field(opened),
            Place::Items { left: 0 } => {
                self.place = Place::Envelope { opened: true };
                Ok(true)
            }
            Place::Items { left } => self.list_field(left, out),
            Place::Skipping { left, then } => {
                let now = left.min(self.buffer.len());
                self.buffer.advance(now);
                self.place = match (left - now, then) {
                    (0, Some(left)) => Place::Items { left },
                    (0, None) => Place::Envelope { opened: true },
                    (left, then) => Place::Skipping { left, then },
                };
                Ok(left == now)
            }
            Place::Object if self.buffer.len() > MOST => Err(Broken::TooLarge { bytes: self.buffer.len() }),
            Place::Object => Ok(false),
        }
    }

    /// The envelope's first field says what it holds. The magic stays until that is there, for a single object needs
    /// it again.
    fn start(&mut self, out: &mut Vec<u8>) -> Result<bool, Broken> {
        let body = &self.buffer[MAGIC.len()..];
        let Some(head) = field(body)? else { return Ok(false) };
        if head.tag != 1 || !head.delimited {
            return Err(Broken::Malformed);
        }
        let end = end_of(head)?;
        if body.len() < end {
            return Ok(false);
        }
        let types = TypeMeta::decode(&body[head.at..end]).map_err(|_| Broken::Malformed)?;
        if types.kind.ends_with("List") {
            self.buffer.advance(MAGIC.len() + end);
            self.place = Place::Envelope { opened: false };
            out.push(b'{');
            Self::write_types(out)?;
            out.extend_from_slice(b",\"items\":[");
        } else {
            self.place = Place::Object;
        }
        Ok(true)
    }

    /// `"apiVersion":…,"kind":…`: the kind's own, also where the server calls it `PartialObjectMetadataList`.
    fn write_types(out: &mut Vec<u8>) -> Result<(), Broken> {
        let types = serde_json::to_vec(&Emit::<K>::type_meta("List")).map_err(|_| Broken::Malformed)?;
        out.extend_from_slice(types.strip_prefix(b"{").and_then(|types| types.strip_suffix(b"}")).unwrap_or_default());
        Ok(())
    }

    fn envelope_field(&mut self, opened: bool) -> Result<bool, Broken> {
        let Some(head) = field(&self.buffer)? else { return Ok(false) };
        self.buffer.advance(head.at);
        self.place = if head.tag == 2 && head.delimited && !opened {
            Place::Items { left: head.len }
        } else {
            Place::Skipping { left: head.len, then: None }
        };
        Ok(true)
    }

    fn list_field(&mut self, left: usize, out: &mut Vec<u8>) -> Result<bool, Broken> {
        let Some(head) = field(&self.buffer[..left.min(self.buffer.len())])? else {
            return if self.buffer.len() < left { Ok(false) } else { Err(Broken::Malformed) };
        };
        let end = end_of(head)?;
        let left = left.checked_sub(end).ok_or(Broken::Malformed)?;
        if !(matches!(head.tag, 1 | 2) && head.delimited) {
            self.buffer.advance(head.at);
            self.place = Place::Skipping { left: head.len, then: Some(left) };
            return Ok(true);
        }
        if self.buffer.len() < end {
            self.buffer.reserve(end - self.buffer.len());
            return Ok(false);
        }
        self.buffer.advance(head.at);
        let value = self.buffer.split_to(head.len).freeze();
        if head.tag == 1 {
            self.meta = ListMeta::decode(value).map_err(|_| Broken::Malformed)?;
        } else if let Ok(object) = self.emit.read_protobuf(&value) {
            self.emit.item(&object, &mut self.first, out);
        }
        self.place = Place::Items { left };
        Ok(true)
    }

    fn object(&self, body: Bytes, out: &mut Vec<u8>) -> Result<(), Broken> {
        let envelope = Unknown::read(body).ok_or(Broken::Malformed)?;
        let object = self.emit.read_protobuf(&envelope.raw).map_err(|_| Broken::Malformed)?;
        serde_json::to_writer(out, &object).map_err(|_| Broken::Malformed)
    }
}

/// Where a field ends that may be no longer than an object can be.
fn end_of(head: Field) -> Result<usize, Broken> {
    if head.len > MOST { Err(Broken::TooLarge { bytes: head.len }) } else { Ok(head.at + head.len) }
}

impl From<NoMessage> for Broken {
    fn from(_: NoMessage) -> Self {
        Self::Malformed
    }
}
