use proptest::prelude::*;

use super::super::sheet::{Screen, Wall};
use super::*;

#[test]
fn a_page_is_resumed_exactly_even_where_a_value_went_and_came_back() {
    let (wall, mut published) = publish(&[(1, "7")]);
    let mut screen = open(&mut published);
    for value in ["8", "7"] {
        wall.change(1, value);
        published.advance(Instant::now()).unwrap();
    }

    let lacking = published.since(Some(&screen.position()), Instant::now());

    assert!(lacking.resumed);
    assert_eq!(lacking.frames.len(), 2);
    for frame in &lacking.frames {
        assert!(!screen.take(frame));
    }
    assert_eq!(screen, open(&mut published));
}

#[test]
fn a_snapshot_brings_html_only_to_viewers_of_another_structure() {
    let (wall, mut published) = publish(&[(1, "7")]);
    let before = open(&mut published).position();
    wall.restructure();
    published.advance(Instant::now()).unwrap();
    let after = open(&mut published).position();
    wall.change(1000, "8");
    published.advance(Instant::now()).unwrap();
    let future = Position {
        n: after.n + 9,
        ..after.clone()
    };
    let foreign = Position {
        epoch: "other".into(),
        ..after.clone()
    };

    let mut has_html = |from: Option<&Position>| {
        let snapshot = published.snapshot(from, Instant::now());
        snapshot.contains("\"h\":")
    };

    assert!(!has_html(Some(&after)));
    assert!(has_html(Some(&before)));
    assert!(has_html(Some(&future)));
    assert!(has_html(Some(&foreign)));
    assert!(has_html(None));
}

#[test]
fn nothing_is_published_where_nothing_changed() {
    let (_, mut published) = publish(&[(1, "7")]);

    published.advance(Instant::now()).unwrap();

    assert_eq!(published.n(), 1);
}

#[test]
fn a_viewer_far_behind_skips_to_a_snapshot() {
    let (wall, mut published) = publish(&[(1, "7")]);
    let at = open(&mut published).position();
    for n in 0..20 {
        wall.change(1, &format!("{n}{}", "x".repeat(4000)));
        published.advance(Instant::now()).unwrap();
    }

    let behind = published.after(at.n, Instant::now());
    let joining = published.since(Some(&at), Instant::now());

    assert_eq!((behind.frames.len(), behind.resumed), (1, false));
    assert_eq!((joining.frames.len(), joining.resumed), (20, true));
}

/// What may happen between a board and one of its viewers.
#[derive(Clone, Debug)]
enum Happening {
    Change(usize, u8),
    Restructure,
    Publish,
    /// So long that no frame is held any more.
    Wait,
    /// Frames on the line arrive; one of them may be lost or come twice.
    Arrive {
        lost: Option<usize>,
        twice: Option<usize>,
    },
    Heartbeat,
    Disconnect,
    Connect,
    /// The server restarts: a new epoch, numbers from the start.
    Restart,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..3_usize, any::<u8>()).prop_map(|(cell, value)| Happening::Change(cell, value)),
        1 => Just(Happening::Restructure),
        6 => Just(Happening::Publish),
        1 => Just(Happening::Wait),
        3 => (prop::option::weighted(0.3, 0..3_usize), prop::option::weighted(0.3, 0..3_usize))
            .prop_map(|(lost, twice)| Happening::Arrive { lost, twice }),
        1 => Just(Happening::Heartbeat),
        1 => Just(Happening::Disconnect),
        2 => Just(Happening::Connect),
        1 => Just(Happening::Restart),
    ]
}

/// A session without its socket: what was written and has not arrived.
struct Line {
    n: u64,
    frames: Vec<Utf8Bytes>,
}

proptest! {
    #[test]
    fn a_viewer_that_follows_the_contract_ends_with_the_slots_of_a_fresh_page(
        happenings in prop::collection::vec(happening(), 0..120),
    ) {
        let (wall, mut published) = publish(&[(1, "a"), (2, "b"), (3, "c")]);
        let mut screen = open(&mut published);
        let mut line: Option<Line> = None;
        let mut restarts = 0;
        let mut now = Instant::now();
        for happening in happenings {
            match happening {
                Happening::Change(cell, value) => {
                    wall.change(wall.slots()[cell], &value.to_string());
                }
                Happening::Restructure => wall.restructure(),
                Happening::Publish => {
                    published.advance(now).unwrap();
                    if let Some(line) = &mut line {
                        line.write(published.after(line.n, now));
                    }
                }
                Happening::Arrive { lost, twice } => arrive(&mut line, &mut screen, &mut published, now, (lost, twice)),
                Happening::Wait => now += Duration::from_secs(130),
                Happening::Heartbeat => {
                    published.beat(now);
                    if let Some(line) = &mut line {
                        line.frames.push(published.heartbeat());
                    }
                }
                Happening::Disconnect => line = None,
                Happening::Connect => line = Some(connect(&mut screen, &mut published, now)),
                Happening::Restart => {
                    restarts += 1;
                    published = Published::new(format!("r{restarts}"), wall.drawing()).0;
                    line = None;
                }
            }
        }

        // Quiet at last: connected, all is published, and a heartbeat tells of gaps.
        published.advance(now).unwrap();
        line = Some(match line {
            Some(mut line) => {
                line.write(published.after(line.n, now));
                line
            }
            None => connect(&mut screen, &mut published, now),
        });
        for _ in 0..3 {
            published.beat(now);
            line.as_mut().unwrap().frames.push(published.heartbeat());
            arrive(&mut line, &mut screen, &mut published, now, (None, None));
        }
        prop_assert_eq!(screen, Screen::open(&published.page(now + AS_GOOD_AS_NEW)));
    }
}

impl Line {
    fn write(&mut self, lacking: Lacking) {
        self.n = lacking.n;
        self.frames.extend(lacking.frames);
    }
}

/// The greeting arrives in any case: without it there is no socket.
fn connect(screen: &mut Screen, published: &mut Published, now: Instant) -> Line {
    let lacking = published.since(Some(&screen.position()), now);
    screen.take(&format!(r#"{{"t":"hi","resume":{}}}"#, lacking.resumed));
    Line {
        n: lacking.n,
        frames: lacking.frames,
    }
}

fn arrive(
    line: &mut Option<Line>,
    screen: &mut Screen,
    published: &mut Published,
    now: Instant,
    (lost, twice): (Option<usize>, Option<usize>),
) {
    let Some(line) = line else { return };
    let frames = std::mem::take(&mut line.frames);
    for (at, frame) in frames.iter().enumerate() {
        let times = usize::from(lost != Some(at)) + usize::from(twice == Some(at));
        let mut is_gap = false;
        for _ in 0..times {
            is_gap |= screen.take(frame);
        }
        if is_gap {
            line.write(published.resync(&screen.position(), now));
        }
    }
}

fn publish(cells: &[(u32, &str)]) -> (Wall, Published) {
    let wall = Wall::new(cells);
    let (published, _) = Published::new("b7".into(), wall.drawing());
    (wall, published)
}

fn open(published: &mut Published) -> Screen {
    let long_after = Instant::now() + AS_GOOD_AS_NEW;
    Screen::open(&published.page(long_after))
}
