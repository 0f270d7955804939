//! moto, a simulated AWS in Python: EC2 whose subnets count their addresses, and parts of EKS and STS.
//!
//! It is installed under `target/tools/moto/` the first time a test asks for it, in the versions that
//! `tests/tools/moto/requirements.txt` pins. Each test has a server of its own, so that none sees what another made.

use std::{
    collections::hash_map::DefaultHasher,
    fs::{self, File},
    hash::Hasher,
    io::ErrorKind,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    program::request,
    toolbox::{failure, lock, say, tail, target_dir, unfinished},
};

/// How long the server may take to start. One second is usual.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A running server, ended with the test.
pub struct Moto {
    /// `127.0.0.1:<port>`
    pub address: String,
    child: Child,
}

impl Moto {
    /// Starts it on a free port.
    ///
    /// # Panics
    ///
    /// When it cannot be installed or started, with the reason and what to do about it.
    pub fn start() -> Self {
        let installed = installed().unwrap_or_else(|problem| panic!("moto is needed by this test: {problem}"));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let log = installed.join(format!("{port}.log"));
        let output = File::create(&log).expect("a log file");
        let child = Command::new(installed.join("bin/python"))
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a log file"))
            .stderr(output)
            .spawn()
            .expect("python starts");
        let mut moto = Self { address: format!("127.0.0.1:{port}"), child };
        let end = Instant::now() + START_LIMIT;
        while TcpStream::connect(&moto.address).is_err() {
            let ended = moto.child.try_wait().expect("its state");
            assert!(
                ended.is_none() && Instant::now() < end,
                "moto does not serve ({ended:?}); it said:\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        // Nobody needs it once the server is up; the process keeps writing to what has no name any more.
        let _ = fs::remove_file(&log);
        moto
    }

    /// `http://127.0.0.1:<port>`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A call of EC2's query protocol, to make things with. Returns the answer.
    pub fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", "2016-11-15")
            .extend_pairs(parameters)
            .finish();
        self.call("ec2", "/", "application/x-www-form-urlencoded", &form)
    }

    /// A POST to EKS, to make things with.
    pub fn eks(&self, path: &str, body: &serde_json::Value) -> String {
        self.call("eks", path, "application/json", &body.to_string())
    }

    /// moto goes by the scope of the signature, and does not check it.
    fn call(&self, service: &str, path: &str, content: &str, body: &str) -> String {
        let headers = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0\r\nContent-Type: {content}\r\n"
        );
        let answer = request(&self.address, "POST", path, &headers, body).expect("moto answers");
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        answer.text().to_owned()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python that has moto, and with it AWS' own descriptions of its APIs (botocore).
///
/// # Panics
///
/// When it cannot be installed, with the reason and what to do about it.
pub fn interpreter() -> PathBuf {
    installed().unwrap_or_else(|problem| panic!("botocore is needed by this test: {problem}")).join("bin/python")
}

/// The text of the first element of this name.
pub fn element(answer: &str, name: &str) -> String {
    let start = format!("<{name}>");
    let from = answer.find(&start).unwrap_or_else(|| panic!("no {name} in {answer}")) + start.len();
    let text = &answer[from..];
    text[..text.find('<').expect("an end")].to_owned()
}

/// The directory of an environment of Python that has moto. A directory under its final name is complete.
fn installed() -> Result<PathBuf, String> {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/moto/requirements.txt");
    let text = fs::read_to_string(&requirements).map_err(|e| failure("read", &requirements, &e))?;
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("moto=="))
        .ok_or_else(|| format!("{} does not pin moto", requirements.display()))?;
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    let home = target_dir().join("tools/moto");
    let installed = home.join(format!("{version}-{:016x}", hasher.finish()));
    if installed.is_dir() {
        return Ok(installed);
    }
    let _lock = lock(&home)?;
    if !installed.is_dir() {
        say(&format!("installing moto {version} for the tests; this takes about a quarter of a minute"));
        let unfinished = unfinished(&installed)?;
        python(
            Command::new("python3").args(["-m", "venv"]).arg(&unfinished),
            "the package python3-venv on Debian and Ubuntu",
        )?;
        // Without dependencies: all that is needed is in the file.
        python(
            Command::new(unfinished.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"])
                .arg(&requirements),
            "a connection to a package index of Python, see the configuration of pip",
        )?;
        // The environment is used through its `python`, which finds its packages by its own place.
        fs::rename(&unfinished, &installed).map_err(|e| failure("create", &installed, &e))?;
    }
    Ok(installed)
}

fn python(command: &mut Command, needs: &str) -> Result<(), String> {
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!(
            "{command:?} failed ({}); it needs {needs}:\n{}{}",
            output.status,
            tail(&output.stdout),
            tail(&output.stderr)
        )),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            Err("there is no `python3` on the PATH. The tests run against moto and need Python >= 3.10 with venv"
                .to_owned())
        }
        Err(e) => Err(format!("{command:?} does not start: {e}")),
    }
}
