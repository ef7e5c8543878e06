//! Figures of a queue or an agent in rows of the other: filtered or refused, never those of all.

use axum::http::StatusCode;

use crate::web::tests::get_page;

use super::{QUERY, history_router, text_between, timestamp_at};

#[tokio::test]
async fn rows_that_no_export_has_for_a_queue_or_an_agent_are_refused_everywhere() {
    let (router, fixture) = history_router().await;
    let groups = "are only available for all";
    let refused = [
        ("queue=calls%2F1&by=queue_group", groups),
        ("queue=calls%2F1&by=agent_group", groups),
        ("agent=calls%2F7&by=queue_group", groups),
        ("agent=calls%2F7&by=agent_group", groups),
        (
            "queue=calls%2F1&agent=calls%2F7",
            "Choose queues or an agent, not both.",
        ),
        (
            "queue=calls%2F1&agent=calls%2F7&by=queue",
            "Choose queues or an agent, not both.",
        ),
    ];
    let check = async |query: &str, expected: &str| {
        for file in ["", ".csv", ".xlsx"] {
            let path = format!("/history{file}?{QUERY}&{query}");
            let page = get_page(&router, &path).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(page.text.contains(expected), "{path}: {}", page.text);
        }
    };
    for (query, expected) in refused {
        check(query, expected).await;
    }
    let page = get_page(&router, &format!("/history?{QUERY}&{}", refused[0].0)).await;
    assert!(
        page.text.contains("<bdi>These queues by time</bdi></a>"),
        "{}",
        page.text
    );

    // Only single calls say what an agent handled in a queue.
    fixture.change_export(|export| export.has_calls = false);
    for query in ["queue=calls%2F1&by=agent", "agent=calls%2F7&by=queue"] {
        check(query, "Calls doesn’t include individual calls").await;
    }
}

#[tokio::test]
async fn rows_of_an_agent_and_queues_have_nothing_of_other_calls() {
    let (router, _fixture) = history_router().await;

    // The store has figures of intervals, but no call.
    for query in ["queue=calls%2F1&by=agent", "agent=calls%2F7&by=queue"] {
        let file = get_page(&router, &format!("/history.csv?{QUERY}&{query}")).await;
        let rows = file.text.lines().filter(|line| line.contains("calls/"));
        assert_eq!(rows.count(), 0, "{}", file.text);
        let page = get_page(&router, &format!("/history?{QUERY}&{query}")).await;
        assert!(page.text.contains("<p>No rows</p>"), "{}", page.text);
        // Neither groups nor the other rows are offered.
        assert!(!page.text.contains("\"queue_group\""), "{}", page.text);
    }
}

#[tokio::test]
async fn a_handled_cell_leads_to_its_calls_and_they_lead_back() {
    let (router, fixture) = history_router().await;
    // Agent 7 handles three calls in queue 1 and one in queue 2.
    let calls = [(1, 1, 7, 8), (2, 1, 7, 9), (3, 2, 7, 9), (4, 1, 7, 9)].map(
        |(call, queue, agent, hour)| {
            let joined = timestamp_at(hour, 0);
            let (answered, left) = (joined + 10, joined + 110);
            format!("{call},{queue},{agent},{joined},{answered},{left},u{call}\n")
        },
    );
    let header = "queue_call_id,queue_id,agent_id,time_join,time_connect,time_leave,uuid\n";
    let content = format!("{header}{}", calls.concat());
    fixture.import_calls("20261112", content).await;
    let get = async |path: &str| get_page(&router, &path.replace("&#38;", "&")).await;

    for (query, expected) in [
        ("queue=calls%2F1&by=agent", vec![3]),
        ("agent=calls%2F7&by=queue", vec![1, 3]),
    ] {
        let page = get(&format!("/history?{QUERY}&{query}")).await;
        let body = text_between(&page.text, "<tbody>", "</tbody>").concat();
        let mut counts = Vec::new();
        for link in text_between(&body, "href=\"/history/calls?", "</a>") {
            let (address, text) = link.split_once("\">").unwrap();
            // The cells of averages list the same calls.
            let Ok(count) = text.parse::<usize>() else {
                continue;
            };
            let listed = get(&format!("/history/calls?{address}")).await;
            let rows = text_between(&listed.text, "data-label=\"Outcome\"", "</td>");
            assert_eq!(rows.len(), count, "{address}: {}", listed.text);
            assert!(rows.iter().all(|row| row.contains("Answered")), "{rows:?}");
            let back = text_between(&listed.text, "you are\"><a href=\"", "\"")[0].to_owned();
            let page = get(&back).await;
            assert_eq!(page.status, StatusCode::OK, "{back}: {}", page.text);
            assert!(page.text.contains(">Handled"), "{back}: {}", page.text);
            counts.push(count);
        }
        counts.sort_unstable();
        assert_eq!(counts, expected, "{query}: {}", page.text);
    }
}

#[tokio::test]
async fn hours_of_an_agent_are_unknown_in_a_heat_map() {
    let (router, _fixture) = history_router().await;
    let path = format!("/history?{QUERY}&agent=calls%2F7&view=heatmap");

    let page = get_page(&router, &path).await.text;

    assert!(
        !page.contains("<td class=\"none\"><span class=\"unseen\">no calls</span></td>"),
        "{page}"
    );
    let unknown = "<td class=\"unknown\"><span aria-label=\"unknown\" role=\"img\">–</span></td>";
    assert!(page.contains(unknown), "{page}");
    assert!(page.contains("Heat maps have calls of queues"), "{page}");
}
