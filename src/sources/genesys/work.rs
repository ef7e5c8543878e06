//! Jobs of the desk as requests of the API.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::{
    Asked, How, Mode,
    desk::{Job, Order, Peek},
    envelope::{Envelope, SubscriptionId},
    error::{Call, Error},
    rest::{Rest, encoded},
    uuid::Uuid,
};

/// What is needed to do a job.
#[derive(Clone, Debug)]
pub(super) struct Desktop {
    pub(super) rest: Arc<Rest>,
    pub(super) asked: Arc<[Asked]>,
    pub(super) mode: Mode,
}

impl Desktop {
    pub(super) async fn work(self, job: Job) -> Result<Envelope, Error> {
        match job {
            Job::Order(order) => match self.mode {
                Mode::Subscribe => self.subscribe(&order).await,
                Mode::Poll(_) => self.ask(&order).await,
            },
            Job::Peek(peek) => self.peek(&peek).await,
            Job::Farewell(subscription) => self.part(&subscription).await,
        }
    }

    async fn subscribe(&self, order: &Order) -> Result<Envelope, Error> {
        let body = subscription(order, &self.asked);
        let path = "subscriptions?verbose=INFO";
        self.post(Call::Subscription, path, &body).await
    }

    /// Subscribes to one statistic; also returns what the subscription is called.
    pub(super) async fn try_one(&self, asked: &Asked) -> (Result<Envelope, Error>, SubscriptionId) {
        let subscription = Uuid::random().to_string();
        let mut statistic = named(asked);
        statistic["statisticId"] = Uuid::random().to_string().into();
        let body = json!({
            "operationId": subscription,
            "data": {"statistics": [statistic]},
        });
        let path = "subscriptions?verbose=INFO";
        let answer = self.post(Call::Subscription, path, &body).await;
        let named = answer.as_ref().ok().and_then(Envelope::subscription);
        (answer, named.unwrap_or_else(|| subscription.into()))
    }

    async fn ask(&self, order: &Order) -> Result<Envelope, Error> {
        let statistics = order.members.iter();
        let statistics = statistics.map(|(place, _)| named(&self.asked[*place as usize]));
        let body = json!({"data": {"statistics": statistics.collect::<Value>()}});
        let path = "operations/get-statistic-ex";
        self.post(Call::Values, path, &body).await
    }

    async fn post(&self, call: Call, path: &str, body: &Value) -> Result<Envelope, Error> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        let url = format!("{}/{path}", self.rest.base);
        let body = Bytes::from(body.to_string());
        let request = |http: &reqwest::Client| {
            let request = http.post(&url).header(CONTENT_TYPE, JSON);
            request.body(body.clone())
        };
        self.rest.call(call, request).await
    }

    async fn peek(&self, peek: &Peek) -> Result<Envelope, Error> {
        let base = &self.rest.base;
        let mut url = format!(
            "{base}/subscriptions/{}/statistic-values",
            encoded(&peek.id)
        );
        for (number, name) in peek.names.iter().enumerate() {
            url += if number == 0 { "?statisticIds=" } else { "," };
            url += &name.to_string();
        }
        self.rest.call(Call::Values, |http| http.get(&url)).await
    }

    pub(super) async fn part(&self, subscription: &str) -> Result<Envelope, Error> {
        let url = format!("{}/subscriptions/{}", self.rest.base, encoded(subscription));
        self.rest
            .call(Call::Farewell, |http| http.delete(&url))
            .await
    }
}

/// An order as the API wants it.
pub(super) fn subscription(order: &Order, asked: &[Asked]) -> Value {
    let statistics = order.members.iter().map(|(place, name)| {
        let mut statistic = named(&asked[*place as usize]);
        statistic["statisticId"] = name.to_string().into();
        statistic
    });
    json!({
        "operationId": order.subscription.to_string(),
        "data": {"statistics": statistics.collect::<Value>()},
    })
}

/// A statistic as the API is asked for it.
fn named(asked: &Asked) -> Value {
    let statistic = &asked.statistic;
    let mut named = json!({
        "objectId": &*statistic.object,
        "objectType": &*statistic.object_type,
    });
    match &asked.how {
        How::Name => named["name"] = (*statistic.name).into(),
        How::Definition(definition) => named["definition"] = (**definition).clone(),
    }
    named
}
