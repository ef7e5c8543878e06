//! Writes sample boards for visual review. Run `WALLBOARD_PAGES=folder cargo test --lib
//! sample_pages_are_complete` and open the pages in the folder.

use std::{fs, path::PathBuf, sync::Arc};

use crate::push::protocol::{self, FrameStamp};
use wallboard_domain::{
    AgentStatus, Baseline, BoardTheme, Id, Metric, MetricValue, Pattern, SourceId,
};
use wallboard_live::{ConnectionState, LongestWait, Outage, QueueSnapshot, SeriesValue, Snapshot};

use super::{
    BoardDefinition, BoardLayout, BoardSlots, BoardTime, board_render,
    fixture::{self, QueueFixture},
    html::PageFrame,
    parse_widget,
};

fn render_page(board: &BoardDefinition, snapshot: &Snapshot) -> String {
    let mut slots = BoardSlots::default();
    let now = fixture::noon();
    let baseline = fixture::usual_baseline(snapshot);
    slots.apply_view(board_render::render_view(board, snapshot, &baseline, now));
    let frame = PageFrame {
        board: &board.id,
        neighbors: Some(("agents", "team")),
        epoch: "b7",
        n: 1,
        build: "dev",
        time: &BoardTime::Live,
        now: now.wall,
        age: None,
    };
    slots.render_page(&frame)
}

fn many_queues(count: usize) -> Snapshot {
    let mut snapshot = fixture::empty_snapshot();
    for n in 0..count {
        let is_busy = n % 7 == 3;
        let now = QueueFixture {
            waiting: if is_busy { 9999 } else { 3 },
            longest: Some(if is_busy { 90 } else { 10 }),
            available: 2,
        };
        let name = format!("Rückfragen Vertragsverlängerung {n}");
        let id = format!("q{n}");
        fixture::put_queue(&mut snapshot, &id, &name, &now);
        let changes = fixture::hour_ending_with(now.waiting);
        fixture::record_waiting(fixture::queue_mut(&mut snapshot, &id), &changes);
    }
    snapshot
}

/// Adds a telephone source with queues, disconnected for six minutes if it `is_lost`.
fn add_voice(snapshot: &mut Snapshot, is_lost: bool) {
    let voice = SourceId::from("voice");
    let mut source = fixture::connected_source("voice");
    if is_lost {
        let then = fixture::noon().plus_millis(-360_000);
        source.connection = ConnectionState::Disconnected;
        source.last_message_at = Some(then.wall);
        source.outage = Some(Outage {
            at: then.wall,
            monotonic: then.monotonic,
        });
    }
    snapshot.sources.insert(voice.clone(), source);
    for (of, name) in [("1", "Sales line"), ("3", "Support line")] {
        let id = Id::new(&voice, of);
        let queue = QueueSnapshot {
            id: id.clone(),
            name: Some(name.into()),
            ..snapshot.queues[&fixture::queue_id(of)].clone()
        };
        snapshot.queues.insert(id, queue);
    }
}

fn crowded_floor() -> Snapshot {
    let mut snapshot = fixture::afternoon_snapshot();
    let statuses = [
        AgentStatus::Talking,
        AgentStatus::Available,
        AgentStatus::WrapUp,
        AgentStatus::NotReady,
    ];
    for n in 0..24 {
        let name = format!("Agent Nummer{n}");
        fixture::put_agent(
            &mut snapshot,
            &name,
            statuses[n % 4],
            30 + 40 * i64::try_from(n).unwrap(),
            &["1"],
        );
    }
    snapshot
}

/// Renders a board of each kind in each state, with its name.
pub(super) fn sample_pages(
    render_page: impl Fn(&BoardDefinition, &Snapshot) -> String,
) -> Vec<(&'static str, String)> {
    let queues = BoardDefinition::new("queues", "Customer service", BoardLayout::Queues);
    let agents = BoardDefinition::new("agents", "Team North", BoardLayout::Agents);
    let list = BoardDefinition::new("list", "All of it", BoardLayout::List);
    let totals = BoardDefinition {
        totals: vec![
            Metric::Waiting,
            Metric::AgentsAvailable,
            Metric::Answered,
            Metric::ServiceLevel,
        ],
        ..queues.clone()
    };
    let light = |board: &BoardDefinition| BoardDefinition {
        theme: BoardTheme::Light,
        ..board.clone()
    };
    let mut demo = fixture::afternoon_snapshot();
    demo.sources
        .values_mut()
        .for_each(|source| source.demo = true);
    let mut disconnected = fixture::afternoon_snapshot();
    fixture::disconnect_source(&mut disconnected, 40_000);
    let mut mixed = fixture::afternoon_snapshot();
    fixture::queue_mut(&mut mixed, "4").quiet_since =
        Some(fixture::noon().plus_millis(-3_000_000).wall);
    fixture::queue_mut(&mut mixed, "2").silent = true;
    for queue in mixed.queues.values_mut() {
        let today = Arc::make_mut(&mut queue.today);
        today.is_complete = false;
        today.since = Some(fixture::noon().plus_millis(-7_000_000).wall);
    }
    let one_queue = |is_calm: bool| {
        let mut snapshot = fixture::empty_snapshot();
        let longest = (!is_calm).then_some(75);
        fixture::put_queue(
            &mut snapshot,
            "1",
            "Sales",
            &QueueFixture {
                waiting: 3,
                longest,
                available: 4,
            },
        );
        snapshot
    };

    let mut gone = fixture::afternoon_snapshot();
    fixture::disconnect_source(&mut gone, 400_000);
    let mut two_sources = fixture::afternoon_snapshot();
    add_voice(&mut two_sources, false);
    let mut partly = fixture::afternoon_snapshot();
    add_voice(&mut partly, true);
    let first = |count: usize| BoardDefinition {
        queues: (1..=count).map(|n| Pattern(format!("chat/{n}"))).collect(),
        ..queues.clone()
    };

    let widgets = [
        r#"{ figure = "answered" }"#,
        r#"{ figure = "service_level", of = "chat/1" }"#,
        r#"{ text = "Use paper", until = "2026-11-20 18:00", name = "IT desk" }"#,
        r#"{ clock = "Europe/Stockholm", position = 1 }"#,
        r#"{ countdown = "chat/1" }"#,
    ];
    let with_widgets = BoardDefinition {
        widgets: widgets.map(|text| parse_widget(text).unwrap()).into(),
        ..first(3)
    };
    let mut open = fixture::afternoon_snapshot();
    fixture::open_until(&mut open, &[("*", 18 * 60)]);

    vec![
        ("widgets", render_page(&with_widgets, &open)),
        ("widgets-stale", render_page(&with_widgets, &disconnected)),
        ("live", render_page(&queues, &demo)),
        ("two", render_page(&first(2), &demo)),
        ("three", render_page(&first(3), &demo)),
        ("five", render_page(&first(5), &demo)),
        ("gone", render_page(&queues, &gone)),
        ("partly", render_page(&queues, &partly)),
        ("both", render_page(&queues, &two_sources)),
        ("eleven", render_page(&queues, &many_queues(11))),
        ("light", render_page(&light(&queues), &demo)),
        ("mixed", render_page(&queues, &mixed)),
        ("stale", render_page(&queues, &disconnected)),
        ("stale-light", render_page(&light(&queues), &disconnected)),
        ("empty", render_page(&queues, &fixture::empty_snapshot())),
        ("one", render_page(&queues, &one_queue(true))),
        ("one-warn", render_page(&light(&queues), &one_queue(false))),
        ("twelve", render_page(&queues, &many_queues(12))),
        ("sixty", render_page(&queues, &many_queues(60))),
        ("totals", render_page(&totals, &mixed)),
        ("list", render_page(&list, &mixed)),
        ("list-light", render_page(&light(&list), &mixed)),
        ("list-many", render_page(&list, &many_queues(30))),
        ("agents", render_page(&agents, &demo)),
        ("agents-many", render_page(&agents, &crowded_floor())),
        (
            "agents-light",
            render_page(&light(&agents), &crowded_floor()),
        ),
    ]
}

#[test]
fn sample_pages_are_complete() {
    let pages = sample_pages(render_page);
    let folder = std::env::var_os("WALLBOARD_PAGES").map(PathBuf::from);
    for (name, html) in pages {
        assert!(
            html.starts_with("<!doctype html>") && html.ends_with("</html>"),
            "{name}"
        );
        if let Some(folder) = &folder {
            fs::write(folder.join(format!("{name}.html")), html).unwrap();
        }
    }
}

#[test]
fn twelve_queue_page_is_at_most_43_kb_and_most_frames_1_kb() {
    let board = BoardDefinition::new("queues", "Customer service", BoardLayout::Queues);
    let html = render_page(&board, &many_queues(12));
    assert!(html.len() <= 43_300, "{} bytes", html.len());

    // Two frames a second for a quarter of an hour, each with one or two changed queues.
    let mut snapshot = many_queues(12);
    let mut slots = BoardSlots::default();
    let mut sizes = Vec::new();
    for n in 0..1_800i64 {
        let now = fixture::noon().plus_millis(n * 500);
        for offset in 0..=n % 2 {
            let queue = fixture::queue_mut(&mut snapshot, &format!("q{}", (n + offset * 5) % 12));
            let waiting = (n * 7 % 30).unsigned_abs();
            for (metric, value) in [
                (Metric::Waiting, waiting),
                (Metric::AgentsAvailable, waiting / 3),
            ] {
                let reading = queue.readings.get_mut(metric).unwrap();
                reading.value = Some(MetricValue::Count(value));
            }
            let value = SeriesValue {
                waiting: Some(waiting),
                longest: LongestWait::Nobody,
            };
            queue.recent_series.record_value(value, now);
        }
        let next = board_render::render_view(&board, &snapshot, &Baseline::default(), now);
        let Some(patch) = slots.apply_view(next).filter(|_| 0 < n) else {
            continue;
        };
        let stamp = FrameStamp {
            epoch: "b7",
            n: n.unsigned_abs(),
            sent_at: now.wall.as_millisecond(),
            age: None,
        };
        sizes.push(protocol::encode_delta(stamp, &patch).len());
    }
    sizes.sort_unstable();

    assert!(1_700 < sizes.len(), "{} frames", sizes.len());
    let (largest, percentile_98) = (sizes[sizes.len() - 1], sizes[sizes.len() * 98 / 100]);
    assert!(percentile_98 <= 1_000, "{percentile_98} bytes");
    // Once a minute the bars move.
    assert!(largest <= 4_000, "{largest} bytes");
}
