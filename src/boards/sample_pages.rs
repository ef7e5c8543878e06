//! Boards written out to be looked at. `WALLBOARD_PAGES=folder cargo test
//! --lib pages_to_look_at` and open what is in the folder.

use std::{fs, path::PathBuf, sync::Arc};

use crate::{
    domain::{AgentStatus, Baseline, Metric, MetricValue},
    live::{LongestWait, SeriesValue, Snapshot},
    push::protocol::{self, FrameStamp},
};

use super::{
    BoardDefinition, BoardLayout, BoardSlots, BoardTheme, board_view,
    fixture::{self, QueueFixture},
    html::{self, PageFrame},
};

fn render_page(board: &BoardDefinition, picture: &Snapshot) -> String {
    let mut slots = BoardSlots::default();
    let now = fixture::noon();
    let past = fixture::usual_baseline(picture);
    slots.apply_view(board_view::render_view(board, picture, &past, now));
    let frame = PageFrame {
        board: &board.id,
        neighbours: Some(("agents", "team")),
        epoch: "b7",
        n: 1,
        build: "dev",
        now: now.wall,
    };
    html::render_page(&frame, &slots)
}

fn many_queues(count: usize) -> Snapshot {
    let mut picture = fixture::empty_snapshot();
    for n in 0..count {
        let waits = n % 7 == 3;
        let now = QueueFixture {
            waiting: if waits { 9999 } else { 3 },
            longest: Some(if waits { 90 } else { 10 }),
            available: 2,
        };
        let name = format!("Rückfragen Vertragsverlängerung {n}");
        let id = format!("q{n}");
        fixture::put_queue(&mut picture, &id, &name, &now);
        let story = fixture::hour_ending_with(now.waiting);
        fixture::record_waiting(fixture::queue_mut(&mut picture, &id), &story);
    }
    picture
}

fn crowded_floor() -> Snapshot {
    let mut picture = fixture::afternoon_snapshot();
    let states = [
        AgentStatus::Talking,
        AgentStatus::Available,
        AgentStatus::WrapUp,
        AgentStatus::NotReady,
    ];
    for n in 0..24 {
        let name = format!("Agent Nummer{n}");
        fixture::put_agent(
            &mut picture,
            &name,
            states[n % 4],
            30 + 40 * i64::try_from(n).unwrap(),
            &["1"],
        );
    }
    picture
}

#[test]
fn pages_to_look_at_are_whole() {
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
    let mut away = fixture::afternoon_snapshot();
    fixture::disconnect_source(&mut away, 40_000);
    let mut mixed = fixture::afternoon_snapshot();
    fixture::queue_mut(&mut mixed, "4").quiet_since =
        Some(fixture::noon().plus_millis(-3_000_000).wall);
    fixture::queue_mut(&mut mixed, "2").silent = true;
    for queue in mixed.queues.values_mut() {
        let today = Arc::make_mut(&mut queue.today);
        today.is_complete = false;
        today.since = Some(fixture::noon().plus_millis(-7_000_000).wall);
    }
    let one = |calm: bool| {
        let mut picture = fixture::empty_snapshot();
        let longest = (!calm).then_some(75);
        fixture::put_queue(
            &mut picture,
            "1",
            "Sales",
            &QueueFixture {
                waiting: 3,
                longest,
                available: 4,
            },
        );
        picture
    };

    let pages = [
        ("live", render_page(&queues, &demo)),
        ("light", render_page(&light(&queues), &demo)),
        ("mixed", render_page(&queues, &mixed)),
        ("stale", render_page(&queues, &away)),
        ("stale-light", render_page(&light(&queues), &away)),
        ("empty", render_page(&queues, &fixture::empty_snapshot())),
        ("one", render_page(&queues, &one(true))),
        ("one-warn", render_page(&light(&queues), &one(false))),
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
    ];

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
fn a_page_of_twelve_queues_takes_at_most_40_kb_and_a_typical_frame_1_kb() {
    let board = BoardDefinition::new("queues", "Customer service", BoardLayout::Queues);
    let html = render_page(&board, &many_queues(12));
    assert!(html.len() <= 40_000, "{} bytes", html.len());

    // Two frames a second for a quarter of an hour, each with a queue or two that changed.
    let mut picture = many_queues(12);
    let mut slots = BoardSlots::default();
    let mut sizes = Vec::new();
    for n in 0..1_800i64 {
        let now = fixture::noon().plus_millis(n * 500);
        for changed in 0..=n % 2 {
            let queue = fixture::queue_mut(&mut picture, &format!("q{}", (n + changed * 5) % 12));
            let waiting = (n * 7 % 30).unsigned_abs();
            for (metric, value) in [
                (Metric::Waiting, waiting),
                (Metric::AgentsAvailable, waiting / 3),
            ] {
                let reading = queue.readings.get_mut(metric).unwrap();
                reading.value = Some(MetricValue::Count(value));
            }
            let held = SeriesValue {
                waiting: Some(waiting),
                longest: LongestWait::Nobody,
            };
            queue.recent_series.record_value(held, now);
        }
        let next = board_view::render_view(&board, &picture, &Baseline::default(), now);
        let Some(patch) = slots.apply_view(next).filter(|_| 0 < n) else {
            continue;
        };
        let stamp = FrameStamp {
            epoch: "b7",
            n: n.unsigned_abs(),
            sent_at: now.wall.as_millisecond(),
        };
        sizes.push(protocol::encode_delta(stamp, &patch).len());
    }
    sizes.sort_unstable();

    assert!(1_700 < sizes.len(), "{} frames", sizes.len());
    let (most, nearly_all) = (sizes[sizes.len() - 1], sizes[sizes.len() * 98 / 100]);
    assert!(nearly_all <= 1_000, "{nearly_all} bytes");
    // Once a minute the lines of the last hour move.
    assert!(most <= 4_000, "{most} bytes");
}
