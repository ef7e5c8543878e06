//! A client of a Statistics API that is simulated in this process: requests, answers and
//! notifications are the vendor's own bytes, and only the network between is missing. Reads
//! no clock.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, value::RawValue};
use tokio::time::Instant;

use crate::domain::{Account, Break, Input};

use super::{
    Asked, Settings,
    bayeux::Event,
    desk::{Desk, Job},
    envelope,
    error::{Call, Error},
    notice::{self, Notice},
    work,
};

/// A Statistics API in this process, which answers in the vendor's JSON.
pub(crate) trait StatisticsApi {
    /// `POST /subscriptions`.
    fn subscribe(&mut self, request: &Value) -> Vec<u8>;
    /// `GET /subscriptions/{id}/statistic-values`.
    fn values(&mut self, subscription: &str) -> Vec<u8>;
    /// `DELETE /subscriptions/{id}`.
    fn unsubscribe(&mut self, subscription: &str) -> Vec<u8>;
}

#[derive(Debug)]
pub(crate) struct InProcessClient {
    desk: Desk,
    asked: Arc<[Asked]>,
    /// The same instant on tokio's clock and on the simulation's.
    began: (Instant, Timestamp),
    account: Account,
}

impl InProcessClient {
    pub(crate) fn new(settings: &Settings, start: Timestamp) -> Self {
        let began = Instant::now();
        let asked = Arc::clone(&settings.statistics);
        Self {
            desk: Desk::new(settings, Arc::clone(&asked), began),
            asked,
            began: (began, start),
            account: Account {
                signed_in: Some(start),
                transport: "simulated",
                address: "built in".to_owned(),
                ..Account::default()
            },
        }
    }

    /// Begins on a new connection, without any subscription.
    pub(crate) fn begin(&mut self, broken: Break, at: Timestamp) {
        let now = self.instant(at);
        self.desk.begin(broken, now);
    }

    /// Takes in the `data` of a message on the channel of values.
    pub(crate) fn on_update(&mut self, data: Box<RawValue>, at: Timestamp) {
        self.on_event(notice::UPDATES, data, at);
    }

    /// Takes in the `data` of a message on the channel of the service's state.
    pub(crate) fn on_service(&mut self, data: Box<RawValue>, at: Timestamp) {
        self.on_event(notice::SERVICE, data, at);
    }

    /// Sends all requests that are due, and takes in the answers.
    pub(crate) fn send_requests(&mut self, api: &mut impl StatisticsApi, at: Timestamp) {
        let now = self.instant(at);
        self.desk.on_time(now);
        while let Some((ticket, job)) = self.desk.next_job(now) {
            let (asked, answer) = match &job {
                Job::Order(order) => {
                    let question = work::subscription(order, &self.asked);
                    (Call::Subscription, api.subscribe(&question))
                }
                Job::Peek(peek) => (Call::Values, api.values(&peek.id)),
                Job::Farewell(subscription) => (Call::Farewell, api.unsubscribe(subscription)),
            };
            let answer = envelope::answer(&answer);
            let answer = answer.map_err(|why| Error::Unreadable { asked, why });
            // The connection cannot be lost: a request that failed is sent again.
            self.desk.on_outcome(ticket, answer, now).ok();
        }
    }

    /// Takes all inputs that came of it, in order.
    pub(crate) fn take_inputs(&mut self, at: Timestamp) -> Vec<Input> {
        let told = if self.desk.take_told() {
            Some(at)
        } else {
            self.account.told
        };
        let account = Account {
            signed_in: self.account.signed_in,
            transport: self.account.transport,
            address: self.account.address.clone(),
            told,
            ..self.desk.account()
        };
        if account != self.account {
            self.account = account.clone();
            self.desk.outbox.account(account);
        }
        let mut inputs = Vec::new();
        while let Some(batch) = self.desk.outbox.take() {
            inputs.extend(batch);
        }
        inputs
    }

    fn on_event(&mut self, channel: &'static str, data: Box<RawValue>, at: Timestamp) {
        let notice = Notice::read(&Event { channel, data });
        let now = self.instant(at);
        self.desk.on_notice(notice, now);
    }

    fn instant(&self, at: Timestamp) -> Instant {
        let since = at.duration_since(self.began.1);
        self.began.0 + Duration::try_from(since).unwrap_or_default()
    }
}
