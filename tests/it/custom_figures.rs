//! Custom figures: what a system sends is on boards, in the API and in the past until it expires, whatever else is
//! sent, and only of its own source.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::{
    sign_in::SignInSite,
    support::{
        Wallboard, http, ports, print_measured, tier, viewer::Viewer, wait_until,
        wallboard::base_configuration,
    },
    values::{blocks, run},
};

const SOON: Duration = Duration::from_secs(30);

fn configuration(valid_for: &str) -> String {
    format!(
        r#"
        [sources.shop]
        kind = "values"
        [sources.web]
        kind = "values"
        [figures.orders]
        label = "Orders today"
        unit = "pcs"
        source = "shop"
        valid_for = "{valid_for}"
        warn_below = 100
        [figures.website]
        label = "Website"
        kind = "state"
        source = "web"
        states = {{ up = {{ label = "Up" }}, down = {{ label = "Down", severity = "critical" }} }}
        [figures.load]
        label = "Load"
        kind = "percent"
        source = ["shop", "web"]
        merge = "max"
        "#
    )
}

async fn start(valid_for: &str) -> Wallboard {
    let port = ports::free();
    let configuration = base_configuration(port, port) + &configuration(valid_for);
    let board = "title = \"Shop\"\nqueues = [\"none/*\"]\nwidgets = [{ custom = \"orders\" }, { custom = \"website\" }]\n";
    let files = [("boards/shop.toml", board)];
    Wallboard::start(&configuration, port, &files, Vec::new()).await
}

fn orders(count: i64) -> Value {
    json!({ "source": "shop", "figures": { "orders": count } })
}

async fn send(wallboard: &Wallboard, body: &Value) -> reqwest::Response {
    let sending = http::client().post(wallboard.url("/api/v1/values"));
    sending.json(body).send().await.unwrap()
}

async fn accept(wallboard: &Wallboard, body: &Value) {
    let answer = send(wallboard, body).await;
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::NO_CONTENT, "{text}");
}

/// A figure of the site: its value, whether it is out of date, and its severity.
pub(crate) async fn figure(wallboard: &Wallboard, id: &str, query: &str) -> (Value, bool, Value) {
    let path = format!("/api/v1/site{query}");
    let site = wallboard.get(&path).await.unwrap();
    let figure = &site["figures"][id];
    (
        figure["value"].clone(),
        figure["stale"] == true,
        figure["severity"].clone(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_shows_a_custom_figure_until_it_expires_and_the_past_has_it() {
    let wallboard = start("4s").await;
    let unknown = (Value::Null, false, Value::Null);
    assert_eq!(figure(&wallboard, "orders", "").await, unknown);
    accept(&wallboard, &orders(412)).await;
    accept(
        &wallboard,
        &json!({ "source": "web", "figures": { "website": "down" } }),
    )
    .await;
    let mut viewer = Viewer::load(&wallboard, "shop").await;
    assert!(viewer.open().await);
    let text = viewer.board.page.text();
    for part in ["Orders today", "412", "pcs", "Website", "Down"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let down = (json!("down"), false, json!("critical"));
    assert_eq!(figure(&wallboard, "website", "").await, down);

    accept(&wallboard, &orders(97)).await;
    let is_shown = |viewer: &Viewer| viewer.board.page.text().contains("97");
    while !is_shown(&viewer) {
        assert!(
            viewer.follow_frame(Duration::from_secs(3)).await,
            "no frame"
        );
    }
    let warned = (json!(97.0), false, json!("warning"));
    assert_eq!(figure(&wallboard, "orders", "").await, warned);
    let then = Timestamp::now();

    let gray = "From";
    let expired = async {
        while !viewer.board.page.text().contains(gray) {
            viewer.follow(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), expired)
        .await
        .unwrap();
    assert!(is_shown(&viewer), "the last value, marked");
    let old = (json!(97.0), true, Value::Null);
    assert_eq!(figure(&wallboard, "orders", "").await, old);
    // The past still has it as it was.
    let at = format!("?at={then}");
    assert_eq!(figure(&wallboard, "orders", &at).await, warned);
    let rewound = Viewer::load(&wallboard, &format!("shop?at={then}")).await;
    assert!(is_shown(&rewound) && !rewound.board.page.text().contains(gray));
}

#[tokio::test(flavor = "multi_thread")]
async fn old_repeated_and_faulty_figures_change_nothing() {
    let wallboard = start("60s").await;
    let timed = |count: i64, seconds: i64| {
        let mut body = orders(count);
        body["time"] = json!(Timestamp::now() - SignedDuration::from_secs(seconds));
        body
    };
    let newest = timed(412, 2);
    accept(&wallboard, &newest).await;
    accept(&wallboard, &timed(7, 20)).await;
    accept(&wallboard, &newest).await;
    let known = (json!(412.0), false, Value::Null);
    assert_eq!(figure(&wallboard, "orders", "").await, known);

    for (body, pointer) in [
        (
            json!({ "source": "shop", "figures": { "orders": "9 pcs" } }),
            "/figures/orders",
        ),
        (
            json!({ "source": "shop", "figures": { "orders": 9, "load": 9_999 } }),
            "/figures/load",
        ),
        (
            json!({ "source": "shop", "figures": { "orders": 9, "visitors": 1 } }),
            "/figures/visitors",
        ),
        (
            json!({ "source": "web", "figures": { "orders": 9 } }),
            "/figures/orders",
        ),
        (
            json!({ "source": "web", "figures": { "website": "gone" } }),
            "/figures/website",
        ),
        (timed(9, 61), "/figures/orders"),
        (timed(9, -60), "/time"),
    ] {
        let answer = send(&wallboard, &body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let nowhere = json!({ "figures": { "orders": 9 } });
    assert_eq!(
        send(&wallboard, &nowhere).await.status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(figure(&wallboard, "orders", "").await, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_no_acknowledged_figure_and_none_is_live_until_it_is_sent_again() {
    let mut wallboard = start("60s").await;
    let kills = tier(3, 20).as_secs();
    for kill in 0..kills {
        let count = 400 + i64::try_from(kill).unwrap();
        accept(
            &wallboard,
            &json!({ "source": "web", "figures": { "website": "up" } }),
        )
        .await;
        accept(&wallboard, &orders(count)).await;
        wallboard.restart("-KILL").await;
        let restored = (json!(count), true, Value::Null);
        let (value, is_stale, severity) = figure(&wallboard, "orders", "").await;
        assert_eq!(value.as_f64(), restored.0.as_f64());
        assert_eq!((is_stale, severity), (restored.1, restored.2));
        accept(&wallboard, &orders(count)).await;
        assert!(!figure(&wallboard, "orders", "").await.1);
        let (website, is_stale, _) = figure(&wallboard, "website", "").await;
        assert_eq!((website, is_stale), (json!("up"), true));
    }
    print_measured("kills without a lost figure", kills, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_values_of_each_kind_are_taken_each_second() {
    const FIGURES: usize = 100;
    const QUEUES: usize = 25;
    let port = ports::free();
    let declared: Vec<_> = (0..FIGURES)
        .map(|n| format!("[figures.f{n}]\nlabel = \"Figure {n}\"\nsource = \"shop\"\n"))
        .collect();
    let source = "[sources.shop]\nkind = \"values\"\n";
    let configuration = base_configuration(port, port) + source + &declared.concat();
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    let batch = |n: usize| {
        let figures = (0..FIGURES).map(|id| (format!("f{id}"), json!(n)));
        let figures: serde_json::Map<_, _> = figures.collect();
        let metrics = json!({ "waiting": n % 50, "offered": n, "answered": n });
        let queues =
            (0..QUEUES).map(|id| json!({ "id": format!("shop/q{id}"), "metrics": metrics }));
        let state = if n.is_multiple_of(2) {
            "talking"
        } else {
            "available"
        };
        let agents = (0..QUEUES).map(|id| json!({ "id": format!("shop/a{id}"), "state": state }));
        json!({
            "source": "shop", "figures": figures,
            "queues": queues.collect::<Vec<_>>(), "agents": agents.collect::<Vec<_>>(),
        })
    };
    let (mut sent, began) = (0, Instant::now());
    let steady = tier(3, 60);
    for n in 0.. {
        if steady < began.elapsed() {
            break;
        }
        accept(&wallboard, &batch(n)).await;
        sent = n + 1;
        sleep_until(began + Duration::from_millis(51) * u32::try_from(sent).unwrap()).await;
    }
    let second = u64::try_from(sent * FIGURES).unwrap() / began.elapsed().as_secs();
    print_measured("figures a second", second, "at least 1000");
    print_measured(
        "values of queues and agents a second",
        second,
        "at least 1000",
    );
    let last = figure(&wallboard, &format!("f{}", FIGURES - 1), "").await;
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let expected = (sent - 1) as f64;
    assert_eq!(last.0, json!(expected));
    let path = format!("/api/v1/queues/shop/q{}", QUEUES - 1);
    let queue = wallboard.get(&path).await.unwrap();
    assert_eq!(queue["metrics"]["offered"]["value"], json!(sent - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_sends_the_figures_of_its_own_source() {
    let site = SignInSite::open_at(ports::free(), &configuration("60s"), &[]).await;
    let make = |source: &str| {
        let (status, output) = site.run_command("token", &["add", source, "--values", source], "");
        assert_eq!(status, Some(0), "{output}");
        let mut lines = output.lines();
        lines
            .find(|line| line.starts_with("wbt_"))
            .unwrap()
            .to_owned()
    };
    let (shop, web) = (make("shop"), make("web"));
    let send = async |token: &str, body: &Value| {
        let sending = http::client().post(site.wallboard.url("/api/v1/values"));
        let answer = sending.bearer_auth(token).json(body).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let without_source = json!({ "figures": { "orders": 412 } });
    wait_until("the server knows the token", SOON, async || {
        match send(&shop, &without_source).await {
            (StatusCode::NO_CONTENT, _) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    wait_until("the server knows the other", SOON, async || {
        match send(&web, &json!({ "figures": { "website": "up" } })).await {
            (StatusCode::NO_CONTENT, _) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    for body in [&without_source, &orders(9)] {
        let (status, text) = send(&web, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_figures_work_as_written() {
    let port = ports::free();
    let server = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\n[store]\nurl = \"sqlite:wallboard.db\"\n"
    );
    let written = blocks("toml")[2];
    let configuration = format!("[access]\nmode = \"open\"\n{written}\n{server}");
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    let (here, commands) = (wallboard.url(""), blocks("sh"));
    let address = ("http://127.0.0.1:8080", here.as_str());
    assert_eq!(run(commands[2], &[address]), "", "prints nothing");
    assert_eq!(figure(&wallboard, "orders", "").await.0, json!(412.0));
    assert_eq!(figure(&wallboard, "website", "").await.0, json!("up"));
}
