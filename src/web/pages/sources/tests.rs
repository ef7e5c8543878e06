use crate::web::tests::{
    assert_contains, assert_contains_none, get_page, router_after,
    telephony::{subscription_stats, voice_router},
};
use wallboard_domain::{Input, SourceDiagnostic};

#[tokio::test]
async fn sources_page_shows_missing_messages_and_readable_errors() {
    let failed = SourceDiagnostic::Failed {
        why: "Nobody takes `collect`".to_owned(),
    };
    let router = router_after(vec![Input::Diagnostic("chat".into(), failed)]);

    let text = get_page(&router, "/sources").await.text;

    assert!(text.contains("no messages yet"), "{text}");
    assert!(text.contains("Nobody takes &#34;collect&#34;."), "{text}");
    assert!(text.contains("data-zone=\"UTC\""), "{text}");
    assert!(text.contains("Last 50 log lines"), "{text}");
}

#[tokio::test]
async fn sources_page_shows_subscription_stats_and_nothing_of_a_broker() {
    let router = voice_router(vec![subscription_stats()]);

    let text = get_page(&router, "/sources").await.text;

    let text = text.split_once("id=\"source-voice\"").unwrap().1;
    let text = text.split_once("id=\"server\"").unwrap().0;
    assert_contains(
        text,
        &[
            "Voice (Genesys)</h2>",
            "Connected, except for 4 statistics that Genesys rejects.",
            "fix the entries in the configuration",
            "<dt>Signed in</dt><dd>since",
            "<dd>api.example.com:443, long polling</dd>",
            "<dt>Subscriptions</dt><dd>2</dd>",
            "<dd>21 requested: 14 up to date, 3 without a valid value, 4 rejected</dd>",
            "<code>CurrentReadyAgents of Support</code></td><td><bdi lang=\"en\">is not defined</bdi></td>",
            ">3 more<",
        ],
    );
    assert_contains_none(
        text,
        &["broker", "exchange", "Update rate", "queued messages"],
    );
}
