//! `eksporter demo`: the real exporter on a simulated API server that plays an incident, and what it says, in words.

#![expect(clippy::print_stdout, reason = "the story is told on the terminal")]

mod alerts;
mod kubeconfig;
mod narrator;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Parser as _;
use jiff::Timestamp;
use tokio::{sync::mpsc, time};

use super::{Access, serve};
use crate::{
    config::{self, Cli, Config, DemoArgs, LogFormat, LogLevel},
    demo::{
        api::{self, ApiServer, NoFaults, Store},
        aws::SimulatedAws,
        scenario::{Scenario, Step},
    },
    exporter::Exporter,
    report,
};
use narrator::Narrator;

/// How often the exporter is asked whether it has anything new to say.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often AWS is asked, which changes within seconds here.
const ASK_AWS_EVERY: Duration = Duration::from_millis(500);
/// Words of a step in one line.
const WIDTH: usize = 110;
/// A new line, and the place of a time of day.
const INDENT: &str = "\n          ";
/// With `--once`, the end comes so long after the last step.
const EPILOGUE: Duration = Duration::from_secs(2);
/// The same where alerts are told, which end some seconds after what they are about.
const EPILOGUE_OF_ALERTS: Duration = Duration::from_secs(12);

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
    let aws = scenario.aws.as_ref().map(|aws| Arc::new(SimulatedAws::new(aws.state.clone())));
    let serving = match scenario.aws.as_ref().zip(aws.clone()) {
        Some((at, api)) => {
            let access = Access::Given { api, region: at.region.clone(), at_least_every: Some(ASK_AWS_EVERY) };
            serve::watch_cluster_and_aws(kube, &config.cluster, &config.cluster.watch(), access)?
        }
        None => serve::watch_cluster(kube, &config.cluster, &config.cluster.watch())?,
    };

    let metrics = format!("http://{address}{}", config.telemetry_path);
    println!("{}\n\n{}\n\nMetrics: {metrics}", scenario.title, scenario.story.trim_end());
    if let Some(path) = &args.kubeconfig {
        kubeconfig::write(path, &server.url())?;
        println!("API server: {}, for KUBECONFIG={} eksporter check", server.url(), path.display());
    }
    let mut prometheus = None;
    if args.alerts {
        println!("Alerts: from a Prometheus with the shipped rules, but those that are over end after 5 seconds.");
        prometheus = Some(alerts::Prometheus::start(&args.prometheus, address, &config.telemetry_path)?);
    }
    let exporter = Arc::clone(&serving.exporter);
    let interrupted = serve::interrupted()?;
    let epilogue = if args.alerts { EPILOGUE_OF_ALERTS } else { EPILOGUE };
    let stage = Stage { store, aws, start, epilogue };
    let stop = async move {
        tokio::select! {
            () = interrupted => {}
            () = narrate(&scenario, &stage, &exporter, &metrics, args.once) => {}
            () = told(&mut prometheus) => {}
        }
    };
    serving.run(listeners, &config.telemetry_path, stop).await
}

/// Tells of alerts for as long as the demo plays.
async fn told(prometheus: &mut Option<alerts::Prometheus>) {
    if let Some(prometheus) = prometheus {
        prometheus.tell().await;
    }
    std::future::pending::<()>().await;
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
    let of_aws = scenario.aws.iter().flat_map(|aws| {
        // The simulated API server has no issuer that could prove the name.
        [format!("--cluster-name={}", aws.cluster), "--aws-skip-issuer-check".to_owned()]
    });
    let mut config = Config::new(Cli::try_parse_from(typed.map(str::to_owned).chain(of_aws))?.serve)?;
    // A scenario's versions are of its time, not of today.
    config.cluster.support_calendar = false;
    Ok(config)
}

/// Where a scenario plays.
struct Stage {
    store: Arc<Store>,
    aws: Option<Arc<SimulatedAws>>,
    start: Timestamp,
    epilogue: Duration,
}

/// Lets the timeline happen and tells it, with what the exporter says about it. Ends only with `once`.
async fn narrate(scenario: &Scenario, stage: &Stage, exporter: &Exporter, metrics: &str, once: bool) {
    let (happened, mut steps) = mpsc::unbounded_channel();
    let timeline = async {
        let tell = |step: &Step| {
            if let Some(aws) = &stage.aws {
                aws.change(|state| step.change_aws(state));
            }
            let _ = happened.send(step.say.clone());
        };
        if let Err(error) = scenario.play(&stage.store, stage.start, tell).await {
            tracing::error!(%error, "a step of the scenario failed");
        }
        time::sleep(stage.epilogue).await;
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
                Some(said) = steps.recv() => println!("\n{}  {}", clock(Timestamp::now()), wrap(&said)),
                _ = looks.tick() => if exporter.tells_of_cluster() {
                    let snapshot = exporter.snapshot();
                    if let Some(news) = narrator.look(&report::findings(&snapshot), snapshot.now) {
                        print!("\n{}  eksporter says:\n{}", clock(snapshot.now), indent(&news));
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

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

/// Text in lines of a length to read, those after the first below the words of the first.
fn wrap(text: &str) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        let gap = match column {
            0 => "",
            column if column + 1 + word.len() <= WIDTH => " ",
            _ => INDENT,
        };
        column = if gap == " " { column + 1 } else { 0 } + word.len();
        out.extend([gap, word]);
    }
    out
}

fn indent(text: &str) -> String {
    text.lines().flat_map(|line| [&INDENT[1..], line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_step_stand_below_each_other() {
        let words = "word ".repeat(25);
        let lines: Vec<_> = wrap(&words).lines().map(str::to_owned).collect();
        assert_eq!(lines.iter().map(|line| line.matches("word").count()).collect::<Vec<_>>(), [22, 3]);
        assert_eq!(lines[1], "          word word word");
    }
}
