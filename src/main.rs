//! The program: picks the allocator and the TLS provider, reads the arguments, runs.

use std::process::ExitCode;

use clap::Parser as _;
use eksporter::{config::Cli, run};

// glibc keeps the memory of the first lists for good; jemalloc gives it back. Not where pages may be larger than it was
// built for, and not on 32 bits.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// It could not be done. 1 is an answer: `eksporter check` found something.
const FAILED: u8 = 2;

#[expect(clippy::print_stderr, reason = "the error that ends the program must be seen at any log level")]
fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) if !asked.use_stderr() => asked.exit(), // --help and --version
        Err(wrong) => {
            // One line: it is read in the log of a pod that will not start.
            let text = wrong.to_string();
            let reason = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
            eprintln!("eksporter: {} (see eksporter --help)", reason.split_whitespace().collect::<Vec<_>>().join(" "));
            return ExitCode::from(FAILED);
        }
    };
    match run::main(cli) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("eksporter: {}", explain(&error));
            ExitCode::from(FAILED)
        }
    }
}

/// An error and what caused it, in one line. Some libraries repeat the cause in their own words; once is enough.
fn explain(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}
