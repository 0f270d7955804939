//! The exporter in this process, and what its page comes to say.

use std::{net::Ipv4Addr, time::Duration};

use clap::Parser as _;
use eksporter::{
    config::{Cli, Config},
    report::{self, Finding},
    run::{Access, Serving, watch_cluster, watch_cluster_and_aws},
    watch::Settings,
};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};

use super::{cluster::Cluster, page::Page, program};

/// How long anything may take that a test waits for. Most of it takes milliseconds; the rest is for back-offs and for a
/// machine that compiles something else at the time.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// An exporter that watches a cluster.
pub struct Watching {
    serving: Serving,
}

impl Cluster {
    /// The exporter with its own account, started with these arguments.
    pub async fn exporter(&self, args: &[&str]) -> Watching {
        self.exporter_with(args, |_| {}).await
    }

    /// The same, with settings of the watches that are no arguments. They renew themselves every five seconds unless
    /// the test wants otherwise, which is when lost rights are noticed.
    pub async fn exporter_with(&self, args: &[&str], adjust: impl FnOnce(&mut Settings)) -> Watching {
        let token = self.exporter_token().await;
        self.exporter_of(&token, args, adjust)
    }

    /// An exporter that resumes its watches where they were when the API server comes back. Short watches would be
    /// brought up to date by the bookmark that comes before their end; and whoever needs a role is refused until the API
    /// server has read it, and lists anew after that.
    pub fn exporter_that_resumes(&self, args: &[&str]) -> Watching {
        self.exporter_of(&self.plane.admin_token, args, |settings| settings.watch_timeout = None)
    }

    /// The same, with somebody who answers for AWS.
    pub async fn exporter_and_aws(&self, args: &[&str], access: Access) -> Watching {
        let config =
            Config::new(Cli::parse_from(["eksporter"].iter().chain(args)).serve).expect("the arguments are right");
        let mut settings = config.cluster.watch();
        settings.probe_every = Duration::from_secs(1);
        let kube = self.plane.config_with_token(&self.exporter_token().await);
        let serving = watch_cluster_and_aws(kube, &config.cluster, &settings, access);
        Watching { serving: serving.expect("the configuration is right") }
    }

    /// The same for the bearer of a token.
    pub fn exporter_of(&self, token: &str, args: &[&str], adjust: impl FnOnce(&mut Settings)) -> Watching {
        Watching::start(self.plane.config_with_token(token), args, |settings| {
            settings.watch_timeout = Some(Duration::from_secs(5));
            adjust(settings);
        })
    }
}

impl Watching {
    /// An exporter with this configuration of its client.
    pub fn start(kube: kube::Config, args: &[&str], adjust: impl FnOnce(&mut Settings)) -> Self {
        let cli = Cli::parse_from(["eksporter"].iter().chain(args));
        let config = Config::new(cli.serve).expect("the arguments are right");
        let mut settings = config.cluster.watch();
        adjust(&mut settings);
        Self { serving: watch_cluster(kube, &config.cluster, &settings).expect("the configuration is right") }
    }

    /// Serves until the test ends; the address.
    pub async fn serve(self) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(self.serving.run(vec![listener], "/metrics", std::future::pending()));
        address
    }

    /// What `/metrics` says now.
    pub fn page(&self) -> Page {
        Page::parse(&self.serving.exporter.page())
    }

    /// What it finds wrong now, what matters most first.
    pub fn findings(&self) -> Vec<Finding> {
        report::findings(&self.serving.exporter.snapshot())
    }

    /// What `/readyz` says now.
    pub fn readiness(&self) -> Result<(), Vec<String>> {
        self.serving.exporter.readiness()
    }

    /// Waits until the exporter is ready.
    pub async fn ready(self) -> Self {
        self.shows("a ready exporter", |_| self.readiness().is_ok()).await;
        self
    }

    /// Waits until the page says so, and returns it.
    ///
    /// # Panics
    ///
    /// When it does not, with the lines that the condition asked about.
    pub async fn shows(&self, what: &str, condition: impl Fn(&Page) -> bool) -> Page {
        self.shows_within(PATIENCE, what, condition).await
    }

    /// The same with a limit of its own.
    pub async fn shows_within(&self, limit: Duration, what: &str, condition: impl Fn(&Page) -> bool) -> Page {
        eventually(limit, what, async || self.page(), condition, || format!("readiness: {:?}", self.readiness())).await
    }

    /// Looks at the page again and again until `end` is true of it; `condition` must be true of every one.
    ///
    /// # Panics
    ///
    /// When it is not, or the end does not come.
    pub async fn keeps_showing(
        &self,
        what: &str,
        condition: impl Fn(&Page) -> bool,
        end: impl Fn(&Page) -> bool,
    ) -> Page {
        let checked = |page: &Page| {
            assert!(condition(page), "does not show any more: {what}\n{}", page.explanation());
            end(page)
        };
        self.shows(&format!("the end of: {what}"), checked).await
    }
}

/// Waits until the page that a program serves says so.
pub async fn scraped(address: &str, what: &str, condition: impl Fn(&Page) -> bool) -> Page {
    let read = async || Page::parse(program::get(address, "/metrics", "").expect("it answers").text());
    eventually(PATIENCE, what, read, condition, String::new).await
}

/// Reads pages until one fulfils the condition.
///
/// # Panics
///
/// When none does within the limit.
pub async fn eventually(
    limit: Duration,
    what: &str,
    read: impl AsyncFn() -> Page,
    condition: impl Fn(&Page) -> bool,
    else_say: impl Fn() -> String,
) -> Page {
    let begun = Instant::now();
    loop {
        let asked_at = begun.elapsed();
        let page = read().await;
        if condition(&page) {
            return page;
        }
        // The last look is taken after the limit, so that a machine that stood still does not fail the test.
        assert!(asked_at <= limit, "not within {limit:?}: {what}\n{}\n{}", page.explanation(), else_say());
        sleep(Duration::from_millis(20)).await;
    }
}
