//! The simulated Statistics API: accepts subscriptions, responds with first values, and
//! publishes changes, all in Genesys' JSON.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json, value::RawValue};

use super::{
    super::call_center::CallCenter,
    statistics::{NotificationMode, SimStatistic, all_statistics},
};

const GROWING: SignedDuration = SignedDuration::from_secs(10);
/// A value of 0 that has begun to grow is published again after this.
const FIRST_GROWTH: SignedDuration = SignedDuration::from_secs(1);
const PERIODICAL: SignedDuration = SignedDuration::from_secs(30);

/// The service, with everything that clients have subscribed to.
#[derive(Debug, Default)]
pub struct StatisticsService {
    subscriptions: Vec<SimSubscription>,
}

#[derive(Debug)]
struct SimSubscription {
    id: String,
    statistics: Vec<SubscribedStatistic>,
}

/// A statistic of a subscription with its last published value.
#[derive(Debug)]
struct SubscribedStatistic {
    id: String,
    statistic: SimStatistic,
    published: Option<f64>,
    grows_since: Option<Timestamp>,
    at: Timestamp,
}

impl StatisticsService {
    /// The `data` of a message on the updates channel, if anything has changed.
    pub fn updates(&mut self, center: &CallCenter) -> Option<Box<RawValue>> {
        let mut updates = Vec::new();
        for subscription in &mut self.subscriptions {
            for statistic in &mut subscription.statistics {
                if statistic.is_due(center) {
                    statistic.refresh(center);
                    let mut value = statistic.to_json(center);
                    value["subscriptionId"] = subscription.id.as_str().into();
                    updates.push(value);
                }
            }
        }
        let is_any = !updates.is_empty();
        is_any.then(|| message("StatisticUpdate", &json!({ "statistics": updates })))
    }

    /// The time when a value has grown enough to be published next.
    pub fn next_at(&self) -> Timestamp {
        let statistics = self.subscriptions.iter().flat_map(|one| &one.statistics);
        let grown = statistics.filter_map(SubscribedStatistic::grown_at).min();
        grown.unwrap_or(Timestamp::MAX)
    }

    /// The number of statistics that are subscribed to.
    pub fn size(&self) -> usize {
        let subscriptions = self.subscriptions.iter();
        subscriptions.map(|one| one.statistics.len()).sum()
    }

    /// Becomes unavailable and drops all subscriptions, or available again. Returns the `data`
    /// of the message on the service channel.
    pub fn set_available(&mut self, is_available: bool) -> Box<RawValue> {
        self.subscriptions.clear();
        let state = ["UNAVAILABLE", "AVAILABLE"][usize::from(is_available)];
        message("ServiceStateChange", &json!({ "serviceState": state }))
    }

    /// The response to `POST /subscriptions`.
    pub fn subscribe(&mut self, request: &Value, center: &CallCenter) -> Vec<u8> {
        let operation = request["operationId"].as_str().unwrap_or_default();
        let items = request["data"]["statistics"].as_array();
        let statistics = items.into_iter().flatten().filter_map(|item| {
            let text = |key: &str| item[key].as_str();
            let (name, object_type) = (text("name")?, text("objectType")?);
            let object = text("objectId")?;
            let statistic = all_statistics().find(|one| one.matches(name, object_type, object))?;
            Some(SubscribedStatistic {
                id: text("statisticId")?.to_owned(),
                statistic,
                published: statistic.value(center),
                grows_since: statistic.grows_since(center),
                at: center.now,
            })
        });
        let subscription = SimSubscription {
            id: operation.to_owned(),
            statistics: statistics.collect(),
        };
        let statistics = subscription.statistics.iter();
        let values: Vec<Value> = statistics.map(|one| one.to_json(center)).collect();
        self.subscriptions.push(subscription);
        success(&json!({
            "subscriptionId": operation,
            "operationId": operation,
            "statistics": values,
        }))
    }

    /// The response to `GET /subscriptions/{id}/statistic-values`.
    pub fn values(&mut self, subscription: &str, center: &CallCenter) -> Vec<u8> {
        let subscriptions = self.subscriptions.iter_mut();
        let mut found = subscriptions.filter(|one| one.id == subscription);
        let statistics = found.next().map(|one| &mut one.statistics);
        let values = statistics.into_iter().flatten().map(|statistic| {
            statistic.refresh(center);
            statistic.to_json(center)
        });
        success(&json!({ "statistics": values.collect::<Vec<Value>>() }))
    }

    /// The response to `DELETE /subscriptions/{id}`.
    pub fn unsubscribe(&mut self, subscription: &str) -> Vec<u8> {
        self.subscriptions.retain(|one| one.id != subscription);
        success(&json!({}))
    }
}

impl SubscribedStatistic {
    fn is_due(&self, center: &CallCenter) -> bool {
        match self.statistic.definition.mode {
            NotificationMode::Immediate => self.published != self.statistic.value(center),
            NotificationMode::Growing => {
                let since = self.statistic.grows_since(center);
                self.grows_since != since || self.grown_at().is_some_and(|at| at <= center.now)
            }
            NotificationMode::Periodical => {
                PERIODICAL <= center.now.duration_since(self.at)
                    && self.published != self.statistic.value(center)
            }
        }
    }

    /// The time when it has grown enough by time alone to be published again.
    fn grown_at(&self) -> Option<Timestamp> {
        self.grows_since?;
        let has_begun = self.published != Some(0.0);
        Some(self.at + if has_begun { GROWING } else { FIRST_GROWTH })
    }

    fn refresh(&mut self, center: &CallCenter) {
        self.published = self.statistic.value(center);
        self.grows_since = self.statistic.grows_since(center);
        self.at = center.now;
    }

    fn to_json(&self, center: &CallCenter) -> Value {
        json!({
            "statisticId": self.id,
            "timestamp": self.at.as_millisecond(),
            "value": self.statistic.to_json(self.published, center),
        })
    }
}

fn message(name: &str, data: &Value) -> Box<RawValue> {
    let topic = match name {
        "StatisticUpdate" => "/statistics/v3/updates",
        _ => "/statistics/v3/service",
    };
    let message = json!({ "data": data, "name": name, "topic": topic });
    serde_json::value::to_raw_value(&message).expect("a JSON value serializes")
}

fn success(data: &Value) -> Vec<u8> {
    let answer = json!({ "status": { "code": 0 }, "data": data });
    answer.to_string().into_bytes()
}
