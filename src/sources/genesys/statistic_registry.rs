//! Which name of ours means which statistic, and what it last said: so that nothing
//! old overwrites what is newer, and nothing is said twice. Pure; the vendor's times
//! are only compared with one another, within one statistic of one subscription.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use foldhash::fast::FixedState;
use serde_json::value::RawValue;

use super::{envelope::ReportedValue, uuid::Uuid};

/// A statistic's place in the settings.
pub(super) type StatisticIndex = u32;

/// When something happened, counted in values taken.
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
    /// The time of the value that holds, by the vendor's clock.
    value_time: Option<i64>,
    /// What was last said; `None` when all is to be said anew.
    last_digest: Option<u64>,
    /// When a notification was last taken.
    notified: LogicalTime,
}

/// What we called a statistic, and the operation that subscribed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StatisticIds {
    statistic: Uuid,
    subscription: Uuid,
}

/// What to make of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueVerdict {
    /// It holds now, and has not been said yet.
    New(StatisticIndex),
    /// Said already.
    Same(StatisticIndex),
    /// Older than what holds.
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

    /// From here on this name means this statistic, and an earlier one nothing.
    pub(super) fn register_statistic(
        &mut self,
        place: StatisticIndex,
        statistic: Uuid,
        subscription: Uuid,
    ) {
        self.unregister_statistic(place);
        let Some(entry) = self.entries.get_mut(place as usize) else {
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
        self.indexes.insert(statistic, place);
    }

    /// What comes under its name is of no statistic any more.
    pub(super) fn unregister_statistic(&mut self, place: StatisticIndex) {
        let entry = self.entries.get_mut(place as usize);
        if let Some(names) = entry.and_then(|entry| entry.ids.take()) {
            self.indexes.remove(&names.statistic);
        }
    }

    /// All names mean nothing any more.
    pub(super) fn unregister_all(&mut self) {
        self.indexes.clear();
        for entry in &mut self.entries {
            entry.ids = None;
        }
        self.invalidate_all();
    }

    /// Whatever was said is to be said anew.
    pub(super) fn invalidate_all(&mut self) {
        for entry in &mut self.entries {
            entry.last_digest = None;
        }
    }

    /// Its value is to be said anew.
    pub(super) fn invalidate_value(&mut self, place: StatisticIndex) {
        if let Some(entry) = self.entries.get_mut(place as usize) {
            entry.last_digest = None;
        }
    }

    /// Whether anything was said of it since all was in doubt.
    pub(super) fn has_value(&self, place: StatisticIndex) -> bool {
        let entry = self.entries.get(place as usize);
        entry.is_some_and(|entry| entry.last_digest.is_some())
    }

    pub(super) fn statistic_id(&self, place: StatisticIndex) -> Option<Uuid> {
        let names = self.entries.get(place as usize)?.ids?;
        Some(names.statistic)
    }

    pub(super) fn subscription_id(&self, place: StatisticIndex) -> Option<Uuid> {
        let names = self.entries.get(place as usize)?.ids?;
        Some(names.subscription)
    }

    /// A value that the vendor told by itself: older ones never overwrite newer.
    pub(super) fn on_notification(&mut self, told: &ReportedValue) -> ValueVerdict {
        let Some(place) = self.find_index(told) else {
            return ValueVerdict::Foreign;
        };
        let entry = &mut self.entries[place as usize];
        if matches!((entry.value_time, told.vendor_millis), (Some(at), Some(told)) if told < at) {
            return ValueVerdict::Old(place);
        }
        self.now.0 += 1;
        entry.notified = self.now;
        entry.accept_value(place, told)
    }

    /// A value that the vendor gave because it was asked: it overrides, for clocks may
    /// be set back; but not what was told after the question, unless it is newer.
    pub(super) fn on_answer(&mut self, told: &ReportedValue, asked: LogicalTime) -> ValueVerdict {
        let Some(place) = self.find_index(told) else {
            return ValueVerdict::Foreign;
        };
        let entry = &mut self.entries[place as usize];
        let is_newer =
            matches!((entry.value_time, told.vendor_millis), (Some(at), Some(told)) if at < told);
        if entry.notified > asked && !is_newer {
            return ValueVerdict::Old(place);
        }
        entry.accept_value(place, told)
    }

    /// The same without a name: where all is asked again and again.
    pub(super) fn on_poll(&mut self, place: StatisticIndex, told: &ReportedValue) -> ValueVerdict {
        match self.entries.get_mut(place as usize) {
            Some(entry) => entry.accept_value(place, told),
            None => ValueVerdict::Foreign,
        }
    }

    /// The name alone decides: it is random and ours, where the subscription beside it is
    /// called what the vendor likes, and is told of before the vendor has said what that is.
    fn find_index(&self, told: &ReportedValue) -> Option<StatisticIndex> {
        self.indexes.get(&told.statistic?).copied()
    }
}

impl RegisteredStatistic {
    fn accept_value(&mut self, place: StatisticIndex, told: &ReportedValue) -> ValueVerdict {
        let said = Some(digest_value(told.value.as_deref()));
        let is_same = self.last_digest == said && self.value_time == told.vendor_millis;
        self.last_digest = said;
        self.value_time = told.vendor_millis;
        if is_same {
            ValueVerdict::Same(place)
        } else {
            ValueVerdict::New(place)
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
        let statistic = Uuid::new_random();
        book.register_statistic(FIRST, statistic, Uuid::new_random());
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
            let told = self.value_at(value, at);
            self.book.on_notification(&told)
        }

        fn answer_value(&mut self, value: u64, at: i64, asked: LogicalTime) -> ValueVerdict {
            let told = self.value_at(value, at);
            self.book.on_answer(&told, asked)
        }
    }

    #[test]
    fn an_older_notification_never_overwrites() {
        let mut scene = registry_fixture();

        assert_eq!(scene.notify_value(1, 10), ValueVerdict::New(FIRST));
        assert_eq!(scene.notify_value(2, 9), ValueVerdict::Old(FIRST));
        assert_eq!(scene.notify_value(1, 10), ValueVerdict::Same(FIRST));
        assert_eq!(scene.notify_value(3, 10), ValueVerdict::New(FIRST));
    }

    #[test]
    fn an_answer_overrides_what_was_told_before_the_question() {
        let mut scene = registry_fixture();
        scene.notify_value(1, 1_000_000);
        let asked = scene.book.logical_now();

        assert_eq!(scene.answer_value(2, 5, asked), ValueVerdict::New(FIRST));
        assert_eq!(scene.notify_value(3, 6), ValueVerdict::New(FIRST));
    }

    #[test]
    fn what_was_told_since_the_question_stands_unless_the_answer_is_newer() {
        let mut scene = registry_fixture();
        let asked = scene.book.logical_now();
        scene.notify_value(1, 10);

        assert_eq!(scene.answer_value(2, 10, asked), ValueVerdict::Old(FIRST));
        assert_eq!(scene.answer_value(3, 11, asked), ValueVerdict::New(FIRST));
    }

    #[test]
    fn what_is_in_doubt_is_said_anew() {
        let mut scene = registry_fixture();
        scene.notify_value(1, 10);

        scene.book.invalidate_all();

        assert_eq!(scene.notify_value(1, 10), ValueVerdict::New(FIRST));
    }

    #[test]
    fn names_that_were_never_given_or_are_struck_mean_nothing() {
        let mut scene = registry_fixture();
        let mut other = scene.value_at(1, 10);
        other.statistic = Some(Uuid::new_random());

        assert_eq!(scene.book.on_notification(&other), ValueVerdict::Foreign);
        assert_eq!(
            scene.book.on_notification(&ReportedValue::default()),
            ValueVerdict::Foreign
        );
        let (old, subscription) = (scene.value_at(1, 10), Uuid::new_random());
        scene
            .book
            .register_statistic(FIRST, Uuid::new_random(), subscription);
        assert_eq!(scene.book.on_notification(&old), ValueVerdict::Foreign);
        scene.book.unregister_all();
        assert_eq!(scene.book.statistic_id(FIRST), None);
    }

    #[test]
    fn a_statistic_costs_far_less_than_a_kibibyte() {
        // Twice the map's slot, for the room that it keeps free.
        let slot = size_of::<(Uuid, StatisticIndex)>() + 1;
        assert!(size_of::<RegisteredStatistic>() + 2 * slot < 200);
    }
}
