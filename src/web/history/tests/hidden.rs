//! Queues and agents that `[hide]` hides: they count wherever they are selected, and notes say which
//! rows leave them out.

use axum::Router;

use crate::web::tests::{get_page, test_site};
use wallboard_domain::{Id, Pattern, QueueGroup};

use super::{HistoryFixture, QUERY, history_fixture, router_over, text_between};

/// Queue 2 is hidden, and in a group with queue 1.
async fn router_with_hidden_queue() -> (Router, HistoryFixture) {
    let fixture = history_fixture().await;
    let mut site = test_site();
    site.hidden_queues.push(Pattern("calls/2".to_owned()));
    site.groups.push(QueueGroup {
        id: Id::new(&"group".into(), "both"),
        name: "Both".to_owned(),
        queues: ["1", "2"].map(|id| Id::new(&"calls".into(), id)).into(),
    });
    let router = router_over(&fixture, site, Vec::new());
    (router, fixture)
}

#[tokio::test]
async fn a_hidden_queue_counts_in_every_selection_that_has_it() {
    let (router, _fixture) = router_with_hidden_queue().await;
    for queues in [
        "queue=group%2Fboth",
        "queue=calls%2F1&queue=calls%2F2",
        "queue=group%2Fboth&queue=calls%2F1",
    ] {
        let page = get_page(&router, &format!("/history?{QUERY}&{queues}")).await;
        let file = get_page(&router, &format!("/history.csv?{QUERY}&{queues}")).await;

        let tiles = text_between(&page.text, "<b class=\"value\"><span>", "</span>");
        assert_eq!(tiles[0], "25", "{queues}: {}", page.text);
        let bar = "09:00–09:30: 10 offered";
        assert!(page.text.contains(bar), "{queues}: {}", page.text);
        let total = file.text.lines().find(|line| line.starts_with("Total,"));
        let total = total.unwrap();
        assert!(total.starts_with("Total,,25,22,3,"), "{queues}: {total}");
    }
}

#[tokio::test]
async fn rows_of_some_queues_say_which_hidden_ones_they_leave_out() {
    let (router, _fixture) = router_with_hidden_queue().await;
    let note = "1 queue is hidden: not listed, and not in the rows’ total.";
    for (queues, is_noted) in [
        ("", true),
        ("&queue=group%2Fboth", true),
        ("&queue=calls%2F1&queue=calls%2F2", true),
        ("&queue=calls%2F1", false),
    ] {
        for path in ["/history", "/history.csv"] {
            let text = get_page(&router, &format!("{path}?{QUERY}{queues}&by=queue"))
                .await
                .text;
            assert_eq!(text.contains(note), is_noted, "{path} {queues}: {text}");
        }
    }
}
