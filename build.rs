//! Tells the program what it was built from and by what, for `eksporter_build_info`.

use std::{env, path::Path, process::Command};

fn main() {
    let revision = env::var("EKSPORTER_REVISION").ok().or_else(|| run("git", &["rev-parse", "--short=12", "HEAD"]));
    println!("cargo::rustc-env=EKSPORTER_REVISION={}", revision.unwrap_or_else(|| "unknown".to_owned()));

    let rustc = env::var("RUSTC").ok().and_then(|rustc| run(&rustc, &["--version"]));
    let version = rustc.as_deref().and_then(|text| text.split(' ').nth(1)).unwrap_or("unknown");
    println!("cargo::rustc-env=EKSPORTER_RUSTC={version}");

    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=EKSPORTER_REVISION");
    if Path::new(".git/logs/HEAD").exists() {
        println!("cargo::rerun-if-changed=.git/logs/HEAD");
    }
}

fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
