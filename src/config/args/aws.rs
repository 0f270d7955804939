//! Arguments about AWS.

use clap::{Args, ValueEnum, builder::PossibleValue};
use jiff::SignedDuration;

use super::duration;

/// Whether AWS is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskAws {
    /// Where there are credentials.
    Auto,
    /// Never.
    Off,
}

/// Arguments about AWS.
#[derive(Clone, Debug, Args)]
pub struct AwsArgs {
    /// Whether AWS is asked
    #[arg(long, env = "EKSPORTER_AWS", value_name = "WHETHER", value_enum, default_value_t = AskAws::Auto)]
    pub aws: AskAws,
    /// Name of the cluster in EKS; without it (and without `CLUSTER_NAME` in the environment), the one whose OIDC issuer
    /// is the API server's
    #[arg(long, env = "EKSPORTER_CLUSTER_NAME", value_name = "NAME")]
    pub cluster_name: Option<String>,
    /// Region of the cluster; without it (and without `AWS_REGION` and `AWS_DEFAULT_REGION` in the environment), that of
    /// the nodes
    #[arg(long, env = "EKSPORTER_AWS_REGION", value_name = "REGION")]
    pub aws_region: Option<String>,
    /// Trust --cluster-name where the cluster's OIDC issuer cannot be compared
    #[arg(long, env = "EKSPORTER_AWS_SKIP_ISSUER_CHECK")]
    pub aws_skip_issuer_check: bool,
    /// Facts of AWS that could not be renewed for so long are dropped; those that are asked for less often than twice in that
    /// time, so long after they were due: with 1h, insights after 2h, versions of add-ons after 13h, the calendar after 25h
    #[arg(long, env = "EKSPORTER_AWS_STALE_AFTER", value_name = "DURATION", value_parser = duration, default_value = "1h")]
    pub aws_stale_after: SignedDuration,
    /// Count the free /28 blocks of subnets, for prefix delegation; costs calls of EC2 for each subnet
    #[arg(long, env = "EKSPORTER_SUBNET_PREFIXES")]
    pub subnet_prefixes: bool,
    /// Count the branch ENIs and addresses that nodes hold, by EC2; costs a call for each 1000 network interfaces
    #[arg(long, env = "EKSPORTER_BRANCH_ENI_SCAN")]
    pub branch_eni_scan: bool,
}

impl ValueEnum for AskAws {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Off]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Auto => {
                ("auto", "With the credentials that the SDK's default chain finds; without any, the rest works")
            }
            Self::Off => ("off", "Never"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::{CommandFactory as _, Parser};

    use super::*;
    use crate::aws::Source;

    #[derive(Parser)]
    struct Alone {
        #[command(flatten)]
        aws: AwsArgs,
    }

    #[test]
    fn the_help_says_how_long_facts_are_kept_by_default() {
        let command = Alone::command();
        let flag = command.get_arguments().find(|flag| flag.get_long() == Some("aws-stale-after")).unwrap();
        let (default, help) = (flag.get_default_values()[0].to_str().unwrap(), flag.get_help().unwrap().to_string());
        let stale_after = duration(default).unwrap().unsigned_abs();
        for source in Source::ALL {
            let lifetime = source.lifetime(stale_after);
            let hours = lifetime.as_secs() / 3600;
            assert_eq!(lifetime, Duration::from_hours(hours), "whole hours");
            assert!(help.contains(&format!("{hours}h")), "{}: {hours}h: {help}", source.name());
        }
        assert!(help.contains(&format!("with {default}")), "{help}");
    }
}
