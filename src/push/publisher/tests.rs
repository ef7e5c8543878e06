use std::sync::atomic::AtomicBool;

use tokio::time::timeout_at;

use super::super::test_board::{TestBoard, TestScreen};
use super::*;

const INTERVAL: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn the_first_change_after_quiet_goes_at_once_and_then_one_patch_per_interval() {
    let (wall, channel) = open_publisher(&[(1, "0")]);
    let mut ticks = channel.subscribe_ticks();
    let quiet = Duration::from_secs(3);
    tokio::time::sleep(quiet).await;
    let start = Instant::now();

    let mut published = Vec::new();
    for change in 1..=10 {
        wall.set_cell(1, &change.to_string());
        let soon = timeout_at(start + Duration::from_millis(30 * change), ticks.changed());
        if soon.await.is_ok() {
            published.push(start.elapsed().as_millis());
        }
        tokio::time::sleep_until(start + Duration::from_millis(30 * change)).await;
    }

    assert_eq!(published, vec![0, 100, 200]);
}

#[tokio::test(start_paused = true)]
async fn what_time_alone_changes_is_published_when_it_is_due() {
    let (wall, channel) = open_publisher(&[(1, "fresh")]);
    let mut ticks = channel.subscribe_ticks();
    wall.set_due(Some(Duration::from_secs(7)));
    wall.notify_change();
    tokio::time::sleep(Duration::from_secs(1)).await;
    wall.set_due(None);
    wall.change_cell(1, "stale");

    ticks.changed().await.unwrap();

    assert_eq!(open_screen(&channel).cells[&1], "stale");
    assert_eq!(ticks.borrow().n, 2);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_channel_says_every_ten_seconds_that_it_is_alive() {
    let (wall, channel) = open_publisher(&[(1, "0")]);
    let mut ticks = channel.subscribe_ticks();
    tokio::time::sleep(Duration::from_secs(6)).await;
    wall.set_cell(1, "1");
    ticks.changed().await.unwrap();
    let start = Instant::now();

    ticks.changed().await.unwrap();
    let first = start.elapsed();
    ticks.changed().await.unwrap();

    assert_eq!((first, start.elapsed()), (HEARTBEAT, 2 * HEARTBEAT));
    assert_eq!(*ticks.borrow(), PublishTick { n: 2, beats: 2 });
    let heartbeat = r#"{"t":"hb","n":2,"ts":1000,"src":{"chat":2}}"#;
    assert_eq!(channel.heartbeat_frame().as_str(), heartbeat);
}

#[tokio::test(start_paused = true)]
async fn nobody_draws_where_nothing_rings() {
    let (wall, _channel) = open_publisher(&[(1, "0")]);

    tokio::time::sleep(Duration::from_mins(1)).await;

    assert_eq!(wall.render_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_channel_ends_two_minutes_after_its_last_use_and_not_while_it_is_watched() {
    let wall = TestBoard::new(&[(1, "0")]);
    let (channel, tending) = Publisher::new(wall.renderer(), Arc::default());
    let channel = Arc::new(channel);
    let tending = tokio::spawn(run_publisher(
        Arc::clone(&channel),
        tending,
        || INTERVAL,
        || true,
    ));
    let seat = channel.add_viewer();
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert!(!tending.is_finished());

    drop(seat);
    let start = Instant::now();
    tending.await.unwrap();

    assert!((IDLE_LIFETIME..IDLE_LIFETIME + HEARTBEAT * 2).contains(&start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_its_directory_keeps_goes_on() {
    let wall = TestBoard::new(&[(1, "0")]);
    let (channel, tending) = Publisher::new(wall.renderer(), Arc::default());
    let channel = Arc::new(channel);
    let asked = Arc::new(AtomicBool::new(false));
    let is_over = {
        let asked = Arc::clone(&asked);
        move || {
            asked.store(true, Ordering::Relaxed);
            false
        }
    };
    tokio::spawn(run_publisher(
        Arc::clone(&channel),
        tending,
        || INTERVAL,
        is_over,
    ));
    tokio::time::sleep(Duration::from_mins(5)).await;

    wall.set_cell(1, "1");
    tokio::time::sleep(INTERVAL).await;

    assert!(asked.load(Ordering::Relaxed));
    assert_eq!(open_screen(&channel).cells[&1], "1");
}

fn open_publisher(cells: &[(u32, &str)]) -> (TestBoard, Arc<Publisher>) {
    let wall = TestBoard::new(cells);
    let (channel, tending) = Publisher::new(wall.renderer(), Arc::default());
    let channel = Arc::new(channel);
    tokio::spawn(run_publisher(
        Arc::clone(&channel),
        tending,
        || INTERVAL,
        || true,
    ));
    (wall, channel)
}

fn open_screen(channel: &Publisher) -> TestScreen {
    TestScreen::open_page(&channel.render_page())
}
