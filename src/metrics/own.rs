//! What the exporter measures of itself with the `prometheus` crate: its build, its process, its scrapes.

use prometheus::{Gauge, IntGauge, Opts, Registry, TextEncoder};

use super::Family;

/// Revision of the source, where the build knew it.
const REVISION: &str = env!("EKSPORTER_REVISION");
/// The compiler.
const RUSTC: &str = env!("EKSPORTER_RUSTC");
/// Version of the exporter.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) const BUILD: Family = Family::gauge(
    "eksporter_build_info",
    "1, with what was built from what by what.",
    &["version", "revision", "rustc"],
);

pub(super) const SCRAPE: Family =
    Family::gauge("eksporter_scrape_duration_seconds", "Seconds that writing the previous page took.", &[]);

/// The exporter's own instruments.
pub struct Own {
    registry: Registry,
    scrape: Gauge,
}

impl Own {
    /// Registers them.
    ///
    /// # Errors
    /// When a name is taken, which a test excludes.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let mut build = Opts::new(BUILD.name, BUILD.help);
        for (label, value) in BUILD.labels.iter().zip([VERSION, REVISION, RUSTC]) {
            build = build.const_label(*label, value);
        }
        let build = IntGauge::with_opts(build)?;
        build.set(1);
        let scrape = Gauge::new(SCRAPE.name, SCRAPE.help)?;
        registry.register(Box::new(build))?;
        registry.register(Box::new(scrape.clone()))?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(Self { registry, scrape })
    }

    /// Notes how long a page took.
    pub fn scraped(&self, seconds: f64) {
        self.scrape.set(seconds);
    }

    /// Appends them to a page.
    pub fn write(&self, page: &mut String) {
        let families = self.registry.gather();
        if let Err(error) = TextEncoder::new().encode_utf8(&families, page) {
            tracing::error!(%error, "own metrics could not be written");
        }
    }
}
