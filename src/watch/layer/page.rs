//! JSON lists.
//!
//! The page is gathered whole, as kube would do; its items are then read one by one from where they lie, so that one
//! that cannot be read does not cost the page.

use bytes::BytesMut;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Broken, MOST_OF_A_PAGE, emit::Emit, proto::ListMeta};
use crate::objects::Kind;

/// The body of an answer that holds a list.
#[derive(Debug)]
pub(super) struct Page<K> {
    emit: Emit<K>,
    buffer: BytesMut,
}

#[derive(Deserialize)]
struct Document<'a> {
    kind: Option<String>,
    #[serde(default)]
    metadata: ListMeta,
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
}

impl<K: Kind> Page<K> {
    pub fn new(emit: Emit<K>) -> Self {
        Self { emit, buffer: BytesMut::new() }
    }

    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Broken> {
        self.emit.progressed();
        let bytes = self.buffer.len() + chunk.len();
        if bytes > MOST_OF_A_PAGE {
            return Err(Broken::TooLarge { bytes });
        }
        self.buffer.extend_from_slice(chunk);
        Ok(())
    }

    /// The body is over. What is no list is passed on as it came.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let body = std::mem::take(&mut self.buffer);
        if self.list(&body, out).is_none() {
            out.clear();
            out.extend_from_slice(&body);
        }
    }

    fn list(&self, body: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let document = serde_json::from_slice::<Document>(body).ok()?;
        let kind = document.kind.unwrap_or_default();
        if !kind.ends_with("List") && document.items.is_none() {
            return None;
        }
        let types = serde_json::to_vec(&Emit::<K>::type_meta("List")).ok()?;
        out.extend_from_slice(types.strip_suffix(b"}")?);
        out.extend_from_slice(b",\"items\":[");
        let mut first = true;
        for item in document.items.unwrap_or_default() {
            if let Ok(object) = self.emit.read_json(item.get()) {
                self.emit.item(&object, &mut first, out);
            }
        }
        out.extend_from_slice(b"],\"metadata\":");
        serde_json::to_writer(&mut *out, &document.metadata).ok()?;
        out.push(b'}');
        Some(())
    }
}
