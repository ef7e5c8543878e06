//! Jobs of the desk as requests of the API.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::{
    GenesysMode, GenesysStatistic, StatisticReference,
    envelope::{ApiEnvelope, SubscriptionId},
    error::{ApiCall, GenesysError},
    rest_client::{RestClient, encode_segment},
    subscription_manager::{ApiJob, StatisticBatch, ValueRefresh},
    uuid::Uuid,
};

/// What is needed to do a job.
#[derive(Clone, Debug)]
pub(super) struct JobRunner {
    pub(super) rest: Arc<RestClient>,
    pub(super) statistics: Arc<[GenesysStatistic]>,
    pub(super) mode: GenesysMode,
}

impl JobRunner {
    pub(super) async fn run_job(self, job: ApiJob) -> Result<ApiEnvelope, GenesysError> {
        match job {
            ApiJob::Request(order) => match self.mode {
                GenesysMode::Subscribe => self.request_subscription(&order).await,
                GenesysMode::Poll(_) => self.poll_values(&order).await,
            },
            ApiJob::Refresh(peek) => self.refresh_values(&peek).await,
            ApiJob::Unsubscribe(subscription) => self.unsubscribe(&subscription).await,
        }
    }

    async fn request_subscription(
        &self,
        order: &StatisticBatch,
    ) -> Result<ApiEnvelope, GenesysError> {
        let body = subscription_body(order, &self.statistics);
        let path = "subscriptions?verbose=INFO";
        self.post_json(ApiCall::Subscription, path, &body).await
    }

    /// Subscribes to one statistic; also returns what the subscription is called.
    pub(super) async fn try_statistic(
        &self,
        asked: &GenesysStatistic,
    ) -> (Result<ApiEnvelope, GenesysError>, SubscriptionId) {
        let subscription = Uuid::new_random().to_string();
        let mut statistic = statistic_body(asked);
        statistic["statisticId"] = Uuid::new_random().to_string().into();
        let body = json!({
            "operationId": subscription,
            "data": {"statistics": [statistic]},
        });
        let path = "subscriptions?verbose=INFO";
        let answer = self.post_json(ApiCall::Subscription, path, &body).await;
        let named = answer.as_ref().ok().and_then(ApiEnvelope::subscription_id);
        (answer, named.unwrap_or_else(|| subscription.into()))
    }

    async fn poll_values(&self, order: &StatisticBatch) -> Result<ApiEnvelope, GenesysError> {
        let statistics = order.members.iter();
        let statistics =
            statistics.map(|(place, _)| statistic_body(&self.statistics[*place as usize]));
        let body = json!({"data": {"statistics": statistics.collect::<Value>()}});
        let path = "operations/get-statistic-ex";
        self.post_json(ApiCall::Values, path, &body).await
    }

    async fn post_json(
        &self,
        call: ApiCall,
        path: &str,
        body: &Value,
    ) -> Result<ApiEnvelope, GenesysError> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        let url = format!("{}/{path}", self.rest.base);
        let body = Bytes::from(body.to_string());
        let request = |http: &reqwest::Client| {
            let request = http.post(&url).header(CONTENT_TYPE, JSON);
            request.body(body.clone())
        };
        self.rest.call_api(call, request).await
    }

    async fn refresh_values(&self, peek: &ValueRefresh) -> Result<ApiEnvelope, GenesysError> {
        let base = &self.rest.base;
        let mut url = format!(
            "{base}/subscriptions/{}/statistic-values",
            encode_segment(&peek.id)
        );
        for (number, name) in peek.statistic_ids.iter().enumerate() {
            url += if number == 0 { "?statisticIds=" } else { "," };
            url += &name.to_string();
        }
        self.rest
            .call_api(ApiCall::Values, |http| http.get(&url))
            .await
    }

    pub(super) async fn unsubscribe(
        &self,
        subscription: &str,
    ) -> Result<ApiEnvelope, GenesysError> {
        let url = format!(
            "{}/subscriptions/{}",
            self.rest.base,
            encode_segment(subscription)
        );
        self.rest
            .call_api(ApiCall::Unsubscribe, |http| http.delete(&url))
            .await
    }
}

/// An order as the API wants it.
pub(super) fn subscription_body(order: &StatisticBatch, asked: &[GenesysStatistic]) -> Value {
    let statistics = order.members.iter().map(|(place, name)| {
        let mut statistic = statistic_body(&asked[*place as usize]);
        statistic["statisticId"] = name.to_string().into();
        statistic
    });
    json!({
        "operationId": order.subscription.to_string(),
        "data": {"statistics": statistics.collect::<Value>()},
    })
}

/// A statistic as the API is asked for it.
fn statistic_body(asked: &GenesysStatistic) -> Value {
    let statistic = &asked.statistic;
    let mut named = json!({
        "objectId": &*statistic.object,
        "objectType": &*statistic.object_type,
    });
    match &asked.reference {
        StatisticReference::Name => named["name"] = (*statistic.name).into(),
        StatisticReference::Definition(definition) => named["definition"] = (**definition).clone(),
    }
    named
}
