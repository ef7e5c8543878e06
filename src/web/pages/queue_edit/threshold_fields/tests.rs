use std::collections::BTreeSet;

use proptest::prelude::*;

use wallboard_domain::AgentStatus;

use crate::{
    editing::{EntryId, Section},
    settings::test_file::known_keys,
};

use super::*;

const QUEUE: &str = "phone/8001";

#[test]
fn each_key_that_the_parser_knows_has_a_field() {
    let known = known_keys("[thresholds.\"*\"]\nwaiting = { no_such_key = 1 }\n");
    assert_eq!(known, LIMIT_KEYS.map(str::to_owned).into());
    let (first, further) = threshold_metrics();
    let metrics = first.into_iter().chain(further);
    let mut fields: BTreeSet<_> = metrics.map(|metric| metric.name().to_owned()).collect();
    fields.insert("time_in_state".to_owned());
    assert_eq!(known_keys("[thresholds.\"*\"]\nno_such_key = 1\n"), fields);
    let states = AgentStatus::LIMITED.map(|status| status.into_str().to_owned());
    let known = known_keys("[thresholds.\"*\"]\ntime_in_state = { no_such_key = 1 }\n");
    assert_eq!(known, states.into());
}

fn others(limits: SeverityLimits) -> Patterns<PatternThresholds> {
    let thresholds = PatternThresholds {
        metrics: vec![(Metric::LongestWait, limits)],
        ..PatternThresholds::default()
    };
    Patterns(vec![(
        wallboard_domain::Pattern("phone/*".into()),
        thresholds,
    )])
}

fn seconds(warning: f64, critical: f64) -> SeverityLimits {
    SeverityLimits {
        warning: Some(warning),
        critical: Some(critical),
        ..SeverityLimits::default()
    }
}

fn form(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    let fields = fields.iter();
    fields
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn written(own: &str, fields: &[(&str, &str)]) -> String {
    let id = EntryId::new(Section::Thresholds, QUEUE);
    let mut table = EntryTable::read(&id, Some(own));
    apply_thresholds(
        &mut table,
        &others(seconds(45.0, 150.0)),
        QUEUE,
        &form(fields),
    );
    table.write(&id).unwrap_or_default()
}

fn english_row(thresholds: &Patterns<PatternThresholds>, metric: Metric) -> ThresholdRow {
    threshold_row(Texts::english(), thresholds, QUEUE, metric)
}

#[test]
fn limits_are_written_as_the_language_does_and_read_again() {
    let metric = Metric::ServiceLevel;
    let limits = SeverityLimits {
        warning_below: Some(LimitValue::Value(72.5)),
        ..SeverityLimits::default()
    };
    for (texts, expected) in
        Texts::all()
            .into_iter()
            .zip(["72.5%", "72,5\u{202f}%", "72,5\u{202f}%"])
    {
        let written = limit_texts(texts, &limits, metric);
        assert_eq!(written["warn_below"], expected);
        assert_eq!(to_limit(expected, metric.unit()), Some(Value::Float(72.5)));
    }
}

#[test]
fn fields_have_the_limits_that_apply_and_where_they_come_from() {
    let row = english_row(&others(seconds(45.0, 3_600.0)), Metric::LongestWait);
    let fields: Vec<_> = row
        .fields
        .iter()
        .map(|field| (&*field.key, &*field.value))
        .collect();
    assert_eq!(
        fields,
        [
            ("longest_wait.warn", "0:45"),
            ("longest_wait.crit", "1:00:00"),
            ("longest_wait.clear", "")
        ]
    );
    assert_eq!(row.about, "From phone/*. Such as 2:30 or 20 s");

    let level = english_row(&Patterns::default(), Metric::ServiceLevel);
    let fields: Vec<_> = level
        .fields
        .iter()
        .map(|field| (&*field.key, &*field.value))
        .collect();
    assert_eq!(
        fields,
        [
            ("service_level.warn_below", "target"),
            ("service_level.crit_below", ""),
            ("service_level.min_sample", "")
        ]
    );
    assert_eq!(level.about, "Default. Such as 70%, or target-10");
}

#[test]
fn how_far_back_and_how_many_contacts_are_limits_too() {
    let text = written(
        "",
        &[
            ("waiting.crit", "10"),
            ("waiting.clear", "3"),
            ("longest_wait.clear", "0:30"),
            ("service_level.min_sample", "30"),
        ],
    );
    assert_eq!(
        text,
        "[thresholds.\"phone/8001\"]\nlongest_wait = { warn = \"45s\", crit = \"150s\", clear = \"30s\" }\nwaiting = { crit = 10, clear = 3 }\nservice_level = { warn_below = \"target\", min_sample = 30 }\n"
    );
}

#[test]
fn only_what_differs_from_the_pattern_is_written() {
    assert_eq!(
        written(
            "",
            &[("longest_wait.warn", "45 s"), ("longest_wait.crit", "2:30")]
        ),
        ""
    );
    assert_eq!(
        written(
            "",
            &[
                ("longest_wait.warn", "0:45"),
                ("longest_wait.crit", "3:00"),
                ("waiting.warn", "")
            ]
        ),
        "[thresholds.\"phone/8001\"]\nlongest_wait = { warn = \"45s\", crit = \"180s\" }\n"
    );
    // No limits, although the pattern has some.
    assert_eq!(
        written("", &[("longest_wait.warn", ""), ("longest_wait.crit", "")]),
        "[thresholds.\"phone/8001\"]\nlongest_wait = {}\n"
    );
}

#[test]
fn what_the_form_lacks_stays_as_it_was() {
    let own = "[thresholds.\"phone/8001\"]\nwaiting = { warn = 5, warn_below = 1 }\ntime_in_state = { wrap_up = \"5m\" }\n";
    assert_eq!(
        written(own, &[("waiting.warn", "8"), ("waiting.crit", "12")]),
        "[thresholds.\"phone/8001\"]\nwaiting = { warn = 8, crit = 12, warn_below = 1 }\ntime_in_state = { wrap_up = \"5m\" }\n"
    );
}

#[test]
fn what_nobody_understands_is_left_to_the_rules_of_the_configuration() {
    assert_eq!(
        written(
            "",
            &[
                ("waiting.crit", "many"),
                ("longest_wait.crit", "soon"),
                ("service_level.crit_below", "target-10")
            ]
        ),
        "[thresholds.\"phone/8001\"]\nlongest_wait = { warn = \"45s\", crit = \"soon\" }\nwaiting = { crit = \"many\" }\nservice_level = { warn_below = \"target\", crit_below = \"target-10\" }\n"
    );
}

proptest! {
    /// The form of what was written says the same again.
    #[test]
    fn limits_that_were_written_are_read_as_the_same(
        warn in 0_u32..=5_000,
        more in 0_u32..=5_000,
        waiting in 0_u32..=500,
        level in 0_u32..=100,
    ) {
        let fields = [
            ("longest_wait.warn", duration_text::write_millis(u64::from(warn) * 1_000)),
            ("longest_wait.crit", duration_text::write_millis(u64::from(warn + more) * 1_000)),
            ("waiting.warn", waiting.to_string()),
            ("waiting.crit", String::new()),
            ("service_level.warn_below", format!("{level}%")),
            ("service_level.crit_below", String::new()),
        ];
        let typed: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let text = written("", &typed);
        let file = format!("[access]\nmode = \"open\"\n[sources.phone]\nkind = \"vngage\"\nurl = \"amqps://u:p@h/v\"\nexchange = \"x\"\n[thresholds.\"phone/*\"]\nlongest_wait = {{ warn = \"45s\", crit = \"150s\" }}\n{text}");
        let settings = crate::settings::parse_configuration(&file, std::path::Path::new("w.toml"), |_| None).unwrap();
        for metric in [Metric::LongestWait, Metric::Waiting, Metric::ServiceLevel] {
            for field in english_row(&settings.site.thresholds, metric).fields {
                let expected = fields.iter().find(|(key, _)| *key == field.key);
                prop_assert_eq!(&*field.value, expected.map_or("", |(_, value)| value));
            }
        }
    }
}
