//! `[thresholds]`: numbers, durations, and levels relative to the target, by pattern and metric.

use std::time::Duration;

use toml::de::DeValue;

use wallboard_domain::{
    AgentStatus, LimitValue, Metric, MetricOwner, Pattern, PatternThresholds, Patterns,
    SeverityLimits, Unit,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, parse_duration, suggest_word};

use super::site::{PATTERN_HINT, can_match};

const TIME_IN_STATE: &str = "time_in_state";
const DAY: Duration = Duration::from_hours(24);
const SAMPLE_MAX: u32 = 100_000;

/// Keeps the order of the file, which decides between equal patterns.
pub(super) fn read_thresholds(root: &ConfigSection<'_, '_>) -> Patterns<PatternThresholds> {
    let section = root.section_at("thresholds");
    let entries = section.iter().flat_map(ConfigSection::all_entries);
    let read = |entry: ConfigEntry<'_, '_>| {
        if entry.name == TIME_IN_STATE || find_queue_metric(entry.name).is_some() {
            let fix = format!("write \"*\" = {{ {} = … }}", entry.name);
            entry.report_key_fault("isn't under a pattern", &fix);
            return None;
        }
        if !can_match(entry.name) {
            entry.report_key_fault("matches nothing", PATTERN_HINT);
        }
        let pattern = Pattern(entry.name.to_owned());
        Some((pattern, read_pattern(&entry.as_section()?)))
    };
    Patterns(entries.filter_map(read).collect())
}

fn read_pattern(section: &ConfigSection<'_, '_>) -> PatternThresholds {
    let mut thresholds = PatternThresholds::default();
    for entry in &section.all_entries() {
        if entry.name == TIME_IN_STATE {
            thresholds.time_in_state = entry.as_section().map(read_states).unwrap_or_default();
            continue;
        }
        match find_queue_metric(entry.name) {
            Some(metric) => thresholds
                .metrics
                .push((metric, read_limits(entry, metric))),
            None => report_unknown_metric(entry),
        }
    }
    thresholds
}

/// Finds a queue metric by name.
fn find_queue_metric(name: &str) -> Option<Metric> {
    Metric::from_name(name).filter(|metric| metric.owner() != MetricOwner::Agent)
}

fn report_unknown_metric(entry: &ConfigEntry<'_, '_>) {
    if Metric::from_name(entry.name).is_some() {
        return entry.report_key_fault(
            "is an agent metric",
            "agents only have time_in_state = { wrap_up = \"5m\" }",
        );
    }
    let metrics = Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent);
    let mut names: Vec<_> = metrics.map(Metric::name).collect();
    names.push(TIME_IN_STATE);
    let near = suggest_word(entry.name, &names);
    let fix = format!("{near}allowed here: {}", names.join(", "));
    entry.report_key_fault("unknown key", &fix);
}

/// Reads `{ warn = 5, crit = 10 }` of one metric.
fn read_limits(entry: &ConfigEntry<'_, '_>, metric: Metric) -> SeverityLimits {
    let mut limits = SeverityLimits::default();
    let Some(section) = entry.as_section() else {
        return limits;
    };
    let upper = |key| {
        let entry = section.entry(key)?;
        if metric == Metric::ServiceLevel {
            let fix = "use warn_below and crit_below";
            entry.report_key_fault("a low service level is the problem", fix);
            return None;
        }
        match read_limit(&entry, metric)? {
            LimitValue::Value(value) => Some(value),
            LimitValue::FromTarget(_) => {
                let fix = "use \"target\" only in warn_below and crit_below";
                entry.report_fault("it must be a number", fix);
                None
            }
        }
    };
    let lower = |key| read_limit(&section.entry(key)?, metric);
    (limits.warning, limits.critical) = (upper("warn"), upper("crit"));
    (limits.warning_below, limits.critical_below) = (lower("warn_below"), lower("crit_below"));
    limits.clear = section
        .entry("clear")
        .and_then(|entry| read_clear(&entry, metric, &limits));
    limits.min_sample = section
        .entry("min_sample")
        .and_then(|entry| read_min_sample(&entry, metric));
    section.finish_section();
    if is_out_of_order(&limits) {
        entry.report_fault("crit must be beyond warn", "");
    }
    limits
}

/// Reads how far a figure must be back.
fn read_clear(entry: &ConfigEntry<'_, '_>, metric: Metric, limits: &SeverityLimits) -> Option<f64> {
    if metric.is_daily() {
        let fix = "only live metrics have a severity that clears";
        entry.report_key_fault("is a metric of the day", fix);
        return None;
    }
    let LimitValue::Value(clear) = read_limit(entry, metric)? else {
        return None;
    };
    check_clear(entry, clear, limits)
}

/// Checks that a value is on the good side of the outermost limit.
pub(super) fn check_clear(
    entry: &ConfigEntry<'_, '_>,
    clear: f64,
    limits: &SeverityLimits,
) -> Option<f64> {
    let upper = limits.warning.into_iter().chain(limits.critical);
    let lower = [limits.warning_below, limits.critical_below];
    let lower = lower.into_iter().flatten().filter_map(|limit| match limit {
        LimitValue::Value(limit) => Some(limit),
        LimitValue::FromTarget(_) => None,
    });
    let outermost = (upper.max_by(f64::total_cmp), lower.min_by(f64::total_cmp));
    let (what, fix) = match outermost {
        (Some(limit), None) if clear < limit => return Some(clear),
        (None, Some(limit)) if limit <= clear => return Some(clear),
        (Some(_), None) => ("it must be below crit, or below warn without crit", ""),
        (None, Some(_)) => (
            "it must be at least crit_below, or warn_below without crit_below",
            "",
        ),
        (Some(_), Some(_)) => (
            "it clears limits of one direction",
            "use either warn and crit, or warn_below and crit_below",
        ),
        (None, None) => (
            "it clears nothing",
            "add warn, crit, warn_below or crit_below",
        ),
    };
    entry.report_fault(what, fix);
    None
}

/// Reads the fewest contacts of a share or an average of the day.
fn read_min_sample(entry: &ConfigEntry<'_, '_>, metric: Metric) -> Option<u32> {
    if !metric.is_daily() || metric.is_total() {
        let fix = "only shares and averages of the day are judged by it";
        entry.report_key_fault("has no sample", fix);
        return None;
    }
    entry.read_whole(0..=SAMPLE_MAX)
}

/// Whether something critical isn't as bad as a warning.
pub(super) fn is_out_of_order(limits: &SeverityLimits) -> bool {
    let upper = limits.warning.zip(limits.critical);
    let lower = match (limits.warning_below, limits.critical_below) {
        (Some(LimitValue::Value(warn)), Some(LimitValue::Value(crit)))
        | (Some(LimitValue::FromTarget(warn)), Some(LimitValue::FromTarget(crit))) => {
            Some((warn, crit))
        }
        _ => None,
    };
    upper.is_some_and(|(warn, crit)| crit < warn) || lower.is_some_and(|(warn, crit)| warn < crit)
}

fn read_limit(entry: &ConfigEntry<'_, '_>, metric: Metric) -> Option<LimitValue> {
    let limit = parse_limit(entry.value.get_ref(), metric.unit());
    if limit.is_none() {
        let expected = match metric.unit() {
            Unit::Count => "a number of 0 or more, without quotes",
            Unit::Seconds => "a duration such as \"90s\" or \"2m\"",
            Unit::Percent => "a percentage from 0 to 100, \"target\" or \"target-10\"",
        };
        entry.report_fault(&format!("it must be {expected}"), "");
    }
    limit
}

fn parse_limit(value: &DeValue<'_>, unit: Unit) -> Option<LimitValue> {
    let number = match value {
        DeValue::Integer(number) => number.as_str().parse::<u32>().ok().map(f64::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().ok().filter(|n| 0.0 <= *n),
        DeValue::String(text) => {
            return match unit {
                Unit::Seconds => {
                    let seconds = parse_duration(text).map(|limit| limit.as_secs_f64());
                    seconds.map(LimitValue::Value)
                }
                Unit::Percent => parse_from_target(text).map(LimitValue::FromTarget),
                Unit::Count => None,
            };
        }
        _ => None,
    };
    let allowed = match unit {
        Unit::Count => number,
        Unit::Seconds => None,
        Unit::Percent => number.filter(|n| *n <= 100.0),
    };
    allowed.map(LimitValue::Value)
}

/// `target`, `target-10`, `target + 5`.
fn parse_from_target(text: &str) -> Option<f64> {
    let offset: String = text.strip_prefix("target")?.split_whitespace().collect();
    match offset.as_str() {
        "" => Some(0.0),
        offset if offset.starts_with(['+', '-']) => offset
            .parse()
            .ok()
            .filter(|offset: &f64| offset.abs() <= 100.0),
        _ => None,
    }
}

/// Reads `{ wrap_up = "5m" }`.
fn read_states(section: ConfigSection<'_, '_>) -> Vec<(AgentStatus, i64)> {
    let read = |status: AgentStatus| {
        let entry = section.entry(status.into_str())?;
        let limit = entry.read_duration(Duration::from_secs(1)..=DAY)?;
        Some((status, i64::try_from(limit.as_millis()).ok()?))
    };
    let states = AgentStatus::LIMITED.into_iter().filter_map(read).collect();
    section.finish_section();
    states
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{ConfigFaults, parse_configuration, test_file::OPEN_CHAT};

    use super::*;

    fn read(text: &str) -> Result<Patterns<PatternThresholds>, ConfigFaults> {
        let file = Path::new("w.toml");
        let text = format!("{text}\n{OPEN_CHAT}");
        parse_configuration(&text, file, |_| None).map(|settings| settings.site.thresholds)
    }

    #[test]
    fn thresholds_are_numbers_durations_and_distances_from_the_target() {
        let thresholds = read(
            r#"
            [thresholds]
            "*" = { longest_wait = { warn = "1m", crit = "2m" }, time_in_state = { wrap_up = "5m", not_ready = "30m" } }
            "chat/*" = { waiting = { warn = 5, crit = 10 }, agents_available = { warn_below = 2, crit_below = 1 }, service_level = { warn_below = "target-10", crit_below = "target-30" } }
            "#,
        )
        .unwrap();

        let wait = thresholds.limits_for("voice/1", Metric::LongestWait);
        assert_eq!((wait.warning, wait.critical), (Some(60.0), Some(120.0)));
        let available = thresholds.limits_for("chat/1", Metric::AgentsAvailable);
        assert_eq!(available.critical_below, Some(LimitValue::Value(1.0)));
        let level = thresholds.limits_for("chat/1", Metric::ServiceLevel);
        assert_eq!(level.critical_below, Some(LimitValue::FromTarget(-30.0)));
        let wrap_up = thresholds.state_limit("voice/akl", AgentStatus::WrapUp);
        assert_eq!(wrap_up, Some(300_000));
    }

    fn check_fault(text: &str, expected: &str) {
        let faults = read(text).unwrap_err().to_string();
        assert_eq!(faults, format!("w.toml:{expected}"), "{text}");
    }

    #[test]
    fn faults_name_their_position_and_the_allowed_values() {
        check_fault(
            "[thresholds.\"*\"]\nwaiting = { warn = 9, crit = 5 }",
            "2:11: thresholds.\"*\".waiting: crit must be beyond warn",
        );
        check_fault(
            "[thresholds.\"*\"]\nlongest_wait = { warn = \"1 hour\" }",
            "2:25: thresholds.\"*\".longest_wait.warn: it must be a duration such as \"90s\" or \"2m\"",
        );
        check_fault(
            "[thresholds.\"*\"]\nwaiting = { wran = 9 }",
            "2:13: thresholds.\"*\".waiting.wran: unknown key; did you mean `warn`? allowed here: clear, crit, crit_below, min_sample, warn, warn_below",
        );
        for (limits, fault) in [
            (
                "waiting = { crit = 10, clear = 10 }",
                "waiting.clear: it must be below crit, or below warn without crit",
            ),
            (
                "agents_available = { crit_below = 2, clear = 1 }",
                "agents_available.clear: it must be at least crit_below, or warn_below without crit_below",
            ),
            (
                "waiting = { clear = 1 }",
                "waiting.clear: it clears nothing; add warn, crit, warn_below or crit_below",
            ),
            (
                "waiting = { warn = 5, warn_below = 1, clear = 3 }",
                "waiting.clear: it clears limits of one direction; use either warn and crit, or warn_below and crit_below",
            ),
            (
                "abandon_rate = { warn = 5, clear = 3 }",
                "abandon_rate.clear: is a metric of the day; only live metrics have a severity that clears",
            ),
            (
                "waiting = { warn = 5, min_sample = 3 }",
                "waiting.min_sample: has no sample; only shares and averages of the day are judged by it",
            ),
        ] {
            let text = format!("[thresholds.\"*\"]\n{limits}");
            let found = read(&text).unwrap_err().to_string();
            let (place, words) = found.split_once(": ").unwrap();
            assert_eq!(words, format!("thresholds.\"*\".{fault}"), "{limits}");
            assert!(place.starts_with("w.toml:2:"), "{place}");
        }
        check_fault(
            "[thresholds]\nwaiting = { warn = 5 }",
            "2:1: thresholds.waiting: isn't under a pattern; write \"*\" = { waiting = … }",
        );
        check_fault(
            "[thresholds.\"*\"]\nservice_level = { warn = 80 }",
            "2:19: thresholds.\"*\".service_level.warn: a low service level is the problem; use warn_below and crit_below",
        );
        check_fault(
            "[thresholds]\n\"Sales\" = { waiting = { warn = 5 } }",
            &format!("2:1: thresholds.Sales: matches nothing; {PATTERN_HINT}"),
        );
        check_fault(
            "[thresholds.\"*\"]\ntalk_time = { warn = 5 }",
            "2:1: thresholds.\"*\".talk_time: is an agent metric; agents only have time_in_state = { wrap_up = \"5m\" }",
        );
        check_fault(
            "[thresholds.\"*\"]\ntime_in_state = { wrapup = \"5m\" }",
            "2:19: thresholds.\"*\".time_in_state.wrapup: unknown key; did you mean `wrap_up`? allowed here: available, busy, hold, not_ready, ringing, talking, wrap_up",
        );
        check_fault(
            "[thresholds.\"*\"]\nwaiting = 5",
            "2:11: thresholds.\"*\".waiting: has a value of the wrong type; it must be a table",
        );
        let faults = read("[thresholds.\"*\"]\nwaitng = { warn = 5 }").unwrap_err();
        let faults = faults.to_string();
        let expected = "w.toml:2:1: thresholds.\"*\".waitng: unknown key; did you mean `waiting`? allowed here: waiting, ";
        assert!(faults.starts_with(expected), "{faults}");
    }
}
