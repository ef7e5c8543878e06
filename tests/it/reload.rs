//! SIGHUP reads the configuration again: a right file changes what it changes while
//! boards go on, a wrong one changes nothing.

use std::{fs, time::Duration};

use lapin::ExchangeKind;
use serde_json::Value;

use crate::support::{
    Broker, Browser, Mess, Vep, Vngage, Wallboard, broker, broker::url, ports, until,
    viewer::Viewer,
};

const SOON: Duration = Duration::from_secs(20);
const BOARD: &str = "title = \"North\"\n";

async fn live(name: &str, files: &[(&str, &str)]) -> (Vep, Wallboard, String) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 71).await;
    let vngage = Vngage::plain(broker, name);
    let port = ports::free();
    let configuration = vngage.configuration(port, port);
    let wallboard = Wallboard::serve_with(vngage, port, &configuration, files).await;
    wallboard.becomes("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Mess::TIDY).await;
    (vep, wallboard, configuration)
}

/// Waits until the log holds all of `words` in one line.
async fn logs(wallboard: &Wallboard, words: &[&str]) {
    until(&format!("the log says {words:?}"), SOON, async || {
        let log = wallboard.log();
        let is_said = |line: &str| words.iter().all(|word| line.contains(word));
        if log.lines().any(is_said) {
            Ok(())
        } else {
            Err(())
        }
    })
    .await;
}

/// Follows a board until `done`; every frame goes on from the one before.
async fn go_on(viewer: &mut Viewer, done: impl Future<Output = ()>) {
    let mut n = viewer.n;
    let following = async {
        loop {
            let frame = viewer.frame().await.expect("nobody is dropped");
            match frame["t"].as_str() {
                Some("d") => {
                    n += 1;
                    assert_eq!(frame["n"].as_u64(), Some(n), "{frame}");
                }
                Some("hi" | "hb") => {}
                _ => panic!("not a step from one frame to the next: {frame}"),
            }
        }
    };
    tokio::select! {
        () = following => {}
        () = done => {}
    }
    viewer.n = n;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_under_traffic_changes_what_it_says_and_drops_nobody() {
    let (vep, wallboard, configuration) = live("reload-traffic", &[]).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    assert!(viewer.open().await);
    let queues = wallboard.get("/api/v1/queues").await.unwrap();
    let id = queues["queues"][0]["id"].as_str().unwrap().to_owned();
    let name = async || -> Value {
        let queues = wallboard.get("/api/v1/queues").await.unwrap();
        let queues = queues["queues"].as_array().unwrap().clone();
        let own = queues.into_iter().find(|queue| queue["id"] == *id).unwrap();
        own["name"].clone()
    };
    let before = name().await;

    let steps = async {
        wallboard.configure(&format!("{configuration}prefech = 1\n[hide]\nqueus = []\n"));
        logs(
            &wallboard,
            &["keeping the previous one", "prefech", "`prefetch`"],
        )
        .await;
        logs(
            &wallboard,
            &["keeping the previous one", "queus", "`queues`"],
        )
        .await;
        assert_eq!(name().await, before);
        until("the sources page says so", SOON, async || {
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
        wallboard.configure(&right);
        logs(
            &wallboard,
            &["Configuration reloaded", "targets changed, names changed"],
        )
        .await;
        assert_eq!(name().await, "Renamed by reload");
        until("the page is of the new target", SOON, async || {
            let page = wallboard.text("/boards/queues").await;
            let is_new =
                page.to_lowercase().contains("within 7 s") && page.contains("Renamed by reload");
            if is_new { Ok(()) } else { Err(()) }
        })
        .await;

        let elsewhere = right.replacen("[server]\n", "[server]\nmax_viewers = 9\n", 1);
        wallboard.configure(&elsewhere.replacen("wallboard.db", "other.db", 1));
        logs(&wallboard, &["[store] url changed; restart to apply"]).await;
    };
    let traffic = vep.run(60, Duration::from_mins(1), Mess::UNTIDY);
    let busy = async {
        tokio::select! {
            () = steps => {}
            () = traffic => panic!("the steps took too long"),
        }
    };
    go_on(&mut viewer, busy).await;

    let source = wallboard.source().await.unwrap();
    assert_eq!(source["state"], "live", "{source}");
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_come_change_and_go_under_the_eyes_of_their_viewers() {
    let (_vep, wallboard, configuration) =
        live("reload-boards", &[("boards/north.toml", BOARD)]).await;
    let file = wallboard.file("boards/north.toml");
    let mut viewer = Viewer::load(&wallboard, "north").await;
    assert!(viewer.open().await);

    // Another limit is shown by the next frame, on the same socket.
    let strict = format!("{BOARD}[thresholds.\"*\"]\nwaiting = {{ crit = 0 }}\n");
    fs::write(&file, &strict).unwrap();
    let done = async {
        wallboard.configure(&configuration);
        logs(&wallboard, &["board north changed"]).await;
        until("the page is critical", SOON, async || {
            let page = wallboard.text("/boards/north").await;
            if page.contains("data-sev=\"crit\"") {
                Ok(())
            } else {
                Err(())
            }
        })
        .await;
    };
    go_on(&mut viewer, done).await;

    // A wrong board file is no reason to lose the right ones.
    fs::write(&file, "titel = \"North\"\n").unwrap();
    wallboard.configure(&configuration);
    logs(
        &wallboard,
        &["keeping the previous one", "north.toml:1:1", "titel"],
    )
    .await;

    // Another title stands outside of what frames can change.
    let browser = Browser::open(&wallboard.url("/boards/north"));
    browser
        .sees("document.title.startsWith('North ')", SOON)
        .await;
    fs::write(&file, strict.replace("North", "Nord")).unwrap();
    wallboard.configure(&configuration);
    assert_eq!(last(&mut viewer).await, (Some("cmd".into()), Some(1012)));
    browser
        .sees("document.title.startsWith('Nord ')", SOON)
        .await;
    // So does the zone of its clock.
    let mut viewer = Viewer::load(&wallboard, "north").await;
    assert!(viewer.open().await);
    let elsewhere = zoned(&configuration, "Asia/Tokyo");
    wallboard.configure(&elsewhere);
    assert_eq!(last(&mut viewer).await, (Some("cmd".into()), Some(1012)));
    browser
        .sees("document.body?.dataset.zone === 'Asia/Tokyo'", SOON)
        .await;
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
    drop(browser);

    let mut viewer = Viewer::load(&wallboard, "north").await;
    assert!(viewer.open().await);
    fs::remove_file(&file).unwrap();
    wallboard.configure(&elsewhere);
    assert_eq!(last(&mut viewer).await, (Some("bye".into()), Some(1012)));
    assert!(!viewer.open().await);
    assert!(
        wallboard
            .get("/boards/north")
            .await
            .unwrap_err()
            .contains("404")
    );
}

/// The configuration of a site in this time zone.
fn zoned(configuration: &str, zone: &str) -> String {
    let others = configuration
        .lines()
        .filter(|line| !line.starts_with("time_zone"));
    let others: Vec<_> = others.collect();
    format!("time_zone = \"{zone}\"\n{}\n", others.join("\n"))
}

/// What is said last on a socket, besides frames, and how it is closed.
async fn last(viewer: &mut Viewer) -> (Option<String>, Option<u16>) {
    let mut word = None;
    while let Some(frame) = viewer.frame().await {
        let kind = frame["t"].as_str().unwrap().to_owned();
        word = matches!(kind.as_str(), "bye" | "cmd")
            .then_some(kind)
            .or(word);
    }
    (word, viewer.closed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_that_is_mended_is_tried_at_once() {
    let broker = Broker::shared();
    let _vep = Vep::open(broker, "reload-password", ExchangeKind::Topic, 72).await;
    let vngage = Vngage::plain(broker, "reload-password");
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
    wallboard.becomes("down", SOON).await;

    fs::write(wallboard.file("secret"), right).unwrap();
    wallboard.signal("-HUP");

    // Left alone, it would try again in a minute.
    wallboard.becomes("live", SOON).await;
    until("its page has the whole story", SOON, async || {
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
async fn sources_come_and_go_and_leave_the_others_alone() {
    let (_vep, wallboard, configuration) = live("reload-sources", &[]).await;
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

    wallboard.configure(&format!("{configuration}{second}"));
    until("the second is live", SOON, async || {
        let sources = sources().await;
        let is_live = sources.len() == 2 && sources[1]["state"] == "live";
        if is_live { Ok(()) } else { Err(sources) }
    })
    .await;
    logs(&wallboard, &["source second added"]).await;
    wallboard.configure(&configuration);
    until("the second is gone", SOON, async || {
        let queues = wallboard.get("/api/v1/queues").await?.to_string();
        let is_gone = sources().await.len() == 1 && !queues.contains("second/");
        if is_gone { Ok(()) } else { Err(queues) }
    })
    .await;

    let first = sources().await[0].clone();
    assert_eq!((&first["state"], &first["since"]), (&"live".into(), &since));
}
