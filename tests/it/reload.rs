//! SIGHUP reloads the configuration: a valid file takes effect while boards stay live, an invalid
//! one changes nothing.

use std::{fs, time::Duration};

use lapin::ExchangeKind;
use serde_json::Value;

use crate::support::{
    Broker, Browser, Disorder, Vep, VngageSource, Wallboard, broker, broker::url, ports,
    viewer::Viewer, wait_until,
};

const SOON: Duration = Duration::from_secs(20);
const BOARD: &str = "title = \"North\"\n";

pub async fn start_live(name: &str, files: &[(&str, &str)]) -> (Vep, Wallboard, String) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 71).await;
    let vngage = VngageSource::plain(broker, name);
    let port = ports::free();
    let configuration = vngage.configuration(port, port);
    let wallboard = Wallboard::serve_with(vngage, port, &configuration, files).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    (vep, wallboard, configuration)
}

/// Waits until one line of the log contains all of `words`.
async fn wait_for_log(wallboard: &Wallboard, words: &[&str]) {
    wait_until(&format!("the log contains {words:?}"), SOON, async || {
        let log = wallboard.log();
        let is_match = |line: &str| words.iter().all(|word| line.contains(word));
        if log.lines().any(is_match) {
            Ok(())
        } else {
            Err(())
        }
    })
    .await;
}

/// Follows a board until `done`. Every frame must continue from the one before.
pub async fn follow_until(viewer: &mut Viewer, done: impl Future<Output = ()>) {
    let mut n = viewer.board.n;
    let following = async {
        loop {
            let frame = viewer.frame().await.expect("the viewer stays connected");
            match frame["t"].as_str() {
                Some("d") => {
                    n += 1;
                    assert_eq!(frame["n"].as_u64(), Some(n), "{frame}");
                }
                Some("hi" | "hb") => {}
                _ => panic!("not the next frame: {frame}"),
            }
        }
    };
    tokio::select! {
        () = following => {}
        () = done => {}
    }
    viewer.board.n = n;
}

#[tokio::test(flavor = "multi_thread")]
async fn reload_under_traffic_applies_changes_and_keeps_viewers() {
    let (vep, wallboard, configuration) = start_live("reload-traffic", &[]).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    assert!(viewer.open().await);
    let queues = wallboard.get("/api/v1/queues").await.unwrap();
    let id = queues["queues"][0]["id"].as_str().unwrap().to_owned();
    let name = async || -> Value {
        let queues = wallboard.get("/api/v1/queues").await.unwrap();
        let queues = queues["queues"].as_array().unwrap().clone();
        let found = queues.into_iter().find(|queue| queue["id"] == *id).unwrap();
        found["name"].clone()
    };
    let before = name().await;

    let steps = async {
        wallboard.reload_with(&format!("{configuration}prefech = 1\n[hide]\nqueus = []\n"));
        wait_for_log(
            &wallboard,
            &["keeping the previous one", "prefech", "`prefetch`"],
        )
        .await;
        wait_for_log(
            &wallboard,
            &["keeping the previous one", "queus", "`queues`"],
        )
        .await;
        assert_eq!(name().await, before);
        wait_until("the sources page shows the errors", SOON, async || {
            let page = wallboard.text("/sources").await;
            if page.contains("2 errors") {
                Ok(())
            } else {
                Err(())
            }
        })
        .await;

        let right = format!(
            "{configuration}[names]\n{id:?} = \"Renamed by reload\"\n\
             [targets]\n\"*\" = {{ answer_within = \"7s\" }}\n"
        );
        wallboard.reload_with(&right);
        wait_for_log(
            &wallboard,
            &["Configuration reloaded", "targets changed, names changed"],
        )
        .await;
        assert_eq!(name().await, "Renamed by reload");
        wait_until("the page shows the new target", SOON, async || {
            let page = wallboard.text("/boards/queues").await;
            let is_new =
                page.to_lowercase().contains("in 7 s") && page.contains("Renamed by reload");
            if is_new { Ok(()) } else { Err(()) }
        })
        .await;

        let elsewhere = right.replacen("[server]\n", "[server]\nmax_viewers = 9\n", 1);
        wallboard.reload_with(&elsewhere.replacen("wallboard.db", "other.db", 1));
        wait_for_log(&wallboard, &["[store] url changed; restart to apply"]).await;
    };
    let traffic = vep.run(60, Duration::from_mins(1), Disorder::HIGH);
    let busy = async {
        tokio::select! {
            () = steps => {}
            () = traffic => panic!("the steps took too long"),
        }
    };
    follow_until(&mut viewer, busy).await;

    let source = wallboard.source().await.unwrap();
    assert_eq!(source["state"], "live", "{source}");
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_are_changed_and_removed_while_viewed() {
    let (_vep, wallboard, configuration) =
        start_live("reload-boards", &[("boards/north.toml", BOARD)]).await;
    let file = wallboard.file("boards/north.toml");
    let mut viewer = Viewer::load(&wallboard, "north").await;
    assert!(viewer.open().await);

    // The next frame on the same socket uses the new limit.
    let strict = format!("{configuration}[thresholds.\"*\"]\nwaiting = {{ crit = 0 }}\n");
    let done = async {
        wallboard.reload_with(&strict);
        wait_for_log(&wallboard, &["thresholds changed"]).await;
        wait_until("the page is critical", SOON, async || {
            let page = wallboard.text("/boards/north").await;
            if page.contains("data-sev=\"crit\"") {
                Ok(())
            } else {
                Err(())
            }
        })
        .await;
    };
    follow_until(&mut viewer, done).await;

    // An invalid board file doesn't remove the valid ones.
    fs::write(&file, "titel = \"North\"\n").unwrap();
    wallboard.reload_with(&configuration);
    wait_for_log(
        &wallboard,
        &["keeping the previous one", "north.toml:1:1", "titel"],
    )
    .await;
    fs::write(&file, format!("{BOARD}thresholds.x.waiting.warn = 5\n")).unwrap();
    wallboard.reload_with(&configuration);
    let moved = "below [thresholds] there: \"x\" = { waiting = { warn = 5 } }";
    wait_for_log(&wallboard, &["north.toml:2:12", moved]).await;

    // Frames can't change the title.
    let browser = Browser::open(&wallboard.url("/boards/north"));
    browser
        .wait_for("document.title.startsWith('North ')", SOON)
        .await;
    fs::write(&file, BOARD.replace("North", "Nord")).unwrap();
    wallboard.reload_with(&configuration);
    assert_eq!(
        last_message(&mut viewer).await,
        (Some("cmd".into()), Some(1012))
    );
    browser
        .wait_for("document.title.startsWith('Nord ')", SOON)
        .await;
    // Nor the zone of its clock.
    let mut viewer = Viewer::load(&wallboard, "north").await;
    assert!(viewer.open().await);
    let elsewhere = zoned(&configuration, "Asia/Tokyo");
    wallboard.reload_with(&elsewhere);
    assert_eq!(
        last_message(&mut viewer).await,
        (Some("cmd".into()), Some(1012))
    );
    browser
        .wait_for("document.body?.dataset.zone === 'Asia/Tokyo'", SOON)
        .await;
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
    drop(browser);

    let mut viewer = Viewer::load(&wallboard, "north").await;
    assert!(viewer.open().await);
    fs::remove_file(&file).unwrap();
    wallboard.reload_with(&elsewhere);
    assert_eq!(
        last_message(&mut viewer).await,
        (Some("bye".into()), Some(1012))
    );
    assert!(!viewer.open().await);
    assert!(
        wallboard
            .get("/boards/north")
            .await
            .unwrap_err()
            .contains("404")
    );
}

/// Returns the configuration with this time zone.
fn zoned(configuration: &str, zone: &str) -> String {
    let others = configuration
        .lines()
        .filter(|line| !line.starts_with("time_zone"));
    let others: Vec<_> = others.collect();
    format!("time_zone = \"{zone}\"\n{}\n", others.join("\n"))
}

/// Returns the socket's last message besides frames, and its close code.
async fn last_message(viewer: &mut Viewer) -> (Option<String>, Option<u16>) {
    let mut word = None;
    while let Some(frame) = viewer.frame().await {
        let kind = frame["t"].as_str().unwrap().to_owned();
        word = matches!(kind.as_str(), "bye" | "cmd")
            .then_some(kind)
            .or(word);
    }
    (word, viewer.close_code)
}

#[tokio::test(flavor = "multi_thread")]
async fn fixed_password_is_retried_immediately() {
    let broker = Broker::shared();
    let _vep = Vep::open(broker, "reload-password", ExchangeKind::Topic, 72).await;
    let vngage = VngageSource::plain(broker, "reload-password");
    let port = ports::free();
    let configuration = vngage
        .configuration(port, port)
        .replace("{ env = \"VNGAGE_URL\" }", "{ file = \"secret\" }");
    let wrong = url(
        "amqp",
        broker::USER,
        "wrong",
        "127.0.0.1",
        broker.plain_port,
    );
    let right = vngage.url.clone();
    let wallboard =
        Wallboard::serve_with(vngage, port, &configuration, &[("secret", &wrong)]).await;
    wallboard.wait_for_state("down", SOON).await;

    fs::write(wallboard.file("secret"), right).unwrap();
    wallboard.signal("-HUP");

    // By itself, it would try again in a minute.
    wallboard.wait_for_state("live", SOON).await;
    wait_until("its page shows all events", SOON, async || {
        let page = wallboard.text("/sources").await;
        let lines = ["user name or password", "Source stopped", "Connected, live"];
        if lines.iter().all(|line| page.contains(line)) {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_added_and_removed_without_affecting_others() {
    let (_vep, wallboard, configuration) = start_live("reload-sources", &[]).await;
    let second = configuration
        .split_once("[sources.chat]")
        .map(|(_, own)| format!("[sources.second]{own}"))
        .unwrap()
        .replace(
            "queue = \"wallboard reload-sources\"",
            "queue = \"second reload-sources\"",
        );
    let sources = async || -> Vec<Value> {
        let answer = wallboard.get("/api/v1/sources").await.unwrap();
        answer["sources"].as_array().unwrap().clone()
    };
    let since = sources().await[0]["since"].clone();

    wallboard.reload_with(&format!("{configuration}{second}"));
    wait_until("the second is live", SOON, async || {
        let sources = sources().await;
        let is_live = sources.len() == 2 && sources[1]["state"] == "live";
        if is_live { Ok(()) } else { Err(sources) }
    })
    .await;
    wait_for_log(&wallboard, &["source second started"]).await;
    wallboard.reload_with(&configuration);
    wait_until("the second is gone", SOON, async || {
        let queues = wallboard.get("/api/v1/queues").await?.to_string();
        let is_gone = sources().await.len() == 1 && !queues.contains("second/");
        if is_gone { Ok(()) } else { Err(queues) }
    })
    .await;

    let first = sources().await[0].clone();
    assert_eq!((&first["state"], &first["since"]), (&"live".into(), &since));
}
