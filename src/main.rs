//! The program: picks the allocator and the TLS provider, reads the arguments, runs.

use std::process::ExitCode;

use clap::Parser as _;
use eksporter::{config::Cli, run};

// glibc keeps the memory of the first lists for good; jemalloc gives it back. Not where pages may be larger than it was
// built for, and not on 32 bits.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match run::main(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eksporter: {error:#}");
            ExitCode::FAILURE
        }
    }
}
