//! Settings changed in the browser while the node that saves them is killed: what it acknowledged holds at all nodes,
//! and the rest is whole or absent, the same everywhere.

use std::time::Duration;

use lapin::ExchangeKind;
use reqwest::{StatusCode, header};
use tokio::time::{Instant, sleep};

use crate::{
    cluster_access::{Pair, get},
    sign_in::{PASSWORD, SignInSite},
    support::{
        Broker, NatsServer, Nodes, Vep, VngageSource, Wallboard, http, is_nightly,
        nodes::same_server, print_measured, wait_until,
    },
};

/// Until the other node of a cluster has it.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(3);
const SOON: Duration = Duration::from_secs(20);
/// Of a node that asks for the records again and again, each time for up to 10 s.
const BACK_WITHIN: Duration = Duration::from_secs(30);

/// The moment of a kill.
#[derive(Clone, Copy)]
enum Kill {
    After(Duration),
    /// As soon as the change is acknowledged.
    Acknowledged,
}

/// Two limits, so that half of an entry would be seen.
fn threshold(queue: &str, round: u32) -> String {
    format!(
        "[thresholds.\"{queue}\"]\nwaiting = {{ warn = 1, crit = {} }}\n",
        round + 2
    )
}

/// Saves an entry at the first node, and kills that. Returns whether it acknowledged the change, and after how long.
async fn save_and_kill(
    pair: &mut Pair,
    cookie: &str,
    (queue, text): (&str, &str),
    kill: Kill,
) -> (bool, Duration) {
    let node = &mut pair.nodes[0];
    let token = node.form_token(cookie).await;
    let form = [
        ("form", &*token),
        ("name", queue),
        ("toml", text),
        ("began_from", ""),
        ("action", "save"),
    ];
    let request = http::client_without_redirects()
        .post(node.wallboard.url("/settings/thresholds"))
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .form(&form);
    let began = Instant::now();
    let saving = tokio::spawn(async move { (request.send().await, began.elapsed()) });
    let (answer, lasted) = match kill {
        Kill::After(delay) => {
            sleep(delay).await;
            node.wallboard.stop("-KILL");
            saving.await.unwrap()
        }
        Kill::Acknowledged => {
            let answered = saving.await.unwrap();
            node.wallboard.stop("-KILL");
            answered
        }
    };
    let is_acknowledged = answer.is_ok_and(|answer| answer.status() == StatusCode::SEE_OTHER);
    (is_acknowledged, lasted)
}

/// The entry's text at a node; empty without one.
async fn text_at(node: &SignInSite, cookie: &str, queue: &str) -> String {
    let path = format!("/settings/thresholds?name={}", queue.replace('/', "%2F"));
    let page = get(node, &path, cookie).await.text().await.unwrap();
    // The page of no entry offers the beginning of one.
    if http::hidden_field(&page, "began_from").is_empty() {
        return String::new();
    }
    let (_, area) = page.split_once("<textarea name=\"toml\"").unwrap();
    let (_, text) = area.split_once(">\n").unwrap();
    let text = text.split("</textarea>").next().unwrap();
    text.replace("&#34;", "\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_killed_between_save_and_apply_loses_nothing_acknowledged_and_leaves_no_half() {
    let mut pair = Pair::open().await;
    pair.nodes[0].add_user("Mira", "admin");
    let mira = pair.nodes[0].sign_in("Mira", PASSWORD).await.unwrap();
    let rounds: u32 = if is_nightly() { 20 } else { 4 };
    // The first says how long a change takes; the others are killed within that time.
    let mut usual = Duration::ZERO;
    let (mut acknowledged, mut saved) = (0, 0);
    for round in 0..rounds {
        let queue = format!("chat/{round}");
        let text = threshold(&queue, round);
        let kill = match round {
            0 => Kill::Acknowledged,
            round => Kill::After(usual * (round - 1) / (rounds - 1)),
        };
        let (is_acknowledged, lasted) =
            save_and_kill(&mut pair, &mira, (&queue, &text), kill).await;
        if round == 0 {
            usual = lasted;
        }
        assert!(is_acknowledged || round != 0, "nothing disturbed the first");
        let second = &pair.nodes[1];
        if is_acknowledged {
            acknowledged += 1;
            wait_until(
                "the other node has it",
                FOLLOWED_WITHIN,
                async || match text_at(second, &mira, &queue).await {
                    found if found == text => Ok(()),
                    found => Err(found),
                },
            )
            .await;
        }
        pair.nodes[0].wallboard.start_again().await;
        let [first, second] = &pair.nodes;
        let found = wait_until("both nodes have the same", SOON, async || {
            let texts = [
                text_at(first, &mira, &queue).await,
                text_at(second, &mira, &queue).await,
            ];
            match texts {
                [one, other] if one == other => Ok(one),
                texts => Err(texts),
            }
        })
        .await;
        assert!(
            found == text || (found.is_empty() && !is_acknowledged),
            "round {round}, acknowledged: {is_acknowledged}: {found}"
        );
        saved += u32::from(!found.is_empty());
        if is_acknowledged {
            let audit = get(first, "/audit", &mira).await.text().await.unwrap();
            let subject = format!("[thresholds.&#34;{queue}&#34;]");
            assert!(audit.contains(&subject), "{subject}: {audit}");
        }
    }
    println!("{rounds} kills, {acknowledged} changes acknowledged, {saved} saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_starts_while_the_records_are_away_has_changes_of_the_browser_once_they_are_back()
 {
    let (name, nats) = ("late-records", NatsServer::start());
    let broker = Broker::shared();
    let _vep = Vep::open(broker, name, ExchangeKind::Topic, 29).await;
    let source = VngageSource::plain(broker, name);
    let mut nodes = Nodes::start(&source, &same_server(&nats, 1)).await;
    let node = &mut nodes.0[0];
    let save = async |node: &Wallboard, id: &str, title: &str| {
        let toml = format!("title = {title:?}\nqueues = [\"*\"]\n");
        let form = [("name", id), ("toml", &*toml), ("action", "save")];
        let (status, _, page) = node.send_form("/settings/boards", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    };
    save(node, "kitchen", "Kitchen").await;

    node.stop("-TERM");
    nats.stop();
    node.start_again().await;
    let boards = node.text("/boards/queues").await;
    assert!(boards.contains("id=\"board\""), "{boards}");
    let get = async |path: &str| http::client().get(node.url(path)).send().await.unwrap();
    assert_eq!(get("/settings").await.status(), StatusCode::NOT_FOUND);

    nats.start_again();
    let returned = Instant::now();
    let paths = [
        "/boards/kitchen",
        "/settings/changes",
        "/screens",
        "/announcements",
    ];
    for path in paths {
        wait_until(path, BACK_WITHIN, async || match get(path).await.status() {
            StatusCode::OK => Ok(()),
            status => Err(status),
        })
        .await;
    }
    print_measured("changes of the browser", returned.elapsed(), BACK_WITHIN);
    save(node, "hall", "Hall").await;
    assert_eq!(get("/boards/hall").await.status(), StatusCode::OK);
}
