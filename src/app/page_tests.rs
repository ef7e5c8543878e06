//! Web pages over a hand-made snapshot.

use axum::{
    Router,
    http::{Request, StatusCode},
};

use crate::domain::{
    CaseEvent, ConnectionEvent, EntityKind, EntityProfile, Fact, Id, Input, Metric,
    MetricValue as Figure, NameVisibility, Pattern, SiteConfig,
};

use super::web_tests::{
    SCRIPT, case_created, get_page, profile_update, queue_reading, reading_update, router_after,
    router_of, send_request, test_site,
};

const SALES: &str = "/queues/chat/9002%40SIP%2F1";

fn case_opened(case: &str, agent: &str, queue: &str) -> Input {
    let event = CaseEvent::Opened {
        agent: Some(Id::new(&"chat".into(), agent)),
        queue: Some(Id::new(&"chat".into(), queue)),
    };
    reading_update(Fact::Case(Id::new(&"chat".into(), case), event))
}

fn agent_assigned(agent: &str, name: &str, queue: &str) -> Input {
    reading_update(Fact::Profile(EntityProfile {
        name: Some(name.into()),
        queues: Some([Id::new(&"chat".into(), queue)].into()),
        ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), agent))
    }))
}

/// Sales with a long wait, one of its agents with a case, and a waiting case without a queue.
fn sales_inputs() -> Vec<Input> {
    vec![
        profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
        queue_reading("9002@SIP/1", Metric::Waiting, Figure::Count(14)),
        queue_reading("9002@SIP/1", Metric::LongestWait, Figure::Seconds(372.0)),
        agent_assigned("eva", "Eva Karlsson", "9002@SIP/1"),
        case_created("talks"),
        case_opened("talks", "eva", "9002@SIP/1"),
        case_created("waits"),
    ]
}

fn assert_contains(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[tokio::test]
async fn queue_page_shows_the_problem_waiting_cases_and_agents() {
    let page = get_page(&router_after(sales_inputs()), SALES).await;

    assert_eq!(page.status, StatusCode::OK);
    assert_contains(
        &page.text,
        &[
            "<h1><bdi>Sales</bdi></h1>",
            "data-sev=\"crit\"",
            "the 2:00 threshold",
            "data-say=\"Sales: critical. 14 waiting. Longest wait ",
            "1 waiting case has no queue yet",
            "<a href=\"/agents/chat/eva\"><bdi>Eva K.</bdi></a>",
            "In conversation",
            "<a href=\"/boards/queues\"><bdi>Queues</bdi></a>",
        ],
    );
}

#[tokio::test]
async fn every_queue_metric_expands_to_its_explanation() {
    let page = get_page(&router_after(sales_inputs()), SALES).await;

    assert_contains(
        &page.text,
        &[
            "<dd>waiting</dd>",
            "<dd>longest_wait</dd>",
            "<dd>agents_available</dd>",
            "<dd>offered</dd>",
            "<dd>service_level</dd>",
            "answered_only: answered in time ÷ answered",
            "used instead of short_ignored because contacts",
            "set queue_of in the configuration",
            "From Chat (Vngage), 0 s ago",
            "on the board “Queues”",
        ],
    );
    // That formula excludes waiting contacts.
    assert!(!page.text.contains("Still waiting"), "{}", page.text);
}

#[tokio::test]
async fn mean_wait_of_answered_contacts_is_called_average_speed_of_answer() {
    let page = get_page(&router_after(sales_inputs()), SALES).await.text;

    let label = "<span class=\"label\">Average speed of answer</span>";
    assert_contains(&page, &[label, "average_speed_of_answer"]);
}

#[tokio::test]
async fn disconnect_stops_the_clocks_of_a_queue_page_and_is_shown() {
    let disconnected = ConnectionEvent::Disconnected {
        why: "The broker does not answer".to_owned(),
    };
    let disconnected = Input::Connection("chat".into(), disconnected);
    let router = router_after(sales_inputs().into_iter().chain([disconnected]).collect());

    let text = get_page(&router, SALES).await.text;

    assert!(!text.contains("data-since"), "{text}");
    assert_contains(&text, &["Disconnected at"]);
}

fn connection_lost() -> Input {
    let why = "The broker does not answer".to_owned();
    Input::Connection("chat".into(), ConnectionEvent::Disconnected { why })
}

fn router_of_lost_connection() -> Router {
    router_after(
        sales_inputs()
            .into_iter()
            .chain([connection_lost()])
            .collect(),
    )
}

#[tokio::test]
async fn cases_of_a_disconnected_source_are_marked_out_of_date() {
    let live = get_page(&router_after(sales_inputs()), "/cases").await.text;
    let text = get_page(&router_of_lost_connection(), "/cases").await.text;

    assert_contains(
        &text,
        &[
            "Chat disconnected at",
            "Its values are from that time.",
            "<tr data-key=\"talks\" data-state=\"open\" class=\"stale\">",
        ],
    );
    assert!(
        !live.contains("disconnected") && !live.contains("stale"),
        "{live}"
    );
}

#[tokio::test]
async fn gallery_shows_which_source_disconnected_and_when() {
    let live = get_page(&router_after(sales_inputs()), "/").await.text;
    let text = get_page(&router_of_lost_connection(), "/").await.text;

    assert_contains(
        &text,
        &["Chat disconnected at", "Its values are from that time."],
    );
    assert!(!live.contains("disconnected"), "{live}");
}

/// Returns one metric's part of a page, including its explanation.
fn find_tile<'a>(text: &'a str, id: &str) -> &'a str {
    let start = text.find(&format!("id=\"{id}\"")).unwrap();
    let end = text[start..].find("</details>").unwrap();
    &text[start..start + end]
}

#[tokio::test]
async fn never_known_values_are_not_called_out_of_date() {
    let text = get_page(&router_of_lost_connection(), SALES).await.text;

    let known = find_tile(&text, "now-waiting");
    let unknown = find_tile(&text, "today-offered");
    assert!(known.contains("<small>out of date</small>"), "{known}");
    assert!(!unknown.contains("out of date"), "{unknown}");
}

#[tokio::test]
async fn unknown_longest_wait_is_not_explained_as_no_one_waiting() {
    let router_with = |waiting| {
        router_after(vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, Figure::Count(waiting)),
        ])
    };

    let some = get_page(&router_with(3), SALES).await.text;
    let none = get_page(&router_with(0), SALES).await.text;

    let some = find_tile(&some, "now-longest_wait");
    assert!(!some.contains("No one is waiting."), "{some}");
    assert_contains(
        find_tile(&none, "now-longest_wait"),
        &["No one is waiting."],
    );
}

#[tokio::test]
async fn waiting_contacts_without_a_case_are_noted() {
    let router_with = |waiting, cases: &[&str]| {
        let mut inputs = vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, Figure::Count(waiting)),
        ];
        inputs.extend(cases.iter().map(|case| case_created(case)));
        router_after(inputs)
    };

    let all = get_page(&router_with(14, &[]), SALES).await.text;
    let one = get_page(&router_with(14, &["waits"]), SALES).await.text;
    let none = get_page(&router_with(0, &[]), SALES).await.text;

    assert_contains(
        &all,
        &["The source reports 14 waiting, more than are listed here"],
    );
    assert_contains(
        &one,
        &["The source reports 14 waiting, more than are listed here"],
    );
    assert!(!none.contains("more than are listed here"), "{none}");
}

#[tokio::test]
async fn agent_page_shows_status_clock_and_cases_without_ranking() {
    let page = get_page(&router_after(sales_inputs()), "/agents/chat/eva").await;

    assert_contains(
        &page.text,
        &[
            "<h1><bdi>Eva K.</bdi></h1>",
            "●</span> In conversation <b class=\"value\"><span data-since=",
            "<code title=\"talks\">talks</code>",
            "but not sign-in, ready or break status",
            "<dd>handled</dd>",
            "<a href=\"/queues/chat/9002%40SIP%2F1\"><bdi>Sales</bdi></a>",
        ],
    );
}

#[tokio::test]
async fn case_filters_come_from_the_url_and_every_case_is_on_one_page() {
    let many = (0..120).map(|n| case_created(&format!("case {n:03}")));
    let router = router_after(sales_inputs().into_iter().chain(many).collect());
    let page_has = async |case: &str, path: &str| {
        let page = get_page(&router, path).await.text;
        page.contains(&format!("<code title=\"{case}\">"))
    };

    assert!(page_has("talks", "/cases?state=open").await);
    assert!(!page_has("waits", "/cases?state=open").await);
    assert!(!page_has("talks", "/cases?queue=unknown").await);
    assert!(page_has("talks", "/cases?agent=chat%2Feva").await);
    assert!(!page_has("waits", "/cases?agent=chat%2Feva").await);

    let mut path = "/cases?state=waiting".to_owned();
    let mut seen = 0;
    loop {
        let page = get_page(&router, &path).await.text;
        seen += page.matches("data-state=\"waiting\"").count();
        let Some((before, _)) = page.split_once("\" data-key=\"next\"") else {
            break;
        };
        let href = before.rsplit_once("href=\"").unwrap().1;
        path = href.replace("&#38;", "&");
    }
    assert_eq!(seen, 121);
}

#[tokio::test]
async fn hidden_entities_are_not_found_and_not_named() {
    let site = SiteConfig {
        hidden_queues: vec![Pattern("chat/9002*".to_owned())],
        hidden_agents: vec![Pattern("chat/eva".to_owned())],
        ..test_site()
    };
    let router = router_of(site, sales_inputs());

    for path in [
        SALES,
        "/api/v1/queues/chat/9002%40SIP%2F1",
        "/agents/chat/eva",
        "/api/v1/agents/chat/eva",
    ] {
        let answer = get_page(&router, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/", "/cases", "/cases?state=open"] {
        let text = get_page(&router, path).await.text;
        assert!(!text.contains("<bdi>Sales"), "{path}: {text}");
        assert!(!text.contains("Eva"), "{path}: {text}");
    }
    let cases = get_page(&router, "/api/v1/cases").await.text;
    assert!(!cases.contains("talks"), "{cases}");
}

#[tokio::test]
async fn names_are_shortened_as_configured() {
    let site = SiteConfig {
        agent_names: NameVisibility::None,
        ..test_site()
    };
    let router = router_of(site, sales_inputs());

    for path in ["/", "/boards/queues", "/boards/agents"] {
        let text = get_page(&router, path).await.text.to_lowercase();
        assert!(
            !text.contains("karlsson") && !text.contains("eva"),
            "{path}"
        );
    }
    let board = get_page(&router, "/boards/agents").await.text;
    let (_, card) = board.split_once("href=\"/cards/").unwrap();
    let (token, _) = card.split_once('"').unwrap();
    let card = get_page(&router, &format!("/cards/{token}")).await;
    assert_eq!(card.status, StatusCode::SEE_OTHER);
    assert_eq!(card.location, "/agents/chat/eva");
    // The URL of an agent's page contains the vendor's id; nothing else there does.
    for path in [SALES, card.location.as_str(), "/cases"] {
        let text = get_page(&router, path).await.text;
        let has_name = text.contains("Karlsson") || text.contains("Eva");
        assert!(!has_name, "{path}: {text}");
    }

    let another = get_page(&router, "/cards/0123456789abcdef01234567").await;
    assert_eq!(another.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn unknown_urls_suggest_existing_pages() {
    let router = router_after(sales_inputs());
    let table = [
        ("/queues/chat/none", 404, SALES),
        ("/agents/chat/none", 404, "/boards/agents"),
        (
            "/cases?state=lost",
            400,
            "waiting, open, closed, abandoned, unconfirmed",
        ),
        ("/cases?queue=chat%2Fnone", 400, "Queue not found"),
        ("/cases?cursor=x", 400, "/cases"),
        ("/cases?stat=open", 400, "/cases"),
        ("/nothing", 404, "/sources"),
    ];

    for (path, status, suggestion) in table {
        let page = get_page(&router, path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(page.text.contains(suggestion), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn script_in_names_is_text_on_pages() {
    let solution = CaseEvent::Created {
        opportunity: None,
        solution: Some(SCRIPT.into()),
        case_type: None,
    };
    let router = router_after(vec![
        profile_update(EntityKind::Queue, SCRIPT, SCRIPT),
        queue_reading(SCRIPT, Metric::Waiting, Figure::Count(1)),
        agent_assigned(SCRIPT, SCRIPT, SCRIPT),
        reading_update(Fact::Case(Id::new(&"chat".into(), SCRIPT), solution)),
        case_created("talks"),
        case_opened("talks", SCRIPT, SCRIPT),
    ]);
    let escaped = percent_encoding::utf8_percent_encode(SCRIPT, percent_encoding::NON_ALPHANUMERIC);

    for path in [
        "/".to_owned(),
        "/cases".to_owned(),
        format!("/queues/chat/{escaped}"),
        format!("/agents/chat/{escaped}"),
        format!("/queues/{escaped}/{escaped}"),
        format!("/cases?state={escaped}"),
    ] {
        let page = get_page(&router, &path).await;
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(!page.text.contains("<script>alert"), "{path}");
        assert!(!page.text.contains("\"'&\u{202e}"), "{path}");
    }
}

#[tokio::test]
async fn gallery_fits_from_zero_to_two_hundred_queues() {
    for n in [0, 1, 12, 200] {
        let queues = (0..n).flat_map(|n| {
            let id = n.to_string();
            [
                profile_update(EntityKind::Queue, &id, &format!("Queue {n:03}")),
                queue_reading(&id, Metric::Waiting, Figure::Count(n)),
            ]
        });
        let router = router_after(queues.collect());

        let text = get_page(&router, "/").await.text;

        assert_eq!(text.matches("data-watch=").count() as u64, n);
        assert_eq!(text.contains(&format!("Queues ({n})")), 0 < n);
        assert!(text.contains("Show on TV"));
    }
}

#[tokio::test]
async fn unsupported_method_is_explained_on_a_page() {
    let router = router_after(sales_inputs());
    for path in ["/", "/cases", SALES, "/boards/queues", "/sources"] {
        let page = send_request(&router, Request::post(path)).await;

        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert_contains(&page.text, &["This page is read-only", "/sources"]);
    }
    let api = send_request(&router, Request::post("/api/v1/queues")).await;
    assert_eq!(api.kind, "application/problem+json");
}
