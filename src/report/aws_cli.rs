//! Commands of AWS's CLI to paste: about this cluster, in its region, as far as both are known.

use std::borrow::Cow;

use crate::cache::ClusterInfo;

/// What stands in a command for a name that is not known.
const CLUSTER: &str = "CLUSTER";

/// Writes commands about one cluster.
pub(super) struct AwsCli<'a> {
    cluster: &'a str,
    region: Option<&'a str>,
}

impl<'a> AwsCli<'a> {
    /// About this cluster, or about one whose name is to be put in.
    pub fn about(cluster: Option<&'a ClusterInfo>) -> Self {
        let region = cluster.map(|cluster| cluster.region.as_str()).filter(|region| !region.is_empty());
        Self { cluster: cluster.map_or(CLUSTER, |cluster| &cluster.name), region }
    }

    /// A call of EKS about the cluster, with its other parameters.
    pub fn eks(&self, call: &str, parameters: &[(&str, &str)]) -> String {
        let name = if call == "describe-cluster" { "--name" } else { "--cluster-name" };
        self.call("eks", call, &[&[(name, self.cluster)], parameters].concat())
    }

    /// Any call, with its parameters.
    pub fn call(&self, service: &str, call: &str, parameters: &[(&str, &str)]) -> String {
        let region = self.region.map(|region| ("--region", region));
        let parameters = parameters.iter().copied().chain(region);
        let parameters: String =
            parameters.flat_map(|(name, value)| [" ".into(), name.into(), " ".into(), word(value)]).collect();
        format!("`aws {service} {call}{parameters}`")
    }
}

/// A text as one word of a shell, whatever it says.
fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.,/:=@".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prod(region: &str) -> ClusterInfo {
        ClusterInfo {
            name: "prod".to_owned(),
            region: region.to_owned(),
            version: "1.35".to_owned(),
            platform_version: "eks.1".to_owned(),
            support_type: "EXTENDED",
        }
    }

    #[test]
    fn a_command_names_the_cluster_and_its_region() {
        let prod = prod("eu-west-1");
        let aws = AwsCli::about(Some(&prod));
        assert_eq!(aws.eks("describe-cluster", &[]), "`aws eks describe-cluster --name prod --region eu-west-1`");
        let group = aws.eks("describe-nodegroup", &[("--nodegroup-name", "a"), ("--query", "nodegroup.health")]);
        let expected = "`aws eks describe-nodegroup --cluster-name prod --nodegroup-name a --query nodegroup.health --region eu-west-1`";
        assert_eq!(group, expected);
    }

    #[test]
    fn what_is_not_known_is_left_to_the_reader_and_no_text_leaves_its_word() {
        let aws = AwsCli::about(None);
        let list = aws.eks("list-insights", &[("--query", "insights[].name")]);
        assert_eq!(list, "`aws eks list-insights --cluster-name CLUSTER --query 'insights[].name'`");
        let odd = aws.call("ec2", "describe-subnets", &[("--subnet-ids", "a'; reboot #")]);
        assert_eq!(odd, r"`aws ec2 describe-subnets --subnet-ids 'a'\''; reboot #'`");
        assert_eq!(
            AwsCli::about(Some(&prod(""))).eks("list-insights", &[]),
            "`aws eks list-insights --cluster-name prod`"
        );
    }
}
