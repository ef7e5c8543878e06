use crate::web::tests::{
    assert_contains, assert_contains_none, case_created, connection_lost, get_page, router_after,
    router_of_lost_connection, sales_inputs,
};
use wallboard_domain::{CaseEvent, Fact, Id, Input, Update};

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
async fn case_filters_come_from_the_url_and_every_case_is_on_one_page() {
    let many = (0..120).map(|n| case_created(&format!("case {n:03}")));
    let router = router_after(sales_inputs().into_iter().chain(many).collect());
    let page_has = async |case: &str, path: &str| {
        let page = get_page(&router, path).await.text;
        page.contains(&format!("<code>{case}</code>"))
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
async fn cases_are_sorted_by_heading_and_those_who_wait_come_first() {
    let router = router_after(sales_inputs());
    let order = async |path: &str| {
        let text = get_page(&router, path).await.text;
        let rows = text.split("<tr data-key=\"").skip(1);
        let rows = rows.map(|row| row.split('"').next().unwrap().to_owned());
        (rows.collect::<Vec<_>>().join(" "), text)
    };

    let (first, text) = order("/cases").await;
    assert_eq!(first, "waits talks");
    assert_contains(
        &text,
        &[
            "<th scope=\"col\" aria-sort=\"ascending\"><a href=\"/cases?sort=state\">Status",
            "<a href=\"/cases?sort=longest\">Duration",
            "</span> Waiting</td>",
        ],
    );
    let (_, text) = order("/cases?sort=longest").await;
    assert_contains(
        &text,
        &["aria-sort=\"descending\"><a href=\"/cases?sort=shortest\">Duration"],
    );
    assert_eq!(order("/cases?sort=agent").await.0, "talks waits");
    let (waiting, text) = order("/cases?state=waiting&sort=queue").await;
    assert_eq!(waiting, "waits");
    assert_contains(
        &text,
        &["<a href=\"/cases?state=waiting&#38;sort=longest\">Wait"],
    );
}

#[tokio::test]
async fn wait_over_the_threshold_of_its_queue_is_marked_while_it_is_known() {
    // Ten minutes before all other messages.
    let event = |event| {
        Input::Update(Update {
            source: "chat".into(),
            event: "test",
            at: Some("2026-11-20T08:50:00Z".parse().unwrap()),
            fact: Fact::Case(Id::new(&"chat".into(), "early"), event),
            mistyped: 0,
        })
    };
    let early = [
        event(CaseEvent::Created {
            opportunity: None,
            solution: None,
            case_type: None,
        }),
        event(CaseEvent::Transferred {
            from_agent: None,
            from_queue: None,
            to_queue: Some(Id::new(&"chat".into(), "9002@SIP/1")),
        }),
    ];
    let inputs = [sales_inputs(), early.to_vec()].concat();
    let lost = [inputs.clone(), vec![connection_lost()]].concat();

    let live = get_page(&router_after(inputs), "/cases?state=waiting").await;
    let lost = get_page(&router_after(lost), "/cases?state=waiting").await;

    let mark = "Over the 2:00 threshold: </span>";
    assert_contains(
        &live.text,
        &["data-sev=\"crit\"><span aria-hidden=\"true\">◆", mark],
    );
    assert_contains_none(&lost.text, &[mark]);
}
