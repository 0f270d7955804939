//! A real control plane on loopback: etcd and kube-apiserver, and where a test
//! asks for them the scheduler and the controller manager. RBAC decides what a
//! client may do, as on EKS.
//!
//! There is no kubelet: a test creates nodes and pods itself and moves them along
//! with status patches. What a test does with the cluster does not belong here.

use std::{
    fs::{self, File, OpenOptions},
    net::TcpListener,
    panic,
    path::{Path, PathBuf},
    process::{self, ExitStatus, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::Duration,
};

use aws_lc_rs::{
    encoding::{AsDer, EcPrivateKeyRfc5915Der},
    rand,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use k8s_openapi::api::{authentication::v1::TokenRequest, core::v1::ServiceAccount};
use kube::{Api, Client, Config, api::PostParams};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout},
};

use super::toolbox::{Tool, tool};

/// How long a component may take to start. Two seconds are usual; the rest is for
/// a machine that compiles something else at the time.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A control plane keeps two cores busy while it starts and half a gigabyte of
/// memory after that. Tests of one binary run side by side, so they take turns.
static RUNNING: Semaphore = Semaphore::const_new(2);

/// What a test wants of its control plane.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether a watch may begin with the existing objects (KEP-3157). Off plays
    /// Kubernetes 1.33, which has the feature but answers such a watch with 422.
    pub watch_list: bool,
    /// Binds pods to nodes, and says why when it cannot.
    pub scheduler: bool,
    /// Makes pods of deployments, default service accounts, and so on. Pods then
    /// need the service account they name, as on a real cluster.
    pub controller_manager: bool,
    /// Further flags for kube-apiserver, `--name=value`. `--emulated-version=1.33`
    /// serves the APIs of that version with its feature gates.
    pub api_server_flags: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { watch_list: true, scheduler: false, controller_manager: false, api_server_flags: Vec::new() }
    }
}

/// A running control plane. Dropping it ends its processes and deletes its
/// directory, unless the test is failing: then the logs stay, and it says where.
pub struct ControlPlane {
    /// `https://127.0.0.1:<port>`
    pub url: String,
    /// A bearer token of the group `system:masters`.
    pub admin_token: String,
    /// The certificates to trust for `url`.
    pub ca_pem: String,
    options: Options,
    etcd_url: String,
    api_server: Option<Component>,
    older_url: Option<String>,
    /// etcd and whatever else runs until the end.
    others: Vec<Component>,
    /// `None` only while dropping.
    directory: Option<TempDir>,
    _turn: SemaphorePermit<'static>,
}

impl ControlPlane {
    /// Starts the components and waits until the API server calls itself ready,
    /// which includes the roles and priority classes every cluster has.
    ///
    /// # Panics
    ///
    /// When a component ends or does not get ready, with the end of its log.
    pub async fn start(options: Options) -> Self {
        // Possibly minutes of work, which must not stop the other tests of this
        // runtime, nor take their turn.
        tokio::task::spawn_blocking(|| [Tool::Etcd, Tool::KubeApiserver].map(tool))
            .await
            .unwrap_or_else(|failed| panic::resume_unwind(failed.into_panic()));
        let turn = RUNNING.acquire().await.expect("nobody closes the semaphore");
        // A client needs one provider for the process; whoever was first is right.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();

        let directory = tempfile::Builder::new()
            .prefix("control-plane-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .expect("a directory under target/tmp");
        let admin_token = random_token();
        write_credentials(directory.path(), &admin_token);

        let mut plane = Self {
            url: format!("https://127.0.0.1:{}", free_port()),
            admin_token,
            ca_pem: String::new(),
            options,
            etcd_url: format!("http://127.0.0.1:{}", free_port()),
            api_server: None,
            older_url: None,
            others: Vec::new(),
            directory: Some(directory),
            _turn: turn,
        };
        plane.run(Tool::Etcd, &plane.etcd_flags());
        plane.start_api_server().await;
        if plane.options.scheduler {
            plane.run(Tool::KubeScheduler, &plane.client_flags());
        }
        if plane.options.controller_manager {
            let flags = plane.controller_manager_flags();
            plane.run(Tool::KubeControllerManager, &flags);
        }
        plane
    }

    /// Ends the API server without notice, as a crash does: open watches break in
    /// the middle. etcd keeps what was stored.
    pub async fn stop_api_server(&mut self) {
        let mut component = self.api_server.take().expect("the API server runs");
        component.child.kill().await.expect("the API server can be killed");
    }

    /// Starts the API server on the port and the store it had before, and waits
    /// until it is ready.
    pub async fn start_api_server(&mut self) {
        assert!(self.api_server.is_none(), "the API server runs already");
        let flags = self.api_server_flags(&self.url);
        let component = Component::start(Tool::KubeApiserver, &flags, self.directory());
        self.api_server = Some(component);
        self.wait_until_ready().await;
    }

    /// Starts a second API server over the same store, which calls itself one
    /// minor version older, and waits until it is ready.
    pub async fn start_older_api_server(&mut self) {
        tokio::task::spawn_blocking(|| tool(Tool::OlderKubeApiserver))
            .await
            .unwrap_or_else(|failed| panic::resume_unwind(failed.into_panic()));
        let url = format!("https://127.0.0.1:{}", free_port());
        self.run(Tool::OlderKubeApiserver, &self.api_server_flags(&url));
        self.older_url = Some(url);
        self.wait_until_ready().await;
    }

    /// A client of that API server for the bearer of `token`.
    ///
    /// # Panics
    ///
    /// When it was not started.
    pub fn older_client(&self, token: &str) -> Client {
        let url = self.older_url.as_ref().expect("the older API server was started");
        Client::try_from(self.config_at(url, token)).expect("a client needs nothing but its configuration")
    }

    /// A client that may do anything, with connections of its own.
    pub fn admin(&self) -> Client {
        self.client_with_token(&self.admin_token)
    }

    /// A client that may do what RBAC grants the bearer of `token`.
    pub fn client_with_token(&self, token: &str) -> Client {
        Client::try_from(self.config_with_token(token)).expect("a client needs nothing but its configuration")
    }

    /// The same for programs that make their clients themselves.
    pub fn config_with_token(&self, token: &str) -> Config {
        self.config_at(&self.url, token)
    }

    fn config_at(&self, url: &str, token: &str) -> Config {
        let mut config = Config::new(url.parse().expect("the URL is made of a number"));
        config.root_cert = Some(
            CertificateDer::pem_slice_iter(self.ca_pem.as_bytes())
                .map(|certificate| certificate.expect("kube-apiserver writes PEM").to_vec())
                .collect(),
        );
        config.auth_info.token = Some(token.to_owned().into());
        // A test wants to see the first answer, not the one after three retries.
        config.default_retry = false;
        config
    }

    /// A token for an existing service account, as a pod gets one mounted.
    pub async fn service_account_token(&self, namespace: &str, name: &str) -> String {
        Api::<ServiceAccount>::namespaced(self.admin(), namespace)
            .create_token_request(name, &PostParams::default(), &TokenRequest::default())
            .await
            .unwrap_or_else(|e| panic!("no token for {namespace}/{name}: {e}"))
            .status
            .and_then(|status| status.token)
            .expect("the answer to a TokenRequest has a token")
    }

    /// A kubeconfig file for the bearer of `token`, for programs that read one.
    pub fn kubeconfig(&self, token: &str) -> PathBuf {
        static WRITTEN: AtomicU16 = AtomicU16::new(0);
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let path = self.directory().join(format!("kubeconfig-{number}"));
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": {
                "server": self.url,
                "certificate-authority-data": BASE64_STANDARD.encode(&self.ca_pem),
            }}],
            "users": [{"name": "test", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "current-context": "test",
        });
        // JSON is YAML.
        write(&path, &config.to_string());
        path
    }

    /// Where the logs (`<component>.log`) and the certificates are.
    pub fn directory(&self) -> &Path {
        self.directory.as_ref().expect("only dropping takes the directory").path()
    }

    fn run(&mut self, tool: Tool, flags: &[String]) {
        let component = Component::start(tool, flags, self.directory());
        self.others.push(component);
    }

    async fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + START_LIMIT;
        while !self.is_ready().await {
            for component in self.others.iter_mut().chain(&mut self.api_server) {
                if let Some(status) = component.ended() {
                    panic!("{} ended ({status}):\n{}", component.name, component.log_tail());
                }
            }
            if Instant::now() > deadline {
                let logs: Vec<String> = self
                    .others
                    .iter()
                    .chain(&self.api_server)
                    .map(|component| format!("{}:\n{}", component.name, component.log_tail()))
                    .collect();
                panic!("kube-apiserver is not ready after {START_LIMIT:?}\n{}", logs.join("\n"));
            }
            sleep(Duration::from_millis(25)).await;
        }
    }

    async fn is_ready(&mut self) -> bool {
        if self.ca_pem.is_empty() {
            // kube-apiserver makes itself a certificate and a CA for it, writes
            // both to this file before it listens, and finds them there again
            // when it restarts.
            match fs::read_to_string(self.directory().join("certs/apiserver.crt")) {
                Ok(pem) if pem.trim_end().ends_with("-----END CERTIFICATE-----") => {
                    self.ca_pem = pem;
                }
                _ => return false,
            }
        }
        let older = self.older_url.as_ref().map(|_| self.older_client(&self.admin_token));
        for client in [Some(self.admin()), older].into_iter().flatten() {
            let request = http::Request::get("/readyz").body(Vec::new()).expect("a constant request");
            let answer = timeout(Duration::from_secs(5), client.request_text(request)).await;
            if !matches!(answer, Ok(Ok(_))) {
                return false;
            }
        }
        true
    }

    fn etcd_flags(&self) -> Vec<String> {
        vec![
            format!("--data-dir={}/etcd", self.directory().display()),
            format!("--listen-client-urls={}", self.etcd_url),
            format!("--advertise-client-urls={}", self.etcd_url),
            // No peer will ever call, but there is no way to not listen.
            "--listen-peer-urls=http://127.0.0.1:0".to_owned(),
            // Nothing here has to survive a power cut.
            "--unsafe-no-fsync".to_owned(),
            // The only member waits this long until it elects itself.
            "--heartbeat-interval=10".to_owned(),
            "--election-timeout=100".to_owned(),
            "--log-level=warn".to_owned(),
        ]
    }

    fn api_server_flags(&self, url: &str) -> Vec<String> {
        let directory = self.directory().display();
        let (_, port) = url.rsplit_once(':').expect("the URL has a port");
        let mut flags = vec![
            format!("--etcd-servers={}", self.etcd_url),
            format!("--secure-port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--advertise-address=127.0.0.1".to_owned(),
            // The `kubernetes` service may not point to a loopback address, so
            // keeping its endpoints up to date would only fill the log.
            "--endpoint-reconciler-type=none".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            format!("--cert-dir={directory}/certs"),
            "--authorization-mode=RBAC".to_owned(),
            format!("--token-auth-file={directory}/tokens.csv"),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-key-file={directory}/service-account.pem"),
            format!("--service-account-signing-key-file={directory}/service-account.pem"),
            // As on EKS, whose own DaemonSets need it.
            "--allow-privileged=true".to_owned(),
        ];
        if !self.options.controller_manager {
            // It refuses pods in namespaces that have no service account
            // `default`, and nobody makes one.
            flags.push("--disable-admission-plugins=ServiceAccount".to_owned());
        }
        if !self.options.watch_list {
            flags.push("--feature-gates=WatchList=false".to_owned());
        }
        flags.extend_from_slice(&self.options.api_server_flags);
        flags
    }

    fn controller_manager_flags(&self) -> Vec<String> {
        let directory = self.directory().display();
        let mut flags = self.client_flags();
        flags.extend([
            format!("--service-account-private-key-file={directory}/service-account.pem"),
            format!("--root-ca-file={directory}/certs/apiserver.crt"),
            // By default it makes a directory under /usr/libexec.
            format!("--flex-volume-plugin-dir={directory}/volume-plugins"),
            // It would declare every node dead whose kubelet keeps silent, and
            // here all of them do.
            "--controllers=*,-node-lifecycle-controller".to_owned(),
        ]);
        flags
    }

    /// Flags of the components that are clients of the API server.
    fn client_flags(&self) -> Vec<String> {
        let kubeconfig = self.kubeconfig(&self.admin_token);
        vec![
            format!("--kubeconfig={}", kubeconfig.display()),
            "--leader-elect=false".to_owned(),
            // Nobody scrapes them; without a port there is none to collide on.
            "--secure-port=0".to_owned(),
        ]
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        for component in self.others.iter_mut().chain(&mut self.api_server) {
            component.end();
        }
        if let Some(directory) = self.directory.take()
            && thread::panicking()
        {
            eprintln!("logs of the control plane: {}", directory.keep().display());
        }
    }
}

/// One process and its log.
struct Component {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Component {
    fn start(wanted: Tool, flags: &[String], directory: &Path) -> Self {
        let program = tool(wanted);
        let name = program.file_name().expect("an executable has a name").to_string_lossy().into_owned();
        let log = directory.join(format!("{name}.log"));
        let output = open_log(&log);
        let errors = output.try_clone().expect("a second handle of the log");
        let child = Command::new(&program)
            .args(flags)
            .current_dir(directory)
            // Its end tells the process that this one is gone, however it went:
            // nobody drops anything in a test that was interrupted.
            .env("EXIT_WITH_STDIN", "1")
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|e| panic!("{} does not start: {e}", program.display()));
        Self { name, child, log }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be asked")
    }

    /// Kills the process and waits for it, so that nothing writes to the
    /// directory any more when that is deleted. A dying process takes
    /// milliseconds; the limit is there because a destructor must not hang.
    fn end(&mut self) {
        // It fails when the process has ended already, which is as good.
        let _ = self.child.start_kill();
        for _ in 0..500 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn log_tail(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

/// Appends: a restarted API server continues its log.
fn open_log(path: &Path) -> File {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap_or_else(|e| panic!("cannot open {}: {e}", path.display()))
}

/// What the components read instead of generating it themselves.
fn write_credentials(directory: &Path, admin_token: &str) {
    write(&directory.join("tokens.csv"), &format!("{admin_token},admin,admin,system:masters\n"));
    write(&directory.join("service-account.pem"), &signing_key());
}

/// The key of service account tokens. In the SEC 1 form ("EC PRIVATE KEY") one
/// file serves to sign and to verify: of an EC key in PKCS#8, kube-apiserver
/// does not take the public half (client-go, `util/keyutil`).
fn signing_key() -> String {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
        .expect("generating a P-256 key needs nothing but entropy");
    let der: EcPrivateKeyRfc5915Der = key.private_key().as_der().expect("a generated key can be written down");
    format!("-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n", BASE64_STANDARD.encode(der.as_ref()))
}

/// Other users of the machine can reach loopback too.
fn random_token() -> String {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).expect("the system has entropy");
    format!("{:032x}", u128::from_le_bytes(bytes))
}

/// A port nobody listens on. Taken from below the range that outgoing
/// connections use (32768 and up on Linux), so that it is still free when the
/// API server comes back to it, and starting at another number in each process,
/// so that two test binaries do not choose the same one.
pub fn free_port() -> u16 {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 12_000;
    static TAKEN: AtomicU16 = AtomicU16::new(0);

    (0..COUNT)
        .map(|_| {
            let step = u32::from(TAKEN.fetch_add(1, Ordering::Relaxed));
            let offset = (process::id().wrapping_mul(97) + step) % COUNT;
            u16::try_from(FIRST + offset).expect("the range ends below 65536")
        })
        .find(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        .expect("one of 12000 ports is free")
}

fn write(path: &Path, content: &str) {
    fs::write(path, content).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}
