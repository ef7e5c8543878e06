//! Announcements at a real server: on open boards at once, and after a kill.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::Instant;

use crate::{
    reload::start_live,
    support::{Wallboard, http, viewer::Viewer, wait_until},
};

const SOON: Duration = Duration::from_secs(20);

pub(crate) async fn announce(wallboard: &Wallboard, text: &str) {
    let client = http::client_without_redirects();
    let request = client.post(wallboard.url("/announcements"));
    let request = request.header("sec-fetch-site", "same-origin");
    let form = [("text", text), ("kind", "important"), ("until", "1h")];
    let answer = request.form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

fn shows(viewer: &Viewer, text: &str) -> bool {
    let slots = viewer.board.page.slots();
    slots
        .values()
        .any(|value| format!("{value:?}").contains(text))
}

#[tokio::test(flavor = "multi_thread")]
async fn open_boards_show_an_announcement_at_once_and_after_a_kill() {
    let (_vep, mut wallboard, _) = start_live("announcements", &[]).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    assert!(viewer.open().await);
    assert!(viewer.follow_frame(SOON).await);

    let announced = Instant::now();
    announce(&wallboard, "Use paper.").await;
    while !shows(&viewer, "Use paper.") {
        viewer.follow(Duration::from_millis(20)).await;
        assert!(announced.elapsed() < SOON, "never shown");
    }
    println!("measured: shown after {:?}", announced.elapsed());
    assert!(viewer.is_open());

    wallboard.restart("-KILL").await;
    wait_until("the board shows it again", SOON, async || {
        let page = wallboard.text("/boards/queues").await;
        if page.contains("Use paper.") {
            Ok(())
        } else {
            Err(())
        }
    })
    .await;

    let client = http::client_without_redirects();
    let foreign = client.post(wallboard.url("/announcements"));
    let foreign = foreign.header("sec-fetch-site", "cross-site");
    let form = [("text", "Hi"), ("kind", "info"), ("until", "1h")];
    let refused = foreign.form(&form).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}
