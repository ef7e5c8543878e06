use std::sync::{Mutex, atomic::Ordering::SeqCst};

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::sources::genesys::bayeux::{
    RequestSigner,
    message::{CONNECT, DISCONNECT, HANDSHAKE},
    test_server::{BayeuxTestServer, ScriptedAnswer, UPDATES, start_test_server},
};

/// A token that can be renewed.
struct TokenSigner(Mutex<&'static str>);

impl RequestSigner for TokenSigner {
    fn auth_headers(&self) -> HeaderMap {
        let token = HeaderValue::from_static(*self.0.lock().unwrap());
        HeaderMap::from_iter([(reqwest::header::AUTHORIZATION, token)])
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

    /// Opens, lets the next connect end in that, and tells what it ends in.
    async fn fails_with(&self, answer: ScriptedAnswer) -> BayeuxError {
        let (mut client, _) = self.open_client().await.unwrap();
        self.stand_in.script_answer(CONNECT, answer);
        client.next_events().await.unwrap_err()
    }
}

fn update_message(number: u64) -> Value {
    json!({"channel": UPDATES, "data": {"number": number}})
}

async fn receive_numbers(client: &mut BayeuxClient, many: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.len() < many {
        for event in client.next_events().await.unwrap() {
            assert_eq!(event.channel, UPDATES);
            let data: Value = serde_json::from_str(event.data.get()).unwrap();
            numbers.push(data["number"].as_u64().unwrap());
        }
    }
    numbers
}

#[tokio::test]
async fn it_opens_with_signed_requests_at_the_addresses_of_their_kind() {
    let scene = client_fixture(NotificationTransport::Auto).await;

    let (_client, opened) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    assert_eq!(opened, SessionStart::New);
    let asked = scene.stand_in.received_requests();
    let paths: Vec<&str> = asked.iter().map(|a| a.path.as_str()).collect();
    let base = "/statistics/v3/notifications";
    let connect = format!("{base}/connect");
    assert_eq!(
        paths,
        [&format!("{base}/handshake"), base, &connect, &connect]
    );
    assert!(
        asked
            .iter()
            .all(|a| a.headers["authorization"] == "bearer 1")
    );
    assert_eq!(asked[0].headers.get("cookie"), None);
    assert!(
        asked[1..]
            .iter()
            .all(|a| a.headers["cookie"] == "BAYEUX_BROWSER=b1")
    );
}

#[tokio::test]
async fn a_renewed_token_is_in_the_next_connect_of_the_same_session() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    *scene.token.0.lock().unwrap() = "bearer 2";
    scene
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Success(vec![update_message(1)]));
    receive_numbers(&mut client, 1).await;
    scene.stand_in.wait_until_listening(1).await;

    assert_eq!(
        scene.stand_in.received_requests().last().unwrap().headers["authorization"],
        "bearer 2"
    );
    assert_eq!(scene.stand_in.count_requests(HANDSHAKE), 1);
}

#[tokio::test]
async fn connects_go_on_one_at_a_time_though_nobody_takes_the_events() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = scene.open_client().await.unwrap();

    for number in 0..20 {
        scene.stand_in.script_answer(
            CONNECT,
            ScriptedAnswer::Success(vec![update_message(number)]),
        );
    }
    scene.stand_in.wait_until_listening(20).await;

    assert_eq!(
        receive_numbers(&mut client, 20).await,
        (0..20).collect::<Vec<_>>()
    );
    assert_eq!(scene.stand_in.server.most_connects_held.load(SeqCst), 1);
}

#[tokio::test]
async fn more_events_than_there_is_room_for_are_an_error_and_not_a_wait() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = scene.open_client().await.unwrap();
    let large = json!({"channel": UPDATES, "data": "x".repeat(7 << 20)});

    for _ in 0..3 {
        scene
            .stand_in
            .script_answer(CONNECT, ScriptedAnswer::Success(vec![large.clone()]));
    }
    let ends = async {
        while !client.driver.is_finished() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), ends).await.unwrap();

    assert_eq!(client.next_events().await.unwrap().len(), 2);
    assert_eq!(
        client.next_events().await.unwrap_err(),
        BayeuxError::InboxFull
    );
    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::Resumed);
}

#[tokio::test]
async fn waiting_for_events_may_be_given_up_at_any_time() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    for number in 0..50 {
        scene.stand_in.script_answer(
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
async fn whatever_breaks_on_the_line_the_session_is_taken_up_again() {
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
            ScriptedAnswer::Long(33 << 20),
            BayeuxError::TooLarge(32 << 20),
        ),
    ];
    for (answer, error) in broken {
        let scene = client_fixture(NotificationTransport::LongPolling).await;
        assert_eq!(scene.fails_with(answer).await, error);

        let (mut client, opened) = scene.open_client().await.unwrap();

        assert_eq!(opened, SessionStart::Resumed, "{error}");
        assert_eq!(scene.stand_in.count_requests(HANDSHAKE), 1);
        scene
            .stand_in
            .script_answer(CONNECT, ScriptedAnswer::Success(vec![update_message(1)]));
        receive_numbers(&mut client, 1).await;
    }
}

#[tokio::test]
async fn what_is_not_bayeux_is_said_with_its_beginning() {
    for body in [
        "<html><body>Service Unavailable</body></html>",
        r#"[{"channel":"/meta/connect","successful":tr"#,
        "",
    ] {
        let scene = client_fixture(NotificationTransport::LongPolling).await;

        let error = scene.fails_with(ScriptedAnswer::Http(200, body)).await;

        assert!(matches!(error, BayeuxError::Unreadable(_)), "{error}");
        assert!(
            error.to_string().contains(body.get(..20).unwrap_or("")),
            "{error}"
        );
        assert_eq!(scene.open_client().await.unwrap().1, SessionStart::Resumed);
    }
}

#[tokio::test]
async fn a_whole_answer_that_does_not_answer_is_not_waited_upon() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;

    let error = scene.fails_with(ScriptedAnswer::Http(200, "[]")).await;

    assert!(matches!(error, BayeuxError::Unreadable(_)), "{error}");
}

#[tokio::test]
async fn a_hung_connect_is_given_up_in_time_and_the_session_is_not() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    tokio::time::pause();
    let hung = Instant::now();
    let error = client.next_events().await.unwrap_err();

    assert!(matches!(error, BayeuxError::NoAnswer(_)), "{error}");
    assert!(hung.elapsed() <= Duration::from_secs(31));
    tokio::time::resume();
    scene.stand_in.wait_until_none_held().await;
}

#[tokio::test]
async fn a_token_that_expired_costs_no_session_but_one_refused_twice_does() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let refused = BayeuxError::Unauthorized(401);
    assert_eq!(
        scene.fails_with(ScriptedAnswer::Http(401, "")).await,
        refused
    );
    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::Resumed);

    assert_eq!(
        scene.fails_with(ScriptedAnswer::Http(401, "")).await,
        refused
    );
    scene
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Http(401, ""));
    assert_eq!(scene.open_client().await.unwrap_err(), refused);

    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::New);
    assert_eq!(scene.stand_in.count_requests(HANDSHAKE), 2);
}

#[tokio::test]
async fn a_session_the_server_forgot_ends_the_run_and_the_next_handshakes() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let gone = json!([{"successful": false, "error": "402::Unknown client",
                       "advice": {"reconnect": "handshake", "interval": 0}}]);

    let error = scene.fails_with(ScriptedAnswer::Failed(gone)).await;
    assert!(matches!(error, BayeuxError::SessionGone(_)), "{error}");

    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::New);
}

#[tokio::test]
async fn what_came_with_the_end_of_a_session_is_told_before_the_end() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (mut client, _) = scene.open_client().await.unwrap();
    let gone =
        json!([{"successful": false, "advice": {"reconnect": "handshake"}}, update_message(9)]);

    scene
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Failed(gone));

    assert_eq!(receive_numbers(&mut client, 1).await, [9]);
    let error = client.next_events().await.unwrap_err();
    assert!(matches!(error, BayeuxError::SessionGone(_)), "{error}");
}

#[tokio::test]
async fn a_session_forgotten_between_runs_is_made_anew_in_the_same_run() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    drop(scene.open_client().await.unwrap());
    let gone = json!([{"successful": false, "error": "402::Unknown client",
                       "advice": {"reconnect": "handshake"}}]);
    scene.stand_in.wait_until_none_held().await;
    scene
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Failed(gone));

    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::New);
}

#[tokio::test]
async fn after_advice_none_nothing_more_is_said() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let stay_away = json!([{"successful": false, "advice": {"reconnect": "none"}}]);

    let error = scene.fails_with(ScriptedAnswer::Failed(stay_away)).await;

    assert!(matches!(error, BayeuxError::Forbidden(_)), "{error}");
    scene.stand_in.wait_until_none_held().await;
    assert_eq!(scene.stand_in.count_requests(DISCONNECT), 0);
    assert!(
        scene
            .stand_in
            .received_requests()
            .last()
            .unwrap()
            .is_listening()
    );
}

#[tokio::test]
async fn a_client_that_is_dropped_is_silent_at_once_and_can_be_taken_up_again() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (client, _) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    drop(client);
    scene.stand_in.wait_until_none_held().await;

    assert_eq!(scene.stand_in.count_requests(DISCONNECT), 0);
    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::Resumed);
}

#[tokio::test]
async fn a_client_that_is_closed_says_goodbye_beside_the_connect_that_is_held() {
    for transport in [
        NotificationTransport::LongPolling,
        NotificationTransport::WebSocket,
    ] {
        let scene = client_fixture(transport).await;
        let (client, _) = scene.open_client().await.unwrap();
        scene.stand_in.wait_until_listening(0).await;

        client.close_session().await;

        let asked = scene.stand_in.received_requests();
        assert_eq!(asked.last().unwrap().channel(), DISCONNECT);
        assert_eq!(asked.last().unwrap().messages[0]["clientId"], "a1");
        scene.stand_in.wait_until_none_held().await;
        assert_eq!(scene.open_client().await.unwrap().1, SessionStart::New);
    }
}

#[tokio::test]
async fn closing_takes_bounded_time_where_the_server_does_not_answer() {
    let scene = client_fixture(NotificationTransport::LongPolling).await;
    let (client, _) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;
    scene
        .stand_in
        .script_answer(DISCONNECT, ScriptedAnswer::Never);

    tokio::time::pause();
    let begun = Instant::now();
    client.close_session().await;

    assert!(begun.elapsed() <= DISCONNECT_TIMEOUT + Duration::from_millis(10));
}

#[tokio::test]
async fn where_a_websocket_is_offered_the_session_moves_to_it_and_stays() {
    let scene = client_fixture(NotificationTransport::Auto).await;
    scene.stand_in.server.offers_websocket.store(true, SeqCst);
    let (mut client, _) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    // Without waking the connect.
    let pushed = json!([update_message(7)]).to_string();
    scene.stand_in.server.pushes.send(pushed).unwrap();
    assert_eq!(receive_numbers(&mut client, 1).await, [7]);

    let asked = scene.stand_in.received_requests();
    assert_eq!(asked[0].path, "/statistics/v3/notifications/handshake");
    for moved in &asked[1..] {
        assert_eq!(moved.path, "websocket");
        assert_eq!(moved.headers["cookie"], "BAYEUX_BROWSER=b1");
        assert_eq!(moved.headers["authorization"], "bearer 1");
        assert_eq!(moved.messages[0]["clientId"], "a1");
    }
    assert_eq!(
        asked.last().unwrap().messages[0]["connectionType"],
        "websocket"
    );

    scene
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Cut(""));
    assert_eq!(client.next_events().await.unwrap_err(), BayeuxError::Lost);
    assert_eq!(scene.open_client().await.unwrap().1, SessionStart::Resumed);
    let asked = scene.stand_in.received_requests();
    assert!(asked[1..].iter().all(|a| a.path == "websocket"));
    // Cookies of an upgrade count as any others.
    let cookies = asked.last().unwrap().headers["cookie"].to_str().unwrap();
    assert!(cookies.contains("ROUTE=r1"), "{cookies}");
}

#[tokio::test]
async fn an_upgrade_that_is_refused_is_long_polling_and_not_tried_again() {
    let scene = client_fixture(NotificationTransport::Auto).await;
    scene.stand_in.server.offers_websocket.store(true, SeqCst);
    scene.stand_in.server.refuses_upgrades.store(true, SeqCst);

    for _ in 0..3 {
        let (mut client, opened) = scene.open_client().await.unwrap();
        assert_eq!(opened, SessionStart::New);
        scene
            .stand_in
            .script_answer(CONNECT, ScriptedAnswer::Success(vec![update_message(1)]));
        receive_numbers(&mut client, 1).await;
        client.close_session().await;
    }

    assert_eq!(scene.stand_in.server.upgrades.load(SeqCst), 1);
}

#[tokio::test]
async fn a_websocket_that_carries_nothing_is_left_for_long_polling_with_the_same_session() {
    let scene = client_fixture(NotificationTransport::Auto).await;
    scene.stand_in.server.offers_websocket.store(true, SeqCst);
    scene
        .stand_in
        .script_answer(CONNECT, ScriptedAnswer::Cut(""));
    assert_eq!(scene.open_client().await.unwrap_err(), BayeuxError::Lost);

    let (_client, opened) = scene.open_client().await.unwrap();
    scene.stand_in.wait_until_listening(0).await;

    assert_eq!(opened, SessionStart::New);
    let asked = scene.stand_in.received_requests();
    assert_eq!(
        asked.last().unwrap().path,
        "/statistics/v3/notifications/connect"
    );
    assert_eq!(
        asked.last().unwrap().messages[0]["connectionType"],
        "long-polling"
    );
    assert_eq!(scene.stand_in.count_requests(HANDSHAKE), 1);
}

#[tokio::test]
async fn whoever_wants_a_websocket_handshakes_on_it_or_is_told_why_not() {
    let scene = client_fixture(NotificationTransport::WebSocket).await;
    let (client, _) = scene.open_client().await.unwrap();
    assert!(
        scene
            .stand_in
            .received_requests()
            .iter()
            .all(|a| a.path == "websocket")
    );
    client.close_session().await;

    scene.stand_in.server.refuses_upgrades.store(true, SeqCst);
    let error = scene.open_client().await.unwrap_err();
    assert!(matches!(error, BayeuxError::NoWebSocket(_)), "{error}");
}

#[tokio::test]
async fn who_is_not_there_is_told_in_words() {
    for transport in [
        NotificationTransport::LongPolling,
        NotificationTransport::WebSocket,
    ] {
        let mut scene = client_fixture(transport).await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        scene.endpoint.url.set_port(Some(port)).unwrap();

        let error = scene.open_client().await.unwrap_err();

        assert!(error.to_string().contains("connection refused"), "{error}");
    }
}
