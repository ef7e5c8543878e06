//! An independent viewer that follows docs/reference/protocol.md always ends with what a freshly loaded page
//! shows.

use std::time::Duration;

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard, tier, viewer::Viewer, wait_until,
    wait_until_correct,
};

const SOON: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(300);

async fn start_live(name: &str, seed: u64) -> (Vep, Wallboard) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, name)).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
    (vep, wallboard)
}

/// Waits until the viewer shows, slot by slot, what a newly loaded page shows.
async fn wait_until_current(viewer: &mut Viewer, wallboard: &Wallboard, board: &str) {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        if !viewer.is_open() {
            viewer.open().await;
        }
        viewer.follow(A_MOMENT).await;
        let fresh = Viewer::load(wallboard, board).await;
        let position = |viewer: &Viewer| (viewer.board.epoch.clone(), viewer.board.n);
        let at = (position(viewer), position(&fresh));
        if at.0 == at.1 {
            assert_eq!(
                viewer.board.slots(),
                fresh.board.slots(),
                "{at:?} of {board}"
            );
            return;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "never reached the same view: {at:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn viewer_with_a_bad_connection_ends_like_a_fresh_page() {
    let (vep, wallboard) = start_live("bad-line", 41).await;
    let mut random = StdRng::seed_from_u64(42);
    for board in ["queues", "agents"] {
        let mut viewer = Viewer::load(&wallboard, board).await;
        let traffic = vep.run(60, tier(8, 60), Disorder::HIGH);
        let viewing = async {
            loop {
                if !viewer.is_open() && !viewer.open().await {
                    continue;
                }
                match random.random_range(0..5) {
                    0 => viewer.disconnect(),
                    1 => viewer.skip_frame(A_MOMENT).await,
                    2 => {
                        viewer.disconnect();
                        viewer.board.epoch = "foreign".into();
                    }
                    _ => viewer.follow(A_MOMENT).await,
                }
            }
        };
        tokio::select! {
            () = traffic => {}
            () = viewing => {}
        }
        wait_until_current(&mut viewer, &wallboard, board).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn value_changed_and_reverted_before_connect_is_correct() {
    let (vep, wallboard) = start_live("there-and-back", 43).await;
    let available = async |count: u64| {
        let id = {
            let mut state = vep.state().await;
            let messages = state.center.make_available(0, count);
            state.publish(messages).await;
            state.center.groups[0].id.clone()
        };
        wait_until("the change is applied", SOON, async || {
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

    wait_until_current(&mut viewer, &wallboard, "queues").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn viewer_survives_a_server_restart() {
    let (vep, mut wallboard) = start_live("restarted", 44).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    viewer.open().await;
    viewer.follow(A_MOMENT).await;

    wallboard.signal("-TERM");
    viewer.follow(SOON).await;
    let closed = viewer.close_code;
    wallboard.restart("-TERM").await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(30, Duration::from_secs(1), Disorder::NONE).await;

    assert_eq!(closed, Some(1012));
    wait_until_current(&mut viewer, &wallboard, "queues").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_viewer_message_closes_the_socket() {
    let (_vep, wallboard) = start_live("breach", 45).await;
    for message in [
        "hello".to_owned(),
        r#"{"t":"cmd"}"#.to_owned(),
        "x".repeat(4097),
    ] {
        let mut viewer = Viewer::load(&wallboard, "queues").await;
        viewer.open().await;

        viewer.send(message).await;
        viewer.follow(SOON).await;

        assert_eq!(viewer.close_code, Some(1008));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn single_change_is_sent_before_the_next_heartbeat() {
    let (vep, wallboard) = start_live("at-once", 46).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    viewer.open().await;
    viewer.follow(A_MOMENT).await;

    {
        let mut state = vep.state().await;
        let available = state.center.groups[0].available + 1;
        let messages = state.center.make_available(0, available);
        state.publish(messages).await;
    }
    let frame = viewer.frame().await.unwrap();

    assert_eq!(frame["t"], "d", "{frame}");
}
