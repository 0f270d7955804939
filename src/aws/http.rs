//! How requests leave: through the proxy that the environment names, or directly.

use std::net::IpAddr;

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connector_metadata::ConnectorMetadata,
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::HttpRequest,
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::config_bag::ConfigBag;

/// The client of every request to AWS, credentials included. `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count,
/// in capitals or not.
pub(super) fn client() -> SharedHttpClient {
    // The builder's plain way to a client with TLS has no place for a proxy.
    let proxied = Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build()
    });
    // What is of the node speaks HTTP without TLS, so that no certificates are read for it.
    SharedHttpClient::new(Client { proxied, direct: Builder::new().build_http() })
}

#[derive(Debug)]
struct Client {
    proxied: SharedHttpClient,
    direct: SharedHttpClient,
}

#[derive(Debug)]
struct Routes {
    proxied: SharedHttpConnector,
    direct: SharedHttpConnector,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Routes {
            proxied: self.proxied.http_connector(settings, components),
            direct: self.direct.http_connector(settings, components),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.proxied.validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.proxied.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.proxied.connector_metadata()
    }
}

impl HttpConnector for Routes {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if is_of_the_node(request.uri()) { self.direct.call(request) } else { self.proxied.call(request) }
    }
}

/// The agent of EKS Pod Identity (`169.254.170.23`, `fd00:ec2::23`) and the instance's metadata (`169.254.169.254`,
/// `fd00:ec2::254`) are of the node itself. A proxy has none, or those of its own node. Sources: "EKS Pod Identity Agent" in
/// the Amazon EKS User Guide, "Instance metadata" in the Amazon EC2 User Guide.
fn is_of_the_node(url: &str) -> bool {
    let host = url.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_owned)).unwrap_or_default();
    match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(IpAddr::V4(address)) => address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.segments().starts_with(&[0xfd00, 0x0ec2]),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_of_the_node_are_asked_without_a_proxy_and_nobody_else_is() {
        for node in [
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "http://169.254.169.254/latest/api/token",
            "http://[fd00:ec2::254]/latest",
        ] {
            assert!(is_of_the_node(node), "{node}");
        }
        for other in [
            "https://eks.eu-central-1.amazonaws.com/clusters",
            "http://169.254.170.23.example.com/",
            "http://127.0.0.1:80/",
            "http://[fd00:ec3::23]/",
            "/v1/credentials",
        ] {
            assert!(!is_of_the_node(other), "{other}");
        }
    }
}
