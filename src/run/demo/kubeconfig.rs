//! The way to the simulated API server for other programs: a kubeconfig.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::{Context as _, bail};

/// Its first line. What does not begin with it is somebody else's.
const MARK: &str = "# Written by eksporter demo.\n";

/// Writes one; a file that is there stays what it is unless a demo wrote it.
///
/// # Errors
/// When the file is somebody else's, or cannot be written.
pub(super) fn write(path: &Path, server: &str) -> anyhow::Result<()> {
    let flag = || format!("--kubeconfig={}", path.display());
    match fs::read(path) {
        Ok(former) if !former.is_empty() && !former.starts_with(MARK.as_bytes()) => {
            bail!("{}: the file is there, and no demo wrote it", flag())
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(flag),
    }
    fs::write(path, text(server)).with_context(flag)
}

fn text(server: &str) -> String {
    format!(
        "{MARK}apiVersion: v1\nkind: Config\ncurrent-context: demo\n\
         clusters: [{{ name: demo, cluster: {{ server: \"{server}\" }} }}]\n\
         contexts: [{{ name: demo, context: {{ cluster: demo, user: demo }} }}]\n\
         users: [{{ name: demo, user: {{}} }}]\n"
    )
}
