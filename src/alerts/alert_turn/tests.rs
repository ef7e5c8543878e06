//! Tests of a turn: worst values that no record has yet, and forgotten agents.

use wallboard_alerts::{AlertFigure, AlertLevel, Reading};
use wallboard_domain::{Metric, MetricValue, QueueId};
use wallboard_live::testing::{LiveScenario, chat_source, morning_moment, site_with_entries};
use wallboard_notify::MessageSeverity;

use crate::{
    alerts::{ExportFiles, tests::queue_rule},
    forecasts::Forecasts,
};

use super::*;

/// A turn in which so many wait in Sales, at a second.
fn turn(
    turns: &mut AlertTurns,
    document: &mut AlertDocument,
    second: i64,
    waiting: u64,
) -> BookChange {
    let rule = queue_rule("Queue in need");
    let figure = AlertFigure {
        metric: Metric::Waiting,
        level: AlertLevel::Critical,
        value: MetricValue::Count(waiting),
        is_low: false,
    };
    let look = AlertLook {
        findings: vec![AlertFinding {
            rule: rule.name.clone(),
            subject: AlertSubject::Queue(QueueId::new(&chat_source(), "sales")),
            reading: Reading::Burning {
                level: AlertLevel::Critical,
                figures: vec![figure],
                status: None,
                custom: None,
                since: None,
                is_partial: false,
            },
            is_silenced: false,
        }],
        texts: Texts::english(),
        now: morning_moment().plus_millis(second * 1_000),
        has_dropped: false,
    };
    let plan = AlertPlan {
        rules: vec![rule],
        ..AlertPlan::default()
    };
    let id = || AlertId(uuid::Uuid::from_u128(7));
    let attempts = Attempts::default();
    let turn = turns.advance(document, &look, &plan, &attempts, id, |_, _| {
        unreachable!("the rule tells nobody")
    });
    turn.change
}

#[test]
fn a_peak_between_two_writes_is_the_worst() {
    let mut turns = AlertTurns::default();
    let mut stored = AlertDocument::default();
    assert_eq!(turn(&mut turns, &mut stored, 0, 12), BookChange::State);
    let worst = |document: &AlertDocument| document.book.open()[0].figures[0].value;

    // Worse values alone aren't written at once.
    let mut peak = stored.clone();
    assert_eq!(turn(&mut turns, &mut peak, 2, 20), BookChange::Figures);
    let mut after = stored.clone();
    assert_eq!(turn(&mut turns, &mut after, 4, 11), BookChange::Figures);
    assert_eq!(worst(&after), MetricValue::Count(20));
    assert_eq!(turn(&mut turns, &mut after, 6, 11), BookChange::None);
}

#[test]
fn messages_about_a_forgotten_agent_are_dropped() {
    let mut document = AlertDocument::default();
    let now = morning_moment();
    for about in ["agent chat/anna", "queue chat/anna"] {
        let series = MessageSeries {
            name: "Long breaks".to_owned(),
            about: about.to_owned(),
            may_wait: false,
        };
        let message = Message {
            headline: "Anna".to_owned(),
            lines: Vec::new(),
            severity: MessageSeverity::Critical,
            link: None,
            thread: about.to_owned(),
            time: now.wall,
        };
        let id = MessageId(about.to_owned());
        (document.outbox).add_of_series(id, "floor", series, message, now.wall);
    }
    let scenario = LiveScenario::connected_with(site_with_entries(&[], &[]));
    let surroundings = AlertSurroundings {
        files: ExportFiles::default(),
        forecasts: Forecasts::default(),
        is_cluster: false,
    };
    let look = |document: &mut AlertDocument| {
        let inputs = LookInputs {
            snapshot: scenario.state.snapshot(),
            changes: &SubjectChanges::Everything,
            now: scenario.now,
            surroundings: &surroundings,
            screens: None,
        };
        AlertTurns::default().look(&inputs, &AlertPlan::default(), document)
    };
    assert!(look(&mut document).has_dropped);
    assert_eq!(document.outbox.condition("floor").waiting, 1);
    assert!(!look(&mut document).has_dropped);
}
