use crate::web::tests::{
    assert_contains, case_created, get_page, router_after, router_of_lost_connection, sales_inputs,
};

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
