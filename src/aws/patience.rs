//! Credentials are not waited for as long as an attempt lasts: what did not come in time is then told as what it is, and
//! not as a time-out of the service, which was never asked.

use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        identity::{
            IdentityFuture, ResolveCachedIdentity, ResolveIdentity as _, SharedIdentityCache, SharedIdentityResolver,
        },
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use tokio::time::timeout;

/// A cache of identities that gives up after a while, for each who asks. The cache's own time-out is longer, says nothing
/// that could be told from other errors, and does not count for those who wait while another call has it load.
#[derive(Debug)]
pub(super) struct Impatient {
    pub(super) cache: SharedIdentityCache,
    pub(super) patience: Duration,
}

impl ResolveCachedIdentity for Impatient {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        IdentityFuture::new(async move {
            let found = self.cache.resolve_cached_identity(resolver.clone(), components, config);
            match timeout(self.patience, found).await {
                Ok(found) => found,
                // Those of the instance's metadata are good for a while after they have expired, says the provider.
                Err(_) => resolver
                    .fallback_on_interrupt()
                    .ok_or_else(|| CredentialsError::provider_timed_out(self.patience).into()),
            }
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.cache.validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.cache.validate_final_config(components, config)
    }
}
