use serde_json::{Value, json};

use crate::{
    domain::{Input, Metric, MetricSubject, MetricValue as Figure, QueueId, SourceId, VendorValue},
    sources::{
        RedactedText,
        genesys::{
            NotificationTransport, OAuthGrant, OAuthSettings, StatisticReference,
            bayeux::BayeuxEvent, envelope, error::ApiCall, notification,
        },
        statserver::{DeliveredUnit, Measure, Statistic},
    },
};

use super::*;

pub(super) fn test_settings(statistics: usize, chunk: usize, mode: GenesysMode) -> GenesysSettings {
    let id: SourceId = "voice".into();
    let asked = (0..statistics).map(|number| {
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
        statistics: asked.collect(),
        id,
    }
}

struct ManagerFixture {
    desk: SubscriptionManager,
    now: Instant,
}

fn manager_fixture(statistics: usize, chunk: usize, mode: GenesysMode) -> ManagerFixture {
    let settings = test_settings(statistics, chunk, mode);
    let now = Instant::now();
    let mut desk = SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);
    desk.begin_session(Discontinuity::Session, now);
    ManagerFixture { desk, now }
}

pub(super) fn parse_envelope(body: &Value) -> ApiEnvelope {
    envelope::parse_answer(body.to_string().as_bytes()).unwrap()
}

/// The answer to an order: each statistic's place is its value.
fn success_reply(order: &StatisticBatch) -> Value {
    let statistics = order.members.iter().map(|(place, name)| {
        json!({"statisticId": name.to_string(), "value": place, "timestamp": 1_000_000_000_000_i64})
    });
    let id = order.subscription.to_string();
    json!({"status": {"code": 0},
        "data": {"subscriptionId": id, "statistics": statistics.collect::<Value>()}})
}

pub(super) fn status_error(status: u16) -> GenesysError {
    GenesysError::Status {
        asked: ApiCall::Subscription,
        status,
        why: "no".to_owned(),
        after: None,
    }
}

impl ManagerFixture {
    fn next_job(&mut self) -> Option<(JobTicket, ApiJob)> {
        self.desk.next_job(self.now)
    }

    fn next_batch(&mut self) -> (JobTicket, StatisticBatch) {
        match self.next_job() {
            Some((ticket, ApiJob::Request(order))) => (ticket, order),
            other => panic!("no order but {other:?}"),
        }
    }

    fn next_refresh(&mut self) -> (JobTicket, ValueRefresh) {
        match self.next_job() {
            Some((ticket, ApiJob::Refresh(peek))) => (ticket, peek),
            other => panic!("no peek but {other:?}"),
        }
    }

    fn answer_job(&mut self, ticket: JobTicket, body: &Value) {
        self.desk
            .on_outcome(ticket, Ok(parse_envelope(body)), self.now)
            .unwrap();
    }

    fn fail_job(&mut self, ticket: JobTicket, status: u16) -> Result<(), GenesysError> {
        self.desk
            .on_outcome(ticket, Err(status_error(status)), self.now)
    }

    /// Works off all that is to be asked, and refuses chunks with these statistics.
    /// Counts the orders.
    fn answer_all(&mut self, bad: &[StatisticIndex]) -> usize {
        let mut orders = 0;
        while let Some((ticket, job)) = self.next_job() {
            let order = match job {
                ApiJob::Request(order) => order,
                ApiJob::Refresh(peek) => {
                    let values = self.values_reply(&peek, 1);
                    self.answer_job(ticket, &values);
                    continue;
                }
                ApiJob::Unsubscribe(_) => {
                    self.answer_job(ticket, &json!({"status": {"code": 0}}));
                    continue;
                }
            };
            orders += 1;
            if order.members.iter().any(|(place, _)| bad.contains(place)) {
                self.fail_job(ticket, 400).unwrap();
            } else {
                self.answer_job(ticket, &success_reply(&order));
            }
        }
        orders
    }

    /// The answer to a peek: each statistic's place is its value.
    fn values_reply(&self, peek: &ValueRefresh, at: i64) -> Value {
        let statistics = self.desk.confirmed[&peek.subscription].members.iter();
        let statistics = statistics.map(|place| {
            let name = self.desk.registry.statistic_id(*place).unwrap().to_string();
            json!({"statisticId": name, "value": place, "timestamp": at})
        });
        let statistics: Value = statistics.collect();
        json!({"status": {"code": 0}, "data": {"statistics": statistics}})
    }

    fn advance_time(&mut self, time: Duration) {
        self.now += time;
        self.desk.on_timer(self.now);
    }

    fn take_inputs(&mut self) -> Vec<Input> {
        let mut told = Vec::new();
        while let Some(more) = self.desk.outbox.take_batch() {
            told.extend(more);
        }
        told
    }

    fn take_connection_events(&mut self) -> Vec<ConnectionEvent> {
        connection_events(&self.take_inputs())
    }

    fn notify_value(&mut self, order: &StatisticBatch, place: StatisticIndex, value: u64, at: i64) {
        let (_, name) = order.members.iter().find(|(own, _)| *own == place).unwrap();
        let told = ReportedValue {
            statistic: Some(*name),
            vendor_millis: Some(at),
            value: Some(serde_json::value::to_raw_value(&value).unwrap()),
            ..ReportedValue::default()
        };
        self.desk
            .on_notification(Notification::Values(vec![told]), self.now);
    }
}

fn connection_events(told: &[Input]) -> Vec<ConnectionEvent> {
    let lines = told.iter().filter_map(|input| match input {
        Input::Connection(_, line) => Some(line.clone()),
        _ => None,
    });
    lines.collect()
}

fn reported_figures(told: &[Input]) -> Vec<Option<u64>> {
    let figures = told.iter().filter_map(|input| match input {
        Input::Update(update) => match &update.fact {
            Fact::VendorReport(_, statement) => match statement.value {
                VendorValue::Metric(_, Some(Figure::Count(count))) => Some(Some(count)),
                _ => Some(None),
            },
            _ => None,
        },
        _ => None,
    });
    figures.collect()
}

fn catching_up(broken: Discontinuity) -> ConnectionEvent {
    let broken = Some(broken);
    ConnectionEvent::CatchingUp { broken }
}

#[test]
fn the_line_is_whole_once_all_first_values_are_there() {
    let mut scene = manager_fixture(5, 2, GenesysMode::Subscribe);
    let orders: Vec<_> = (0..3).map(|_| scene.next_batch()).collect();
    assert!(scene.next_job().is_none());

    let mut told = Vec::new();
    for (ticket, order) in &orders {
        assert!(!connection_events(&told).contains(&ConnectionEvent::Connected));
        scene.answer_job(*ticket, &success_reply(order));
        told.extend(scene.take_inputs());
    }

    assert_eq!(
        connection_events(&told),
        [
            catching_up(Discontinuity::Session),
            ConnectionEvent::Connected
        ]
    );
    assert_eq!(
        reported_figures(&told),
        (0..5).map(Some).collect::<Vec<_>>()
    );
}

#[test]
fn not_more_than_a_handful_of_requests_is_out_at_once() {
    let mut scene = manager_fixture(100, 1, GenesysMode::Subscribe);

    assert_eq!(
        std::iter::from_fn(|| scene.next_job()).count(),
        CONCURRENT_REQUESTS
    );
}

#[test]
fn one_bad_statistic_of_a_chunk_costs_only_itself() {
    let mut scene = manager_fixture(200, 200, GenesysMode::Subscribe);

    let orders = scene.answer_all(&[77]);

    assert!(orders < 20, "{orders}");
    let told = scene.take_inputs();
    assert_eq!(
        connection_events(&told).last(),
        Some(&ConnectionEvent::Connected)
    );
    assert_eq!(
        reported_figures(&told)
            .iter()
            .filter(|f| f.is_none())
            .count(),
        1
    );
    assert_eq!(reported_figures(&told).len(), 200);
    let account = scene.desk.subscription_stats();
    assert_eq!(account.rejected_count, 1);
    assert_eq!(
        &*account.rejected[0].0,
        "CurrNumberWaitingCalls of 77@switch"
    );
    assert_eq!(account.invalid, 0, "what is refused is counted once");
}

#[test]
fn what_was_refused_is_asked_again_alone_and_told_once() {
    let mut scene = manager_fixture(4, 4, GenesysMode::Subscribe);
    scene.answer_all(&[2]);
    let notes = |told: &[Input]| {
        told.iter()
            .filter(|i| matches!(i, Input::Diagnostic(..)))
            .count()
    };
    assert_eq!(notes(&scene.take_inputs()), 1);

    scene.advance_time(Duration::from_mins(1));
    assert_eq!(scene.answer_all(&[2]), 1);
    assert_eq!(notes(&scene.take_inputs()), 0);

    scene.advance_time(Duration::from_mins(1));
    assert_eq!(scene.answer_all(&[]), 1);
    assert!(reported_figures(&scene.take_inputs()).contains(&Some(2)));
    assert_eq!(scene.desk.subscription_stats().rejected_count, 0);
}

#[test]
fn an_error_beside_values_is_pinned_on_the_statistic_that_it_names() {
    let mut scene = manager_fixture(3, 3, GenesysMode::Subscribe);
    let (ticket, order) = scene.next_batch();
    let mut body = success_reply(&order);
    body["data"]["statistics"].as_array_mut().unwrap().remove(1);
    let name = order.members[1].1.to_string();
    body["errors"] = json!([{"status": {"code": 5, "message": format!("no {name}")}}]);

    scene.answer_job(ticket, &body);

    let told = scene.take_inputs();
    assert_eq!(reported_figures(&told), [Some(0), Some(2), None]);
    assert_eq!(
        connection_events(&told).last(),
        Some(&ConnectionEvent::Connected)
    );
    assert_eq!(scene.desk.subscription_stats().rejected_count, 1);
}

#[test]
fn what_is_accepted_without_a_value_is_asked_for_a_little_later() {
    let mut scene = manager_fixture(2, 2, GenesysMode::Subscribe);
    let (ticket, order) = scene.next_batch();
    scene.answer_job(ticket, &json!({"status": {"code": 1}}));
    scene.notify_value(&order, 0, 7, 1_000_000_000_000);
    assert!(
        !scene
            .take_connection_events()
            .contains(&ConnectionEvent::Connected)
    );

    scene.advance_time(Duration::from_secs(2));
    let (ticket, _) = scene.next_refresh();
    scene.answer_job(ticket, &success_reply(&order));

    let told = scene.take_inputs();
    assert_eq!(connection_events(&told), [ConnectionEvent::Connected]);
    assert_eq!(scene.desk.subscription_stats().rejected_count, 0);
}

#[test]
fn after_a_cut_all_values_are_asked_for_before_the_line_is_whole() {
    let mut scene = manager_fixture(3, 2, GenesysMode::Subscribe);
    scene.answer_all(&[]);
    scene.take_inputs();

    scene.desk.mark_lost();
    scene.desk.resume_session(scene.now);

    assert_eq!(
        scene.take_connection_events(),
        [catching_up(Discontinuity::Upstream)]
    );
    let peeks = [scene.next_refresh(), scene.next_refresh()];
    for (ticket, peek) in peeks {
        assert!(peek.statistic_ids.is_empty());
        assert!(
            !scene
                .take_connection_events()
                .contains(&ConnectionEvent::Connected)
        );
        let values = scene.values_reply(&peek, 1);
        scene.answer_job(ticket, &values);
    }
    assert!(
        scene
            .take_connection_events()
            .contains(&ConnectionEvent::Connected)
    );
}

#[test]
fn a_subscription_that_the_vendor_forgot_makes_all_begin_anew() {
    let mut scene = manager_fixture(3, 2, GenesysMode::Subscribe);
    scene.answer_all(&[]);
    scene.take_inputs();

    scene.advance_time(Duration::from_mins(5));
    let (ticket, _) = scene.next_refresh();
    scene.fail_job(ticket, 404).unwrap();

    assert_eq!(
        scene.take_connection_events(),
        [catching_up(Discontinuity::Session)]
    );
    assert_eq!(scene.answer_all(&[]), 2);
    assert!(scene.desk.unsubscribes.is_empty());
    assert_eq!(scene.take_connection_events(), [ConnectionEvent::Connected]);
}

#[test]
fn an_unavailable_service_is_told_at_once_and_all_begins_anew_when_it_is_back() {
    let mut scene = manager_fixture(3, 2, GenesysMode::Subscribe);
    let (late, _) = scene.next_batch();
    scene.answer_all(&[]);
    scene.take_inputs();

    scene
        .desk
        .on_notification(Notification::Unavailable, scene.now);

    assert!(matches!(
        scene.take_connection_events()[..],
        [ConnectionEvent::Disconnected { .. }]
    ));
    assert!(scene.next_job().is_none());
    scene.fail_job(late, 500).unwrap();
    scene
        .desk
        .on_notification(Notification::Available, scene.now);
    assert_eq!(
        scene.take_connection_events(),
        [catching_up(Discontinuity::Unavailable)]
    );
    scene.answer_all(&[]);
    let told = scene.take_inputs();
    assert_eq!(connection_events(&told), [ConnectionEvent::Connected]);
    assert_eq!(reported_figures(&told).len(), 3);
}

#[test]
fn a_service_that_is_back_and_did_not_say_so_is_found_by_knocking() {
    let mut scene = manager_fixture(3, 2, GenesysMode::Subscribe);
    scene.answer_all(&[]);
    scene
        .desk
        .on_notification(Notification::Unavailable, scene.now);
    scene.take_inputs();

    scene.advance_time(UNAVAILABLE_RETRY * 2);
    let (ticket, _) = scene.next_batch();
    scene.fail_job(ticket, 503).unwrap();
    assert!(scene.next_job().is_none());
    assert_eq!(scene.take_connection_events(), []);
    scene.advance_time(UNAVAILABLE_RETRY);
    scene.answer_all(&[]);

    let told = scene.take_inputs();
    assert_eq!(
        connection_events(&told),
        [
            catching_up(Discontinuity::Unavailable),
            ConnectionEvent::Connected
        ]
    );
    assert_eq!(reported_figures(&told).len(), 3);
}

#[test]
fn a_chunk_that_fails_where_others_do_not_is_halved_in_the_end() {
    let mut scene = manager_fixture(8, 4, GenesysMode::Subscribe);
    let mut told = Vec::new();
    for _ in 0..100 {
        while let Some((ticket, job)) = scene.next_job() {
            let ApiJob::Request(order) = job else {
                continue;
            };
            if order.members.iter().any(|(place, _)| *place == 5) {
                scene.fail_job(ticket, 500).unwrap();
            } else {
                scene.answer_job(ticket, &success_reply(&order));
            }
        }
        told.extend(scene.take_inputs());
        scene.advance_time(Duration::from_millis(200));
    }

    assert_eq!(
        connection_events(&told).last(),
        Some(&ConnectionEvent::Connected)
    );
    assert_eq!(scene.desk.subscription_stats().rejected_count, 1);
}

#[test]
fn a_vendor_that_fails_at_everything_ends_the_line() {
    let mut scene = manager_fixture(8, 4, GenesysMode::Subscribe);

    let ended = (0..100).find_map(|_| {
        scene.advance_time(Duration::from_secs(1));
        let (ticket, _) = scene.next_job()?;
        scene.fail_job(ticket, 500).err()
    });

    assert!(matches!(
        ended,
        Some(GenesysError::Status { status: 500, .. })
    ));
}

#[test]
fn a_clock_set_back_is_the_truth_in_the_end() {
    let mut scene = manager_fixture(2, 2, GenesysMode::Subscribe);
    let (ticket, order) = scene.next_batch();
    scene.answer_job(ticket, &success_reply(&order));
    scene.take_inputs();

    scene.notify_value(&order, 0, 8, 1);
    assert_eq!(reported_figures(&scene.take_inputs()), []);
    scene.advance_time(Duration::from_secs(10));
    let (ticket, _) = scene.next_refresh();
    let mut body = success_reply(&order);
    body["data"]["statistics"][0] = json!({"statisticId": order.members[0].1.to_string(),
        "value": 8, "timestamp": 1});
    scene.answer_job(ticket, &body);

    assert_eq!(reported_figures(&scene.take_inputs()), [Some(8)]);
    scene.notify_value(&order, 0, 9, 2_000_000_000);
    assert_eq!(reported_figures(&scene.take_inputs()), [Some(9)]);
}

#[test]
fn polling_asks_all_each_time_and_never_a_round_on_top_of_another() {
    let interval = Duration::from_secs(5);
    let mut scene = manager_fixture(3, 2, GenesysMode::Poll(interval));
    let orders = [scene.next_batch(), scene.next_batch()];
    let answer = |order: &StatisticBatch| {
        let statistics = order.members.iter().map(|(place, _)| {
            json!({"name": "CurrNumberWaitingCalls", "objectType": "queue",
                "objectId": format!("{place}@switch"), "value": place})
        });
        json!({"status": {"code": 0}, "data": {"statistics": statistics.rev().collect::<Value>()}})
    };
    scene.answer_job(orders[0].0, &answer(&orders[0].1));
    scene.advance_time(interval * 3);
    assert!(scene.next_job().is_none());

    scene.answer_job(orders[1].0, &answer(&orders[1].1));

    let told = scene.take_inputs();
    assert_eq!(
        connection_events(&told),
        [
            catching_up(Discontinuity::Session),
            ConnectionEvent::Connected
        ]
    );
    assert_eq!(reported_figures(&told), [Some(1), Some(0), Some(2)]);
    scene.advance_time(interval * 2);
    assert_eq!(scene.next_batch().1.members.len(), 2);
}

#[test]
fn a_statistic_by_definition_cannot_be_polled_and_that_is_said() {
    let mut settings = test_settings(2, 2, GenesysMode::Poll(Duration::from_secs(5)));
    Arc::get_mut(&mut settings.statistics).unwrap()[1].reference =
        StatisticReference::Definition(Arc::new(json!({})));
    let now = Instant::now();
    let mut desk = SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);

    desk.begin_session(Discontinuity::Session, now);

    let Some((_, ApiJob::Request(order))) = desk.next_job(now) else {
        panic!("nothing asked");
    };
    assert_eq!(order.members.len(), 1);
    let account = desk.subscription_stats();
    assert_eq!(account.rejected_count, 1);
    assert!(account.rejected[0].1.contains("can't be polled"));
}

/// What a job is asked of, as the vendor reads it in the address.
fn request_url(job: &ApiJob) -> String {
    match job {
        ApiJob::Request(order) => order.subscription.to_string(),
        ApiJob::Refresh(peek) => peek.id.to_string(),
        ApiJob::Unsubscribe(subscription) => subscription.to_string(),
    }
}

/// An update of an order's first statistic, in the subscription that the vendor calls `id`.
fn update_in(id: &str, order: &StatisticBatch, value: u64, at: i64) -> Notification {
    let data = json!({"statistics": [{"subscriptionId": id, "value": value, "timestamp": at,
        "statisticId": order.members[0].1.to_string()}]});
    Notification::from_event(&BayeuxEvent {
        channel: notification::UPDATES_CHANNEL,
        data: serde_json::value::to_raw_value(&data).unwrap(),
    })
}

#[test]
fn a_subscription_goes_by_the_id_that_the_vendor_returns() {
    let mut scene = manager_fixture(2, 2, GenesysMode::Subscribe);
    let (ticket, order) = scene.next_batch();
    // It is told before the answer that says what it is called.
    let early = update_in("sub/17", &order, 7, 1_000_000_000_001);
    scene.desk.on_notification(early, scene.now);
    let mut body = success_reply(&order);
    body["data"]["subscriptionId"] = json!("sub/17");
    scene.answer_job(ticket, &body);
    let late = update_in("sub/17", &order, 8, 1_000_000_000_002);
    scene.desk.on_notification(late, scene.now);

    let told = scene.take_inputs();
    assert_eq!(
        reported_figures(&told),
        [Some(1), Some(8)],
        "only the last waits"
    );

    scene.advance_time(Duration::from_mins(5));
    let (ticket, job) = scene.next_job().unwrap();
    assert!(matches!(job, ApiJob::Refresh(_)));
    assert_eq!(request_url(&job), "sub/17");
    scene.fail_job(ticket, 404).unwrap();
    scene.answer_all(&[]);
    scene.desk.begin_session(Discontinuity::Session, scene.now);
    let mut ended = Vec::new();
    while let Some((ticket, job)) = scene.next_job() {
        match &job {
            ApiJob::Request(order) => {
                let mut body = success_reply(order);
                body["data"]["subscriptionId"] = json!(18);
                scene.answer_job(ticket, &body);
            }
            job => {
                ended.push(request_url(job));
                scene.answer_job(ticket, &json!({"status": {"code": 0}}));
            }
        }
    }
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(scene.desk.release_all().len(), 1);
}

#[test]
fn a_subscription_is_ended_by_the_id_that_the_vendor_returns() {
    let mut scene = manager_fixture(1, 1, GenesysMode::Subscribe);
    let (ticket, order) = scene.next_batch();
    let mut body = success_reply(&order);
    body["data"]["subscriptionId"] = json!(17);
    scene.answer_job(ticket, &body);

    let left = scene.desk.release_all();

    let left: Vec<_> = left.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["17"]);
}

#[test]
fn a_subscription_that_stands_again_under_its_old_id_is_not_ended() {
    let mut scene = manager_fixture(1, 1, GenesysMode::Subscribe);
    for _ in 0..2 {
        let (ticket, order) = scene.next_batch();
        let mut body = success_reply(&order);
        body["data"]["subscriptionId"] = json!("the only one");
        scene.answer_job(ticket, &body);
        scene.desk.begin_session(Discontinuity::Session, scene.now);
    }
    let (ticket, order) = scene.next_batch();
    let mut body = success_reply(&order);
    body["data"]["subscriptionId"] = json!("the only one");
    scene.answer_job(ticket, &body);

    assert!(scene.next_job().is_none());
}

/// An answer to a poll with an error for each of these, and no values.
fn collect_rejections(scene: &mut ManagerFixture, errors: &Value) -> Vec<(String, String)> {
    let (ticket, order) = scene.next_batch();
    let statistics = order.members.iter().skip(20).map(|(place, _)| {
        json!({"name": "CurrNumberWaitingCalls", "objectType": "Queue",
            "objectId": format!("{place}@switch"), "value": place})
    });
    let body = json!({"status": {"code": 0}, "errors": errors,
        "data": {"statistics": statistics.collect::<Value>()}});
    scene.answer_job(ticket, &body);
    let refused = scene.desk.subscription_stats().rejected;
    let texts = refused.iter().map(|(name, why)| {
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
fn when_polling_each_refused_statistic_has_its_own_reason() {
    let no = |object: &str, why: &str| {
        json!({"status": {"code": 42,
            "message": format!("Statistic 'CurrNumberWaitingCalls' of '{object}' {why}")}})
    };
    let errors = json!([no("11@switch", "is broken"), no("1@switch", "is not found")]);

    let refused = collect_rejections(
        &mut manager_fixture(22, 200, GenesysMode::Poll(Duration::from_secs(5))),
        &errors,
    );

    let (first, second) = (
        "Statistic 'CurrNumberWaitingCalls' of '1@switch' is not found",
        "Statistic 'CurrNumberWaitingCalls' of '11@switch' is broken",
    );
    // Of all others without a value nothing is said.
    assert_eq!(
        refused,
        owned_pairs(&[("1@switch", first), ("11@switch", second)])
    );
}

#[test]
fn when_polling_an_error_is_of_the_statistic_that_its_fields_name() {
    let errors = json!([
        {"objectId": "3@switch", "status": {"code": 41, "message": "Queue not found"}},
        {"name": "CurrNumberWaitingCalls", "objectType": "queue", "objectId": "4@switch",
            "status": {"code": 42, "message": "no right to it"}},
    ]);

    let refused = collect_rejections(
        &mut manager_fixture(22, 200, GenesysMode::Poll(Duration::from_secs(5))),
        &errors,
    );

    assert_eq!(
        refused,
        owned_pairs(&[
            ("3@switch", "Queue not found"),
            ("4@switch", "no right to it")
        ])
    );
}

#[test]
fn reasons_that_name_no_statistic_are_not_given_as_a_statistics_own() {
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
fn every_value_is_asked_for_within_a_minute_and_not_all_at_once() {
    let mut scene = manager_fixture(600, 100, GenesysMode::Subscribe);
    scene.answer_all(&[]);
    let mut asked = Vec::new();
    for _ in 0..59 {
        scene.advance_time(Duration::from_secs(1));
        let mut at_once = 0;
        while let Some((ticket, job)) = scene.next_job() {
            let ApiJob::Refresh(peek) = job else {
                panic!("no peek but {job:?}");
            };
            at_once += 1;
            let values = scene.values_reply(&peek, 1);
            scene.answer_job(ticket, &values);
            asked.push(peek.subscription);
        }
        assert!(at_once <= 2, "{at_once} at once");
    }

    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), 6);
}

#[test]
fn where_no_value_can_be_asked_for_any_more_nothing_is_live() {
    let mut scene = manager_fixture(2, 2, GenesysMode::Subscribe);
    scene.answer_all(&[]);
    scene.take_inputs();

    scene.advance_time(Duration::from_mins(5));
    for _ in 0..3 {
        let (ticket, _) = scene.next_refresh();
        scene.fail_job(ticket, 503).unwrap();
        scene.advance_time(Duration::from_secs(5));
    }

    let told = scene.take_connection_events();
    assert!(
        matches!(told[..], [ConnectionEvent::Disconnected { .. }]),
        "{told:?}"
    );
}

#[test]
fn where_values_asked_for_do_not_come_the_line_is_lost() {
    let mut scene = manager_fixture(2, 2, GenesysMode::Subscribe);
    scene.answer_all(&[]);

    scene.advance_time(Duration::from_mins(5));
    let outcomes = (0..3).map(|_| {
        let (ticket, _) = scene.next_refresh();
        let error = GenesysError::NoAnswer(Duration::from_secs(3), ApiCall::Values);
        let outcome = scene.desk.on_outcome(ticket, Err(error), scene.now);
        scene.advance_time(Duration::from_secs(5));
        outcome.is_err()
    });

    assert_eq!(outcomes.collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn polling_a_server_that_hangs_is_not_live_once_no_value_is_fresh() {
    let mut scene = manager_fixture(2, 2, GenesysMode::Poll(Duration::from_secs(1)));
    scene.answer_all(&[]);
    assert!(
        scene
            .take_connection_events()
            .contains(&ConnectionEvent::Connected)
    );
    scene.advance_time(Duration::from_secs(2));
    let (ticket, order) = scene.next_batch();

    scene.advance_time(Duration::from_secs(10));
    assert_eq!(scene.take_connection_events(), []);
    let due = scene.desk.next_due().unwrap();
    assert!(
        due <= scene.now + Duration::from_secs(1),
        "nobody would look"
    );
    scene.advance_time(Duration::from_secs(2));

    assert_eq!(
        scene.take_connection_events(),
        [catching_up(Discontinuity::Upstream)]
    );
    scene.answer_job(ticket, &success_reply(&order));
    let told = scene.take_inputs();
    assert_eq!(reported_figures(&told).len(), 2);
    assert_eq!(connection_events(&told), [ConnectionEvent::Connected]);
}
