//! The servers the tests run against, built from source the first time one is
//! asked for.
//!
//! Each folder of `tests/tools` is a Go module that pins its tool. What
//! `go build` makes of it lands in `target/tools/<folder>/<version>-<key>/`,
//! where the key is taken from the content of that folder: another pin gets
//! another path, and nobody runs yesterday's server. A tool that cannot be built
//! fails the test; a test that quietly did not run would be worth nothing.
//!
//! Which tools there are stands in [`pins`]. How a server is started and used does not belong here.

mod pins;

use std::{
    collections::hash_map::DefaultHasher,
    env,
    fs::{self, File, TryLockError},
    hash::Hasher,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

pub use pins::Tool;

/// A folder of `tests/tools` and how `go build` is to treat it.
struct GoModule {
    folder: &'static str,
    /// The dependency in its go.mod whose version is the version of the tool.
    pin: &'static str,
    /// What to build; `.` is the folder's own `main.go`.
    packages: &'static [&'static str],
    /// Build tags.
    tags: &'static [&'static str],
    /// Further names of the one executable, which looks at its own name.
    also_called: &'static [&'static str],
    linker_flags: fn(version: &str) -> String,
    /// Measured with an empty Go cache on two cores.
    first_build: &'static str,
}

/// The path of an executable, which is built first if it is not there yet.
///
/// Blocks, on a new machine for minutes; from async code call it through
/// `tokio::task::spawn_blocking`. Safe to call from any number of test binaries
/// and threads at a time: one builds, the others wait for it.
///
/// # Panics
///
/// When the tool cannot be built, with the reason and what to do about it.
pub fn tool(tool: Tool) -> PathBuf {
    tool.module()
        .installed()
        .unwrap_or_else(|problem| panic!("{tool:?} is needed by this test: {problem}"))
        .join(tool.file_name())
}

impl GoModule {
    /// The directory that holds the module's executables.
    fn installed(&self) -> Result<PathBuf, String> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(self.folder);
        let version = self.version(&source)?;
        let flags = (self.linker_flags)(&version);
        let key = self.key(&source, &flags)?;
        let home = target_dir().join("tools").join(self.folder);
        let installed = home.join(format!("{version}-{key:016x}"));
        if installed.is_dir() {
            return Ok(installed);
        }

        let _lock = lock(&home)?;
        if !installed.is_dir() {
            self.build(&source, &version, &flags, &installed)?;
        }
        Ok(installed)
    }

    /// The version go.mod pins, so that it is written down in one place only.
    fn version(&self, source: &Path) -> Result<String, String> {
        let go_mod = source.join("go.mod");
        let text = fs::read_to_string(&go_mod).map_err(|e| failure("read", &go_mod, &e))?;
        text.lines()
            .map(|line| line.trim().trim_start_matches("require "))
            .filter_map(|line| line.strip_prefix(self.pin)?.strip_prefix(' '))
            .filter_map(|rest| rest.split_whitespace().next())
            .find(|version| version.starts_with('v'))
            .map(str::to_owned)
            .ok_or_else(|| format!("{} does not require {}", go_mod.display(), self.pin))
    }

    /// Everything that decides what the build makes. Another release of Rust may
    /// hash differently; that costs a relink and no more.
    fn key(&self, source: &Path, flags: &str) -> Result<u64, String> {
        let listing = fs::read_dir(source).map_err(|e| failure("list", source, &e))?;
        let mut files: Vec<PathBuf> = listing
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ext| ext == "go" || ext == "mod" || ext == "sum"))
            .collect();
        files.sort();

        let mut hasher = DefaultHasher::new();
        for file in files {
            hasher.write(&fs::read(&file).map_err(|e| failure("read", &file, &e))?);
            hasher.write_u8(0);
        }
        for word in self.packages.iter().chain(self.tags).chain(self.also_called).chain([&flags]) {
            hasher.write(word.as_bytes());
            hasher.write_u8(0);
        }
        Ok(hasher.finish())
    }

    /// Builds beside the final place and renames: a directory under its final
    /// name is complete, even if a build was once cut off. Under the lock there is
    /// only one unfinished build, so whatever an earlier one left can go.
    fn build(&self, source: &Path, version: &str, flags: &str, installed: &Path) -> Result<(), String> {
        let folder = self.folder;
        say(&format!(
            "building {folder} {version} with Go for the tests; on a new machine this takes about {}",
            self.first_build
        ));
        let started = Instant::now();
        let unfinished = unfinished(installed)?;

        self.go_build(source, flags, &unfinished)?;
        self.link_names(&unfinished)?;
        fs::rename(&unfinished, installed).map_err(|e| failure("create", installed, &e))?;

        say(&format!("built {folder} {version} in {} s", started.elapsed().as_secs()));
        Ok(())
    }

    fn go_build(&self, source: &Path, flags: &str, into: &Path) -> Result<(), String> {
        let result = Command::new("go")
            .args(["build", "-trimpath", "-mod=readonly", "-ldflags", flags])
            // The version is stamped above; asking git would relink on every
            // commit, and fails in a checkout that another user owns.
            .arg("-buildvcs=false")
            .args(["-tags", &self.tags.join(",")])
            .arg("-o")
            .arg(into)
            .args(self.packages)
            .current_dir(source)
            .env("CGO_ENABLED", "0")
            .env("GOWORK", "off")
            .stdin(Stdio::null())
            .output();
        match result {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                Err(format!("`go build` in {} failed ({}):\n{}", source.display(), output.status, tail(&output.stderr)))
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                Err("there is no `go` on the PATH. The tests build the servers they run against and \
                 need Go >= 1.26 (https://go.dev/dl, or your distribution's package: golang-go \
                 on Debian and Ubuntu, golang on Fedora)"
                    .to_owned())
            }
            Err(e) => Err(format!("`go` does not start: {e}")),
        }
    }

    fn link_names(&self, directory: &Path) -> Result<(), String> {
        let executable = directory.join(self.folder);
        for name in self.also_called {
            let link = directory.join(name);
            fs::hard_link(&executable, &link).map_err(|e| failure("link", &link, &e))?;
        }
        Ok(())
    }
}

/// An empty directory beside the final place, for what [`lock`] protects.
pub(super) fn unfinished(installed: &Path) -> Result<PathBuf, String> {
    let unfinished = installed.with_file_name("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(|e| failure("remove", &unfinished, &e))?;
    }
    fs::create_dir(&unfinished).map_err(|e| failure("create", &unfinished, &e))?;
    Ok(unfinished)
}

/// Makes a tool's directory and holds its lock until the file is dropped; the kernel lets go of it when the process
/// dies, however that happens.
pub(super) fn lock(home: &Path) -> Result<File, String> {
    fs::create_dir_all(home).map_err(|e| failure("create", home, &e))?;
    let path = home.join("lock");
    let file = File::create(&path).map_err(|e| failure("create", &path, &e))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {
            say(&format!("waiting for the other test that builds in {}", home.display()));
        }
        Err(TryLockError::Error(e)) => return Err(failure("lock", &path, &e)),
    }
    file.lock().map_err(|e| failure("lock", &path, &e))?;
    Ok(file)
}

/// Where cargo builds: known to it when it compiles a test, and otherwise told
/// by the same rules it follows itself.
pub(super) fn target_dir() -> PathBuf {
    if let Some(parent) = option_env!("CARGO_TARGET_TMPDIR").and_then(|dir| Path::new(dir).parent()) {
        return parent.to_owned();
    }
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from)
}

/// Writes to the terminal past the test harness, which holds back what the print
/// macros write until a test fails: a build of minutes must not look like a hang.
pub(super) fn say(message: &str) {
    // Nobody is there to read it when stderr is closed.
    let _ = io::stderr().write_all(format!("\n{message}\n").as_bytes());
}

/// The end of what a program said, which is where the reason is.
pub(super) fn tail(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

pub(super) fn failure(action: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {action} {}: {error}", path.display())
}
