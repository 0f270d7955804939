//! What helps against an error that keeps it from being known which cluster it is.

use super::super::{AwsError, ErrorKind, classify::LATE};

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// To describe the cluster of the configured name.
    Describe,
    /// To list all clusters of the region.
    List,
    /// To describe each of them.
    DescribeEach,
}

/// What was tried, or what would help.
pub(super) fn hint(attempt: Attempt, error: &AwsError) -> &'static str {
    match error.kind {
        ErrorKind::NoCredentials => of_credentials(error),
        ErrorKind::Denied if is_about_credentials(error) => {
            "AWS does not accept the credentials: they are expired, or of nobody it knows"
        }
        ErrorKind::NotFound if attempt == Attempt::Describe => {
            "no cluster of that name in this account and region: see --cluster-name and --aws-region"
        }
        _ => match attempt {
            Attempt::Describe => "eks:DescribeCluster of the configured cluster",
            Attempt::List => "eks:ListClusters, to find the cluster by its OIDC issuer (--cluster-name saves it)",
            Attempt::DescribeEach => {
                "eks:DescribeCluster of each cluster of the region, to find this one by its OIDC issuer (--cluster-name saves it)"
            }
        },
    }
}

/// The words of the SDK's chain when none of its providers has anything to go by.
const NO_PROVIDER: &str = "no credentials found in chain";

/// Codes of AWS (pages "Common Errors" of the API references of Amazon EKS and AWS STS); the words are the SDK's
/// own, which give no code.
fn of_credentials(error: &AwsError) -> &'static str {
    let says = |words: &str| error.text.contains(words);
    match error.code.as_deref() {
        Some("AccessDenied" | "AccessDeniedException") => {
            "the role may not be taken: its trust policy must allow the service account (IRSA), or the profile's user or role"
        }
        Some(_) => "AWS STS gives no credentials",
        None if says("InvalidIdentityToken") || says("IDPRejectedClaim") || says("IDPCommunicationError") => {
            "AWS STS does not accept the service account's token: see the role's trust policy and the account's OIDC provider"
        }
        None if says("was not defined") => "a profile is not defined: see AWS_PROFILE and the AWS config file",
        None if says("cargo feature") => {
            "profiles of IAM Identity Center (SSO) are not supported: aws configure export-credentials --format env gives what is"
        }
        None if says(NO_PROVIDER) => {
            "no credentials for AWS: give the service account a role (EKS Pod Identity or IRSA)"
        }
        None if says(LATE) => {
            "credentials for AWS were asked for and did not come: see that AWS STS (IRSA) or the EKS Pod Identity agent can be reached from the pod; a private cluster needs an endpoint for sts or eks-auth"
        }
        None => "credentials for AWS could not be fetched (IRSA: AWS STS; EKS Pod Identity: the agent of the node)",
    }
}

fn is_about_credentials(error: &AwsError) -> bool {
    let codes = [
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "RequestExpired",
        "UnrecognizedClientException",
    ];
    error.code.as_deref().is_some_and(|code| codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_is_said_by_kind_and_code() {
        let lost = |text| AwsError::new(ErrorKind::NoCredentials, text);
        let sts = AwsError::coded(ErrorKind::NoCredentials, "AccessDenied", "Not authorized to perform sts:AssumeRole");
        let expired = AwsError::coded(ErrorKind::Denied, "ExpiredTokenException", "expired");
        let gone = AwsError::coded(ErrorKind::NotFound, "ResourceNotFoundException", "No cluster found for name: x.");
        for (error, says) in [
            (sts, "trust policy"),
            (lost("an error occurred: profile `blue` was not defined: x"), "AWS_PROFILE"),
            (lost("This behavior requires following cargo feature(s) enabled: sso"), "export-credentials"),
            (lost("service error: InvalidIdentityTokenException: No OpenIDConnect provider found"), "OIDC provider"),
            (lost("the credential provider was not enabled: no credentials found in chain"), "a role"),
            (lost("credentials not fetched in time (8s)"), "can be reached from the pod"),
            (lost("an error occurred while loading credentials: dispatch failure"), "could not be fetched"),
            (AwsError::coded(ErrorKind::Denied, "RequestExpired", "Request has expired."), "does not accept the cred"),
            (expired, "does not accept the credentials"),
            (gone, "no cluster of that name"),
            (AwsError::new(ErrorKind::Denied, "no"), "eks:DescribeCluster"),
        ] {
            let hint = hint(Attempt::Describe, &error);
            assert!(hint.contains(says), "{error}: {hint}");
        }
    }
}
