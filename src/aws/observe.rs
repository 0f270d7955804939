//! Who wants to know of each request to AWS.

use super::ErrorKind;

/// The services asked. Requests for credentials are not observed: they go to STS or to an agent of the node, through the
/// SDK's own chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Amazon EC2.
    Ec2,
    /// Amazon EKS.
    Eks,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ec2, Self::Eks];

    /// For labels: the prefix of its IAM actions.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Eks => "eks",
        }
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// An answer that could be read.
    Ok,
    /// Anything else.
    Failed(ErrorKind),
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 10] = {
        let mut all = [Self::Ok; 10];
        let mut at = 0;
        while at < ErrorKind::ALL.len() {
            all[at + 1] = Self::Failed(ErrorKind::ALL[at]);
            at += 1;
        }
        all
    };

    /// For labels.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(kind) => kind.label(),
        }
    }
}

/// Is told of each **attempt**: a page of a list is one, and so is each retry, for that is what AWS counts and throttles.
/// An attempt that ended before a request was sent, for want of credentials, is told too.
pub trait Observer: Send + Sync {
    /// One attempt at `operation` (the API's name, such as `DescribeCluster`) of `service` ended.
    fn attempted(&self, service: Service, operation: &'static str, outcome: Outcome);
}
