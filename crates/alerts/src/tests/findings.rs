//! Tests of what rules find in the live state.

use wallboard_domain::{
    ClosedDays, LimitValue, OpenPeriod, OpeningHours, PatternThresholds, Patterns, QueueGroup,
    SeverityLimits,
};
use wallboard_live::testing::{LiveScenario, chat_id, chat_source, site_with_entries};

use super::{silences::silence, *};

/// Queues are critical from 10 waiting.
pub(super) fn floor() -> LiveScenario {
    let mut site = site_with_entries(&[], &[]);
    let limits = SeverityLimits {
        warning: Some(5.0),
        critical: Some(10.0),
        ..SeverityLimits::default()
    };
    let thresholds = PatternThresholds {
        metrics: vec![(Metric::Waiting, limits)],
        ..PatternThresholds::default()
    };
    site.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
    LiveScenario::connected_with(site)
}

pub(super) fn rules() -> Vec<AlertRule> {
    let mut queues = rule("queues");
    queues.scope = AlertScope::Queues {
        patterns: vec![Pattern("chat/*".into())],
        level: AlertLevel::Critical,
        metric: None,
    };
    let mut sources = rule("sources");
    sources.scope = AlertScope::Sources(vec![Pattern("*".into())]);
    vec![queues, sources]
}

fn read(floor: &LiveScenario, book: &AlertBook) -> Vec<(String, Reading)> {
    let (snapshot, dwell) = (floor.state.snapshot(), Dwell::default());
    let findings = find_alerts(
        snapshot,
        floor.now,
        &rules(),
        &OtherReadings::default(),
        book,
        &dwell,
    );
    let findings = findings.into_iter();
    findings
        .map(|finding| (finding.rule, finding.reading))
        .collect()
}

/// Open for the first ten minutes of a test.
pub(super) fn ten_minutes() -> OpeningHours {
    let morning = OpenPeriod {
        from_minute: 8 * 60,
        to_minute: 8 * 60 + 10,
    };
    OpeningHours {
        zone: jiff::tz::TimeZone::UTC,
        week: std::array::from_fn(|_| vec![morning]),
        dates: BTreeMap::new(),
        holidays: ClosedDays::default(),
    }
}

#[test]
fn a_critical_queue_burns_and_a_lost_source_hides_it() {
    let mut floor = floor();
    floor.send_load("1", 7, 0, 2);
    let mut desk = Desk::new(rules());
    assert_eq!(
        read(&floor, &desk.book),
        [("queues".to_owned(), Reading::Calm)]
    );

    floor.send_load("1", 12, 0, 2);
    let found = read(&floor, &desk.book);
    assert_eq!(found, [("queues".to_owned(), critical())]);

    let finding = AlertFinding {
        rule: "queues".to_owned(),
        subject: AlertSubject::Queue(chat_id("1")),
        reading: critical(),
        is_silenced: false,
    };
    desk.show_all(61, &[finding]);
    for seconds in [1, 60] {
        floor.disconnect_source();
        floor.advance_time(seconds * 1000);
        let found = read(&floor, &desk.book);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], ("queues".to_owned(), Reading::Unknown));
        assert!(matches!(
            found[1].1,
            Reading::Burning { since: Some(_), .. }
        ));
    }
}

#[test]
fn of_two_limits_the_nearer_one_was_reached() {
    for (waiting, is_low) in [(12, false), (9, false), (1, true), (3, true)] {
        let mut site = site_with_entries(&[], &[]);
        let limits = SeverityLimits {
            critical: Some(10.0),
            critical_below: Some(LimitValue::Value(2.0)),
            ..SeverityLimits::default()
        };
        let thresholds = PatternThresholds {
            metrics: vec![(Metric::Waiting, limits)],
            ..PatternThresholds::default()
        };
        site.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
        let mut floor = LiveScenario::connected_with(site);
        // Past its limit, it's critical for a while after that.
        floor.send_load("1", if is_low { 0 } else { 12 }, 0, 2);
        floor.advance_time(1_000);
        floor.send_load("1", waiting, 0, 2);
        let found = read(&floor, &AlertBook::default());
        let Some((_, Reading::Burning { figures, .. })) = found.first() else {
            panic!("{waiting}: {found:?}");
        };
        let expected = (MetricValue::Count(waiting), is_low);
        assert_eq!((figures[0].value, figures[0].is_low), expected);
    }
}

#[test]
fn a_paused_source_and_a_queue_that_is_gone_are_calm() {
    let mut floor = floor();
    let mut desk = Desk::new(rules());
    let finding = |subject| AlertFinding {
        rule: "queues".to_owned(),
        subject,
        reading: critical(),
        is_silenced: false,
    };
    desk.show_all(61, &[finding(AlertSubject::Queue(chat_id("gone")))]);
    assert_eq!(
        read(&floor, &desk.book),
        [("queues".to_owned(), Reading::Calm)]
    );

    floor.disconnect_source();
    let mut snapshot = floor.state.snapshot().clone();
    let mut site = (*snapshot.site).clone();
    site.paused_sources.insert(chat_source(), "Anna".to_owned());
    snapshot.site = site.into();
    let found = find_alerts(
        &snapshot,
        floor.now,
        &rules(),
        &OtherReadings::default(),
        &AlertBook::default(),
        &Dwell::default(),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].reading, Reading::Calm);
}

#[test]
fn a_hidden_queue_alerts_nobody() {
    let mut floor = floor();
    floor.send_load("1", 12, 0, 2);
    let mut snapshot = floor.state.snapshot().clone();
    let mut site = (*snapshot.site).clone();
    site.hidden_queues.push(Pattern("chat/1".into()));
    snapshot.site = site.into();
    let (book, dwell) = (AlertBook::default(), Dwell::default());
    let found = find_alerts(
        &snapshot,
        floor.now,
        &rules(),
        &OtherReadings::default(),
        &book,
        &dwell,
    );
    assert_eq!(found[0].reading, Reading::Calm);
}

#[test]
fn a_silenced_group_or_source_silences_its_queues() {
    let mut floor = floor();
    floor.send_load("1", 12, 0, 2);
    let group = QueueGroup {
        id: QueueId::new(&SourceId::from("group"), "sales"),
        name: "Sales".to_owned(),
        queues: vec![chat_id("1")],
    };
    let mut snapshot = floor.state.snapshot().clone();
    let mut site = (*snapshot.site).clone();
    site.groups.push(group.clone());
    snapshot.site = site.into();
    let now = floor.now.wall;
    for (subject, expected) in [
        (AlertSubject::Queue(group.id), true),
        (AlertSubject::Source(chat_source()), true),
        (AlertSubject::Queue(chat_id("1")), true),
        (AlertSubject::Queue(chat_id("2")), false),
        (AlertSubject::Source(SourceId::from("voice")), false),
    ] {
        let mut book = AlertBook::default();
        let scope = SilenceScope::Subject(subject.clone());
        let silence = silence(scope, now, now + SignedDuration::from_hours(1));
        book.add_silence(silence, now).unwrap();
        let found = find_alerts(
            &snapshot,
            floor.now,
            &rules(),
            &OtherReadings::default(),
            &book,
            &Dwell::default(),
        );
        assert_eq!(found[0].is_silenced, expected, "{subject}");
    }
}

#[test]
fn a_late_file_and_a_dark_screen_are_alerts_of_rules_that_name_them() {
    let floor = floor();
    let watch = |name: &str, scope| AlertRule {
        scope,
        ..rule(name)
    };
    let pattern = |text: &str| vec![Pattern(text.into())];
    let rules = [
        watch("late", AlertScope::Imports(pattern("*"))),
        watch("dark", AlertScope::Screens(pattern("Hall *"))),
    ];
    let needs_somebody = |since| Reading::Burning {
        level: AlertLevel::Warning,
        figures: Vec::new(),
        status: None,
        custom: None,
        since,
        is_partial: false,
    };
    let late = AlertSubject::Import(SourceId::from("calls"));
    let hall = AlertSubject::Screen("Hall 1".to_owned());
    let kitchen = AlertSubject::Screen("Kitchen".to_owned());
    let begun = Some(floor.now.wall);
    let others = OtherReadings(BTreeMap::from([
        (late.clone(), needs_somebody(begun)),
        (hall.clone(), needs_somebody(None)),
        (kitchen, needs_somebody(None)),
    ]));
    let mut desk = Desk::new(rules.to_vec());
    let find = |others: &OtherReadings, book: &AlertBook| {
        let snapshot = floor.state.snapshot();
        find_alerts(snapshot, floor.now, &rules, others, book, &Dwell::default())
    };
    let found = find(&others, &desk.book);
    let subjects: Vec<_> = found.iter().map(|one| one.subject.clone()).collect();
    assert_eq!(subjects, [late, hall]);

    desk.show_all(61, &found);
    assert_eq!(desk.book.open().len(), 2);
    // A screen that was removed needs nobody.
    let found = find(&OtherReadings::default(), &desk.book);
    assert!(found.iter().all(|one| one.reading == Reading::Calm));
    assert_eq!(found.len(), 2);
}
