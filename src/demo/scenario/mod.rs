//! Scenarios: clusters in trouble, written down as YAML, that the simulated API server plays.
//!
//! A file says what there is at the start (`objects`) and what happens when (`timeline`). How it is written is
//! described in `scenarios/README.md` beside the files. Everything that can be wrong in a file is found when it is
//! loaded; playing it only waits and applies.

mod error;
mod file;
mod play;
mod template;
mod text;

use std::{path::Path, time::Duration};

use serde_json::Value;

pub use error::ScenarioError;

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Name on the command line.
    pub name: &'static str,
    /// One line about it.
    pub title: &'static str,
    text: &'static str,
}

const BUILTIN: &[Builtin] = &[
    Builtin {
        name: "story",
        title: "Four incidents on one cluster: old add-ons, branch ENIs, seccomp, lost routes",
        text: include_str!("../scenarios/story.yaml"),
    },
    Builtin {
        name: "incident-1",
        title: "Seccomp filters no longer load: CronJobs hang in ContainerCreating",
        text: include_str!("../scenarios/incident-1.yaml"),
    },
    Builtin {
        name: "incident-2",
        title: "Add-ons left behind by an upgrade: new nodes do not become ready, Services break",
        text: include_str!("../scenarios/incident-2.yaml"),
    },
    Builtin {
        name: "incident-3",
        title: "Completed Jobs hold branch ENIs: new pods wait though the scheduler sees room",
        text: include_str!("../scenarios/incident-3.yaml"),
    },
    Builtin {
        name: "incident-12",
        title: "Nodes lose their routes: within minutes those of one image and zone drop out",
        text: include_str!("../scenarios/incident-12.yaml"),
    },
    Builtin {
        name: "no-nodes",
        title: "A new cluster without nodes: every pod stays Pending",
        text: include_str!("../scenarios/no-nodes.yaml"),
    },
];

/// A cluster's state at the start, and what happens to it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Name, as in the file.
    pub name: String,
    /// One line about it.
    pub title: String,
    /// What really happened.
    pub story: String,
    /// The API server's version, where the scenario says one.
    pub kubernetes: Option<String>,
    /// Flags for the exporter, as typed on the command line.
    pub options: Vec<String>,
    /// What happens, in order of time.
    pub steps: Vec<Step>,
    objects: Vec<Value>,
}

/// Something that happens while a scenario plays.
#[derive(Clone, Debug)]
pub struct Step {
    /// How long after the start.
    pub at: Duration,
    /// What happens, in words.
    pub say: String,
    apply: Vec<Value>,
    patch: Vec<Value>,
    delete: Vec<Value>,
}

impl Scenario {
    /// Those that come with the program.
    #[must_use]
    pub fn builtin() -> &'static [Builtin] {
        BUILTIN
    }

    /// A built-in scenario by name, or one from a file by its path.
    ///
    /// # Errors
    /// When there is no such scenario or file, or something in it is wrong: then with file, line and reason.
    pub fn load(name_or_path: &str) -> Result<Self, ScenarioError> {
        if let Some(builtin) = BUILTIN.iter().find(|builtin| builtin.name == name_or_path) {
            return Self::parse(&format!("{}.yaml", builtin.name), builtin.text);
        }
        let path = Path::new(name_or_path);
        if !path.exists() {
            let names: Vec<&str> = BUILTIN.iter().map(|builtin| builtin.name).collect();
            return Err(ScenarioError::Unknown { name: name_or_path.to_owned(), names: names.join(", ") });
        }
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScenarioError::Unreadable { file: name_or_path.to_owned(), source })?;
        Self::parse(name_or_path, &text)
    }

    /// Reads a scenario; `file` is what errors call it.
    ///
    /// # Errors
    /// When something in it is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        file::parse(text).map_err(|broken| broken.of(file))
    }
}

#[cfg(test)]
mod tests;
