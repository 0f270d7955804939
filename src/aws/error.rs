//! How a read of AWS can fail, in the classes that somebody acts on.

use std::{borrow::Cow, error::Error as StdError, fmt};

use aws_smithy_types::error::ErrorMetadata;
use thiserror::Error;

/// A read that failed: of what class, with AWS's code where it gave one, and a short text.
///
/// Nothing here is secret, and nothing is trusted: the text is one line of bounded length without control characters.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{kind}: {}", self.words())]
pub struct AwsError {
    /// The class.
    pub kind: ErrorKind,
    /// AWS's code, such as `ResourceNotFoundException`.
    pub code: Option<String>,
    /// What AWS or the transport said.
    pub text: String,
}

/// The classes of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The credentials do not give the right, are expired, or are of nobody AWS knows.
    Denied,
    /// AWS wants fewer requests.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// AWS says, with its code, that the thing does not exist. A bare HTTP status 404 is [`ErrorKind::Unreadable`]: it
    /// comes from a proxy or a wrong endpoint, and says nothing about the thing.
    NotFound,
    /// No connection, or it broke.
    Transport,
    /// AWS failed (5xx).
    Server,
    /// The answer is not what the API sends.
    Unreadable,
    /// The chain has no credentials, or they could not be fetched.
    NoCredentials,
    /// Whatever else AWS refused.
    Other,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Denied,
        Self::Throttled,
        Self::TimedOut,
        Self::NotFound,
        Self::Transport,
        Self::Server,
        Self::Unreadable,
        Self::NoCredentials,
        Self::Other,
    ];

    /// For labels.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::TimedOut => "timeout",
            Self::NotFound => "not_found",
            Self::Transport => "transport",
            Self::Server => "server",
            Self::Unreadable => "unreadable",
            Self::NoCredentials => "no_credentials",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Longer texts are cut: AWS repeats whole ARNs and policies.
const LONGEST: usize = 500;

impl AwsError {
    /// An error without a code of AWS.
    pub fn new(kind: ErrorKind, text: impl AsRef<str>) -> Self {
        Self { kind, code: None, text: one_line(text.as_ref()) }
    }

    /// An error with AWS's code.
    pub fn coded(kind: ErrorKind, code: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self { kind, code: Some(one_line(code.as_ref())), text: one_line(text.as_ref()) }
    }

    /// The code and the text, the code once.
    fn words(&self) -> Cow<'_, str> {
        match &self.code {
            Some(code) if self.text.is_empty() => code.into(),
            Some(code) if !self.text.contains(code.as_str()) => format!("{code}: {}", self.text).into(),
            _ => self.text.as_str().into(),
        }
    }

    /// Asking for more of the same now is of no use: it would fail alike, or make it worse.
    #[must_use]
    pub const fn is_of_everything(&self) -> bool {
        matches!(self.kind, ErrorKind::Throttled | ErrorKind::TimedOut | ErrorKind::NoCredentials)
    }

    /// AWS says that the thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }
}

/// An error and what caused it, each in its own words. What they hold is not shown: it may be whole answers, and the id of
/// a request, by which the same error would be another one each time.
pub(super) fn causes(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.downcast_ref::<ErrorMetadata>().map_or_else(
            || error.to_string(),
            |service| format!("{}: {}", service.code().unwrap_or("no code"), service.message().unwrap_or("no message")),
        );
        text = format!("{text}: {words}");
        cause = error.source();
    }
    text
}

/// The code that a service gave, somewhere below what is wrapped around it.
pub(super) fn code_below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a str> {
    error.downcast_ref::<ErrorMetadata>().and_then(ErrorMetadata::code).or_else(|| error.source().and_then(code_below))
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::error::CredentialsError;

    use super::*;

    #[test]
    fn the_code_is_told_once() {
        let told = |code, text| AwsError::coded(ErrorKind::Denied, code, text).to_string();
        assert_eq!(told("AccessDenied", "not authorized"), "denied: AccessDenied: not authorized");
        assert_eq!(told("AccessDenied", "an error: AccessDenied: no"), "denied: an error: AccessDenied: no");
        assert_eq!(told("AccessDenied", ""), "denied: AccessDenied");
        assert_eq!(AwsError::new(ErrorKind::TimedOut, "late").to_string(), "timeout: late");
    }

    #[test]
    fn the_same_refusal_of_sts_is_the_same_text_whatever_the_request_id() {
        let refused = |id: &str| {
            let service =
                ErrorMetadata::builder().code("AccessDenied").message("Not authorized").custom("aws_request_id", id);
            CredentialsError::provider_error(service.build())
        };
        let (one, other) = (refused("one"), refused("other"));
        assert_eq!(causes(&one), "an error occurred while loading credentials: AccessDenied: Not authorized");
        assert_eq!(causes(&one), causes(&other));
        assert_eq!(code_below(&one), Some("AccessDenied"));
    }
}
