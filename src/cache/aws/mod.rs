//! What AWS says, and what the Kubernetes API says of AWS.

mod takers;

use takers::Takers;

/// Everything that has to do with AWS.
pub(super) struct AwsState {
    pub takers: Takers,
}

impl AwsState {
    pub fn new() -> Self {
        Self { takers: Takers::new() }
    }
}
