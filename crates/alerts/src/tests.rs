//! Tests of alerts as findings come and go.

mod agents;
mod costs;
mod dwells;
mod ends;
mod figures;
mod findings;
mod firings;
mod hours;
mod levels;
mod properties;
mod rehearsals;
mod silences;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use wallboard_domain::{Metric, MetricValue, Moment, Pattern, QueueId, SourceId, moment};

use super::*;
use wallboard_live::{Snapshot, testing::morning_moment};

const MINUTE: i64 = 60_000;

/// A book that is driven second by second.
struct Desk {
    rules: Vec<AlertRule>,
    book: AlertBook,
    dwell: Dwell,
    now: Moment,
    ids: u128,
    notices: Vec<AlertNotice>,
}

impl Desk {
    fn new(rules: Vec<AlertRule>) -> Self {
        Self {
            rules,
            book: AlertBook::default(),
            dwell: Dwell::default(),
            now: morning_moment(),
            ids: 0,
            notices: Vec::new(),
        }
    }

    /// Shows the same readings of Sales for so long. Returns what was told.
    fn show(&mut self, seconds: i64, reading: &Reading) -> Vec<NoticeKind> {
        let mut kinds = Vec::new();
        for _ in 0..seconds {
            let at = self.now.plus_millis(1000).wall;
            let finding = |rule: &AlertRule| AlertFinding {
                is_silenced: (self.book).is_silenced(
                    &Snapshot::default(),
                    &rule.name,
                    &sales(),
                    at,
                ),
                rule: rule.name.clone(),
                subject: sales(),
                reading: reading.clone(),
            };
            let findings: Vec<_> = self.rules.iter().map(finding).collect();
            kinds.extend(self.show_all(1, &findings));
        }
        kinds
    }

    fn show_all(&mut self, seconds: i64, findings: &[AlertFinding]) -> Vec<NoticeKind> {
        let before = self.notices.len();
        for _ in 0..seconds {
            self.now = self.now.plus_millis(1000);
            let ids = &mut self.ids;
            let new_id = || {
                *ids += 1;
                AlertId(Uuid::from_u128(*ids))
            };
            let advanced =
                self.book
                    .advance(&self.rules, findings, &mut self.dwell, self.now, new_id);
            self.notices.extend(advanced.notices);
        }
        self.notices[before..]
            .iter()
            .map(|notice| notice.kind)
            .collect()
    }

    /// Continues as the next process, or the next leader, does.
    fn restart(&mut self) {
        let stored = serde_json::to_vec(&self.book).unwrap();
        self.book = serde_json::from_slice(&stored).unwrap();
        self.dwell = self.book.resume_dwell(&self.rules, self.now);
    }

    fn act(&mut self, action: &AlertAction) -> Result<bool, ActionFault> {
        let id = self.book.open()[0].id;
        self.book.act(id, action, "Anna", self.now.wall)
    }

    fn open(&self) -> &Alert {
        &self.book.open()[0]
    }
}

/// Finds alerts with nothing known before.
fn find_alerts(
    snapshot: &Snapshot,
    now: Moment,
    rules: &[AlertRule],
    others: &OtherReadings,
    book: &AlertBook,
    dwell: &Dwell,
) -> Vec<AlertFinding> {
    QueueStates::default().find_alerts(snapshot, now, rules, others, book, dwell)
}

fn sales() -> AlertSubject {
    AlertSubject::Queue(QueueId::new(&SourceId::from("chat"), "sales"))
}

fn rule(name: &str) -> AlertRule {
    AlertRule {
        name: name.to_owned(),
        is_enabled: true,
        scope: AlertScope::Queues {
            patterns: vec![Pattern("chat/*".into())],
            level: AlertLevel::Warning,
            metric: None,
        },
        dwell: SignedDuration::from_secs(60),
        tell: vec!["floor".to_owned()],
        again_after: Some(SignedDuration::from_mins(10)),
        tells_end: true,
        sound: Vec::new(),
        only_open: false,
    }
}

fn burning(level: AlertLevel, waiting: u64) -> Reading {
    Reading::Burning {
        level,
        figures: vec![AlertFigure {
            metric: Metric::Waiting,
            level,
            value: MetricValue::Count(waiting),
            is_low: false,
        }],
        status: None,
        custom: None,
        since: None,
        is_partial: false,
    }
}

fn critical() -> Reading {
    burning(AlertLevel::Critical, 12)
}

#[test]
fn an_alert_is_told_after_its_dwell_and_when_it_is_over() {
    let mut desk = Desk::new(vec![rule("waits")]);

    assert_eq!(desk.show(60, &critical()), []);
    let begun = desk.now.wall;
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Opened]);
    assert_eq!(desk.show(30, &burning(AlertLevel::Critical, 15)), []);
    assert_eq!(desk.open().figures[0].value, MetricValue::Count(15));
    assert_eq!(desk.show(30, &Reading::Calm), []);
    assert_eq!(desk.show(1, &Reading::Calm), [NoticeKind::Over]);

    let ended = desk.book.ended().next().unwrap();
    assert!(ended.since < begun);
    assert_eq!(ended.closing.as_ref().unwrap().by, None);
    assert!(desk.book.open().is_empty());
    // Nobody was told of what was short.
    assert_eq!(desk.show(59, &critical()), []);
    assert_eq!(desk.show(600, &Reading::Calm), []);
}

#[test]
fn data_that_is_out_of_date_neither_raises_nor_clears() {
    let mut desk = Desk::new(vec![rule("waits")]);
    assert_eq!(desk.show(300, &Reading::Unknown), []);
    assert!(desk.book.open().is_empty());

    desk.show(61, &critical());
    assert_eq!(desk.show(3600, &Reading::Unknown), []);
    assert!(desk.open().unconfirmed_since.is_some());
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Repeated]);
    assert_eq!(desk.open().unconfirmed_since, None);
    desk.show(29, &Reading::Calm);
    desk.show(60, &Reading::Unknown);
    assert_eq!(desk.show(29, &Reading::Calm), []);
}

#[test]
fn a_warning_that_becomes_critical_is_told_and_stays_one_alert() {
    let mut desk = Desk::new(vec![rule("waits"), rule("also")]);
    desk.rules[1].tell = vec!["boss".to_owned(), "floor".to_owned()];

    desk.show(61, &burning(AlertLevel::Warning, 5));
    desk.act(&AlertAction::Take).unwrap();
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Worsened]);

    assert_eq!(desk.book.open().len(), 1);
    assert_eq!(desk.open().owner.as_ref().unwrap().name, "Anna");
    for notice in &desk.notices {
        assert!(notice.channels.keys().eq(["boss", "floor"]));
    }
}

#[test]
fn nobody_is_told_again_once_somebody_takes_it() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    assert_eq!(desk.show(599, &critical()), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Repeated]);
    assert_eq!(desk.act(&AlertAction::Take), Ok(true));
    assert_eq!(desk.act(&AlertAction::Take), Ok(false));
    assert_eq!(desk.show(1800, &critical()), []);

    desk.act(&AlertAction::Release).unwrap();
    let until = desk.now.plus_millis(20 * MINUTE).wall;
    desk.act(&AlertAction::Snooze(until)).unwrap();
    assert_eq!(desk.show(1199, &critical()), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Repeated]);
}

#[test]
fn a_closed_alert_stays_closed_until_its_subject_was_calm() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    let id = desk.open().id;
    desk.act(&AlertAction::Note(" called Bo ".into())).unwrap();
    desk.act(&AlertAction::Close).unwrap();

    assert_eq!(desk.show(900, &critical()), [NoticeKind::Over]);
    let ended = desk.book.find(id).unwrap();
    assert_eq!(ended.notes[0].text, "called Bo");
    assert_eq!(ended.closing.as_ref().unwrap().by.as_deref(), Some("Anna"));
    let again = desk.book.act(id, &AlertAction::Take, "Bo", desk.now.wall);
    assert_eq!(again, Err(ActionFault::NotOpen));
    desk.show(5, &Reading::Calm);
    assert_eq!(desk.show(61, &critical()), [NoticeKind::Opened]);
    assert_ne!(desk.open().id, id);
}

#[test]
fn only_what_comes_and_goes_or_is_repeated_may_wait() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let may_wait = |desk: &mut Desk, seconds, reading: &Reading| {
        let before = desk.notices.len();
        desk.show(seconds, reading);
        let notices = desk.notices[before..].iter();
        notices
            .map(|one| (one.kind, one.may_wait))
            .collect::<Vec<_>>()
    };
    let (warning, calm) = (burning(AlertLevel::Warning, 5), Reading::Calm);
    let (opened, worsened) = (NoticeKind::Opened, NoticeKind::Worsened);
    assert_eq!(may_wait(&mut desk, 61, &warning), [(opened, false)]);
    assert_eq!(may_wait(&mut desk, 1, &critical()), [(worsened, false)]);
    let repeated = [(NoticeKind::Repeated, true)];
    assert_eq!(may_wait(&mut desk, 600, &critical()), repeated);
    // A repeat doesn't make it come and go.
    assert_eq!(may_wait(&mut desk, 31, &calm), [(NoticeKind::Over, false)]);
    desk.show(3500, &calm);
    assert_eq!(may_wait(&mut desk, 61, &critical()), [(opened, true)]);
    assert_eq!(may_wait(&mut desk, 31, &calm), [(NoticeKind::Over, true)]);
    desk.show(3600, &calm);
    assert_eq!(may_wait(&mut desk, 61, &critical()), [(opened, false)]);
    let rules = desk.notices.iter().map(|one| &one.channels["floor"]);
    assert!(rules.eq(vec!["waits"; 7]));
}

#[test]
fn what_flaps_sounds_at_most_every_ten_minutes() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.rules[0].sound = vec!["Hall".to_owned()];
    let mut sounds = std::collections::BTreeSet::new();
    for _ in 0..24 {
        desk.show(90, &critical());
        sounds.extend(desk.book.last_sound("Hall"));
        desk.show(60, &Reading::Calm);
    }
    assert_eq!(sounds.len(), 6);
}

#[test]
fn more_alerts_than_anyone_can_read_are_counted() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let finding = |n: usize| AlertFinding {
        rule: "waits".to_owned(),
        subject: AlertSubject::Queue(QueueId::new(&SourceId::from("chat"), &n.to_string())),
        reading: critical(),
        is_silenced: false,
    };
    let findings: Vec<_> = (0..OPEN_MAX).map(finding).collect();
    let told = desk.show_all(62, &findings);

    let of_queues = OPEN_MAX - 100;
    assert_eq!(told.len(), of_queues);
    let counts = |desk: &Desk| (desk.book.open().len(), desk.book.unopened());
    assert_eq!(counts(&desk), (of_queues, 100));
    // There's room for their source, a late file and a dark screen.
    let others = [
        AlertSubject::Source("chat".into()),
        AlertSubject::Import("calls".into()),
        AlertSubject::Screen("Hall 1".into()),
    ];
    let others = others.map(|subject| AlertFinding {
        subject,
        ..finding(0)
    });
    let all: Vec<_> = findings.iter().chain(&others).cloned().collect();
    assert_eq!(desk.show_all(61, &all), [NoticeKind::Opened; 3]);
    assert_eq!(counts(&desk), (of_queues + 3, 100));
    desk.show_all(32, &findings);
    // Those that are over make room.
    desk.show_all(32, &findings[50..]);
    assert_eq!(counts(&desk), (of_queues, 50));
}

#[test]
fn a_rule_that_is_gone_ends_its_alerts_without_a_word() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    desk.rules.clear();
    desk.show(31, &critical());

    assert!(desk.book.open().is_empty());
    assert!(desk.notices.last().unwrap().channels.is_empty());
}

#[test]
fn a_group_is_watched_only_by_a_pattern_of_groups() {
    let watches = |pattern: &str, source: &str| {
        let mut rule = rule("waits");
        rule.scope = AlertScope::Queues {
            patterns: vec![Pattern(pattern.into())],
            level: AlertLevel::Critical,
            metric: None,
        };
        rule.watches(&AlertSubject::Queue(QueueId::new(
            &SourceId::from(source),
            "sales",
        )))
    };
    assert!(watches("*", "chat") && watches("chat/*", "chat") && watches("group/*", "group"));
    assert!(!watches("*", "group") && !watches("voice/*", "chat"));
}
