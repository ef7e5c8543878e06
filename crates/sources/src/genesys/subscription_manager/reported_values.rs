//! Values of statistics, and how long they are valid.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::statserver;
use wallboard_domain::{Fact, SourceDiagnostic, Update, ValueAge, VendorFigure};

use super::{
    super::{
        GenesysMode,
        envelope::ReportedValue,
        statistic_registry::{StatisticIndex, ValueVerdict},
    },
    SubscriptionManager,
};

/// When polling: time for the next response, with one more try after a lost one.
const POLL_RESPONSE_TIME: Duration = Duration::from_secs(7);

impl SubscriptionManager {
    pub(super) fn on_value(&mut self, reported: &ReportedValue, now: Instant) {
        self.has_received = true;
        match self.registry.on_notification(reported) {
            ValueVerdict::New(index) => {
                self.report_value(index, reported, "StatisticUpdate", Duration::ZERO);
            }
            ValueVerdict::Same(_) => {}
            ValueVerdict::Old(index) => self.suspect_value(index, now),
            ValueVerdict::Foreign => self.outbox.put_diagnostic(SourceDiagnostic::Ignored {
                event: "an unknown statistic".to_owned(),
            }),
        }
    }

    /// Reports a value that is at most this old.
    pub(super) fn report_value(
        &mut self,
        index: StatisticIndex,
        reported: &ReportedValue,
        event: &'static str,
        age: Duration,
    ) {
        let statistic = &self.statistics[index as usize].statistic;
        let value = statistic.decode_value(reported.value.as_deref(), &self.states);
        if statserver::is_known(&value) {
            self.invalid_values.remove(&index);
        } else {
            self.invalid_values.insert(index);
        }
        let at = reported
            .vendor_millis
            .and_then(|at| Timestamp::from_millisecond(at).ok());
        let report = VendorFigure {
            value,
            age: ValueAge::Immediate,
            valid_for_ms: self
                .value_validity()
                .map(|validity| to_millis(validity.saturating_sub(age))),
        };
        let update = Update {
            source: self.source.clone(),
            event,
            at,
            fact: Fact::VendorFigure(statistic.subject.clone(), report),
            mistyped: 0,
        };
        self.outbox.put_update(index, update);
    }

    /// Reports that the vendor has no value for a statistic.
    pub(super) fn report_unknown(&mut self, index: StatisticIndex) {
        let nothing = ReportedValue::default();
        self.report_value(index, &nothing, "StatisticUpdate", Duration::ZERO);
        self.registry.invalidate_value(index);
    }

    /// The time for which a value is up to date after it was requested; `None` where the vendor notifies changes.
    pub(super) fn value_validity(&self) -> Option<Duration> {
        match self.mode {
            GenesysMode::Subscribe => None,
            GenesysMode::Poll(interval) => Some(interval + POLL_RESPONSE_TIME),
        }
    }
}

fn to_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
