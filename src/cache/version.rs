//! The API server's version.

use super::{Cache, VersionIndex};

/// The API server's version, as `/version` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVersion {
    /// Such as `v1.36.3-eks-0123456`.
    pub git_version: String,
    /// The minor version.
    pub minor: u32,
}

impl VersionIndex for Cache {
    fn server_version(&mut self, version: Option<ServerVersion>) {
        self.version = version;
    }
}
