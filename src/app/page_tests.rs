//! The desk pages over a picture made by hand.

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

/// Sales with a long wait, an agent of it with a case, and somebody without a queue.
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
async fn a_queue_says_what_is_wrong_who_waits_and_who_serves_it() {
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
async fn every_figure_of_a_queue_opens_what_it_is() {
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
    // Of that formula it would not be true.
    assert!(!page.text.contains("Still waiting"), "{}", page.text);
}

#[tokio::test]
async fn the_average_of_waits_until_the_answer_is_called_by_its_field_term() {
    let page = get_page(&router_after(sales_inputs()), SALES).await.text;

    let label = "<span class=\"label\">Average speed of answer</span>";
    assert_contains(&page, &[label, "average_speed_of_answer"]);
    assert!(!page.contains("Time to answer"), "{page}");
}

#[tokio::test]
async fn a_lost_line_stops_the_clocks_of_a_queue_and_is_said() {
    let lost = ConnectionEvent::Disconnected {
        why: "The broker does not answer".to_owned(),
    };
    let lost = Input::Connection("chat".into(), lost);
    let router = router_after(sales_inputs().into_iter().chain([lost]).collect());

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
async fn cases_of_a_lost_line_are_not_shown_as_if_they_were_of_now() {
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
async fn the_gallery_names_a_lost_line_and_since_when() {
    let live = get_page(&router_after(sales_inputs()), "/").await.text;
    let text = get_page(&router_of_lost_connection(), "/").await.text;

    assert_contains(
        &text,
        &["Chat disconnected at", "Its values are from that time."],
    );
    assert!(!live.contains("disconnected"), "{live}");
}

/// One figure's part of a page, with what explains it.
fn find_tile<'a>(text: &'a str, id: &str) -> &'a str {
    let start = text.find(&format!("id=\"{id}\"")).unwrap();
    let end = text[start..].find("</details>").unwrap();
    &text[start..start + end]
}

#[tokio::test]
async fn nothing_is_called_not_fresh_that_was_never_known() {
    let text = get_page(&router_of_lost_connection(), SALES).await.text;

    let known = find_tile(&text, "now-waiting");
    let unknown = find_tile(&text, "today-offered");
    assert!(known.contains("<small>out of date</small>"), "{known}");
    assert!(!unknown.contains("out of date"), "{unknown}");
}

#[tokio::test]
async fn while_somebody_waits_a_longest_wait_is_not_unknown_because_nobody_does() {
    let said = |waiting| {
        router_after(vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, Figure::Count(waiting)),
        ])
    };

    let some = get_page(&said(3), SALES).await.text;
    let none = get_page(&said(0), SALES).await.text;

    let some = find_tile(&some, "now-longest_wait");
    assert!(!some.contains("Nobody waits"), "{some}");
    assert_contains(
        find_tile(&none, "now-longest_wait"),
        &["No one is waiting."],
    );
}

#[tokio::test]
async fn who_waits_by_count_and_is_no_case_here_is_told() {
    let counted = |waiting, cases: &[&str]| {
        let mut inputs = vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, Figure::Count(waiting)),
        ];
        inputs.extend(cases.iter().map(|case| case_created(case)));
        router_after(inputs)
    };

    let all = get_page(&counted(14, &[]), SALES).await.text;
    let one = get_page(&counted(14, &["waits"]), SALES).await.text;
    let none = get_page(&counted(0, &[]), SALES).await.text;

    assert_contains(
        &all,
        &["The source reports 14 waiting, more than are listed here"],
    );
    assert_contains(
        &one,
        &["The source reports 14 waiting, more than are listed here"],
    );
    assert!(!none.contains("The queue counts"), "{none}");
}

#[tokio::test]
async fn an_agent_has_a_state_with_a_clock_their_cases_and_no_ranking() {
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
async fn cases_are_filtered_by_the_address_and_every_one_is_on_one_page() {
    let many = (0..120).map(|n| case_created(&format!("case {n:03}")));
    let router = router_after(sales_inputs().into_iter().chain(many).collect());
    let is_on = async |case: &str, path: &str| {
        let page = get_page(&router, path).await.text;
        page.contains(&format!("<code title=\"{case}\">"))
    };

    assert!(is_on("talks", "/cases?state=open").await);
    assert!(!is_on("waits", "/cases?state=open").await);
    assert!(!is_on("talks", "/cases?queue=unknown").await);
    assert!(is_on("talks", "/cases?agent=chat%2Feva").await);
    assert!(!is_on("waits", "/cases?agent=chat%2Feva").await);

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
async fn what_is_hidden_is_not_reached_by_address_and_not_named() {
    let hiding = SiteConfig {
        hidden_queues: vec![Pattern("chat/9002*".to_owned())],
        hidden_agents: vec![Pattern("chat/eva".to_owned())],
        ..test_site()
    };
    let router = router_of(hiding, sales_inputs());

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
async fn names_are_as_private_as_the_configuration_says() {
    let nameless = SiteConfig {
        agent_names: NameVisibility::None,
        ..test_site()
    };
    let router = router_of(nameless, sales_inputs());

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
    // The address of a page has the vendor's id; nothing else there does.
    for path in [SALES, card.location.as_str(), "/cases"] {
        let text = get_page(&router, path).await.text;
        let is_named = text.contains("Karlsson") || text.contains("Eva");
        assert!(!is_named, "{path}: {text}");
    }

    let another = get_page(&router, "/cards/0123456789abcdef01234567").await;
    assert_eq!(another.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_without_anything_says_what_is_there_instead() {
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

    for (path, status, instead) in table {
        let page = get_page(&router, path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(page.text.contains(instead), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn script_in_names_is_text_on_desk_pages() {
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
    let at = percent_encoding::utf8_percent_encode(SCRIPT, percent_encoding::NON_ALPHANUMERIC);

    for path in [
        "/".to_owned(),
        "/cases".to_owned(),
        format!("/queues/chat/{at}"),
        format!("/agents/chat/{at}"),
        format!("/queues/{at}/{at}"),
        format!("/cases?state={at}"),
    ] {
        let page = get_page(&router, &path).await;
        assert_eq!(page.kind, "text/html; charset=utf-8", "{path}");
        assert!(!page.text.contains("<script>alert"), "{path}");
        assert!(!page.text.contains("\"'&\u{202e}"), "{path}");
    }
}

#[tokio::test]
async fn the_gallery_holds_one_queue_or_two_hundred() {
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
async fn what_cannot_be_done_at_an_address_is_said_on_a_page() {
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
