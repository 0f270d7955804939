//! Prometheus' text format 0.0.4.

use std::fmt::Write as _;

use super::Family;

/// Writes families one after the other. A family's header comes with its first series, so that one with nothing to say
/// is left out.
#[derive(Default)]
pub struct Writer {
    out: String,
    open: Option<&'static str>,
}

impl Writer {
    /// An empty page with room for `capacity` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), open: None }
    }

    /// One series of `family`, with the values of its labels in the declared order.
    pub fn series(&mut self, family: &Family, values: &[&str], value: impl Into<Value>) {
        self.start(family);
        write_labels(&mut self.out, family.labels, values);
        self.end(value.into());
    }

    /// One series whose labels were written before, by [`labels`].
    pub fn written(&mut self, family: &Family, labels: &str, value: impl Into<Value>) {
        self.start(family);
        self.out.push_str(labels);
        self.end(value.into());
    }

    fn start(&mut self, family: &Family) {
        if self.open != Some(family.name) {
            self.open = Some(family.name);
            // Help texts are ours and hold neither backslashes nor line breaks (a test sees to that).
            let _ = writeln!(self.out, "# HELP {} {}", family.name, family.help);
            let _ = writeln!(self.out, "# TYPE {} {}", family.name, family.kind.as_str());
        }
        self.out.push_str(family.name);
    }

    fn end(&mut self, value: Value) {
        let _ = match value {
            Value::Whole(value) => writeln!(self.out, " {value}"),
            Value::Seconds(value) => writeln!(self.out, " {}", (value * 1000.0).round() / 1000.0),
        };
    }

    /// The page.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }
}

/// A sample's value.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// A count or a flag.
    Whole(i64),
    /// Seconds, to the millisecond.
    Seconds(f64),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Whole(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Whole(value.into())
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Whole(value.try_into().unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Whole(value.try_into().unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Whole(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Seconds(value)
    }
}

/// The labels of a series, written once to be used many times.
#[must_use]
pub fn labels(family: &Family, values: &[&str]) -> Box<str> {
    let mut out = String::new();
    write_labels(&mut out, family.labels, values);
    out.into_boxed_str()
}

fn write_labels(out: &mut String, labels: &[&str], values: &[&str]) {
    debug_assert_eq!(labels.len(), values.len(), "{labels:?}");
    if labels.is_empty() {
        return;
    }
    let mut before = '{';
    for (label, value) in labels.iter().zip(values) {
        out.push(before);
        before = ',';
        out.push_str(label);
        out.push_str("=\"");
        escape(out, value);
        out.push('"');
    }
    out.push('}');
}

/// Label values may hold anything; three characters are escaped (Prometheus, exposition formats).
fn escape(out: &mut String, value: &str) {
    let mut rest = value;
    while let Some(at) = rest.find(['\\', '"', '\n']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'\\' => "\\\\",
            b'"' => "\\\"",
            _ => "\\n",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: Family = Family::gauge("x_seconds", "Help.", &["a", "b"]);

    #[test]
    fn a_header_comes_once_and_only_with_series() {
        let mut writer = Writer::default();
        assert_eq!(Writer::default().finish(), "");
        writer.series(&FAMILY, &["1", ""], 1_u32);
        writer.written(&FAMILY, &labels(&FAMILY, &["2", "é"]), 0.1 + 0.2);
        let text = "# HELP x_seconds Help.\n# TYPE x_seconds gauge\nx_seconds{a=\"1\",b=\"\"} 1\nx_seconds{a=\"2\",b=\"é\"} 0.3\n";
        assert_eq!(writer.finish(), text);
    }

    #[test]
    fn names_from_the_cluster_cannot_break_out_of_their_quotes() {
        let text = labels(&FAMILY, &["\"} 1\nevil{x=\"", "back\\slash"]);
        assert_eq!(&*text, r#"{a="\"} 1\nevil{x=\"",b="back\\slash"}"#);
    }
}
