//! `meta/v1.Status`: what the API server answers instead of an object.
//!
//! With protobuf in `Accept` errors come as protobuf too, and kube reads only JSON: without this its 403, 410 and 422
//! would be "Failed to parse error data".

use bytes::{Bytes, BytesMut};
use prost::Message;
use serde::{Deserialize, Serialize};

use super::{Encoding, mend, proto::Unknown};

/// The part of a `Status` that anybody reads.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the API's own name")]
pub(super) struct Status {
    /// `Success` or `Failure`.
    #[prost(string, tag = "2")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    #[prost(string, tag = "3")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    #[prost(string, tag = "4")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[prost(message, optional, tag = "5")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
    #[prost(int32, tag = "6")]
    pub code: i32,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Details {
    #[prost(int32, tag = "5")]
    pub retry_after_seconds: i32,
}

impl Status {
    /// How long the server wants to be left alone.
    pub fn retry_after(&self) -> Option<u64> {
        u64::try_from(self.details.as_ref()?.retry_after_seconds).ok().filter(|seconds| *seconds > 0)
    }

    /// kube's own `Status` takes numbers that are not negative, and a status only where it is one of two words.
    fn sane(mut self, http: Option<u16>) -> Self {
        if !u16::try_from(self.code).is_ok_and(|code| code > 0) {
            self.code = http.unwrap_or(500).into();
        }
        if !matches!(self.status.as_str(), "Success" | "Failure") {
            "Failure".clone_into(&mut self.status);
        }
        if let Some(details) = &mut self.details {
            details.retry_after_seconds = details.retry_after_seconds.max(0);
        }
        self
    }

    /// From the message inside an ERROR event.
    pub fn from_protobuf(raw: &Bytes) -> Option<Self> {
        mend::decode(raw).ok().map(|status: Self| status.sane(None))
    }
}

/// The body of an answer that is no success, gathered whole: they are short.
#[derive(Debug)]
pub(super) struct Failure {
    code: u16,
    encoding: Encoding,
    body: BytesMut,
}

/// An error page longer than this is cut.
const LONGEST: usize = 64 << 10;

impl Failure {
    pub fn new(code: u16, encoding: Encoding) -> Self {
        Self { code, encoding, body: BytesMut::new() }
    }

    pub fn feed(&mut self, chunk: &[u8]) {
        let room = LONGEST.saturating_sub(self.body.len());
        self.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }

    /// A `Status` as JSON, or the text as it came where it is none: kube makes a `Status` of its own around text, but
    /// stumbles over what is not UTF-8.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Option<Status> {
        let body = std::mem::take(&mut self.body).freeze();
        let status = match self.encoding {
            Encoding::Protobuf => {
                Unknown::read(body.clone()).and_then(|envelope| mend::decode::<Status>(&envelope.raw).ok())
            }
            Encoding::Json => serde_json::from_slice::<Status>(&body).ok(),
            Encoding::Other => None,
        };
        if let Some(status) = status.map(|status| status.sane(Some(self.code)))
            && serde_json::to_writer(&mut *out, &status).is_ok()
        {
            return Some(status);
        }
        out.clear();
        match self.encoding {
            // Bytes of an unknown message are no text for people.
            Encoding::Protobuf => out.extend_from_slice(b"an answer that cannot be read"),
            Encoding::Json | Encoding::Other => out.extend_from_slice(String::from_utf8_lossy(&body).as_bytes()),
        }
        None
    }
}
