//! JSON watches: lines into shorter lines.
//!
//! What is not understood is passed on as it came, so that kube makes its own error of it.

use std::borrow::Cow;

use bytes::{Buf, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Broken, MOST, emit::Emit};
use crate::objects::Kind;

/// What has arrived of a watch and makes no full line yet.
#[derive(Debug)]
pub(super) struct Lines<K> {
    emit: Emit<K>,
    buffer: BytesMut,
    /// Up to where the buffer is known to hold no end of line.
    searched: usize,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

impl<K: Kind> Lines<K> {
    pub fn new(emit: Emit<K>) -> Self {
        Self { emit, buffer: BytesMut::new(), searched: 0 }
    }

    pub fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        self.buffer.extend_from_slice(chunk);
        while let Some(end) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') {
            let line = self.buffer.split_to(self.searched + end);
            self.buffer.advance(1);
            self.searched = 0;
            if line.len() > MOST {
                return Err(Broken::TooLarge { bytes: line.len() });
            }
            self.line(&line, out);
        }
        self.searched = self.buffer.len();
        if self.searched > MOST {
            return Err(Broken::TooLarge { bytes: self.searched });
        }
        Ok(())
    }

    /// The stream is over. A line that is whole but for its end is as good as any; half of one is dropped.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let rest = std::mem::take(&mut self.buffer);
        self.searched = 0;
        if serde_json::from_slice::<Event>(&rest).is_ok() {
            self.line(&rest, out);
        } else if !rest.trim_ascii().is_empty() {
            self.emit.cut("the watch ended inside a line");
        }
    }

    fn line(&self, line: &[u8], out: &mut Vec<u8>) {
        let Ok(event) = serde_json::from_slice::<Event>(line) else {
            if !line.trim_ascii().is_empty() {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            return;
        };
        match event.r#type.as_ref() {
            what @ ("ADDED" | "MODIFIED" | "DELETED") => {
                self.emit.event(what, self.emit.read_json(event.object.get()), out);
            }
            what => {
                if what == "BOOKMARK" {
                    self.emit.saw_bookmark();
                }
                out.extend_from_slice(line);
                out.push(b'\n');
            }
        }
    }
}
