use std::sync::atomic::AtomicBool;

use tokio::time::timeout_at;

use crate::viewer::board_copy::BoardCopy;

use super::super::test_board::{TestBoard, open_page, position_of};
use super::*;

const INTERVAL: Duration = Duration::from_millis(100);
/// The slowest pace, which also the slowest board has.
const SLOW: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn sends_the_first_change_at_once_and_then_one_patch_per_interval() {
    let (board, publisher) = open_publisher(&[(1, "0")]);
    let mut ticks = publisher.subscribe_ticks();
    let quiet = HEARTBEAT.saturating_sub(INTERVAL);
    tokio::time::sleep(quiet).await;
    let start = Instant::now();

    let mut frame_times = Vec::new();
    for change in 1..=10 {
        board.set_cell(1, &change.to_string());
        let tick = timeout_at(start + Duration::from_millis(30 * change), ticks.changed());
        if tick.await.is_ok() {
            frame_times.push(start.elapsed().as_millis());
        }
        tokio::time::sleep_until(start + Duration::from_millis(30 * change)).await;
    }

    assert_eq!(frame_times, vec![0, 100, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_change_by_time_alone_is_published_when_it_is_due() {
    let (board, publisher) = open_publisher(&[(1, "fresh")]);
    let mut ticks = publisher.subscribe_ticks();
    board.set_due(Some(Duration::from_secs(2)));
    board.notify_change();
    tokio::time::sleep(Duration::from_secs(1)).await;
    board.set_due(None);
    board.change_cell(1, "stale");

    ticks.changed().await.unwrap();

    assert_eq!(open_screen(&publisher).slots()[&1].text, "stale");
    assert_eq!(ticks.borrow().n, 2);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_publisher_sends_a_heartbeat_every_three_seconds() {
    let (board, publisher) = open_publisher(&[(1, "0")]);
    let mut ticks = publisher.subscribe_ticks();
    tokio::time::sleep(HEARTBEAT.saturating_sub(INTERVAL)).await;
    board.set_cell(1, "1");
    ticks.changed().await.unwrap();
    let start = Instant::now();

    ticks.changed().await.unwrap();
    let first = start.elapsed();
    ticks.changed().await.unwrap();

    assert_eq!((first, start.elapsed()), (HEARTBEAT, 2 * HEARTBEAT));
    assert_eq!(*ticks.borrow(), PublishTick { n: 2, beats: 2 });
    let heartbeat = r#"{"t":"hb","n":2,"ts":1000,"src":{"chat":2}}"#;
    assert_eq!(&*publisher.published.lock().heartbeat_frame(), heartbeat);
}

#[tokio::test(start_paused = true)]
async fn a_slow_board_sends_heartbeats_while_a_change_waits() {
    let (board, publisher) = open_at_pace(&[(1, "0")], SLOW);
    let mut ticks = publisher.subscribe_ticks();
    board.set_cell(1, "1");
    ticks.changed().await.unwrap();
    let start = Instant::now();
    board.set_cell(1, "2");

    let mut seen = Vec::new();
    for _ in 0..3 {
        ticks.changed().await.unwrap();
        let PublishTick { n, beats } = *ticks.borrow();
        seen.push((start.elapsed(), n, beats));
    }

    let expected = [(HEARTBEAT, 2, 1), (SLOW, 3, 1), (SLOW + HEARTBEAT, 3, 2)];
    assert_eq!(seen, expected);
}

#[tokio::test(start_paused = true)]
async fn a_slow_board_marks_a_silent_source_at_once() {
    let (board, publisher) = open_at_pace(&[(1, "7")], SLOW);
    let mut ticks = publisher.subscribe_ticks();
    let alive_at = Instant::now();
    board.prove_alive();
    // Just before the source has been silent for too long.
    tokio::time::sleep(UNMARKED_MAX.saturating_sub(INTERVAL)).await;
    board.set_cell(1, "8");
    while ticks.borrow_and_update().n < 2 {
        ticks.changed().await.unwrap();
    }

    board.set_cell(1, "8, out of date");
    while ticks.borrow_and_update().n < 3 {
        ticks.changed().await.unwrap();
    }

    let silent_for = alive_at.elapsed();
    assert!(
        (UNMARKED_MAX..UNMARKED_MAX + INTERVAL).contains(&silent_for),
        "{silent_for:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_board_keeps_its_pace_while_its_source_is_alive() {
    let (board, publisher) = open_at_pace(&[(1, "0")], SLOW);
    let mut ticks = publisher.subscribe_ticks();
    board.set_cell(1, "1");
    ticks.changed().await.unwrap();
    let start = Instant::now();
    board.prove_alive();
    board.set_cell(1, "2");
    while ticks.borrow_and_update().n < 3 {
        board.prove_alive();
        ticks.changed().await.unwrap();
    }

    assert_eq!(start.elapsed(), SLOW);
}

#[tokio::test(start_paused = true)]
async fn nothing_from_before_a_pause_of_the_process_is_sent_or_shown_after_it() {
    // Without a task, nobody renders: as just after the pause.
    let board = TestBoard::new(&[(1, "7")]);
    let (publisher, _state) = Publisher::new(board.renderer(), Arc::default());
    board.change_cell(1, "7, out of date");
    let position = ViewerPosition {
        epoch: publisher.epoch.clone(),
        n: 1,
    };
    let caught_up = || publisher.catch_up_from(Some(&position)).n;
    tokio::time::advance(PAUSE_MIN).await;
    assert_eq!(caught_up(), 1, "an idle publisher isn't a pause");

    tokio::time::advance(Duration::from_millis(1)).await;

    assert_eq!(caught_up(), 2);
    assert_eq!(board.render_count(), 2);

    board.change_cell(1, "8");
    tokio::time::advance(PAUSE_MIN * 2).await;
    publisher.published.lock().update_heartbeat();

    assert_eq!(publisher.frame_number(), 3, "rendered before the heartbeat");
}

#[tokio::test(start_paused = true)]
async fn nothing_from_before_the_machine_slept_is_sent_or_shown_after_it() {
    let (board, publisher) = open_publisher(&[(1, "7")]);
    let position = position_of(&open_screen(&publisher));
    board.change_cell(1, "7, out of date");
    // Timers stand still meanwhile.
    board.sleep(Duration::from_hours(8));

    let resumed = publisher.catch_up_from(Some(&position));

    assert_eq!((resumed.n, resumed.is_resumed), (2, false));
    assert_eq!(open_screen(&publisher).slots()[&1].text, "7, out of date");
}

#[tokio::test(start_paused = true)]
async fn renders_nothing_without_a_notification() {
    let (board, _publisher) = open_publisher(&[(1, "0")]);

    tokio::time::sleep(Duration::from_mins(1)).await;

    assert_eq!(board.render_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn ends_two_minutes_after_its_last_use_but_not_while_it_has_viewers() {
    let board = TestBoard::new(&[(1, "0")]);
    let (publisher, state) = Publisher::new(board.renderer(), Arc::default());
    let publisher = Arc::new(publisher);
    let task = tokio::spawn(run_publisher(
        Arc::clone(&publisher),
        state,
        || INTERVAL,
        || true,
    ));
    let viewer = publisher.add_viewer();
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert!(!task.is_finished());

    drop(viewer);
    let start = Instant::now();
    task.await.unwrap();

    assert!((IDLE_LIFETIME..IDLE_LIFETIME + HEARTBEAT * 2).contains(&start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_the_hub_retains_continues() {
    let board = TestBoard::new(&[(1, "0")]);
    let (publisher, state) = Publisher::new(board.renderer(), Arc::default());
    let publisher = Arc::new(publisher);
    let was_called = Arc::new(AtomicBool::new(false));
    let is_over = {
        let was_called = Arc::clone(&was_called);
        move || {
            was_called.store(true, Ordering::Relaxed);
            false
        }
    };
    tokio::spawn(run_publisher(
        Arc::clone(&publisher),
        state,
        || INTERVAL,
        is_over,
    ));
    tokio::time::sleep(Duration::from_mins(5)).await;

    board.set_cell(1, "1");
    tokio::time::sleep(INTERVAL).await;

    assert!(was_called.load(Ordering::Relaxed));
    assert_eq!(open_screen(&publisher).slots()[&1].text, "1");
}

fn open_publisher(cells: &[(u32, &str)]) -> (TestBoard, Arc<Publisher>) {
    open_at_pace(cells, INTERVAL)
}

fn open_at_pace(cells: &[(u32, &str)], interval: Duration) -> (TestBoard, Arc<Publisher>) {
    let board = TestBoard::new(cells);
    let (publisher, state) = Publisher::new(board.renderer(), Arc::default());
    let publisher = Arc::new(publisher);
    tokio::spawn(run_publisher(
        Arc::clone(&publisher),
        state,
        move || interval,
        || true,
    ));
    (board, publisher)
}

fn open_screen(publisher: &Publisher) -> BoardCopy {
    open_page(&publisher.render_page())
}
