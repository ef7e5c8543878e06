use std::sync::atomic::Ordering::SeqCst;

use parking_lot::Mutex;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::genesys::bayeux::{
    RequestSigner,
    message::{CONNECT, DISCONNECT, HANDSHAKE},
    test_server::{BayeuxTestServer, ScriptedAnswer, UPDATES, start_test_server},
};

/// A token that can be renewed.
struct TokenSigner(Mutex<&'static str>);

impl RequestSigner for TokenSigner {
    fn auth_headers(&self) -> HeaderMap {
        let token = HeaderValue::from_static(*self.0.lock());
        HeaderMap::from_iter([(reqwest::header::AUTHORIZATION, token)])
    }

    fn repeats_secret(&self, words: &str) -> bool {
        words.contains(*self.0.lock())
    }
}

struct ClientFixture {
    stand_in: BayeuxTestServer,
    endpoint: BayeuxEndpoint,
    memory: BayeuxMemory,
    token: Arc<TokenSigner>,
}

async fn client_fixture(transport: NotificationTransport) -> ClientFixture {
    let stand_in = start_test_server().await;
    let token = Arc::new(TokenSigner(Mutex::new("bearer 1")));
    let endpoint = stand_in.endpoint(transport, Arc::clone(&token) as Arc<dyn RequestSigner>);
    ClientFixture {
        stand_in,
        endpoint,
        memory: BayeuxMemory::default(),
        token,
    }
}

impl ClientFixture {
    async fn open_client(&self) -> Result<(BayeuxClient, SessionStart), BayeuxError> {
        BayeuxClient::open_session(&self.endpoint, &self.memory).await
    }

    /// Opens a client, ends its next connect with `answer`, and returns the error.
    async fn fails_with(&self, answer: ScriptedAnswer) -> BayeuxError {
        let (mut client, _) = self.open_client().await.unwrap();
        self.stand_in.script_answer(CONNECT, answer);
        client.next_events().await.unwrap_err()
    }
}

fn update_message(number: u64) -> Value {
    json!({"channel": UPDATES, "data": {"number": number}})
}

async fn receive_numbers(client: &mut BayeuxClient, count: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        for event in client.next_events().await.unwrap().events {
            assert_eq!(event.channel, UPDATES);
            let data: Value = serde_json::from_str(event.data.get()).unwrap();
            numbers.push(data["number"].as_u64().unwrap());
        }
    }
    numbers
}

#[tokio::test]
async fn opens_with_signed_requests_at_the_url_of_each_kind() {
    let fixture = client_fixture(NotificationTransport::Auto).await;

    let (_client, opened) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    assert_eq!(opened, SessionStart::New);
    let requests = fixture.stand_in.received_requests();
    let paths: Vec<&str> = requests.iter().map(|a| a.path.as_str()).collect();
    let base = "/statistics/v3/notifications";
    let connect = format!("{base}/connect");
    assert_eq!(
        paths,
        [&format!("{base}/handshake"), base, &connect, &connect]
    );
    assert!(
        requests
            .iter()
            .all(|a| a.headers["authorization"] == "bearer 1")
    );
    assert_eq!(requests[0].headers.get("cookie"), None);
    assert!(
        requests[1..]
            .iter()
            .all(|a| a.headers["cookie"] == "BAYEUX_BROWSER=b1")
    );
}

#[tokio::test]
async fn renewed_token_is_in_the_next_connect_of_the_same_session() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    *fixture.token.0.lock() = "bearer 2";
    fixture
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Success(vec![update_message(1)]));
    receive_numbers(&mut client, 1).await;
    fixture.stand_in.wait_until_listening(1).await;

    assert_eq!(
        fixture.stand_in.received_requests().last().unwrap().headers["authorization"],
        "bearer 2"
    );
    assert_eq!(fixture.stand_in.count_requests(HANDSHAKE), 1);
}

#[tokio::test]
async fn connects_continue_one_at_a_time_while_events_wait() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = fixture.open_client().await.unwrap();

    for number in 0..20 {
        fixture.stand_in.script_answer(
            CONNECT,
            ScriptedAnswer::Success(vec![update_message(number)]),
        );
    }
    fixture.stand_in.wait_until_listening(20).await;

    assert_eq!(
        receive_numbers(&mut client, 20).await,
        (0..20).collect::<Vec<_>>()
    );
    assert_eq!(fixture.stand_in.server.most_connects_held.load(SeqCst), 1);
}

#[tokio::test]
async fn words_that_repeat_a_secret_are_not_shown() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let failed =
        |words: &str| ScriptedAnswer::Failed(json!([{"successful": false, "error": words}]));

    let shown = fixture.fails_with(failed("500::not now")).await;
    assert!(shown.to_string().contains("500 not now"), "{shown}");

    // It's cut in the middle of the secret.
    let words = format!("500::{}bearer 1", "x".repeat(110));
    let hidden = fixture.fails_with(failed(&words)).await;
    assert_eq!(hidden.to_string(), "the notification service failed");
}

#[tokio::test]
async fn overflowing_inbox_is_an_error_and_not_a_wait() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = fixture.open_client().await.unwrap();
    let large = json!({"channel": UPDATES, "data": "x".repeat(7 << 20)});

    for _ in 0..3 {
        fixture
            .stand_in
            .script_answer(CONNECT, ScriptedAnswer::Success(vec![large.clone()]));
    }
    let ends = async {
        while !client.driver.is_finished() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), ends).await.unwrap();

    assert_eq!(client.next_events().await.unwrap().events.len(), 2);
    assert_eq!(
        client.next_events().await.unwrap_err(),
        BayeuxError::InboxFull
    );
    assert_eq!(
        fixture.open_client().await.unwrap().1,
        SessionStart::Resumed
    );
}

#[tokio::test]
async fn waiting_for_events_can_be_canceled_at_any_time() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    for number in 0..50 {
        fixture.stand_in.script_answer(
            CONNECT,
            ScriptedAnswer::Success(vec![update_message(number)]),
        );
        for _ in 0..3 {
            select! {
                biased;
                events = client.next_events() => panic!("{events:?}"),
                () = std::future::ready(()) => {}
            }
        }
        assert_eq!(receive_numbers(&mut client, 1).await, [number]);
    }
}

#[tokio::test]
async fn session_is_resumed_after_any_connection_failure() {
    let broken = [
        (
            ScriptedAnswer::Cut(r#"[{"channel":"/meta/con"#),
            BayeuxError::Lost,
        ),
        (ScriptedAnswer::Http(503, "away"), BayeuxError::Status(503)),
        (
            ScriptedAnswer::Http(500, r#"{"status":500,"error":"Internal Server Error"}"#),
            BayeuxError::Status(500),
        ),
        (
            ScriptedAnswer::Long(17 << 20),
            BayeuxError::TooLarge(16 << 20),
        ),
    ];
    for (answer, error) in broken {
        let fixture = client_fixture(NotificationTransport::LongPolling).await;
        assert_eq!(fixture.fails_with(answer).await, error);

        let (mut client, opened) = fixture.open_client().await.unwrap();

        assert_eq!(opened, SessionStart::Resumed, "{error}");
        assert_eq!(fixture.stand_in.count_requests(HANDSHAKE), 1);
        fixture
            .stand_in
            .script_answer(CONNECT, ScriptedAnswer::Success(vec![update_message(1)]));
        receive_numbers(&mut client, 1).await;
    }
}

#[tokio::test]
async fn reply_that_is_not_bayeux_is_quoted_from_its_start() {
    for body in [
        "<html><body>Service Unavailable</body></html>",
        r#"[{"channel":"/meta/connect","successful":tr"#,
        "",
    ] {
        let fixture = client_fixture(NotificationTransport::LongPolling).await;

        let error = fixture.fails_with(ScriptedAnswer::Http(200, body)).await;

        assert!(matches!(error, BayeuxError::Unreadable(_)), "{error}");
        assert!(
            error.to_string().contains(body.get(..20).unwrap_or("")),
            "{error}"
        );
        assert_eq!(
            fixture.open_client().await.unwrap().1,
            SessionStart::Resumed
        );
    }
}

#[tokio::test]
async fn complete_reply_without_an_answer_fails_immediately() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;

    let error = fixture.fails_with(ScriptedAnswer::Http(200, "[]")).await;

    assert!(matches!(error, BayeuxError::Unreadable(_)), "{error}");
}

#[tokio::test]
async fn hung_connect_times_out() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    tokio::time::pause();
    let hung = Instant::now();
    let error = client.next_events().await.unwrap_err();

    assert!(matches!(error, BayeuxError::NoAnswer(_)), "{error}");
    assert!(hung.elapsed() <= Duration::from_secs(31));
    tokio::time::resume();
    fixture.stand_in.wait_until_none_held().await;
}

#[tokio::test]
async fn expired_token_spares_the_session_but_two_rejections_end_it() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let rejected = BayeuxError::Unauthorized(401);
    assert_eq!(
        fixture.fails_with(ScriptedAnswer::Http(401, "")).await,
        rejected
    );
    assert_eq!(
        fixture.open_client().await.unwrap().1,
        SessionStart::Resumed
    );

    assert_eq!(
        fixture.fails_with(ScriptedAnswer::Http(401, "")).await,
        rejected
    );
    fixture
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Http(401, ""));
    assert_eq!(fixture.open_client().await.unwrap_err(), rejected);

    assert_eq!(fixture.open_client().await.unwrap().1, SessionStart::New);
    assert_eq!(fixture.stand_in.count_requests(HANDSHAKE), 2);
}

#[tokio::test]
async fn forgotten_session_ends_the_run_and_the_next_one_handshakes() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let gone = json!([{"successful": false, "error": "402::Unknown client",
                       "advice": {"reconnect": "handshake", "interval": 0}}]);

    let error = fixture.fails_with(ScriptedAnswer::Failed(gone)).await;
    assert!(matches!(error, BayeuxError::SessionGone(_)), "{error}");

    assert_eq!(fixture.open_client().await.unwrap().1, SessionStart::New);
}

#[tokio::test]
async fn events_sent_with_the_end_of_a_session_come_before_the_end() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = fixture.open_client().await.unwrap();
    let gone =
        json!([{"successful": false, "advice": {"reconnect": "handshake"}}, update_message(9)]);

    fixture
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Failed(gone));

    assert_eq!(receive_numbers(&mut client, 1).await, [9]);
    let error = client.next_events().await.unwrap_err();
    assert!(matches!(error, BayeuxError::SessionGone(_)), "{error}");
}

#[tokio::test]
async fn session_forgotten_between_runs_is_replaced_in_the_same_run() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    drop(fixture.open_client().await.unwrap());
    let gone = json!([{"successful": false, "error": "402::Unknown client",
                       "advice": {"reconnect": "handshake"}}]);
    fixture.stand_in.wait_until_none_held().await;
    fixture
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Failed(gone));

    assert_eq!(fixture.open_client().await.unwrap().1, SessionStart::New);
}

#[tokio::test]
async fn advice_none_ends_all_requests() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let stay_away = json!([{"successful": false, "advice": {"reconnect": "none"}}]);

    let error = fixture.fails_with(ScriptedAnswer::Failed(stay_away)).await;

    assert!(matches!(error, BayeuxError::Forbidden(_)), "{error}");
    fixture.stand_in.wait_until_none_held().await;
    assert_eq!(fixture.stand_in.count_requests(DISCONNECT), 0);
    assert!(
        fixture
            .stand_in
            .received_requests()
            .last()
            .unwrap()
            .is_listening()
    );
}

#[tokio::test]
async fn dropped_client_is_silent_immediately_and_can_be_resumed() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (client, _) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    drop(client);
    fixture.stand_in.wait_until_none_held().await;

    assert_eq!(fixture.stand_in.count_requests(DISCONNECT), 0);
    assert_eq!(
        fixture.open_client().await.unwrap().1,
        SessionStart::Resumed
    );
}

#[tokio::test]
async fn closed_client_disconnects_despite_a_held_connect() {
    for transport in [
        NotificationTransport::LongPolling,
        NotificationTransport::WebSocket,
    ] {
        let fixture = client_fixture(transport).await;
        let (client, _) = fixture.open_client().await.unwrap();
        fixture.stand_in.wait_until_listening(0).await;

        client.close_session().await;

        let requests = fixture.stand_in.received_requests();
        assert_eq!(requests.last().unwrap().channel(), DISCONNECT);
        assert_eq!(requests.last().unwrap().messages[0]["clientId"], "a1");
        fixture.stand_in.wait_until_none_held().await;
        assert_eq!(fixture.open_client().await.unwrap().1, SessionStart::New);
    }
}

#[tokio::test]
async fn closing_takes_bounded_time_without_a_response() {
    let fixture = client_fixture(NotificationTransport::LongPolling).await;
    let (client, _) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;
    fixture
        .stand_in
        .script_answer(DISCONNECT, ScriptedAnswer::Never);

    tokio::time::pause();
    let begun = Instant::now();
    client.close_session().await;

    assert!(begun.elapsed() <= DISCONNECT_TIMEOUT + Duration::from_millis(10));
}

#[tokio::test]
async fn session_moves_to_an_offered_websocket_and_stays() {
    let fixture = client_fixture(NotificationTransport::Auto).await;
    fixture.stand_in.server.offers_websocket.store(true, SeqCst);
    let (mut client, _) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    // The event arrives without a reply to the connect.
    let pushed = json!([update_message(7)]).to_string();
    fixture.stand_in.server.pushes.send(pushed).unwrap();
    assert_eq!(receive_numbers(&mut client, 1).await, [7]);

    let requests = fixture.stand_in.received_requests();
    assert_eq!(requests[0].path, "/statistics/v3/notifications/handshake");
    for request in &requests[1..] {
        assert_eq!(request.path, "websocket");
        assert_eq!(request.headers["cookie"], "BAYEUX_BROWSER=b1");
        assert_eq!(request.headers["authorization"], "bearer 1");
        assert_eq!(request.messages[0]["clientId"], "a1");
    }
    assert_eq!(
        requests.last().unwrap().messages[0]["connectionType"],
        "websocket"
    );

    fixture
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Cut(""));
    assert_eq!(client.next_events().await.unwrap_err(), BayeuxError::Lost);
    assert_eq!(
        fixture.open_client().await.unwrap().1,
        SessionStart::Resumed
    );
    let requests = fixture.stand_in.received_requests();
    assert!(requests[1..].iter().all(|a| a.path == "websocket"));
    // Cookies of an upgrade count like any others.
    let cookies = requests.last().unwrap().headers["cookie"].to_str().unwrap();
    assert!(cookies.contains("ROUTE=r1"), "{cookies}");
}

#[tokio::test]
async fn rejected_upgrade_means_long_polling_without_a_retry() {
    let fixture = client_fixture(NotificationTransport::Auto).await;
    fixture.stand_in.server.offers_websocket.store(true, SeqCst);
    fixture.stand_in.server.refuses_upgrades.store(true, SeqCst);

    for _ in 0..3 {
        let (mut client, opened) = fixture.open_client().await.unwrap();
        assert_eq!(opened, SessionStart::New);
        fixture
            .stand_in
            .script_answer(CONNECT, ScriptedAnswer::Success(vec![update_message(1)]));
        receive_numbers(&mut client, 1).await;
        client.close_session().await;
    }

    assert_eq!(fixture.stand_in.server.upgrades.load(SeqCst), 1);
}

#[tokio::test]
async fn failing_websocket_falls_back_to_long_polling_in_the_same_session() {
    let fixture = client_fixture(NotificationTransport::Auto).await;
    fixture.stand_in.server.offers_websocket.store(true, SeqCst);
    fixture
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Cut(""));
    assert_eq!(fixture.open_client().await.unwrap_err(), BayeuxError::Lost);

    let (_client, opened) = fixture.open_client().await.unwrap();
    fixture.stand_in.wait_until_listening(0).await;

    assert_eq!(opened, SessionStart::New);
    let requests = fixture.stand_in.received_requests();
    assert_eq!(
        requests.last().unwrap().path,
        "/statistics/v3/notifications/connect"
    );
    assert_eq!(
        requests.last().unwrap().messages[0]["connectionType"],
        "long-polling"
    );
    assert_eq!(fixture.stand_in.count_requests(HANDSHAKE), 1);
}

#[tokio::test]
async fn websocket_transport_handshakes_on_it_or_explains_why_not() {
    let fixture = client_fixture(NotificationTransport::WebSocket).await;
    let (client, _) = fixture.open_client().await.unwrap();
    assert!(
        fixture
            .stand_in
            .received_requests()
            .iter()
            .all(|a| a.path == "websocket")
    );
    client.close_session().await;

    fixture.stand_in.server.refuses_upgrades.store(true, SeqCst);
    let error = fixture.open_client().await.unwrap_err();
    assert!(matches!(error, BayeuxError::NoWebSocket(_)), "{error}");
}

#[tokio::test]
async fn redirect_of_either_transport_is_named_unless_it_repeats_a_secret() {
    for transport in [
        NotificationTransport::LongPolling,
        NotificationTransport::WebSocket,
    ] {
        let fixture = client_fixture(transport).await;
        fixture.stand_in.server.refuses_upgrades.store(true, SeqCst);
        *fixture.token.0.lock() = "hush";
        let error_of = async |location| {
            *fixture.stand_in.server.redirect.lock() = location;
            fixture.open_client().await.unwrap_err().to_string()
        };

        let named = error_of("https://sso.example.com/login?token=hush").await;
        assert!(
            named.contains("redirects to https://sso.example.com (HTTP status 302)"),
            "{named}"
        );
        let repeating = error_of("/login/hush").await;
        assert!(!repeating.contains("hush"), "{repeating}");
    }
}

#[tokio::test]
async fn upgrade_that_is_redirected_means_long_polling() {
    let fixture = client_fixture(NotificationTransport::Auto).await;
    fixture.stand_in.server.offers_websocket.store(true, SeqCst);
    let (client, _) = fixture.open_client().await.unwrap();
    drop(client);
    fixture.stand_in.server.refuses_upgrades.store(true, SeqCst);
    *fixture.stand_in.server.redirect.lock() = "/login";

    let (_client, opened) = fixture.open_client().await.unwrap();

    assert_eq!(opened, SessionStart::Resumed);
    let last = fixture.stand_in.received_requests().pop().unwrap();
    assert_eq!(last.path, "/statistics/v3/notifications/connect");
}

#[tokio::test]
async fn unreachable_server_is_explained_in_words() {
    for transport in [
        NotificationTransport::LongPolling,
        NotificationTransport::WebSocket,
    ] {
        let mut fixture = client_fixture(transport).await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        fixture.endpoint.url.set_port(Some(port)).unwrap();

        let error = fixture.open_client().await.unwrap_err();

        assert!(error.to_string().contains("connection refused"), "{error}");
    }
}
