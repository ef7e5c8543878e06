//! A calendar of holidays at a real address: it closes the queues that name it, and what was read last lasts while the
//! address fails, also over a restart.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode, response::IntoResponse};

use crate::support::{
    Wallboard, check, local_server::LocalServer, ports, wait_until, wallboard::base_configuration,
};

const SOON: Duration = Duration::from_secs(40);
const PAGE: &str = "/settings/queues?pattern=chat%2F*";

/// Every day is one, and a party is none.
fn calendar() -> String {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let (from, to) = (
        today.saturating_sub(jiff::Span::new().days(2)),
        today.saturating_add(jiff::Span::new().days(9)),
    );
    format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Long holidays\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20991210T150000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        from.strftime("%Y%m%d"),
        to.strftime("%Y%m%d"),
    )
}

async fn wait_for_page(wallboard: &Wallboard, words: &[&str]) {
    wait_until(&format!("the page has {words:?}"), SOON, async || {
        let page = wallboard.text(PAGE).await;
        if words.iter().all(|word| page.contains(word)) {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
}

fn configuration(port: u16, server: &LocalServer, name: &str) -> String {
    let base = base_configuration(port, port).replace(
        "[server]\n",
        "[server]\nprivate_receivers = [\"127.0.0.1\"]\n",
    );
    assert!(base.contains("private_receivers"), "{base}");
    format!(
        "{base}[sources.chat]\nkind = \"values\"\n\
         [hours]\n\"chat/*\" = {{ sun-sat = \"00:00-24:00\", holidays = \"{name}\" }}\n\
         [holidays.{name}]\ncalendar = \"{}/days.ics\"\n",
        server.url()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_closes_queues_and_stays_known_while_its_address_fails() {
    let fails = Arc::new(AtomicBool::new(false));
    let failing = Arc::clone(&fails);
    let router = Router::new().fallback(move || {
        let fails = failing.load(Ordering::Relaxed);
        async move {
            if fails {
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            } else {
                calendar().into_response()
            }
        }
    });
    let server = LocalServer::start(router).await;
    let port = ports::free();
    let text = configuration(port, &server, "sweden");
    let mut wallboard = Wallboard::start(&text, port, &[], Vec::new()).await;
    wait_for_page(
        &wallboard,
        &["Long holidays", "1 event isn’t whole days: Party"],
    )
    .await;
    let sent = serde_json::json!({ "queues": [{ "id": "chat/1", "name": "Sales", "metrics": { "waiting": 9, "longest_wait": 900 } }] });
    let sending = crate::support::http::client()
        .post(wallboard.url("/api/v1/values"))
        .json(&sent);
    assert_eq!(
        sending.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    // A long wait, and nobody is called for a closed queue.
    wait_until("the queue is closed", SOON, async || {
        let board = wallboard.text("/boards/queues").await;
        let is_closed = board.contains("Opens ") && board.contains("Sales, 9 waiting");
        if is_closed && !board.contains("data-sev=\"crit\"") {
            Ok(())
        } else {
            Err(board)
        }
    })
    .await;

    let found = check::run_configuration(&[], &text, &[]).text;
    assert!(
        found.contains("1 skipped that aren't whole days: Party"),
        "{found}"
    );

    fails.store(true, Ordering::Relaxed);
    let found = check::run_configuration(&[], &text, &[]).text;
    assert!(
        found.contains("127.0.0.1 responds with status 500"),
        "{found}"
    );
    drop(server);
    wallboard.restart("-TERM").await;
    wait_for_page(&wallboard, &["Long holidays"]).await;
    println!("measured: a calendar outlives a restart without its server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_was_never_read_says_why_on_the_page_of_hours() {
    let router = Router::new().fallback(|| async { "<html>moved</html>" });
    let server = LocalServer::start(router).await;
    let port = ports::free();
    let text = configuration(port, &server, "norway");
    let wallboard = Wallboard::start(&text, port, &[], Vec::new()).await;
    let why = "It isn’t an iCalendar file";
    wait_for_page(&wallboard, &["It hasn’t been read yet.", why]).await;
}
