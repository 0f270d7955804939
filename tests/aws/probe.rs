//! The clients with an environment of their own. A test must not set the environment of its own process, so they run in
//! another one: this test binary again, with [`probe`] as its only test.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use eksporter::aws::{
    AwsApi, Client, Filter, Settings,
    identity::{Known, identify},
};

use crate::client::{Attempts, patient};

/// Before each line of what the probe found out.
const FOUND: &str = "found: ";
/// To be set where the probe is not to wait for credentials, in milliseconds.
pub const PATIENCE: &str = "PROBE_PATIENCE";
/// To be set where a region is not to be looked for.
pub const REGION: (&str, &str) = ("AWS_REGION", "eu-central-1");

/// Not a test by itself. For each line on its input it asks EKS or EC2, or looks for the cluster, and prints how
/// that went.
#[tokio::test]
#[ignore = "run by tests that need an environment of their own"]
async fn probe() {
    let mut settings = Settings { region: None, ..patient() };
    if let Some(patience) = std::env::var(PATIENCE).ok().and_then(|patience| patience.parse().ok()) {
        settings.credentials_timeout = Duration::from_millis(patience);
    }
    let attempts = Arc::new(Attempts::default());
    let client = match Client::connect(settings, attempts.clone()).await {
        Ok(client) => client,
        Err(error) => return println!("{FOUND}{error}"),
    };
    for line in std::io::stdin().lines() {
        let known = Known { name: Some("blue"), issuer: Some("https://issuer"), skip_issuer_check: false };
        let went = match line.expect("a line").as_str() {
            "eks" => client.list_clusters().await.map(|_| ()).map_err(|error| error.to_string()),
            "ec2" => {
                client.describe_subnets(&[Filter::vpc("vpc-1")]).await.map(|_| ()).map_err(|error| error.to_string())
            }
            "cluster" => identify(&client, client.region(), known).await.map(|_| ()).map_err(|error| error.to_string()),
            other => panic!("{other}?"),
        };
        println!("{FOUND}{}", went.map_or_else(|error| error, |()| "ok".to_owned()));
        println!("{FOUND}{}", attempts.told().last().map_or("nothing", String::as_str));
    }
}

/// A [`probe`] that runs, ended with the test.
pub struct Probe {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
}

impl Probe {
    /// Starts it with this environment, and no other.
    pub fn start(environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "probe::probe", "--ignored", "--nocapture"])
            .env_clear()
            .envs([("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nowhere")])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the probe starts");
        let (found, output) = channel();
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        std::thread::spawn(move || {
            // The harness writes the name of the test on the same line.
            for line in lines.map_while(Result::ok) {
                if let Some((_, text)) = line.split_once(FOUND) {
                    let _ = found.send(text.to_owned());
                }
            }
        });
        Self { input: child.stdin.take().expect("piped"), child, output }
    }

    /// Lets it ask a service. Returns what came of it.
    pub async fn ask(&mut self, service: &str) -> String {
        self.ask_and_count(service).await.0
    }

    /// The same, and as what the last attempt was counted.
    pub async fn ask_and_count(&mut self, service: &str) -> (String, String) {
        writeln!(self.input, "{service}").expect("it reads");
        (self.says().await, self.says().await)
    }

    /// The next thing that it found.
    pub async fn says(&mut self) -> String {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            if let Ok(text) = self.output.try_recv() {
                return text;
            }
            assert!(Instant::now() < end, "the probe says nothing");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
