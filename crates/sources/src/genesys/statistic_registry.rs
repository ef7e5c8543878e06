//! Maps our ids to statistics and tracks each one's last reported value, so that old values
//! never overwrite newer ones and nothing is reported twice. Pure. The vendor's times are
//! only compared within one statistic of one subscription.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use foldhash::fast::FixedState;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::envelope::ReportedValue;

/// A statistic's index in the settings.
pub(super) type StatisticIndex = u32;

/// A logical time, counted in accepted notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogicalTime(u64);

#[derive(Debug)]
pub(super) struct StatisticRegistry {
    entries: Vec<RegisteredStatistic>,
    indexes: HashMap<Uuid, StatisticIndex, foldhash::fast::RandomState>,
    now: LogicalTime,
}

#[derive(Clone, Debug, Default)]
struct RegisteredStatistic {
    ids: Option<StatisticIds>,
    /// The time of the current value, by the vendor's clock.
    value_time: Option<i64>,
    /// The digest of the last reported value; `None` to report it again.
    last_digest: Option<u64>,
    /// The time of the last accepted notification.
    notified: LogicalTime,
}

/// Our id for a statistic, and the operation that subscribed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StatisticIds {
    statistic: Uuid,
    subscription: Uuid,
}

/// The verdict on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueVerdict {
    /// Current, and not reported yet.
    New(StatisticIndex),
    /// Already reported.
    Same(StatisticIndex),
    /// Older than the current value.
    Old(StatisticIndex),
    /// Of no statistic that we follow.
    Foreign,
}

impl StatisticRegistry {
    pub(super) fn new(statistics: usize) -> Self {
        Self {
            entries: vec![RegisteredStatistic::default(); statistics],
            indexes: HashMap::default(),
            now: LogicalTime(1),
        }
    }

    pub(super) fn logical_now(&self) -> LogicalTime {
        self.now
    }

    /// Maps this id to the statistic; an earlier id becomes foreign.
    pub(super) fn register_statistic(
        &mut self,
        index: StatisticIndex,
        statistic: Uuid,
        subscription: Uuid,
    ) {
        self.unregister_statistic(index);
        let Some(entry) = self.entries.get_mut(index as usize) else {
            return;
        };
        *entry = RegisteredStatistic {
            ids: Some(StatisticIds {
                statistic,
                subscription,
            }),
            last_digest: entry.last_digest,
            ..RegisteredStatistic::default()
        };
        self.indexes.insert(statistic, index);
    }

    /// Makes the statistic's id foreign.
    pub(super) fn unregister_statistic(&mut self, index: StatisticIndex) {
        let entry = self.entries.get_mut(index as usize);
        if let Some(ids) = entry.and_then(|entry| entry.ids.take()) {
            self.indexes.remove(&ids.statistic);
        }
    }

    /// Makes all ids foreign and invalidates all values.
    pub(super) fn unregister_all(&mut self) {
        self.indexes.clear();
        for entry in &mut self.entries {
            entry.ids = None;
        }
        self.invalidate_all();
    }

    /// Invalidates all values, so that they are reported again.
    pub(super) fn invalidate_all(&mut self) {
        for entry in &mut self.entries {
            entry.last_digest = None;
        }
    }

    /// Invalidates a value, so that it is reported again.
    pub(super) fn invalidate_value(&mut self, index: StatisticIndex) {
        if let Some(entry) = self.entries.get_mut(index as usize) {
            entry.last_digest = None;
        }
    }

    /// Whether a value was reported since the last invalidation.
    pub(super) fn has_value(&self, index: StatisticIndex) -> bool {
        let entry = self.entries.get(index as usize);
        entry.is_some_and(|entry| entry.last_digest.is_some())
    }

    pub(super) fn statistic_id(&self, index: StatisticIndex) -> Option<Uuid> {
        let ids = self.entries.get(index as usize)?.ids?;
        Some(ids.statistic)
    }

    pub(super) fn subscription_id(&self, index: StatisticIndex) -> Option<Uuid> {
        let ids = self.entries.get(index as usize)?.ids?;
        Some(ids.subscription)
    }

    /// Applies a value of a notification: older ones never overwrite newer ones.
    pub(super) fn on_notification(&mut self, reported: &ReportedValue) -> ValueVerdict {
        let Some(index) = self.find_index(reported) else {
            return ValueVerdict::Foreign;
        };
        let entry = &mut self.entries[index as usize];
        if matches!((entry.value_time, reported.vendor_millis), (Some(at), Some(sent)) if sent < at)
        {
            return ValueVerdict::Old(index);
        }
        self.now.0 += 1;
        entry.notified = self.now;
        entry.accept_value(index, reported)
    }

    /// Applies a value of a response. It overrides, because clocks may be set back; but not
    /// a notification since the request, unless it is newer.
    pub(super) fn on_answer(
        &mut self,
        reported: &ReportedValue,
        requested_at: LogicalTime,
    ) -> ValueVerdict {
        let Some(index) = self.find_index(reported) else {
            return ValueVerdict::Foreign;
        };
        let entry = &mut self.entries[index as usize];
        let is_newer = matches!((entry.value_time, reported.vendor_millis), (Some(at), Some(sent)) if at < sent);
        if entry.notified > requested_at && !is_newer {
            return ValueVerdict::Old(index);
        }
        entry.accept_value(index, reported)
    }

    /// Applies a polled value, which has no id.
    pub(super) fn on_poll(
        &mut self,
        index: StatisticIndex,
        reported: &ReportedValue,
    ) -> ValueVerdict {
        match self.entries.get_mut(index as usize) {
            Some(entry) => entry.accept_value(index, reported),
            None => ValueVerdict::Foreign,
        }
    }

    /// Looks up our id alone: it is random. The vendor chooses the subscription's id, and
    /// sends values before it reports that id.
    fn find_index(&self, reported: &ReportedValue) -> Option<StatisticIndex> {
        self.indexes.get(&reported.statistic?).copied()
    }
}

impl RegisteredStatistic {
    fn accept_value(&mut self, index: StatisticIndex, reported: &ReportedValue) -> ValueVerdict {
        let digest = Some(digest_value(reported.value.as_deref()));
        let is_same = self.last_digest == digest && self.value_time == reported.vendor_millis;
        self.last_digest = digest;
        self.value_time = reported.vendor_millis;
        if is_same {
            ValueVerdict::Same(index)
        } else {
            ValueVerdict::New(index)
        }
    }
}

fn digest_value(value: Option<&RawValue>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(value.map_or("null", RawValue::get).as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: StatisticIndex = 0;

    struct RegistryFixture {
        book: StatisticRegistry,
        statistic: Uuid,
    }

    fn registry_fixture() -> RegistryFixture {
        let mut book = StatisticRegistry::new(2);
        let statistic = Uuid::new_v4();
        book.register_statistic(FIRST, statistic, Uuid::new_v4());
        RegistryFixture { book, statistic }
    }

    impl RegistryFixture {
        fn value_at(&self, value: u64, at: i64) -> ReportedValue {
            ReportedValue {
                statistic: Some(self.statistic),
                vendor_millis: Some(at),
                value: Some(serde_json::value::to_raw_value(&value).unwrap()),
                ..ReportedValue::default()
            }
        }

        fn notify_value(&mut self, value: u64, at: i64) -> ValueVerdict {
            let reported = self.value_at(value, at);
            self.book.on_notification(&reported)
        }

        fn answer_value(&mut self, value: u64, at: i64, requested_at: LogicalTime) -> ValueVerdict {
            let reported = self.value_at(value, at);
            self.book.on_answer(&reported, requested_at)
        }
    }

    #[test]
    fn older_notification_never_overwrites() {
        let mut fixture = registry_fixture();

        assert_eq!(fixture.notify_value(1, 10), ValueVerdict::New(FIRST));
        assert_eq!(fixture.notify_value(2, 9), ValueVerdict::Old(FIRST));
        assert_eq!(fixture.notify_value(1, 10), ValueVerdict::Same(FIRST));
        assert_eq!(fixture.notify_value(3, 10), ValueVerdict::New(FIRST));
    }

    #[test]
    fn response_overrides_earlier_notifications() {
        let mut fixture = registry_fixture();
        fixture.notify_value(1, 1_000_000);
        let requested_at = fixture.book.logical_now();

        assert_eq!(
            fixture.answer_value(2, 5, requested_at),
            ValueVerdict::New(FIRST)
        );
        assert_eq!(fixture.notify_value(3, 6), ValueVerdict::New(FIRST));
    }

    #[test]
    fn later_notification_wins_unless_the_response_is_newer() {
        let mut fixture = registry_fixture();
        let requested_at = fixture.book.logical_now();
        fixture.notify_value(1, 10);

        assert_eq!(
            fixture.answer_value(2, 10, requested_at),
            ValueVerdict::Old(FIRST)
        );
        assert_eq!(
            fixture.answer_value(3, 11, requested_at),
            ValueVerdict::New(FIRST)
        );
    }

    #[test]
    fn invalidated_value_is_reported_again() {
        let mut fixture = registry_fixture();
        fixture.notify_value(1, 10);

        fixture.book.invalidate_all();

        assert_eq!(fixture.notify_value(1, 10), ValueVerdict::New(FIRST));
    }

    #[test]
    fn unknown_and_dropped_ids_are_foreign() {
        let mut fixture = registry_fixture();
        let mut other = fixture.value_at(1, 10);
        other.statistic = Some(Uuid::new_v4());

        assert_eq!(fixture.book.on_notification(&other), ValueVerdict::Foreign);
        assert_eq!(
            fixture.book.on_notification(&ReportedValue::default()),
            ValueVerdict::Foreign
        );
        let (old, subscription) = (fixture.value_at(1, 10), Uuid::new_v4());
        fixture
            .book
            .register_statistic(FIRST, Uuid::new_v4(), subscription);
        assert_eq!(fixture.book.on_notification(&old), ValueVerdict::Foreign);
        fixture.book.unregister_all();
        assert_eq!(fixture.book.statistic_id(FIRST), None);
    }

    #[test]
    fn statistic_needs_far_less_than_a_kibibyte() {
        // Twice the map's slot, to allow for spare capacity.
        let slot = size_of::<(Uuid, StatisticIndex)>() + 1;
        assert!(size_of::<RegisteredStatistic>() + 2 * slot < 200);
    }
}
