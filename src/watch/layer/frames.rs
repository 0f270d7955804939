//! Protobuf watches: frames into lines.

use bytes::{Buf, Bytes, BytesMut};
use prost::Message;

use super::{
    Broken, MOST,
    emit::Emit,
    proto::{Bookmark, Identity, Unknown, WatchEvent},
    status::Status,
};
use crate::objects::Kind;

/// A frame's length stands before it in so many bytes.
const PREFIX: usize = 4;

/// What has arrived of a watch and makes no full frame yet.
#[derive(Debug)]
pub(super) struct Frames<K> {
    emit: Emit<K>,
    buffer: BytesMut,
}

impl<K: Kind> Frames<K> {
    pub fn new(emit: Emit<K>) -> Self {
        Self { emit, buffer: BytesMut::new() }
    }

    pub fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        self.buffer.extend_from_slice(chunk);
        while let Some(head) = self.buffer.first_chunk::<PREFIX>() {
            let len = usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX);
            if len > MOST {
                return Err(Broken::TooLarge { bytes: len });
            }
            if self.buffer.len() < PREFIX + len {
                self.buffer.reserve(PREFIX + len - self.buffer.len());
                break;
            }
            self.buffer.advance(PREFIX);
            let frame = self.buffer.split_to(len).freeze();
            if self.frame(frame, out).is_none() {
                self.emit.undecodable(&Identity::default());
            }
        }
        Ok(())
    }

    /// The stream is over.
    pub fn finish(&mut self) {
        if !self.buffer.is_empty() {
            self.buffer.clear();
            self.emit.cut("the watch ended inside a frame");
        }
    }

    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Translates a frame; `None` where it is none that is known.
    fn frame(&self, frame: Bytes, out: &mut Vec<u8>) -> Option<()> {
        let event = WatchEvent::decode(frame).ok()?;
        let object = Unknown::read(event.object.raw)?.raw;
        match event.r#type.as_str() {
            what @ ("ADDED" | "MODIFIED" | "DELETED") => {
                self.emit.event(what, self.emit.read_protobuf(&object), out);
            }
            "BOOKMARK" => {
                self.emit.saw_bookmark();
                self.emit.bookmark(&Bookmark::decode(object).ok()?, out);
            }
            "ERROR" => self.emit.line("ERROR", Status::from_protobuf(&object)?, out),
            _ => return None,
        }
        Some(())
    }
}
