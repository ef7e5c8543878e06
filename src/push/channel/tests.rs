use std::sync::atomic::AtomicBool;

use tokio::time::timeout_at;

use super::super::sheet::{Screen, Wall};
use super::*;

const INTERVAL: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn the_first_change_after_quiet_goes_at_once_and_then_one_patch_per_interval() {
    let (wall, channel) = open(&[(1, "0")]);
    let mut ticks = channel.ticks();
    let quiet = Duration::from_secs(3);
    tokio::time::sleep(quiet).await;
    let start = Instant::now();

    let mut published = Vec::new();
    for change in 1..=10 {
        wall.set(1, &change.to_string());
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
    let (wall, channel) = open(&[(1, "fresh")]);
    let mut ticks = channel.ticks();
    wall.set_due(Some(Duration::from_secs(7)));
    wall.ring();
    tokio::time::sleep(Duration::from_secs(1)).await;
    wall.set_due(None);
    wall.change(1, "stale");

    ticks.changed().await.unwrap();

    assert_eq!(screen(&channel).cells[&1], "stale");
    assert_eq!(ticks.borrow().n, 2);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_channel_says_every_ten_seconds_that_it_is_alive() {
    let (wall, channel) = open(&[(1, "0")]);
    let mut ticks = channel.ticks();
    tokio::time::sleep(Duration::from_secs(6)).await;
    wall.set(1, "1");
    ticks.changed().await.unwrap();
    let start = Instant::now();

    ticks.changed().await.unwrap();
    let first = start.elapsed();
    ticks.changed().await.unwrap();

    assert_eq!((first, start.elapsed()), (HEARTBEAT, 2 * HEARTBEAT));
    assert_eq!(*ticks.borrow(), Tick { n: 2, beats: 2 });
    let heartbeat = r#"{"t":"hb","n":2,"ts":1000,"src":{"chat":2}}"#;
    assert_eq!(channel.heartbeat().as_str(), heartbeat);
}

#[tokio::test(start_paused = true)]
async fn nobody_draws_where_nothing_rings() {
    let (wall, _channel) = open(&[(1, "0")]);

    tokio::time::sleep(Duration::from_mins(1)).await;

    assert_eq!(wall.drawings(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_channel_ends_two_minutes_after_its_last_use_and_not_while_it_is_watched() {
    let wall = Wall::new(&[(1, "0")]);
    let (channel, tending) = Channel::new(wall.drawing(), Arc::default());
    let channel = Arc::new(channel);
    let tending = tokio::spawn(tend(Arc::clone(&channel), tending, || INTERVAL, || true));
    let seat = channel.sit();
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert!(!tending.is_finished());

    drop(seat);
    let start = Instant::now();
    tending.await.unwrap();

    assert!((KEPT..KEPT + HEARTBEAT * 2).contains(&start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_its_directory_keeps_goes_on() {
    let wall = Wall::new(&[(1, "0")]);
    let (channel, tending) = Channel::new(wall.drawing(), Arc::default());
    let channel = Arc::new(channel);
    let asked = Arc::new(AtomicBool::new(false));
    let is_over = {
        let asked = Arc::clone(&asked);
        move || {
            asked.store(true, Ordering::Relaxed);
            false
        }
    };
    tokio::spawn(tend(Arc::clone(&channel), tending, || INTERVAL, is_over));
    tokio::time::sleep(Duration::from_mins(5)).await;

    wall.set(1, "1");
    tokio::time::sleep(INTERVAL).await;

    assert!(asked.load(Ordering::Relaxed));
    assert_eq!(screen(&channel).cells[&1], "1");
}

fn open(cells: &[(u32, &str)]) -> (Wall, Arc<Channel>) {
    let wall = Wall::new(cells);
    let (channel, tending) = Channel::new(wall.drawing(), Arc::default());
    let channel = Arc::new(channel);
    tokio::spawn(tend(Arc::clone(&channel), tending, || INTERVAL, || true));
    (wall, channel)
}

fn screen(channel: &Channel) -> Screen {
    Screen::open(&channel.page())
}
