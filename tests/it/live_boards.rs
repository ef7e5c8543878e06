//! An independent viewer that follows docs/protocol.md always ends with what a freshly
//! loaded page shows.

use std::time::Duration;

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::support::{Broker, Mess, Vep, Vngage, Wallboard, equals, tier, until, viewer::Viewer};

const SOON: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(300);

async fn live(name: &str, seed: u64) -> (Vep, Wallboard) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
    let wallboard = Wallboard::serve(Vngage::plain(broker, name)).await;
    wallboard.becomes("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SOON).await;
    (vep, wallboard)
}

/// The viewer comes to show, slot by slot, what a page loaded now shows.
async fn ends_as_a_fresh_page(viewer: &mut Viewer, wallboard: &Wallboard, board: &str) {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        if !viewer.is_open() {
            viewer.open().await;
        }
        viewer.follow(A_MOMENT).await;
        let fresh = Viewer::load(wallboard, board).await;
        let (shown, shall) = (viewer.page.slots(), fresh.page.slots());
        let is_same_view = viewer.epoch == fresh.epoch && viewer.n == fresh.n;
        if is_same_view {
            assert_eq!(shown, shall, "at {} of {board}", viewer.n);
            return;
        }
        let at = (&viewer.epoch, viewer.n, &fresh.epoch, fresh.n);
        assert!(
            tokio::time::Instant::now() < deadline,
            "never at the same view: {at:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_with_a_bad_line_ends_with_what_a_fresh_page_shows() {
    let (vep, wallboard) = live("bad-line", 41).await;
    let mut chance = StdRng::seed_from_u64(42);
    for board in ["queues", "agents"] {
        let mut viewer = Viewer::load(&wallboard, board).await;
        let traffic = vep.run(60, tier(8, 60), Mess::UNTIDY);
        let viewing = async {
            loop {
                if !viewer.is_open() && !viewer.open().await {
                    continue;
                }
                match chance.random_range(0..5) {
                    0 => viewer.drop_line(),
                    1 => viewer.miss_one(A_MOMENT).await,
                    2 => {
                        viewer.drop_line();
                        viewer.epoch = "foreign".into();
                    }
                    _ => viewer.follow(A_MOMENT).await,
                }
            }
        };
        tokio::select! {
            () = traffic => {}
            () = viewing => {}
        }
        ends_as_a_fresh_page(&mut viewer, &wallboard, board).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_changes_and_changes_back_before_the_socket_opens_is_right() {
    let (vep, wallboard) = live("there-and-back", 43).await;
    let available = async |count: u64| {
        let id = {
            let mut desk = vep.desk().await;
            let said = desk.centre.make_available(0, count);
            desk.publish(said).await;
            desk.centre.groups[0].id.clone()
        };
        until("the change is there", SOON, async || {
            let queue = wallboard.get(&format!("/api/v1/queues/chat/{id}")).await?;
            let value = queue["metrics"]["agents_available"]["value"].clone();
            if value == count {
                Ok(())
            } else {
                Err(value.to_string())
            }
        })
        .await;
    };
    available(7).await;

    let mut viewer = Viewer::load(&wallboard, "queues").await;
    available(8).await;
    available(7).await;
    viewer.open().await;

    ends_as_a_fresh_page(&mut viewer, &wallboard, "queues").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_outlives_a_restart_of_the_server() {
    let (vep, mut wallboard) = live("restarted", 44).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    viewer.open().await;
    viewer.follow(A_MOMENT).await;

    wallboard.signal("-TERM");
    viewer.follow(SOON).await;
    let closed = viewer.closed;
    wallboard.restart("-TERM").await;
    wallboard.becomes("live", SOON).await;
    vep.run(30, Duration::from_secs(1), Mess::TIDY).await;

    assert_eq!(closed, Some(1012));
    ends_as_a_fresh_page(&mut viewer, &wallboard, "queues").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_viewer_may_not_say_ends_its_socket() {
    let (_vep, wallboard) = live("breach", 45).await;
    for said in [
        "hello".to_owned(),
        r#"{"t":"cmd"}"#.to_owned(),
        "x".repeat(4097),
    ] {
        let mut viewer = Viewer::load(&wallboard, "queues").await;
        viewer.open().await;

        viewer.say(said).await;
        viewer.follow(SOON).await;

        assert_eq!(viewer.closed, Some(1008));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_change_is_on_its_way_at_once() {
    let (vep, wallboard) = live("at-once", 46).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    viewer.open().await;
    viewer.follow(A_MOMENT).await;

    let started = tokio::time::Instant::now();
    {
        let mut desk = vep.desk().await;
        let available = desk.centre.groups[0].available + 1;
        let said = desk.centre.make_available(0, available);
        desk.publish(said).await;
    }
    let frame = viewer.frame().await.unwrap();

    assert_eq!(frame["t"], "d", "{frame}");
    // Far below a flush interval and its fellows; the benchmark says how far.
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
}
