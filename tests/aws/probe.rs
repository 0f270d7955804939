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

use eksporter::aws::{AwsApi, Client, Filter, Settings};

use crate::client::{Attempts, patient};

/// Before each line of what the probe found out.
const FOUND: &str = "found: ";
/// To be set where a region is not to be looked for.
pub const REGION: (&str, &str) = ("AWS_REGION", "eu-central-1");

/// Not a test by itself. For each line on its input it asks EKS or EC2, and prints how that went.
#[tokio::test]
#[ignore = "run by tests that need an environment of their own"]
async fn probe() {
    let settings = Settings { region: None, ..patient() };
    let client = match Client::connect(settings, Arc::new(Attempts::default())).await {
        Ok(client) => client,
        Err(error) => return println!("{FOUND}{error}"),
    };
    for line in std::io::stdin().lines() {
        let went = match line.expect("a line").as_str() {
            "eks" => client.list_clusters().await.map(|_| ()),
            "ec2" => client.describe_subnets(&[Filter::vpc("vpc-1")]).await.map(|_| ()),
            other => panic!("{other}?"),
        };
        println!("{FOUND}{}", went.map_or_else(|error| error.to_string(), |()| "ok".to_owned()));
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
        writeln!(self.input, "{service}").expect("it reads");
        self.says().await
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
