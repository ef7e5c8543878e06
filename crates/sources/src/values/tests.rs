//! Tests of batches, and of the source that receives them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::timeout};

use wallboard_domain::{
    ConnectionEvent, Discontinuity, EntityKind, Fact, Input, Metric, MetricValue, Moment,
    MonotonicTime, VendorValue,
};
use wallboard_runtime::ingest::{IngestReceiver, ProcessClock, ingest_channel};

use crate::LiveSource;

use super::{
    Deliveries, DeliveryError, ValuesSettings, ValuesSource,
    batch::{BatchRules, ValuesBatch, read_batch},
    batch_fault::BatchFault,
    known_subjects::{AGENTS_MAX, KnownSubjects, QUEUES_MAX},
};

const VALID_FOR: Duration = Duration::from_mins(1);

fn now() -> Moment {
    Moment {
        wall: "2026-11-20T08:00:00Z".parse().unwrap(),
        monotonic: MonotonicTime(1_000),
    }
}

fn read_with(known: &mut KnownSubjects, body: &Value) -> Result<ValuesBatch, Vec<BatchFault>> {
    let source = "phone".into();
    let rules = BatchRules {
        source: &source,
        valid_for: VALID_FOR,
        figures: &[],
        now: now(),
    };
    read_batch(body, &rules, known)
}

fn inputs_of(known: &mut KnownSubjects, body: &Value) -> Vec<Input> {
    let batch = read_with(known, body).unwrap();
    batch.into_inputs(&"phone".into(), VALID_FOR)
}

/// The faults, as lines.
fn faults_of(body: &Value) -> String {
    let faults = read_with(&mut KnownSubjects::default(), body).unwrap_err();
    let lines = faults
        .iter()
        .map(|fault| format!("{} {}", fault.pointer, fault.detail));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn values_and_names_are_read_with_their_time() {
    let body = json!({
        "time": "2026-11-20T08:59:50+01:00",
        "queues": [{ "id": "phone/sales/eu", "name": "Sales", "metrics": { "waiting": 3, "service_level": 82.5, "longest_wait": null } }],
        "agents": [{ "id": "phone/anna", "state": "not_ready", "reason": "Lunch", "since": "2026-11-20T07:55:00Z", "queues": ["phone/sales/eu"] }],
    });
    let mut known = KnownSubjects::default();
    let inputs = inputs_of(&mut known, &body);

    let mut values = Vec::new();
    for input in &inputs {
        let Input::Update(update) = input else {
            panic!("{input:?}");
        };
        match &update.fact {
            Fact::VendorFigure(_, figure) => {
                let at: Timestamp = "2026-11-20T07:59:50Z".parse().unwrap();
                assert_eq!((update.at, figure.valid_for_ms), (Some(at), Some(50_000)));
                values.push(figure.value.clone());
            }
            Fact::Profile(profile) => assert_eq!(update.at, None, "{profile:?}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        values[..3],
        [
            VendorValue::Metric(Metric::LongestWait, None),
            VendorValue::Metric(Metric::ServiceLevel, Some(MetricValue::Percent(82.5))),
            VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(3))),
        ]
    );
    let [VendorValue::Status(Some(status))] = &values[3..] else {
        panic!("{values:?}");
    };
    assert_eq!(status.reason.as_deref(), Some("Lunch"));
    assert_eq!(inputs.len(), 6, "with both names");

    // Names are passed on once.
    assert_eq!(inputs_of(&mut known, &body).len(), 4);
}

/// Each body has one fault, which begins with this place and reason.
fn assert_faults(table: &[(Value, &str)]) {
    for (body, expected) in table {
        let faults = faults_of(body);
        assert!(
            faults.starts_with(expected) && !faults.contains('\n'),
            "{body}: {faults}"
        );
    }
}

#[test]
fn faults_of_a_batch_are_named_with_their_place() {
    let timed = |time: Value| json!({ "time": time, "queues": [{ "id": "phone/1", "metrics": { "waiting": 1 } }] });
    assert_faults(&[
        (
            json!([]),
            " must be an object with `queues`, `agents` or `figures`",
        ),
        (json!({}), " has neither a queue nor an agent nor a figure"),
        (
            json!({ "queues": [] }),
            " has neither a queue nor an agent nor a figure",
        ),
        (
            json!({ "queue": [] }),
            "/queue unknown key; allowed: time, source, figures, queues, agents",
        ),
        (json!({ "queues": {} }), "/queues must be a list"),
        (json!({ "queues": [7] }), "/queues/0 must be an object"),
        (
            json!({ "queues": [{ "metrics": { "waiting": 1 } }] }),
            "/queues/0 has no `id`",
        ),
        (
            json!({ "queues": [{ "id": "phone/1" }] }),
            "/queues/0 has neither `metrics` nor `figures`",
        ),
        (
            json!({ "queues": [{ "id": "1", "metrics": { "waiting": 1 } }] }),
            "/queues/0/id must be text that begins with the source: \"phone/…\"",
        ),
        (
            json!({ "queues": [{ "id": "chat/1", "metrics": { "waiting": 1 } }] }),
            "/queues/0/id is of another source; these values are of \"phone/…\"",
        ),
        (
            json!({ "queues": [{ "id": "phone/\n", "metrics": { "waiting": 1 } }] }),
            "/queues/0/id must have 1 to 200 characters after the slash, none of them a control character",
        ),
        (
            json!({ "queues": [{ "id": "phone/1", "nam": "x", "metrics": { "waiting": 1 } }] }),
            "/queues/0/nam unknown key; allowed: id, name, metrics",
        ),
        (
            json!({ "queues": [{ "id": "phone/1", "name": 7, "metrics": { "waiting": 1 } }] }),
            "/queues/0/name must be text of 1 to 200 characters, none of them a control character",
        ),
        (
            json!({ "queues": [{ "id": "phone/1", "metrics": { "waiting": 1 } }, { "id": "phone/1", "metrics": { "waiting": 2 } }] }),
            "/queues/1/id is in the batch twice",
        ),
        (
            timed(json!(1)),
            "/time must be an RFC 3339 time such as \"2026-11-20T09:00:00Z\"",
        ),
        (
            timed(json!("2026-11-20T07:58:59Z")),
            "/time is over 60 s ago, longer than a value is valid; check the clock of the system",
        ),
        (
            timed(json!("2026-11-20T08:00:06Z")),
            "/time is in the future; check the clock of the system",
        ),
    ]);
    let two =
        json!({ "queues": [{ "id": "phone/1", "metrics": { "waiting": -1, "answered": "x" } }] });
    assert_eq!(faults_of(&two).lines().count(), 2);
    let many: Vec<Value> = (0..100).map(|_| json!(7)).collect();
    assert_eq!(faults_of(&json!({ "queues": many })).lines().count(), 20);
}

#[test]
fn faults_of_a_queue_are_named_with_their_place() {
    let queue = |metrics: Value| json!({ "queues": [{ "id": "phone/1", "metrics": metrics }] });
    assert_faults(&[
        (
            queue(json!({ "wait/ing": 1 })),
            "/queues/0/metrics/wait~1ing unknown metric; allowed: waiting, in_conversation, ",
        ),
        (
            queue(json!({ "handled": 1 })),
            "/queues/0/metrics/handled unknown metric; allowed: waiting, ",
        ),
        (
            queue(json!({ "waiting": -1 })),
            "/queues/0/metrics/waiting must be a whole number from 0 to 1000000000, or null if it isn't known",
        ),
        (
            queue(json!({ "waiting": 1.5 })),
            "/queues/0/metrics/waiting must be a whole number from 0 to 1000000000, or null if it isn't known",
        ),
        (
            queue(json!({ "waiting": "3" })),
            "/queues/0/metrics/waiting must be a whole number from 0 to 1000000000, or null if it isn't known",
        ),
        (
            queue(json!({ "waiting": 1e12 })),
            "/queues/0/metrics/waiting must be a whole number from 0 to 1000000000, or null if it isn't known",
        ),
        (
            queue(json!({ "longest_wait": "41s" })),
            "/queues/0/metrics/longest_wait must be a number of seconds from 0 to 604800 (a week), or null if it isn't known",
        ),
        (
            queue(json!({ "service_level": 0.8e3 })),
            "/queues/0/metrics/service_level must be a percentage from 0 to 100, or null if it isn't known",
        ),
        (
            queue(json!([1])),
            "/queues/0/metrics must be an object of metrics, each with a number",
        ),
    ]);
}

#[test]
fn faults_of_an_agent_are_named_with_their_place() {
    let agent = |more: Value| {
        let mut agent = json!({ "id": "phone/anna" });
        agent
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "agents": [agent] })
    };
    assert_faults(&[
        (
            agent(json!({})),
            "/agents/0 has neither `state` nor `metrics`",
        ),
        (
            agent(json!({ "state": "busy?" })),
            "/agents/0/state must be one of available, ringing, talking, hold, wrap_up, not_ready, busy, unknown, logged_out",
        ),
        (
            agent(json!({ "reason": "Lunch", "metrics": { "handled": 1 } })),
            "/agents/0/reason needs a `state`",
        ),
        (
            agent(json!({ "state": "hold", "since": "2026-01-01T00:00:00Z" })),
            "/agents/0/since must be an RFC 3339 time of the last 30 days",
        ),
        (
            agent(json!({ "state": "hold", "queues": ["chat/1"] })),
            "/agents/0/queues/0 is of another source; these values are of \"phone/…\"",
        ),
    ]);
}

#[test]
fn a_source_has_a_bounded_number_of_queues_and_agents() {
    let mut known = KnownSubjects::default();
    let queues = |from: usize, count: usize| {
        let queue = |n| json!({ "id": format!("phone/{n}"), "metrics": { "waiting": 1 } });
        let queues: Vec<Value> = (from..from + count).map(queue).collect();
        json!({ "queues": queues })
    };
    read_with(&mut known, &queues(0, QUEUES_MAX)).unwrap();
    read_with(&mut known, &queues(0, QUEUES_MAX)).unwrap();

    let faults = read_with(&mut known, &queues(QUEUES_MAX - 1, 2)).unwrap_err();
    assert_eq!(faults[0].pointer, "/queues/1/id");
    assert_eq!(
        faults[0].detail,
        "is new, and a source has at most 1000 queues"
    );
    let room = known.count_room(EntityKind::Agent, now().monotonic);
    assert_eq!(room, AGENTS_MAX, "agents are counted by themselves");
    let tomorrow = now().plus_millis(24 * 3_600_000).monotonic;
    assert_eq!(known.count_room(EntityKind::Queue, tomorrow), QUEUES_MAX);
}

struct RunningValues {
    deliveries: Deliveries,
    receiver: IngestReceiver,
    task: JoinHandle<()>,
}

impl RunningValues {
    fn start() -> Self {
        let deliveries = Deliveries::default();
        let settings = ValuesSettings {
            id: "phone".into(),
            valid_for: VALID_FOR,
            figures: Vec::new(),
            poll: None,
            deliveries: Some(deliveries.clone()),
        };
        let mut source = ValuesSource::new(settings);
        let (sender, receiver) = ingest_channel(ProcessClock::start_now());
        let task = tokio::spawn(async move {
            source.run(&sender).await.unwrap_err();
        });
        Self {
            deliveries,
            receiver,
            task,
        }
    }

    async fn send(&self, waiting: i64) -> Result<(), DeliveryError> {
        let body = json!({ "queues": [{ "id": "phone/1", "metrics": { "waiting": waiting } }] });
        let accepted = self.deliveries.deliver(&"phone".into(), body).await;
        accepted.map(drop)
    }

    /// The connection events of the next batch, and how many updates it has.
    async fn next_batch(&mut self) -> (Vec<ConnectionEvent>, usize) {
        let batch = self.receiver.batches.recv().await.unwrap();
        let count = batch.inputs.len();
        let events = batch.inputs.into_iter().filter_map(|input| match input {
            Input::Connection(_, event) => Some(event),
            _ => None,
        });
        let events: Vec<_> = events.collect();
        let updates = count - events.len();
        (events, updates)
    }
}

#[tokio::test(start_paused = true)]
async fn the_source_is_connected_while_values_arrive_and_silent_after() {
    let mut values = RunningValues::start();
    // Nothing has arrived.
    assert_eq!(
        values.next_batch().await,
        (vec![ConnectionEvent::Silent], 0)
    );

    // Earlier values may have been replaced meanwhile.
    values.send(3).await.unwrap();
    let begun = ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    };
    let expected = (vec![begun, ConnectionEvent::Connected], 1);
    assert_eq!(values.next_batch().await, expected);
    tokio::time::sleep(VALID_FOR.saturating_sub(Duration::from_secs(1))).await;
    values.send(4).await.unwrap();
    assert_eq!(values.next_batch().await, (Vec::new(), 1));

    // A faulty batch is no sign of life, and changes nothing.
    tokio::time::sleep(VALID_FOR.saturating_sub(Duration::from_secs(1))).await;
    let faulty = values.send(-1).await;
    assert!(
        matches!(faulty, Err(DeliveryError::Faulty(_))),
        "{faulty:?}"
    );
    let silent = timeout(Duration::from_secs(2), values.next_batch()).await;
    assert_eq!(silent.unwrap(), (vec![ConnectionEvent::Silent], 0));
    values.send(5).await.unwrap();
    assert_eq!(
        values.next_batch().await,
        (vec![ConnectionEvent::Connected], 1)
    );
}

#[tokio::test]
async fn what_reaches_no_running_source_is_refused() {
    let mut values = RunningValues::start();
    values.send(1).await.unwrap();
    let nobody = values.deliveries.deliver(&"dialer".into(), json!({})).await;
    assert!(matches!(nobody, Err(DeliveryError::NotRunning)));

    // The live state accepts nothing more: another node leads.
    values.receiver.batches.close();
    let refused = values.send(2).await;
    assert!(
        matches!(refused, Err(DeliveryError::NotRunning)),
        "{refused:?}"
    );
    (&mut values.task).await.unwrap();
    let refused = values.send(3).await;
    assert!(
        matches!(refused, Err(DeliveryError::NotRunning)),
        "{refused:?}"
    );
}
