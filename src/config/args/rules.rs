//! The command line of `eksporter rules`.

use clap::{Args, ValueEnum};

use crate::rules::Override;

/// Arguments of `rules`.
#[derive(Clone, Debug, Args)]
pub struct RulesArgs {
    /// Who is to read them
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Rules)]
    pub format: Format,
    /// Values in place of the defaults.
    #[arg(
        long,
        value_name = "NAME=VALUE",
        help = "Another value in the rules, such as pods_several=5 or keep_firing_seconds=10m; may be given several times"
    )]
    pub set: Vec<Override>,
    /// The optional rules about series that others export, instead of the usual ones
    #[arg(long)]
    pub optional: bool,
    /// Say which values there are
    #[arg(long, conflicts_with_all = ["format", "set", "optional"])]
    pub list: bool,
}

/// The form of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A file of rules for Prometheus
    Rules,
    /// A `PrometheusRule` for the Prometheus operator
    Prometheusrule,
}
