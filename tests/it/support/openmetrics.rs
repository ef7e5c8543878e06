//! A strict reader of what `/metrics` answers (OpenMetrics 1.0 text).

use std::collections::BTreeMap;

/// Samples by their name with its labels, as written.
#[derive(Debug)]
pub struct Scrape(pub BTreeMap<String, f64>);

impl Scrape {
    /// Panics where the text is not what the format asks for.
    pub fn read(text: &str) -> Self {
        let body = text
            .strip_suffix("# EOF\n")
            .expect("it ends with the mark of the end");
        let mut samples = BTreeMap::new();
        let mut family = (String::new(), String::new());
        let mut families = Vec::new();
        for line in body.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(is_name(name) && help.ends_with('.'), "{line}");
                assert!(!families.contains(&name.to_owned()), "{name} comes twice");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                let kinds = ["counter", "gauge", "histogram", "info"];
                assert!(kinds.contains(&kind), "{line}");
                families.push(name.to_owned());
                family = (name.to_owned(), kind.to_owned());
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let value: f64 = value.parse().unwrap();
                belongs(series, &family);
                assert!(
                    family.1 == "gauge" || (value.is_finite() && 0.0 <= value),
                    "{line}"
                );
                let before = samples.insert(series.to_owned(), value);
                assert!(before.is_none(), "{series} comes twice");
            }
        }
        let scrape = Self(samples);
        scrape.buckets_rise();
        scrape
    }

    /// A sample that is a count.
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

    fn buckets_rise(&self) {
        let mut counted = 0;
        for (series, value) in &self.0 {
            let Some((name, labels)) = series.split_once("_bucket{") else {
                continue;
            };
            let labels = labels.trim_end_matches('}');
            let (le, rest): (Vec<_>, Vec<_>) = labels
                .split(',')
                .partition(|label| label.starts_with("le="));
            let bound = |le: &str| {
                le.trim_matches(|c| c != '+' && !char::is_alphanumeric(c))
                    .to_owned()
            };
            assert_eq!(le.len(), 1, "{series}");
            let of_whole = if rest.is_empty() {
                format!("{name}_count")
            } else {
                format!("{name}_count{{{}}}", rest.join(","))
            };
            let whole = self.value(&of_whole);
            assert!(*value <= whole, "{series}");
            if bound(le[0]).contains("Inf") {
                assert!((value - whole).abs() < f64::EPSILON, "{series}");
                counted += 1;
            }
        }
        assert!(counted > 0, "there are histograms");
    }
}

fn belongs(series: &str, (family, kind): &(String, String)) {
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
        "{series} stands under {family}"
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
