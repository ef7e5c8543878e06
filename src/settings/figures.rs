//! `[figures.*]`: custom figures, numbers and states that other systems report.

use std::{ops::RangeInclusive, time::Duration};

use strum::IntoEnumIterator;
use toml::de::DeValue;

use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, FigureState, Language, LimitValue,
    LocalizedText, SeverityLimits, SourceId, ThresholdLevel,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, parse_duration};

use super::{
    source::SourceTables,
    thresholds::{check_clear, is_out_of_order},
};

const LABEL: &str = r#"label = "Orders today""#;
const SOURCE: &str = r#"source = "shop", a source of kind "values""#;
const STATES: &str =
    r#"states = { up = { label = "Up" }, down = { label = "Down", severity = "critical" } }"#;
const KINDS: [&str; 4] = ["number", "percent", "duration", "state"];
const SEVERITIES: [&str; 3] = ["normal", "warning", "critical"];
const VALID_FOR: RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_hours(31 * 24);
/// Characters; longer ones have no room on a board.
const LABEL_MAX: usize = 40;
const UNIT_MAX: usize = 12;
/// A state is the large text of a tile.
const STATE_MAX: usize = 12;
const DECIMALS_MAX: u32 = 3;
const STATES_MAX: usize = 20;

/// The figures in the order of the file, and the places of their sources.
pub(super) struct FigureTables<'r, 't> {
    pub(super) figures: Vec<CustomFigure>,
    sources: Vec<(SourceId, ConfigEntry<'r, 't>)>,
}

impl<'r, 't> FigureTables<'r, 't> {
    pub(super) fn read(root: &ConfigSection<'r, 't>) -> Self {
        let section = root.section_at("figures");
        let entries = section.iter().flat_map(ConfigSection::all_entries);
        let mut tables = Self {
            figures: Vec::new(),
            sources: Vec::new(),
        };
        for entry in entries {
            let figure = tables.read_figure(&entry);
            tables.figures.extend(figure);
        }
        tables
    }

    /// Reports sources that can't report a figure.
    pub(super) fn check_sources(&self, tables: &SourceTables) {
        for (source, entry) in &self.sources {
            let setup = tables.setups.iter().find(|setup| setup.id == *source);
            let is_missing = !tables.names.iter().any(|name| *name == source.as_str());
            if is_missing || setup.is_some_and(|setup| !setup.vendor.is_pushed) {
                let what = format!("\"{source}\" is no source of kind \"values\"");
                let fix = format!("add [sources.{source}] with kind = \"values\"");
                entry.report_fault(&what, &fix);
            }
        }
    }

    fn read_figure(&mut self, entry: &ConfigEntry<'r, 't>) -> Option<CustomFigure> {
        let section = entry.as_section()?;
        let id = CustomFigureId::parse(entry.name);
        if id.is_none() {
            let fix = "use up to 40 lowercase letters, digits, `_` and `-`";
            entry.report_key_fault("can't name a figure", fix);
        }
        let label = section.required_entry("label", LABEL);
        let label = label.and_then(|entry| read_localized(&entry, LABEL_MAX));
        let kind = read_kind(&section);
        let per = section.entry("per");
        let per = per.and_then(|entry| entry.read_word(&["site", "queue"]));
        let sources = section.required_entry("source", SOURCE);
        let sources = sources.map(|entry| read_sources(&entry));
        let sources = sources.unwrap_or_default();
        let ids = sources.iter().map(|(source, _)| source.clone()).collect();
        self.sources.extend(sources);
        let merge = section.entry("merge");
        let merge = merge.and_then(|entry| read_merge(&entry, kind.as_ref()));
        let valid_for = section.entry("valid_for");
        let valid_for = valid_for.and_then(|entry| entry.read_duration(VALID_FOR));
        let limits = read_limits(&section, kind.as_ref());
        if is_out_of_order(&limits) {
            entry.report_key_fault("crit must be beyond warn", "");
        }
        section.finish_section();
        Some(CustomFigure {
            id: id?,
            label: label?,
            kind: kind?,
            is_per_queue: per == Some("queue"),
            sources: ids,
            merge: merge.unwrap_or_default(),
            valid_for_ms: valid_for.and_then(|length| i64::try_from(length.as_millis()).ok()),
            limits,
        })
    }
}

/// Returns the sources, each with its place.
fn read_sources<'r, 't>(entry: &ConfigEntry<'r, 't>) -> Vec<(SourceId, ConfigEntry<'r, 't>)> {
    let items = entry.read_one_or_more(SOURCE).unwrap_or_default();
    let sources = items.into_iter().filter_map(|item| {
        let name = item.read_nonempty_text()?;
        Some((SourceId::from(name.as_str()), item))
    });
    sources.collect()
}

fn read_kind(section: &ConfigSection<'_, '_>) -> Option<CustomFigureKind> {
    let kind = section.entry("kind");
    let kind = kind.map_or(Some("number"), |entry| entry.read_word(&KINDS))?;
    let decimals = || {
        let entry = section.entry("decimals");
        let read = entry.and_then(|entry| entry.read_whole(0..=DECIMALS_MAX));
        read.and_then(|decimals| u8::try_from(decimals).ok())
            .unwrap_or_default()
    };
    Some(match kind {
        "percent" => CustomFigureKind::Percent {
            decimals: decimals(),
        },
        "duration" => CustomFigureKind::Duration,
        "state" => {
            let states = section.required_entry("states", STATES)?;
            CustomFigureKind::State(read_states(&states))
        }
        _ => {
            let unit = section.entry("unit");
            let unit = unit.and_then(|entry| read_localized(&entry, UNIT_MAX));
            CustomFigureKind::Number {
                decimals: decimals(),
                unit: unit.unwrap_or_default(),
            }
        }
    })
}

fn read_states(entry: &ConfigEntry<'_, '_>) -> Vec<FigureState> {
    let Some(section) = entry.as_section() else {
        return Vec::new();
    };
    let entries = section.all_entries();
    if entries.is_empty() || STATES_MAX < entries.len() {
        let what = format!("has {} states", entries.len());
        entry.report_key_fault(&what, &format!("give it 1 to {STATES_MAX}"));
    }
    entries.iter().filter_map(read_state).collect()
}

fn read_state(entry: &ConfigEntry<'_, '_>) -> Option<FigureState> {
    let section = entry.as_section()?;
    let label = section.entry("label");
    if label.is_none() && STATE_MAX < entry.name.chars().count() {
        let fix = format!("give it a `label` of up to {STATE_MAX} characters");
        entry.report_key_fault("is too long to be shown", &fix);
    }
    let label = label.and_then(|entry| read_localized(&entry, STATE_MAX));
    let severity = section.entry("severity");
    let severity = severity.and_then(|entry| entry.read_word(&SEVERITIES));
    section.finish_section();
    Some(FigureState {
        word: entry.name.into(),
        label: label.unwrap_or_else(|| LocalizedText::of_all(entry.name)),
        level: match severity {
            Some("warning") => Some(ThresholdLevel::Warning),
            Some("critical") => Some(ThresholdLevel::Critical),
            _ => None,
        },
    })
}

fn read_merge(entry: &ConfigEntry<'_, '_>, kind: Option<&CustomFigureKind>) -> Option<CustomMerge> {
    let merge = entry.read_variant()?;
    let is_sum_of_none = matches!(
        kind,
        Some(CustomFigureKind::State(_) | CustomFigureKind::Percent { .. })
    );
    if merge == CustomMerge::Sum && is_sum_of_none {
        entry.report_fault(
            "percentages and states have no sum",
            "use \"last\" or \"max\"",
        );
    }
    Some(merge)
}

/// Reads `"Orders"`, or `{ en = "Orders", sv = "Order" }`.
fn read_localized(entry: &ConfigEntry<'_, '_>, length_max: usize) -> Option<LocalizedText> {
    let read_text = |entry: &ConfigEntry<'_, '_>| {
        let text = entry.read_nonempty_text()?;
        if length_max < text.chars().count() || text.chars().any(char::is_control) {
            let fix = format!("a board has room for {length_max} characters in one line");
            entry.report_fault("the text is too long", &fix);
        }
        Some(text)
    };
    let DeValue::Table(_) = entry.value.get_ref() else {
        return read_text(entry).map(LocalizedText::of_all);
    };
    let section = entry.as_section()?;
    let texts = Language::iter().filter_map(|language| {
        let text = read_text(&section.entry(language.into_str())?)?;
        Some((language, text))
    });
    let texts = LocalizedText::new(texts.collect());
    if texts.is_empty() {
        entry.report_fault(
            "has no text",
            "write { en = \"…\", sv = \"…\", de = \"…\" }",
        );
    }
    section.finish_section();
    Some(texts)
}

fn read_limits(section: &ConfigSection<'_, '_>, kind: Option<&CustomFigureKind>) -> SeverityLimits {
    if matches!(kind, None | Some(CustomFigureKind::State(_))) {
        return SeverityLimits::default();
    }
    let is_duration = kind == Some(&CustomFigureKind::Duration);
    let read = |key| read_limit(&section.entry(key)?, is_duration);
    let limits = SeverityLimits {
        warning: read("warn"),
        critical: read("crit"),
        warning_below: read("warn_below").map(LimitValue::Value),
        critical_below: read("crit_below").map(LimitValue::Value),
        ..SeverityLimits::default()
    };
    let clear = section.entry("clear").and_then(|entry| {
        let clear = read_limit(&entry, is_duration)?;
        check_clear(&entry, clear, &limits)
    });
    SeverityLimits { clear, ..limits }
}

fn read_limit(entry: &ConfigEntry<'_, '_>, is_duration: bool) -> Option<f64> {
    let limit = match entry.value.get_ref() {
        DeValue::Integer(number) if !is_duration => number.as_str().replace('_', "").parse().ok(),
        DeValue::Float(number) if !is_duration => number.as_str().replace('_', "").parse().ok(),
        DeValue::String(text) if is_duration => {
            parse_duration(text).map(|limit| limit.as_secs_f64())
        }
        _ => None,
    };
    let limit = limit.filter(|limit: &f64| limit.is_finite());
    if limit.is_none() {
        let wanted = if is_duration {
            "it must be a duration such as \"90s\" or \"2h\""
        } else {
            "it must be a number, without quotes"
        };
        entry.report_fault(wanted, "");
    }
    limit
}

#[cfg(test)]
mod tests;
