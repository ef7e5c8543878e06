//! Tests of custom figures in batches and in replies.

use std::time::Duration;

use serde_json::{Value, json};

use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, CustomReport, CustomValue, Fact,
    FigureState, Input, LocalizedText, Moment, MonotonicTime, SeverityLimits, ThresholdLevel,
};

use super::{
    batch::{BatchRules, find_source, read_batch},
    csv_reply::CsvReply,
    known_subjects::KnownSubjects,
    reply_map::{MappedReply, ReplyMap},
    value_place::{FigurePlace, NumberPlace},
};

fn figure(id: &str, kind: CustomFigureKind) -> CustomFigure {
    CustomFigure {
        id: CustomFigureId::parse(id).unwrap(),
        label: LocalizedText::of_all(id),
        kind,
        is_per_queue: false,
        sources: vec!["shop".into()],
        merge: CustomMerge::Last,
        valid_for_ms: None,
        limits: SeverityLimits::default(),
    }
}

fn number() -> CustomFigureKind {
    CustomFigureKind::Number {
        decimals: 0,
        unit: LocalizedText::of_all("pcs"),
    }
}

fn website() -> CustomFigure {
    let state = |word: &str, level| FigureState {
        word: word.into(),
        label: LocalizedText::of_all(word),
        level,
    };
    let states = vec![
        state("up", None),
        state("down", Some(ThresholdLevel::Critical)),
    ];
    figure("website", CustomFigureKind::State(states))
}

fn figures() -> Vec<CustomFigure> {
    let per_queue = CustomFigure {
        is_per_queue: true,
        ..figure("queue_orders", number())
    };
    let daily = CustomFigure {
        valid_for_ms: Some(24 * 3_600_000),
        ..figure("backlog", number())
    };
    vec![
        figure("orders", number()),
        figure("stock", CustomFigureKind::Percent { decimals: 1 }),
        figure("delivery", CustomFigureKind::Duration),
        website(),
        per_queue,
        daily,
    ]
}

/// The custom figures of a batch, or its faults as lines.
fn read(body: &Value) -> Result<Vec<CustomReport>, String> {
    let source = "shop".into();
    let valid_for = Duration::from_mins(1);
    let rules = BatchRules {
        source: &source,
        valid_for,
        figures: &figures(),
        now: Moment {
            wall: "2026-11-20T08:00:00Z".parse().unwrap(),
            monotonic: MonotonicTime(1_000),
        },
    };
    let batch = read_batch(body, &rules, &mut KnownSubjects::default()).map_err(|faults| {
        let lines = faults.iter();
        let lines = lines.map(|fault| format!("{} {}", fault.pointer, fault.detail));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    let inputs = batch.into_inputs(&source, valid_for).into_iter();
    let reports = inputs.filter_map(|input| match input {
        Input::Update(update) => match update.fact {
            Fact::CustomFigure(report) => Some(report),
            _ => None,
        },
        _ => None,
    });
    Ok(reports.collect())
}

#[test]
fn figures_of_the_site_and_of_any_queue_are_read_with_their_validity() {
    let body = json!({
        "source": "shop",
        "time": "2026-11-20T07:59:50Z",
        "figures": { "orders": 412, "stock": 99.5, "website": "down", "delivery": null, "backlog": -2 },
        "queues": [
            { "id": "chat/sales", "figures": { "queue_orders": 7 } },
            { "id": "shop/9", "metrics": { "waiting": 1 }, "figures": { "queue_orders": 8 } },
        ],
    });
    assert_eq!(find_source(&body), Some("shop".into()));
    let reports = read(&body).unwrap();

    let mut found: Vec<_> = (reports.into_iter())
        .map(|report| {
            let queue = report.queue.map_or_else(String::new, |id| id.to_string());
            (
                report.figure.to_string(),
                queue,
                report.value,
                report.valid_for_ms,
            )
        })
        .collect();
    found.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    let row = |id: &str, queue: &str, value, valid_for| {
        (id.to_owned(), queue.to_owned(), value, valid_for)
    };
    let number = |n| Some(CustomValue::Number(n));
    assert_eq!(
        found,
        [
            row("backlog", "", number(-2.0), 24 * 3_600_000 - 10_000),
            row("delivery", "", None, 50_000),
            row("orders", "", number(412.0), 50_000),
            row("queue_orders", "chat/sales", number(7.0), 50_000),
            row("queue_orders", "shop/9", number(8.0), 50_000),
            row("stock", "", number(99.5), 50_000),
            row(
                "website",
                "",
                Some(CustomValue::State("down".into())),
                50_000
            ),
        ]
    );
}

#[test]
fn faults_name_the_figure_and_what_it_must_be() {
    for (body, expected) in [
        (
            json!({ "figures": { "orders": "412 pcs" } }),
            "/figures/orders `orders` must be a number, without a unit or quotes, or null if it isn't known",
        ),
        (
            json!({ "figures": { "orders": 1e13 } }),
            "/figures/orders `orders` must be a number, without",
        ),
        (
            json!({ "figures": { "stock": -1 } }),
            "/figures/stock `stock` must be a percentage from 0 to 1000",
        ),
        (
            json!({ "figures": { "delivery": "2h" } }),
            "/figures/delivery `delivery` must be a number of seconds from 0 to",
        ),
        (
            json!({ "figures": { "website": "Up" } }),
            "/figures/website `website` must be one of up, down, or null",
        ),
        (
            json!({ "figures": { "visitors": 3 } }),
            "/figures/visitors `visitors` isn't declared in [figures] for this source; declared are: orders, stock, delivery, website, queue_orders, backlog",
        ),
        (
            json!({ "figures": [412] }),
            "/figures must be an object of figures, each with its value",
        ),
        (
            json!({ "figures": { "queue_orders": 3 } }),
            "/figures/queue_orders `queue_orders` is of queues",
        ),
        (
            json!({ "queues": [{ "id": "chat/1", "figures": { "orders": 3 } }] }),
            "/queues/0/figures/orders `orders` is of the site",
        ),
        (
            json!({ "queues": [{ "id": "chat/1", "metrics": { "waiting": 1 }, "figures": { "queue_orders": 3 } }] }),
            "/queues/0/id is of another source",
        ),
        (
            json!({ "queues": [{ "id": "/1", "figures": { "queue_orders": 3 } }] }),
            "/queues/0/id is of another source",
        ),
        (
            json!({ "time": "2026-11-20T07:58:00Z", "queues": [{ "id": "chat/1", "figures": { "queue_orders": 3 } }] }),
            "/queues/0/figures/queue_orders `queue_orders` is valid for 60 s",
        ),
        (
            json!({ "source": "phone", "figures": { "orders": 3 } }),
            "/source must be \"shop\", the source of these values",
        ),
        (
            json!({ "time": "2026-11-20T07:58:00Z", "figures": { "backlog": 3, "orders": 3 } }),
            "/figures/orders `orders` is valid for 60 s, and the batch's time is longer ago",
        ),
        (
            json!({ "time": "2026-11-20T08:01:00Z", "figures": { "orders": 3 } }),
            "/time is in the future",
        ),
    ] {
        let faults = read(&body).unwrap_err();
        assert!(faults.starts_with(expected), "{body}: {faults}");
    }
}

#[test]
fn a_reply_has_numbers_and_words_at_their_places_and_notes_what_it_lacks() {
    let place = |figure: CustomFigure, pointer: &str, units| FigurePlace {
        figure,
        number: NumberPlace {
            pointer: pointer.to_owned(),
            units,
            is_duration: units > 1.0,
        },
    };
    let [orders, _, delivery, website, ..] = &figures()[..] else {
        unreachable!()
    };
    let map = ReplyMap {
        figures: vec![
            place(orders.clone(), "/today/orders", 1.0),
            place(delivery.clone(), "/ms", 1_000.0),
            place(website.clone(), "/site", 1.0),
        ],
        ..ReplyMap::default()
    };
    let read = |reply: Value| -> MappedReply { map.read(&"shop".into(), &reply.into()).unwrap() };

    let mapped = read(json!({ "today": { "orders": "412" }, "ms": 1500, "site": "up" }));
    let expected = json!({ "figures": { "orders": 412.0, "delivery": 1.5, "website": "up" } });
    assert_eq!((mapped.batch, mapped.figures), (expected, 3));
    assert_eq!(mapped.notes, [""; 0]);

    let mapped = read(json!({ "today": { "orders": [] }, "site": "burning" }));
    let expected = json!({ "figures": { "orders": null, "delivery": null, "website": null } });
    assert_eq!(mapped.batch, expected);
    let notes = [
        "\"burning\" is no state of `website`",
        "there's nothing at \"/ms\" (`delivery`)",
        "what is at \"/today/orders\" isn't a number (`orders`)",
    ];
    assert_eq!(mapped.notes, notes);
}

#[test]
fn a_spreadsheet_has_numbers_as_its_authors_write_them() {
    let place = |figure: &CustomFigure, pointer: &str| FigurePlace {
        figure: figure.clone(),
        number: NumberPlace {
            pointer: pointer.to_owned(),
            units: 1.0,
            is_duration: figure.kind == CustomFigureKind::Duration,
        },
    };
    let [orders, stock, delivery, ..] = &figures()[..] else {
        unreachable!()
    };
    let map = ReplyMap {
        figures: vec![
            place(orders, "/Today/Orders"),
            place(stock, "/Today/4"),
            place(delivery, "/2/Delivery"),
        ],
        ..ReplyMap::default()
    };
    let read = |sheet: &str| {
        let reply = CsvReply::read(sheet.as_bytes()).unwrap();
        map.read(&"shop".into(), &reply.into()).unwrap()
    };

    let mapped = read("Day;Orders;Delivery;Stock\nToday;1 204;1:02:30;99,5 %\n");
    let expected = json!({ "figures": { "orders": 1204.0, "stock": 99.5, "delivery": 3750.0 } });
    assert_eq!(mapped.batch, expected);
    assert_eq!(mapped.notes, [""; 0]);
    let mapped = read("Day,Orders,Delivery,Stock\nToday,\"1,204\",90,\n");
    let expected = json!({ "figures": { "orders": 1204.0, "stock": null, "delivery": 90.0 } });
    assert_eq!(mapped.batch, expected);
    let mapped = read("Day,Orders,Delivery\nYesterday,many,90\n");
    let notes = [
        "there's nothing at \"/Today/4\" (`stock`)",
        "there's nothing at \"/Today/Orders\" (`orders`)",
    ];
    assert_eq!(mapped.notes, notes);
}
