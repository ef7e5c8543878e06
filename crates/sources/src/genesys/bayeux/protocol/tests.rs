use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::genesys::bayeux::{
    inbox::BayeuxEvent,
    message::{self, CONNECT, DISCONNECT, HANDSHAKE, SUBSCRIBE},
};

const UPDATES: &str = "/statistics/v3/updates";
const SERVICE: &str = "/statistics/v3/service";
const BOTH: &[ConnectionType] = &[ConnectionType::LongPolling, ConnectionType::WebSocket];

/// A machine, the time, and what both sides sent.
struct ProtocolFixture {
    machine: BayeuxProtocol,
    now: Instant,
    /// The time of each request, its kind, and its only or first message.
    sent: Vec<(Instant, &'static str, Value)>,
    events: Vec<BayeuxEvent>,
}

fn protocol_fixture() -> ProtocolFixture {
    let now = Instant::now();
    let mut machine = BayeuxProtocol::new(&[SERVICE, UPDATES], now);
    machine.begin_run(BOTH, now);
    ProtocolFixture {
        machine,
        now,
        sent: Vec::new(),
        events: Vec::new(),
    }
}

impl ProtocolFixture {
    fn new_run(&mut self) {
        self.machine.begin_run(BOTH, self.now);
    }

    /// Begins a run in which the server answers at once that it knows us.
    fn resume(&mut self) {
        self.new_run();
        self.send_next();
        let id = self.last_id();
        self.receive_reply(&connect_reply(&id, &Value::Null))
            .unwrap();
    }

    /// Lets time pass until a request may be sent, and sends it.
    fn send_next(&mut self) -> Vec<Value> {
        let ProtocolDeadline::Send(at) = self.machine.next_deadline() else {
            panic!("a reply is pending: {:?}", self.machine);
        };
        self.now = self.now.max(at);
        let outgoing = self.machine.next_request(self.now).unwrap();
        let messages: Vec<Value> = serde_json::from_str(&outgoing.body).unwrap();
        self.sent
            .push((self.now, outgoing.suffix, messages[0].clone()));
        messages
    }

    fn receive_reply(&mut self, reply: &Value) -> Result<(), BayeuxError> {
        let body = reply.to_string();
        let messages = message::decode_messages(body.as_bytes())?;
        self.machine
            .receive_reply(&messages, self.now, &mut self.events)
    }

    fn advance_millis(&mut self, millis: u64) -> &mut Self {
        self.now += Duration::from_millis(millis);
        self
    }

    /// Opens a session with both channels, whose first connect is answered.
    fn open_session(&mut self, advice: &Value) -> &mut Self {
        self.complete_handshake(advice);
        self.complete_subscribe();
        self.send_next();
        self.receive_reply(&connect_reply(&self.last_id(), advice))
            .unwrap();
        assert!(self.machine.is_open());
        self
    }

    fn complete_handshake(&mut self, advice: &Value) {
        self.send_next();
        self.receive_reply(&handshake_reply(&self.last_id(), advice))
            .unwrap();
    }

    fn complete_subscribe(&mut self) {
        let requests = self.send_next();
        self.receive_reply(&subscribe_reply(&requests)).unwrap();
    }

    fn last_request(&self) -> &Value {
        &self.sent.last().unwrap().2
    }

    fn last_id(&self) -> String {
        self.last_request()["id"].as_str().unwrap().to_owned()
    }

    fn last_kind(&self) -> &'static str {
        self.sent.last().unwrap().1
    }
}

fn handshake_reply(id: &str, advice: &Value) -> Value {
    json!([{
        "id": id, "channel": HANDSHAKE, "successful": true, "clientId": "a1", "version": "1.0",
        "minimumVersion": "1.0", "supportedConnectionTypes": ["long-polling", "callback-polling"],
        "advice": advice,
    }])
}

fn subscribe_reply(requests: &[Value]) -> Value {
    requests
        .iter()
        .map(|request| {
            json!({
                "id": request["id"], "channel": SUBSCRIBE, "successful": true,
                "subscription": request["subscription"],
            })
        })
        .collect()
}

fn connect_reply(id: &str, advice: &Value) -> Value {
    json!([{"id": id, "channel": CONNECT, "successful": true, "advice": advice}])
}

fn update_message(number: u64) -> Value {
    json!({"channel": UPDATES, "data": {"number": number}})
}

fn retry_advice() -> Value {
    json!({"reconnect": "retry", "interval": 0, "timeout": 20_000})
}

#[test]
fn handshake_is_alone_without_client_id_and_lists_transports() {
    let mut fixture = protocol_fixture();

    let requests = fixture.send_next();

    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["channel"], HANDSHAKE);
    assert_eq!(requests[0]["version"], "1.0");
    assert_eq!(
        requests[0]["supportedConnectionTypes"],
        json!(["long-polling", "websocket"])
    );
    assert_eq!(requests[0].get("clientId"), None);
    assert_eq!(fixture.last_kind(), "handshake");
}

#[test]
fn both_channels_are_confirmed_in_one_request_before_the_first_connect() {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());

    let requests = fixture.send_next();
    assert_eq!(fixture.last_kind(), "");
    let channels: Vec<&Value> = requests.iter().map(|m| &m["subscription"]).collect();
    assert_eq!(channels, [SERVICE, UPDATES]);
    assert!(requests.iter().all(|m| m["clientId"] == "a1"));

    let replies = subscribe_reply(&requests);
    fixture.receive_reply(&json!([replies[1]])).unwrap();
    assert!(matches!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(_)
    ));
    fixture.receive_reply(&json!([replies[0]])).unwrap();

    fixture.send_next();
    assert_eq!(fixture.last_request()["channel"], CONNECT);
    assert_eq!(fixture.last_request()["connectionType"], "long-polling");
    assert!(!fixture.machine.is_open());
}

#[test]
fn first_connect_of_a_session_and_of_a_run_asks_for_an_early_reply() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    assert_eq!(fixture.last_request()["advice"], json!({"timeout": 200}));

    fixture.send_next();
    assert_eq!(fixture.last_request()["advice"], json!({"timeout": 3_000}));

    fixture.new_run();
    fixture.send_next();
    assert_eq!(fixture.last_request()["advice"], json!({"timeout": 0}));
}

#[test]
fn message_ids_are_unique_across_runs_and_sessions() {
    let mut fixture = protocol_fixture();
    let mut ids = Vec::new();
    for _ in 0..3 {
        fixture.complete_handshake(&retry_advice());
        ids.push(fixture.last_id());
        let requests = fixture.send_next();
        ids.extend(
            requests
                .iter()
                .map(|m| m["id"].as_str().unwrap().to_owned()),
        );
        fixture.machine.forget_session();
        fixture.new_run();
    }

    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn next_connect_waits_for_the_interval_after_the_reply() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&json!({"reconnect": "retry", "interval": 1_500, "timeout": 20_000}));
    fixture.send_next();
    let answered = fixture.advance_millis(7_000).now;
    fixture
        .receive_reply(&json!([
            connect_reply(&fixture.last_id(), &Value::Null)[0],
            update_message(1)
        ]))
        .unwrap();

    fixture.send_next();

    assert_eq!(fixture.now, answered + Duration::from_millis(1_500));
}

#[test]
fn latest_interval_applies_across_runs() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&json!({"interval": 5_000}));
    fixture.send_next();
    fixture
        .receive_reply(&connect_reply(
            &fixture.last_id(),
            &json!({"interval": 3_000}),
        ))
        .unwrap();
    let answered = fixture.now;

    fixture.new_run();
    fixture.send_next();

    assert_eq!(fixture.now, answered + Duration::from_secs(3));
}

#[test]
fn connect_times_out_ten_seconds_after_the_servers_timeout() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.send_next();
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(fixture.now + Duration::from_secs(30))
    );

    fixture
        .receive_reply(&connect_reply(
            &fixture.last_id(),
            &json!({"timeout": 45_000}),
        ))
        .unwrap();
    fixture.send_next();
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(fixture.now + Duration::from_secs(55))
    );
    assert_eq!(
        fixture
            .machine
            .on_timeout(fixture.now + Duration::from_secs(55)),
        Err(BayeuxError::NoAnswer(Duration::from_secs(55)))
    );
}

/// The time at which the server was alive for certain, in milliseconds before now.
fn alive_millis_ago(fixture: &mut ProtocolFixture) -> Option<u128> {
    match fixture.machine.take_sign_of_life()? {
        SignOfLife::At(alive_at) => Some((fixture.now - alive_at).as_millis()),
        SignOfLife::NoMore => None,
    }
}

/// A session of a server that answers its first connect after the hold, and a pending connect.
fn listening_fixture() -> ProtocolFixture {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());
    fixture.complete_subscribe();
    fixture.send_next();
    fixture.advance_millis(205);
    fixture
        .receive_reply(&connect_reply(&fixture.last_id(), &Value::Null))
        .unwrap();
    assert_eq!(alive_millis_ago(&mut fixture), Some(205));
    fixture.send_next();
    fixture
}

#[test]
fn each_reply_of_a_server_that_follows_our_holds_proves_that_it_was_alive() {
    let mut fixture = listening_fixture();
    let sent_at = fixture.now;
    let deadline = sent_at + Duration::from_secs(7);
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(deadline)
    );

    fixture.advance_millis(3_010);
    fixture
        .receive_reply(&connect_reply(&fixture.last_id(), &Value::Null))
        .unwrap();
    assert_eq!(alive_millis_ago(&mut fixture), Some(3_010));
    fixture.send_next();
    fixture.advance_millis(10);
    fixture
        .receive_reply(&json!([
            connect_reply(&fixture.last_id(), &Value::Null)[0],
            update_message(1)
        ]))
        .unwrap();
    assert_eq!(alive_millis_ago(&mut fixture), Some(10));
    // Pushed over a WebSocket: it may have waited.
    fixture.send_next();
    fixture.receive_reply(&json!([update_message(2)])).unwrap();
    assert_eq!(alive_millis_ago(&mut fixture), None);

    let deadline = fixture.now + Duration::from_secs(7);
    assert_eq!(
        fixture.machine.on_timeout(deadline),
        Err(BayeuxError::NoAnswer(Duration::from_secs(7)))
    );
}

#[test]
fn server_that_ignores_our_holds_keeps_its_own_and_proves_nothing() {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());
    fixture.complete_subscribe();
    fixture.send_next();
    fixture.advance_millis(3_000);
    assert!(fixture.machine.on_timeout(fixture.now).is_err());
    fixture.new_run();
    fixture.send_next();
    let resumed_at = fixture.now;
    fixture.advance_millis(3_000);
    fixture.machine.on_timeout(fixture.now).unwrap();
    fixture.now = resumed_at;

    assert!(fixture.machine.is_open());
    for _ in 0..3 {
        assert_eq!(
            fixture.machine.next_deadline(),
            ProtocolDeadline::Reply(fixture.now + Duration::from_secs(30))
        );
        fixture.advance_millis(20_000);
        fixture
            .receive_reply(&connect_reply(&fixture.last_id(), &Value::Null))
            .unwrap();
        assert_eq!(alive_millis_ago(&mut fixture), None);
        fixture.send_next();
    }
}

#[test]
fn a_standstill_of_this_process_says_nothing_about_the_server() {
    let mut fixture = listening_fixture();
    for _ in 0..3 {
        fixture.advance_millis(20_000);
        assert!(fixture.machine.on_timeout(fixture.now).is_err());
        fixture.resume();
        assert_eq!(alive_millis_ago(&mut fixture), Some(0));
        fixture.send_next();
    }
}

#[test]
fn a_dead_line_says_nothing_about_the_server() {
    let mut fixture = listening_fixture();
    for _ in 0..4 {
        fixture.advance_millis(7_000);
        assert!(fixture.machine.on_timeout(fixture.now).is_err());
        // Nothing comes back on the next connection either.
        fixture.new_run();
        fixture.send_next();
        fixture.resume();
        assert_eq!(alive_millis_ago(&mut fixture), Some(0));
        fixture.send_next();
    }
}

#[test]
fn server_that_answers_only_its_first_connect_early_is_recognized() {
    let mut fixture = listening_fixture();
    for _ in 0..2 {
        fixture.advance_millis(7_000);
        assert!(fixture.machine.on_timeout(fixture.now).is_err());
        fixture.resume();
        fixture.send_next();
    }
    fixture.advance_millis(7_000);
    assert!(fixture.machine.on_timeout(fixture.now).is_err());

    fixture.resume();
    assert_eq!(alive_millis_ago(&mut fixture), None);
    fixture.send_next();
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(fixture.now + Duration::from_secs(30))
    );
}

#[test]
fn server_that_wants_long_pauses_holds_as_long_as_it_likes() {
    let mut fixture = listening_fixture();
    fixture.advance_millis(3_000);
    let advice = json!({"reconnect": "retry", "interval": 5_000});
    fixture
        .receive_reply(&connect_reply(&fixture.last_id(), &advice))
        .unwrap();
    let sign = fixture.machine.take_sign_of_life();
    assert_eq!(sign, Some(SignOfLife::NoMore));

    fixture.send_next();

    assert_eq!(fixture.last_request().get("advice"), None);
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(fixture.now + Duration::from_secs(30))
    );
}

#[test]
fn nothing_is_sent_while_a_connect_is_pending() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.send_next();

    assert_eq!(fixture.machine.next_request(fixture.now), None);
    fixture.receive_reply(
        &json!([update_message(1), {"id": "elsewhere", "channel": CONNECT, "successful": true}]),
    )
    .unwrap();
    assert_eq!(fixture.machine.next_request(fixture.now), None);
}

#[test]
fn events_are_read_from_any_reply_even_one_that_ends_the_session() {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());
    let requests = fixture.send_next();
    let mut reply = subscribe_reply(&requests);
    reply.as_array_mut().unwrap().insert(0, update_message(1));
    fixture.receive_reply(&reply).unwrap();
    fixture.send_next();
    let gone = json!([
        {"id": fixture.last_id(), "channel": CONNECT, "successful": false, "error": "402::Unknown client",
         "advice": {"reconnect": "handshake"}},
        update_message(2),
    ]);

    assert!(matches!(
        fixture.receive_reply(&gone),
        Err(BayeuxError::SessionGone(_))
    ));

    let data: Vec<&str> = fixture
        .events
        .iter()
        .map(|event| event.data.get())
        .collect();
    assert_eq!(data, [r#"{"number":1}"#, r#"{"number":2}"#]);
}

#[test]
fn reply_may_be_one_object_without_id_and_with_unknown_fields() {
    let mut fixture = protocol_fixture();
    fixture.send_next();
    fixture
        .receive_reply(&json!({
            "channel": HANDSHAKE, "successful": true, "clientId": "a1", "ext": {"unheard": [1]},
            "supportedConnectionTypes": "long-polling", "hosts": ["h"], "advice": {"hosts": ["h"]},
        }))
        .unwrap();
    fixture.send_next();
    fixture
        .receive_reply(&json!([
            {"channel": SUBSCRIBE, "successful": true, "subscription": UPDATES},
            {"channel": "/elsewhere", "data": {}},
            {"channel": "/meta/unheard", "successful": false},
            {},
            {"channel": SUBSCRIBE, "successful": true, "subscription": SERVICE},
        ]))
        .unwrap();
    fixture.send_next();
    fixture
        .receive_reply(&json!({"channel": CONNECT, "successful": true}))
        .unwrap();

    assert!(fixture.machine.is_open());
    assert!(fixture.events.is_empty());
}

#[test]
fn numeric_ids_in_replies_are_recognized() {
    let mut fixture = protocol_fixture();
    fixture.send_next();
    let id: u64 = fixture.last_id().parse().unwrap();
    let mut reply = handshake_reply("", &retry_advice());
    reply[0]["id"] = json!(id);

    fixture.receive_reply(&reply).unwrap();

    assert!(fixture.machine.has_session());
}

#[test]
fn advice_to_handshake_is_followed_after_the_interval() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.send_next();
    let gone = json!([{
        "id": fixture.last_id(), "channel": CONNECT, "successful": false,
        "advice": {"reconnect": "handshake", "interval": 2_000},
    }]);
    assert!(matches!(
        fixture.receive_reply(&gone),
        Err(BayeuxError::SessionGone(_))
    ));
    let received_at = fixture.now;

    fixture.new_run();
    fixture.send_next();

    assert_eq!(fixture.last_kind(), "handshake");
    assert_eq!(fixture.now, received_at + Duration::from_secs(2));
}

#[test]
fn unknown_client_errors_are_recognized_in_many_forms() {
    for error in [
        "402::Unknown client",
        "402::session_unknown",
        "401:a1:Unknown client",
        "403::Unknown client",
    ] {
        let mut fixture = protocol_fixture();
        fixture.open_session(&retry_advice());
        fixture.send_next();
        let gone = json!([{
            "id": fixture.last_id(), "channel": CONNECT, "successful": false, "error": error,
        }]);

        assert!(
            matches!(
                fixture.receive_reply(&gone),
                Err(BayeuxError::SessionGone(_))
            ),
            "{error}"
        );
        assert!(!fixture.machine.has_session(), "{error}");
    }
}

#[test]
fn subscription_of_an_unknown_client_ends_the_session_without_advice() {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());
    let requests = fixture.send_next();
    let gone = json!([{
        "id": requests[0]["id"], "channel": SUBSCRIBE, "subscription": SERVICE, "successful": false,
        "error": "402::Unknown client",
    }]);

    assert!(matches!(
        fixture.receive_reply(&gone),
        Err(BayeuxError::SessionGone(_))
    ));
    assert!(!fixture.machine.has_session());
}

#[test]
fn rejected_channel_is_named_and_requested_again_in_the_session() {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());
    let requests = fixture.send_next();
    let rejected = json!([{
        "id": requests[1]["id"], "channel": SUBSCRIBE, "subscription": UPDATES, "successful": false,
        "error": "500::not now",
    }]);

    let error = fixture.receive_reply(&rejected).unwrap_err();
    assert!(matches!(
        error,
        BayeuxError::Channel {
            channel: UPDATES,
            ..
        }
    ));

    fixture.new_run();
    assert_eq!(fixture.send_next().len(), 2);
    assert_eq!(fixture.last_request()["channel"], SUBSCRIBE);
}

#[test]
fn advice_none_and_a_negative_interval_end_everything() {
    for advice in [
        json!({"reconnect": "none"}),
        json!({"reconnect": "retry", "interval": -1}),
    ] {
        for channel in [HANDSHAKE, SUBSCRIBE, CONNECT] {
            let mut fixture = protocol_fixture();
            if channel != HANDSHAKE {
                fixture.complete_handshake(&retry_advice());
            }
            if channel == CONNECT {
                fixture.complete_subscribe();
            }
            fixture.send_next();
            let reply = json!([{
                "id": fixture.last_id(), "channel": channel, "clientId": "a1", "subscription": SERVICE,
                "successful": true, "advice": advice,
            }]);

            assert!(
                matches!(
                    fixture.receive_reply(&reply),
                    Err(BayeuxError::Forbidden(_))
                ),
                "{channel}"
            );
            assert!(!fixture.machine.has_session(), "{channel}");
        }
    }
}

#[test]
fn failed_handshake_leaves_no_session() {
    for reply in [
        json!([{"channel": HANDSHAKE, "successful": false, "error": "403::Handshake denied"}]),
        json!([{"channel": HANDSHAKE, "successful": true}]),
        json!([{"channel": HANDSHAKE, "successful": true, "clientId": "a1",
                "advice": {"reconnect": "handshake"}}]),
    ] {
        let mut fixture = protocol_fixture();
        fixture.send_next();

        assert!(
            matches!(
                fixture.receive_reply(&reply),
                Err(BayeuxError::Handshake(_))
            ),
            "{reply}"
        );

        fixture.new_run();
        fixture.send_next();
        assert_eq!(fixture.last_kind(), "handshake");
    }
}

#[test]
fn session_is_resumed_after_a_break_while_the_server_may_know_it() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    assert!(fixture.machine.announce_session());

    fixture.advance_millis(29_999).new_run();
    fixture.send_next();
    assert_eq!(fixture.last_request()["channel"], CONNECT);
    assert_eq!(fixture.last_request()["clientId"], "a1");
    fixture
        .receive_reply(&connect_reply(&fixture.last_id(), &Value::Null))
        .unwrap();
    assert!(fixture.machine.is_open());
    assert!(!fixture.machine.announce_session());

    fixture.advance_millis(30_000).new_run();
    fixture.send_next();
    assert_eq!(fixture.last_kind(), "handshake");
}

#[test]
fn failed_connects_do_not_extend_a_session_forever() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    let mut rejections = 0;
    loop {
        fixture.advance_millis(4_000).new_run();
        fixture.send_next();
        if fixture.last_kind() == "handshake" {
            break;
        }
        let not_now = json!([{
            "id": fixture.last_id(), "channel": CONNECT, "successful": false, "error": "500::not now",
            "advice": {"reconnect": "retry"},
        }]);
        assert!(matches!(
            fixture.receive_reply(&not_now),
            Err(BayeuxError::Refused(_))
        ));
        rejections += 1;
    }
    assert_eq!(rejections, 7);
}

#[test]
fn stored_session_that_is_no_longer_known_is_replaced_immediately() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.machine.announce_session();
    fixture.advance_millis(5_000).new_run();
    fixture.send_next();
    let gone = json!([{
        "id": fixture.last_id(), "channel": CONNECT, "successful": false,
        "error": "402::Unknown client", "advice": {"reconnect": "handshake"},
    }]);

    fixture.receive_reply(&gone).unwrap();

    fixture.open_session(&retry_advice());
    assert!(fixture.machine.announce_session());
}

#[test]
fn server_that_holds_the_first_connect_of_a_run_knows_us() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.machine.announce_session();
    fixture.advance_millis(1_000).new_run();
    fixture.send_next();
    let sent_at = fixture.now;
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(sent_at + RESUME_TIMEOUT)
    );

    fixture
        .advance_millis(3_000)
        .machine
        .on_timeout(sent_at + RESUME_TIMEOUT)
        .unwrap();

    assert!(fixture.machine.is_open());
    assert_eq!(fixture.machine.next_request(fixture.now), None);
    let deadline = sent_at + Duration::from_secs(30);
    assert_eq!(
        fixture.machine.next_deadline(),
        ProtocolDeadline::Reply(deadline)
    );
    assert!(fixture.machine.on_timeout(deadline).is_err());
}

#[test]
fn new_session_is_announced_by_a_later_run_if_the_first_one_ended() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.advance_millis(1_000).new_run();
    fixture.send_next();
    fixture
        .receive_reply(&connect_reply(&fixture.last_id(), &Value::Null))
        .unwrap();

    assert!(fixture.machine.announce_session());
    assert!(!fixture.machine.announce_session());
}

#[test]
fn session_cut_before_its_channels_were_confirmed_subscribes_first() {
    let mut fixture = protocol_fixture();
    fixture.complete_handshake(&retry_advice());
    fixture.send_next();

    fixture.advance_millis(1_000).new_run();
    fixture.send_next();

    assert_eq!(fixture.last_request()["channel"], SUBSCRIBE);
    assert_eq!(fixture.last_request()["clientId"], "a1");
}

#[test]
fn batches_are_acknowledged_only_if_both_sides_agree() {
    let agreed = json!([{
        "channel": HANDSHAKE, "successful": true, "clientId": "a1", "ext": {"ack": true},
    }]);
    let mut both = protocol_fixture();
    assert_eq!(both.send_next()[0]["ext"], json!({"ack": true}));
    both.receive_reply(&agreed).unwrap();
    both.complete_subscribe();
    both.send_next();
    assert_eq!(both.last_request()["ext"], json!({"ack": -1}));
    both.receive_reply(&json!([{"channel": CONNECT, "successful": true, "ext": {"ack": 7}}]))
        .unwrap();
    both.send_next();
    assert_eq!(both.last_request()["ext"], json!({"ack": 7}));
    both.advance_millis(1_000).new_run();
    both.send_next();
    assert_eq!(both.last_request()["ext"], json!({"ack": 7}));

    let mut one = protocol_fixture();
    one.open_session(&retry_advice());
    one.send_next();
    assert_eq!(one.last_request().get("ext"), None);
}

#[test]
fn server_with_immediate_empty_replies_gets_five_connects_a_second() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&json!({"interval": 0, "timeout": 0}));
    let start = fixture.now;
    for _ in 0..50 {
        fixture.send_next();
        fixture
            .receive_reply(&connect_reply(&fixture.last_id(), &Value::Null))
            .unwrap();
    }

    assert_eq!(fixture.now - start, CONNECT_PERIOD_MIN * 49);
}

#[test]
fn fast_events_are_fetched_without_delay() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    let start = fixture.now;
    for number in 0..50 {
        fixture.send_next();
        fixture.events.clear();
        fixture
            .receive_reply(&json!([
                connect_reply(&fixture.last_id(), &Value::Null)[0],
                update_message(number)
            ]))
            .unwrap();
    }

    assert_eq!(fixture.now, start);
}

#[test]
fn multiple_clients_are_detected_and_the_interval_still_applies() {
    let mut fixture = protocol_fixture();
    let advice = json!({"reconnect": "retry", "interval": 2_000, "multiple-clients": true});
    fixture.open_session(&advice);
    let answered = fixture.now;

    fixture.send_next();

    assert!(fixture.machine.has_multiple_clients());
    assert_eq!(fixture.now, answered + Duration::from_secs(2));
}

#[test]
fn disconnect_by_the_server_ends_the_session() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.send_next();

    let outcome = fixture.receive_reply(&json!([{"channel": DISCONNECT, "successful": true}]));

    assert!(matches!(outcome, Err(BayeuxError::SessionGone(_))));
    fixture.new_run();
    fixture.send_next();
    assert_eq!(fixture.last_kind(), "handshake");
}

#[test]
fn disconnect_request_names_the_session_and_ends_it() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.send_next();

    let disconnect = fixture.machine.disconnect_request().unwrap();

    let message: Value = serde_json::from_str(&disconnect.body).unwrap();
    assert_eq!(disconnect.suffix, "disconnect");
    assert_eq!(message[0]["channel"], DISCONNECT);
    assert_eq!(message[0]["clientId"], "a1");
    assert_eq!(fixture.machine.disconnect_request(), None);
}

#[test]
fn complete_reply_without_an_answer_is_an_error_with_its_words() {
    let mut fixture = protocol_fixture();
    fixture.open_session(&retry_advice());
    fixture.send_next();
    let page = br#"{"timestamp":1536851691737,"status":500,"error":"Internal Server Error",
        "message":"java.lang.IllegalArgumentException: Invalid channel id: pepe",
        "path":"/statistics/v3/notifications"}"#;
    let messages = message::decode_messages(page).unwrap();

    fixture
        .machine
        .receive_reply(&messages, fixture.now, &mut fixture.events)
        .unwrap();
    let error = fixture.machine.missing_answer(&messages).unwrap();

    assert!(
        error.to_string().contains("Internal Server Error"),
        "{error}"
    );
}

/// An action of a server or a network.
#[derive(Clone, Debug)]
enum PeerAction {
    Reply(Vec<OddReply>),
    Pass(u64),
    /// The connection broke, and a new run begins.
    Break,
}

/// A message of a server that may misbehave.
#[derive(Clone, Debug)]
struct OddReply {
    channel: &'static str,
    has_id: bool,
    successful: Option<bool>,
    error: Option<&'static str>,
    reconnect: Option<&'static str>,
    interval: Option<i64>,
}

fn any_reply() -> impl Strategy<Value = OddReply> {
    let channel = prop::sample::select(vec![
        HANDSHAKE, SUBSCRIBE, CONNECT, CONNECT, DISCONNECT, UPDATES, "/else",
    ]);
    let error = prop::sample::select(vec!["402::Unknown client", "500::no", ""]);
    let reconnect = prop::sample::select(vec!["retry", "handshake", "none", "odd"]);
    (
        channel,
        any::<bool>(),
        prop::option::weighted(0.9, prop::bool::weighted(0.8)),
        prop::option::of(error),
        prop::option::weighted(0.3, reconnect),
        prop::option::weighted(0.3, -2_000..10_000_i64),
    )
        .prop_map(
            |(channel, has_id, successful, error, reconnect, interval)| OddReply {
                channel,
                has_id,
                successful,
                error,
                reconnect,
                interval,
            },
        )
}

fn any_action() -> impl Strategy<Value = PeerAction> {
    prop_oneof![
        6 => prop::collection::vec(any_reply(), 0..4).prop_map(PeerAction::Reply),
        2 => (0..60_000_u64).prop_map(PeerAction::Pass),
        1 => Just(PeerAction::Break),
    ]
}

/// A server's view of a client, to detect broken rules.
#[derive(Default)]
struct RuleChecker {
    outstanding: bool,
    not_before: Option<Instant>,
    interval: Duration,
    must_handshake: bool,
}

impl RuleChecker {
    fn on_request(&mut self, kind: &str, at: Instant) {
        assert!(
            !self.outstanding,
            "a second request while one is outstanding"
        );
        self.outstanding = true;
        if kind.is_empty() {
            assert!(
                !self.must_handshake,
                "a subscription where a handshake is due"
            );
            return;
        }
        let is_early = self.not_before.is_some_and(|not_before| at < not_before);
        assert!(!is_early, "before the interval");
        if kind == "handshake" {
            self.must_handshake = false;
        }
        assert!(!self.must_handshake, "a connect where a handshake is due");
    }

    fn on_reply(&mut self, odd: &OddReply, at: Instant) {
        match odd.interval {
            Some(interval) if interval < 0 => self.must_handshake = true,
            Some(interval) => self.interval = Duration::from_millis(interval.unsigned_abs()),
            None => {}
        }
        self.not_before = Some(at + self.interval);
        if matches!(odd.reconnect, Some("handshake" | "none")) {
            self.must_handshake = true;
        }
    }
}

proptest! {
    #[test]
    fn no_server_makes_the_client_break_a_rule(actions in prop::collection::vec(any_action(), 1..60)) {
        let mut fixture = protocol_fixture();
        let mut checker = RuleChecker::default();
        for action in actions {
            if let ProtocolDeadline::Send(at) = fixture.machine.next_deadline() && at <= fixture.now {
                fixture.send_next();
                checker.on_request(fixture.last_kind(), fixture.now);
            }
            match action {
                PeerAction::Pass(millis) => {
                    // A driver sends when it may, and gives up when it must.
                    let until = fixture.now + Duration::from_millis(millis);
                    match fixture.machine.next_deadline() {
                        ProtocolDeadline::Send(at) if at <= until => {
                            fixture.send_next();
                            checker.on_request(fixture.last_kind(), fixture.now);
                        }
                        ProtocolDeadline::Reply(by) if by <= until => {
                            fixture.now = by;
                            if fixture.machine.on_timeout(by).is_err() {
                                checker.outstanding = false;
                                fixture.new_run();
                            }
                        }
                        _ => {}
                    }
                    fixture.now = fixture.now.max(until);
                }
                PeerAction::Break => {
                    checker.outstanding = false;
                    fixture.new_run();
                }
                PeerAction::Reply(odds) => {
                    let mut messages = Vec::new();
                    for odd in &odds {
                        let pending = match fixture.machine.next_deadline() {
                            ProtocolDeadline::Reply(_) => fixture.last_request().clone(),
                            ProtocolDeadline::Send(_) => Value::Null,
                        };
                        messages.push(json!({
                            "id": odd.has_id.then_some(&pending["id"]),
                            "channel": odd.channel,
                            "successful": odd.successful,
                            "error": odd.error,
                            "clientId": "a1",
                            "subscription": pending["subscription"],
                            "advice": {"reconnect": odd.reconnect, "interval": odd.interval},
                            "data": {},
                        }));
                        let is_answer = pending["channel"] == odd.channel;
                        let outcome = fixture.receive_reply(&json!(messages.last()));
                        if is_answer {
                            checker.on_reply(odd, fixture.now);
                        }
                        if matches!(fixture.machine.next_deadline(), ProtocolDeadline::Send(_)) {
                            checker.outstanding = false;
                        }
                        if outcome.is_err() {
                            checker.outstanding = false;
                            fixture.new_run();
                            break;
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_decoder(body in prop::collection::vec(any::<u8>(), 0..200)) {
        message::decode_messages(&body).ok();
    }

    #[test]
    fn arbitrary_json_never_panics_the_machine(body in "[\\[{]([\"a-z/:,0-9\\\\{}\\[\\] ]|\"channel\":|\"/meta/connect\"|\"advice\":|\"id\":|null|true){0,40}") {
        let mut fixture = protocol_fixture();
        fixture.open_session(&retry_advice());
        fixture.send_next();
        if let Ok(messages) = message::decode_messages(body.as_bytes()) {
            let outcome = fixture.machine.receive_reply(&messages, fixture.now, &mut fixture.events);
            prop_assert!(outcome.is_ok() || !fixture.machine.has_session() || fixture.machine.is_open());
        }
    }
}
