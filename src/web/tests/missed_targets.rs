//! One rule says whether a target was missed: a board's header and tile, the queue's page, the shift
//! report and history agree.

use jiff::{Timestamp, tz::TimeZone};

use crate::web::{DataOrigin, build_router};
use wallboard_boards::{AttributeValue, BoardDefinition, BoardLayout, SlotValue, render_view};
use wallboard_domain::{
    Baseline, CaseEvent, CaseOutcome, CountBy, Counter, Counters, EntityKind, EntityProfile, Fact,
    Id, Input, LimitValue, Metric, Pattern, PatternThresholds, Patterns, QueueId, QueueTarget,
    SeverityLimits, SiteConfig, Update, moment,
};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_store::{CatalogEntry, NameClass, QueueIntervalRow};

use super::{connected_inputs, get_page, state_of_inputs, test_site};

/// Contacts of one queue that were answered today, and those in time.
type Answered = (i64, i64);

/// The places that show the target as missed.
#[derive(Debug, PartialEq)]
struct Misses {
    header: bool,
    tiles: Vec<bool>,
    pages: Vec<bool>,
    shift: Vec<bool>,
    /// The row of all queues; `None` if there is one queue.
    shift_total: Option<bool>,
    history: Vec<bool>,
}

impl Misses {
    /// Returns what all places must show for each queue, and for all of them together.
    fn expected(queues: &[bool], together: bool) -> Self {
        Self {
            header: together,
            tiles: queues.to_vec(),
            pages: queues.to_vec(),
            shift: queues.to_vec(),
            shift_total: (1 < queues.len()).then_some(together),
            history: queues.to_vec(),
        }
    }
}

/// Today's noon, wherever that is: no test runs across midnight.
fn zone_at_noon(now: Timestamp) -> TimeZone {
    let hour = now.to_zoned(TimeZone::UTC).hour();
    TimeZone::fixed(jiff::tz::offset(12 - hour))
}

fn site(level_limit: Option<f64>, targets: &[(&str, f64)]) -> SiteConfig {
    let limits = level_limit.map(|limit| SeverityLimits {
        warning_below: Some(LimitValue::Value(limit)),
        ..SeverityLimits::default()
    });
    let thresholds = PatternThresholds {
        metrics: limits
            .map(|limits| (Metric::ServiceLevel, limits))
            .into_iter()
            .collect(),
        ..PatternThresholds::default()
    };
    let target = |percent| QueueTarget {
        service_level_percent: percent,
        ..QueueTarget::default()
    };
    let targets = targets.iter();
    let targets = targets.map(|(id, percent)| (Pattern((*id).to_owned()), target(*percent)));
    SiteConfig {
        zone: zone_at_noon(Timestamp::now()),
        thresholds: Patterns(vec![(Pattern("*".into()), thresholds)]),
        targets: Patterns(targets.collect()),
        ..test_site()
    }
}

fn queue_id(index: usize) -> QueueId {
    Id::new(&"chat".into(), &index.to_string())
}

fn update_at(at: Timestamp, fact: Fact) -> Input {
    Input::Update(Update {
        source: "chat".into(),
        event: "test",
        at: Some(at),
        fact,
        mistyped: 0,
    })
}

/// Contacts that were answered after 1 s or after 30 s.
fn contact_inputs(queue: usize, (answered, in_time): Answered) -> Vec<Input> {
    let now = moment::plus_millis(Timestamp::now(), -60_000);
    let contact = |n: i64| {
        let case = Id::new(&"chat".into(), &format!("{queue}-{n}"));
        let wait = if n < in_time { 1_000 } else { 30_000 };
        let created = CaseEvent::Created {
            opportunity: None,
            solution: None,
            case_type: None,
        };
        let opened = CaseEvent::Opened {
            agent: Some(Id::new(&"chat".into(), "eva")),
            queue: Some(queue_id(queue)),
        };
        let closed = CaseEvent::Closed {
            outcome: Some(CaseOutcome::Positive),
            closure: None,
        };
        [(0, created), (wait, opened), (wait + 1, closed)].map(|(millis, event)| {
            update_at(
                moment::plus_millis(now, millis),
                Fact::Case(case.clone(), event),
            )
        })
    };
    (0..answered).flat_map(contact).collect()
}

fn queue_profile(index: usize) -> Input {
    let profile = EntityProfile {
        name: Some(format!("Queue {index}").into()),
        ..EntityProfile::new(EntityKind::Queue, queue_id(index))
    };
    update_at(Timestamp::now(), Fact::Profile(profile))
}

/// The same contacts as an export of yesterday.
fn history_row(index: usize, start: i64, (answered, in_time): Answered) -> QueueIntervalRow {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, answered);
    counters.add(Counter::Answered, answered);
    counters.add(Counter::AnsweredWithin, in_time);
    counters.add(Counter::Waits, answered);
    QueueIntervalRow {
        queue: index.to_string(),
        by: CountBy::Start,
        start,
        length: 900,
        counters,
        waits: None,
    }
}

fn count_missed(cells: &[&SlotValue]) -> usize {
    let missed = |cell: &&&SlotValue| match cell {
        SlotValue::Attributes(attributes) => {
            attributes.contains(&("miss", AttributeValue::from("yes")))
        }
        _ => false,
    };
    cells.iter().filter(missed).count()
}

/// Midnight of 2026-11-12 in UTC.
const DAY: i64 = 1_794_441_600;

async fn misses(site: SiteConfig, queues: &[Answered]) -> Misses {
    let fixture = HistoryFixture::new(site.clone()).await;
    let names = (0..queues.len())
        .map(|n| CatalogEntry::new(NameClass::Queue, &n.to_string(), &format!("Queue {n}")));
    fixture.store_names(names.collect()).await;
    let rows = queues.iter().enumerate();
    let rows = rows.map(|(n, answered)| history_row(n, DAY + 9 * 3600, *answered));
    fixture
        .replace_intervals(computed_day(DAY, rows.collect()))
        .await;
    fixture.insert_coverage(DAY..DAY + 24 * 3600);

    let profiles = (0..queues.len()).map(queue_profile);
    let contacts = queues.iter().enumerate();
    let contacts = contacts.flat_map(|(n, answered)| contact_inputs(n, *answered));
    let inputs = connected_inputs(site, profiles.chain(contacts).collect());
    let state = state_of_inputs(
        inputs,
        fixture.history.clone(),
        fixture.store.clone(),
        DataOrigin::Live,
    );
    let board = BoardDefinition {
        show: [Metric::Answered, Metric::ServiceLevel]
            .map(Into::into)
            .into(),
        ..BoardDefinition::new("b", "B", BoardLayout::Queues)
    };
    let view = state
        .live
        .read_snapshot(|snapshot, now| render_view(&board, snapshot, &Baseline::default(), now));
    let router = build_router(state);
    let mut pages = Vec::new();
    for index in 0..queues.len() {
        let page = get_page(&router, &format!("/queues/chat/{index}"))
            .await
            .text;
        pages.push(page.contains("data-missed"));
    }
    let shift = get_page(&router, "/shift").await.text;
    let of_row = |name: &str| {
        let row = shift.split("<tr>").find(|row| row.contains(name));
        row.map(|row| row.contains("target missed"))
    };
    let path =
        "/history.csv?range=days&from=2026-11-12&to=2026-11-12&compare=none&zone=UTC&by=queue";
    let history = get_page(&router, path).await.text;
    let history_of = |name: &str| {
        let row = history.lines().find(|line| line.starts_with(name));
        row.unwrap_or_else(|| panic!("{name} in {history}"))
            .contains("missed")
    };
    let names: Vec<_> = (0..queues.len()).map(|n| format!("Queue {n}")).collect();
    Misses {
        header: 0 < count_missed(&view.head.list()),
        tiles: (view.lists[0].rows.iter())
            .map(|row| 0 < count_missed(&row.cells.list()))
            .collect(),
        pages,
        shift: names
            .iter()
            .map(|name| of_row(name).unwrap_or_else(|| panic!("{name} in {shift}")))
            .collect(),
        shift_total: of_row("All contacts"),
        history: names.iter().map(|name| history_of(name)).collect(),
    }
}

#[tokio::test]
async fn all_places_agree_on_a_missed_target() {
    let default_target = [("*", 80.0)];
    let missed = misses(site(None, &default_target), &[(20, 15)]).await;
    assert_eq!(missed, Misses::expected(&[true], true));
    let met = misses(site(None, &default_target), &[(20, 16)]).await;
    assert_eq!(met, Misses::expected(&[false], false));
}

#[tokio::test]
async fn all_places_miss_by_the_configured_threshold_and_not_by_the_target() {
    let site = |limit| site(Some(limit), &[("*", 80.0)]);
    let above = misses(site(70.0), &[(20, 15)]).await;
    assert_eq!(above, Misses::expected(&[false], false));
    let below = misses(site(90.0), &[(20, 17)]).await;
    assert_eq!(below, Misses::expected(&[true], true));
}

#[tokio::test]
async fn no_place_judges_fewer_than_ten_contacts() {
    let few = misses(site(None, &[("*", 80.0)]), &[(9, 3)]).await;
    assert_eq!(few, Misses::expected(&[false], false));
    let enough = misses(site(None, &[("*", 80.0)]), &[(10, 3)]).await;
    assert_eq!(enough, Misses::expected(&[true], true));
    // Each has few, and together they have enough.
    let together = misses(site(None, &[("*", 80.0)]), &[(9, 3), (9, 3)]).await;
    assert_eq!(together, Misses::expected(&[false, false], true));
}

#[tokio::test]
async fn queues_of_different_targets_miss_none_together() {
    let mixed = [("*/0", 95.0), ("*/1", 80.0)];
    let missed = misses(site(None, &mixed), &[(20, 18), (20, 15)]).await;
    assert_eq!(missed, Misses::expected(&[true, true], false));
    let one = misses(site(None, &mixed), &[(20, 18), (20, 17)]).await;
    assert_eq!(one, Misses::expected(&[true, false], false));
    // Queues of one target miss it together.
    let same = misses(site(None, &[("*", 80.0)]), &[(20, 19), (20, 10)]).await;
    assert_eq!(same, Misses::expected(&[false, true], true));
}
