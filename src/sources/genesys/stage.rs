//! The desk before a vendor that is played in this process, for the demo: what is asked
//! and what is answered and told are the vendor's own bytes, and only the network between
//! is missing. Reads no clock.

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

/// Who answers instead of the vendor, in the vendor's JSON.
pub(in crate::sources) trait Vendor {
    /// `POST /subscriptions`.
    fn subscribe(&mut self, question: &Value) -> Vec<u8>;
    /// `GET /subscriptions/{id}/statistic-values`.
    fn values(&mut self, subscription: &str) -> Vec<u8>;
    /// `DELETE /subscriptions/{id}`.
    fn part(&mut self, subscription: &str) -> Vec<u8>;
}

#[derive(Debug)]
pub(in crate::sources) struct Stage {
    desk: Desk,
    asked: Arc<[Asked]>,
    /// The same instant on the clock that the desk is told and on the play's.
    began: (Instant, Timestamp),
    account: Account,
}

impl Stage {
    pub(in crate::sources) fn new(settings: &Settings, start: Timestamp) -> Self {
        let began = Instant::now();
        let asked = Arc::clone(&settings.statistics);
        Self {
            desk: Desk::new(settings, Arc::clone(&asked), began),
            asked,
            began: (began, start),
            account: Account {
                signed_in: Some(start),
                transport: "simulated",
                address: "this program".to_owned(),
                ..Account::default()
            },
        }
    }

    /// The line stands, and nothing is subscribed to yet.
    pub(in crate::sources) fn begin(&mut self, broken: Break, at: Timestamp) {
        let now = self.instant(at);
        self.desk.begin(broken, now);
    }

    /// Changed values: the `data` of a message on their channel.
    pub(in crate::sources) fn on_update(&mut self, data: Box<RawValue>, at: Timestamp) {
        self.on_event(notice::UPDATES, data, at);
    }

    /// The service comes or goes: the `data` of a message on its channel.
    pub(in crate::sources) fn on_service(&mut self, data: Box<RawValue>, at: Timestamp) {
        self.on_event(notice::SERVICE, data, at);
    }

    /// Asks all that is due to be asked, and takes the answers in.
    pub(in crate::sources) fn work(&mut self, vendor: &mut impl Vendor, at: Timestamp) {
        let now = self.instant(at);
        self.desk.on_time(now);
        while let Some((ticket, job)) = self.desk.next_job(now) {
            let (asked, answer) = match &job {
                Job::Order(order) => {
                    let question = work::subscription(order, &self.asked);
                    (Call::Subscription, vendor.subscribe(&question))
                }
                Job::Peek(peek) => (Call::Values, vendor.values(&peek.id)),
                Job::Farewell(subscription) => (Call::Farewell, vendor.part(subscription)),
            };
            let answer = envelope::answer(&answer);
            let answer = answer.map_err(|why| Error::Unreadable { asked, why });
            // A line that cannot be lost does not end either: what failed is asked again.
            self.desk.on_outcome(ticket, answer, now).ok();
        }
    }

    /// What is said of it all, in order.
    pub(in crate::sources) fn take(&mut self, at: Timestamp) -> Vec<Input> {
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
        let mut said = Vec::new();
        while let Some(batch) = self.desk.outbox.take() {
            said.extend(batch);
        }
        said
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
