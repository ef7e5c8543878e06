//! Whatever bytes a server answers a connect with, nothing panics, only requested
//! statistics are reported, and no nonsense becomes a number. Mirrors a fuzzer, over the
//! whole path from a reply's bytes to the inputs of the live state.

use proptest::prelude::*;
use serde_json::json;

use crate::{
    genesys::bayeux,
    statserver::{DeliveredUnit, Measure},
};
use wallboard_domain::{
    AgentId, Fact, Input, Metric, MetricSubject, MetricValue as Figure, Update, VendorValue,
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

/// A manager that requested one statistic of each kind, and their ids.
fn test_manager() -> (SubscriptionManager, Vec<Uuid>) {
    let mut settings = test_settings(MEASURES.len(), MEASURES.len(), GenesysMode::Subscribe);
    let entries = Arc::get_mut(&mut settings.statistics).unwrap();
    for (entry, (measure, delivered)) in entries.iter_mut().zip(MEASURES) {
        let statistic = &mut entry.statistic;
        (statistic.measure, statistic.delivered) = (measure, delivered);
        if !matches!(measure, Measure::Figure(_)) {
            statistic.subject = MetricSubject::Agent(AgentId::new(&settings.id, &statistic.object));
        }
    }
    let now = Instant::now();
    let mut manager = SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);
    manager.begin_session(Discontinuity::Session, now);
    let Some((ticket, ApiJob::Request(batch))) = manager.next_job(now) else {
        panic!("all statistics are requested at once");
    };
    let ids: Vec<Uuid> = batch.members.iter().map(|(_, id)| *id).collect();
    let statistics = ids.iter().map(
        |id| json!({"statisticId": id.to_string(), "value": 0, "timestamp": 1_700_000_000_000_i64}),
    );
    let body =
        json!({"status": {"code": 0}, "data": {"statistics": statistics.collect::<Vec<_>>()}});
    manager
        .on_outcome(ticket, Ok(parse_envelope(&body)), now)
        .unwrap();
    while manager.outbox.take_batch().is_some() {}
    (manager, ids)
}

/// A reply with updates and the response to its connect, in either envelope.
fn reply_bytes(ids: &[Uuid], values: &[(usize, usize)], is_wrapped: bool) -> Vec<u8> {
    let update = |(number, (index, value)): (usize, &(usize, usize))| {
        let id = ids[index % ids.len()];
        let (at, value) = (1_780_000_000_000 + number, VALUES[value % VALUES.len()]);
        format!(r#"{{"statisticId":"{id}","timestamp":{at},"value":{value}}}"#)
    };
    let updates: Vec<String> = values.iter().enumerate().map(update).collect();
    let bare = format!(r#"{{"statistics":[{}]}}"#, updates.join(","));
    let data = if is_wrapped {
        format!(r#"{{"name":"StatisticUpdate","data":{bare}}}"#)
    } else {
        bare
    };
    let connected = r#"{"channel":"/meta/connect","successful":true}"#;
    format!(r#"[{{"channel":"/statistics/v3/updates","data":{data}}},{connected}]"#).into_bytes()
}

/// Returns the updates that the manager reports for these bytes.
fn updates_from(manager: &mut SubscriptionManager, body: &[u8]) -> Vec<Update> {
    for event in bayeux::decode_events(body) {
        manager.on_notification(Notification::from_event(&event), Instant::now());
    }
    let inputs = std::iter::from_fn(|| manager.outbox.take_batch()).flatten();
    let updates = inputs.filter_map(|input| match input {
        Input::Update(update) => Some(update),
        _ => None,
    });
    updates.collect()
}

fn is_sound(update: &Update, entries: &[GenesysStatistic]) -> bool {
    let Fact::VendorFigure(subject, report) = &update.fact else {
        return false;
    };
    let entry = entries
        .iter()
        .find(|entry| entry.statistic.subject == *subject);
    let Some(entry) = entry else {
        return false;
    };
    match (&report.value, entry.statistic.measure) {
        (VendorValue::Metric(reported, value), Measure::Figure(metric)) => {
            let is_in_range = value.is_none_or(|value| match value {
                Figure::Count(n) => n <= 1_000_000_000,
                Figure::Seconds(x) => (0.0..4e7).contains(&x),
                Figure::Percent(x) => (0.0..=100.0).contains(&x),
            });
            *reported == metric && is_in_range
        }
        (VendorValue::TimeInState(lasted), Measure::TimeInState) => {
            lasted.is_none_or(|lasted| (0.0..4e7).contains(&lasted))
        }
        (VendorValue::Status(Some(status)), Measure::State) => status.media.len() <= 64,
        (VendorValue::Status(None), Measure::State) => true,
        _ => false,
    }
}

proptest! {
    #[test]
    fn broken_reply_yields_only_valid_updates(
        values in prop::collection::vec((any::<usize>(), any::<usize>()), 1..6),
        is_wrapped in any::<bool>(),
        breaks in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..6_usize, prop::sample::select(PIECES.to_vec())),
            0..4,
        ),
    ) {
        let (mut manager, ids) = test_manager();
        let mut body = reply_bytes(&ids, &values, is_wrapped);
        let is_whole = breaks.is_empty();
        for (at, cut, piece) in breaks {
            let at = at.index(body.len());
            let end = body.len().min(at + cut);
            body.splice(at..end, piece.iter().copied());
        }

        let updates = updates_from(&mut manager, &body);

        prop_assert!(!is_whole || !updates.is_empty(), "an unbroken reply has updates");
        let statistics = Arc::clone(&manager.statistics);
        for update in updates {
            let text = String::from_utf8_lossy(&body);
            prop_assert!(is_sound(&update, &statistics), "{update:?} of {text}");
        }
    }

    #[test]
    fn arbitrary_bytes_report_nothing_and_do_no_harm(body in any::<Vec<u8>>()) {
        let (mut manager, ids) = test_manager();

        prop_assert!(updates_from(&mut manager, &body).is_empty());
        prop_assert_eq!(updates_from(&mut manager, &reply_bytes(&ids, &[(0, 0)], true)).len(), 1);
    }
}
