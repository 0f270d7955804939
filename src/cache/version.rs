//! The API server's version.

use jiff::Timestamp;

use super::{Cache, VersionIndex};

/// The API server's version, as `/version` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVersion {
    /// Such as `v1.36.3-eks-0123456`.
    pub git_version: String,
    /// The major version.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

impl VersionIndex for Cache {
    fn server_version(&mut self, git_version: &str, major: u32, minor: u32, _: Timestamp) {
        self.version = Some(ServerVersion { git_version: git_version.to_owned(), major, minor });
    }

    fn forget_version(&mut self) {
        self.version = None;
    }
}
