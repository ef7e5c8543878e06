//! Pages of earlier moments, from the log of a real wallboard.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp, ToSpan};
use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard, page::SlotContent, viewer::Viewer,
    wait_until_correct,
};

const SOON: Duration = Duration::from_secs(20);
const BOARDS: [&str; 2] = ["queues", "agents"];
/// Around a moment for which a board must not change, so that it is known what was shown then.
const STILL: Duration = Duration::from_millis(400);

/// The slots of each place on a board, in the order of the places.
type Shown = Vec<Vec<SlotContent>>;

/// The data that viewers of each board had been sent at a moment.
struct Sent {
    at: Timestamp,
    shown: Vec<Shown>,
    waiting: Value,
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_rewound_to_random_moments_show_what_viewers_were_sent() {
    let (vep, wallboard) = start("rewound").await;
    let mut viewers = Vec::new();
    for board in BOARDS {
        let mut viewer = Viewer::load(&wallboard, board).await;
        viewer.open().await;
        viewers.push(viewer);
    }
    let mut random = StdRng::seed_from_u64(14);

    let mut sent = Vec::new();
    for _ in 0..10 {
        let time = Duration::from_millis(random.random_range(200..1_500));
        vep.run(50, time, Disorder::NONE).await;
        sent.push(look(&wallboard, &mut viewers).await);
    }
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;

    for Sent { at, shown, waiting } in &sent {
        for (board, shown) in BOARDS.iter().zip(shown) {
            let rewound = Viewer::load(&wallboard, &format!("{board}?at={at}")).await;
            let rewound = shown_by(&rewound);
            assert_eq!(rewound.len(), shown.len(), "{board} at {at}");
            for (rewound, shown) in rewound.iter().zip(shown) {
                assert_eq!(rewound, shown, "{board} at {at}");
            }
        }
        let rewound = figures(&wallboard, &format!("?at={at}")).await;
        assert_eq!(&rewound, waiting, "at {at}");
    }
    let distinct: std::collections::BTreeSet<String> =
        sent.iter().map(|sent| sent.waiting.to_string()).collect();
    assert!(
        5 < distinct.len(),
        "the traffic changed nothing: {distinct:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_that_is_played_catches_up_with_the_present() {
    let (vep, wallboard) = start("played").await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    let begin = Timestamp::now() - 2.seconds();
    vep.run(50, Duration::from_secs(4), Disorder::NONE).await;
    // The playback ends where it meets the present, which must stand still.
    wait_until_correct(&wallboard, &vep, SOON).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let early = Viewer::load(&wallboard, &format!("queues?at={begin}")).await;
    let mut played = Viewer::load(&wallboard, &format!("queues?at={begin}&play=60")).await;
    played.open().await;
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        played.follow(STILL).await;
        let live = Viewer::load(&wallboard, "queues").await;
        if shown_by(&played) == shown_by(&live) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "never caught up");
    }
    assert_ne!(shown_by(&played), shown_by(&early));
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_moments_are_refused_with_a_reason() {
    let (_vep, wallboard) = start("unknown-moment").await;
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    for (at, status, reason) in [
        ("soon".to_owned(), 400, "must be a time like"),
        (later.to_string(), 400, "in the future"),
        ("2020-01-01T10:00".to_owned(), 404, "nothing of that time"),
        (format!("{}&play=7", Timestamp::now()), 400, "are for pages"),
    ] {
        let api = wallboard.url(&format!("/api/v1/queues?at={at}"));
        let problem = reqwest::get(api).await.unwrap();
        assert_eq!(problem.status(), status, "{at}");
        let problem: Value = problem.json().await.unwrap();
        assert!(
            problem["detail"].as_str().unwrap().contains(reason),
            "{problem}"
        );
        let page = wallboard.url(&format!("/boards/queues?at={at}"));
        let page = reqwest::get(page).await.unwrap();
        assert_eq!(page.status(), status, "{at}");
        assert!(page.text().await.unwrap().contains("<h1>"), "{at}");
    }
}

async fn start(name: &str) -> (Vep, Wallboard) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 21).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, name)).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
    (vep, wallboard)
}

/// Notes what the viewers show at a whole second around which nothing changes.
async fn look(wallboard: &Wallboard, viewers: &mut [Viewer]) -> Sent {
    for _ in 0..30 {
        let millis = Timestamp::now().subsec_millisecond().unsigned_abs();
        let until_second = Duration::from_millis(1_000 - u64::from(millis));
        tokio::time::sleep(until_second.saturating_sub(STILL)).await;
        for viewer in &mut *viewers {
            viewer.follow(Duration::from_millis(20)).await;
        }
        let before: Vec<_> = viewers.iter().map(|viewer| viewer.board.n).collect();
        let now = Timestamp::now();
        let second = now.as_second() + 1;
        let at = Timestamp::from_second(second).unwrap();
        let rest = at.duration_since(now).unsigned_abs();
        tokio::time::sleep(rest).await;
        let waiting = figures(wallboard, "").await;
        tokio::time::sleep(STILL).await;
        for viewer in &mut *viewers {
            viewer.follow(Duration::from_millis(20)).await;
        }
        let after: Vec<_> = viewers.iter().map(|viewer| viewer.board.n).collect();
        if before == after {
            let shown = viewers.iter().map(shown_by).collect();
            return Sent { at, shown, waiting };
        }
    }
    panic!("the boards never stand still");
}

/// Returns what a viewer shows, in the order of places: their slots are numbered as they came.
fn shown_by(viewer: &Viewer) -> Shown {
    let mut places: BTreeMap<(String, usize), Vec<SlotContent>> = BTreeMap::new();
    let mut place = (String::new(), 0);
    for mut slot in viewer.board.slots().into_values() {
        let data = &mut slot.attributes;
        data.remove("data-k");
        if let Some(group) = data.get("data-in") {
            let index = data.get("data-pos").and_then(|index| index.parse().ok());
            place = (group.clone(), index.map_or(0, |index: usize| index + 1));
        }
        places.entry(place.clone()).or_default().push(slot);
    }
    places.into_values().collect()
}

/// Returns the counts of every queue.
async fn figures(wallboard: &Wallboard, query: &str) -> Value {
    let queues = wallboard.text(&format!("/api/v1/queues{query}")).await;
    let mut queues: Value = serde_json::from_str(&queues).unwrap();
    for queue in queues["queues"].as_array_mut().unwrap() {
        let metrics = queue["metrics"].as_object_mut().unwrap();
        // Clocks run on.
        metrics.retain(|_, metric| metric["value"].is_u64());
    }
    queues
}
