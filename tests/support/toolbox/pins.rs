//! Which tools there are, and how `go build` is to treat each of their modules.

use super::GoModule;

/// An executable that a test can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Etcd,
    KubeApiserver,
    /// The same, one minor version older by what it says of itself.
    OlderKubeApiserver,
    KubeControllerManager,
    KubeScheduler,
    Kubectl,
    Prometheus,
    Promtool,
    Alertmanager,
    Amtool,
    Jsonnet,
    GrafanaSchema,
}

impl Tool {
    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::KubeApiserver | Self::OlderKubeApiserver => "kube-apiserver",
            Self::KubeControllerManager => "kube-controller-manager",
            Self::KubeScheduler => "kube-scheduler",
            Self::Kubectl => "kubectl",
            Self::Prometheus => "prometheus",
            Self::Promtool => "promtool",
            Self::Alertmanager => "alertmanager",
            Self::Amtool => "amtool",
            Self::Jsonnet => "jsonnet",
            Self::GrafanaSchema => "grafana",
        }
    }

    pub(super) fn module(self) -> &'static GoModule {
        match self {
            Self::Etcd => &ETCD,
            Self::OlderKubeApiserver => &OLDER_KUBERNETES,
            Self::KubeApiserver | Self::KubeControllerManager | Self::KubeScheduler => &KUBERNETES,
            Self::Kubectl => &KUBECTL,
            Self::Prometheus | Self::Promtool => &PROMETHEUS,
            Self::Alertmanager | Self::Amtool => &ALERTMANAGER,
            Self::Jsonnet => &JSONNET,
            Self::GrafanaSchema => &GRAFANA,
        }
    }
}

static ETCD: GoModule = GoModule {
    folder: "etcd",
    pin: "go.etcd.io/etcd/server/v3",
    packages: &["."],
    tags: &[],
    also_called: &[],
    linker_flags: |_| "-s -w".to_owned(),
    first_build: "1 minute",
};

static KUBERNETES: GoModule = GoModule {
    folder: "kubernetes",
    pin: "k8s.io/kubernetes",
    packages: &["."],
    tags: &[],
    also_called: &["kube-apiserver", "kube-controller-manager", "kube-scheduler"],
    linker_flags: kubernetes_version,
    first_build: "7 minutes",
};

/// The same code once more, linked with another version: `--version` takes none
/// whose numbers are others (component-base, `ValidateDynamicVersion`), and
/// `--emulated-version` does not change what `/version` says. Only a link where
/// Kubernetes was compiled already.
static OLDER_KUBERNETES: GoModule = GoModule {
    folder: "kubernetes",
    pin: "k8s.io/kubernetes",
    packages: &["."],
    tags: &[],
    also_called: &["kube-apiserver"],
    linker_flags: older_kubernetes_version,
    first_build: "7 minutes",
};

static KUBECTL: GoModule = GoModule {
    folder: "kubectl",
    pin: "k8s.io/kubectl",
    packages: &["."],
    tags: &[],
    also_called: &[],
    linker_flags: kubectl_version,
    first_build: "2 minutes",
};

/// Without the web interface, whose assets are no part of the Go module, and without service discovery, most of which
/// is the libraries of clouds (prometheus/prometheus, `plugins/`): the tests name their targets.
static PROMETHEUS: GoModule = GoModule {
    folder: "prometheus",
    pin: "github.com/prometheus/prometheus",
    packages: &["github.com/prometheus/prometheus/cmd/prometheus", "github.com/prometheus/prometheus/cmd/promtool"],
    tags: &["remove_all_sd"],
    also_called: &[],
    linker_flags: prometheus_version,
    first_build: "5 minutes",
};

static ALERTMANAGER: GoModule = GoModule {
    folder: "alertmanager",
    pin: "github.com/prometheus/alertmanager",
    packages: &["github.com/prometheus/alertmanager/cmd/alertmanager", "github.com/prometheus/alertmanager/cmd/amtool"],
    tags: &[],
    also_called: &[],
    linker_flags: prometheus_version,
    first_build: "1 minute",
};

static JSONNET: GoModule = GoModule {
    folder: "jsonnet",
    pin: "github.com/google/go-jsonnet",
    packages: &["github.com/google/go-jsonnet/cmd/jsonnet"],
    tags: &[],
    also_called: &[],
    linker_flags: |_| "-s -w".to_owned(),
    first_build: "10 seconds",
};

/// A program of ours around Grafana's foundation SDK, which knows the schema of dashboards and panels.
static GRAFANA: GoModule = GoModule {
    folder: "grafana",
    pin: "github.com/grafana/grafana-foundation-sdk/go",
    packages: &["."],
    tags: &[],
    also_called: &[],
    linker_flags: |_| "-s -w".to_owned(),
    first_build: "half a minute",
};

fn kubernetes_version(version: &str) -> String {
    let (major, minor, patch) = numbers(version);
    stamped(major, minor, patch)
}

fn older_kubernetes_version(version: &str) -> String {
    let (major, minor, patch) = numbers(version);
    stamped(major, minor - 1, patch)
}

/// The modules that Kubernetes is published in: v0.X.Y goes with v1.X.Y.
fn kubectl_version(version: &str) -> String {
    let (_, minor, patch) = numbers(version);
    stamped(1, minor, patch)
}

fn numbers(version: &str) -> (u32, u32, u32) {
    let mut numbers = version.trim_start_matches('v').split('.').map(|number| number.parse().expect("a release"));
    let mut next = || numbers.next().expect("three numbers");
    (next(), next(), next())
}

/// Built as a dependency, Kubernetes calls itself v0.0.0-master: upstream, too,
/// stamps these variables at link time (kubernetes/kubernetes,
/// `hack/lib/version.sh`). Feature gates and clients go by them.
fn stamped(major: u32, minor: u32, patch: u32) -> String {
    let at = "k8s.io/component-base/version";
    format!(
        "-s -w -X {at}.gitVersion=v{major}.{minor}.{patch} -X {at}.gitMajor={major} -X {at}.gitMinor={minor} \
         -X {at}.gitTreeState=clean"
    )
}

/// What `--version` says; upstream stamps it with promu.
fn prometheus_version(version: &str) -> String {
    format!("-s -w -X github.com/prometheus/common/version.Version={}", version.trim_start_matches('v'))
}
