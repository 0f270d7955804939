//! `eksporter demo`: the real exporter on a simulated API server that plays an incident, and what it says, in words.

#![expect(clippy::print_stdout, reason = "the story is told on the terminal")]

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Parser as _;
use jiff::Timestamp;
use tokio::{sync::mpsc, time};

use super::serve;
use crate::{
    config::{self, Cli, Config, DemoArgs, LogFormat, LogLevel},
    demo::{
        api::{self, ApiServer, NoFaults, Store},
        scenario::{Scenario, Step},
    },
    exporter::Exporter,
    report::{self, Finding},
};

/// How often the exporter is asked whether it has anything new to say.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// News is told when it has stood for so many looks: an incident's objects do not arrive all at once.
const LOOKS: u32 = 4;
/// With `--once`, the end comes so long after the last step.
const EPILOGUE: Duration = Duration::from_secs(2);

/// Plays a scenario.
///
/// # Errors
/// When the scenario is unknown or wrong, or the address is taken.
pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    if args.list {
        for builtin in Scenario::builtin() {
            println!("{:<14} {}", builtin.name, builtin.title);
        }
        return Ok(());
    }
    let scenario = Scenario::load(&args.scenario)?;
    let config = options(&scenario).with_context(|| format!("the options of scenario {}", scenario.name))?;
    config::start_logging(LogLevel::Warn, LogFormat::Logfmt);

    let listeners = serve::bind(std::slice::from_ref(&args.listen_address)).await?;
    let address = listeners.first().context("nothing to listen on")?.local_addr()?;
    let store = Store::new();
    let server = ApiServer::start_with(Arc::clone(&store), NoFaults, api_options(&scenario))
        .context("the simulated API server")?;
    let kube = kube::Config::new(server.url().parse()?);
    let start = Timestamp::now();
    scenario.place(&store, start)?;
    let serving = serve::watch_cluster(kube, &config.cluster, &config.cluster.watch())?;

    let metrics = format!("http://{address}{}", config.telemetry_path);
    println!("{}\n\n{}\nMetrics: {metrics}", scenario.title, scenario.story.trim_end());
    let exporter = Arc::clone(&serving.exporter);
    let interrupted = serve::interrupted()?;
    let stop = async move {
        tokio::select! {
            () = interrupted => {}
            () = narrate(&scenario, &store, start, &exporter, &metrics, args.once) => {}
        }
    };
    serving.run(listeners, &config.telemetry_path, stop).await
}

fn api_options(scenario: &Scenario) -> api::Options {
    let mut options = api::Options::default();
    if let Some(version) = &scenario.kubernetes {
        options.git_version.clone_from(version);
    }
    options
}

/// The exporter's configuration, from the flags that the scenario sets.
fn options(scenario: &Scenario) -> anyhow::Result<Config> {
    let typed = std::iter::once("eksporter").chain(scenario.options.iter().map(String::as_str));
    Ok(Config::new(Cli::try_parse_from(typed)?.serve)?)
}

/// Lets the timeline happen and tells it, with what the exporter says about it. Ends only with `once`.
async fn narrate(
    scenario: &Scenario,
    store: &Arc<Store>,
    start: Timestamp,
    exporter: &Exporter,
    metrics: &str,
    once: bool,
) {
    let (happened, mut steps) = mpsc::unbounded_channel();
    let timeline = async {
        let tell = |step: &Step| {
            let _ = happened.send(step.say.clone());
        };
        if let Err(error) = scenario.play(store, start, tell).await {
            tracing::error!(%error, "a step of the scenario failed");
        }
        time::sleep(EPILOGUE).await;
        if !once {
            println!(
                "\n{}  That is all that happens. {metrics} stays up until you press Ctrl-C.",
                clock(Timestamp::now())
            );
            std::future::pending::<()>().await;
        }
    };
    let telling = async {
        let mut narrator = Narrator::default();
        let mut looks = time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                Some(said) = steps.recv() => println!("\n{}  {said}", clock(Timestamp::now())),
                _ = looks.tick() => if exporter.tells_of_cluster() {
                    let snapshot = exporter.snapshot();
                    if let Some(news) = narrator.look(&report::findings(&snapshot), snapshot.now) {
                        println!("\n{}  eksporter says:\n{}", clock(snapshot.now), indent(&news));
                    }
                },
            }
        }
    };
    tokio::select! {
        () = timeline => {}
        () = telling => {}
    }
}

/// Notices when there is something new to say.
#[derive(Default)]
struct Narrator {
    told: Option<Vec<String>>,
    seen: Vec<String>,
    looks: u32,
}

impl Narrator {
    /// What to say now, if it is news that has stood for some looks. Ages alone are no news.
    fn look(&mut self, findings: &[Finding], now: Timestamp) -> Option<String> {
        let seen: Vec<_> =
            findings.iter().map(|finding| format!("{} {}", finding.severity.as_str(), finding.title)).collect();
        if seen == self.seen {
            self.looks += 1;
        } else {
            (self.seen, self.looks) = (seen, 1);
        }
        if self.looks < LOOKS || self.told.as_ref() == Some(&self.seen) {
            return None;
        }
        self.told = Some(self.seen.clone());
        Some(if findings.is_empty() { "Nothing is wrong.\n".to_owned() } else { report::plain(findings, now) })
    }
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

fn indent(text: &str) -> String {
    text.lines().flat_map(|line| ["          ", line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Severity;

    #[test]
    fn news_is_told_once_and_ages_are_no_news() {
        let finding = |title: &str| Finding {
            severity: Severity::Warning,
            title: title.to_owned(),
            detail: "",
            since: Timestamp::UNIX_EPOCH,
            examples: Vec::new(),
            more: 0,
            look: String::new(),
        };
        let mut narrator = Narrator::default();
        let mut told = Vec::new();
        for titles in [&["a"][..], &["a", "b"], &[]] {
            let findings: Vec<_> = titles.iter().map(|title| finding(title)).collect();
            for second in 0..20 {
                let now = Timestamp::from_second(second).unwrap();
                told.extend(narrator.look(&findings, now).map(|text| (titles.len(), text)));
            }
        }
        assert_eq!(told.iter().map(|(count, _)| *count).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(told[2].1, "Nothing is wrong.\n");
    }
}
