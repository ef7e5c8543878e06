//! Boards written out to be looked at. `WALLBOARD_PAGES=folder cargo test
//! --lib pages_to_look_at` and open what is in the folder.

use std::{fs, path::PathBuf, sync::Arc};

use crate::{
    domain::{AgentState, Metric, Past, Value},
    live::{Held, Longest, Picture},
    push::protocol::{self, Stamp},
};

use super::{
    Board, Layout, Slots, Theme,
    fixture::{self, Now},
    html::{self, PageFrame},
    view,
};

fn page(board: &Board, picture: &Picture) -> String {
    let mut slots = Slots::default();
    let now = fixture::noon();
    let past = fixture::past(picture);
    slots.advance(view(board, picture, &past, now));
    let frame = PageFrame {
        board: &board.id,
        neighbours: Some(("agents", "team")),
        epoch: "b7",
        n: 1,
        build: "dev",
        now: now.wall,
    };
    html::page(&frame, &slots)
}

fn many(count: usize) -> Picture {
    let mut picture = fixture::picture();
    for n in 0..count {
        let waits = n % 7 == 3;
        let now = Now {
            waiting: if waits { 9999 } else { 3 },
            longest: Some(if waits { 90 } else { 10 }),
            available: 2,
        };
        let name = format!("Rückfragen Vertragsverlängerung {n}");
        let id = format!("q{n}");
        fixture::put(&mut picture, &id, &name, &now);
        let story = fixture::hour(now.waiting);
        fixture::waited(fixture::queue(&mut picture, &id), &story);
    }
    picture
}

fn crowd() -> Picture {
    let mut picture = fixture::afternoon();
    let states = [
        AgentState::Talking,
        AgentState::Available,
        AgentState::WrapUp,
        AgentState::NotReady,
    ];
    for n in 0..24 {
        let name = format!("Agent Nummer{n}");
        fixture::agent(
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
    let queues = Board::new("queues", "Customer service", Layout::Queues);
    let agents = Board::new("agents", "Team North", Layout::Agents);
    let list = Board::new("list", "All of it", Layout::List);
    let totals = Board {
        totals: vec![
            Metric::Waiting,
            Metric::AgentsAvailable,
            Metric::Answered,
            Metric::ServiceLevel,
        ],
        ..queues.clone()
    };
    let light = |board: &Board| Board {
        theme: Theme::Light,
        ..board.clone()
    };
    let mut demo = fixture::afternoon();
    demo.sources
        .values_mut()
        .for_each(|source| source.demo = true);
    let mut away = fixture::afternoon();
    fixture::lose(&mut away, 40_000);
    let mut mixed = fixture::afternoon();
    fixture::queue(&mut mixed, "4").quiet_since = Some(fixture::noon().plus(-3_000_000).wall);
    fixture::queue(&mut mixed, "2").silent = true;
    for queue in mixed.queues.values_mut() {
        let today = Arc::make_mut(&mut queue.today);
        today.complete = false;
        today.since = Some(fixture::noon().plus(-7_000_000).wall);
    }
    let one = |calm: bool| {
        let mut picture = fixture::picture();
        let longest = (!calm).then_some(75);
        fixture::put(
            &mut picture,
            "1",
            "Sales",
            &Now {
                waiting: 3,
                longest,
                available: 4,
            },
        );
        picture
    };

    let pages = [
        ("live", page(&queues, &demo)),
        ("light", page(&light(&queues), &demo)),
        ("mixed", page(&queues, &mixed)),
        ("stale", page(&queues, &away)),
        ("stale-light", page(&light(&queues), &away)),
        ("empty", page(&queues, &fixture::picture())),
        ("one", page(&queues, &one(true))),
        ("one-warn", page(&light(&queues), &one(false))),
        ("twelve", page(&queues, &many(12))),
        ("sixty", page(&queues, &many(60))),
        ("totals", page(&totals, &mixed)),
        ("list", page(&list, &mixed)),
        ("list-light", page(&light(&list), &mixed)),
        ("list-many", page(&list, &many(30))),
        ("agents", page(&agents, &demo)),
        ("agents-many", page(&agents, &crowd())),
        ("agents-light", page(&light(&agents), &crowd())),
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
    let board = Board::new("queues", "Customer service", Layout::Queues);
    let html = page(&board, &many(12));
    assert!(html.len() <= 40_000, "{} bytes", html.len());

    // Two frames a second for a quarter of an hour, each with a queue or two that changed.
    let mut picture = many(12);
    let mut slots = Slots::default();
    let mut sizes = Vec::new();
    for n in 0..1_800i64 {
        let now = fixture::noon().plus(n * 500);
        for changed in 0..=n % 2 {
            let queue = fixture::queue(&mut picture, &format!("q{}", (n + changed * 5) % 12));
            let waiting = (n * 7 % 30).unsigned_abs();
            for (metric, value) in [
                (Metric::Waiting, waiting),
                (Metric::AgentsAvailable, waiting / 3),
            ] {
                let reading = queue.readings.get_mut(metric).unwrap();
                reading.value = Some(Value::Count(value));
            }
            let held = Held {
                waiting: Some(waiting),
                longest: Longest::Nobody,
            };
            queue.trail.note(held, now);
        }
        let next = view(&board, &picture, &Past::default(), now);
        let Some(patch) = slots.advance(next).filter(|_| 0 < n) else {
            continue;
        };
        let stamp = Stamp {
            epoch: "b7",
            n: n.unsigned_abs(),
            sent: now.wall.as_millisecond(),
        };
        sizes.push(protocol::delta(stamp, &patch).len());
    }
    sizes.sort_unstable();

    assert!(1_700 < sizes.len(), "{} frames", sizes.len());
    let (most, nearly_all) = (sizes[sizes.len() - 1], sizes[sizes.len() * 98 / 100]);
    assert!(nearly_all <= 1_000, "{nearly_all} bytes");
    // Once a minute the lines of the last hour move.
    assert!(most <= 4_000, "{most} bytes");
}
