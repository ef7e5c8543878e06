//! A strict parser of the `/metrics` output (OpenMetrics 1.0 text).

use std::collections::{BTreeMap, BTreeSet};

/// Returns the metrics in the table of docs/how-to/monitor.md.
pub fn documented_names() -> BTreeSet<&'static str> {
    let docs = include_str!("../../../docs/how-to/monitor.md");
    let rows = docs.lines().filter(|line| line.starts_with("| `"));
    let named = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(", "));
    named
        .map(|name| name.trim().trim_matches('`'))
        .filter(|name| name.starts_with("wallboard_") || name.starts_with("process_"))
        .collect()
}

/// Samples by name and labels, as written.
#[derive(Debug)]
pub struct Scrape(pub BTreeMap<String, f64>);

impl Scrape {
    /// Parses the text. Panics if it violates the format.
    pub fn read(text: &str) -> Self {
        let body = text
            .strip_suffix("# EOF\n")
            .expect("the text ends with # EOF");
        let mut samples = BTreeMap::new();
        let mut family = (String::new(), String::new());
        let mut families = Vec::new();
        for line in body.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(is_name(name) && help.ends_with('.'), "{line}");
                assert!(!families.contains(&name.to_owned()), "duplicate {name}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                let kinds = ["counter", "gauge", "histogram", "info"];
                assert!(kinds.contains(&kind), "{line}");
                families.push(name.to_owned());
                family = (name.to_owned(), kind.to_owned());
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let value: f64 = value.parse().unwrap();
                check_name(series, &family);
                assert!(
                    family.1 == "gauge" || (value.is_finite() && 0.0 <= value),
                    "{line}"
                );
                let before = samples.insert(series.to_owned(), value);
                assert!(before.is_none(), "duplicate {series}");
            }
        }
        let scrape = Self(samples);
        scrape.check_buckets();
        scrape
    }

    /// Returns a sample that is a count.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked"
    )]
    pub fn count(&self, series: &str) -> u64 {
        let value = self.value(series);
        assert!(
            0.0 <= value && value.fract().abs() < f64::EPSILON,
            "{series}"
        );
        value as u64
    }

    pub fn value(&self, series: &str) -> f64 {
        *self
            .0
            .get(series)
            .unwrap_or_else(|| panic!("no {series} in {:#?}", self.0))
    }

    fn check_buckets(&self) {
        let mut histograms = 0;
        for (series, value) in &self.0 {
            let Some((name, labels)) = series.split_once("_bucket{") else {
                continue;
            };
            let labels = labels.trim_end_matches('}');
            let (bounds, rest): (Vec<_>, Vec<_>) = labels
                .split(',')
                .partition(|label| label.starts_with("le="));
            let bound = |label: &str| {
                label
                    .trim_matches(|c| c != '+' && !char::is_alphanumeric(c))
                    .to_owned()
            };
            assert_eq!(bounds.len(), 1, "{series}");
            let count_series = if rest.is_empty() {
                format!("{name}_count")
            } else {
                format!("{name}_count{{{}}}", rest.join(","))
            };
            let total = self.value(&count_series);
            assert!(*value <= total, "{series}");
            if bound(bounds[0]).contains("Inf") {
                assert!((value - total).abs() < f64::EPSILON, "{series}");
                histograms += 1;
            }
        }
        assert!(histograms > 0, "no histograms");
    }
}

fn check_name(series: &str, (family, kind): &(String, String)) {
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (series, ""),
    };
    let suffixes: &[&str] = match kind.as_str() {
        "counter" => &["_total"],
        "histogram" => &["_bucket", "_count", "_sum"],
        "info" => &["_info"],
        _ => &[""],
    };
    let suffix = name.strip_prefix(family.as_str());
    assert!(
        suffix.is_some_and(|suffix| suffixes.contains(&suffix)),
        "{series} is listed under {family}"
    );
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (name, value) = label.split_once('=').unwrap();
        assert!(is_name(name), "{series}");
        let value = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap();
        assert!(!value.contains(['"', '\\', '\n']), "{series}");
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
