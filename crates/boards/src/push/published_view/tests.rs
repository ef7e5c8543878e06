use proptest::prelude::*;

use crate::viewer::board_copy::BoardCopy;

use super::super::test_board::{TestBoard, apply_frame, open_page, position_of};
use super::*;

#[test]
fn a_page_resumes_exactly_even_if_a_value_changed_and_changed_back() {
    let (board, mut published) = publish_board(&[(1, "7")]);
    let mut screen = open_screen(&mut published);
    for value in ["8", "7"] {
        board.change_cell(1, value);
        published.publish_next().unwrap();
    }

    let catch_up = published.catch_up_from(Some(&position_of(&screen)));

    assert!(catch_up.is_resumed);
    assert_eq!(catch_up.frames.len(), 2);
    for frame in &catch_up.frames {
        assert!(!apply_frame(&mut screen, frame));
    }
    assert_eq!(screen, open_screen(&mut published));
}

#[test]
fn a_snapshot_sends_html_only_to_viewers_of_another_structure() {
    let (board, mut published) = publish_board(&[(1, "7")]);
    let before = position_of(&open_screen(&mut published));
    board.restructure();
    published.publish_next().unwrap();
    let after = position_of(&open_screen(&mut published));
    board.change_cell(1000, "8");
    published.publish_next().unwrap();
    let future = ViewerPosition {
        n: after.n + 9,
        ..after.clone()
    };
    let other_epoch = ViewerPosition {
        epoch: "other".into(),
        ..after.clone()
    };

    let mut has_html = |from: Option<&ViewerPosition>| {
        let snapshot = published.snapshot_frame(from);
        let has_html = snapshot.contains("\"h\":");
        // It has each value once.
        let cells = if has_html { "[]" } else { "[[1000,\"8\"]]" };
        assert!(
            snapshot.ends_with(&format!("\"c\":{cells}}}")),
            "{snapshot:?}"
        );
        has_html
    };

    assert!(!has_html(Some(&after)));
    assert!(has_html(Some(&before)));
    assert!(has_html(Some(&future)));
    assert!(has_html(Some(&other_epoch)));
    assert!(has_html(None));
}

#[test]
fn frames_say_how_long_a_source_has_been_silent() {
    let (board, mut published) = publish_board(&[(1, "7")]);
    for (silence, age) in [(0, None), (2_900, None), (3_500, Some(4)), (7_500, Some(8))] {
        board.set_silence(Duration::from_millis(silence));
        board.change_cell(1, &silence.to_string());
        published.publish_next().unwrap();
        published.update_heartbeat();
        let n = published.frame_number();
        let frames = [
            published.heartbeat_frame(),
            published.catch_up_after(n - 1).frames.remove(0),
            published.snapshot_frame(None),
        ];

        for frame in frames {
            let frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
            assert_eq!(frame["age"].as_u64(), age, "{frame}");
        }
    }
}

#[test]
fn nobody_resumes_from_old_frames_while_a_source_is_silent() {
    let (board, mut published) = publish_board(&[(1, "7")]);
    let position = position_of(&open_screen(&mut published));
    board.change_cell(1, "8");
    published.publish_next().unwrap();
    let mut is_resumed = || {
        let catch_up = published.catch_up_from(Some(&position));
        catch_up.is_resumed
    };

    board.prove_alive();
    assert!(is_resumed());
    board.set_silence(Duration::from_secs(4));
    assert!(!is_resumed());
}

#[test]
fn publishes_nothing_when_nothing_changed() {
    let (_, mut published) = publish_board(&[(1, "7")]);

    published.publish_next().unwrap();

    assert_eq!(published.frame_number(), 1);
}

#[test]
fn a_viewer_far_behind_skips_to_a_snapshot() {
    let (board, mut published) = publish_board(&[(1, "7")]);
    let position = position_of(&open_screen(&mut published));
    for n in 0..20 {
        board.change_cell(1, &format!("{n}{}", "x".repeat(4000)));
        published.publish_next().unwrap();
    }

    let behind = published.catch_up_after(position.n);
    let joining = published.catch_up_from(Some(&position));

    assert_eq!((behind.frames.len(), behind.is_resumed), (1, false));
    assert_eq!((joining.frames.len(), joining.is_resumed), (1, false));
}

#[test]
fn no_frame_shows_values_from_before_a_pause_as_live() {
    // Whether a viewer or the publisher wakes first.
    for publisher_wakes_first in [false, true] {
        let (board, mut published) = publish_board(&[(1, "7")]);
        let mut screen = open_screen(&mut published);
        board.sleep(Duration::from_secs(40));
        board.change_cell(1, "out of date");
        if publisher_wakes_first {
            published.publish_next().unwrap();
        }

        let catch_up = published.catch_up_from(Some(&position_of(&screen)));

        assert_shown_live(&mut screen, &catch_up, |text| text == "out of date");
    }
}

#[test]
fn no_frame_shows_old_values_as_live_to_a_viewer_that_was_away() {
    let (board, mut published) = publish_board(&[(1, "0")]);
    let mut screen = open_screen(&mut published);
    for second in 1..=20 {
        board.sleep(Duration::from_secs(1));
        board.change_cell(1, &second.to_string());
        published.publish_next().unwrap();
    }

    let catch_up = published.catch_up_from(Some(&position_of(&screen)));

    assert_shown_live(&mut screen, &catch_up, |text| {
        14 <= text.parse::<u64>().unwrap()
    });
}

/// Judges what the screen shows after each frame, unless it awaits a snapshot.
fn assert_shown_live(
    screen: &mut BoardCopy,
    catch_up: &CatchUp,
    is_current: impl Fn(&str) -> bool,
) {
    let hello = format!(r#"{{"t":"hi","resume":{}}}"#, catch_up.is_resumed);
    let mut looks = 0;
    for frame in [hello.as_str()]
        .into_iter()
        .chain(catch_up.frames.iter().map(|frame| &**frame))
    {
        assert!(!apply_frame(screen, frame));
        if !screen.awaits_snapshot {
            let text = &screen.slots()[&1].text;
            assert!(is_current(text), "{text} after {frame}");
            looks += 1;
        }
    }
    assert!(0 < looks);
}

/// Events that may happen between a board and one of its viewers.
#[derive(Clone, Debug)]
enum ViewerAction {
    Change(usize, u8),
    Restructure,
    Publish,
    /// A wait so long that the ring is empty.
    Wait,
    /// Frames in transit arrive; one of them may be lost or arrive twice.
    Arrive {
        lost: Option<usize>,
        twice: Option<usize>,
    },
    Heartbeat,
    Disconnect,
    Connect,
    /// A restart of the server: a new epoch, numbers from the start.
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

/// A session without its socket: the frames that were written and haven't arrived.
struct ViewerLink {
    n: u64,
    frames: Vec<WireFrame>,
}

proptest! {
    #[test]
    fn a_viewer_that_follows_the_protocol_ends_with_the_slots_of_a_fresh_page(
        actions in prop::collection::vec(viewer_action(), 0..120),
    ) {
        let (board, mut published) = publish_board(&[(1, "a"), (2, "b"), (3, "c")]);
        let mut screen = open_screen(&mut published);
        let mut link: Option<ViewerLink> = None;
        let mut restarts = 0;
        for action in actions {
            match action {
                ViewerAction::Change(cell, value) => {
                    board.change_cell(board.slot_numbers()[cell], &value.to_string());
                }
                ViewerAction::Restructure => board.restructure(),
                ViewerAction::Publish => {
                    published.publish_next().unwrap();
                    if let Some(link) = &mut link {
                        link.write_frames(published.catch_up_after(link.n));
                    }
                }
                ViewerAction::Arrive { lost, twice } => deliver_frames(&mut link, &mut screen, &mut published, (lost, twice)),
                ViewerAction::Wait => board.sleep(Duration::from_secs(130)),
                ViewerAction::Heartbeat => {
                    published.update_heartbeat();
                    if let Some(link) = &mut link {
                        link.frames.push(published.heartbeat_frame());
                    }
                }
                ViewerAction::Disconnect => link = None,
                ViewerAction::Connect => link = Some(connect_screen(&mut screen, &mut published)),
                ViewerAction::Restart => {
                    restarts += 1;
                    published = PublishedView::new(format!("r{restarts}"), board.renderer()).0;
                    link = None;
                }
            }
        }

        // Finally quiet: connected, all is published, and a heartbeat reveals gaps.
        published.publish_next().unwrap();
        link = Some(match link {
            Some(mut link) => {
                link.write_frames(published.catch_up_after(link.n));
                link
            }
            None => connect_screen(&mut screen, &mut published),
        });
        for _ in 0..3 {
            published.update_heartbeat();
            link.as_mut().unwrap().frames.push(published.heartbeat_frame());
            deliver_frames(&mut link, &mut screen, &mut published, (None, None));
        }
        board.sleep(CACHE_LIFETIME);
        prop_assert_eq!(screen, open_page(&published.cached_page()));
    }
}

impl ViewerLink {
    fn write_frames(&mut self, catch_up: CatchUp) {
        self.n = catch_up.n;
        self.frames.extend(catch_up.frames);
    }
}

/// The hello frame always arrives: without it there is no socket.
fn connect_screen(screen: &mut BoardCopy, published: &mut PublishedView) -> ViewerLink {
    let catch_up = published.catch_up_from(Some(&position_of(screen)));
    apply_frame(
        screen,
        &format!(r#"{{"t":"hi","resume":{}}}"#, catch_up.is_resumed),
    );
    ViewerLink {
        n: catch_up.n,
        frames: catch_up.frames,
    }
}

fn deliver_frames(
    link: &mut Option<ViewerLink>,
    screen: &mut BoardCopy,
    published: &mut PublishedView,
    (lost, twice): (Option<usize>, Option<usize>),
) {
    let Some(link) = link else { return };
    let frames = std::mem::take(&mut link.frames);
    for (index, frame) in frames.iter().enumerate() {
        let times = usize::from(lost != Some(index)) + usize::from(twice == Some(index));
        let mut needs_resync = false;
        for _ in 0..times {
            needs_resync |= apply_frame(screen, frame);
        }
        if needs_resync {
            link.write_frames(published.resync_from(&position_of(screen)));
        }
    }
}

fn publish_board(cells: &[(u32, &str)]) -> (TestBoard, PublishedView) {
    let board = TestBoard::new(cells);
    let (published, _) = PublishedView::new("b7".into(), board.renderer());
    (board, published)
}

fn open_screen(published: &mut PublishedView) -> BoardCopy {
    open_page(&published.cached_page())
}
