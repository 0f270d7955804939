//! Where EC2 is: the endpoint rules of the service, as far as this program can meet them.

/// A partition of AWS: a set of regions with accounts and domains of their own.
struct Partition {
    /// How the names of its regions begin.
    regions: &'static str,
    domain: &'static str,
    dual_stack_domain: &'static str,
    /// Its ordinary endpoints are FIPS endpoints already.
    fips_by_default: bool,
}

/// All but `aws`, which has whatever is left. Source: `botocore/data/partitions.json` and
/// `botocore/data/ec2/2016-11-15/endpoint-rule-set-1.json` in boto/botocore.
const PARTITIONS: [Partition; 7] = [
    partition("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false),
    partition("us-gov-", "amazonaws.com", "api.aws", true),
    partition("eusc-", "amazonaws.eu", "api.amazonwebservices.eu", false),
    partition("us-iso-", "c2s.ic.gov", "api.aws.ic.gov", false),
    partition("us-isob-", "sc2s.sgov.gov", "api.aws.scloud", false),
    partition("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", false),
    partition("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", false),
];
const AWS: Partition = partition("", "amazonaws.com", "api.aws", false);

const fn partition(
    regions: &'static str,
    domain: &'static str,
    dual_stack_domain: &'static str,
    fips_by_default: bool,
) -> Partition {
    Partition { regions, domain, dual_stack_domain, fips_by_default }
}

/// The endpoint for a region, where none is configured.
pub(super) fn endpoint(region: &str, fips: bool, dual_stack: bool) -> String {
    let partition = PARTITIONS.iter().find(|partition| region.starts_with(partition.regions)).unwrap_or(&AWS);
    let host = if fips && (dual_stack || !partition.fips_by_default) { "ec2-fips" } else { "ec2" };
    let domain = if dual_stack { partition.dual_stack_domain } else { partition.domain };
    format!("https://{host}.{region}.{domain}")
}
