//! A queue's forecast on its page and in the API.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use wallboard_domain::{Id, Metric, MetricValue, Pattern, QueueGroup};
use wallboard_forecast::{ForecastRange, QueueForecast, ServiceOutlook};

use crate::forecasts::{
    ArrivalsToday, Calibration, DatedForecast, ForecastBasis, Forecasts, ForecastsByQueue,
    RangeHits, SharedAgents,
};

use super::{
    SALES, assert_contains, assert_contains_none, connection_lost, get_json, get_page,
    queue_reading, router_with_forecasts, sales_inputs, test_site,
};

const SALES_API: &str = "/api/v1/queues/chat/9002%40SIP%2F1/forecast";

/// A forecast of the queue of [`sales_inputs`], which lacks so many agents.
pub(in crate::web) fn sales_forecast(missing: u32) -> Forecasts {
    sales_forecast_with(missing, None)
}

/// The same, with agents who are known one by one.
fn sales_forecast_with(missing: u32, shared: Option<SharedAgents>) -> Forecasts {
    let range = |low, middle, high| ForecastRange { low, middle, high };
    let outlook = |level: f64, wait_s: f64| ServiceOutlook {
        service_level: Some(range(level - 10.0, level, level + 8.25)),
        longest_wait_s: range(wait_s / 2.0, wait_s, wait_s * 2.0),
    };
    let now = Timestamp::now();
    let dated = DatedForecast {
        computed_at: now,
        until: now + 20.minutes(),
        shared,
        forecast: Ok(QueueForecast {
            contacts: range(21.0, 27.0, 34.0),
            outlook: outlook(61.0, 300.0),
            with_one_less: None,
            with_one_more: outlook(72.0, 120.0),
            with_two_more: outlook(84.0, 60.0),
            goal_percent: 80.0,
            missing_agents: Some(missing),
            agents: 6,
            erlang_agents: 8,
        }),
        basis: Some(ForecastBasis {
            usual_contacts: 24.2,
            today: Some(ArrivalsToday {
                since: "2026-11-20T07:00:00Z".parse().unwrap(),
                contacts: 112,
                usual_contacts: 98.4,
            }),
            handle_time_s: 250.0,
        }),
        slots: 3,
        calibration: Calibration {
            contacts: RangeHits {
                half_hours: 212,
                within: 172,
            },
            service_level: RangeHits::default(),
        },
    };
    let queue = Id::new(&"chat".into(), "9002@SIP/1");
    let forecasts = Forecasts::default();
    forecasts.replace(ForecastsByQueue::from([(queue, Arc::new(dated))]));
    forecasts
}

#[tokio::test]
async fn a_queues_forecast_is_on_its_page_and_in_the_api() {
    for (missing, sentence) in [
        (0, "The agents who are here are enough to reach 80%."),
        (1, "1 more agent is needed until "),
        (2, "2 more agents are needed until "),
    ] {
        let forecasts = sales_forecast(missing);
        let router = router_with_forecasts(test_site(), sales_inputs(), forecasts);

        let page = get_page(&router, SALES).await.text;
        assert_contains(
            &page,
            &[
                "<p data-key=\"contacts\">21–34 new contacts until ",
                ", most likely about 27.</p>",
                "<th scope=\"row\">As now</th><td class=\"n\">61% <small>(51–69%)</small></td><td class=\"n\">5:00 <small>(2:30–10:00)</small></td>",
                "<th scope=\"row\">1 more</th><td class=\"n\">72% <small>(62–80%)</small></td>",
                "<th scope=\"row\">2 more</th><td class=\"n\">84% <small>(74–92%)</small></td>",
                sentence,
                "as if they served no other queue",
                "Usually, about 24 contacts come in this time. Since ",
                ", 112 came; usual is 98. Handle time: 4:10. Up to 3 contacts at once per agent. Agents required by Erlang C: 8, here: 6.</p>",
                "the contacts of 81% of 212 half-hours were within their range.</p>",
            ],
        );
        assert_contains_none(&page, &["1 fewer"]);

        let answer = get_json(&router, SALES_API).await;
        assert_eq!(answer["reason"], json!(null));
        let forecast = &answer["forecast"];
        let contacts = json!({"low": 21.0, "middle": 27.0, "high": 34.0});
        assert_eq!(forecast["contacts"], contacts);
        let level = json!({"low": 51.0, "middle": 61.0, "high": 69.3});
        assert_eq!(forecast["as_now"]["service_level"], level);
        assert_eq!(forecast["with_one_less"], json!(null));
        assert_eq!(forecast["with_two_more"]["longest_wait"]["high"], 120.0);
        assert_eq!(forecast["target"], 80.0);
        assert_eq!(forecast["missing_agents"], missing);
        assert_eq!(forecast["are_agents_counted"], true);
        let basis = json!({
            "usual_contacts": 24.2,
            "today": {"since": "2026-11-20T07:00:00.000Z", "contacts": 112, "usual_contacts": 98.4},
            "handle_time": 250.0,
            "contacts_at_once": 3,
        });
        assert_eq!(forecast["basis"], basis);
        assert_eq!([&forecast["agents"], &forecast["erlang_agents"]], [6, 8]);
        assert_eq!(forecast["is_best_case"], true);
        let hits = json!({"half_hours": 212, "within": 172});
        assert_eq!(forecast["calibration"]["contacts"], hits);
    }
}

#[tokio::test]
async fn the_other_queues_of_a_queues_agents_are_named_if_they_are_visible() {
    let chat = |queue: &str| Id::new(&"chat".into(), queue);
    let shared = SharedAgents {
        agents: 12,
        others: vec![
            (chat("9003@SIP/1"), 8),
            (chat("gone"), 5),
            (chat("9004@SIP/1"), 1),
        ],
        unmodeled: vec![chat("9003@SIP/1")],
    };
    let hidden = SharedAgents {
        unmodeled: vec![chat("9003@SIP/1"), chat("9004@SIP/1")],
        ..shared.clone()
    };
    let mut site = test_site();
    site.hidden_queues = vec![Pattern("chat/9004@SIP/1".into())];
    let inputs = [
        sales_inputs(),
        ["9003@SIP/1", "9004@SIP/1"]
            .map(|queue| queue_reading(queue, Metric::Waiting, MetricValue::Count(0)))
            .to_vec(),
    ]
    .concat();
    let of_hidden = sales_forecast_with(0, Some(hidden));
    let router = router_with_forecasts(site.clone(), inputs.clone(), of_hidden);
    let page = get_page(&router, SALES).await.text;
    assert_contains(
        &page,
        &[
            "This is the best case: contacts of other queues that these agents serve aren’t known.</p>",
        ],
    );
    let router = router_with_forecasts(site, inputs, sales_forecast_with(0, Some(shared)));

    let page = get_page(&router, SALES).await.text;

    assert_contains(
        &page,
        &[
            "Of 12 agents, 8 also serve 9003@SIP/1. This is the best case: ",
            "contacts of other queues aren’t known (9003@SIP/1).</p>",
        ],
    );
    assert_contains_none(&page, &["as if they served no other queue", "9004@SIP/1"]);
    let answer = get_json(&router, SALES_API).await;
    assert_eq!(answer["forecast"]["are_agents_counted"], false);
    assert_eq!(answer["forecast"]["is_best_case"], true);
}

#[tokio::test]
async fn without_a_forecast_page_and_api_have_the_reason() {
    let mut site = test_site();
    site.groups = vec![QueueGroup {
        id: Id::new(&"group".into(), "all"),
        name: "All".into(),
        queues: vec![Id::new(&"chat".into(), "9002@SIP/1")],
    }];
    let lost = [sales_inputs(), vec![connection_lost()]].concat();
    let group = ("/queues/group/all", "/api/v1/queues/group/all/forecast");
    let sales = (SALES, SALES_API);
    for (inputs, forecasts, (page, api), reason, sentence) in [
        (
            sales_inputs(),
            Forecasts::default(),
            sales,
            "not_computed_yet",
            "No forecast yet. It’s computed once a minute.",
        ),
        (
            lost,
            sales_forecast(2),
            sales,
            "out_of_date",
            "No forecast: figures of the queue or its agents aren’t up to date.",
        ),
        (
            sales_inputs(),
            sales_forecast(2),
            group,
            "not_computed_yet",
            "No forecast yet. It’s computed once a minute.",
        ),
    ] {
        let router = router_with_forecasts(site.clone(), inputs, forecasts);

        let text = get_page(&router, page).await.text;
        assert_contains(&text, &[sentence]);
        assert_contains_none(&text, &["As now"]);
        let expected = json!({"reason": reason, "forecast": null});
        assert_eq!(get_json(&router, api).await, expected);
    }
    let router = router_with_forecasts(site, sales_inputs(), Forecasts::default());
    let unknown = get_page(&router, "/api/v1/queues/chat/none/forecast").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
