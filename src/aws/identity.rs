//! Which cluster of EKS it is that the program runs for.
//!
//! No API of Kubernetes tells the name (aws/containers-roadmap#686). What both sides know is the issuer of the service
//! accounts' tokens: it finds the cluster, and it proves that a configured name is that of this cluster and not of another
//! one, whose facts would be told as this one's.

use std::pin::pin;

use futures::{StreamExt as _, stream};

use self::hint::{Attempt, hint};
use super::{AwsApi, AwsError, ErrorKind, Trouble, poll::call};

mod hint;
#[cfg(test)]
mod tests;

/// The IAM actions that it takes.
pub const ACTIONS: &[&str] = &["eks:DescribeCluster", "eks:ListClusters"];

/// So many clusters are described at once when the one is looked for.
const AT_ONCE: usize = 4;

/// What is known of the cluster.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The name that somebody configured.
    pub name: Option<&'a str>,
    /// The issuer, as the API server says it.
    pub issuer: Option<&'a str>,
    /// A configured name is believed where the issuers cannot be compared, or differ.
    pub skip_issuer_check: bool,
}

/// Why it is not known which cluster it is.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unidentified {
    /// Neither a name nor an issuer.
    #[error(
        "the cluster's name is not known, and its API server does not say its OIDC issuer: set --cluster-name, and --aws-skip-issuer-check where the issuer cannot be read"
    )]
    NoName,
    /// A name that cannot be proved.
    #[error(
        "the API server does not say its OIDC issuer, so that cluster {0:?} cannot be told from another one: allow GET of /.well-known/openid-configuration, or set --aws-skip-issuer-check"
    )]
    Unproved(String),
    /// A name that cannot be proved yet: EKS tells no issuer of a cluster that is being made.
    #[error(
        "EKS does not say the OIDC issuer of cluster {0:?}, so that it cannot be told from another one; where it has none, set --aws-skip-issuer-check"
    )]
    WithoutIssuer(String),
    /// A name that is wrong.
    #[error(
        "--cluster-name: {name:?} is another cluster: its OIDC issuer is {theirs:?}, while the API server's is {ours:?}; set the right name, or none"
    )]
    Refused {
        /// The configured name.
        name: String,
        /// The issuer of the cluster of that name.
        theirs: String,
        /// The API server's.
        ours: String,
    },
    /// No cluster has this issuer.
    #[error(
        "none of {clusters} clusters in {region} has the API server's OIDC issuer: set --aws-region or --cluster-name (and --aws-skip-issuer-check where EKS tells no issuer of it)"
    )]
    NotFound {
        /// How many were looked at.
        clusters: usize,
        /// Where.
        region: String,
    },
    /// There is no region to ask.
    #[error("{}", .0.text)]
    NoRegion(AwsError),
    /// AWS does not tell.
    #[error("{hint}: {error}")]
    Aws {
        /// What was tried, and what would help.
        hint: &'static str,
        /// What AWS said.
        error: AwsError,
    },
}

impl Unidentified {
    /// Whether asking again may help.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }

    /// What sort of trouble it is.
    #[must_use]
    pub const fn trouble(&self) -> Trouble {
        match self {
            Self::Aws { error, .. } => Trouble::of(error),
            _ => Trouble::NotAsked,
        }
    }

    /// Whether it is no news after the other one. Texts of AWS may differ by what nobody acts on.
    #[must_use]
    pub fn is_as(&self, former: &Self) -> bool {
        match (self, former) {
            (Self::Aws { hint, error }, Self::Aws { hint: other_hint, error: other }) => {
                (hint, error.kind, &error.code) == (other_hint, other.kind, &other.code)
            }
            _ => self == former,
        }
    }
}

fn failed(attempt: Attempt, error: AwsError) -> Unidentified {
    Unidentified::Aws { hint: hint(attempt, &error), error }
}

/// Finds the cluster; its name.
///
/// # Errors
/// When it cannot be found, or is not the one that it is said to be.
pub async fn identify(api: &dyn AwsApi, region: &str, known: Known<'_>) -> Result<String, Unidentified> {
    match (known.name, known.issuer.filter(|issuer| !issuer.is_empty())) {
        (Some(name), _) if known.skip_issuer_check => match call(api.describe_cluster(name)).await {
            // Whatever else is wrong, pollers find out each for itself.
            Err(error) if error.kind == ErrorKind::NoCredentials => Err(failed(Attempt::Describe, error)),
            _ => Ok(name.to_owned()),
        },
        (Some(name), None) => Err(Unidentified::Unproved(name.to_owned())),
        (Some(name), Some(ours)) => {
            let cluster = call(api.describe_cluster(name)).await;
            let cluster = cluster.map_err(|error| failed(Attempt::Describe, error))?;
            let theirs = cluster.oidc_issuer.unwrap_or_default();
            if theirs.is_empty() {
                Err(Unidentified::WithoutIssuer(name.to_owned()))
            } else if is_same(&theirs, ours) {
                Ok(name.to_owned())
            } else {
                Err(Unidentified::Refused { name: name.to_owned(), theirs, ours: ours.to_owned() })
            }
        }
        (None, None) => Err(Unidentified::NoName),
        (None, Some(ours)) => find(api, region, ours).await,
    }
}

async fn find(api: &dyn AwsApi, region: &str, ours: &str) -> Result<String, Unidentified> {
    let names = call(api.list_clusters()).await.map_err(|error| failed(Attempt::List, error))?;
    let clusters = names.len();
    let describe = async |name: String| call(api.describe_cluster(&name)).await;
    let mut described = pin!(stream::iter(names).map(describe).buffer_unordered(AT_ONCE));
    let mut error = None;
    while let Some(cluster) = described.next().await {
        match cluster {
            Ok(cluster) if cluster.oidc_issuer.as_deref().is_some_and(|theirs| is_same(theirs, ours)) => {
                return Ok(cluster.name);
            }
            Ok(_) => {}
            Err(error) if error.is_of_everything() => return Err(failed(Attempt::DescribeEach, error)),
            Err(other) => error = error.or(Some(other)), // one that may not be described need not be ours
        }
    }
    match error {
        Some(error) => Err(failed(Attempt::DescribeEach, error)),
        None => Err(Unidentified::NotFound { clusters, region: region.to_owned() }),
    }
}

/// Issuers end in an id of their own, `…/id/EXAMPLED539D4633E53DE1B71EXAMPLE`, under hosts that differ by the age and the
/// partition of the cluster.
fn is_same(theirs: &str, ours: &str) -> bool {
    let id = |issuer: &str| {
        let (_, id) = issuer.trim_end_matches('/').rsplit_once("/id/")?;
        (id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| id.to_owned())
    };
    match (id(theirs), id(ours)) {
        (Some(theirs), Some(ours)) => theirs == ours,
        _ => !ours.is_empty() && theirs.trim_end_matches('/') == ours.trim_end_matches('/'),
    }
}
