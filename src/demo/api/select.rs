//! Field selectors.

use std::sync::Arc;

use serde_json::Value;

use super::{resource::Resource, status::Refusal};

/// A parsed `fieldSelector`: every term has to hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    terms: Arc<[Term]>,
}

#[derive(Debug)]
struct Term {
    pointer: String,
    value: String,
    equal: bool,
}

impl Selector {
    /// Reads the query parameter; a field that the real server does not select by is refused, as it is there.
    pub fn parse(text: &str, resource: &Resource) -> Result<Self, Refusal> {
        let terms = text.split(',').filter(|term| !term.is_empty()).map(|term| Term::parse(term, resource));
        Ok(Self { terms: terms.collect::<Result<_, _>>()? })
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn matches(&self, object: &Value) -> bool {
        self.terms.iter().all(|term| {
            let field = object.pointer(&term.pointer).and_then(Value::as_str).unwrap_or_default();
            (field == term.value) == term.equal
        })
    }
}

impl Term {
    fn parse(text: &str, resource: &Resource) -> Result<Self, Refusal> {
        let (label, value, equal) = if let Some((label, value)) = text.split_once("!=") {
            (label, value, false)
        } else if let Some((label, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
            (label, value, true)
        } else {
            return Err(Refusal::bad_request(format!("invalid selector: '{text}'; can't understand '{text}'")));
        };
        if !is_supported(label, resource) {
            return Err(Refusal::bad_request(format!("field label not supported: {label}")));
        }
        // The component of an event's source is selected by the name of the whole.
        let path = if label == "source" { "source.component" } else { label };
        Ok(Self { pointer: format!("/{}", path.replace('.', "/")), value: value.to_owned(), equal })
    }
}

/// The labels of kubernetes/kubernetes pkg/apis/core/v1/conversion.go that somebody here may ask for: of events all, for
/// `kubectl events --for` and `kubectl describe` name what an event is about in their own ways.
fn is_supported(label: &str, resource: &Resource) -> bool {
    let own: &[&str] = match resource.plural {
        "pods" => &["spec.nodeName", "spec.schedulerName", "status.phase"],
        "events" => &[
            "involvedObject.apiVersion",
            "involvedObject.fieldPath",
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "involvedObject.resourceVersion",
            "involvedObject.uid",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        _ => &[],
    };
    label == "metadata.name" || (resource.namespaced && label == "metadata.namespace") || own.contains(&label)
}
