//! How old a value may be on a board without a mark, whatever happened: judged on a viewer's frames,
//! on the rendered page and over the API.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{
    support::{
        Broker, Disorder, NetworkCondition, Wallboard, print_measured, viewer::Viewer,
        wait_until_correct, wait_until_fully_correct,
    },
    vngage_breaks::{fresh_queues, start_behind_proxy},
};

/// No value without a mark may be older, on anything.
pub const AGE_MAX: Duration = Duration::from_secs(12);
const SETTLED: Duration = Duration::from_secs(10);
/// Connecting again doesn't wait for the pause of a retry.
const RECONNECTED: Duration = Duration::from_secs(3);
const ACCOUNTED: Duration = Duration::from_secs(45);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A board with a viewer that stays connected.
pub struct WatchedBoard<'a> {
    wallboard: &'a Wallboard,
    viewer: Viewer,
}

impl<'a> WatchedBoard<'a> {
    pub async fn open(wallboard: &'a Wallboard) -> Self {
        let mut viewer = Viewer::load(wallboard, "queues").await;
        assert!(viewer.open().await);
        viewer.follow(LOOK_EVERY).await;
        assert_ne!(viewer.unmarked_rows(), 0, "the board is live");
        Self { wallboard, viewer }
    }

    /// Waits until everything is marked on frames, page and API. `dead`: the last sign of life.
    pub async fn wait_until_marked(&mut self, dead: Instant) {
        let mut marked = [None; 3];
        while marked.contains(&None) {
            self.viewer.follow(LOOK_EVERY).await;
            let page = Viewer::load(self.wallboard, "queues").await;
            let fresh = fresh_queues(self.wallboard).await.unwrap();
            let unmarked = [
                self.viewer.unmarked_rows(),
                page.unmarked_rows(),
                fresh.len(),
            ];
            for (marked, unmarked) in marked.iter_mut().zip(unmarked) {
                *marked = (unmarked == 0).then(|| marked.unwrap_or_else(|| dead.elapsed()));
            }
            assert!(dead.elapsed() < AGE_MAX, "unmarked: {unmarked:?}");
        }
        print_measured("marked on frames, page and API after", marked, AGE_MAX);
    }

    /// Receives what was sent before this process was stopped.
    async fn drain(&mut self, time: Duration) {
        self.viewer.follow(time).await;
    }

    /// Asserts that no frame, page or response shows anything without a mark, from the first one on.
    async fn assert_marked_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        let wallboard = self.wallboard;
        let frames = async {
            while let Some(left) = end.checked_duration_since(Instant::now()) {
                if self.viewer.follow_frame(left).await {
                    assert_eq!(self.viewer.unmarked_rows(), 0, "on a frame");
                }
            }
        };
        let pages = async {
            while Instant::now() < end {
                let page = Viewer::load(wallboard, "queues").await;
                assert_eq!(page.unmarked_rows(), 0, "on a page");
                let fresh = fresh_queues(wallboard).await.unwrap();
                assert!(fresh.is_empty(), "{fresh:?}");
                sleep(LOOK_EVERY).await;
            }
        };
        tokio::join!(frames, pages);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connection_is_marked_on_boards_in_time_and_recovers() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "aged-silent", 121).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let mut board = WatchedBoard::open(&wallboard).await;

    proxy.set(NetworkCondition::Silent);
    board.wait_until_marked(Instant::now()).await;
    vep.run(50, Duration::from_secs(3), Disorder::HIGH).await;
    proxy.set(NetworkCondition::Normal);

    wait_until_correct(&wallboard, &vep, RECONNECTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connection_is_marked_on_boards_in_time() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "aged-cut", 122).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let mut board = WatchedBoard::open(&wallboard).await;

    proxy.set(NetworkCondition::Silent);
    proxy.cut();

    board.wait_until_marked(Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_process_continues_with_everything_marked_if_its_line_has_died() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "aged-pause", 123).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    let mut board = WatchedBoard::open(&wallboard).await;

    wallboard.signal("-STOP");
    proxy.set(NetworkCondition::Silent);
    board.drain(AGE_MAX).await;
    wallboard.signal("-CONT");

    board.assert_marked_for(Duration::from_secs(4)).await;
    proxy.set(NetworkCondition::Normal);
    wait_until_correct(&wallboard, &vep, SETTLED).await;
}
