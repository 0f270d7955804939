//! `eksporter rules`: prints the alerts, or the values that they are made with.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use anyhow::Context as _;

use crate::{
    config::{Format, RulesArgs},
    rules::{OPTIONAL, SHIPPED, Values, form, groups, values},
};

/// Prints what was asked for.
///
/// # Errors
/// When standard output cannot be written to. A reader who has seen enough is none.
pub fn run(args: &RulesArgs) -> anyhow::Result<()> {
    let text = if args.list { list() } else { rules(args)? };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("writing the rules"),
    }
}

fn rules(args: &RulesArgs) -> anyhow::Result<String> {
    let (files, name) = if args.optional { (OPTIONAL, "eksporter-optional") } else { (SHIPPED, "eksporter") };
    let (groups, values) = (groups(files)?, Values::with(&args.set));
    Ok(match args.format {
        Format::Rules => form::rules(&groups, &values),
        Format::Prometheusrule => form::prometheusrule(name, &groups, &values),
    })
}

fn list() -> String {
    let mut list = String::new();
    for value in values::all() {
        let _ = writeln!(list, "{}={} ({})", value.name, value.default, value.unit.as_str());
        let _ = writeln!(list, "    {}", value.meaning);
    }
    list
}
