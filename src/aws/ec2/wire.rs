//! A request to EC2 and its answer: the parts that the SDK of a service puts together, put together by hand.
//!
//! The runtime is the SDK's (`aws-smithy-runtime`): it asks for credentials, signs, sends, judges what may be retried,
//! waits, slows down where AWS throttles, and keeps the times. The list of parts is that of a generated client
//! (`ServiceRuntimePlugin` in aws-sdk-eks).

use std::{error::Error as StdError, fmt, sync::Arc};

use aws_runtime::{
    auth::{
        SigV4OperationSigningConfig,
        sigv4::{SCHEME_ID, SigV4AuthScheme},
    },
    request_info::RequestInfoInterceptor,
    retries::classifiers::AwsErrorCodeClassifier,
    service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor},
    user_agent::{ApiMetadata, UserAgentInterceptor},
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
    stalled_stream_protection::StalledStreamProtectionInterceptor,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{
            AuthSchemeOptionResolverParams, SharedAuthSchemeOptionResolver,
            static_resolver::StaticAuthSchemeOptionResolver,
        },
        behavior_version::BehaviorVersion,
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        runtime_components::RuntimeComponentsBuilder,
        runtime_plugin::{SharedRuntimePlugin, StaticRuntimePlugin},
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::Layer,
    error::{ErrorMetadata, metadata::ProvideErrorMetadata},
};
use aws_types::{
    SdkConfig, SigningName,
    region::{Region, SigningRegion},
    service_config::ServiceConfigKey,
};

use super::{endpoint::endpoint, query::VERSION, xml};
use crate::aws::{AwsError, Observer, Service, call::Call};

/// Where requests go, and all that they need on the way.
pub(super) struct Wire {
    endpoint: String,
    /// Requests wait for each other by this name when AWS throttles: limits are per region.
    partition: String,
    parts: SharedRuntimePlugin,
    observer: Arc<dyn Observer>,
}

impl Wire {
    pub(super) fn new(config: &SdkConfig, region: &str, observer: Arc<dyn Observer>) -> Self {
        Self {
            endpoint: configured_endpoint(config).unwrap_or_else(|| {
                endpoint(region, config.use_fips().unwrap_or_default(), config.use_dual_stack().unwrap_or_default())
            }),
            partition: format!("ec2-{region}"),
            parts: SharedRuntimePlugin::new(
                StaticRuntimePlugin::new()
                    .with_config(settings(config, region).freeze())
                    .with_runtime_components(components(config)),
            ),
            observer,
        }
    }

    /// One request, with its retries.
    pub(super) async fn ask(&self, action: &'static str, body: String) -> Result<xml::Document, AwsError> {
        let call = Call::new(Service::Ec2, action, &self.observer);
        let operation = Operation::builder()
            .service_name(self.partition.clone())
            .operation_name(action)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .serializer(request)
            .deserializer(response)
            .with_connection_poisoning()
            .interceptor(call.attempts())
            .runtime_plugin(self.parts.clone())
            .build();
        call.settle(operation.invoke(body).await)
    }
}

/// What the program set, `AWS_ENDPOINT_URL_EC2` or its line in the profile, or `AWS_ENDPOINT_URL`, in this order, as for
/// every SDK: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
fn configured_endpoint(config: &SdkConfig) -> Option<String> {
    let general = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return general;
    }
    let key = ServiceConfigKey::builder().service_id("EC2").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    key.ok().and_then(|key| config.service_config()?.load_config(key)).or(general)
}

fn settings(config: &SdkConfig, region: &str) -> Layer {
    let mut layer = Layer::new("ec2");
    layer.store_put(ApiMetadata::new("ec2", VERSION));
    layer.store_put(SigningName::from_static("ec2"));
    layer.store_put(SigningRegion::from(Region::new(region.to_owned())));
    layer.store_put(SigV4OperationSigningConfig::default());
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_or_unset(config.app_name().cloned());
    layer.store_or_unset(config.retry_config().cloned());
    layer.store_or_unset(config.timeout_config().cloned());
    layer
}

fn components(config: &SdkConfig) -> RuntimeComponentsBuilder {
    let mut components = RuntimeComponentsBuilder::new("ec2")
        .with_http_client(config.http_client())
        .with_sleep_impl(config.sleep_impl())
        .with_time_source(config.time_source())
        .with_identity_cache(config.identity_cache())
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )))
        .with_interceptor(ServiceClockSkewInterceptor::new())
        .with_interceptor(RequestInfoInterceptor::new())
        .with_interceptor(UserAgentInterceptor::new())
        .with_interceptor(StalledStreamProtectionInterceptor::default())
        .with_retry_classifier(HttpStatusCodeClassifier::default())
        .with_retry_classifier(TransientErrorClassifier::<Refused>::new())
        .with_retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
        .with_retry_classifier(ServiceClockSkewClassifier::<Refused>::new());
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    components
}

fn request(body: String) -> Result<HttpRequest, BoxError> {
    let request = http::Request::post("/")
        .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(http::header::CONTENT_LENGTH, body.len())
        .body(SdkBody::from(body))?;
    Ok(request.try_into()?)
}

fn response(response: &HttpResponse) -> Result<xml::Document, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return xml::read(body).map_err(|text| OrchestratorError::operation(Refused::unreadable(text)));
    }
    Err(OrchestratorError::operation(match xml::read::<xml::Refusal>(body) {
        Ok(xml::Refusal::Response { errors }) => Refused::from(errors),
        Err(text) => Refused::unreadable(text),
    }))
}

/// What EC2 answered other than what was asked for. Without a code, it is no answer of EC2.
#[derive(Debug)]
struct Refused(ErrorMetadata);

impl Refused {
    fn unreadable(text: String) -> Self {
        Self(ErrorMetadata::builder().message(text).build())
    }
}

impl From<xml::Errors> for Refused {
    fn from(errors: xml::Errors) -> Self {
        let mut about = ErrorMetadata::builder();
        if let Some(error) = errors.error.into_iter().next() {
            about = about.code(error.code).message(error.message.unwrap_or_default());
        }
        Self(about.build())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message().unwrap_or("no message"))
    }
}

impl StdError for Refused {}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}
