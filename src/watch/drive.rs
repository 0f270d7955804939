//! The loop between kube's watcher and an [`Index`]: every watch is this function over another kind.
//!
//! kube resumes watches and lists again after 410. What it leaves to others is here: servers without streaming lists,
//! lists that never end, lost rights, kinds that come and go, loss of contact, and how long to wait before the next
//! try.

mod patience;
#[cfg(test)]
mod tests;

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{FutureExt, Stream, StreamExt};
use kube::{
    Api, Client,
    api::ApiResource,
    runtime::watcher::{self, DefaultBackoff, Event, watcher},
};
use parking_lot::RwLock;
use tokio::time::{Instant, sleep_until, timeout_at};

use self::patience::{Overdue, Patience};
use super::{
    health::{Health, Reason, Received, State},
    link::Link,
    verdict::{Verdict, describe, judge},
    watched::Watched,
};
use crate::{
    cache::{Index, Scope},
    clock::Clock,
    objects::Kind,
};

/// How many events are applied under one lock at most: a scrape waits for it.
const BATCH: usize = 256;
/// An API server that has just started refuses everybody for a moment, until it has read the roles (its `/readyz` waits
/// for that, but who finds its port open need not). Only a right that stays away for so long is lost.
const REFUSAL: Duration = Duration::from_secs(10);
/// Who has never been let in is given less time, for at the start others wait for it.
const FIRST_REFUSAL: Duration = Duration::from_secs(3);
/// What the back-off grows to; it never runs out.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// One watch: what to watch, through which client, for whom.
pub(super) struct Watch {
    /// A client with the layer for the kind.
    pub client: Client,
    /// The kind in the version that is served.
    pub resource: ApiResource,
    /// What part of it.
    pub scope: Scope,
    /// The other end of the client's layer.
    pub link: Arc<Link>,
    pub clock: Clock,
    pub limits: Limits,
}

/// Times and sizes that are settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub stale_after: Duration,
    pub watch_timeout: Duration,
    pub page_size: u32,
    pub probe_every: Duration,
}

/// Follows a kind for as long as the API server serves it; returns once it answers that it does not.
pub(super) async fn drive<K: Kind, I: Index<K>>(watch: &Watch, index: &RwLock<I>) {
    let mut driver = Driver::new(watch, index);
    while driver.follow().await {}
}

/// Why streaming lists are not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paged {
    /// The server does not know them.
    Unsupported,
    /// The last one stalled; the one after the next list is tried again.
    Stalled,
}

struct Driver<'a, K, I> {
    watch: &'a Watch,
    index: &'a RwLock<I>,
    backoff: DefaultBackoff,
    paged: Option<Paged>,
    patience: Patience,
    /// A list began anew by itself: the stream before it ended without its last bookmark.
    restarted: bool,
    /// Since when every request has been refused for want of rights.
    refused: Option<Instant>,
    /// What was said last, so that it is said once.
    logged: Option<Reason>,
    /// Objects that could not be read before the last list began.
    unreadable_before: u64,
    batch: Vec<Event<Watched<K>>>,
}

impl<'a, K: Kind, I: Index<K>> Driver<'a, K, I> {
    fn new(watch: &'a Watch, index: &'a RwLock<I>) -> Self {
        Self {
            watch,
            index,
            backoff: DefaultBackoff::default(),
            paged: None,
            patience: Patience::new(watch.limits.stale_after),
            restarted: false,
            refused: None,
            logged: None,
            unreadable_before: 0,
            batch: Vec::with_capacity(BATCH),
        }
    }

    fn health(&self) -> &'a Health {
        self.watch.link.health()
    }

    /// Runs one watcher, from a list of its own, until another is needed. False once the kind is not served.
    async fn follow(&mut self) -> bool {
        let mut stream = pin!(watcher(self.api(), self.config()));
        self.patience.excuse();
        self.patience.paused();
        loop {
            let deadline = self.patience.deadline(self.health(), self.streaming());
            let next = timeout_at(deadline, gather(&mut stream, &mut self.batch)).await;
            self.apply();
            // Elapsed or not: events that never let up would hide that the list does not end.
            let Ok(Some(error)) = next else {
                if std::mem::take(&mut self.restarted) {
                    self.say(Reason::Transport, "the initial list ended before its end");
                    if self.pause().await {
                        return true;
                    }
                }
                match self.patience.overdue(self.health(), self.streaming()) {
                    Overdue::Nothing => continue,
                    Overdue::Stale => self.lose_contact(),
                    Overdue::Stalled => self.stalled().await,
                }
                return true;
            };
            match self.fail(&error) {
                Verdict::Resume if !self.pause().await => {}
                Verdict::Resume | Verdict::NoStreaming => return true,
                Verdict::Renew => {
                    self.pause().await;
                    return true;
                }
                Verdict::Forbidden => {
                    let since = *self.refused.get_or_insert_with(Instant::now);
                    let borne = if self.health().state() == State::Synced { REFUSAL } else { FIRST_REFUSAL };
                    if since.elapsed() >= borne {
                        self.forget(State::Forbidden);
                    }
                    self.pause().await;
                    return true;
                }
                Verdict::Absent => {
                    self.forget(State::Absent);
                    return false;
                }
            }
        }
    }

    fn api(&self) -> Api<Watched<K>> {
        let Watch { client, resource, scope, .. } = self.watch;
        match &scope.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, resource),
            None => Api::all_with(client.clone(), resource),
        }
    }

    fn config(&mut self) -> watcher::Config {
        let limits = self.watch.limits;
        let timeout = u32::try_from(limits.watch_timeout.as_secs()).unwrap_or(u32::MAX).max(1);
        let mut config = watcher::Config::default().timeout(timeout).page_size(limits.page_size);
        config.field_selector = self.watch.scope.fields.map(str::to_owned);
        if self.streaming() { config.streaming_lists() } else { config }
    }

    /// Hands the events that are there to the index, under one lock.
    fn apply(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let (health, scope, now) = (self.health(), &self.watch.scope, self.watch.clock.now());
        // A list begins before it is asked for, so that alone says nothing.
        if self.batch.iter().any(|event| !matches!(event, Event::Init)) {
            self.refused = None;
        }
        let (mut listed, mut applied, mut deleted) = (0, 0, 0);
        {
            let mut index = self.index.write();
            for event in self.batch.drain(..) {
                match event {
                    Event::Init => {
                        health.list_began();
                        self.unreadable_before = health.errors(Reason::Decode);
                        self.restarted |= !self.patience.list_began(health);
                        index.begin(scope);
                    }
                    Event::InitApply(watched) => {
                        listed += 1;
                        index.apply(watched.object, now);
                    }
                    Event::InitDone => {
                        self.patience.list_over();
                        self.restarted = false;
                        self.paged = self.paged.filter(|why| *why == Paged::Unsupported);
                        index.unreadable(health.errors(Reason::Decode) > self.unreadable_before, now);
                        index.finish(scope, now);
                        health.set(State::Synced);
                    }
                    Event::Apply(watched) => {
                        applied += 1;
                        index.apply(watched.object, now);
                    }
                    Event::Delete(watched) => {
                        deleted += 1;
                        index.delete(&watched.object, now);
                    }
                }
            }
            if health.errors(Reason::Decode) > self.unreadable_before {
                index.unreadable(true, now);
            }
        }
        health.count(Received::Listed, listed);
        health.count(Received::Applied, applied);
        health.count(Received::Deleted, deleted);
        if !self.patience.listing() && self.logged.take().is_some() {
            health.recovered();
            tracing::info!(resource = health.resource(), namespace = self.namespace(), "watch is well again");
        }
    }

    /// Counts and logs an error, and says what is to be done.
    fn fail(&mut self, error: &watcher::Error) -> Verdict {
        let (reason, verdict) = judge(error, self.streaming());
        if verdict == Verdict::NoStreaming {
            self.paged = Some(Paged::Unsupported);
            self.health().fell_back();
            tracing::info!(
                resource = self.health().resource(),
                namespace = self.namespace(),
                "the API server has no streaming lists (Kubernetes before 1.32, and 1.33), so lists are paged"
            );
            return verdict;
        }
        self.patience.excuse();
        self.say(reason, &describe(error));
        verdict
    }

    /// Counts an error, and logs it where it is another than the last.
    fn say(&mut self, reason: Reason, text: &str) {
        self.health().failed(reason, text);
        let (resource, namespace) = (self.health().resource(), self.namespace());
        let error = self.health().last_error().unwrap_or_default();
        if reason == Reason::Expired || self.logged == Some(reason) {
            tracing::debug!(resource, namespace, reason = reason.name(), error, "watch failed");
        } else {
            tracing::warn!(resource, namespace, reason = reason.name(), error, "watch failed, trying again");
            self.logged = Some(reason);
        }
    }

    /// Waits before the next try, as long as the back-off and the API server want. True where contact was lost
    /// meanwhile, so that the watcher is to begin anew.
    async fn pause(&mut self) -> bool {
        let backoff = self.backoff.next().unwrap_or(LONGEST_PAUSE);
        let asked = self.watch.link.take_retry_after().unwrap_or_default();
        let until = Instant::now() + backoff.max(asked);
        let mut lost = false;
        while Instant::now() < until {
            let stale_at = self.patience.stale_at(self.health());
            sleep_until(stale_at.map_or(until, |at| at.min(until))).await;
            if self.patience.overdue(self.health(), false) == Overdue::Stale {
                self.lose_contact();
                lost = true;
            }
        }
        self.patience.paused();
        lost
    }

    /// What was known is not to be trusted any more.
    fn forget(&mut self, state: State) {
        self.patience.list_over();
        self.index.write().forget(&self.watch.scope);
        self.health().set(state);
    }

    fn lose_contact(&mut self) {
        tracing::warn!(
            resource = self.health().resource(),
            namespace = self.namespace(),
            stale_after_seconds = self.watch.limits.stale_after.as_secs(),
            "no contact with the API server for too long: what this watch knew is forgotten"
        );
        self.forget(State::Stale);
    }

    /// The initial list does not move. Where it was a streaming one, the next is paged.
    async fn stalled(&mut self) {
        self.say(Reason::Transport, "the initial list does not come to its end");
        self.patience.excuse();
        if self.paged.is_none() {
            self.paged = Some(Paged::Stalled);
            self.health().fell_back();
            tracing::info!(
                resource = self.health().resource(),
                namespace = self.namespace(),
                "the streaming list does not end, so the next one is paged"
            );
        }
        self.pause().await;
    }

    fn streaming(&self) -> bool {
        self.paged.is_none()
    }

    fn namespace(&self) -> Option<&'a str> {
        self.watch.scope.namespace.as_deref()
    }
}

/// Waits for an event and takes those behind it that are there already. An error ends it, for what follows one is to
/// wait for the back-off.
async fn gather<K>(
    stream: &mut (impl Stream<Item = watcher::Result<Event<K>>> + Unpin),
    batch: &mut Vec<Event<K>>,
) -> Option<watcher::Error> {
    let mut next = stream.next().await;
    loop {
        match next {
            Some(Ok(event)) => {
                // The list that begins anew by itself is looked at before its objects are.
                let init = matches!(event, Event::Init);
                batch.push(event);
                if init || batch.len() >= BATCH {
                    return None;
                }
            }
            Some(Err(error)) => return Some(error),
            None => return None,
        }
        match stream.next().now_or_never() {
            Some(ready) => next = ready,
            None => return None,
        }
    }
}
