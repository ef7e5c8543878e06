//! The simulated Genesys behind the real source's client: its values go through the same
//! envelopes, the same subscriptions and the same decoder. Apart from the ids that the
//! client draws for subscriptions, the same script gives the same day.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use wallboard_simulator::{CallCenter, phone::StatisticsService};

use wallboard_domain::{Discontinuity, Input, SourceId};
use wallboard_sources::genesys::in_process::{InProcessClient, StatisticsApi};

use super::voice_settings::voice_settings;

/// The shortest time between publications of changes. It belongs to the platform: `speed`
/// doesn't change it.
const THROTTLE: SignedDuration = SignedDuration::from_millis(500);

#[derive(Debug)]
pub(super) struct PhoneFeed {
    pub(super) service: StatisticsService,
    client: InProcessClient,
    reported: Timestamp,
    is_unavailable: bool,
}

/// The service as a client sees it at one instant.
struct ServiceNow<'a> {
    service: &'a mut StatisticsService,
    center: &'a CallCenter,
}

impl PhoneFeed {
    pub(super) fn new(id: &SourceId, start: Timestamp) -> Self {
        Self {
            service: StatisticsService::default(),
            client: InProcessClient::new(&voice_settings(id), start),
            reported: start,
            is_unavailable: false,
        }
    }

    /// Returns what the source reports at its start: all values.
    pub(super) fn open(&mut self, center: &CallCenter) -> Vec<Input> {
        self.client
            .begin_session(Discontinuity::Start, self.reported);
        self.send_requests(center, self.reported);
        self.client.take_inputs(self.reported)
    }

    /// Returns everything that the source reports up to `to`, and when. Advances the call center.
    pub(super) fn advance(
        &mut self,
        center: &mut CallCenter,
        to: Timestamp,
    ) -> Vec<(Timestamp, Vec<Input>)> {
        let mut reports = Vec::new();
        loop {
            let at = self.next_at(center);
            if to < at {
                return reports;
            }
            let inputs = self.report(center, at);
            if !inputs.is_empty() {
                reports.push((at, inputs));
            }
        }
    }

    /// Makes the service report that it is unavailable, or available again: then everything
    /// is subscribed to again.
    pub(super) fn set_unavailable(
        &mut self,
        is_unavailable: bool,
        center: &mut CallCenter,
        at: Timestamp,
    ) -> Vec<Input> {
        let message = self.service.set_available(!is_unavailable);
        self.client.on_service(message, at);
        self.is_unavailable = is_unavailable;
        self.report(center, at)
    }

    pub(super) fn is_unavailable(&self) -> bool {
        self.is_unavailable
    }

    /// The next time when something may be reported.
    pub(super) fn next_at(&self, center: &CallCenter) -> Timestamp {
        let next = self.service.next_at().min(center.next_at());
        next.max(self.reported + THROTTLE)
    }

    /// Advances the call center, and returns what the source reports then.
    pub(super) fn report(&mut self, center: &mut CallCenter, at: Timestamp) -> Vec<Input> {
        self.reported = self.reported.max(at);
        center.advance(at);
        if !self.is_unavailable {
            self.send_requests(center, at);
            if let Some(updates) = self.service.updates(center) {
                self.client.on_update(updates, at);
            }
        }
        self.client.take_inputs(at)
    }

    fn send_requests(&mut self, center: &CallCenter, at: Timestamp) {
        let service = &mut self.service;
        let mut api = ServiceNow { service, center };
        self.client.send_requests(&mut api, at);
    }
}

impl StatisticsApi for ServiceNow<'_> {
    fn subscribe(&mut self, request: &Value) -> Vec<u8> {
        self.service.subscribe(request, self.center)
    }

    fn values(&mut self, subscription: &str) -> Vec<u8> {
        self.service.values(subscription, self.center)
    }

    fn unsubscribe(&mut self, subscription: &str) -> Vec<u8> {
        self.service.unsubscribe(subscription)
    }
}
