//! Which class an error of the SDK's runtime is of.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_smithy_runtime_api::client::{
    interceptors::context::Error, orchestrator::OrchestratorError, result::ConnectorError,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{
    AwsError, ErrorKind,
    error::{causes, code_below},
};

/// Codes that say that the credentials will not do, whatever the HTTP status. Source: pages "Common Errors" of the API
/// references of Amazon EKS and AWS STS, and "Error codes" of Amazon EC2.
const DENIED: [&str; 15] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "Blocked",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

/// What is said of credentials that did not come.
pub(super) const LATE: &str = "credentials not fetched in time";

/// Judges an error of one attempt; `status` is that of the answer, where one came.
pub(super) fn classify<E>(error: &OrchestratorError<Error>, status: Option<u16>) -> AwsError
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    if let Some(refused) = error.as_operation_error().and_then(|erased| erased.downcast_ref::<E>()) {
        return refusal(refused, status.unwrap_or_default());
    }
    if let Some(cause) = about_credentials(error) {
        if let CredentialsError::ProviderTimedOut(after) = cause {
            let text = format!("{LATE} ({:?})", after.timeout_duration());
            return AwsError::new(ErrorKind::NoCredentials, text);
        }
        let text = causes(cause);
        return match code_below(cause) {
            Some(code) => AwsError::coded(ErrorKind::NoCredentials, code, text),
            None => AwsError::new(ErrorKind::NoCredentials, text),
        };
    }
    let kind = if error.is_timeout_error() {
        ErrorKind::TimedOut
    } else if let Some(connector) = error.as_connector_error() {
        by_connector(connector)
    } else if error.is_response_error() {
        // The head of the answer came, and its body did not.
        ErrorKind::Transport
    } else {
        ErrorKind::Other
    };
    AwsError::new(kind, causes(error))
}

fn by_connector(error: &ConnectorError) -> ErrorKind {
    if error.is_timeout() { ErrorKind::TimedOut } else { ErrorKind::Transport }
}

/// The service answered, and not with what was asked for.
fn refusal<E: StdError + ProvideErrorMetadata>(error: &E, status: u16) -> AwsError {
    let Some(code) = error.code() else {
        return AwsError::new(by_status(status), format!("HTTP status {status}: {}", causes(error)));
    };
    AwsError::coded(by_code(code, status), code, error.message().unwrap_or_default())
}

/// Without a code the answer is not one of AWS, but what stands before AWS may be throttling or down.
fn by_status(status: u16) -> ErrorKind {
    match status {
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Unreadable,
    }
}

fn by_code(code: &str, status: u16) -> ErrorKind {
    if THROTTLING_ERRORS.contains(&code) || status == 429 {
        ErrorKind::Throttled
    } else if DENIED.contains(&code) || matches!(status, 401 | 403) {
        ErrorKind::Denied
    } else if code == "ResourceNotFoundException" || code.ends_with(".NotFound") {
        ErrorKind::NotFound
    } else if matches!(status, 500..=599) {
        ErrorKind::Server
    } else {
        ErrorKind::Other
    }
}

/// What the credentials chain says, below what the orchestrator wraps around it.
fn about_credentials<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a CredentialsError> {
    error.downcast_ref().or_else(|| error.source().and_then(about_credentials))
}
