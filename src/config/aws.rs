//! What was typed about AWS, and what it means.

use std::{env, time::Duration};

use jiff::SignedDuration;

use super::{AskAws, AwsArgs, Invalid};
use crate::{
    aws::{Source, region::is_region},
    collector::Collector,
};

/// How AWS is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aws {
    /// The cluster's name; without it, it is found by its OIDC issuer.
    pub cluster_name: Option<String>,
    /// Its region; without it, that of the nodes.
    pub region: Option<String>,
    /// Believe the name where it cannot be proved.
    pub skip_issuer_check: bool,
    /// Facts that could not be renewed for so long are dropped.
    pub stale_after: Duration,
    /// Network interfaces tell what nodes hold.
    pub branch_eni_scan: bool,
    /// What is asked.
    pub sources: Vec<Source>,
}

impl Aws {
    /// `None` where AWS is not to be asked: that is switched off, or all that asks it is.
    pub(super) fn new(args: AwsArgs, collectors: &[Collector]) -> Result<Option<Self>, Invalid> {
        let AwsArgs {
            aws,
            cluster_name,
            aws_region,
            aws_skip_issuer_check,
            aws_stale_after,
            subnet_prefixes,
            branch_eni_scan,
        } = args;
        let bounds = SignedDuration::from_mins(1)..=SignedDuration::from_hours(7 * 24);
        if !bounds.contains(&aws_stale_after) {
            return Err(Invalid::AwsStaleAfter(aws_stale_after));
        }
        // Read by hand, for clap takes one variable for each flag.
        let of_environment = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let cluster_name = cluster_name.or_else(|| of_environment("CLUSTER_NAME"));
        let region =
            aws_region.or_else(|| of_environment("AWS_REGION")).or_else(|| of_environment("AWS_DEFAULT_REGION"));
        if aws == AskAws::Off {
            return Ok(None);
        }
        if let Some(wrong) = cluster_name.as_deref().filter(|name| !is_cluster_name(name)) {
            return Err(Invalid::ClusterName(wrong.to_owned()));
        }
        if let Some(wrong) = region.as_deref().filter(|region| !is_region(region)) {
            return Err(Invalid::Region(wrong.to_owned()));
        }
        let is_on = |source: &Source| {
            collectors.contains(&source.collector())
                && match source {
                    Source::NetworkInterfaces => subnet_prefixes || branch_eni_scan,
                    Source::SubnetReservations => subnet_prefixes,
                    _ => true,
                }
        };
        let sources: Vec<_> = Source::ALL.into_iter().filter(is_on).collect();
        Ok((!sources.is_empty()).then(|| Self {
            cluster_name,
            region,
            skip_issuer_check: aws_skip_issuer_check,
            stale_after: aws_stale_after.unsigned_abs(),
            branch_eni_scan: branch_eni_scan && collectors.contains(&Collector::NetworkInterfaces),
            sources,
        }))
    }
}

/// EKS API, `CreateCluster`: `^[0-9A-Za-z][A-Za-z0-9\-_]*`, at most 100 characters.
fn is_cluster_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.len() <= 100 && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(branch_eni_scan: bool, collectors: &[Collector]) -> Option<Vec<Source>> {
        let args = AwsArgs {
            aws: AskAws::Auto,
            cluster_name: None,
            aws_region: None,
            aws_skip_issuer_check: false,
            aws_stale_after: SignedDuration::from_hours(1),
            subnet_prefixes: false,
            branch_eni_scan,
        };
        Aws::new(args, collectors).unwrap().map(|aws| aws.sources)
    }

    #[test]
    fn aws_is_not_asked_where_everything_that_asks_it_is_off() {
        assert_eq!(asked(true, &[Collector::Pods, Collector::Nodes]), None);
        assert_eq!(asked(false, &[Collector::NetworkInterfaces]), None, "it asks only where a flag wants it");
        assert_eq!(asked(true, &[Collector::NetworkInterfaces]), Some(vec![Source::NetworkInterfaces]));
    }
}
