//! The API server's version: a control plane is upgraded under our feet.

use std::{sync::Arc, time::Duration};

use kube::{
    Client,
    runtime::{utils::Backoff, watcher::DefaultBackoff},
};
use parking_lot::RwLock;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::{
    health::{Health, Reason, State},
    verdict::{describe_client, judge_client},
};
use crate::{cache::VersionIndex, clock::Clock};

/// How often it is read unless the settings say otherwise.
pub(super) const EVERY: Duration = Duration::from_secs(30);

/// What `/version` says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the API's own name")]
struct Version {
    git_version: String,
    major: u32,
    minor: u32,
}

/// `version.Info`, of which kube's own type wants all fields to be there.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Info {
    git_version: String,
    major: String,
    minor: String,
}

impl Info {
    /// EKS says `33+` for a minor that carries patches of its own.
    fn read(self) -> Option<Version> {
        let number = |text: &str| text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok();
        let (major, minor) = if let (Some(major), Some(minor)) = (number(&self.major), number(&self.minor)) {
            (major, minor)
        } else {
            let mut numbers = self.git_version.trim_start_matches('v').split('.').map(number);
            (numbers.next()??, numbers.next()??)
        };
        Some(Version { git_version: self.git_version, major, minor })
    }
}

/// Which of the answers is believed: during an upgrade old and new servers answer in turn.
#[derive(Debug, Default)]
struct Gate {
    taken: Option<(u32, u32)>,
    /// Another minor, and how often it was the answer in a row.
    rival: Option<((u32, u32), u32)>,
}

/// How many equal answers in a row make a changed minor true.
const ENOUGH: u32 = 10;

impl Gate {
    /// Whether that answer is to be taken.
    fn takes(&mut self, version: &Version) -> bool {
        let minor = (version.major, version.minor);
        if self.taken.is_none_or(|taken| taken == minor) {
            self.taken = Some(minor);
            self.rival = None;
            return true;
        }
        let times = match self.rival {
            Some((rival, times)) if rival == minor => times + 1,
            _ => 1,
        };
        self.rival = Some((minor, times));
        if times < ENOUGH {
            return false;
        }
        self.taken = Some(minor);
        self.rival = None;
        true
    }
}

/// Reads the version for as long as the task lives.
pub(super) async fn follow<I: VersionIndex>(
    client: Client,
    health: Arc<Health>,
    clock: Clock,
    every: Duration,
    stale_after: Duration,
    index: Arc<RwLock<I>>,
) {
    let mut gate = Gate::default();
    let mut backoff = DefaultBackoff::default();
    let mut last = Instant::now();
    loop {
        match read(&client).await {
            Ok(version) => {
                last = Instant::now();
                if gate.takes(&version) {
                    index.write().server_version(&version.git_version, version.major, version.minor, clock.now());
                }
                health.touch();
                health.set(State::Synced);
                backoff.reset();
                sleep(every).await;
            }
            Err((reason, error)) => {
                if health.last_error().is_none() {
                    tracing::warn!(reason = reason.name(), error, "the API server's version cannot be read");
                }
                health.failed(reason, &error);
                let lost = match reason {
                    Reason::Forbidden => Some(State::Forbidden),
                    _ => (last.elapsed() >= stale_after).then_some(State::Stale),
                };
                if let Some(state) = lost {
                    health.set(state);
                    gate = Gate::default();
                    index.write().forget_version();
                }
                sleep(backoff.next().unwrap_or(every).min(every)).await;
            }
        }
    }
}

async fn read(client: &Client) -> Result<Version, (Reason, String)> {
    let request = http::Request::get("/version").body(Vec::new());
    let request = request.map_err(|error| (Reason::Other, error.to_string()))?;
    match client.request::<Info>(request).await {
        Ok(info) => info.read().ok_or((Reason::Decode, "a version without numbers".to_owned())),
        Err(error) => {
            let (reason, _) = judge_client(&error);
            Err((reason, describe_client(&error)))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{cache::Scope, collector::Collector, watch::testing::*};

    fn version(minor: &str) -> Version {
        let info = Info { git_version: format!("v1.{minor}.1-eks-1a2b3c4"), major: "1".into(), minor: minor.into() };
        info.read().unwrap()
    }

    #[test]
    fn an_eks_minor_loses_its_plus() {
        assert_eq!(version("33+").minor, 33);
    }

    #[test]
    fn numbers_come_from_the_git_version_where_they_are_missing() {
        let info = Info { git_version: "v1.36.3-eks-1a2b3c4".into(), ..Info::default() };
        assert_eq!(info.read().map(|version| (version.major, version.minor)), Some((1, 36)));
        let nonsense = Info { git_version: "latest".into(), ..Info::default() };
        assert_eq!(nonsense.read(), None);
    }

    #[test]
    fn a_changed_minor_is_taken_after_ten_equal_answers() {
        let mut gate = Gate::default();
        assert!(gate.takes(&version("33+")));
        for _ in 0..9 {
            assert!(!gate.takes(&version("34+")));
        }
        assert!(gate.takes(&version("34+")));
        assert!(!gate.takes(&version("33+")));
    }

    #[test]
    fn old_and_new_servers_that_answer_in_turn_change_nothing() {
        let mut gate = Gate::default();
        assert!(gate.takes(&version("33+")));
        for _ in 0..40 {
            for _ in 0..9 {
                assert!(!gate.takes(&version("34+")));
            }
            assert!(gate.takes(&version("33+")));
        }
    }

    #[test]
    fn a_patch_release_is_taken_at_once() {
        let mut gate = Gate::default();
        assert!(gate.takes(&version("33")));
        assert!(gate.takes(&Version { git_version: "v1.33.2".into(), major: 1, minor: 33 }));
    }

    #[tokio::test(start_paused = true)]
    async fn the_version_is_read_at_once_and_after_a_failure_soon_again() {
        let server = Server::new(|nth, asked| match (nth, asked.path.as_str()) {
            (0..2, "/version") => answer(503, "text/plain", vec![]),
            (_, "/version") => json(200, &json!({"gitVersion": "v1.33.1-eks-1a2b3c4", "major": "1", "minor": "33+"})),
            other => panic!("{other:?}"),
        });
        let clock = Clock::new();
        let health = Arc::new(Health::new("version", Collector::Version, Scope::cluster(), clock.clone()));
        let index = Recording::default();
        let client = Client::new(server.service(), "default");
        let start = Instant::now();
        let stale_after = Duration::from_mins(5);
        tokio::spawn(follow(client, Arc::clone(&health), clock, EVERY, stale_after, Arc::clone(&index)));
        until(|| health.state() == State::Synced).await;
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!(health.errors(Reason::Server), 2);
        assert_eq!(index.read().told, ["version v1.33.1-eks-1a2b3c4 1 33"]);
        sleep(Duration::from_secs(301)).await;
        assert_eq!(server.asked().len(), 2 + 11);
    }
}
