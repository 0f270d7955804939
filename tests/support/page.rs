//! A page of metrics, read the way Prometheus reads it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// One series and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub family: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Sample {
    /// A label's value; empty without the label, which is the same to Prometheus.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// Whether that is its value. Counts are whole numbers, which are exact.
    pub fn is(&self, value: u32) -> bool {
        (self.value - f64::from(value)).abs() < f64::EPSILON
    }
}

/// All series of one scrape. It remembers which families it was asked about, so that a condition that does not come
/// true can be explained by the lines that it looked at.
#[derive(Debug)]
pub struct Page {
    text: String,
    samples: Vec<Sample>,
    asked: RefCell<BTreeSet<String>>,
}

impl Page {
    /// Reads the text format.
    ///
    /// # Panics
    ///
    /// When a line is not understood, or a series is there twice: Prometheus rejects such a page as a whole.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let samples: Vec<Sample> =
            lines.map(|line| sample(line).unwrap_or_else(|| panic!("not a line of metrics: {line}"))).collect();
        let mut seen = BTreeSet::new();
        for Sample { family, labels, .. } in &samples {
            assert!(seen.insert((family, labels)), "twice on one page: {family} {labels:?}");
        }
        Self { text: text.to_owned(), samples, asked: RefCell::default() }
    }

    /// The series of a family that carry these labels, among others perhaps.
    pub fn all(&self, family: &str, labels: &[(&str, &str)]) -> Vec<&Sample> {
        self.asked.borrow_mut().insert(family.to_owned());
        let carries = |sample: &&Sample| labels.iter().all(|(name, value)| sample.label(name) == *value);
        self.samples.iter().filter(|sample| sample.family == family).filter(carries).collect()
    }

    /// Whether there is such a series.
    pub fn has(&self, family: &str, labels: &[(&str, &str)]) -> bool {
        !self.all(family, labels).is_empty()
    }

    /// The one series of a family that carries these labels.
    ///
    /// # Panics
    ///
    /// When there are several.
    pub fn one(&self, family: &str, labels: &[(&str, &str)]) -> Option<&Sample> {
        let all = self.all(family, labels);
        assert!(all.len() <= 1, "several series of {family} carry {labels:?}: {all:?}");
        all.first().copied()
    }

    /// Its value.
    ///
    /// # Panics
    ///
    /// When there are several.
    pub fn value(&self, family: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.one(family, labels).map(|sample| sample.value)
    }

    /// Whether that is the value of the one series.
    pub fn says(&self, family: &str, labels: &[(&str, &str)], value: u32) -> bool {
        self.one(family, labels).is_some_and(|sample| sample.is(value))
    }

    /// Names of all families, in order.
    pub fn families(&self) -> BTreeSet<String> {
        self.samples.iter().map(|sample| sample.family.clone()).collect()
    }

    /// Values of a label that a family has, in order and without repetition.
    pub fn values_of(&self, family: &str, label: &str) -> BTreeSet<String> {
        self.all(family, &[]).iter().map(|sample| sample.label(label).to_owned()).collect()
    }

    /// Whether any series at all carries that value, under whatever label.
    pub fn mentions(&self, value: &str) -> bool {
        self.samples.iter().any(|sample| sample.labels.values().any(|known| known == value))
    }

    /// The lines that it was asked about, and how the watches are.
    pub fn explanation(&self) -> String {
        let asked = self.asked.borrow();
        let mut families: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
        families.extend(["eksporter_collector_up", "eksporter_collector_info", "eksporter_watch_errors_total"]);
        let of_interest = |line: &&str| {
            let family = line.split(['{', ' ']).next().unwrap_or_default();
            // Of the errors only those that there were.
            families.contains(family) && !(family == "eksporter_watch_errors_total" && line.ends_with(" 0"))
        };
        let lines: Vec<&str> = self.text.lines().filter(of_interest).collect();
        lines.join("\n")
    }
}

fn sample(line: &str) -> Option<Sample> {
    let end = line.find(['{', ' '])?;
    let (family, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (name, quoted) = rest.split_once("=\"")?;
            let (value, after) = text(quoted)?;
            labels.insert(name.to_owned(), value);
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ')?.parse().ok()?;
    Some(Sample { family: family.to_owned(), labels, value })
}

/// A label's value up to its closing quote, and what follows that.
fn text(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                escaped => escaped,
            }),
            _ => value.push(char),
        }
    }
    None
}
