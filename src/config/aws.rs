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
    /// Variables that are not ours, and say what cannot be meant; a line for each.
    pub ignored: Vec<String>,
}

impl Aws {
    /// `None` where AWS is not to be asked: that is switched off, or all that asks it is.
    pub(super) fn new(args: AwsArgs, collectors: &[Collector]) -> Result<Option<Self>, Invalid> {
        Self::with(args, collectors, |name| env::var(name).ok())
    }

    fn with(
        args: AwsArgs,
        collectors: &[Collector],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Invalid> {
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
        if aws == AskAws::Off {
            return Ok(None);
        }
        if let Some(wrong) = cluster_name.as_deref().filter(|name| !is_cluster_name(name)) {
            return Err(Invalid::ClusterName(wrong.to_owned()));
        }
        if let Some(wrong) = aws_region.as_deref().filter(|region| !is_region(region)) {
            return Err(Invalid::Region(wrong.to_owned()));
        }
        // Others read these too, and may mean something else by them.
        let mut ignored = Vec::new();
        let mut of_environment = |name: &str, is_good: fn(&str) -> bool, what: &str, flag: &str| {
            let value = environment(name).filter(|value| !value.is_empty())?;
            if is_good(&value) {
                return Some(value);
            }
            ignored.push(format!("{name} is ignored: {value:?} is not {what}; {flag} says it"));
            None
        };
        let cluster_name = cluster_name
            .or_else(|| of_environment("CLUSTER_NAME", is_cluster_name, "a cluster's name in EKS", "--cluster-name"));
        let mut region_of = |name| of_environment(name, is_region, "a region's name", "--aws-region");
        let region = aws_region.or_else(|| region_of("AWS_REGION")).or_else(|| region_of("AWS_DEFAULT_REGION"));
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
            ignored,
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

    fn args() -> AwsArgs {
        AwsArgs {
            aws: AskAws::Auto,
            cluster_name: None,
            aws_region: None,
            aws_skip_issuer_check: false,
            aws_stale_after: SignedDuration::from_hours(1),
            subnet_prefixes: false,
            branch_eni_scan: false,
        }
    }

    fn asked(branch_eni_scan: bool, collectors: &[Collector]) -> Option<Vec<Source>> {
        let args = AwsArgs { branch_eni_scan, ..args() };
        Aws::with(args, collectors, |_| None).unwrap().map(|aws| aws.sources)
    }

    fn found(args: AwsArgs, environment: &[(&str, &str)]) -> Result<Aws, Invalid> {
        let value = |name: &str| environment.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
        Aws::with(args, &[Collector::Cluster], value).map(|aws| aws.expect("it is on"))
    }

    #[test]
    fn aws_is_not_asked_where_everything_that_asks_it_is_off() {
        assert_eq!(asked(true, &[Collector::Pods, Collector::Nodes]), None);
        assert_eq!(asked(false, &[Collector::NetworkInterfaces]), None, "it asks only where a flag wants it");
        assert_eq!(asked(true, &[Collector::NetworkInterfaces]), Some(vec![Source::NetworkInterfaces]));
    }

    #[test]
    fn variables_of_others_that_cannot_be_meant_are_ignored_with_a_line_and_end_nothing() {
        let aws = found(args(), &[("CLUSTER_NAME", "prod.example.com"), ("AWS_REGION", "aws-global")]).unwrap();
        assert_eq!((aws.cluster_name, aws.region), (None, None));
        assert_eq!(aws.ignored.len(), 2, "{:?}", aws.ignored);
        assert!(
            aws.ignored[0].contains("CLUSTER_NAME") && aws.ignored[0].contains("--cluster-name"),
            "{:?}",
            aws.ignored
        );
        assert!(
            aws.ignored[1].contains("\"aws-global\"") && aws.ignored[1].contains("--aws-region"),
            "{:?}",
            aws.ignored
        );

        let next = found(args(), &[("AWS_REGION", "aws-global"), ("AWS_DEFAULT_REGION", "eu-west-1")]).unwrap();
        assert_eq!(next.region.as_deref(), Some("eu-west-1"));
        let good = found(args(), &[("CLUSTER_NAME", "prod"), ("AWS_REGION", "eu-west-2")]).unwrap();
        assert_eq!((good.cluster_name.as_deref(), good.region.as_deref()), (Some("prod"), Some("eu-west-2")));
        assert!(good.ignored.is_empty(), "{:?}", good.ignored);
    }

    #[test]
    fn what_was_said_to_the_exporter_itself_is_refused_and_hides_what_was_not() {
        let name = AwsArgs { cluster_name: Some("prod.example.com".to_owned()), ..args() };
        assert!(matches!(found(name, &[]), Err(Invalid::ClusterName(_))));
        let region = AwsArgs { aws_region: Some("aws-global".to_owned()), ..args() };
        assert!(matches!(found(region, &[]), Err(Invalid::Region(_))));
        let region = AwsArgs { aws_region: Some("eu-west-1".to_owned()), ..args() };
        let aws = found(region, &[("AWS_REGION", "aws-global")]).unwrap();
        assert!(aws.ignored.is_empty(), "nobody asked it: {:?}", aws.ignored);
    }
}
