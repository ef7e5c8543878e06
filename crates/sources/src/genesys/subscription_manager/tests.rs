use serde_json::{Value, json};

use crate::{
    RedactedText,
    genesys::{
        NotificationTransport, OAuthGrant, OAuthSettings, StatisticReference, bayeux::BayeuxEvent,
        envelope, error::ApiCall, notification,
    },
    statserver::{DeliveredUnit, Measure, Statistic},
};
use wallboard_domain::{
    ConnectionEvent, Fact, Input, Metric, MetricSubject, MetricValue as Figure, QueueId, SourceId,
    VendorValue,
};

use super::{super::envelope::ReportedValue, availability::UNAVAILABLE_RETRY, *};

pub(super) fn test_settings(statistics: usize, chunk: usize, mode: GenesysMode) -> GenesysSettings {
    let id: SourceId = "voice".into();
    let configured = (0..statistics).map(|number| {
        let object = format!("{number}@switch");
        GenesysStatistic {
            statistic: Statistic {
                name: "CurrNumberWaitingCalls".into(),
                object_type: "Queue".into(),
                subject: MetricSubject::Queue(QueueId::new(&id, &object)),
                object: object.into(),
                measure: Measure::Figure(Metric::Waiting),
                delivered: DeliveredUnit::Count,
                no_estimate_above: None,
            },
            reference: StatisticReference::Name,
        }
    });
    GenesysSettings {
        base_url: "http://127.0.0.1:1".to_owned(),
        api_key: RedactedText::default(),
        ca_file: None,
        mode,
        transport: NotificationTransport::LongPolling,
        chunk,
        states: std::collections::HashMap::new(),
        reasons: std::collections::HashMap::new(),
        auth: OAuthSettings {
            token_url: String::new(),
            grant: OAuthGrant::ClientCredentials,
            client_id: String::new(),
            client_secret: RedactedText::default(),
        },
        statistics: configured.collect(),
        id,
    }
}

struct ManagerFixture {
    manager: SubscriptionManager,
    now: Instant,
}

fn manager_fixture(statistics: usize, chunk: usize, mode: GenesysMode) -> ManagerFixture {
    let settings = test_settings(statistics, chunk, mode);
    let now = Instant::now();
    let mut manager = SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);
    manager.begin_session(Discontinuity::Session, now);
    ManagerFixture { manager, now }
}

pub(super) fn parse_envelope(body: &Value) -> ApiEnvelope {
    envelope::parse_answer(body.to_string().as_bytes()).unwrap()
}

/// The response to a batch: each statistic's index is its value.
fn success_reply(batch: &StatisticBatch) -> Value {
    let statistics = batch.members.iter().map(|(index, id)| {
        json!({"statisticId": id.to_string(), "value": index, "timestamp": 1_000_000_000_000_i64})
    });
    let id = batch.subscription.to_string();
    json!({"status": {"code": 0},
        "data": {"subscriptionId": id, "statistics": statistics.collect::<Value>()}})
}

pub(super) fn status_error(status: u16) -> GenesysError {
    GenesysError::Status {
        call: ApiCall::Subscription,
        status,
        why: "no".to_owned(),
        retry_after: None,
    }
}

impl ManagerFixture {
    fn next_job(&mut self) -> Option<(JobTicket, ApiJob)> {
        self.manager.next_job(self.now)
    }

    fn next_batch(&mut self) -> (JobTicket, StatisticBatch) {
        match self.next_job() {
            Some((ticket, ApiJob::Request(batch))) => (ticket, batch),
            other => panic!("expected a batch, got {other:?}"),
        }
    }

    fn next_refresh(&mut self) -> (JobTicket, ValueRefresh) {
        match self.next_job() {
            Some((ticket, ApiJob::Refresh(refresh))) => (ticket, refresh),
            other => panic!("expected a refresh, got {other:?}"),
        }
    }

    fn answer_job(&mut self, ticket: JobTicket, body: &Value) {
        self.manager
            .on_outcome(ticket, Ok(parse_envelope(body)), self.now)
            .unwrap();
    }

    fn fail_job(&mut self, ticket: JobTicket, status: u16) -> Result<(), GenesysError> {
        self.manager
            .on_outcome(ticket, Err(status_error(status)), self.now)
    }

    /// Answers all jobs, but rejects batches with these statistics. Returns the number of batches.
    fn answer_all(&mut self, bad: &[StatisticIndex]) -> usize {
        let mut batches = 0;
        while let Some((ticket, job)) = self.next_job() {
            let batch = match job {
                ApiJob::Request(batch) => batch,
                ApiJob::Refresh(refresh) => {
                    let values = self.values_reply(&refresh, 1);
                    self.answer_job(ticket, &values);
                    continue;
                }
                ApiJob::Unsubscribe(_) => {
                    self.answer_job(ticket, &json!({"status": {"code": 0}}));
                    continue;
                }
            };
            batches += 1;
            if batch.members.iter().any(|(index, _)| bad.contains(index)) {
                self.fail_job(ticket, 400).unwrap();
            } else {
                self.answer_job(ticket, &success_reply(&batch));
            }
        }
        batches
    }

    /// The response to a refresh: each statistic's index is its value.
    fn values_reply(&self, refresh: &ValueRefresh, at: i64) -> Value {
        let statistics = self.manager.confirmed[&refresh.subscription].members.iter();
        let statistics = statistics.map(|index| {
            let name = self
                .manager
                .registry
                .statistic_id(*index)
                .unwrap()
                .to_string();
            json!({"statisticId": name, "value": index, "timestamp": at})
        });
        let statistics: Value = statistics.collect();
        json!({"status": {"code": 0}, "data": {"statistics": statistics}})
    }

    fn advance_time(&mut self, time: Duration) {
        self.now += time;
        self.manager.on_timer(self.now);
    }

    fn take_inputs(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        while let Some(more) = self.manager.outbox.take_batch() {
            inputs.extend(more);
        }
        inputs
    }

    fn take_connection_events(&mut self) -> Vec<ConnectionEvent> {
        connection_events(&self.take_inputs())
    }

    fn notify_value(&mut self, batch: &StatisticBatch, index: StatisticIndex, value: u64, at: i64) {
        let (_, id) = batch
            .members
            .iter()
            .find(|(member, _)| *member == index)
            .unwrap();
        let reported = ReportedValue {
            statistic: Some(*id),
            vendor_millis: Some(at),
            value: Some(serde_json::value::to_raw_value(&value).unwrap()),
            ..ReportedValue::default()
        };
        self.manager
            .on_notification(Notification::Values(vec![reported]), self.now);
    }
}

fn connection_events(inputs: &[Input]) -> Vec<ConnectionEvent> {
    let events = inputs.iter().filter_map(|input| match input {
        Input::Connection(_, event) => Some(event.clone()),
        _ => None,
    });
    events.collect()
}

fn reported_figures(inputs: &[Input]) -> Vec<Option<u64>> {
    let figures = inputs.iter().filter_map(|input| match input {
        Input::Update(update) => match &update.fact {
            Fact::VendorFigure(_, report) => match report.value {
                VendorValue::Metric(_, Some(Figure::Count(count))) => Some(Some(count)),
                _ => Some(None),
            },
            _ => None,
        },
        _ => None,
    });
    figures.collect()
}

fn catching_up(discontinuity: Discontinuity) -> ConnectionEvent {
    let discontinuity = Some(discontinuity);
    ConnectionEvent::CatchingUp { discontinuity }
}

#[test]
fn connected_once_all_first_values_are_there() {
    let mut fixture = manager_fixture(5, 2, GenesysMode::Subscribe);
    let batches: Vec<_> = (0..3).map(|_| fixture.next_batch()).collect();
    assert!(fixture.next_job().is_none());

    let mut inputs = Vec::new();
    for (ticket, batch) in &batches {
        assert!(!connection_events(&inputs).contains(&ConnectionEvent::Connected));
        fixture.answer_job(*ticket, &success_reply(batch));
        inputs.extend(fixture.take_inputs());
    }

    assert_eq!(
        connection_events(&inputs),
        [
            catching_up(Discontinuity::Session),
            ConnectionEvent::Connected
        ]
    );
    assert_eq!(
        reported_figures(&inputs),
        (0..5).map(Some).collect::<Vec<_>>()
    );
}

#[test]
fn concurrent_requests_are_limited() {
    let mut fixture = manager_fixture(100, 1, GenesysMode::Subscribe);

    assert_eq!(
        std::iter::from_fn(|| fixture.next_job()).count(),
        CONCURRENT_REQUESTS
    );
}

#[test]
fn bad_statistic_of_a_batch_affects_only_itself() {
    let mut fixture = manager_fixture(200, 200, GenesysMode::Subscribe);

    let batches = fixture.answer_all(&[77]);

    assert!(batches < 20, "{batches}");
    let inputs = fixture.take_inputs();
    assert_eq!(
        connection_events(&inputs).last(),
        Some(&ConnectionEvent::Connected)
    );
    assert_eq!(
        reported_figures(&inputs)
            .iter()
            .filter(|f| f.is_none())
            .count(),
        1
    );
    assert_eq!(reported_figures(&inputs).len(), 200);
    let stats = fixture.manager.subscription_stats();
    assert_eq!(stats.rejected_count, 1);
    assert_eq!(&*stats.rejected[0].0, "CurrNumberWaitingCalls of 77@switch");
    assert_eq!(stats.invalid, 0, "a rejected statistic is counted once");
}

#[test]
fn rejected_statistic_is_retried_alone_and_reported_once() {
    let mut fixture = manager_fixture(4, 4, GenesysMode::Subscribe);
    fixture.answer_all(&[2]);
    let notes = |inputs: &[Input]| {
        inputs
            .iter()
            .filter(|i| matches!(i, Input::Diagnostic(..)))
            .count()
    };
    assert_eq!(notes(&fixture.take_inputs()), 1);

    fixture.advance_time(Duration::from_mins(1));
    assert_eq!(fixture.answer_all(&[2]), 1);
    assert_eq!(notes(&fixture.take_inputs()), 0);

    fixture.advance_time(Duration::from_mins(1));
    assert_eq!(fixture.answer_all(&[]), 1);
    assert!(reported_figures(&fixture.take_inputs()).contains(&Some(2)));
    assert_eq!(fixture.manager.subscription_stats().rejected_count, 0);
}

#[test]
fn error_next_to_values_rejects_the_statistic_it_names() {
    let mut fixture = manager_fixture(3, 3, GenesysMode::Subscribe);
    let (ticket, batch) = fixture.next_batch();
    let mut body = success_reply(&batch);
    body["data"]["statistics"].as_array_mut().unwrap().remove(1);
    let name = batch.members[1].1.to_string();
    body["errors"] = json!([{"status": {"code": 5, "message": format!("no {name}")}}]);

    fixture.answer_job(ticket, &body);

    let inputs = fixture.take_inputs();
    assert_eq!(reported_figures(&inputs), [Some(0), Some(2), None]);
    assert_eq!(
        connection_events(&inputs).last(),
        Some(&ConnectionEvent::Connected)
    );
    assert_eq!(fixture.manager.subscription_stats().rejected_count, 1);
}

#[test]
fn statistic_accepted_without_a_value_is_requested_soon() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Subscribe);
    let (ticket, batch) = fixture.next_batch();
    fixture.answer_job(ticket, &json!({"status": {"code": 1}}));
    fixture.notify_value(&batch, 0, 7, 1_000_000_000_000);
    assert!(
        !fixture
            .take_connection_events()
            .contains(&ConnectionEvent::Connected)
    );

    fixture.advance_time(Duration::from_secs(2));
    let (ticket, _) = fixture.next_refresh();
    fixture.answer_job(ticket, &success_reply(&batch));

    let inputs = fixture.take_inputs();
    assert_eq!(connection_events(&inputs), [ConnectionEvent::Connected]);
    assert_eq!(fixture.manager.subscription_stats().rejected_count, 0);
}

#[test]
fn resumed_session_refreshes_all_values_before_connected() {
    let mut fixture = manager_fixture(3, 2, GenesysMode::Subscribe);
    fixture.answer_all(&[]);
    fixture.take_inputs();

    fixture.manager.mark_lost();
    fixture.manager.resume_session(fixture.now);

    assert_eq!(
        fixture.take_connection_events(),
        [catching_up(Discontinuity::Upstream)]
    );
    let refreshes = [fixture.next_refresh(), fixture.next_refresh()];
    for (ticket, refresh) in refreshes {
        assert!(refresh.statistic_ids.is_empty());
        assert!(
            !fixture
                .take_connection_events()
                .contains(&ConnectionEvent::Connected)
        );
        let values = fixture.values_reply(&refresh, 1);
        fixture.answer_job(ticket, &values);
    }
    assert!(
        fixture
            .take_connection_events()
            .contains(&ConnectionEvent::Connected)
    );
}

#[test]
fn lost_subscription_restarts_the_session() {
    let mut fixture = manager_fixture(3, 2, GenesysMode::Subscribe);
    fixture.answer_all(&[]);
    fixture.take_inputs();

    fixture.advance_time(Duration::from_mins(5));
    let (ticket, _) = fixture.next_refresh();
    fixture.fail_job(ticket, 404).unwrap();

    assert_eq!(
        fixture.take_connection_events(),
        [catching_up(Discontinuity::Session)]
    );
    assert_eq!(fixture.answer_all(&[]), 2);
    assert!(fixture.manager.unsubscribes.is_empty());
    assert_eq!(
        fixture.take_connection_events(),
        [ConnectionEvent::Connected]
    );
}

#[test]
fn unavailable_service_is_reported_and_resubscribed_when_back() {
    let mut fixture = manager_fixture(3, 2, GenesysMode::Subscribe);
    let (late, _) = fixture.next_batch();
    fixture.answer_all(&[]);
    fixture.take_inputs();

    fixture
        .manager
        .on_notification(Notification::Unavailable, fixture.now);

    assert!(matches!(
        fixture.take_connection_events()[..],
        [ConnectionEvent::Disconnected { .. }]
    ));
    assert!(fixture.next_job().is_none());
    fixture.fail_job(late, 500).unwrap();
    fixture
        .manager
        .on_notification(Notification::Available, fixture.now);
    assert_eq!(
        fixture.take_connection_events(),
        [catching_up(Discontinuity::Unavailable)]
    );
    fixture.answer_all(&[]);
    let inputs = fixture.take_inputs();
    assert_eq!(connection_events(&inputs), [ConnectionEvent::Connected]);
    assert_eq!(reported_figures(&inputs).len(), 3);
}

#[test]
fn service_that_returns_without_notice_is_found_by_probing() {
    let mut fixture = manager_fixture(3, 2, GenesysMode::Subscribe);
    fixture.answer_all(&[]);
    fixture
        .manager
        .on_notification(Notification::Unavailable, fixture.now);
    fixture.take_inputs();

    fixture.advance_time(UNAVAILABLE_RETRY * 2);
    let (ticket, _) = fixture.next_batch();
    fixture.fail_job(ticket, 503).unwrap();
    assert!(fixture.next_job().is_none());
    assert_eq!(fixture.take_connection_events(), []);
    fixture.advance_time(UNAVAILABLE_RETRY);
    fixture.answer_all(&[]);

    let inputs = fixture.take_inputs();
    assert_eq!(
        connection_events(&inputs),
        [
            catching_up(Discontinuity::Unavailable),
            ConnectionEvent::Connected
        ]
    );
    assert_eq!(reported_figures(&inputs).len(), 3);
}

#[test]
fn batch_that_fails_while_others_succeed_is_halved() {
    let mut fixture = manager_fixture(8, 4, GenesysMode::Subscribe);
    let mut inputs = Vec::new();
    for _ in 0..100 {
        while let Some((ticket, job)) = fixture.next_job() {
            let ApiJob::Request(batch) = job else {
                continue;
            };
            if batch.members.iter().any(|(index, _)| *index == 5) {
                fixture.fail_job(ticket, 500).unwrap();
            } else {
                fixture.answer_job(ticket, &success_reply(&batch));
            }
        }
        inputs.extend(fixture.take_inputs());
        fixture.advance_time(Duration::from_millis(200));
    }

    assert_eq!(
        connection_events(&inputs).last(),
        Some(&ConnectionEvent::Connected)
    );
    assert_eq!(fixture.manager.subscription_stats().rejected_count, 1);
}

#[test]
fn vendor_that_fails_every_request_ends_the_connection() {
    let mut fixture = manager_fixture(8, 4, GenesysMode::Subscribe);

    let error = (0..100).find_map(|_| {
        fixture.advance_time(Duration::from_secs(1));
        let (ticket, _) = fixture.next_job()?;
        fixture.fail_job(ticket, 500).err()
    });

    assert!(matches!(
        error,
        Some(GenesysError::Status { status: 500, .. })
    ));
}

#[test]
fn clock_set_back_is_accepted_in_the_end() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Subscribe);
    let (ticket, batch) = fixture.next_batch();
    fixture.answer_job(ticket, &success_reply(&batch));
    fixture.take_inputs();

    fixture.notify_value(&batch, 0, 8, 1);
    assert_eq!(reported_figures(&fixture.take_inputs()), []);
    fixture.advance_time(Duration::from_secs(10));
    let (ticket, _) = fixture.next_refresh();
    let mut body = success_reply(&batch);
    body["data"]["statistics"][0] = json!({"statisticId": batch.members[0].1.to_string(),
        "value": 8, "timestamp": 1});
    fixture.answer_job(ticket, &body);

    assert_eq!(reported_figures(&fixture.take_inputs()), [Some(8)]);
    fixture.notify_value(&batch, 0, 9, 2_000_000_000);
    assert_eq!(reported_figures(&fixture.take_inputs()), [Some(9)]);
}

#[test]
fn polling_requests_all_values_without_overlapping_poll_rounds() {
    let interval = Duration::from_secs(5);
    let mut fixture = manager_fixture(3, 2, GenesysMode::Poll(interval));
    let batches = [fixture.next_batch(), fixture.next_batch()];
    let answer = |batch: &StatisticBatch| {
        let statistics = batch.members.iter().map(|(index, _)| {
            json!({"name": "CurrNumberWaitingCalls", "objectType": "queue",
                "objectId": format!("{index}@switch"), "value": index})
        });
        json!({"status": {"code": 0}, "data": {"statistics": statistics.rev().collect::<Value>()}})
    };
    fixture.answer_job(batches[0].0, &answer(&batches[0].1));
    fixture.advance_time(interval * 3);
    assert!(fixture.next_job().is_none());

    fixture.answer_job(batches[1].0, &answer(&batches[1].1));

    let inputs = fixture.take_inputs();
    assert_eq!(
        connection_events(&inputs),
        [
            catching_up(Discontinuity::Session),
            ConnectionEvent::Connected
        ]
    );
    assert_eq!(reported_figures(&inputs), [Some(1), Some(0), Some(2)]);
    fixture.advance_time(interval * 2);
    assert_eq!(fixture.next_batch().1.members.len(), 2);
}

#[test]
fn statistic_by_definition_is_rejected_when_polling() {
    let mut settings = test_settings(2, 2, GenesysMode::Poll(Duration::from_secs(5)));
    Arc::get_mut(&mut settings.statistics).unwrap()[1].reference =
        StatisticReference::Definition(Arc::new(json!({})));
    let now = Instant::now();
    let mut manager = SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);

    manager.begin_session(Discontinuity::Session, now);

    let Some((_, ApiJob::Request(batch))) = manager.next_job(now) else {
        panic!("no request");
    };
    assert_eq!(batch.members.len(), 1);
    let stats = manager.subscription_stats();
    assert_eq!(stats.rejected_count, 1);
    assert!(stats.rejected[0].1.contains("can't be polled"));
}

/// The subscription that a job addresses, as the vendor reads it in the URL.
fn request_url(job: &ApiJob) -> String {
    match job {
        ApiJob::Request(batch) => batch.subscription.to_string(),
        ApiJob::Refresh(refresh) => refresh.id.to_string(),
        ApiJob::Unsubscribe(subscription) => subscription.to_string(),
    }
}

/// An update of a batch's first statistic, in the subscription that the vendor calls `id`.
fn update_in(id: &str, batch: &StatisticBatch, value: u64, at: i64) -> Notification {
    let data = json!({"statistics": [{"subscriptionId": id, "value": value, "timestamp": at,
        "statisticId": batch.members[0].1.to_string()}]});
    Notification::from_event(&BayeuxEvent {
        channel: notification::UPDATES_CHANNEL,
        data: serde_json::value::to_raw_value(&data).unwrap(),
    })
}

#[test]
fn requests_use_the_subscription_id_that_the_vendor_returns() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Subscribe);
    let (ticket, batch) = fixture.next_batch();
    // The update arrives before the response that reports the id.
    let early = update_in("sub/17", &batch, 7, 1_000_000_000_001);
    fixture.manager.on_notification(early, fixture.now);
    let mut body = success_reply(&batch);
    body["data"]["subscriptionId"] = json!("sub/17");
    fixture.answer_job(ticket, &body);
    let late = update_in("sub/17", &batch, 8, 1_000_000_000_002);
    fixture.manager.on_notification(late, fixture.now);

    let inputs = fixture.take_inputs();
    assert_eq!(
        reported_figures(&inputs),
        [Some(1), Some(8)],
        "only the last value waits"
    );

    fixture.advance_time(Duration::from_mins(5));
    let (ticket, job) = fixture.next_job().unwrap();
    assert!(matches!(job, ApiJob::Refresh(_)));
    assert_eq!(request_url(&job), "sub/17");
    fixture.fail_job(ticket, 404).unwrap();
    fixture.answer_all(&[]);
    fixture
        .manager
        .begin_session(Discontinuity::Session, fixture.now);
    let mut unsubscribed = Vec::new();
    while let Some((ticket, job)) = fixture.next_job() {
        match &job {
            ApiJob::Request(batch) => {
                let mut body = success_reply(batch);
                body["data"]["subscriptionId"] = json!(18);
                fixture.answer_job(ticket, &body);
            }
            job => {
                unsubscribed.push(request_url(job));
                fixture.answer_job(ticket, &json!({"status": {"code": 0}}));
            }
        }
    }
    assert_eq!(unsubscribed.len(), 1, "{unsubscribed:?}");
    assert_eq!(fixture.manager.release_all().len(), 1);
}

#[test]
fn unsubscribe_uses_the_id_that_the_vendor_returns() {
    let mut fixture = manager_fixture(1, 1, GenesysMode::Subscribe);
    let (ticket, batch) = fixture.next_batch();
    let mut body = success_reply(&batch);
    body["data"]["subscriptionId"] = json!(17);
    fixture.answer_job(ticket, &body);

    let released = fixture.manager.release_all();

    let released: Vec<_> = released.iter().map(ToString::to_string).collect();
    assert_eq!(released, ["17"]);
}

#[test]
fn reused_subscription_id_is_not_unsubscribed() {
    let mut fixture = manager_fixture(1, 1, GenesysMode::Subscribe);
    for _ in 0..2 {
        let (ticket, batch) = fixture.next_batch();
        let mut body = success_reply(&batch);
        body["data"]["subscriptionId"] = json!("the only one");
        fixture.answer_job(ticket, &body);
        fixture
            .manager
            .begin_session(Discontinuity::Session, fixture.now);
    }
    let (ticket, batch) = fixture.next_batch();
    let mut body = success_reply(&batch);
    body["data"]["subscriptionId"] = json!("the only one");
    fixture.answer_job(ticket, &body);

    assert!(fixture.next_job().is_none());
}

/// Answers a poll with these errors and without the first 20 values.
fn collect_rejections(fixture: &mut ManagerFixture, errors: &Value) -> Vec<(String, String)> {
    let (ticket, batch) = fixture.next_batch();
    let statistics = batch.members.iter().skip(20).map(|(index, _)| {
        json!({"name": "CurrNumberWaitingCalls", "objectType": "Queue",
            "objectId": format!("{index}@switch"), "value": index})
    });
    let body = json!({"status": {"code": 0}, "errors": errors,
        "data": {"statistics": statistics.collect::<Value>()}});
    fixture.answer_job(ticket, &body);
    let rejections = fixture.manager.subscription_stats().rejected;
    let texts = rejections.iter().map(|(name, why)| {
        let object = name.rsplit(' ').next().unwrap();
        (object.to_owned(), why.to_string())
    });
    texts.collect()
}

fn owned_pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(object, why): &(&str, &str)| ((*object).to_owned(), (*why).to_owned());
    expected.iter().map(pair).collect()
}

#[test]
fn polling_gives_each_rejected_statistic_its_own_reason() {
    let no = |object: &str, why: &str| {
        json!({"status": {"code": 42,
            "message": format!("Statistic 'CurrNumberWaitingCalls' of '{object}' {why}")}})
    };
    let errors = json!([no("11@switch", "is broken"), no("1@switch", "is not found")]);

    let rejections = collect_rejections(
        &mut manager_fixture(22, 200, GenesysMode::Poll(Duration::from_secs(5))),
        &errors,
    );

    let (first, second) = (
        "Statistic 'CurrNumberWaitingCalls' of '1@switch' is not found",
        "Statistic 'CurrNumberWaitingCalls' of '11@switch' is broken",
    );
    // The others without a value aren't rejected.
    assert_eq!(
        rejections,
        owned_pairs(&[("1@switch", first), ("11@switch", second)])
    );
}

#[test]
fn polling_attributes_errors_by_their_fields() {
    let errors = json!([
        {"objectId": "3@switch", "status": {"code": 41, "message": "Queue not found"}},
        {"name": "CurrNumberWaitingCalls", "objectType": "queue", "objectId": "4@switch",
            "status": {"code": 42, "message": "no right to it"}},
    ]);

    let rejections = collect_rejections(
        &mut manager_fixture(22, 200, GenesysMode::Poll(Duration::from_secs(5))),
        &errors,
    );

    assert_eq!(
        rejections,
        owned_pairs(&[
            ("3@switch", "Queue not found"),
            ("4@switch", "no right to it")
        ])
    );
}

#[test]
fn unattributed_reasons_are_not_given_as_a_statistics_own() {
    let error = |why: &str| json!({"status": {"code": 42, "message": why}});
    let poll = || manager_fixture(21, 200, GenesysMode::Poll(Duration::from_secs(5)));

    let one = collect_rejections(&mut poll(), &json!([error("no right to it")]));
    let two = collect_rejections(
        &mut poll(),
        &json!([error("no right"), error("Queue not found")]),
    );

    assert_eq!(one.len(), 20);
    assert!(
        one.iter().all(|(_, why)| why == "no right to it"),
        "{one:?}"
    );
    assert_eq!(two.len(), 20);
    for (_, why) in two {
        assert_eq!(
            why,
            "Genesys doesn't report which reason belongs to which statistic: Queue not found; no right"
        );
    }
}

#[test]
fn every_value_is_refreshed_within_a_minute_but_not_all_at_once() {
    let mut fixture = manager_fixture(600, 100, GenesysMode::Subscribe);
    fixture.answer_all(&[]);
    let mut refreshed = Vec::new();
    for _ in 0..59 {
        fixture.advance_time(Duration::from_secs(1));
        let mut at_once = 0;
        while let Some((ticket, job)) = fixture.next_job() {
            let ApiJob::Refresh(refresh) = job else {
                panic!("expected a refresh, got {job:?}");
            };
            at_once += 1;
            let values = fixture.values_reply(&refresh, 1);
            fixture.answer_job(ticket, &values);
            refreshed.push(refresh.subscription);
        }
        assert!(at_once <= 2, "{at_once} at once");
    }

    refreshed.sort_unstable();
    refreshed.dedup();
    assert_eq!(refreshed.len(), 6);
}

#[test]
fn refreshes_that_fail_with_503_disconnect() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Subscribe);
    fixture.answer_all(&[]);
    fixture.take_inputs();

    fixture.advance_time(Duration::from_mins(5));
    for _ in 0..3 {
        let (ticket, _) = fixture.next_refresh();
        fixture.fail_job(ticket, 503).unwrap();
        fixture.advance_time(Duration::from_secs(5));
    }

    let events = fixture.take_connection_events();
    assert!(
        matches!(events[..], [ConnectionEvent::Disconnected { .. }]),
        "{events:?}"
    );
}

#[test]
fn unanswered_refreshes_end_the_connection() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Subscribe);
    fixture.answer_all(&[]);

    fixture.advance_time(Duration::from_mins(5));
    let outcomes = (0..3).map(|_| {
        let (ticket, _) = fixture.next_refresh();
        let error = GenesysError::NoAnswer(Duration::from_secs(3), ApiCall::Values);
        let outcome = fixture.manager.on_outcome(ticket, Err(error), fixture.now);
        fixture.advance_time(Duration::from_secs(5));
        outcome.is_err()
    });

    assert_eq!(outcomes.collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn hanging_poll_server_is_not_live_once_values_are_out_of_date() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Poll(Duration::from_secs(1)));
    fixture.answer_all(&[]);
    assert!(
        fixture
            .take_connection_events()
            .contains(&ConnectionEvent::Connected)
    );
    fixture.advance_time(Duration::from_secs(2));
    let (ticket, batch) = fixture.next_batch();

    fixture.advance_time(Duration::from_secs(5));
    assert_eq!(fixture.take_connection_events(), []);
    let due = fixture.manager.next_due().unwrap();
    assert!(
        due <= fixture.now + Duration::from_secs(1),
        "nothing would wake up"
    );
    fixture.advance_time(Duration::from_secs(2));

    let why = "The request for values isn't answered".to_owned();
    assert_eq!(
        fixture.take_connection_events(),
        [ConnectionEvent::Disconnected { why }]
    );
    fixture.answer_job(ticket, &success_reply(&batch));
    let inputs = fixture.take_inputs();
    assert_eq!(reported_figures(&inputs).len(), 2);
    assert_eq!(
        connection_events(&inputs),
        [
            catching_up(Discontinuity::Upstream),
            ConnectionEvent::Connected
        ]
    );
}

#[test]
fn hanging_poll_server_is_disconnected_with_the_reason_until_it_answers() {
    let mut fixture = manager_fixture(2, 2, GenesysMode::Poll(Duration::from_secs(1)));
    let error = || GenesysError::NoAnswer(Duration::from_secs(3), ApiCall::Values);
    let why = "The request for values didn't respond within 3 s";
    fixture.take_inputs();

    // Until the connection ends, and in the next one.
    for is_first in [true, false] {
        let outcomes = (0..3).map(|_| {
            let (ticket, _) = fixture.next_batch();
            let outcome = fixture
                .manager
                .on_outcome(ticket, Err(error()), fixture.now);
            fixture.advance_time(Duration::from_secs(5));
            outcome.is_err()
        });
        assert_eq!(outcomes.collect::<Vec<_>>(), [false, false, true]);
        let disconnected = ConnectionEvent::Disconnected {
            why: why.to_owned(),
        };
        let expected = [disconnected].into_iter().filter(|_| is_first);
        assert_eq!(
            fixture.take_connection_events(),
            expected.collect::<Vec<_>>()
        );
        fixture.manager.mark_lost();
        let now = fixture.now;
        fixture.manager.begin_session(Discontinuity::Upstream, now);
        assert_eq!(fixture.take_connection_events(), []);
    }
    fixture.answer_all(&[]);

    let inputs = fixture.take_inputs();
    assert_eq!(reported_figures(&inputs).len(), 2);
    assert_eq!(
        connection_events(&inputs),
        [
            catching_up(Discontinuity::Upstream),
            ConnectionEvent::Connected
        ]
    );
}
