use serde_json::{Value, json};

use crate::{
    domain::{Input, Metric, QueueId, SourceId, Stated, Subject, Value as Figure},
    sources::{
        Hidden,
        genesys::{Auth, Grant, How, Transport, bayeux::Event, envelope, error::Call, notice},
        statserver::{Delivered, Measure, Statistic},
    },
};

use super::*;

pub(super) fn settings(statistics: usize, chunk: usize, mode: Mode) -> Settings {
    let id: SourceId = "voice".into();
    let asked = (0..statistics).map(|number| {
        let object = format!("{number}@switch");
        Asked {
            statistic: Statistic {
                name: "CurrNumberWaitingCalls".into(),
                object_type: "Queue".into(),
                subject: Subject::Queue(QueueId::new(&id, &object)),
                object: object.into(),
                measure: Measure::Figure(Metric::Waiting),
                delivered: Delivered::Count,
                no_estimate_above: None,
            },
            how: How::Name,
        }
    });
    Settings {
        base_url: "http://127.0.0.1:1".to_owned(),
        api_key: Hidden::default(),
        ca_file: None,
        mode,
        transport: Transport::LongPolling,
        chunk,
        states: std::collections::HashMap::new(),
        reasons: std::collections::HashMap::new(),
        auth: Auth {
            token_url: String::new(),
            grant: Grant::ClientCredentials,
            client_id: String::new(),
            client_secret: Hidden::default(),
        },
        statistics: asked.collect(),
        id,
    }
}

struct Scene {
    desk: Desk,
    now: Instant,
}

fn scene(statistics: usize, chunk: usize, mode: Mode) -> Scene {
    let settings = settings(statistics, chunk, mode);
    let now = Instant::now();
    let mut desk = Desk::new(&settings, Arc::clone(&settings.statistics), now);
    desk.begin(Break::Session, now);
    Scene { desk, now }
}

pub(super) fn envelope(body: &Value) -> Envelope {
    envelope::answer(body.to_string().as_bytes()).unwrap()
}

/// The answer to an order: each statistic's place is its value.
fn all_well(order: &Order) -> Value {
    let statistics = order.members.iter().map(|(place, name)| {
        json!({"statisticId": name.to_string(), "value": place, "timestamp": 1_000_000_000_000_i64})
    });
    let id = order.subscription.to_string();
    json!({"status": {"code": 0},
        "data": {"subscriptionId": id, "statistics": statistics.collect::<Value>()}})
}

pub(super) fn no(status: u16) -> Error {
    Error::Status {
        asked: Call::Subscription,
        status,
        why: "no".to_owned(),
        after: None,
    }
}

impl Scene {
    fn next(&mut self) -> Option<(Ticket, Job)> {
        self.desk.next_job(self.now)
    }

    fn next_order(&mut self) -> (Ticket, Order) {
        match self.next() {
            Some((ticket, Job::Order(order))) => (ticket, order),
            other => panic!("no order but {other:?}"),
        }
    }

    fn next_peek(&mut self) -> (Ticket, Peek) {
        match self.next() {
            Some((ticket, Job::Peek(peek))) => (ticket, peek),
            other => panic!("no peek but {other:?}"),
        }
    }

    fn answer(&mut self, ticket: Ticket, body: &Value) {
        self.desk
            .on_outcome(ticket, Ok(envelope(body)), self.now)
            .unwrap();
    }

    fn fail(&mut self, ticket: Ticket, status: u16) -> Result<(), Error> {
        self.desk.on_outcome(ticket, Err(no(status)), self.now)
    }

    /// Works off all that is to be asked, and refuses chunks with these statistics.
    /// Counts the orders.
    fn work_off(&mut self, bad: &[Place]) -> usize {
        let mut orders = 0;
        while let Some((ticket, job)) = self.next() {
            let order = match job {
                Job::Order(order) => order,
                Job::Peek(peek) => {
                    let values = self.values(&peek, 1);
                    self.answer(ticket, &values);
                    continue;
                }
                Job::Farewell(_) => {
                    self.answer(ticket, &json!({"status": {"code": 0}}));
                    continue;
                }
            };
            orders += 1;
            if order.members.iter().any(|(place, _)| bad.contains(place)) {
                self.fail(ticket, 400).unwrap();
            } else {
                self.answer(ticket, &all_well(&order));
            }
        }
        orders
    }

    /// The answer to a peek: each statistic's place is its value.
    fn values(&self, peek: &Peek, at: i64) -> Value {
        let statistics = self.desk.standing[&peek.subscription].members.iter();
        let statistics = statistics.map(|place| {
            let name = self.desk.book.name_of(*place).unwrap().to_string();
            json!({"statisticId": name, "value": place, "timestamp": at})
        });
        let statistics: Value = statistics.collect();
        json!({"status": {"code": 0}, "data": {"statistics": statistics}})
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        self.desk.on_time(self.now);
    }

    fn told(&mut self) -> Vec<Input> {
        let mut told = Vec::new();
        while let Some(more) = self.desk.outbox.take() {
            told.extend(more);
        }
        told
    }

    fn lines(&mut self) -> Vec<Line> {
        lines(&self.told())
    }

    fn notify(&mut self, order: &Order, place: Place, value: u64, at: i64) {
        let (_, name) = order.members.iter().find(|(own, _)| *own == place).unwrap();
        let told = Told {
            statistic: Some(*name),
            at: Some(at),
            value: Some(serde_json::value::to_raw_value(&value).unwrap()),
            ..Told::default()
        };
        self.desk.on_notice(Notice::Values(vec![told]), self.now);
    }
}

fn lines(told: &[Input]) -> Vec<Line> {
    let lines = told.iter().filter_map(|input| match input {
        Input::Line(_, line) => Some(line.clone()),
        _ => None,
    });
    lines.collect()
}

fn figures(told: &[Input]) -> Vec<Option<u64>> {
    let figures = told.iter().filter_map(|input| match input {
        Input::Update(update) => match &update.fact {
            Fact::Stated(_, statement) => match statement.stated {
                Stated::Figure(_, Some(Figure::Count(count))) => Some(Some(count)),
                _ => Some(None),
            },
            _ => None,
        },
        _ => None,
    });
    figures.collect()
}

fn catching_up(broken: Break) -> Line {
    let broken = Some(broken);
    Line::CatchingUp { broken }
}

#[test]
fn the_line_is_whole_once_all_first_values_are_there() {
    let mut scene = scene(5, 2, Mode::Subscribe);
    let orders: Vec<_> = (0..3).map(|_| scene.next_order()).collect();
    assert!(scene.next().is_none());

    let mut told = Vec::new();
    for (ticket, order) in &orders {
        assert!(!lines(&told).contains(&Line::Connected));
        scene.answer(*ticket, &all_well(order));
        told.extend(scene.told());
    }

    assert_eq!(lines(&told), [catching_up(Break::Session), Line::Connected]);
    assert_eq!(figures(&told), (0..5).map(Some).collect::<Vec<_>>());
}

#[test]
fn not_more_than_a_handful_of_requests_is_out_at_once() {
    let mut scene = scene(100, 1, Mode::Subscribe);

    assert_eq!(std::iter::from_fn(|| scene.next()).count(), HANDS);
}

#[test]
fn one_bad_statistic_of_a_chunk_costs_only_itself() {
    let mut scene = scene(200, 200, Mode::Subscribe);

    let orders = scene.work_off(&[77]);

    assert!(orders < 20, "{orders}");
    let told = scene.told();
    assert_eq!(lines(&told).last(), Some(&Line::Connected));
    assert_eq!(figures(&told).iter().filter(|f| f.is_none()).count(), 1);
    assert_eq!(figures(&told).len(), 200);
    let account = scene.desk.account();
    assert_eq!(account.all_refused, 1);
    assert_eq!(
        &*account.refused[0].0,
        "CurrNumberWaitingCalls of 77@switch"
    );
    assert_eq!(account.invalid, 0, "what is refused is counted once");
}

#[test]
fn what_was_refused_is_asked_again_alone_and_told_once() {
    let mut scene = scene(4, 4, Mode::Subscribe);
    scene.work_off(&[2]);
    let notes = |told: &[Input]| told.iter().filter(|i| matches!(i, Input::Note(..))).count();
    assert_eq!(notes(&scene.told()), 1);

    scene.wait(Duration::from_mins(1));
    assert_eq!(scene.work_off(&[2]), 1);
    assert_eq!(notes(&scene.told()), 0);

    scene.wait(Duration::from_mins(1));
    assert_eq!(scene.work_off(&[]), 1);
    assert!(figures(&scene.told()).contains(&Some(2)));
    assert_eq!(scene.desk.account().all_refused, 0);
}

#[test]
fn an_error_beside_values_is_pinned_on_the_statistic_that_it_names() {
    let mut scene = scene(3, 3, Mode::Subscribe);
    let (ticket, order) = scene.next_order();
    let mut body = all_well(&order);
    body["data"]["statistics"].as_array_mut().unwrap().remove(1);
    let name = order.members[1].1.to_string();
    body["errors"] = json!([{"status": {"code": 5, "message": format!("no {name}")}}]);

    scene.answer(ticket, &body);

    let told = scene.told();
    assert_eq!(figures(&told), [Some(0), Some(2), None]);
    assert_eq!(lines(&told).last(), Some(&Line::Connected));
    assert_eq!(scene.desk.account().all_refused, 1);
}

#[test]
fn what_is_accepted_without_a_value_is_asked_for_a_little_later() {
    let mut scene = scene(2, 2, Mode::Subscribe);
    let (ticket, order) = scene.next_order();
    scene.answer(ticket, &json!({"status": {"code": 1}}));
    scene.notify(&order, 0, 7, 1_000_000_000_000);
    assert!(!scene.lines().contains(&Line::Connected));

    scene.wait(Duration::from_secs(2));
    let (ticket, _) = scene.next_peek();
    scene.answer(ticket, &all_well(&order));

    let told = scene.told();
    assert_eq!(lines(&told), [Line::Connected]);
    assert_eq!(scene.desk.account().all_refused, 0);
}

#[test]
fn after_a_cut_all_values_are_asked_for_before_the_line_is_whole() {
    let mut scene = scene(3, 2, Mode::Subscribe);
    scene.work_off(&[]);
    scene.told();

    scene.desk.put_down();
    scene.desk.resume(scene.now);

    assert_eq!(scene.lines(), [catching_up(Break::Upstream)]);
    let peeks = [scene.next_peek(), scene.next_peek()];
    for (ticket, peek) in peeks {
        assert!(peek.names.is_empty());
        assert!(!scene.lines().contains(&Line::Connected));
        let values = scene.values(&peek, 1);
        scene.answer(ticket, &values);
    }
    assert!(scene.lines().contains(&Line::Connected));
}

#[test]
fn a_subscription_that_the_vendor_forgot_makes_all_begin_anew() {
    let mut scene = scene(3, 2, Mode::Subscribe);
    scene.work_off(&[]);
    scene.told();

    scene.wait(Duration::from_mins(5));
    let (ticket, _) = scene.next_peek();
    scene.fail(ticket, 404).unwrap();

    assert_eq!(scene.lines(), [catching_up(Break::Session)]);
    assert_eq!(scene.work_off(&[]), 2);
    assert!(scene.desk.farewells.is_empty());
    assert_eq!(scene.lines(), [Line::Connected]);
}

#[test]
fn an_unavailable_service_is_told_at_once_and_all_begins_anew_when_it_is_back() {
    let mut scene = scene(3, 2, Mode::Subscribe);
    let (late, _) = scene.next_order();
    scene.work_off(&[]);
    scene.told();

    scene.desk.on_notice(Notice::Unavailable, scene.now);

    assert!(matches!(scene.lines()[..], [Line::Away { .. }]));
    assert!(scene.next().is_none());
    scene.fail(late, 500).unwrap();
    scene.desk.on_notice(Notice::Available, scene.now);
    assert_eq!(scene.lines(), [catching_up(Break::Unavailable)]);
    scene.work_off(&[]);
    let told = scene.told();
    assert_eq!(lines(&told), [Line::Connected]);
    assert_eq!(figures(&told).len(), 3);
}

#[test]
fn a_service_that_is_back_and_did_not_say_so_is_found_by_knocking() {
    let mut scene = scene(3, 2, Mode::Subscribe);
    scene.work_off(&[]);
    scene.desk.on_notice(Notice::Unavailable, scene.now);
    scene.told();

    scene.wait(KNOCK * 2);
    let (ticket, _) = scene.next_order();
    scene.fail(ticket, 503).unwrap();
    assert!(scene.next().is_none());
    assert_eq!(scene.lines(), []);
    scene.wait(KNOCK);
    scene.work_off(&[]);

    let told = scene.told();
    assert_eq!(
        lines(&told),
        [catching_up(Break::Unavailable), Line::Connected]
    );
    assert_eq!(figures(&told).len(), 3);
}

#[test]
fn a_chunk_that_fails_where_others_do_not_is_halved_in_the_end() {
    let mut scene = scene(8, 4, Mode::Subscribe);
    let mut told = Vec::new();
    for _ in 0..100 {
        while let Some((ticket, job)) = scene.next() {
            let Job::Order(order) = job else { continue };
            if order.members.iter().any(|(place, _)| *place == 5) {
                scene.fail(ticket, 500).unwrap();
            } else {
                scene.answer(ticket, &all_well(&order));
            }
        }
        told.extend(scene.told());
        scene.wait(Duration::from_millis(200));
    }

    assert_eq!(lines(&told).last(), Some(&Line::Connected));
    assert_eq!(scene.desk.account().all_refused, 1);
}

#[test]
fn a_vendor_that_fails_at_everything_ends_the_line() {
    let mut scene = scene(8, 4, Mode::Subscribe);

    let ended = (0..100).find_map(|_| {
        scene.wait(Duration::from_secs(1));
        let (ticket, _) = scene.next()?;
        scene.fail(ticket, 500).err()
    });

    assert!(matches!(ended, Some(Error::Status { status: 500, .. })));
}

#[test]
fn a_clock_set_back_is_the_truth_in_the_end() {
    let mut scene = scene(2, 2, Mode::Subscribe);
    let (ticket, order) = scene.next_order();
    scene.answer(ticket, &all_well(&order));
    scene.told();

    scene.notify(&order, 0, 8, 1);
    assert_eq!(figures(&scene.told()), []);
    scene.wait(Duration::from_secs(10));
    let (ticket, _) = scene.next_peek();
    let mut body = all_well(&order);
    body["data"]["statistics"][0] = json!({"statisticId": order.members[0].1.to_string(),
        "value": 8, "timestamp": 1});
    scene.answer(ticket, &body);

    assert_eq!(figures(&scene.told()), [Some(8)]);
    scene.notify(&order, 0, 9, 2_000_000_000);
    assert_eq!(figures(&scene.told()), [Some(9)]);
}

#[test]
fn polling_asks_all_each_time_and_never_a_round_on_top_of_another() {
    let interval = Duration::from_secs(5);
    let mut scene = scene(3, 2, Mode::Poll(interval));
    let orders = [scene.next_order(), scene.next_order()];
    let answer = |order: &Order| {
        let statistics = order.members.iter().map(|(place, _)| {
            json!({"name": "CurrNumberWaitingCalls", "objectType": "queue",
                "objectId": format!("{place}@switch"), "value": place})
        });
        json!({"status": {"code": 0}, "data": {"statistics": statistics.rev().collect::<Value>()}})
    };
    scene.answer(orders[0].0, &answer(&orders[0].1));
    scene.wait(interval * 3);
    assert!(scene.next().is_none());

    scene.answer(orders[1].0, &answer(&orders[1].1));

    let told = scene.told();
    assert_eq!(lines(&told), [catching_up(Break::Session), Line::Connected]);
    assert_eq!(figures(&told), [Some(1), Some(0), Some(2)]);
    scene.wait(interval * 2);
    assert_eq!(scene.next_order().1.members.len(), 2);
}

#[test]
fn a_statistic_by_definition_cannot_be_polled_and_that_is_said() {
    let mut settings = settings(2, 2, Mode::Poll(Duration::from_secs(5)));
    Arc::get_mut(&mut settings.statistics).unwrap()[1].how = How::Definition(Arc::new(json!({})));
    let now = Instant::now();
    let mut desk = Desk::new(&settings, Arc::clone(&settings.statistics), now);

    desk.begin(Break::Session, now);

    let Some((_, Job::Order(order))) = desk.next_job(now) else {
        panic!("nothing asked");
    };
    assert_eq!(order.members.len(), 1);
    let account = desk.account();
    assert_eq!(account.all_refused, 1);
    assert!(account.refused[0].1.contains("can't be polled"));
}

/// What a job is asked of, as the vendor reads it in the address.
fn addressed(job: &Job) -> String {
    match job {
        Job::Order(order) => order.subscription.to_string(),
        Job::Peek(peek) => peek.id.to_string(),
        Job::Farewell(subscription) => subscription.to_string(),
    }
}

/// An update of an order's first statistic, in the subscription that the vendor calls `id`.
fn update_in(id: &str, order: &Order, value: u64, at: i64) -> Notice {
    let data = json!({"statistics": [{"subscriptionId": id, "value": value, "timestamp": at,
        "statisticId": order.members[0].1.to_string()}]});
    Notice::read(&Event {
        channel: notice::UPDATES,
        data: serde_json::value::to_raw_value(&data).unwrap(),
    })
}

#[test]
fn a_subscription_goes_by_the_id_that_the_vendor_returns() {
    let mut scene = scene(2, 2, Mode::Subscribe);
    let (ticket, order) = scene.next_order();
    // It is told before the answer that says what it is called.
    let early = update_in("sub/17", &order, 7, 1_000_000_000_001);
    scene.desk.on_notice(early, scene.now);
    let mut body = all_well(&order);
    body["data"]["subscriptionId"] = json!("sub/17");
    scene.answer(ticket, &body);
    let late = update_in("sub/17", &order, 8, 1_000_000_000_002);
    scene.desk.on_notice(late, scene.now);

    let told = scene.told();
    assert_eq!(figures(&told), [Some(1), Some(8)], "only the last waits");

    scene.wait(Duration::from_mins(5));
    let (ticket, job) = scene.next().unwrap();
    assert!(matches!(job, Job::Peek(_)));
    assert_eq!(addressed(&job), "sub/17");
    scene.fail(ticket, 404).unwrap();
    scene.work_off(&[]);
    scene.desk.begin(Break::Session, scene.now);
    let mut ended = Vec::new();
    while let Some((ticket, job)) = scene.next() {
        match &job {
            Job::Order(order) => {
                let mut body = all_well(order);
                body["data"]["subscriptionId"] = json!(18);
                scene.answer(ticket, &body);
            }
            job => {
                ended.push(addressed(job));
                scene.answer(ticket, &json!({"status": {"code": 0}}));
            }
        }
    }
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(scene.desk.leave().len(), 1);
}

#[test]
fn a_subscription_is_ended_by_the_id_that_the_vendor_returns() {
    let mut scene = scene(1, 1, Mode::Subscribe);
    let (ticket, order) = scene.next_order();
    let mut body = all_well(&order);
    body["data"]["subscriptionId"] = json!(17);
    scene.answer(ticket, &body);

    let left = scene.desk.leave();

    let left: Vec<_> = left.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["17"]);
}

#[test]
fn a_subscription_that_stands_again_under_its_old_id_is_not_ended() {
    let mut scene = scene(1, 1, Mode::Subscribe);
    for _ in 0..2 {
        let (ticket, order) = scene.next_order();
        let mut body = all_well(&order);
        body["data"]["subscriptionId"] = json!("the only one");
        scene.answer(ticket, &body);
        scene.desk.begin(Break::Session, scene.now);
    }
    let (ticket, order) = scene.next_order();
    let mut body = all_well(&order);
    body["data"]["subscriptionId"] = json!("the only one");
    scene.answer(ticket, &body);

    assert!(scene.next().is_none());
}

/// An answer to a poll with an error for each of these, and no values.
fn refusing(scene: &mut Scene, errors: &Value) -> Vec<(String, String)> {
    let (ticket, order) = scene.next_order();
    let statistics = order.members.iter().skip(20).map(|(place, _)| {
        json!({"name": "CurrNumberWaitingCalls", "objectType": "Queue",
            "objectId": format!("{place}@switch"), "value": place})
    });
    let body = json!({"status": {"code": 0}, "errors": errors,
        "data": {"statistics": statistics.collect::<Value>()}});
    scene.answer(ticket, &body);
    let refused = scene.desk.account().refused;
    let texts = refused.iter().map(|(name, why)| {
        let object = name.rsplit(' ').next().unwrap();
        (object.to_owned(), why.to_string())
    });
    texts.collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
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

    let refused = refusing(
        &mut scene(22, 200, Mode::Poll(Duration::from_secs(5))),
        &errors,
    );

    let (first, second) = (
        "Statistic 'CurrNumberWaitingCalls' of '1@switch' is not found",
        "Statistic 'CurrNumberWaitingCalls' of '11@switch' is broken",
    );
    // Of all others without a value nothing is said.
    assert_eq!(
        refused,
        pairs(&[("1@switch", first), ("11@switch", second)])
    );
}

#[test]
fn when_polling_an_error_is_of_the_statistic_that_its_fields_name() {
    let errors = json!([
        {"objectId": "3@switch", "status": {"code": 41, "message": "Queue not found"}},
        {"name": "CurrNumberWaitingCalls", "objectType": "queue", "objectId": "4@switch",
            "status": {"code": 42, "message": "no right to it"}},
    ]);

    let refused = refusing(
        &mut scene(22, 200, Mode::Poll(Duration::from_secs(5))),
        &errors,
    );

    assert_eq!(
        refused,
        pairs(&[
            ("3@switch", "Queue not found"),
            ("4@switch", "no right to it")
        ])
    );
}

#[test]
fn reasons_that_name_no_statistic_are_not_given_as_a_statistics_own() {
    let error = |why: &str| json!({"status": {"code": 42, "message": why}});
    let poll = || scene(21, 200, Mode::Poll(Duration::from_secs(5)));

    let one = refusing(&mut poll(), &json!([error("no right to it")]));
    let two = refusing(
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
    let mut scene = scene(600, 100, Mode::Subscribe);
    scene.work_off(&[]);
    let mut asked = Vec::new();
    for _ in 0..59 {
        scene.wait(Duration::from_secs(1));
        let mut at_once = 0;
        while let Some((ticket, job)) = scene.next() {
            let Job::Peek(peek) = job else {
                panic!("no peek but {job:?}");
            };
            at_once += 1;
            let values = scene.values(&peek, 1);
            scene.answer(ticket, &values);
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
    let mut scene = scene(2, 2, Mode::Subscribe);
    scene.work_off(&[]);
    scene.told();

    scene.wait(Duration::from_mins(5));
    for _ in 0..3 {
        let (ticket, _) = scene.next_peek();
        scene.fail(ticket, 503).unwrap();
        scene.wait(Duration::from_secs(5));
    }

    let told = scene.lines();
    assert!(matches!(told[..], [Line::Away { .. }]), "{told:?}");
}

#[test]
fn where_values_asked_for_do_not_come_the_line_is_lost() {
    let mut scene = scene(2, 2, Mode::Subscribe);
    scene.work_off(&[]);

    scene.wait(Duration::from_mins(5));
    let outcomes = (0..3).map(|_| {
        let (ticket, _) = scene.next_peek();
        let error = Error::NoAnswer(Duration::from_secs(3), Call::Values);
        let outcome = scene.desk.on_outcome(ticket, Err(error), scene.now);
        scene.wait(Duration::from_secs(5));
        outcome.is_err()
    });

    assert_eq!(outcomes.collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn polling_a_server_that_hangs_is_not_live_once_no_value_is_fresh() {
    let mut scene = scene(2, 2, Mode::Poll(Duration::from_secs(1)));
    scene.work_off(&[]);
    assert!(scene.lines().contains(&Line::Connected));
    scene.wait(Duration::from_secs(2));
    let (ticket, order) = scene.next_order();

    scene.wait(Duration::from_secs(10));
    assert_eq!(scene.lines(), []);
    let due = scene.desk.due().unwrap();
    assert!(
        due <= scene.now + Duration::from_secs(1),
        "nobody would look"
    );
    scene.wait(Duration::from_secs(2));

    assert_eq!(scene.lines(), [catching_up(Break::Upstream)]);
    scene.answer(ticket, &all_well(&order));
    let told = scene.told();
    assert_eq!(figures(&told).len(), 2);
    assert_eq!(lines(&told), [Line::Connected]);
}
