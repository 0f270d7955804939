//! The clients, pointed at a server of the test, and what they told of their attempts.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_credential_types::Credentials;
use eksporter::aws::{Client, Observer, Outcome, Service, Settings};

/// Keeps what it is told, as `service operation outcome`.
#[derive(Default)]
pub struct Attempts(Mutex<Vec<String>>);

impl Observer for Attempts {
    fn attempted(&self, service: Service, operation: &'static str, outcome: Outcome) {
        let line = format!("{} {operation} {}", service.label(), outcome.label());
        self.0.lock().expect("the lock").push(line);
    }
}

impl Attempts {
    pub fn told(&self) -> Vec<String> {
        self.0.lock().expect("the lock").clone()
    }
}

/// One attempt of two seconds at most, so that a test of an error does not wait.
pub fn impatient() -> Settings {
    Settings {
        region: Some("eu-central-1".to_owned()),
        credentials_timeout: Duration::from_millis(1500),
        attempt_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(5),
        attempts: 1,
    }
}

/// Time enough for a server that is slow to wake up.
pub fn patient() -> Settings {
    let seconds = Duration::from_secs;
    Settings { credentials_timeout: seconds(25), attempt_timeout: seconds(30), timeout: seconds(60), ..impatient() }
}

/// With a region of its own. After it was throttled, the SDK slows down every client of the process for that service and
/// region, so a test in which that happens must not share its region.
pub fn apart(settings: Settings) -> Settings {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    Settings { region: Some(format!("mars-{}", NEXT.fetch_add(1, Ordering::Relaxed))), ..settings }
}

/// A client of the server at `url`, with credentials that it does not look for.
pub async fn client(url: &str, settings: Settings) -> (Client, Arc<Attempts>) {
    let attempts = Arc::new(Attempts::default());
    let config = settings
        .loader()
        .endpoint_url(url)
        .credentials_provider(Credentials::from_keys("AKIDEXAMPLE", "secret", None))
        .load()
        .await;
    (Client::new(&config, attempts.clone()).expect("a region"), attempts)
}
