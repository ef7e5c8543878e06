//! Hand-made snapshots for tests.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{
    AgentId, AgentStatus, Baseline, BaselineBuilder, BaselineSample, Counter, Counters, Histogram,
    Id, Metric, MetricValue, Moment, MonotonicTime, OpenPeriod, OpeningHours, Pattern,
    PatternThresholds, Patterns, QueueId, QueueTarget, ServiceLevelFormula, SeverityLimits,
    SiteConfig, SourceId, SourceKind,
};
use wallboard_live::{
    AgentSnapshot, ConnectionState, DaySnapshot, LongestWait, MessageCounts, MetricReading, Outage,
    QueueSnapshot, RecentSeries, SeriesValue, Snapshot, SourceSnapshot,
};

use super::{BoardSlots, BoardTime, board_render, html::PageFrame, render_context::RenderContext};

/// 14:27:00 in Stockholm, an hour after the start.
pub(super) fn noon() -> Moment {
    Moment {
        wall: "2026-11-20T13:27:00Z".parse().unwrap(),
        monotonic: MonotonicTime(3_600_000),
    }
}

pub(super) fn chat_source() -> SourceId {
    SourceId::from("chat")
}

pub(super) fn queue_id(external: &str) -> QueueId {
    Id::new(&chat_source(), external)
}

/// Renders a board and returns everything that a viewer receives: the page, the frame and all cells.
pub(super) fn sent_text(context: RenderContext<'_>, slots: &mut BoardSlots) -> String {
    let now = context.now.wall;
    let patch = slots.apply_view(board_render::render(context, &Baseline::default()));
    let page = PageFrame {
        board: "b",
        neighbors: None,
        epoch: "e",
        n: 1,
        build: "dev",
        time: &BoardTime::Live,
        now,
        age: None,
    };
    let page = slots.render_page(&page);
    let cells = slots.all_cells();
    format!("{page}{patch:?}{cells:?}")
}

/// A snapshot with a connected source that hasn't reported anything.
pub(super) fn empty_snapshot() -> Snapshot {
    let site = SiteConfig {
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        ..SiteConfig::default()
    };
    let mut snapshot = Snapshot {
        site: Arc::new(site),
        ..Snapshot::default()
    };
    snapshot
        .sources
        .insert(chat_source(), connected_source("chat"));
    snapshot.today = day_totals(412, 23);
    snapshot.today.entries_known = true;
    snapshot
}

pub(super) fn connected_source(id: &str) -> SourceSnapshot {
    SourceSnapshot {
        id: SourceId::from(id),
        vendor: SourceKind::OF_CONTACTS,
        demo: false,
        connection: ConnectionState::Connected,
        since: noon().wall,
        outage: None,
        alive_at: None,
        generation: 1,
        discontinuities: std::collections::BTreeMap::new(),
        lag: Histogram::default(),
        last_message_at: None,
        last_received_at: None,
        counts: MessageCounts::default(),
        counts_by_event: std::collections::BTreeMap::new(),
        rejections_by_reason: std::collections::BTreeMap::new(),
        last_error: None,
        failures: 0,
        subscription_stats: None,
        is_degraded: false,
        clock_offset_ms: 0,
        is_clock_known: true,
        report_interval_ms: 5000,
    }
}

/// Disconnects the source `ago` milliseconds before noon.
pub(super) fn disconnect_source(snapshot: &mut Snapshot, ago: i64) {
    let then = noon().plus_millis(-ago);
    let source = snapshot.sources.get_mut(&chat_source()).unwrap();
    source.connection = ConnectionState::Disconnected;
    source.outage = Some(Outage {
        at: then.wall,
        monotonic: then.monotonic,
    });
}

pub(super) fn day_totals(answered: i64, abandoned: i64) -> DaySnapshot {
    DaySnapshot {
        counters: Counters::LIVE
            .with(Counter::Offered, answered + abandoned)
            .with(Counter::Answered, answered)
            .with(Counter::AnsweredWithin, answered * 9 / 10)
            .with(Counter::Waits, answered)
            .with(Counter::Abandoned, abandoned),
        target: QueueTarget::default(),
        since: Some("2026-11-19T23:00:00Z".parse().unwrap()),
        gaps: Vec::new(),
        is_complete: true,
        entries_known: false,
    }
}

/// A queue's reported values at noon.
pub(super) struct QueueFixture {
    pub(super) waiting: u64,
    /// Seconds of the longest wait.
    pub(super) longest: Option<i64>,
    pub(super) available: u64,
}

pub(super) fn put_queue(snapshot: &mut Snapshot, external: &str, name: &str, now: &QueueFixture) {
    let moment = noon();
    let reading = |value: Option<MetricValue>, since: Option<Timestamp>| MetricReading {
        value,
        at: Some(moment.wall),
        ordered_at: Some(moment.wall),
        received_at: moment.monotonic,
        generation: 1,
        since,
        valid_until: None,
        is_age_unknown: false,
        is_invalid: false,
    };
    let count = |n| reading(Some(MetricValue::Count(n)), None);
    let since = now.longest.map(|s| moment.plus_millis(-s * 1000).wall);
    let longest = match now.longest {
        Some(_) => reading(Some(MetricValue::Seconds(0.0)), since),
        None => reading(None, None),
    };
    let id = queue_id(external);
    let readings = [
        (Metric::Waiting, count(now.waiting)),
        (Metric::InConversation, count(3)),
        (Metric::LongestWait, longest),
        (Metric::AgentsAvailable, count(now.available)),
    ];
    let queue = QueueSnapshot {
        id: id.clone(),
        name: Some(name.into()),
        external_ids: Arc::new([]),
        hidden: false,
        quiet_since: None,
        silent: false,
        readings: readings.into_iter().collect(),
        recent_series: RecentSeries::default(),
        today: day_totals(60, 3).into(),
        profile_revision: 0,
        provided_metrics: None,
        members: None,
        first_reported_at: None,
    };
    snapshot.queues.insert(id, queue);
}

/// Sets `[thresholds]` for all queues.
pub(super) fn set_limits(snapshot: &mut Snapshot, limits: &[(Metric, SeverityLimits)]) {
    let thresholds = PatternThresholds {
        metrics: limits.to_vec(),
        ..PatternThresholds::default()
    };
    let site = Arc::make_mut(&mut snapshot.site);
    site.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
}

/// Opens queues from 08:00 until a minute of each day.
pub(super) fn open_until(snapshot: &mut Snapshot, hours: &[(&str, i64)]) {
    let zone = snapshot.site.zone.clone();
    let hours = hours.iter().map(|(pattern, to_minute)| {
        let day = OpenPeriod {
            from_minute: 8 * 60,
            to_minute: *to_minute,
        };
        let hours = OpeningHours {
            zone: zone.clone(),
            week: std::array::from_fn(|_| vec![day]),
            dates: BTreeMap::new(),
            holidays: wallboard_domain::ClosedDays::default(),
        };
        (Pattern((*pattern).into()), hours)
    });
    let hours = hours.collect();
    Arc::make_mut(&mut snapshot.site).hours = Patterns(hours);
}

pub(super) fn queue_mut<'a>(snapshot: &'a mut Snapshot, external: &str) -> &'a mut QueueSnapshot {
    snapshot.queues.get_mut(&queue_id(external)).unwrap()
}

/// Returns that queue's day for changes.
pub(super) fn today_mut<'a>(snapshot: &'a mut Snapshot, external: &str) -> &'a mut DaySnapshot {
    Arc::make_mut(&mut queue_mut(snapshot, external).today)
}

/// Records waiting counts, each from so many minutes before noon; `None` is unknown.
pub(super) fn record_waiting(queue: &mut QueueSnapshot, changes: &[(i64, Option<u64>)]) {
    for (minutes_ago, waiting) in changes {
        let value = SeriesValue {
            waiting: *waiting,
            longest: waiting.map_or(LongestWait::Unknown, |_| LongestWait::Nobody),
        };
        queue
            .recent_series
            .record_value(value, noon().plus_millis(-minutes_ago * 60_000));
    }
}

/// The last hour, ending at `waiting`, with a rise, a fall and a gap.
pub(super) fn hour_ending_with(waiting: u64) -> Vec<(i64, Option<u64>)> {
    let thirds = [(70, 0), (55, 1), (47, 2), (33, 1), (25, 3), (17, 2), (9, 4)];
    let thirds = thirds.map(|(ago, thirds)| (ago, Some(waiting * thirds / 3)));
    let mut changes = thirds.to_vec();
    changes.insert(3, (42, None));
    changes.push((3, Some(waiting)));
    changes
}

/// Adds an agent who has been in that status for so many seconds.
pub(super) fn put_agent(
    snapshot: &mut Snapshot,
    name: &str,
    status: AgentStatus,
    seconds: i64,
    queues: &[&str],
) {
    let id: AgentId = Id::new(&chat_source(), &name.to_lowercase().replace(' ', "-"));
    let queues: Vec<QueueId> = queues.iter().map(|queue| queue_id(queue)).collect();
    let busy = status == AgentStatus::Talking;
    let agent = AgentSnapshot {
        id: id.clone(),
        name: Some(name.into()),
        display_name: None,
        email: None,
        external_ids: Arc::new([]),
        case_queues: if busy {
            queues[..1].to_vec()
        } else {
            Vec::new()
        },
        queues: queues.into(),
        hidden: false,
        status,
        since: Some(noon().plus_millis(-seconds * 1000).wall),
        cases: u32::from(busy),
        is_reconciled: true,
        generation: 1,
        today: day_totals(0, 0).into(),
        profile_revision: 0,
        report: None,
    };
    snapshot.agents.insert(id, agent);
}

/// Six queues on an ordinary afternoon: one critical, one with a warning.
pub(super) fn afternoon_snapshot() -> Snapshot {
    let mut snapshot = empty_snapshot();
    let rows = [
        ("1", "Sales", 14, Some(372), 0),
        ("2", "Billing", 5, Some(110), 1),
        ("3", "Support", 1, Some(18), 4),
        ("4", "Returns", 0, None, 3),
        ("5", "Partners", 2, Some(41), 2),
        ("6", "Complaints and compliments", 0, None, 5),
    ];
    for (id, name, waiting, longest, available) in rows {
        let now = QueueFixture {
            waiting,
            longest,
            available,
        };
        put_queue(&mut snapshot, id, name, &now);
        record_waiting(queue_mut(&mut snapshot, id), &hour_ending_with(waiting));
    }
    let people = [
        ("Anna Karlsson", AgentStatus::Talking, 192),
        ("Björn Öberg", AgentStatus::Talking, 468),
        ("Chidi Anagonye", AgentStatus::Talking, 65),
        ("Dana", AgentStatus::Talking, 4100),
        ("Émile Zola", AgentStatus::Unknown, 20),
        ("Fatima Al-Fihri", AgentStatus::Unknown, 900),
    ];
    for (name, status, seconds) in people {
        put_agent(&mut snapshot, name, status, seconds, &["1", "3"]);
    }
    for agent in snapshot.agents.values_mut() {
        if agent.name.as_deref() == Some("Émile Zola") {
            let today = Arc::make_mut(&mut agent.today);
            today.counters.set(Counter::Handled, Some(4));
        }
    }
    snapshot
}

/// A baseline of eight weeks in which every queue's day was about the same at noon.
pub(super) fn usual_baseline(snapshot: &Snapshot) -> Baseline {
    let zone = &snapshot.site.zone;
    let today = noon().wall.to_zoned(zone.clone()).date();
    let mut builder = BaselineBuilder::for_day(today, zone);
    for queue in snapshot.queues.keys() {
        for (day, week) in Baseline::sample_days(today).zip(1..) {
            let start = day.at(10, 0, 0, 0).to_zoned(zone.clone());
            let mut counters = Counters::default();
            counters.add(Counter::Offered, 60 + week);
            counters.add(Counter::Answered, 58 + week);
            counters.add(Counter::AnsweredWithin, 50);
            counters.add(Counter::Abandoned, 2);
            let sample = BaselineSample {
                start: start.expect("ten o'clock exists every day").timestamp(),
                length: 900,
                counters,
            };
            builder.add_day(queue.clone(), day, [sample], ServiceLevelFormula::default());
        }
    }
    builder.build()
}
