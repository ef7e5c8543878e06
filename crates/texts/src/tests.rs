//! Every language has every message, with the same parameters.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};

use wallboard_domain::{Language, Metric};

use super::{
    Texts,
    messages::ROOMS,
    metric_texts::{about_key, message_key},
    testing::form_keys,
    texts::files,
};

const LANGUAGES: [Language; 3] = [Language::English, Language::Swedish, Language::German];

/// Parameters by key of a message, or of one's attribute.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn expected_messages() -> Messages {
    let plain = ROOMS.iter().flat_map(|room| room.plain);
    let plain = plain.map(|key| (key.to_string(), BTreeSet::new()));
    let with_values = ROOMS.iter().flat_map(|room| room.with_values);
    let with_values = with_values.map(|(key, values)| {
        let values = values.iter().map(ToString::to_string);
        (key.to_string(), values.collect())
    });
    let metrics = Metric::all().flat_map(|metric| {
        let key = message_key(metric);
        let value = BTreeSet::from(["value".to_owned()]);
        let about = about_key(metric);
        let attribute = |name: &str| format!("{key}.{name}");
        let of_page = |name: &str| (format!("{about}.{name}"), BTreeSet::new());
        [
            (attribute("inline"), BTreeSet::new()),
            (attribute("cause"), value),
            of_page("label"),
            of_page("counted"),
            of_page("unknown"),
            (about.clone(), BTreeSet::new()),
            (key, BTreeSet::new()),
        ]
    });
    let unknown = [
        "unknown_not_reported",
        "unknown_nothing_yet",
        "unknown_entries",
    ];
    let unknown = unknown.map(|key| (key.to_owned(), BTreeSet::new()));
    let of_forms = form_keys().into_iter().flat_map(|key| {
        let hint = key.starts_with("field_").then(|| format!("{key}.hint"));
        [Some(key), hint].into_iter().flatten()
    });
    plain
        .chain(with_values)
        .chain(metrics)
        .chain(unknown)
        .chain(of_forms.map(|key| (key, BTreeSet::new())))
        .collect()
}

fn read_messages(language: Language) -> Messages {
    let mut messages = Messages::new();
    for text in files(language) {
        let file = parser::parse(text).unwrap_or_else(|(_, faults)| panic!("{faults:?}"));
        for entry in file.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let key = message.id.name.to_owned();
            for attribute in message.attributes {
                let key = format!("{key}.{}", attribute.id.name);
                assert!(messages.insert(key, parameters(&attribute.value)).is_none());
            }
            let value = message.value.as_ref().unwrap();
            let known = messages.insert(key.clone(), parameters(value));
            assert!(known.is_none(), "{language:?} has {key} twice");
        }
    }
    messages
}

fn parameters(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => found.extend(parameter(inline)),
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                found.extend(parameter(selector));
                found.extend(
                    variants
                        .iter()
                        .flat_map(|variant| parameters(&variant.value)),
                );
            }
            PatternElement::TextElement { .. } => {}
        }
    }
    found
}

fn parameter(inline: &InlineExpression<&str>) -> Option<String> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name.to_owned()),
        _ => None,
    }
}

#[test]
fn every_language_has_every_message_with_the_same_parameters() {
    let expected = expected_messages();
    for language in LANGUAGES {
        let found = read_messages(language);
        let lacks: Vec<_> = expected
            .keys()
            .filter(|key| !found.contains_key(*key))
            .collect();
        let unused: Vec<_> = found
            .keys()
            .filter(|key| !expected.contains_key(*key))
            .collect();
        assert!(lacks.is_empty(), "{language:?} lacks {lacks:?}");
        assert!(unused.is_empty(), "nothing uses {unused:?} of {language:?}");
        for (key, parameters) in &expected {
            assert_eq!(&found[key], parameters, "{key} of {language:?}");
        }
    }
}

#[test]
fn messages_without_plurals_are_written_as_the_resolver_does() {
    let mut plain_count = 0;
    for language in LANGUAGES {
        for (key, parameters) in ROOMS.iter().flat_map(|room| room.with_values) {
            let texts = Texts::of(language);
            let numbers = parameters.iter().zip([1_204_u64, 2, 3, 4]);
            let numbers: Vec<_> = numbers.map(|(name, n)| (*name, n.into())).collect();
            let words = parameters.iter().map(|name| (*name, "a{b}".into()));
            for values in [numbers, words.collect()] {
                let (resolved, plain) = texts.write_both_ways(key, &values);
                plain_count += usize::from(plain.is_some());
                assert_eq!(plain.unwrap_or_else(|| resolved.clone()), resolved, "{key}");
            }
        }
    }
    assert!(500 < plain_count, "{plain_count}");
}

#[test]
fn the_two_wait_averages_have_different_labels() {
    let words = |metric| Texts::english().metric(metric);
    assert_eq!(words(Metric::AverageWait).page_label, "Average wait");
    let answered = words(Metric::AverageSpeedOfAnswer);
    assert_eq!(answered.page_label, "Average speed of answer");
    assert_eq!(answered.label, "ASA");
}

#[test]
fn every_explanation_is_a_sentence() {
    let all = LANGUAGES.map(|language| Metric::all().map(move |metric| (language, metric)));
    for (language, metric) in all.into_iter().flatten() {
        let words = Texts::of(language).metric(metric);
        let texts = [&words.reported, &words.counted, &words.unknown];
        assert!(texts.iter().all(|text| text.ends_with('.')), "{metric:?}");
    }
}

#[test]
fn reported_meanings_do_not_mention_chat_or_visitors() {
    for metric in Metric::all() {
        let text = Texts::english().metric(metric).reported.to_lowercase();
        let mentions_chat = text.contains("visitor") || text.contains("chat");
        assert!(!mentions_chat, "{}: {text}", metric.name());
    }
    // Waiting contacts are described in the same words for every kind of source.
    for metric in [Metric::Waiting, Metric::InConversation, Metric::LongestWait] {
        let text = Texts::english().metric(metric).counted.to_lowercase();
        assert!(!text.contains("visitor"));
    }
}

#[test]
fn ranges_have_one_unit_and_one_number_where_both_are_the_same() {
    let write = |metric, low, high| Texts::english().value_range(metric, low, high);
    assert_eq!(write(Metric::Offered, 149.6, 190.2), "150–190");
    assert_eq!(write(Metric::ServiceLevel, 78.2, 91.0), "78–91%");
    assert_eq!(write(Metric::AverageSpeedOfAnswer, 12.0, 40.9), "0:12–0:40");
    assert_eq!(write(Metric::Abandoned, 1.8, 2.3), "2");
}

#[test]
fn a_number_has_its_decimals_its_groups_and_a_true_minus() {
    let texts = Texts::of(Language::German);
    let written = [
        texts.number(12_850.456, 2),
        texts.number(-1_204.0, 0),
        texts.number(-0.004, 2),
        texts.number(999.96, 1),
    ];
    assert_eq!(written, ["12.850,46", "−1.204", "0,00", "1.000,0"]);
}

#[test]
fn numbers_are_written_as_the_language_does() {
    let write = |language| {
        let texts = Texts::of(language);
        [
            texts.count(12_850),
            texts.percent(84.2),
            texts.target_percent(92.5),
            texts.short_count(1_290).0,
            texts.value_range(Metric::ServiceLevel, 78.0, 91.0),
            texts.queue_count(1_u64),
            texts.queue_count(1_204_u64),
        ]
    };
    assert_eq!(
        write(Language::English),
        [
            "12,850",
            "84%",
            "92.5%",
            "1.2",
            "78–91%",
            "1 queue",
            "1,204 queues"
        ]
    );
    assert_eq!(
        write(Language::Swedish),
        [
            "12\u{202f}850",
            "84\u{202f}%",
            "92,5\u{202f}%",
            "1,2",
            "78–91\u{202f}%",
            "1 kö",
            "1\u{202f}204 köer"
        ]
    );
    assert_eq!(
        write(Language::German),
        [
            "12.850",
            "84\u{202f}%",
            "92,5\u{202f}%",
            "1,2",
            "78–91\u{202f}%",
            "1 Warteschlange",
            "1.204 Warteschlangen"
        ]
    );
}

#[test]
fn days_are_named_in_the_language() {
    let at = "2026-11-20T13:30:10Z".parse().unwrap();
    let later = "2026-11-23T08:00:00Z".parse().unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    let write = |language| {
        let texts = Texts::of(language);
        [
            texts.day(at, &zone),
            texts.opening_time(later, at, &zone),
            texts.time_or_day(at, later, &zone),
        ]
    };
    assert_eq!(
        write(Language::English),
        ["Friday 20 November", "Mon 08:00", "20 Nov 13:30"]
    );
    assert_eq!(
        write(Language::Swedish),
        ["Fredag 20 november", "mån 08:00", "20 nov. 13:30"]
    );
    assert_eq!(
        write(Language::German),
        ["Freitag, 20. November", "Mo 08:00", "20. Nov. 13:30"]
    );
}

#[test]
fn the_pseudo_language_marks_all_that_is_translated() {
    let texts = Texts::pseudo();
    assert_eq!(texts.live(), "[Lîvé~]");
    assert_eq!(texts.opens("08:00"), "[öpéñs ~~]08:00");
}

#[test]
fn a_sentence_that_ends_with_an_abbreviation_has_one_full_stop() {
    let texts = Texts::of(Language::Swedish);

    assert_eq!(
        texts.sentence_of("Inga data från tors 19 nov."),
        "Inga data från tors 19 nov."
    );
    assert_eq!(texts.sentence_of("Inga data"), "Inga data.");
}
