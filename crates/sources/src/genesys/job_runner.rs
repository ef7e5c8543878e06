//! Runs jobs of the subscription manager as API requests.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    GenesysMode, GenesysStatistic, StatisticReference,
    envelope::{ApiEnvelope, SubscriptionId},
    error::{ApiCall, GenesysError},
    rest_client::{RestClient, encode_segment},
    subscription_manager::{ApiJob, StatisticBatch, ValueRefresh},
};

/// Everything that a job needs.
#[derive(Clone, Debug)]
pub(super) struct JobRunner {
    pub(super) rest: Arc<RestClient>,
    pub(super) statistics: Arc<[GenesysStatistic]>,
    pub(super) mode: GenesysMode,
}

impl JobRunner {
    pub(super) async fn run_job(self, job: ApiJob) -> Result<ApiEnvelope, GenesysError> {
        match job {
            ApiJob::Request(batch) => match self.mode {
                GenesysMode::Subscribe => self.request_subscription(&batch).await,
                GenesysMode::Poll(_) => self.poll_values(&batch).await,
            },
            ApiJob::Refresh(refresh) => self.refresh_values(&refresh).await,
            ApiJob::Unsubscribe(subscription) => self.unsubscribe(&subscription).await,
        }
    }

    async fn request_subscription(
        &self,
        batch: &StatisticBatch,
    ) -> Result<ApiEnvelope, GenesysError> {
        let body = subscription_body(batch, &self.statistics);
        let path = "subscriptions?verbose=INFO";
        self.post_json(ApiCall::Subscription, path, &body).await
    }

    /// Subscribes to one statistic. Also returns the subscription's id.
    pub(super) async fn try_statistic(
        &self,
        configured: &GenesysStatistic,
    ) -> (Result<ApiEnvelope, GenesysError>, SubscriptionId) {
        let subscription = Uuid::new_v4().to_string();
        let mut statistic = statistic_body(configured);
        statistic["statisticId"] = Uuid::new_v4().to_string().into();
        let body = json!({
            "operationId": subscription,
            "data": {"statistics": [statistic]},
        });
        let path = "subscriptions?verbose=INFO";
        let answer = self.post_json(ApiCall::Subscription, path, &body).await;
        let id = answer.as_ref().ok().and_then(ApiEnvelope::subscription_id);
        (answer, id.unwrap_or_else(|| subscription.into()))
    }

    async fn poll_values(&self, batch: &StatisticBatch) -> Result<ApiEnvelope, GenesysError> {
        let statistics = batch.members.iter();
        let statistics =
            statistics.map(|(index, _)| statistic_body(&self.statistics[*index as usize]));
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

    async fn refresh_values(&self, refresh: &ValueRefresh) -> Result<ApiEnvelope, GenesysError> {
        let base = &self.rest.base;
        let mut url = format!(
            "{base}/subscriptions/{}/statistic-values",
            encode_segment(&refresh.id)
        );
        for (number, id) in refresh.statistic_ids.iter().enumerate() {
            url += if number == 0 { "?statisticIds=" } else { "," };
            url += &id.to_string();
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

/// The body of a subscription request.
pub(super) fn subscription_body(batch: &StatisticBatch, configured: &[GenesysStatistic]) -> Value {
    let statistics = batch.members.iter().map(|(index, id)| {
        let mut statistic = statistic_body(&configured[*index as usize]);
        statistic["statisticId"] = id.to_string().into();
        statistic
    });
    json!({
        "operationId": batch.subscription.to_string(),
        "data": {"statistics": statistics.collect::<Value>()},
    })
}

/// A statistic in a request body.
fn statistic_body(configured: &GenesysStatistic) -> Value {
    let statistic = &configured.statistic;
    let mut body = json!({
        "objectId": &*statistic.object,
        "objectType": &*statistic.object_type,
    });
    match &configured.reference {
        StatisticReference::Name => body["name"] = (*statistic.name).into(),
        StatisticReference::Definition(definition) => body["definition"] = (**definition).clone(),
    }
    body
}
