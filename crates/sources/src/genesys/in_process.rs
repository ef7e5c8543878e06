//! A client of a Statistics API that is simulated in this process. Requests, responses and
//! notifications are the vendor's real bytes; only the network is missing. Reads no clock.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, value::RawValue};
use tokio::time::Instant;

use wallboard_domain::{Discontinuity, Input, SubscriptionStats};

use super::{
    GenesysSettings, GenesysStatistic,
    bayeux::BayeuxEvent,
    envelope,
    error::{ApiCall, GenesysError},
    job_runner,
    notification::{self, Notification},
    subscription_manager::{ApiJob, SubscriptionManager},
};

/// A Statistics API in this process, which responds in the vendor's JSON.
pub trait StatisticsApi {
    /// `POST /subscriptions`.
    fn subscribe(&mut self, request: &Value) -> Vec<u8>;
    /// `GET /subscriptions/{id}/statistic-values`.
    fn values(&mut self, subscription: &str) -> Vec<u8>;
    /// `DELETE /subscriptions/{id}`.
    fn unsubscribe(&mut self, subscription: &str) -> Vec<u8>;
}

#[derive(Debug)]
pub struct InProcessClient {
    subscriptions: SubscriptionManager,
    statistics: Arc<[GenesysStatistic]>,
    /// The same instant on tokio's clock and on the simulation's.
    started: (Instant, Timestamp),
    stats: SubscriptionStats,
}

impl InProcessClient {
    pub fn new(settings: &GenesysSettings, start: Timestamp) -> Self {
        let began = Instant::now();
        let statistics = Arc::clone(&settings.statistics);
        Self {
            subscriptions: SubscriptionManager::new(settings, Arc::clone(&statistics), began),
            statistics,
            started: (began, start),
            stats: SubscriptionStats {
                signed_in_at: Some(start),
                transport: "simulated",
                address: "built in".to_owned(),
                ..SubscriptionStats::default()
            },
        }
    }

    /// Begins a session on a new connection, without subscriptions.
    pub fn begin_session(&mut self, discontinuity: Discontinuity, at: Timestamp) {
        let now = self.to_instant(at);
        self.subscriptions.begin_session(discontinuity, now);
    }

    /// Applies the `data` of a message on the channel of values.
    pub fn on_update(&mut self, data: Box<RawValue>, at: Timestamp) {
        self.on_event(notification::UPDATES_CHANNEL, data, at);
    }

    /// Applies the `data` of a message on the channel of the service's state.
    pub fn on_service(&mut self, data: Box<RawValue>, at: Timestamp) {
        self.on_event(notification::SERVICE_CHANNEL, data, at);
    }

    /// Sends all requests that are due, and applies the responses.
    pub fn send_requests(&mut self, api: &mut impl StatisticsApi, at: Timestamp) {
        let now = self.to_instant(at);
        self.subscriptions.on_timer(now);
        while let Some((ticket, job)) = self.subscriptions.next_job(now) {
            let (call, answer) = match &job {
                ApiJob::Request(batch) => {
                    let body = job_runner::subscription_body(batch, &self.statistics);
                    (ApiCall::Subscription, api.subscribe(&body))
                }
                ApiJob::Refresh(refresh) => (ApiCall::Values, api.values(&refresh.id)),
                ApiJob::Unsubscribe(subscription) => {
                    (ApiCall::Unsubscribe, api.unsubscribe(subscription))
                }
            };
            let answer = envelope::parse_answer(&answer);
            let answer = answer.map_err(|why| GenesysError::Unreadable { call, why });
            // The connection can't be lost here: a failed request is sent again.
            self.subscriptions.on_outcome(ticket, answer, now).ok();
        }
    }

    /// Takes all resulting inputs, in order.
    pub fn take_inputs(&mut self, at: Timestamp) -> Vec<Input> {
        let last_value_at = if self.subscriptions.take_received() {
            Some(at)
        } else {
            self.stats.last_value_at
        };
        let stats = SubscriptionStats {
            signed_in_at: self.stats.signed_in_at,
            transport: self.stats.transport,
            address: self.stats.address.clone(),
            last_value_at,
            ..self.subscriptions.subscription_stats()
        };
        if stats != self.stats {
            self.stats = stats.clone();
            self.subscriptions.outbox.put_stats(stats);
        }
        let mut inputs = Vec::new();
        while let Some(batch) = self.subscriptions.outbox.take_batch() {
            inputs.extend(batch);
        }
        inputs
    }

    fn on_event(&mut self, channel: &'static str, data: Box<RawValue>, at: Timestamp) {
        let notification = Notification::from_event(&BayeuxEvent { channel, data });
        let now = self.to_instant(at);
        self.subscriptions.on_notification(notification, now);
    }

    fn to_instant(&self, at: Timestamp) -> Instant {
        let since = at.duration_since(self.started.1);
        self.started.0 + Duration::try_from(since).unwrap_or_default()
    }
}
