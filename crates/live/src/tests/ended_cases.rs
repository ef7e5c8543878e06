//! Tests of the records of cases that have ended.

use wallboard_domain::{
    CaseEnd, CaseEvent, CaseOutcome, Discontinuity, FinishedCase, TranscriptSummary,
};

use super::{LiveScenario, chat_id, closed_event, created_event, opened_event, transferred_event};

fn followed() -> LiveScenario {
    let mut scenario = LiveScenario::new();
    scenario.state.follow_ended_cases();
    scenario
}

/// Returns the records of cases that ended since the last call.
fn take_records(scenario: &mut LiveScenario) -> Vec<FinishedCase> {
    let ended = scenario.state.take_ended_cases();
    let records = ended.iter();
    let now = scenario.now.wall;
    records
        .filter_map(|id| scenario.state.build_finished_case(id, now))
        .collect()
}

#[test]
fn a_record_has_each_queue_agent_and_transfer_with_its_times() {
    let mut scenario = followed();
    let start = scenario.now.wall;
    let seconds = |at: jiff::Timestamp| at.duration_since(start).as_secs();
    scenario.send_case_event("c1", created_event());
    scenario.advance_time(15_000);
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(60_000);
    scenario.send_case_event("c1", transferred_event("anna", "sales", "billing"));
    scenario.advance_time(30_000);
    scenario.send_case_event("c1", opened_event("ben", "billing"));
    scenario.advance_time(40_000);
    assert_eq!(take_records(&mut scenario), [], "it is open");
    let closed = CaseEvent::Closed {
        outcome: Some(CaseOutcome::Positive),
        closure: Some("Order changed".into()),
    };
    scenario.send_case_event("c1", closed);
    let summary = TranscriptSummary {
        first_response: Some(4_000),
        ..TranscriptSummary::default()
    };
    scenario.send_case_event("c1", CaseEvent::Transcript(summary));

    let records = take_records(&mut scenario);
    let [record] = &records[..] else {
        panic!("{records:?}");
    };
    assert_eq!(
        (record.id.clone(), record.end),
        (chat_id("c1"), CaseEnd::Closed)
    );
    assert_eq!(record.ended_at.map(seconds), Some(145));
    assert_eq!(record.wait_ms(), Some(15_000));
    assert_eq!(record.handle_ms(), Some(100_000));
    assert_eq!(record.first_response_ms, Some(4_000));
    assert_eq!(record.outcome, Some(CaseOutcome::Positive));
    assert_eq!(record.closure.as_deref(), Some("Order changed"));
    let legs = record.queue_legs.iter();
    let legs: Vec<_> = legs
        .map(|leg| {
            (
                leg.queue.clone(),
                leg.entered_at.map(seconds),
                leg.answered_at.map(seconds),
            )
        })
        .collect();
    assert_eq!(
        legs,
        [
            (Some(chat_id("sales")), Some(0), Some(15)),
            (Some(chat_id("billing")), Some(75), Some(105)),
        ]
    );
    let agents = record.conversations.iter();
    let agents: Vec<_> = agents
        .map(|conversation| conversation.agent.clone())
        .collect();
    assert_eq!(agents, [Some(chat_id("anna")), Some(chat_id("ben"))]);
    let transfer = &record.transfers[0];
    assert_eq!(transfer.from_queue, Some(chat_id("sales")));
    assert_eq!(transfer.to_queue, Some(chat_id("billing")));
}

#[test]
fn a_case_ends_once_however_often_its_end_is_repeated() {
    let mut scenario = followed();
    let at = scenario.now.wall;
    for _ in 0..3 {
        scenario.send_case_event_at(at, "c1", closed_event(CaseOutcome::Neutral));
        scenario.advance_time(2_000);
    }
    let records = take_records(&mut scenario);
    assert_eq!(records.len(), 1, "{records:?}");
    let record = &records[0];
    assert_eq!((record.created_at, record.wait_ms()), (None, None));
    assert_eq!(record.handle_ms(), None);
}

#[test]
fn each_end_of_a_reopened_case_has_a_record_also_if_the_reopening_was_missed() {
    let mut scenario = followed();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(5_000);
    scenario.send_case_event("c1", closed_event(CaseOutcome::Unresolved));
    assert_eq!(take_records(&mut scenario).len(), 1);
    scenario.advance_time(5_000);
    scenario.send_case_event("c1", opened_event("ben", "sales"));
    assert_eq!(take_records(&mut scenario), []);
    scenario.advance_time(5_000);
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    let reopened = take_records(&mut scenario);
    assert_eq!((reopened.len(), reopened[0].reopened), (1, 1));

    scenario.advance_time(5_000);
    scenario.send_case_event("c1", closed_event(CaseOutcome::Negative));
    let missed = take_records(&mut scenario);
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].outcome, Some(CaseOutcome::Negative));
    assert!(reopened[0].ended_at < missed[0].ended_at);
}

#[test]
fn a_transcript_alone_ends_nothing() {
    let mut scenario = followed();
    let summary = TranscriptSummary::default();
    scenario.send_case_event("c1", CaseEvent::Transcript(summary));
    assert_eq!(take_records(&mut scenario), []);
}

#[test]
fn an_estimated_abandon_has_a_record_and_so_has_the_end_after_all() {
    let mut scenario = followed();
    scenario.let_first_of_two_leave();
    let abandoned = take_records(&mut scenario);
    assert_eq!(abandoned.len(), 1);
    assert_eq!(abandoned[0].end, CaseEnd::Abandoned);
    assert_eq!(
        (abandoned[0].ended_at, abandoned[0].wait_ms()),
        (None, None)
    );

    scenario.send_case_event("c1", closed_event(CaseOutcome::Neutral));
    let closed = take_records(&mut scenario);
    assert_eq!((closed.len(), closed[0].end), (1, CaseEnd::Closed));
}

#[test]
fn an_end_that_was_missed_is_unseen() {
    let mut scenario = followed();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.connect_source(Some(Discontinuity::Upstream));
    scenario.advance_time(13 * 3_600_000);
    let unseen = take_records(&mut scenario);
    assert_eq!(unseen.len(), 1, "{unseen:?}");
    assert_eq!(unseen[0].end, CaseEnd::Unseen);
    assert_eq!((unseen[0].ended_at, unseen[0].outcome), (None, None));
    assert_eq!(unseen[0].handle_ms(), None);
}
