use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::sources::genesys::bayeux::message;

const UPDATES: &str = "/statistics/v3/updates";
const SERVICE: &str = "/statistics/v3/service";
const BOTH: &[ConnectionType] = &[ConnectionType::LongPolling, ConnectionType::WebSocket];

/// A machine, the time, and what both sides said.
struct ProtocolFixture {
    machine: BayeuxProtocol,
    now: Instant,
    /// The requests, each with its only or first message and when it was sent.
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

    /// Lets time pass until something may be sent, and sends it.
    fn send_next(&mut self) -> Vec<Value> {
        let ProtocolDeadline::Send(at) = self.machine.next_deadline() else {
            panic!("an answer is awaited: {:?}", self.machine);
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

    /// A session with both channels whose first connect was answered.
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
        let asked = self.send_next();
        self.receive_reply(&subscribe_reply(&asked)).unwrap();
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

fn subscribe_reply(asked: &[Value]) -> Value {
    asked
        .iter()
        .map(|asked| {
            json!({
                "id": asked["id"], "channel": SUBSCRIBE, "successful": true,
                "subscription": asked["subscription"],
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
fn the_handshake_is_alone_without_client_id_and_says_what_we_speak() {
    let mut play = protocol_fixture();

    let asked = play.send_next();

    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["channel"], HANDSHAKE);
    assert_eq!(asked[0]["version"], "1.0");
    assert_eq!(
        asked[0]["supportedConnectionTypes"],
        json!(["long-polling", "websocket"])
    );
    assert_eq!(asked[0].get("clientId"), None);
    assert_eq!(play.last_kind(), "handshake");
}

#[test]
fn both_channels_are_subscribed_to_in_one_request_and_confirmed_before_the_first_connect() {
    let mut play = protocol_fixture();
    play.complete_handshake(&retry_advice());

    let asked = play.send_next();
    assert_eq!(play.last_kind(), "");
    let channels: Vec<&Value> = asked.iter().map(|m| &m["subscription"]).collect();
    assert_eq!(channels, [SERVICE, UPDATES]);
    assert!(asked.iter().all(|m| m["clientId"] == "a1"));

    let replies = subscribe_reply(&asked);
    play.receive_reply(&json!([replies[1]])).unwrap();
    assert!(matches!(
        play.machine.next_deadline(),
        ProtocolDeadline::Reply(_)
    ));
    play.receive_reply(&json!([replies[0]])).unwrap();

    play.send_next();
    assert_eq!(play.last_request()["channel"], CONNECT);
    assert_eq!(play.last_request()["connectionType"], "long-polling");
    assert!(!play.machine.is_open());
}

#[test]
fn the_first_connect_of_a_session_and_of_a_run_is_answered_at_once() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    assert_eq!(play.last_request()["advice"], json!({"timeout": 0}));

    play.send_next();
    assert_eq!(play.last_request().get("advice"), None);

    play.new_run();
    play.send_next();
    assert_eq!(play.last_request()["advice"], json!({"timeout": 0}));
}

#[test]
fn every_message_has_an_id_of_its_own_over_runs_and_sessions() {
    let mut play = protocol_fixture();
    let mut ids = Vec::new();
    for _ in 0..3 {
        play.complete_handshake(&retry_advice());
        ids.push(play.last_id());
        let asked = play.send_next();
        ids.extend(asked.iter().map(|m| m["id"].as_str().unwrap().to_owned()));
        play.machine.forget_session();
        play.new_run();
    }

    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn the_next_connect_waits_for_the_interval_after_the_answer() {
    let mut play = protocol_fixture();
    play.open_session(&json!({"reconnect": "retry", "interval": 1_500, "timeout": 20_000}));
    play.send_next();
    let answered = play.advance_millis(7_000).now;
    play.receive_reply(&json!([
        connect_reply(&play.last_id(), &Value::Null)[0],
        update_message(1)
    ]))
    .unwrap();

    play.send_next();

    assert_eq!(play.now, answered + Duration::from_millis(1_500));
}

#[test]
fn the_last_interval_wins_and_holds_over_runs() {
    let mut play = protocol_fixture();
    play.open_session(&json!({"interval": 5_000}));
    play.send_next();
    play.receive_reply(&connect_reply(&play.last_id(), &json!({"interval": 3_000})))
        .unwrap();
    let answered = play.now;

    play.new_run();
    play.send_next();

    assert_eq!(play.now, answered + Duration::from_secs(3));
}

#[test]
fn a_connect_is_given_up_ten_seconds_after_the_time_the_server_holds_it() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.send_next();
    assert_eq!(
        play.machine.next_deadline(),
        ProtocolDeadline::Reply(play.now + Duration::from_secs(30))
    );

    play.receive_reply(&connect_reply(&play.last_id(), &json!({"timeout": 45_000})))
        .unwrap();
    play.send_next();
    assert_eq!(
        play.machine.next_deadline(),
        ProtocolDeadline::Reply(play.now + Duration::from_secs(55))
    );
    assert_eq!(
        play.machine.on_timeout(play.now + Duration::from_secs(55)),
        Err(BayeuxError::NoAnswer(Duration::from_secs(55)))
    );
}

#[test]
fn nothing_is_said_while_a_connect_is_outstanding() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.send_next();

    assert_eq!(play.machine.next_request(play.now), None);
    play.receive_reply(
        &json!([update_message(1), {"id": "elsewhere", "channel": CONNECT, "successful": true}]),
    )
    .unwrap();
    assert_eq!(play.machine.next_request(play.now), None);
}

#[test]
fn events_are_taken_from_any_reply_also_from_one_that_ends_the_session() {
    let mut play = protocol_fixture();
    play.complete_handshake(&retry_advice());
    let asked = play.send_next();
    let mut reply = subscribe_reply(&asked);
    reply.as_array_mut().unwrap().insert(0, update_message(1));
    play.receive_reply(&reply).unwrap();
    play.send_next();
    let gone = json!([
        {"id": play.last_id(), "channel": CONNECT, "successful": false, "error": "402::Unknown client",
         "advice": {"reconnect": "handshake"}},
        update_message(2),
    ]);

    assert!(matches!(
        play.receive_reply(&gone),
        Err(BayeuxError::SessionGone(_))
    ));

    let told: Vec<&str> = play.events.iter().map(|event| event.data.get()).collect();
    assert_eq!(told, [r#"{"number":1}"#, r#"{"number":2}"#]);
}

#[test]
fn a_reply_may_be_one_object_without_id_and_with_what_nobody_knows() {
    let mut play = protocol_fixture();
    play.send_next();
    play.receive_reply(&json!({
        "channel": HANDSHAKE, "successful": true, "clientId": "a1", "ext": {"unheard": [1]},
        "supportedConnectionTypes": "long-polling", "hosts": ["h"], "advice": {"hosts": ["h"]},
    }))
    .unwrap();
    play.send_next();
    play.receive_reply(&json!([
        {"channel": SUBSCRIBE, "successful": true, "subscription": UPDATES},
        {"channel": "/elsewhere", "data": {}},
        {"channel": "/meta/unheard", "successful": false},
        {},
        {"channel": SUBSCRIBE, "successful": true, "subscription": SERVICE},
    ]))
    .unwrap();
    play.send_next();
    play.receive_reply(&json!({"channel": CONNECT, "successful": true}))
        .unwrap();

    assert!(play.machine.is_open());
    assert!(play.events.is_empty());
}

#[test]
fn ids_given_back_as_numbers_are_known() {
    let mut play = protocol_fixture();
    play.send_next();
    let id: u64 = play.last_id().parse().unwrap();
    let mut reply = handshake_reply("", &retry_advice());
    reply[0]["id"] = json!(id);

    play.receive_reply(&reply).unwrap();

    assert!(play.machine.has_session());
}

#[test]
fn advice_to_handshake_is_obeyed_after_the_interval() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.send_next();
    let gone = json!([{
        "id": play.last_id(), "channel": CONNECT, "successful": false,
        "advice": {"reconnect": "handshake", "interval": 2_000},
    }]);
    assert!(matches!(
        play.receive_reply(&gone),
        Err(BayeuxError::SessionGone(_))
    ));
    let told = play.now;

    play.new_run();
    play.send_next();

    assert_eq!(play.last_kind(), "handshake");
    assert_eq!(play.now, told + Duration::from_secs(2));
}

#[test]
fn unknown_clients_are_told_in_many_ways() {
    for error in [
        "402::Unknown client",
        "402::session_unknown",
        "401:a1:Unknown client",
        "403::Unknown client",
    ] {
        let mut play = protocol_fixture();
        play.open_session(&retry_advice());
        play.send_next();
        let gone = json!([{
            "id": play.last_id(), "channel": CONNECT, "successful": false, "error": error,
        }]);

        assert!(
            matches!(play.receive_reply(&gone), Err(BayeuxError::SessionGone(_))),
            "{error}"
        );
        assert!(!play.machine.has_session(), "{error}");
    }
}

#[test]
fn a_subscription_of_an_unknown_client_ends_the_session_without_any_advice() {
    let mut play = protocol_fixture();
    play.complete_handshake(&retry_advice());
    let asked = play.send_next();
    let gone = json!([{
        "id": asked[0]["id"], "channel": SUBSCRIBE, "subscription": SERVICE, "successful": false,
        "error": "402::Unknown client",
    }]);

    assert!(matches!(
        play.receive_reply(&gone),
        Err(BayeuxError::SessionGone(_))
    ));
    assert!(!play.machine.has_session());
}

#[test]
fn a_refused_channel_is_named_and_asked_for_again_in_the_same_session() {
    let mut play = protocol_fixture();
    play.complete_handshake(&retry_advice());
    let asked = play.send_next();
    let refused = json!([{
        "id": asked[1]["id"], "channel": SUBSCRIBE, "subscription": UPDATES, "successful": false,
        "error": "500::not now",
    }]);

    let error = play.receive_reply(&refused).unwrap_err();
    assert!(matches!(
        error,
        BayeuxError::Channel {
            channel: UPDATES,
            ..
        }
    ));

    play.new_run();
    assert_eq!(play.send_next().len(), 2);
    assert_eq!(play.last_request()["channel"], SUBSCRIBE);
}

#[test]
fn advice_none_and_a_negative_interval_end_everything() {
    for advice in [
        json!({"reconnect": "none"}),
        json!({"reconnect": "retry", "interval": -1}),
    ] {
        for channel in [HANDSHAKE, SUBSCRIBE, CONNECT] {
            let mut play = protocol_fixture();
            if channel != HANDSHAKE {
                play.complete_handshake(&retry_advice());
            }
            if channel == CONNECT {
                play.complete_subscribe();
            }
            play.send_next();
            let reply = json!([{
                "id": play.last_id(), "channel": channel, "clientId": "a1", "subscription": SERVICE,
                "successful": true, "advice": advice,
            }]);

            assert!(
                matches!(play.receive_reply(&reply), Err(BayeuxError::Forbidden(_))),
                "{channel}"
            );
            assert!(!play.machine.has_session(), "{channel}");
        }
    }
}

#[test]
fn a_handshake_that_fails_leaves_no_session() {
    for reply in [
        json!([{"channel": HANDSHAKE, "successful": false, "error": "403::Handshake denied"}]),
        json!([{"channel": HANDSHAKE, "successful": true}]),
        json!([{"channel": HANDSHAKE, "successful": true, "clientId": "a1",
                "advice": {"reconnect": "handshake"}}]),
    ] {
        let mut play = protocol_fixture();
        play.send_next();

        assert!(
            matches!(play.receive_reply(&reply), Err(BayeuxError::Handshake(_))),
            "{reply}"
        );

        play.new_run();
        play.send_next();
        assert_eq!(play.last_kind(), "handshake");
    }
}

#[test]
fn a_broken_line_goes_on_with_the_same_session_while_the_server_may_know_it() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    assert!(play.machine.announce_session());

    play.advance_millis(29_999).new_run();
    play.send_next();
    assert_eq!(play.last_request()["channel"], CONNECT);
    assert_eq!(play.last_request()["clientId"], "a1");
    play.receive_reply(&connect_reply(&play.last_id(), &Value::Null))
        .unwrap();
    assert!(play.machine.is_open());
    assert!(!play.machine.announce_session());

    play.advance_millis(30_000).new_run();
    play.send_next();
    assert_eq!(play.last_kind(), "handshake");
}

#[test]
fn connects_that_fail_do_not_keep_a_session_for_ever() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    let mut refused = 0;
    loop {
        play.advance_millis(4_000).new_run();
        play.send_next();
        if play.last_kind() == "handshake" {
            break;
        }
        let not_now = json!([{
            "id": play.last_id(), "channel": CONNECT, "successful": false, "error": "500::not now",
            "advice": {"reconnect": "retry"},
        }]);
        assert!(matches!(
            play.receive_reply(&not_now),
            Err(BayeuxError::Refused(_))
        ));
        refused += 1;
    }
    assert_eq!(refused, 7);
}

#[test]
fn a_kept_session_that_is_no_longer_known_is_replaced_at_once() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.machine.announce_session();
    play.advance_millis(5_000).new_run();
    play.send_next();
    let gone = json!([{
        "id": play.last_id(), "channel": CONNECT, "successful": false,
        "error": "402::Unknown client", "advice": {"reconnect": "handshake"},
    }]);

    play.receive_reply(&gone).unwrap();

    play.open_session(&retry_advice());
    assert!(play.machine.announce_session());
}

#[test]
fn a_server_that_holds_the_first_connect_of_a_run_knows_us() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.machine.announce_session();
    play.advance_millis(1_000).new_run();
    play.send_next();
    let asked = play.now;
    assert_eq!(
        play.machine.next_deadline(),
        ProtocolDeadline::Reply(asked + RESUME_TIMEOUT)
    );

    play.advance_millis(3_000)
        .machine
        .on_timeout(asked + RESUME_TIMEOUT)
        .unwrap();

    assert!(play.machine.is_open());
    assert_eq!(play.machine.next_request(play.now), None);
    let given_up = asked + Duration::from_secs(30);
    assert_eq!(
        play.machine.next_deadline(),
        ProtocolDeadline::Reply(given_up)
    );
    assert!(play.machine.on_timeout(given_up).is_err());
}

#[test]
fn a_new_session_is_told_though_the_run_that_made_it_did_not_live_to_tell() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.advance_millis(1_000).new_run();
    play.send_next();
    play.receive_reply(&connect_reply(&play.last_id(), &Value::Null))
        .unwrap();

    assert!(play.machine.announce_session());
    assert!(!play.machine.announce_session());
}

#[test]
fn a_session_cut_before_its_channels_were_confirmed_subscribes_first() {
    let mut play = protocol_fixture();
    play.complete_handshake(&retry_advice());
    play.send_next();

    play.advance_millis(1_000).new_run();
    play.send_next();

    assert_eq!(play.last_request()["channel"], SUBSCRIBE);
    assert_eq!(play.last_request()["clientId"], "a1");
}

#[test]
fn batches_are_acknowledged_only_where_both_agree() {
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
fn a_server_that_answers_at_once_and_empty_is_asked_five_times_a_second() {
    let mut play = protocol_fixture();
    play.open_session(&json!({"interval": 0, "timeout": 0}));
    let begun = play.now;
    for _ in 0..50 {
        play.send_next();
        play.receive_reply(&connect_reply(&play.last_id(), &Value::Null))
            .unwrap();
    }

    assert_eq!(play.now - begun, CONNECT_PERIOD_MIN * 49);
}

#[test]
fn events_that_come_fast_are_fetched_fast() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    let begun = play.now;
    for number in 0..50 {
        play.send_next();
        play.events.clear();
        play.receive_reply(&json!([
            connect_reply(&play.last_id(), &Value::Null)[0],
            update_message(number)
        ]))
        .unwrap();
    }

    assert_eq!(play.now, begun);
}

#[test]
fn multiple_clients_are_noticed_and_the_interval_is_kept() {
    let mut play = protocol_fixture();
    let advice = json!({"reconnect": "retry", "interval": 2_000, "multiple-clients": true});
    play.open_session(&advice);
    let answered = play.now;

    play.send_next();

    assert!(play.machine.has_multiple_clients());
    assert_eq!(play.now, answered + Duration::from_secs(2));
}

#[test]
fn a_server_that_says_goodbye_has_ended_the_session() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.send_next();

    let outcome = play.receive_reply(&json!([{"channel": DISCONNECT, "successful": true}]));

    assert!(matches!(outcome, Err(BayeuxError::SessionGone(_))));
    play.new_run();
    play.send_next();
    assert_eq!(play.last_kind(), "handshake");
}

#[test]
fn a_farewell_names_the_session_and_ends_it() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.send_next();

    let goodbye = play.machine.disconnect_request().unwrap();

    let message: Value = serde_json::from_str(&goodbye.body).unwrap();
    assert_eq!(goodbye.suffix, "disconnect");
    assert_eq!(message[0]["channel"], DISCONNECT);
    assert_eq!(message[0]["clientId"], "a1");
    assert_eq!(play.machine.disconnect_request(), None);
}

#[test]
fn a_whole_reply_without_the_answer_is_an_error_with_its_words() {
    let mut play = protocol_fixture();
    play.open_session(&retry_advice());
    play.send_next();
    let page = br#"{"timestamp":1536851691737,"status":500,"error":"Internal Server Error",
        "message":"java.lang.IllegalArgumentException: Invalid channel id: pepe",
        "path":"/statistics/v3/notifications"}"#;
    let messages = message::decode_messages(page).unwrap();

    play.machine
        .receive_reply(&messages, play.now, &mut play.events)
        .unwrap();
    let error = play.machine.missing_answer(&messages).unwrap();

    assert!(
        error.to_string().contains("Internal Server Error"),
        "{error}"
    );
}

/// What may happen to a client, as a server or a network can do it.
#[derive(Clone, Debug)]
enum PeerAction {
    Reply(Vec<OddReply>),
    Pass(u64),
    /// The line broke, and a new run begins.
    Break,
}

/// A message of a server that may be mad.
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

/// What a server remembers to see whether a client breaks a rule.
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
    fn no_server_makes_it_break_a_rule(acts in prop::collection::vec(any_action(), 1..60)) {
        let mut play = protocol_fixture();
        let mut referee = RuleChecker::default();
        for act in acts {
            if let ProtocolDeadline::Send(at) = play.machine.next_deadline() && at <= play.now {
                play.send_next();
                referee.on_request(play.last_kind(), play.now);
            }
            match act {
                PeerAction::Pass(millis) => {
                    // A driver sends when it may, and gives up when it must.
                    let until = play.now + Duration::from_millis(millis);
                    match play.machine.next_deadline() {
                        ProtocolDeadline::Send(at) if at <= until => {
                            play.send_next();
                            referee.on_request(play.last_kind(), play.now);
                        }
                        ProtocolDeadline::Reply(by) if by <= until => {
                            play.now = by;
                            if play.machine.on_timeout(by).is_err() {
                                referee.outstanding = false;
                                play.new_run();
                            }
                        }
                        _ => {}
                    }
                    play.now = play.now.max(until);
                }
                PeerAction::Break => {
                    referee.outstanding = false;
                    play.new_run();
                }
                PeerAction::Reply(odds) => {
                    let mut messages = Vec::new();
                    for odd in &odds {
                        let awaited = match play.machine.next_deadline() {
                            ProtocolDeadline::Reply(_) => play.last_request().clone(),
                            ProtocolDeadline::Send(_) => Value::Null,
                        };
                        messages.push(json!({
                            "id": odd.has_id.then_some(&awaited["id"]),
                            "channel": odd.channel,
                            "successful": odd.successful,
                            "error": odd.error,
                            "clientId": "a1",
                            "subscription": awaited["subscription"],
                            "advice": {"reconnect": odd.reconnect, "interval": odd.interval},
                            "data": {},
                        }));
                        let counts = awaited["channel"] == odd.channel;
                        let outcome = play.receive_reply(&json!(messages.last()));
                        if counts {
                            referee.on_reply(odd, play.now);
                        }
                        if matches!(play.machine.next_deadline(), ProtocolDeadline::Send(_)) {
                            referee.outstanding = false;
                        }
                        if outcome.is_err() {
                            referee.outstanding = false;
                            play.new_run();
                            break;
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        message::decode_messages(&body).ok();
    }

    #[test]
    fn no_json_makes_the_machine_panic(body in "[\\[{]([\"a-z/:,0-9\\\\{}\\[\\] ]|\"channel\":|\"/meta/connect\"|\"advice\":|\"id\":|null|true){0,40}") {
        let mut play = protocol_fixture();
        play.open_session(&retry_advice());
        play.send_next();
        if let Ok(messages) = message::decode_messages(body.as_bytes()) {
            let outcome = play.machine.receive_reply(&messages, play.now, &mut play.events);
            prop_assert!(outcome.is_ok() || !play.machine.has_session() || play.machine.is_open());
        }
    }
}
