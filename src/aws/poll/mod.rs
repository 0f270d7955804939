//! Asks AWS again and again: one poller for each [`Source`], with its own period, back-off and state.
//!
//! Pollers know nothing of Kubernetes. What they bring, and what they need to know to ask, goes through [`Home`].

mod home;
mod pace;
mod round;
mod source;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

pub use self::{
    home::{Home, News},
    pace::Pace,
    source::Source,
};
pub(super) use round::call;

use self::{pace::shortened, round::Round};
use super::{AwsApi, AwsError, Board};
use crate::clock::Clock;

/// The first rounds of an exporter that is in no hurry are spread over so long. Exporters of many clusters in one account are
/// often started together.
const SPREAD: Duration = Duration::from_secs(5);
/// How often a poller looks whether there is something else to ask about.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What pollers need.
pub struct Settings {
    /// Whom they ask.
    pub api: Arc<dyn AwsApi>,
    /// Whom they tell.
    pub home: Arc<dyn Home>,
    /// Name of the cluster in EKS.
    pub cluster: String,
    /// The clock that facts age by.
    pub clock: Clock,
    /// Without being renewed for so long, facts are dropped.
    pub stale_after: Duration,
    /// Every source is asked at least so often; without it, each at its own period.
    pub at_least_every: Option<Duration>,
    /// When who asks.
    pub tempo: Tempo,
}

/// How calls are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tempo {
    /// The first rounds over a few seconds, and later ones by pauses of different lengths. Only the cluster is asked about
    /// at once: others wait for what it tells.
    Spread,
    /// Everything at once, and then by the clock.
    Exact,
}

/// Starts a poller for each source of the board. They end with the set.
pub fn start(tasks: &mut JoinSet<()>, settings: Settings, board: &Arc<Board>) {
    let Settings { api, home, cluster, clock, stale_after, at_least_every, tempo } = settings;
    let longest = at_least_every.unwrap_or(Duration::MAX);
    let round = Arc::new(Round { api, home, cluster, clock, stale_after, left: Default::default() });
    for source in board.sources() {
        tasks.spawn(poll(source, Arc::clone(&round), Arc::clone(board), longest, tempo));
    }
}

async fn poll(source: Source, round: Arc<Round>, board: Arc<Board>, longest: Duration, tempo: Tempo) {
    let period = source.period().min(longest);
    let mut pace = match tempo {
        Tempo::Spread => Pace::new(period),
        Tempo::Exact => Pace::exact(period),
    };
    if tempo == Tempo::Spread && source != Source::Cluster {
        sleep(shortened(SPREAD, 90)).await;
    }
    let mut due = Instant::now();
    let mut former: Option<Vec<String>> = None;
    loop {
        let about = loop {
            let about = source.asks(&*round.home);
            let is_new = about != former && !pace.is_failing();
            match about {
                Some(about) if is_new || Instant::now() >= due => break about,
                Some(_) => {}
                None => board.idle(source),
            }
            sleep(LOOK_EVERY.min(longest)).await;
        };
        let failing = |error: &AwsError| {
            if board.is_failing(source, error) {
                complain(source, error);
            }
        };
        let asked = round.ask(source, &about, &failing).await;
        former = Some(about);
        let pause = match asked {
            Ok(()) => {
                if board.succeeded(source, round.clock.now()) {
                    tracing::info!(source = source.name(), "AWS answers again");
                }
                pace.succeeded()
            }
            Err(error) => {
                if board.failed(source, &error) {
                    complain(source, &error);
                }
                pace.failed()
            }
        };
        due = Instant::now() + pause;
    }
}

/// One line for each kind of failure, not one for each failure.
fn complain(source: Source, error: &AwsError) {
    let (source, needs) = (source.name(), source.actions().join(", "));
    tracing::warn!(source, error = %error, needs, "AWS does not tell; the rest goes on");
}
