//! Tests of the forecasts of a live state.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};

use wallboard_domain::{
    AgentStatus, AgentStatusReport, BoardSnapshot, CountBy, Counter, Counters, Discontinuity,
    EntityKind, EntityProfile, Fact, ForecastGap, Id, Input, LinkedPerson, Metric, MetricSubject,
    MetricValue, OpeningHours, Pattern, Patterns, QueueGroup, QueueId, SiteConfig, Update,
    VendorValue,
};
use wallboard_forecast::{ForecastRange, ServiceOutlook};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_live::testing::{
    LiveScenario, VendorScenario, chat_id, created_event, opened_event, provided_agent,
    provided_queue, site_with_entries, source_setup, voice_id, voice_source,
};
use wallboard_store::QueueIntervalRow;

use super::{
    DatedForecast, Forecasts, ForecastsByQueue,
    forecaster::{Forecaster, forecast_subjects},
    live_pool::present_agents,
    queue_load::QueueLoad,
    run_forecasts::{half_hours_to_keep, whole_half_hour},
    slot_counts::SlotCounts,
};

/// The queues with history.
const QUEUES: [&str; 7] = [
    "sales",
    "chats",
    "unstaffed",
    "uncounted",
    "quiet",
    "untimed",
    "night",
];

/// A source of chats, and a telephone system that computes figures of its queues.
fn site() -> SiteConfig {
    let mut site = site_with_entries(&[], &[]);
    let calls = QUEUES.into_iter().chain(["new"]).map(|queue| {
        let all = [
            Metric::Waiting,
            Metric::AgentsAvailable,
            Metric::AgentsInConversation,
            Metric::AgentsNotReady,
            Metric::AgentsLoggedIn,
        ];
        let reported = if queue == "uncounted" { 1 } else { all.len() };
        provided_queue(queue, &all[..reported])
    });
    let unused = provided_queue("unused", &[Metric::Offered]);
    site.sources
        .push(source_setup(calls.chain([unused]).collect()));
    let past = |queue: &str| vec![Id::new(&"calls".into(), queue)];
    let linked = QUEUES.map(|queue| match queue {
        "chats" => (chat_id(queue), past(queue)),
        _ => (voice_id(queue), past(queue)),
    });
    site.linked_queues = linked.into();
    site.groups = vec![QueueGroup {
        id: group_id(),
        name: "All".into(),
        queues: vec![voice_id("sales"), voice_id("quiet")],
    }];
    let never = OpeningHours {
        zone: TimeZone::UTC,
        week: std::array::from_fn(|_| Vec::new()),
        dates: BTreeMap::new(),
        holidays: wallboard_domain::ClosedDays::default(),
    };
    site.hours = Patterns(vec![(Pattern("voice/night".into()), never)]);
    site
}

fn group_id() -> QueueId {
    Id::new(&"group".into(), "all")
}

/// Mornings with about 20 contacts of 4 minutes each quarter of an hour.
async fn store_history(days: i64) -> HistoryFixture {
    let fixture = HistoryFixture::new(site()).await;
    let today = date(2026, 11, 20).to_zoned(TimeZone::UTC).unwrap();
    let midnight = today.timestamp().as_second();
    for ago in 1..=days {
        let start = midnight - ago * 86_400;
        let rows = QUEUES.iter().flat_map(|queue| {
            (24..44).map(move |quarter| {
                let offered = if *queue == "quiet" {
                    0
                } else {
                    18 + (ago + quarter) % 5
                };
                let mut counters = Counters::default();
                counters.add(Counter::Offered, offered);
                counters.add(Counter::Answered, offered);
                if *queue != "untimed" {
                    counters.add(Counter::Handled, 20);
                    counters.add(Counter::TalkTime, 20 * 240_000);
                    counters.add(Counter::WrapUpTime, 0);
                }
                QueueIntervalRow {
                    queue: (*queue).into(),
                    by: CountBy::Event,
                    start: start + quarter * 900,
                    length: 900,
                    counters,
                    waits: None,
                }
            })
        });
        let day = computed_day(start, rows.collect());
        fixture.replace_intervals(day).await;
    }
    fixture.insert_coverage(midnight - days * 86_400..midnight);
    fixture
}

fn connect(site: SiteConfig) -> VendorScenario {
    let mut voice = VendorScenario::with_site(site);
    voice.scenario.connect_source(Some(Discontinuity::Start));
    voice
}

/// A queue's figures: available, in conversation, on break.
fn send_agents(voice: &mut VendorScenario, queue: &str, [available, talking, paused]: [u32; 3]) {
    for (metric, count) in [
        (Metric::Waiting, 0),
        (Metric::AgentsAvailable, available),
        (Metric::AgentsInConversation, talking),
        (Metric::AgentsNotReady, paused),
        (Metric::AgentsLoggedIn, available + talking + paused),
    ] {
        let value = VendorValue::Metric(metric, Some(metric.value(f64::from(count))));
        voice.send_report(MetricSubject::Queue(voice_id(queue)), value);
    }
}

async fn compute(scenario: &LiveScenario, fixture: &HistoryFixture) -> ForecastsByQueue {
    let mut forecaster = loaded(scenario, fixture).await;
    let snapshot = scenario.state.snapshot();
    forecaster.observe(snapshot, scenario.now).forecast()
}

/// A forecaster as it is after a start.
async fn loaded(scenario: &LiveScenario, fixture: &HistoryFixture) -> Forecaster {
    let mut forecaster = Forecaster::new(fixture.history.clone(), fixture.store.clone());
    let queues = forecast_subjects(scenario.state.snapshot());
    let day = scenario.now.wall.to_zoned(TimeZone::UTC).date();
    forecaster.load(&queues, day, &TimeZone::UTC).await;
    forecaster
}

/// Returns the forecast that a page shows of a queue.
fn find(scenario: &LiveScenario, all: &ForecastsByQueue, queue: &QueueId) -> DatedForecast {
    let forecasts = Forecasts::default();
    forecasts.replace(all.clone());
    let snapshot = scenario.state.snapshot();
    forecasts.find(snapshot, &snapshot.queues[queue], scenario.now)
}

fn assert_ordered(range: &ForecastRange) {
    assert!(
        range.low <= range.middle && range.middle <= range.high,
        "{range:?}"
    );
}

#[tokio::test]
async fn the_rest_of_the_day_is_the_high_end_of_what_usually_comes_until_midnight() {
    let fixture = store_history(56).await;
    let voice = connect(site());
    let scenario = &voice.scenario;
    let mut forecaster = Forecaster::new(fixture.history.clone(), fixture.store.clone());
    let snapshot = scenario.state.snapshot();
    let queues = forecast_subjects(snapshot);
    let day = scenario.now.wall.to_zoned(TimeZone::UTC).date();
    forecaster.pasts.refresh(&queues, day, &TimeZone::UTC).await;
    let forecasts = Forecasts::default();
    let rest = |queue: &QueueId, now| forecasts.rest_of_day(snapshot, &snapshot.queues[queue], now);
    assert_eq!(
        rest(&voice_id("sales"), scenario.now),
        None,
        "not computed yet"
    );
    forecasts.replace_rests(forecaster.rests(snapshot, scenario.now));

    // From eight o'clock on, twelve quarters of about twenty.
    let sales = rest(&voice_id("sales"), scenario.now).unwrap();
    assert!((240.0..360.0).contains(&sales), "{sales}");
    assert_eq!(rest(&voice_id("quiet"), scenario.now), Some(0.0));
    let group = rest(&group_id(), scenario.now).unwrap();
    assert!((group - sales).abs() < 1.0, "{group}");
    assert_eq!(rest(&voice_id("new"), scenario.now), None, "no history");
    // Not renewed for a while, it is unknown.
    assert_eq!(
        rest(&voice_id("sales"), scenario.now.plus_millis(200_000)),
        None
    );
}

#[tokio::test]
async fn more_agents_raise_the_expected_service_level_of_a_busy_queue() {
    let fixture = store_history(56).await;
    let mut voice = connect(site());
    send_agents(&mut voice, "sales", [1, 4, 1]);

    let all = compute(&voice.scenario, &fixture).await;
    let dated = find(&voice.scenario, &all, &voice_id("sales"));

    assert_eq!(dated.shared, None);
    assert_eq!(dated.computed_at, voice.scenario.now.wall);
    assert_eq!(dated.until, voice.scenario.now.wall + 30.minutes());
    let forecast = dated.forecast.unwrap();
    assert_ordered(&forecast.contacts);
    assert!(forecast.contacts.contains(40.0), "{:?}", forecast.contacts);
    let less = forecast.with_one_less.unwrap();
    let outlooks: [ServiceOutlook; 4] = [
        less,
        forecast.outlook,
        forecast.with_one_more,
        forecast.with_two_more,
    ];
    for outlook in &outlooks {
        assert_ordered(&outlook.longest_wait_s);
        assert_ordered(&outlook.service_level.unwrap());
    }
    let levels = outlooks.map(|outlook| outlook.service_level.unwrap().middle);
    let waits = outlooks.map(|outlook| outlook.longest_wait_s.middle);
    assert!(levels.is_sorted(), "{levels:?}");
    assert!(waits.iter().rev().is_sorted(), "{waits:?}");
    assert!(levels[0] + 10.0 < levels[3], "{levels:?}");
    let missing = forecast.missing_agents.unwrap();
    assert!((1..=8).contains(&missing), "{missing}");
}

/// Records a day until its forecast, each quarter of an hour with so many contacts.
async fn record_day(fixture: &HistoryFixture, quarters: impl Iterator<Item = f64>) {
    let start: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
    let mut offered = 0.0;
    let snapshots = quarters.zip(0..).map(|(contacts, quarter)| {
        offered += contacts;
        let at = start + (quarter * 15).minutes();
        BoardSnapshot {
            queue: voice_id("sales"),
            day: date(2026, 11, 20),
            at,
            until: at,
            is_up_to_date: true,
            is_complete: true,
            is_estimated: false,
            since: None,
            missing: None,
            figures: [(Metric::Offered, offered)].into_iter().collect(),
            sums: None,
        }
    });
    let stored = fixture.store.store_board_snapshots(snapshots.collect());
    stored.await.unwrap();
}

#[tokio::test]
async fn a_queue_without_an_export_has_a_forecast_from_what_boards_showed() {
    let fixture = store_history(56).await;
    let mut voice = connect(site());
    send_agents(&mut voice, "new", [2, 5, 0]);
    let first: Timestamp = "2026-09-25T06:00:00Z".parse().unwrap();
    let snapshots = (0..56_i64).flat_map(|day| {
        (0..=20).map(move |quarter| {
            let at = first + (day * 24 * 60 + quarter * 15).minutes();
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let count = (quarter * (18 + day % 5)) as f64;
            let figures = [
                (Metric::Offered, count),
                (Metric::Answered, count),
                (Metric::AverageHandleTime, 240.0),
            ];
            BoardSnapshot {
                queue: voice_id("new"),
                day: at.to_zoned(TimeZone::UTC).date(),
                at,
                until: at,
                is_up_to_date: true,
                is_complete: true,
                is_estimated: false,
                since: None,
                missing: None,
                figures: figures.into_iter().collect(),
                sums: None,
            }
        })
    });
    let stored = fixture.store.store_board_snapshots(snapshots.collect());
    stored.await.unwrap();

    let all = compute(&voice.scenario, &fixture).await;
    let dated = find(&voice.scenario, &all, &voice_id("new"));

    let forecast = dated.forecast.unwrap();
    assert!(forecast.contacts.contains(40.0), "{:?}", forecast.contacts);
}

#[tokio::test]
async fn a_start_in_the_middle_of_a_busy_day_knows_that_it_is_busy() {
    let mut voice = connect(site());
    send_agents(&mut voice, "sales", [1, 4, 1]);
    let contacts = async |busy: bool| {
        let fixture = store_history(56).await;
        if busy {
            record_day(&fixture, [0.0].into_iter().chain([40.0; 7])).await;
        }
        let all = compute(&voice.scenario, &fixture).await;
        let dated = find(&voice.scenario, &all, &voice_id("sales"));
        dated.forecast.unwrap().contacts
    };

    let (usual, busy) = (contacts(false).await, contacts(true).await);

    assert!(usual.contains(40.0) && usual.middle < 45.0, "{usual:?}");
    assert!(50.0 < busy.middle && usual.high < busy.high, "{busy:?}");
}

#[tokio::test]
async fn a_start_knows_how_many_chats_agents_have_at_once() {
    let fixture = store_history(56).await;
    let mut scenario = connect(site()).scenario;
    let (chats, today) = (chat_id("chats"), date(2026, 11, 20));
    open_contacts(&mut scenario);
    scenario.send_case_event("5", created_event());
    scenario.send_case_event("5", opened_event("ben", "chats"));
    scenario.send_load("chats", 0, 5, 2);
    let mut forecaster = loaded(&scenario, &fixture).await;
    let all = forecaster.observe(scenario.state.snapshot(), scenario.now);
    let kept = half_hours_to_keep(&forecaster, &all.forecast(), &TimeZone::UTC);
    assert_eq!(kept[0].slots, Some(2), "{kept:?}");
    fixture.store.store_forecasts(kept).await.unwrap();

    let again = loaded(&scenario, &fixture).await;
    assert_eq!(again.slots(&chats), 2);
    assert_eq!(again.slots_of_day(&chats, today), Some(2));
}

/// Anna has two chats, Ben and Chris have one each.
fn open_contacts(scenario: &mut LiveScenario) {
    for (case, agent) in [("1", "anna"), ("2", "anna"), ("3", "ben"), ("4", "chris")] {
        scenario.send_case_event(case, created_event());
        scenario.send_case_event(case, opened_event(agent, "chats"));
    }
}

#[tokio::test]
async fn a_load_without_anybodys_status_is_enough_for_a_forecast() {
    let fixture = store_history(56).await;
    let mut scenario = connect(site()).scenario;
    open_contacts(&mut scenario);
    scenario.send_load("chats", 0, 4, 2);

    let all = compute(&scenario, &fixture).await;
    let dated = find(&scenario, &all, &chat_id("chats"));

    assert!(dated.forecast.is_ok(), "{dated:?}");
    assert_eq!(dated.shared, None);
}

const AGENTS: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

/// The site with agents who have a status.
fn site_with_agents() -> SiteConfig {
    let mut site = site();
    let agents = AGENTS.map(|agent| provided_agent(agent, &[]));
    site.sources[1].provides.extend(agents);
    site
}

/// Six agents who are ready, and the queues that each serves.
fn sign_in(voice: &mut VendorScenario, queues: [&[&str]; 6]) {
    for (agent, queues) in AGENTS.into_iter().zip(queues) {
        let queues = queues.iter().map(|queue| voice_id(queue)).collect();
        let profile = EntityProfile {
            queues: Some(queues),
            ..EntityProfile::new(EntityKind::Agent, voice_id(agent))
        };
        voice.scenario.apply_input(&Input::Update(Update {
            source: voice_source(),
            event: "agents",
            at: None,
            fact: Fact::Profile(profile),
            mistyped: 0,
        }));
        let ready = VendorValue::Status(Some(AgentStatusReport {
            status: AgentStatus::Available,
            vendor_status: None,
            reason: None,
            since: None,
            media: Vec::new(),
        }));
        voice.send_report(MetricSubject::Agent(voice_id(agent)), ready);
    }
}

#[tokio::test]
async fn a_group_counts_each_agent_once_and_names_the_other_queues() {
    let fixture = store_history(56).await;
    let mut voice = connect(site_with_agents());
    let both: &[&str] = &["sales", "untimed"];
    let others: &[&str] = &["sales", "quiet", "night", "unused"];
    sign_in(
        &mut voice,
        [&["sales"], &["sales"], &["sales"], both, both, others],
    );
    let unused = MetricSubject::Queue(voice_id("unused"));
    let none = VendorValue::Metric(Metric::Offered, Some(MetricValue::Count(0)));
    voice.send_report(unused, none);
    send_agents(&mut voice, "sales", [6, 0, 0]);
    send_agents(&mut voice, "quiet", [1, 0, 0]);

    let all = compute(&voice.scenario, &fixture).await;

    let [group, sales] =
        [group_id(), voice_id("sales")].map(|queue| find(&voice.scenario, &all, &queue));
    assert!(group.forecast.is_ok(), "{group:?} {sales:?}");
    let shared = group.shared.unwrap();
    assert_eq!(shared.agents, 6);
    assert_eq!(shared.others[0], (voice_id("untimed"), 2));
    // Neither the closed queue nor the one without any contact makes it the best case.
    let untimed = [voice_id("untimed")];
    assert_eq!(shared.unmodeled, untimed);
    assert!(sales.is_best_case());
    let shared = sales.shared.unwrap();
    assert_eq!(shared.unmodeled, untimed);
    let mut others = shared.others;
    others.sort();
    let one = |queue| (voice_id(queue), 1);
    let expected = [
        one("night"),
        one("quiet"),
        (voice_id("untimed"), 2),
        one("unused"),
    ];
    assert_eq!(others, expected);
    // Nothing arrives in the quiet queue, so that the group's contacts are those of the sales.
    let (group, sales) = (group.forecast.unwrap(), sales.forecast.unwrap());
    assert_eq!(group.contacts, sales.contacts);
    assert!(group.outlook.service_level.is_some());
    assert!((group.goal_percent - sales.goal_percent).abs() < 1e-9);
}

#[tokio::test]
async fn an_agent_whose_other_system_is_lost_is_no_agent_less() {
    let fixture = store_history(56).await;
    let mut site = site_with_agents();
    site.people = vec![LinkedPerson {
        id: Id::new(&"person".into(), "anna"),
        name: "Anna".into(),
        agents: vec![voice_id("1"), chat_id("anna")],
    }];
    let mut voice = connect(site);
    let both: &[&str] = &["sales", "uncounted"];
    sign_in(&mut voice, [both; 6]);
    send_agents(&mut voice, "sales", [6, 0, 0]);
    let waiting = VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(0)));
    voice.send_report(MetricSubject::Queue(voice_id("uncounted")), waiting);
    open_contacts(&mut voice.scenario);
    let [sales, uncounted] = ["sales", "uncounted"].map(voice_id);
    let before = compute(&voice.scenario, &fixture).await;
    for queue in [&sales, &uncounted] {
        let dated = find(&voice.scenario, &before, queue);
        assert!(dated.forecast.is_ok(), "{dated:?}");
        assert_eq!(dated.shared.unwrap().agents, 6);
    }

    voice.scenario.disconnect_source();
    let all = compute(&voice.scenario, &fixture).await;

    let unknown = find(&voice.scenario, &all, &uncounted);
    assert_eq!(unknown.forecast, Err(ForecastGap::OutOfDate));
    // The figures of the queue still say how many there are.
    let counted = find(&voice.scenario, &all, &sales);
    assert!(counted.forecast.is_ok(), "{counted:?}");
    assert_eq!(counted.shared, None);
}

#[test]
fn agents_without_a_status_are_told_by_the_load_and_their_contacts() {
    let chats = chat_id("chats");
    let mut scenario = connect(site()).scenario;
    open_contacts(&mut scenario);
    // Each agent as the most simultaneous contacts, and those in progress; one conversation of five
    // belongs to an agent who isn't known.
    for (available, expected) in [
        (0, vec![(2, 2), (1, 1), (1, 1), (1, 1)]),
        (2, vec![(2, 2), (2, 1), (2, 1), (1, 1)]),
        (4, vec![(2, 2), (2, 1), (2, 1), (2, 1), (2, 0)]),
    ] {
        scenario.send_load("chats", 0, 5, available);
        let snapshot = scenario.state.snapshot();
        let mut slots = SlotCounts::default();
        slots.record(snapshot, date(2026, 11, 20));
        let slots = |queue: &QueueId| slots.find(queue, None);
        let agents = present_agents(snapshot, scenario.now, slots);
        let load = QueueLoad::find(snapshot, &snapshot.queues[&chats], scenario.now);

        let agents = load.unwrap().pool_agents(&chats, &agents, 2);

        let mut found: Vec<(u32, usize)> = (agents.iter())
            .map(|agent| (agent.slots, agent.contacts.len()))
            .collect();
        found.sort_by(|a, b| b.cmp(a));
        assert_eq!(found, expected, "{available}");
    }
}

#[tokio::test]
async fn forecasts_of_whole_half_hours_are_kept() {
    let fixture = store_history(56).await;
    let mut voice = connect(site());
    send_agents(&mut voice, "sales", [1, 4, 1]);
    send_agents(&mut voice, "unstaffed", [0, 0, 0]);
    let all = compute(&voice.scenario, &fixture).await;
    let sales = voice_id("sales");
    let start = voice.scenario.now.wall;
    let kept_after = |seconds: i64| {
        let dated = DatedForecast {
            computed_at: start + seconds.seconds(),
            ..find(&voice.scenario, &all, &sales)
        };
        whole_half_hour(&sales, &dated)
    };

    let kept = kept_after(0).unwrap();
    assert_eq!([kept.start, kept.until], [start, start + 30.minutes()]);
    assert!(kept.contacts[0] < kept.contacts[1] && kept.service_level.is_some());
    assert_eq!(kept_after(54).as_ref(), Some(&kept));
    assert_eq!(kept_after(-4).as_ref(), Some(&kept));
    assert_eq!(kept_after(60), None);
    assert_eq!(kept_after(-60), None);
    // Of a group, nothing is recorded to compare it with.
    let forecaster = loaded(&voice.scenario, &fixture).await;
    let of_group = whole_half_hour(&group_id(), &find(&voice.scenario, &all, &sales));
    assert!(of_group.is_some());
    let mut computed = all.clone();
    computed.insert(group_id(), all[&sales].clone());
    let to_keep = half_hours_to_keep(&forecaster, &computed, &TimeZone::UTC);
    assert!(to_keep.contains(&kept), "{to_keep:?}");
    assert!(to_keep.iter().all(|one| one.queue != group_id()));
    let unstaffed = find(&voice.scenario, &all, &voice_id("unstaffed"));
    assert_eq!(whole_half_hour(&voice_id("unstaffed"), &unstaffed), None);
}

#[tokio::test]
async fn a_queue_without_a_forecast_has_a_reason() {
    let fixture = store_history(56).await;
    let mut voice = connect(site());
    for queue in ["sales", "quiet", "untimed", "night", "new"] {
        send_agents(&mut voice, queue, [3, 4, 1]);
    }
    send_agents(&mut voice, "unstaffed", [0, 0, 0]);
    let none = VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(0)));
    voice.send_report(MetricSubject::Queue(voice_id("uncounted")), none);
    let all = compute(&voice.scenario, &fixture).await;
    let reason_of = |scenario: &LiveScenario, queue: &QueueId| {
        let dated = find(scenario, &all, queue);
        dated.forecast.err()
    };

    for (queue, expected) in [
        (voice_id("sales"), None),
        (voice_id("quiet"), Some(ForecastGap::FewContacts)),
        (voice_id("untimed"), Some(ForecastGap::UnknownHandleTime)),
        (voice_id("night"), Some(ForecastGap::Closed)),
        (voice_id("new"), Some(ForecastGap::NoHistory)),
        (voice_id("unstaffed"), Some(ForecastGap::NoAgents)),
        (voice_id("uncounted"), Some(ForecastGap::UnknownAgents)),
        (group_id(), Some(ForecastGap::UnknownSharing)),
    ] {
        assert_eq!(reason_of(&voice.scenario, &queue), expected, "{queue}");
    }
    let short = store_history(14).await;
    let two_weeks = compute(&voice.scenario, &short).await;
    let recent = find(&voice.scenario, &two_weeks, &voice_id("sales"));
    assert_eq!(recent.forecast, Err(ForecastGap::FewDays));
    let none = find(
        &voice.scenario,
        &ForecastsByQueue::default(),
        &voice_id("sales"),
    );
    assert_eq!(none.forecast, Err(ForecastGap::NotComputedYet));
    let mut later = connect(site());
    later.scenario.now = voice.scenario.now.plus_millis(200_000);
    send_agents(&mut later, "sales", [3, 4, 1]);
    let sales = voice_id("sales");
    assert_eq!(
        reason_of(&later.scenario, &sales),
        Some(ForecastGap::OutOfDate)
    );
    voice.disconnect_source();
    assert_eq!(
        reason_of(&voice.scenario, &sales),
        Some(ForecastGap::OutOfDate)
    );
}

#[test]
fn a_small_team_has_no_forecast_for_those_who_may_not_see_what_it_does() {
    let mut site = site();
    site.smallest_team = 5;
    let mut voice = connect(site);
    send_agents(&mut voice, "sales", [1, 1, 0]);
    let snapshot = voice.scenario.state.snapshot();
    let withheld = snapshot.withhold_small_teams().unwrap();

    let queue = &snapshot.queues[&voice_id("sales")];
    assert_eq!(snapshot.find_forecast_gap(queue, voice.scenario.now), None);
    let gap = withheld.find_forecast_gap(queue, voice.scenario.now);
    assert_eq!(gap, Some(ForecastGap::SmallTeam));
}
