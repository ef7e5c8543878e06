use proptest::prelude::*;

use super::super::test_board::{TestBoard, TestScreen};
use super::*;

#[test]
fn a_page_is_resumed_exactly_even_where_a_value_went_and_came_back() {
    let (wall, mut published) = publish_board(&[(1, "7")]);
    let mut screen = open_screen(&mut published);
    for value in ["8", "7"] {
        wall.change_cell(1, value);
        published.publish_next(Instant::now()).unwrap();
    }

    let lacking = published.catch_up_from(Some(&screen.position()), Instant::now());

    assert!(lacking.is_resumed);
    assert_eq!(lacking.frames.len(), 2);
    for frame in &lacking.frames {
        assert!(!screen.apply_frame(frame));
    }
    assert_eq!(screen, open_screen(&mut published));
}

#[test]
fn a_snapshot_brings_html_only_to_viewers_of_another_structure() {
    let (wall, mut published) = publish_board(&[(1, "7")]);
    let before = open_screen(&mut published).position();
    wall.restructure();
    published.publish_next(Instant::now()).unwrap();
    let after = open_screen(&mut published).position();
    wall.change_cell(1000, "8");
    published.publish_next(Instant::now()).unwrap();
    let future = ViewerPosition {
        n: after.n + 9,
        ..after.clone()
    };
    let foreign = ViewerPosition {
        epoch: "other".into(),
        ..after.clone()
    };

    let mut has_html = |from: Option<&ViewerPosition>| {
        let snapshot = published.snapshot_frame(from, Instant::now());
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
    let (_, mut published) = publish_board(&[(1, "7")]);

    published.publish_next(Instant::now()).unwrap();

    assert_eq!(published.frame_number(), 1);
}

#[test]
fn a_viewer_far_behind_skips_to_a_snapshot() {
    let (wall, mut published) = publish_board(&[(1, "7")]);
    let at = open_screen(&mut published).position();
    for n in 0..20 {
        wall.change_cell(1, &format!("{n}{}", "x".repeat(4000)));
        published.publish_next(Instant::now()).unwrap();
    }

    let behind = published.catch_up_after(at.n, Instant::now());
    let joining = published.catch_up_from(Some(&at), Instant::now());

    assert_eq!((behind.frames.len(), behind.is_resumed), (1, false));
    assert_eq!((joining.frames.len(), joining.is_resumed), (20, true));
}

/// What may happen between a board and one of its viewers.
#[derive(Clone, Debug)]
enum ViewerAction {
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

fn viewer_action() -> impl Strategy<Value = ViewerAction> {
    prop_oneof![
        6 => (0..3_usize, any::<u8>()).prop_map(|(cell, value)| ViewerAction::Change(cell, value)),
        1 => Just(ViewerAction::Restructure),
        6 => Just(ViewerAction::Publish),
        1 => Just(ViewerAction::Wait),
        3 => (prop::option::weighted(0.3, 0..3_usize), prop::option::weighted(0.3, 0..3_usize))
            .prop_map(|(lost, twice)| ViewerAction::Arrive { lost, twice }),
        1 => Just(ViewerAction::Heartbeat),
        1 => Just(ViewerAction::Disconnect),
        2 => Just(ViewerAction::Connect),
        1 => Just(ViewerAction::Restart),
    ]
}

/// A session without its socket: what was written and has not arrived.
struct ViewerLink {
    n: u64,
    frames: Vec<Utf8Bytes>,
}

proptest! {
    #[test]
    fn a_viewer_that_follows_the_contract_ends_with_the_slots_of_a_fresh_page(
        happenings in prop::collection::vec(viewer_action(), 0..120),
    ) {
        let (wall, mut published) = publish_board(&[(1, "a"), (2, "b"), (3, "c")]);
        let mut screen = open_screen(&mut published);
        let mut line: Option<ViewerLink> = None;
        let mut restarts = 0;
        let mut now = Instant::now();
        for happening in happenings {
            match happening {
                ViewerAction::Change(cell, value) => {
                    wall.change_cell(wall.slot_numbers()[cell], &value.to_string());
                }
                ViewerAction::Restructure => wall.restructure(),
                ViewerAction::Publish => {
                    published.publish_next(now).unwrap();
                    if let Some(line) = &mut line {
                        line.write_frames(published.catch_up_after(line.n, now));
                    }
                }
                ViewerAction::Arrive { lost, twice } => deliver_frames(&mut line, &mut screen, &mut published, now, (lost, twice)),
                ViewerAction::Wait => now += Duration::from_secs(130),
                ViewerAction::Heartbeat => {
                    published.update_heartbeat(now);
                    if let Some(line) = &mut line {
                        line.frames.push(published.heartbeat_frame());
                    }
                }
                ViewerAction::Disconnect => line = None,
                ViewerAction::Connect => line = Some(connect_screen(&mut screen, &mut published, now)),
                ViewerAction::Restart => {
                    restarts += 1;
                    published = PublishedView::new(format!("r{restarts}"), wall.renderer()).0;
                    line = None;
                }
            }
        }

        // Quiet at last: connected, all is published, and a heartbeat tells of gaps.
        published.publish_next(now).unwrap();
        line = Some(match line {
            Some(mut line) => {
                line.write_frames(published.catch_up_after(line.n, now));
                line
            }
            None => connect_screen(&mut screen, &mut published, now),
        });
        for _ in 0..3 {
            published.update_heartbeat(now);
            line.as_mut().unwrap().frames.push(published.heartbeat_frame());
            deliver_frames(&mut line, &mut screen, &mut published, now, (None, None));
        }
        prop_assert_eq!(screen, TestScreen::open_page(&published.cached_page(now + CACHE_LIFETIME)));
    }
}

impl ViewerLink {
    fn write_frames(&mut self, lacking: CatchUp) {
        self.n = lacking.n;
        self.frames.extend(lacking.frames);
    }
}

/// The greeting arrives in any case: without it there is no socket.
fn connect_screen(
    screen: &mut TestScreen,
    published: &mut PublishedView,
    now: Instant,
) -> ViewerLink {
    let lacking = published.catch_up_from(Some(&screen.position()), now);
    screen.apply_frame(&format!(r#"{{"t":"hi","resume":{}}}"#, lacking.is_resumed));
    ViewerLink {
        n: lacking.n,
        frames: lacking.frames,
    }
}

fn deliver_frames(
    line: &mut Option<ViewerLink>,
    screen: &mut TestScreen,
    published: &mut PublishedView,
    now: Instant,
    (lost, twice): (Option<usize>, Option<usize>),
) {
    let Some(line) = line else { return };
    let frames = std::mem::take(&mut line.frames);
    for (at, frame) in frames.iter().enumerate() {
        let times = usize::from(lost != Some(at)) + usize::from(twice == Some(at));
        let mut is_gap = false;
        for _ in 0..times {
            is_gap |= screen.apply_frame(frame);
        }
        if is_gap {
            line.write_frames(published.resync_from(&screen.position(), now));
        }
    }
}

fn publish_board(cells: &[(u32, &str)]) -> (TestBoard, PublishedView) {
    let wall = TestBoard::new(cells);
    let (published, _) = PublishedView::new("b7".into(), wall.renderer());
    (wall, published)
}

fn open_screen(published: &mut PublishedView) -> TestScreen {
    let long_after = Instant::now() + CACHE_LIFETIME;
    TestScreen::open_page(&published.cached_page(long_after))
}
