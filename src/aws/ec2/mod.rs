//! Three reads of EC2 over the SDK's own runtime, without the SDK of EC2: why stands in
//! `docs/decisions/ec2-without-sdk.md`.
//!
//! [`wire`] has the SDK's parts put together (credentials, signing, retries, time-outs), [`query`] the requests, [`xml`]
//! the answers, [`endpoint`] the address.

mod endpoint;
mod facts;
mod query;
#[cfg(test)]
mod tests;
mod wire;
mod xml;

use std::sync::Arc;

use aws_types::SdkConfig;

use super::{
    AwsError, ErrorKind, Filter, Observer,
    facts::{CidrReservation, NetworkInterface, Subnet},
    pages::{Page, all},
};
use query::{Query, portions};
use wire::Wire;
use xml::Document;

/// The client.
pub(super) struct Ec2(Wire);

impl Ec2 {
    pub(super) fn new(config: &SdkConfig, region: &str, observer: Arc<dyn Observer>) -> Self {
        Self(Wire::new(config, region, observer))
    }

    pub(super) async fn describe_subnets(&self, filters: &[Filter]) -> Result<Vec<Subnet>, AwsError> {
        const ACTION: &str = "DescribeSubnets";
        self.filtered(ACTION, filters, |answer| match answer {
            Document::Subnets(subnets) => {
                Some(Page { items: subnets.set.item.into_iter().map(Into::into).collect(), next: subnets.next })
            }
            Document::Interfaces(_) | Document::Reservations(_) => None,
        })
        .await
    }

    pub(super) async fn describe_network_interfaces(
        &self,
        filters: &[Filter],
    ) -> Result<Vec<NetworkInterface>, AwsError> {
        const ACTION: &str = "DescribeNetworkInterfaces";
        self.filtered(ACTION, filters, |answer| match answer {
            Document::Interfaces(interfaces) => {
                Some(Page { items: interfaces.set.item.into_iter().map(Into::into).collect(), next: interfaces.next })
            }
            Document::Subnets(_) | Document::Reservations(_) => None,
        })
        .await
    }

    pub(super) async fn get_subnet_cidr_reservations(&self, subnet: &str) -> Result<Vec<CidrReservation>, AwsError> {
        const ACTION: &str = "GetSubnetCidrReservations";
        let query = Query::new(ACTION).with("SubnetId", subnet);
        self.paged(ACTION, &query, |answer| match answer {
            Document::Reservations(reservations) => Some(Page {
                items: reservations.ipv4.item.into_iter().chain(reservations.ipv6.item).map(Into::into).collect(),
                next: reservations.next,
            }),
            Document::Subnets(_) | Document::Interfaces(_) => None,
        })
        .await
    }

    async fn filtered<T>(
        &self,
        action: &'static str,
        filters: &[Filter],
        page: impl Fn(Document) -> Option<Page<T>>,
    ) -> Result<Vec<T>, AwsError> {
        let mut found = Vec::new();
        for portion in portions(filters) {
            found.extend(self.paged(action, &Query::new(action).filters(&portion), &page).await?);
        }
        Ok(found)
    }

    async fn paged<T>(
        &self,
        action: &'static str,
        query: &Query,
        page: impl Fn(Document) -> Option<Page<T>>,
    ) -> Result<Vec<T>, AwsError> {
        all(|token| {
            let (query, page) = (query.clone().page(token.as_deref()), &page);
            async move {
                let answer = self.0.ask(action, query.body()).await?;
                page(answer).ok_or_else(|| AwsError::new(ErrorKind::Unreadable, "the answer to another question"))
            }
        })
        .await
    }
}
