//! The bench's own arguments.

use anyhow::{Context as _, Result, bail, ensure};

use super::samples::PARTS;

/// How large the cluster is, and which of the two processes this is.
#[derive(Debug)]
pub struct Options {
    pub pods: u32,
    pub nodes: u32,
    /// How many of the pods are stuck in creation, with an event each.
    pub stuck: u32,
    /// How many of the nodes have branch ENIs, and pods that use some.
    pub branch_eni_nodes: u32,
    /// Be the API server.
    pub simulate: bool,
}

impl Options {
    pub fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut options =
            Self { pods: 100_000, nodes: 5_000, stuck: 1_000, branch_eni_nodes: u32::MAX, simulate: false };
        while let Some(arg) = args.next() {
            let mut number = || -> Result<u32> {
                let value = args.next().with_context(|| format!("{arg} wants a number"))?;
                value.parse().with_context(|| format!("{arg} wants a number, not {value:?}"))
            };
            match arg.as_str() {
                "--pods" => options.pods = number()?,
                "--nodes" => options.nodes = number()?,
                "--stuck" => options.stuck = number()?,
                "--branch-eni-nodes" => options.branch_eni_nodes = number()?,
                "--simulate" => options.simulate = true,
                // What cargo passes to every bench.
                "--bench" => {}
                _ => bail!("{arg}? There are --pods N, --nodes N, --stuck N and --branch-eni-nodes N"),
            }
        }
        options.branch_eni_nodes = options.branch_eni_nodes.min(options.nodes);
        ensure!(options.nodes > 0, "no nodes");
        let least = options.nodes * PARTS + options.stuck;
        ensure!(
            options.pods >= least,
            "{PARTS} pods on each node have a part of their own, so it takes {least} at least"
        );
        Ok(options)
    }
}
