//! The notation of promtool for the samples of a series, and series that go on otherwise than a test has them.

use std::{collections::BTreeMap, fmt};

use crate::support::page::Page;

/// What a scrape found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    Missing,
    /// Prometheus saw that it is gone.
    Stale,
    Value(f64),
}

/// A series, one sample a minute.
#[derive(Clone, Debug)]
pub struct Series {
    pub family: String,
    pub labels: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

impl Series {
    /// `family{label="value"}`, and its samples in the notation.
    pub fn read(name: &str, values: &str) -> Self {
        let page = Page::parse(&format!("{name} 0"));
        let family = page.families().pop_first().expect("a family");
        let labels = page.all(&family, &[])[0].labels.clone();
        Self { family, labels, samples: values.split_whitespace().flat_map(samples).collect() }
    }

    /// One that always has this value, for so many minutes.
    pub fn constant(name: &str, value: f64, minutes: usize) -> Self {
        Self { samples: vec![Sample::Value(value); minutes + 1], ..Self::read(name, "") }
    }

    /// The same under another label.
    pub fn with(&self, label: &str, value: &str) -> Self {
        let mut series = self.clone();
        series.labels.insert(label.to_owned(), value.to_owned());
        series
    }

    /// Gone after that minute.
    pub fn until(&self, minute: usize) -> Self {
        let mut series = self.clone();
        series.samples.truncate(minute + 1);
        if series.samples.len() == minute + 1 {
            series.samples.push(Sample::Stale);
        }
        series
    }

    /// The same up to that minute, and for so many more as it was then: ages rise, what ran evenly runs on, all else stays.
    pub fn going_on(&self, minute: usize, more: usize) -> Self {
        let mut series = self.clone();
        series.samples.resize(minute + 1, Sample::Missing);
        let values: Vec<f64> = series.samples.iter().rev().map_while(|sample| sample.value()).take(3).collect();
        let step = match values[..] {
            _ if self.family.ends_with("_age_seconds") => 60.0,
            [now, before, earlier] if (now - before - (before - earlier)).abs() < 1e-9 => now - before,
            _ => 0.0,
        };
        let mut last = values.first().copied();
        for _ in 0..more {
            last = last.map(|value| value + step);
            series.samples.push(last.map_or(Sample::Missing, Sample::Value));
        }
        series
    }

    /// Without the samples of so many minutes from this one on; whether Prometheus saw it go, or was gone itself.
    pub fn with_gap(&self, from: usize, minutes: usize, was_seen: bool) -> Self {
        let mut series = self.clone();
        for (number, sample) in series.samples.iter_mut().skip(from).take(minutes).enumerate() {
            *sample = if number == 0 && was_seen { Sample::Stale } else { Sample::Missing };
        }
        series
    }

    /// For promtool.
    pub fn values(&self) -> String {
        self.samples.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Its name, for promtool.
    pub fn name(&self) -> String {
        format!("{}{}", self.family, written(&self.labels))
    }
}

/// Labels as they stand in a selector.
pub fn written(labels: &BTreeMap<String, String>) -> String {
    let labels = labels.iter().map(|(label, value)| format!("{label}={value:?}"));
    format!("{{{}}}", labels.collect::<Vec<_>>().join(","))
}

impl Sample {
    fn value(self) -> Option<f64> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("_"),
            Self::Stale => f.write_str("stale"),
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

/// `a`, `axN`, `a+bxN`, `a-bxN`, `_`, `_xN` and `stale`. A value that is followed by `xN` stands there once more.
fn samples(word: &str) -> Vec<Sample> {
    let (what, times) = word.split_once('x').map_or((word, 0), |(what, times)| (what, times.parse().unwrap()));
    match what {
        "stale" => vec![Sample::Stale],
        "_" => vec![Sample::Missing; times.max(1)],
        _ => {
            // A sign in front is the value's own.
            let step_at = what[1..].find(['+', '-']).map(|at| at + 1);
            let (first, step) = step_at.map_or((what, "0"), |at| what.split_at(at));
            let (first, step): (f64, f64) = (first.parse().unwrap(), step.parse().unwrap());
            let value = |number: usize| first + step * f64::from(u32::try_from(number).unwrap());
            (0..=times).map(|number| Sample::Value(value(number))).collect()
        }
    }
}

#[test]
fn series_are_read_as_promtool_reads_them() {
    let series = Series::read("a{b=\"c, d\"}", "-1x1 _x2 10-0.5x2 stale _ 3");
    assert_eq!(series.values(), "-1 -1 _ _ 10 9.5 9 stale _ 3");
    assert_eq!(series.name(), "a{b=\"c, d\"}");
    assert_eq!(series.until(5).values(), "-1 -1 _ _ 10 9.5 stale");
    assert_eq!(series.going_on(6, 2).values(), "-1 -1 _ _ 10 9.5 9 8.5 8");
    assert_eq!(series.going_on(1, 2).values(), "-1 -1 -1 -1");
    assert_eq!(series.going_on(7, 1).values(), "-1 -1 _ _ 10 9.5 9 stale _");
    assert_eq!(series.with_gap(4, 3, true).values(), "-1 -1 _ _ stale _ _ stale _ 3");
    assert_eq!(Series::read("a_age_seconds", "0 600").going_on(1, 2).values(), "0 600 660 720");
}
