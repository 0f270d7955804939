//! `--collector.NAME` and `--no-collector.NAME`, one pair for each collector.

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, builder::BoolishValueParser, parser::ValueSource,
};

use crate::collector::Collector;

/// Which collectors are on. All are, unless switched off.
#[derive(Clone, Debug)]
pub struct Collectors {
    on: Vec<Collector>,
}

impl Collectors {
    /// Those that are on.
    #[must_use]
    pub fn enabled(self) -> Vec<Collector> {
        self.on
    }
}

impl Default for Collectors {
    fn default() -> Self {
        Self { on: Collector::ALL.to_vec() }
    }
}

impl Args for Collectors {
    fn augment_args(mut command: Command) -> Command {
        for collector in Collector::ALL {
            let name = collector.name();
            let (on, off) = (on(collector), off(collector));
            command = command
                .arg(
                    Arg::new(on)
                        .long(on)
                        .env(env(collector))
                        .value_name("BOOL")
                        .num_args(0..=1)
                        .require_equals(true)
                        .default_missing_value("true")
                        .default_value("true")
                        .value_parser(BoolishValueParser::new())
                        .overrides_with(off)
                        .hide_default_value(true)
                        .hide_possible_values(true)
                        .help(format!("Collect {} [on; --no-collector.{name} turns it off]", collector.help())),
                )
                .arg(Arg::new(off).long(off).action(ArgAction::SetTrue).overrides_with(on).hide(true));
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Collectors {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let is_on = |collector: &Collector| {
            let off = matches.get_flag(off(*collector));
            let typed = matches.value_source(on(*collector)) == Some(ValueSource::CommandLine);
            let on = matches.get_one::<bool>(on(*collector)).copied().unwrap_or(true);
            on && (typed || !off)
        };
        Ok(Self { on: Collector::ALL.into_iter().filter(is_on).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The three names of a collector's flags; clap wants them to live as long as the program.
macro_rules! flag_names {
    ($($variant:ident $name:literal $env:literal)+) => {
        fn on(collector: Collector) -> &'static str {
            match collector { $(Collector::$variant => concat!("collector.", $name),)+ }
        }

        fn off(collector: Collector) -> &'static str {
            match collector { $(Collector::$variant => concat!("no-collector.", $name),)+ }
        }

        fn env(collector: Collector) -> &'static str {
            match collector { $(Collector::$variant => concat!("EKSPORTER_COLLECTOR_", $env),)+ }
        }
    };
}

flag_names! {
    Pods "pods" "PODS"
    Events "events" "EVENTS"
    Nodes "nodes" "NODES"
    Owners "owners" "OWNERS"
    Addons "addons" "ADDONS"
    CniNodes "cninodes" "CNINODES"
    NodeClaims "nodeclaims" "NODECLAIMS"
    Ec2NodeClasses "ec2nodeclasses" "EC2NODECLASSES"
    NodeClasses "nodeclasses" "NODECLASSES"
    EniConfigs "eniconfigs" "ENICONFIGS"
    Version "version" "VERSION"
    Cluster "cluster" "CLUSTER"
    Nodegroups "nodegroups" "NODEGROUPS"
    AddonVersions "addon_versions" "ADDON_VERSIONS"
    Insights "insights" "INSIGHTS"
    Subnets "subnets" "SUBNETS"
    NetworkInterfaces "network_interfaces" "NETWORK_INTERFACES"
}
