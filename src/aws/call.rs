//! One call of an API: tells the observer of each attempt, and what the call failed with in the end.
//!
//! The SDK's orchestrator retries and times out; an interceptor sees each attempt end. Both services run on it, so both
//! are counted and judged here.

use std::{error::Error as StdError, fmt, marker::PhantomData, sync::Arc};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::FinalizerInterceptorContextRef, dyn_dispatch_hint},
        result::SdkError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{config_bag::ConfigBag, error::metadata::ProvideErrorMetadata};
use parking_lot::Mutex;

use super::{AwsError, ErrorKind, Observer, Outcome, Service, classify::classify, error::causes};

/// A call under way. `E` is the operation's error.
pub(super) struct Call<E> {
    service: Service,
    operation: &'static str,
    observer: Arc<dyn Observer>,
    last: Arc<Mutex<Option<AwsError>>>,
    error: PhantomData<fn() -> E>,
}

impl<E> Call<E>
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    pub(super) fn new(service: Service, operation: &'static str, observer: &Arc<dyn Observer>) -> Self {
        Self { service, operation, observer: Arc::clone(observer), last: Arc::default(), error: PhantomData }
    }

    /// To be put into the call.
    pub(super) fn attempts(&self) -> Attempts<E> {
        Attempts(Self {
            service: self.service,
            operation: self.operation,
            observer: Arc::clone(&self.observer),
            last: Arc::clone(&self.last),
            error: PhantomData,
        })
    }

    /// What the call came to. Its error is that of its last attempt: where the time for the whole call ran out between
    /// two attempts, that says more.
    pub(super) fn settle<T, R>(self, result: Result<T, SdkError<E, R>>) -> Result<T, AwsError>
    where
        R: fmt::Debug,
    {
        result.map_err(|error| {
            self.last.lock().take().unwrap_or_else(|| {
                let kind = match error {
                    SdkError::TimeoutError(_) => ErrorKind::TimedOut,
                    _ => ErrorKind::Other,
                };
                AwsError::new(kind, causes(&error))
            })
        })
    }
}

/// The interceptor of a [`Call`].
pub(super) struct Attempts<E>(Call<E>);

impl<E> fmt::Debug for Attempts<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attempts({})", self.0.operation)
    }
}

#[dyn_dispatch_hint]
impl<E> Intercept for Attempts<E>
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let call = &self.0;
        let failed = match context.output_or_error() {
            Some(Ok(_)) => None,
            Some(Err(error)) => {
                Some(classify::<E>(error, context.response().map(|response| response.status().as_u16())))
            }
            None => Some(AwsError::new(ErrorKind::Other, "the attempt came to nothing")),
        };
        let outcome = failed.as_ref().map_or(Outcome::Ok, |error| Outcome::Failed(error.kind));
        *call.last.lock() = failed;
        call.observer.attempted(call.service, call.operation, outcome);
        Ok(())
    }
}
