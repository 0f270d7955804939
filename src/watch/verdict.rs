//! What an error of kube's watcher means, and what to do about it.

use kube::{core::Status, runtime::watcher};

use super::{
    health::{Reason, one_line},
    layer::Broken,
};

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Wait, and let kube go on where it was.
    Resume,
    /// Wait, and list anew.
    Renew,
    /// Do not ask for streaming lists again.
    NoStreaming,
    /// Forget; wait, and list anew in case the right is given (back).
    Forbidden,
    /// Forget: the API server does not know the kind.
    Absent,
}

/// Judges an error; `streaming` says whether streaming lists were asked for.
pub(super) fn judge(error: &watcher::Error, streaming: bool) -> (Reason, Verdict) {
    use watcher::Error::{InitialListFailed, NoResourceVersion, WatchError, WatchFailed, WatchStartFailed};
    match error {
        // Servers without WatchList refuse `sendInitialEvents`; kube does not fall back by itself (kube-rs/kube#2010).
        WatchStartFailed(kube::Error::Api(status)) if streaming && status.code == 422 => {
            (Reason::Other, Verdict::NoStreaming)
        }
        InitialListFailed(error) | WatchStartFailed(error) | WatchFailed(error) => judge_client(error),
        WatchError(status) => by_status(status),
        NoResourceVersion => (Reason::Other, Verdict::Renew),
    }
}

/// [`judge`] for an error of kube's client.
pub(super) fn judge_client(error: &kube::Error) -> (Reason, Verdict) {
    match error {
        kube::Error::Api(status) => by_status(status),
        kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) | kube::Error::LinesCodecMaxLineLengthExceeded => {
            (Reason::Decode, Verdict::Resume)
        }
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => by_cause(error),
        _ => (Reason::Other, Verdict::Resume),
    }
}

fn by_status(status: &Status) -> (Reason, Verdict) {
    match status.code {
        // Credentials that expired are renewed under us; what is known stays until it is stale.
        401 => (Reason::Forbidden, Verdict::Resume),
        403 => (Reason::Forbidden, Verdict::Forbidden),
        404 => (Reason::Other, Verdict::Absent),
        // kube would resume from the same version where the 410 is the answer to a watch request.
        410 => (Reason::Expired, Verdict::Renew),
        429 => (Reason::Throttled, Verdict::Resume),
        500..=599 => (Reason::Server, Verdict::Resume),
        _ => (Reason::Other, Verdict::Renew),
    }
}

/// A connection's error, or our own layer's somewhere below it.
fn by_cause(error: &kube::Error) -> (Reason, Verdict) {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref::<Broken>() {
            Some(Broken::TooLarge { .. } | Broken::Malformed) => return (Reason::Decode, Verdict::Renew),
            Some(Broken::Cut | Broken::Silent { .. }) => break,
            None => cause = error.source(),
        }
    }
    (Reason::Transport, Verdict::Resume)
}

/// The error in one short line for people. kube's own text repeats the `Status` in Rust's debug form.
pub(super) fn describe(error: &watcher::Error) -> String {
    use watcher::Error::{InitialListFailed, NoResourceVersion, WatchError, WatchFailed, WatchStartFailed};
    match error {
        WatchError(status) => of_status(status),
        InitialListFailed(error) | WatchStartFailed(error) | WatchFailed(error) => describe_client(error),
        NoResourceVersion => error.to_string(),
    }
}

/// [`describe`] for an error of kube's client.
pub(super) fn describe_client(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => of_status(status),
        // serde quotes what it found, and that is part of a body.
        kube::Error::SerdeError(error) => {
            format!("an answer that cannot be read (line {} column {})", error.line(), error.column())
        }
        _ => one_line(&deepest(error)),
    }
}

fn of_status(status: &Status) -> String {
    let text = if status.message.is_empty() { &status.reason } else { &status.message };
    one_line(&format!("{} {text}", status.code))
}

/// The innermost cause is the one that says something: `Connection refused`.
fn deepest(error: &kube::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
