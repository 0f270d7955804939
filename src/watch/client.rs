//! Clients for the API server.

use std::{sync::Arc, time::Duration};

use kube::{
    Client, Config,
    client::{Body, ClientBuilder},
    config::{InferConfigError, KubeConfigOptions, Kubeconfig, KubeconfigError},
};
use tower::{BoxError, ServiceExt as _};

use super::{layer::TranslateLayer, link::Link};
use crate::{clock::Clock, objects::Kind};

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kubeconfig has no such context.
    #[error("the kubeconfig has no context {name:?}; it has {}", .known.join(", "))]
    NoContext {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A kubeconfig that cannot be used.
    #[error("the kubeconfig cannot be used: {0}")]
    Kubeconfig(#[source] Box<KubeconfigError>),
    /// Neither kubeconfig nor service account.
    #[error("no cluster to talk to, neither by a kubeconfig nor as a pod: {0}")]
    NoCluster(#[source] Box<InferConfigError>),
    /// The configuration is there, but no client can be made of it.
    #[error("no client for the API server: {0}")]
    Client(#[source] Box<kube::Error>),
}

/// Finds the cluster: that context of the kubeconfig, else the current one, else the service account of the pod.
///
/// # Errors
/// When there is none, or no such context.
pub async fn config(context: Option<&str>) -> Result<Config, Error> {
    let config = match context {
        None => Config::infer().await.map_err(|error| Error::NoCluster(Box::new(error)))?,
        Some(name) => named(Kubeconfig::read().map_err(unusable)?, name).await?,
    };
    Ok(prepared(config))
}

fn unusable(error: KubeconfigError) -> Error {
    Error::Kubeconfig(Box::new(error))
}

async fn named(kubeconfig: Kubeconfig, name: &str) -> Result<Config, Error> {
    if !kubeconfig.contexts.iter().any(|context| context.name == name) {
        let known = kubeconfig.contexts.into_iter().map(|context| context.name).collect();
        return Err(Error::NoContext { name: name.to_owned(), known });
    }
    let options = KubeConfigOptions { context: Some(name.to_owned()), ..KubeConfigOptions::default() };
    Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(unusable)
}

/// Settings of the connection that hold for all of our requests.
fn prepared(mut config: Config) -> Config {
    // It would retry 429, 503 and 504 up to 15 times underneath, unseen by our counters.
    config.default_retry = false;
    // Longer than any watch lasts, so that only a dead connection runs into it.
    config.read_timeout = Some(Duration::from_mins(5));
    config.reset_reader_on_write = true;
    config
}

/// One connection pool and one set of credentials, under all clients.
#[derive(Clone)]
pub struct Connection {
    client: Client,
}

impl Connection {
    /// To the cluster of that configuration. Every answer's `Date` is shown to the clock.
    ///
    /// # Errors
    /// When credentials or certificates cannot be used.
    pub fn new(config: Config, clock: &Clock) -> Result<Self, Error> {
        let builder = ClientBuilder::try_from(prepared(config)).map_err(|error| Error::Client(Box::new(error)))?;
        Ok(Self { client: observed(builder.build(), clock) })
    }

    /// Over any client, such as a simulated API server in this process.
    #[must_use]
    pub fn over(client: Client, clock: &Clock) -> Self {
        Self { client: observed(client, clock) }
    }

    /// For requests that are no watches.
    #[must_use]
    pub fn plain(&self) -> Client {
        self.client.clone()
    }

    /// For one watch of `K`.
    #[must_use]
    pub fn watching<K: Kind>(&self, link: &Arc<Link>) -> Client {
        let inner = service(self.client.clone());
        ClientBuilder::new(inner, self.client.default_namespace())
            .with_layer(&TranslateLayer::<K>::new(Arc::clone(link)))
            .build()
    }
}

/// kube's client is no tower service itself, but sends raw requests.
fn service(
    client: Client,
) -> impl tower::Service<http::Request<Body>, Response = http::Response<Body>, Error = BoxError, Future: Send + 'static>
+ Clone
+ Send
+ 'static {
    tower::service_fn(move |request| {
        let client = client.clone();
        async move { client.send(request).await.map_err(BoxError::from) }
    })
}

/// Shows the `Date` of every answer to the clock.
fn observed(client: Client, clock: &Clock) -> Client {
    let namespace = client.default_namespace().to_owned();
    let clock = clock.clone();
    let service = service(client).map_response(move |answer: http::Response<Body>| {
        clock.observe(answer.headers());
        answer
    });
    Client::new(service, namespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::testing::*;

    const KUBECONFIG: &str = r"
apiVersion: v1
kind: Config
clusters: [{name: one, cluster: {server: 'http://localhost:1'}}]
users: [{name: me, user: {}}]
contexts: [{name: prod, context: {cluster: one, user: me}}, {name: test, context: {cluster: gone, user: me}}]
current-context: prod
";

    async fn read(name: &str) -> Result<Config, Error> {
        named(Kubeconfig::from_yaml(KUBECONFIG).unwrap(), name).await
    }

    #[tokio::test]
    async fn a_wrong_context_is_told_with_the_right_ones() {
        assert_eq!(read("prod").await.unwrap().cluster_url.host(), Some("localhost"));
        let error = read("prd").await.unwrap_err().to_string();
        assert_eq!(error, r#"the kubeconfig has no context "prd"; it has prod, test"#);
        let error = read("test").await.unwrap_err().to_string();
        assert!(error.starts_with("the kubeconfig cannot be used: "), "{error}");
    }

    #[tokio::test]
    async fn kube_does_not_retry_beneath_us() {
        let config = prepared(read("prod").await.unwrap());
        assert!(!config.default_retry && config.reset_reader_on_write);
        assert_eq!(config.read_timeout, Some(Duration::from_mins(5)));
    }

    #[tokio::test]
    async fn every_answer_shows_its_date_to_the_clock() {
        let clock = Clock::new();
        let server = Server::new(|_, _| {
            let mut answer = answer(404, "text/plain", vec![]);
            answer.headers_mut().insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
            answer
        });
        let connection = Connection::over(Client::new(server.service(), "default"), &clock);
        for _ in 0..3 {
            drop(connection.plain().apiserver_version().await);
        }
        assert!(clock.skew_seconds() > 1e8, "{}", clock.skew_seconds());
    }
}
