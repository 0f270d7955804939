//! A real Alertmanager with the configuration that is shipped as an example.

use std::{fs, path::Path};

use tempfile::NamedTempFile;

use super::monitoring::Server;

/// What a test changes in the example: whom it tells, and that nobody waits for more of a group.
const CHANGES: [(&str, &str); 3] = [
    ("http://127.0.0.1:9099", ""),
    ("group_wait: 30s", "group_wait: 1s"),
    ("group_interval: 5m", "group_interval: 1s"),
];

/// A running Alertmanager, ended with the test.
pub struct Alertmanager {
    server: Server,
    _config: NamedTempFile,
}

impl Alertmanager {
    /// With its receivers at this URL.
    pub fn start(receivers: &str) -> Self {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("alerts/alertmanager-example.yaml");
        let mut text = fs::read_to_string(example).expect("the example");
        for (from, to) in CHANGES {
            assert!(text.contains(from), "the example has no {from:?} any more");
            text = text.replace(from, if to.is_empty() { receivers } else { to });
        }
        let config = NamedTempFile::with_suffix(".yaml").expect("a file");
        fs::write(config.path(), text).expect("written");
        Self { server: Server::alertmanager(config.path()), _config: config }
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        self.server.url().trim_start_matches("http://").to_owned()
    }
}
