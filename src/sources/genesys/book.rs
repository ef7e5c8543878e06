//! Which name of ours means which statistic, and what it last said: so that nothing
//! old overwrites what is newer, and nothing is said twice. Pure; the vendor's times
//! are only compared with one another, within one statistic of one subscription.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use foldhash::fast::FixedState;
use serde_json::value::RawValue;

use super::{envelope::Told, uuid::Uuid};

/// A statistic's place in the settings.
pub(super) type Place = u32;

/// When something happened, counted in values taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tick(u64);

#[derive(Debug)]
pub(super) struct Book {
    entries: Vec<Entry>,
    places: HashMap<Uuid, Place, foldhash::fast::RandomState>,
    now: Tick,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    names: Option<Names>,
    /// The time of the value that holds, by the vendor's clock.
    at: Option<i64>,
    /// What was last said; `None` when all is to be said anew.
    said: Option<u64>,
    /// When a notification was last taken.
    notified: Tick,
}

/// What we called a statistic, and the operation that subscribed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Names {
    statistic: Uuid,
    subscription: Uuid,
}

/// What to make of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds now, and has not been said yet.
    New(Place),
    /// Said already.
    Same(Place),
    /// Older than what holds.
    Old(Place),
    /// Of no statistic that we follow.
    Foreign,
}

impl Book {
    pub(super) fn new(statistics: usize) -> Self {
        Self {
            entries: vec![Entry::default(); statistics],
            places: HashMap::default(),
            now: Tick(1),
        }
    }

    pub(super) fn now(&self) -> Tick {
        self.now
    }

    /// From here on this name means this statistic, and an earlier one nothing.
    pub(super) fn enter(&mut self, place: Place, statistic: Uuid, subscription: Uuid) {
        self.strike(place);
        let Some(entry) = self.entries.get_mut(place as usize) else {
            return;
        };
        *entry = Entry {
            names: Some(Names {
                statistic,
                subscription,
            }),
            said: entry.said,
            ..Entry::default()
        };
        self.places.insert(statistic, place);
    }

    /// What comes under its name is of no statistic any more.
    pub(super) fn strike(&mut self, place: Place) {
        let entry = self.entries.get_mut(place as usize);
        if let Some(names) = entry.and_then(|entry| entry.names.take()) {
            self.places.remove(&names.statistic);
        }
    }

    /// All names mean nothing any more.
    pub(super) fn clear(&mut self) {
        self.places.clear();
        for entry in &mut self.entries {
            entry.names = None;
        }
        self.doubt();
    }

    /// Whatever was said is to be said anew.
    pub(super) fn doubt(&mut self) {
        for entry in &mut self.entries {
            entry.said = None;
        }
    }

    /// Its value is to be said anew.
    pub(super) fn doubt_one(&mut self, place: Place) {
        if let Some(entry) = self.entries.get_mut(place as usize) {
            entry.said = None;
        }
    }

    /// Whether anything was said of it since all was in doubt.
    pub(super) fn was_said(&self, place: Place) -> bool {
        let entry = self.entries.get(place as usize);
        entry.is_some_and(|entry| entry.said.is_some())
    }

    pub(super) fn name_of(&self, place: Place) -> Option<Uuid> {
        let names = self.entries.get(place as usize)?.names?;
        Some(names.statistic)
    }

    pub(super) fn subscription_of(&self, place: Place) -> Option<Uuid> {
        let names = self.entries.get(place as usize)?.names?;
        Some(names.subscription)
    }

    /// A value that the vendor told by itself: older ones never overwrite newer.
    pub(super) fn on_notification(&mut self, told: &Told) -> Verdict {
        let Some(place) = self.place(told) else {
            return Verdict::Foreign;
        };
        let entry = &mut self.entries[place as usize];
        if matches!((entry.at, told.at), (Some(at), Some(told)) if told < at) {
            return Verdict::Old(place);
        }
        self.now.0 += 1;
        entry.notified = self.now;
        entry.take(place, told)
    }

    /// A value that the vendor gave because it was asked: it overrides, for clocks may
    /// be set back; but not what was told after the question, unless it is newer.
    pub(super) fn on_answer(&mut self, told: &Told, asked: Tick) -> Verdict {
        let Some(place) = self.place(told) else {
            return Verdict::Foreign;
        };
        let entry = &mut self.entries[place as usize];
        let is_newer = matches!((entry.at, told.at), (Some(at), Some(told)) if at < told);
        if entry.notified > asked && !is_newer {
            return Verdict::Old(place);
        }
        entry.take(place, told)
    }

    /// The same without a name: where all is asked again and again.
    pub(super) fn on_poll(&mut self, place: Place, told: &Told) -> Verdict {
        match self.entries.get_mut(place as usize) {
            Some(entry) => entry.take(place, told),
            None => Verdict::Foreign,
        }
    }

    /// The name alone decides: it is random and ours, where the subscription beside it is
    /// called what the vendor likes, and is told of before the vendor has said what that is.
    fn place(&self, told: &Told) -> Option<Place> {
        self.places.get(&told.statistic?).copied()
    }
}

impl Entry {
    fn take(&mut self, place: Place, told: &Told) -> Verdict {
        let said = Some(digest(told.value.as_deref()));
        let is_same = self.said == said && self.at == told.at;
        self.said = said;
        self.at = told.at;
        if is_same {
            Verdict::Same(place)
        } else {
            Verdict::New(place)
        }
    }
}

fn digest(value: Option<&RawValue>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(value.map_or("null", RawValue::get).as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Place = 0;

    struct Scene {
        book: Book,
        statistic: Uuid,
    }

    fn scene() -> Scene {
        let mut book = Book::new(2);
        let statistic = Uuid::random();
        book.enter(FIRST, statistic, Uuid::random());
        Scene { book, statistic }
    }

    impl Scene {
        fn told(&self, value: u64, at: i64) -> Told {
            Told {
                statistic: Some(self.statistic),
                at: Some(at),
                value: Some(serde_json::value::to_raw_value(&value).unwrap()),
                ..Told::default()
            }
        }

        fn notified(&mut self, value: u64, at: i64) -> Verdict {
            let told = self.told(value, at);
            self.book.on_notification(&told)
        }

        fn answered(&mut self, value: u64, at: i64, asked: Tick) -> Verdict {
            let told = self.told(value, at);
            self.book.on_answer(&told, asked)
        }
    }

    #[test]
    fn an_older_notification_never_overwrites() {
        let mut scene = scene();

        assert_eq!(scene.notified(1, 10), Verdict::New(FIRST));
        assert_eq!(scene.notified(2, 9), Verdict::Old(FIRST));
        assert_eq!(scene.notified(1, 10), Verdict::Same(FIRST));
        assert_eq!(scene.notified(3, 10), Verdict::New(FIRST));
    }

    #[test]
    fn an_answer_overrides_what_was_told_before_the_question() {
        let mut scene = scene();
        scene.notified(1, 1_000_000);
        let asked = scene.book.now();

        assert_eq!(scene.answered(2, 5, asked), Verdict::New(FIRST));
        assert_eq!(scene.notified(3, 6), Verdict::New(FIRST));
    }

    #[test]
    fn what_was_told_since_the_question_stands_unless_the_answer_is_newer() {
        let mut scene = scene();
        let asked = scene.book.now();
        scene.notified(1, 10);

        assert_eq!(scene.answered(2, 10, asked), Verdict::Old(FIRST));
        assert_eq!(scene.answered(3, 11, asked), Verdict::New(FIRST));
    }

    #[test]
    fn what_is_in_doubt_is_said_anew() {
        let mut scene = scene();
        scene.notified(1, 10);

        scene.book.doubt();

        assert_eq!(scene.notified(1, 10), Verdict::New(FIRST));
    }

    #[test]
    fn names_that_were_never_given_or_are_struck_mean_nothing() {
        let mut scene = scene();
        let mut other = scene.told(1, 10);
        other.statistic = Some(Uuid::random());

        assert_eq!(scene.book.on_notification(&other), Verdict::Foreign);
        assert_eq!(
            scene.book.on_notification(&Told::default()),
            Verdict::Foreign
        );
        let (old, subscription) = (scene.told(1, 10), Uuid::random());
        scene.book.enter(FIRST, Uuid::random(), subscription);
        assert_eq!(scene.book.on_notification(&old), Verdict::Foreign);
        scene.book.clear();
        assert_eq!(scene.book.name_of(FIRST), None);
    }

    #[test]
    fn a_statistic_costs_far_less_than_a_kibibyte() {
        // Twice the map's slot, for the room that it keeps free.
        let slot = size_of::<(Uuid, Place)>() + 1;
        assert!(size_of::<Entry>() + 2 * slot < 200);
    }
}
