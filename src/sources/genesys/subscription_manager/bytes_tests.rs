//! Whatever bytes a server answers a connect with: nothing panics, nothing is said but of
//! what was asked for, and no nonsense becomes a number. The twin of a fuzzer, over the
//! whole way from a reply's bytes to what the live state is told.

use proptest::prelude::*;
use serde_json::json;

use crate::{
    domain::{AgentId, Input, Metric, MetricSubject, MetricValue as Figure, VendorValue},
    sources::{
        genesys::bayeux,
        statserver::{DeliveredUnit, Measure},
    },
};

use super::{
    tests::{parse_envelope, test_settings},
    *,
};

const MEASURES: [(Measure, DeliveredUnit); 5] = [
    (Measure::Figure(Metric::Waiting), DeliveredUnit::Count),
    (Measure::Figure(Metric::LongestWait), DeliveredUnit::Seconds),
    (Measure::Figure(Metric::ServiceLevel), DeliveredUnit::Ratio),
    (Measure::State, DeliveredUnit::State),
    (Measure::TimeInState, DeliveredUnit::Milliseconds),
];

const VALUES: [&str; 9] = [
    "7",
    "\"0.5\"",
    "null",
    r#"{"intValue":3,"longValue":3,"stringValue":"3.25","timestamp":1780000000000}"#,
    r#"{"value":{"doubleValue":1e3},"valid":false}"#,
    r#"{"agentId":"a","status":"NotReadyForNextCall","time":1780000000,"place":null}"#,
    r#"{"agentId":"a","status":8,"place":{"placeStatus":8,"dnStatuses":[{"dnId":"7","dnStatus":"CallInbound","actions":[{"action":"CallInbound","time":1780000000,"reasons":{"ReasonCode":"3"}}]}]}}"#,
    r#"[{"AgentId":"0@switch","State":"WaitForNextCall"},{"AgentId":"b"}]"#,
    r#""é%\ud83d\ude00""#,
];

const PIECES: [&[u8]; 20] = [
    b"", b"{", b"}", b"[", b"]", b",", b":", b"\"", b"-", b"0", b"9", b".", b"e99", b"1e999",
    b"null", b"{}", b"\\ud800", b"\0", b"\xff", b"\xc3",
];

/// A desk that is told of one statistic of each kind, and our names for them.
fn test_manager() -> (SubscriptionManager, Vec<Uuid>) {
    let mut settings = test_settings(MEASURES.len(), MEASURES.len(), GenesysMode::Subscribe);
    let asked = Arc::get_mut(&mut settings.statistics).unwrap();
    for (asked, (measure, delivered)) in asked.iter_mut().zip(MEASURES) {
        let statistic = &mut asked.statistic;
        (statistic.measure, statistic.delivered) = (measure, delivered);
        if !matches!(measure, Measure::Figure(_)) {
            statistic.subject = MetricSubject::Agent(AgentId::new(&settings.id, &statistic.object));
        }
    }
    let now = Instant::now();
    let mut desk = SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);
    desk.begin_session(Discontinuity::Session, now);
    let Some((ticket, ApiJob::Request(order))) = desk.next_job(now) else {
        panic!("all is ordered at once");
    };
    let names: Vec<Uuid> = order.members.iter().map(|(_, name)| *name).collect();
    let statistics = names.iter().map(|name| {
        json!({"statisticId": name.to_string(), "value": 0, "timestamp": 1_700_000_000_000_i64})
    });
    let body =
        json!({"status": {"code": 0}, "data": {"statistics": statistics.collect::<Vec<_>>()}});
    desk.on_outcome(ticket, Ok(parse_envelope(&body)), now)
        .unwrap();
    while desk.outbox.take_batch().is_some() {}
    (desk, names)
}

/// A reply with updates and the answer to its connect, in either envelope.
fn reply_bytes(names: &[Uuid], values: &[(usize, usize)], is_dressed: bool) -> Vec<u8> {
    let update = |(number, (place, value)): (usize, &(usize, usize))| {
        let name = names[place % names.len()];
        let (at, value) = (1_780_000_000_000 + number, VALUES[value % VALUES.len()]);
        format!(r#"{{"statisticId":"{name}","timestamp":{at},"value":{value}}}"#)
    };
    let updates: Vec<String> = values.iter().enumerate().map(update).collect();
    let bare = format!(r#"{{"statistics":[{}]}}"#, updates.join(","));
    let data = if is_dressed {
        format!(r#"{{"name":"StatisticUpdate","data":{bare}}}"#)
    } else {
        bare
    };
    let connected = r#"{"channel":"/meta/connect","successful":true}"#;
    format!(r#"[{{"channel":"/statistics/v3/updates","data":{data}}},{connected}]"#).into_bytes()
}

/// What the desk says after it has read these bytes; checked to be sound.
fn updates_from(desk: &mut SubscriptionManager, body: &[u8]) -> Vec<Update> {
    for event in bayeux::decode_events(body) {
        desk.on_notification(Notification::from_event(&event), Instant::now());
    }
    let told = std::iter::from_fn(|| desk.outbox.take_batch()).flatten();
    let updates = told.filter_map(|input| match input {
        Input::Update(update) => Some(update),
        _ => None,
    });
    updates.collect()
}

fn is_sound(update: &Update, asked: &[GenesysStatistic]) -> bool {
    let Fact::VendorReport(subject, statement) = &update.fact else {
        return false;
    };
    let of = asked
        .iter()
        .find(|asked| asked.statistic.subject == *subject);
    let Some(of) = of else {
        return false;
    };
    match (&statement.value, of.statistic.measure) {
        (VendorValue::Metric(own, value), Measure::Figure(metric)) => {
            let is_in_range = value.is_none_or(|value| match value {
                Figure::Count(n) => n <= 1_000_000_000,
                Figure::Seconds(x) => (0.0..4e7).contains(&x),
                Figure::Percent(x) => (0.0..=100.0).contains(&x),
            });
            *own == metric && is_in_range
        }
        (VendorValue::TimeInState(lasted), Measure::TimeInState) => {
            lasted.is_none_or(|lasted| (0.0..4e7).contains(&lasted))
        }
        (VendorValue::Status(Some(stance)), Measure::State) => stance.media.len() <= 64,
        (VendorValue::Status(None), Measure::State) => true,
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_reply_broken_anyhow_is_read_soundly(
        values in prop::collection::vec((any::<usize>(), any::<usize>()), 1..6),
        is_dressed in any::<bool>(),
        breaks in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..6_usize, prop::sample::select(PIECES.to_vec())),
            0..4,
        ),
    ) {
        let (mut desk, names) = test_manager();
        let mut body = reply_bytes(&names, &values, is_dressed);
        let is_whole = breaks.is_empty();
        for (at, cut, piece) in breaks {
            let at = at.index(body.len());
            let end = body.len().min(at + cut);
            body.splice(at..end, piece.iter().copied());
        }

        let said = updates_from(&mut desk, &body);

        prop_assert!(!is_whole || !said.is_empty(), "what is whole is read");
        let asked = Arc::clone(&desk.statistics);
        for update in said {
            let text = String::from_utf8_lossy(&body);
            prop_assert!(is_sound(&update, &asked), "{update:?} of {text}");
        }
    }

    #[test]
    fn any_bytes_at_all_say_nothing_and_harm_nothing(body in any::<Vec<u8>>()) {
        let (mut desk, names) = test_manager();

        prop_assert!(updates_from(&mut desk, &body).is_empty());
        prop_assert_eq!(updates_from(&mut desk, &reply_bytes(&names, &[(0, 0)], true)).len(), 1);
    }
}
