//! `core/v1` events, which is how kubelet and controllers say what went wrong.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Meta, Time, kind, nullable};

/// `core/v1` Event.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    /// The event's own identity, not that of the object it is about.
    #[prost(message, required, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub metadata: Meta,
    /// What it is about.
    #[prost(message, required, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub involved_object: ObjectReference,
    /// CamelCase reason such as `FailedCreatePodSandBox`.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub reason: String,
    /// What happened, in the failing component's words, cut at 1024 characters.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub message: String,
    /// First time of a repeated event.
    #[prost(message, required, tag = "6")]
    pub first_timestamp: Time,
    /// Last time of a repeated event.
    #[prost(message, required, tag = "7")]
    pub last_timestamp: Time,
    /// `Normal` or `Warning`.
    #[prost(string, tag = "9")]
    #[serde(deserialize_with = "nullable")]
    pub r#type: String,
    /// Time of the first occurrence, from writers of `events.k8s.io/v1`.
    #[prost(message, required, tag = "10")]
    pub event_time: Time,
    /// Repetitions, from writers of `events.k8s.io/v1`.
    #[prost(message, optional, tag = "11")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<EventSeries>,
}

kind!(Event, "", "v1", "Event", "events", namespaced: true);

impl Event {
    /// When it happened last: the latest of all the times that writers of either API version fill in.
    #[must_use]
    pub fn last_seen(&self) -> Option<Timestamp> {
        let series = self.series.unwrap_or_default().last_observed_time;
        [series, self.last_timestamp, self.event_time, self.metadata.creation_timestamp]
            .into_iter()
            .filter_map(Time::get)
            .max()
    }

    /// When it happened first.
    #[must_use]
    pub fn first_seen(&self) -> Option<Timestamp> {
        [self.first_timestamp, self.event_time, self.metadata.creation_timestamp]
            .into_iter()
            .filter_map(Time::get)
            .min()
    }
}

/// `EventSeries`.
#[derive(Clone, Copy, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EventSeries {
    /// When the latest of the series was seen.
    #[prost(message, required, tag = "2")]
    pub last_observed_time: Time,
}

/// `ObjectReference`: what an event is about.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ObjectReference {
    /// Kind such as `Pod`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub kind: String,
    /// The object's uid; some writers put a node's name here.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "nullable")]
    pub uid: String,
    /// A part of it, such as `spec.initContainers{migrate}`.
    #[prost(string, tag = "7")]
    #[serde(deserialize_with = "nullable", skip_serializing_if = "String::is_empty")]
    pub field_path: String,
}
