//! Case records of past days in the database of a stopped wallboard.

use jiff::{SignedDuration, Timestamp};
use wallboard_domain::{
    CaseEnd, CaseOutcome, FinishedCase, FinishedConversation, FinishedQueueLeg, FinishedTransfer,
    Id,
};
use wallboard_store::{CaseRecordEntry, Store};

use super::Wallboard;

/// Records in one transaction.
const BATCH: u64 = 5_000;

/// Stores so many records whose ends were noticed a second apart, the first one at a time. Their wallboard has run once.
pub async fn store_past_records(wallboard: &Wallboard, count: u64, first: Timestamp) {
    let store = Store::open(&wallboard.file("wallboard.db")).unwrap();
    let position = store.case_record_position().await.unwrap();
    let position = position.expect("it has run with records");
    for begin in (0..count).step_by(usize::try_from(BATCH).unwrap()) {
        let cases = begin..count.min(begin + BATCH);
        let entries = cases.map(|n| CaseRecordEntry::Case(Box::new(past_case(n, first))));
        let stored = store.append_case_records(entries.collect(), position).await;
        stored.unwrap();
    }
}

/// A case with a transfer.
fn past_case(n: u64, first: Timestamp) -> FinishedCase {
    let id = |external: String| Id::new(&"chat".into(), &external);
    let queue = |m: u64| Some(id(format!("queue-{}", m % 40)));
    let agent = |m: u64| Some(id(format!("agent-{}", m % 300)));
    let noticed_at = first + SignedDuration::from_secs(n.try_into().unwrap());
    let before = |seconds: i64| noticed_at - SignedDuration::from_secs(seconds);
    let leg = |m: u64, entered: i64| FinishedQueueLeg {
        queue: queue(m),
        entered_at: Some(before(entered)),
        answered_at: Some(before(entered - 20)),
        left_at: None,
    };
    let conversation = |m: u64, opened: i64| FinishedConversation {
        agent: agent(m),
        queue: queue(m),
        opened_at: before(opened),
        ended_at: Some(before(opened - 180)),
    };
    FinishedCase {
        id: id(format!("case-{n:07}")),
        end: CaseEnd::Closed,
        ended_at: Some(before(1)),
        noticed_at,
        created_at: Some(before(500)),
        queue_legs: vec![leg(n, 500), leg(n + 1, 300)],
        conversations: vec![conversation(n, 480), conversation(n + 1, 280)],
        transfers: vec![FinishedTransfer {
            at: Some(before(300)),
            from_agent: agent(n),
            from_queue: queue(n),
            to_queue: queue(n + 1),
        }],
        outcome: Some(CaseOutcome::Positive),
        closure: Some("=Order changed, \"sent\" by email".into()),
        reopened: 0,
        opportunity: None,
        solution: Some("order".into()),
        case_type: None,
        first_response_ms: Some(4_500),
    }
}
