//! Hand-made history of a day, for the tests of its pages, files and API.

mod adherence;
mod breakdown;
mod call_links;
mod coded;
mod comparison;
mod groups;
mod handled;
mod hidden;
mod languages;
mod names;
mod opening_hours;
mod page;
mod plan;
mod query;
mod report_mail;
mod spreadsheet;
mod sums;
mod target;

use axum::Router;

use crate::web::tests::{SCRIPT, router_with_history, test_site};
use wallboard_domain::{
    AgentCounter, AgentCounters, CountBy, Counter, Counters, Input, SiteConfig,
};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_store::{
    AgentIntervalRow, BreakdownRow, CatalogEntry, ComputedWindow, NameClass, QueueIntervalRow,
};

/// Midnight of 2026-11-12 in UTC.
const DAY: i64 = 1_794_441_600;

const HOUR: i64 = 3600;

const QUERY: &str = "range=days&from=2026-11-12&to=2026-11-12&compare=none";
/// The same day, for the API.
const API_QUERY: &str = "from=2026-11-12&to=2026-11-13";

fn timestamp_at(hour: i64, minute: i64) -> i64 {
    DAY + hour * HOUR + minute * 60
}

/// Counters: offered contacts, and of those, answered in time and abandoned.
fn interval_row(
    queue: &str,
    start: i64,
    [offered, within, abandoned]: [i64; 3],
) -> QueueIntervalRow {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, offered);
    counters.add(Counter::Answered, offered - abandoned);
    counters.add(Counter::AnsweredWithin, within);
    counters.add(Counter::Abandoned, abandoned);
    counters.add(Counter::Waits, offered - abandoned);
    counters.add(Counter::WaitTime, (offered - abandoned) * 12_000);
    counters.record_wait(95);
    QueueIntervalRow {
        queue: queue.to_owned(),
        by: CountBy::Start,
        start,
        length: 900,
        counters,
        waits: None,
    }
}

fn agent_row() -> AgentIntervalRow {
    let mut counters = AgentCounters::default();
    counters.add(AgentCounter::Handled, 3);
    counters.add(AgentCounter::HandledByEvent, 3);
    counters.add(AgentCounter::Talk, 600);
    counters.add(AgentCounter::WrapUp, 90);
    counters.add(AgentCounter::Busy, 690);
    counters.add(AgentCounter::Engaged, 690);
    counters.add(AgentCounter::Ready, 210);
    counters.add(AgentCounter::LoggedIn, 900);
    AgentIntervalRow {
        agent: "7".to_owned(),
        start: timestamp_at(9, 0),
        length: 900,
        counters,
    }
}

/// So many calls of a queue with this reason.
fn end_reason_row(queue: &str, start: i64, key: &str, contacts: i64) -> BreakdownRow {
    BreakdownRow {
        class: NameClass::Reason,
        queue: queue.to_owned(),
        start,
        key: key.to_owned(),
        contacts,
        handled: None,
    }
}

/// Returns a router over this history, reported by the rules of `site`.
fn router_over(fixture: &HistoryFixture, site: SiteConfig, inputs: Vec<Input>) -> Router {
    fixture.set_site(site.clone());
    router_with_history(site, inputs, fixture.history.clone(), fixture.store.clone())
}

/// A store with imports from eight to ten and from eleven to noon; between nine and half past, the
/// target was missed.
async fn history_fixture() -> HistoryFixture {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "=SUM(1)"),
        CatalogEntry::new(NameClass::Queue, "2", SCRIPT),
        CatalogEntry::new(NameClass::Agent, "7", "Anna K."),
        CatalogEntry::new(NameClass::Reason, "3", "Invoice"),
    ];
    fixture.store_names(names).await;
    let queues = vec![
        interval_row("1", timestamp_at(8, 0), [10, 10, 0]),
        interval_row("1", timestamp_at(9, 0), [6, 1, 2]),
        interval_row("2", timestamp_at(9, 15), [4, 3, 1]),
        interval_row("2", timestamp_at(11, 0), [5, 5, 0]),
    ];
    let breakdowns = vec![
        end_reason_row("1", timestamp_at(8, 0), "3", 10),
        end_reason_row("2", timestamp_at(9, 15), "4", 2),
    ];
    let computed = ComputedWindow {
        agents: vec![agent_row()],
        breakdowns,
        ..computed_day(DAY, queues)
    };
    fixture.replace_intervals(computed).await;
    fixture.insert_coverage(timestamp_at(8, 0)..timestamp_at(10, 0));
    fixture.insert_coverage(timestamp_at(11, 0)..timestamp_at(12, 0));
    fixture
}

/// A router, and the fixture that it reads; hold on to it.
async fn history_router() -> (Router, HistoryFixture) {
    let fixture = history_fixture().await;
    let router = router_over(&fixture, test_site(), Vec::new());
    (router, fixture)
}

/// Every text on a page between two markers.
fn text_between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let parts = text.split(from).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(to)?.0))
        .collect()
}
