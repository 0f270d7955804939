//! Requests of the EC2 query protocol: a form with numbered parameters.

use crate::aws::{Filter, pages::EC2_PAGE};

/// Version of the API: the date has stood since 2016.
pub(super) const VERSION: &str = "2016-11-15";

/// How many values one filter may have. Source: "List and filter using the CLI and API", Amazon EC2 User Guide.
const MOST_VALUES: usize = 200;

/// The parameters of a request.
#[derive(Clone, Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn new(action: &str) -> Self {
        Self(Vec::new()).with("Action", action).with("Version", VERSION)
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn filters(mut self, filters: &[Filter]) -> Self {
        for (filter, number) in filters.iter().zip(1..) {
            self = self.with(&format!("Filter.{number}.Name"), &filter.name);
            for (value, nth) in filter.values.iter().zip(1..) {
                self = self.with(&format!("Filter.{number}.Value.{nth}"), value);
            }
        }
        self
    }

    /// Which page.
    pub(super) fn page(self, token: Option<&str>) -> Self {
        let sized = self.with("MaxResults", &EC2_PAGE.to_string());
        match token {
            Some(token) => sized.with("NextToken", token),
            None => sized,
        }
    }

    pub(super) fn body(self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.0).finish()
    }
}

/// Cuts filters into sets that EC2 takes. None where a filter has no values: nothing can fit it, and EC2 would refuse it.
pub(super) fn portions(filters: &[Filter]) -> Vec<Vec<Filter>> {
    if filters.iter().any(|filter| filter.values.is_empty()) {
        return Vec::new();
    }
    let Some(at) = filters.iter().position(|filter| filter.values.len() > MOST_VALUES) else {
        return vec![filters.to_vec()];
    };
    let portion = |values: &[String]| {
        let mut cut = filters.to_vec();
        if let Some(filter) = cut.get_mut(at) {
            filter.values = values.to_vec();
        }
        cut
    };
    filters[at].values.chunks(MOST_VALUES).flat_map(|values| portions(&portion(values))).collect()
}
