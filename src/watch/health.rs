//! What is known of one watch: whether it is synced, what went wrong, how much came.
//!
//! Plain counters and states, written by the watches, read by `/metrics`, `/readyz` and the log.

use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering},
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::{cache::Scope, clock::Clock, collector::Collector};

/// Declares a closed set of label values with its counter order.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The label's value.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

closed_set! {
    /// What a watch brought: label `event`.
    Received {
        /// Shown by a list or re-list.
        Listed = "listed",
        /// Added or changed since.
        Applied = "applied",
        /// Deleted.
        Deleted = "deleted",
        /// The API server's sign of life with a newer resource version.
        Bookmark = "bookmark",
    }
}

closed_set! {
    /// What went wrong: label `reason`.
    Reason {
        /// The resource version is too old (410): routine, a new list follows.
        Expired = "expired",
        /// No right to it (403), or not known to the API server (401).
        Forbidden = "forbidden",
        /// The API server asks for patience (429).
        Throttled = "throttled",
        /// An object or a body that cannot be read.
        Decode = "decode",
        /// Connections refused, cut or silent.
        Transport = "transport",
        /// The API server failed (5xx).
        Server = "server",
        /// Anything else.
        Other = "other",
    }
}

closed_set! {
    /// Where a watch stands.
    State {
        /// No list was complete yet.
        Starting = "starting",
        /// A list was complete, and contact was not lost for too long since.
        Synced = "synced",
        /// No right to list or watch it.
        Forbidden = "forbidden",
        /// The API server does not know the kind: the CRD is not installed.
        Absent = "absent",
        /// Without contact for too long; what was known is forgotten.
        Stale = "stale",
    }
}

impl State {
    fn from_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Self::Starting)
    }
}

/// The health of one watch.
pub struct Health {
    resource: &'static str,
    collector: Collector,
    scope: Scope,
    clock: Clock,
    started: Instant,
    state: AtomicU8,
    last_error: Mutex<Option<String>>,
    received: [AtomicU64; Received::ALL.len()],
    errors: [AtomicU64; Reason::ALL.len()],
    lists: AtomicU64,
    fallbacks: AtomicU64,
    /// Objects that came, decodable or not, and pieces of list pages: what an initial list moves forward by.
    progress: AtomicU64,
    /// Milliseconds after `started` of the last contact.
    contact: AtomicU64,
    /// The same as Unix milliseconds, 0 for never.
    activity: AtomicI64,
    decode_logged: AtomicBool,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health")
            .field("resource", &self.resource)
            .field("scope", &self.scope)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Health {
    /// A watch that has not begun.
    #[must_use]
    pub fn new(resource: &'static str, collector: Collector, scope: Scope, clock: Clock) -> Self {
        Self {
            resource,
            collector,
            scope,
            clock,
            started: Instant::now(),
            state: AtomicU8::new(State::Starting as u8),
            last_error: Mutex::default(),
            received: Default::default(),
            errors: Default::default(),
            lists: AtomicU64::default(),
            fallbacks: AtomicU64::default(),
            progress: AtomicU64::default(),
            contact: AtomicU64::default(),
            activity: AtomicI64::default(),
            decode_logged: AtomicBool::default(),
        }
    }

    /// Label `resource`.
    #[must_use]
    pub fn resource(&self) -> &'static str {
        self.resource
    }

    /// The collector that it belongs to.
    #[must_use]
    pub fn collector(&self) -> Collector {
        self.collector
    }

    /// What it covers.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        State::from_code(self.state.load(Ordering::Relaxed))
    }

    /// The error that is not over yet, in one short line.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.last_error.lock().clone()
    }

    /// How many of that kind came.
    #[must_use]
    pub fn received(&self, what: Received) -> u64 {
        self.received[what as usize].load(Ordering::Relaxed)
    }

    /// How often that went wrong.
    #[must_use]
    pub fn errors(&self, reason: Reason) -> u64 {
        self.errors[reason as usize].load(Ordering::Relaxed)
    }

    /// Lists and re-lists that began.
    #[must_use]
    pub fn lists(&self) -> u64 {
        self.lists.load(Ordering::Relaxed)
    }

    /// How often a streaming list was given up for a paged one.
    #[must_use]
    pub fn fallbacks(&self) -> u64 {
        self.fallbacks.load(Ordering::Relaxed)
    }

    /// When something last came from the API server: a frame, a piece of a list, or an accepted watch request.
    #[must_use]
    pub fn last_activity(&self) -> Option<Timestamp> {
        match self.activity.load(Ordering::Relaxed) {
            0 => None,
            millis => Timestamp::from_millisecond(millis).ok(),
        }
    }

    /// The same on this process's own clock, which nobody sets; the start where nothing came yet.
    pub(super) fn last_contact(&self) -> Instant {
        self.started + Duration::from_millis(self.contact.load(Ordering::Relaxed))
    }

    /// Contact: something came.
    pub(super) fn touch(&self) {
        let since = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.contact.store(since, Ordering::Relaxed);
        self.activity.store(self.clock.now().as_millisecond(), Ordering::Relaxed);
    }

    pub(super) fn progress(&self) -> u64 {
        self.progress.load(Ordering::Relaxed)
    }

    pub(super) fn progressed(&self) {
        self.progress.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count(&self, what: Received, more: u64) {
        self.received[what as usize].fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn list_began(&self) {
        self.lists.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn fell_back(&self) {
        self.fallbacks.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set(&self, state: State) {
        if state == State::Synced {
            self.recovered();
        }
        self.state.store(state as u8, Ordering::Relaxed);
    }

    /// The last error is over.
    pub(super) fn recovered(&self) {
        *self.last_error.lock() = None;
    }

    /// Counts an error and keeps its text.
    pub(super) fn failed(&self, reason: Reason, text: &str) {
        self.errors[reason as usize].fetch_add(1, Ordering::Relaxed);
        *self.last_error.lock() = Some(one_line(text));
    }

    /// Whether this is the first object that could not be read: one is logged, all are counted.
    pub(super) fn first_undecodable(&self) -> bool {
        !self.decode_logged.swap(true, Ordering::Relaxed)
    }
}

/// Text from elsewhere as one line of at most 200 characters, without control characters.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((cut, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(cut);
            line.push('…');
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_short_line() {
        assert_eq!(one_line(" a\n\tb\u{7}\r\n c "), "a b c");
        let long = one_line(&"é".repeat(5000));
        assert_eq!(long.chars().count(), 201);
        assert!(long.ends_with('…'));
        assert_eq!(one_line(""), "");
    }

    #[test]
    fn states_survive_their_code() {
        for state in State::ALL {
            let health = Health::new("pods", Collector::Pods, Scope::cluster(), Clock::new());
            health.set(*state);
            assert_eq!(health.state(), *state);
        }
    }
}
