//! Counters of the contacts of queues and agents: of a live day, of the period between two
//! snapshots, and of imported intervals. Only sums are stored; ratios are computed last
//! (docs/reference/metrics.md). Counters that a source doesn't report stay unknown, in sums too.

mod ratios;

pub(super) use ratios::quotient;

use std::{
    collections::BTreeMap,
    ops::{AddAssign, SubAssign},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::{EnumCount, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// The measure of a counter, which decides how two values are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Count,
    /// A sum of milliseconds.
    Time,
    /// The greatest number of milliseconds, not a sum.
    Longest,
}

/// Makes the enum and its tables from one list.
macro_rules! counters {
    (
        stored { $($(#[$doc:meta])* $stored:ident: $stored_kind:ident,)+ }
        live { $($(#[$live_doc:meta])* $live:ident: $live_kind:ident,)+ }
    ) => {
        /// A sum over contacts. Times are in milliseconds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumCount, EnumIter, EnumString, IntoStaticStr)]
        #[strum(serialize_all = "snake_case", const_into_str)]
        pub enum Counter {
            $($(#[$doc])* $stored,)+
            $($(#[$live_doc])* $live,)+
        }

        impl Counter {
            /// Counters of the intervals in the database.
            pub const STORED: &'static [Self] = &[$(Self::$stored),+];

            const fn kind(self) -> Kind {
                match self {
                    $(Self::$stored => Kind::$stored_kind,)+
                    $(Self::$live => Kind::$live_kind,)+
                }
            }
        }
    };
}

counters! {
    stored {
        Offered: Count,
        Answered: Count,
        /// Answered within the target, inclusive.
        AnsweredWithin: Count,
        /// Left before an agent answered, excluding short abandons.
        Abandoned: Count,
        /// Of those, left within the target.
        AbandonedWithin: Count,
        ShortAbandoned: Count,
        FlowOuts: Count,
        /// Still waiting.
        Waiting: Count,
        /// Of those, waiting longer than the target: already missed.
        WaitingLate: Count,
        /// Queue entry to answer, over `Waits`.
        WaitTime: Time,
        /// Answers whose wait is known.
        Waits: Count,
        /// Answered and ended; live, each agent's part of a contact is one.
        Handled: Count,
        TalkTime: Time,
        /// Talks no longer than the queue's limit, of `TalksLimited`.
        TalksWithin: Count,
        TalksLimited: Count,
        WrapUpTime: Time,
        /// Talk and wrap-up, of a source that reports only their sum.
        HandleTime: Time,
        Transferred: Count,
        /// Unknown if nobody waited.
        LongestWait: Longest,
        CsatSum: Count,
        CsatAnswers: Count,
        /// Of those, 4 and 5.
        CsatTop: Count,
        /// NPS scores of 9 and 10, and of 0 to 6, of `NpsAnswers`.
        Promoters: Count,
        Detractors: Count,
        NpsAnswers: Count,
        /// The same for the company as a whole, of `EnterpriseAnswers`.
        EnterprisePromoters: Count,
        EnterpriseDetractors: Count,
        EnterpriseAnswers: Count,
    }
    live {
        Positive: Count,
        Negative: Count,
        Neutral: Count,
        Unresolved: Count,
        FirstResponses: Count,
        FirstResponseTime: Time,
    }
}

impl Counter {
    /// Factor from the unit in the database and exports (whole seconds) to ours.
    pub const fn scale(self) -> i64 {
        match self.kind() {
            Kind::Count => 1,
            Kind::Time | Kind::Longest => 1000,
        }
    }

    pub fn is_sum(self) -> bool {
        self.kind() != Kind::Longest
    }

    /// Whether a queue's sum says what its agents do or how well, like
    /// [`Metric::is_about_agents`](super::Metric::is_about_agents).
    pub fn is_about_agents(self) -> bool {
        match self {
            Self::Offered
            | Self::Answered
            | Self::AnsweredWithin
            | Self::Abandoned
            | Self::AbandonedWithin
            | Self::ShortAbandoned
            | Self::FlowOuts
            | Self::Waiting
            | Self::WaitingLate
            | Self::WaitTime
            | Self::Waits
            | Self::LongestWait => false,
            Self::Handled
            | Self::TalkTime
            | Self::TalksWithin
            | Self::TalksLimited
            | Self::WrapUpTime
            | Self::HandleTime
            | Self::Transferred
            | Self::CsatSum
            | Self::CsatAnswers
            | Self::CsatTop
            | Self::Promoters
            | Self::Detractors
            | Self::NpsAnswers
            | Self::EnterprisePromoters
            | Self::EnterpriseDetractors
            | Self::EnterpriseAnswers
            | Self::Positive
            | Self::Negative
            | Self::Neutral
            | Self::Unresolved
            | Self::FirstResponses
            | Self::FirstResponseTime => true,
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// Sums over contacts. Each is known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// 0 where it is not known.
    values: [i64; Counter::COUNT],
    /// A bit for each counter.
    known: u64,
}

impl Default for Counters {
    /// All counters of an export known and 0.
    fn default() -> Self {
        let mut counters = Self::UNKNOWN;
        let live_only = u64::MAX << Counter::STORED.len();
        let none = Counter::LongestWait.bit() | Counter::HandleTime.bit() | live_only;
        counters.known = !none;
        counters
    }
}

impl Counters {
    /// All counters unknown.
    pub const UNKNOWN: Self = Self {
        values: [0; Counter::COUNT],
        known: 0,
    };

    /// All counters of live events known and 0.
    pub const LIVE: Self = Self {
        known: bits(&[
            Counter::Offered,
            Counter::Answered,
            Counter::AnsweredWithin,
            Counter::Abandoned,
            Counter::AbandonedWithin,
            Counter::ShortAbandoned,
            Counter::FlowOuts,
            Counter::Waiting,
            Counter::WaitingLate,
            Counter::WaitTime,
            Counter::Waits,
            Counter::Handled,
            Counter::HandleTime,
            Counter::Transferred,
            Counter::Positive,
            Counter::Negative,
            Counter::Neutral,
            Counter::Unresolved,
            Counter::FirstResponses,
            Counter::FirstResponseTime,
        ]),
        ..Self::UNKNOWN
    };

    pub fn get(&self, counter: Counter) -> Option<i64> {
        self.knows(counter.bit()).then(|| self.count(counter))
    }

    /// A time in whole seconds.
    pub fn seconds(&self, counter: Counter) -> Option<i64> {
        self.get(counter).map(|millis| millis / 1000)
    }

    /// The number, or 0 where it is not known.
    pub fn count(&self, counter: Counter) -> i64 {
        self.values[counter as usize]
    }

    pub fn set(&mut self, counter: Counter, value: Option<i64>) {
        self.values[counter as usize] = value.unwrap_or(0);
        match value {
            Some(_) => self.known |= counter.bit(),
            None => self.known &= !counter.bit(),
        }
    }

    /// Returns a copy with one counter set.
    #[must_use]
    pub const fn with(mut self, counter: Counter, value: i64) -> Self {
        self.values[counter as usize] = value;
        self.known |= counter.bit();
        self
    }

    /// Only these counters; the others are unknown.
    #[must_use]
    pub fn only(&self, counters: &[Counter]) -> Self {
        let mut some = Self::UNKNOWN;
        for &counter in counters {
            some.set(counter, self.get(counter));
        }
        some
    }

    /// Adds to a counter if it is known.
    pub fn add(&mut self, counter: Counter, more: i64) {
        if self.knows(counter.bit()) {
            self.values[counter as usize] += more;
        }
    }

    /// Records that a contact waited so many seconds.
    pub fn record_wait(&mut self, seconds: i64) {
        let longest = self.get(Counter::LongestWait);
        let wait = Some(seconds * Counter::LongestWait.scale());
        self.set(Counter::LongestWait, longest.max(wait));
    }

    /// Adds the counters of another interval, queue or contact.
    pub fn merge(&mut self, other: &Self) {
        let longest = self
            .get(Counter::LongestWait)
            .max(other.get(Counter::LongestWait));
        let reports_sum = Counter::HandleTime.bit() & (self.known | other.known) != 0;
        let handle_time = reports_sum
            .then(|| Some(self.handle_time()? + other.handle_time()?))
            .flatten();
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine += theirs;
        }
        self.mark_unknown_except(other.known);
        self.set(Counter::LongestWait, longest);
        self.set(Counter::HandleTime, handle_time);
    }

    /// Returns the counts since an `earlier` snapshot. A counter that fell is unknown: it was
    /// restarted or corrected.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut difference = *self;
        difference -= earlier;
        for counter in Counter::iter() {
            let growth = difference.get(counter).filter(|growth| 0 <= *growth);
            difference.set(counter, growth.filter(|_| counter.is_sum()));
        }
        difference
    }

    fn knows(&self, bits: u64) -> bool {
        self.known & bits == bits
    }

    /// Makes counters unknown that aren't in `known`.
    fn mark_unknown_except(&mut self, known: u64) {
        let both = self.known & known;
        if self.known | known != both {
            for (index, value) in self.values.iter_mut().enumerate() {
                if both & (1 << index) == 0 {
                    *value = 0;
                }
            }
        }
        self.known = both;
    }
}

/// The known counters by name, so that builds with other counters can read them.
impl Serialize for Counters {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let known = Counter::iter().filter_map(|counter| {
            let name: &str = counter.into();
            Some((name, self.get(counter)?))
        });
        to.collect_map(known)
    }
}

/// Counters that this build doesn't have are skipped.
impl<'de> Deserialize<'de> for Counters {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut counters = Self::UNKNOWN;
        for (name, value) in BTreeMap::<String, i64>::deserialize(from)? {
            if let Ok(counter) = name.parse() {
                counters.set(counter, Some(value));
            }
        }
        Ok(counters)
    }
}

impl AddAssign<&Counters> for Counters {
    fn add_assign(&mut self, other: &Counters) {
        self.merge(other);
    }
}

impl SubAssign<&Counters> for Counters {
    /// Subtracts a previous addition. The longest of several can't be subtracted.
    fn sub_assign(&mut self, other: &Counters) {
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine -= theirs;
        }
        self.mark_unknown_except(other.known & !Counter::LongestWait.bit());
    }
}

const fn bits(counters: &[Counter]) -> u64 {
    let (mut bits, mut index) = (0, 0);
    while index < counters.len() {
        bits |= counters[index].bit();
        index += 1;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceLevelFormula;

    #[test]
    fn merge_with_an_unknown_counter_is_unknown() {
        let mut known = Counters::default();
        known.add(Counter::Offered, 3);
        known.add(Counter::Answered, 2);
        known.record_wait(40);
        let mut partly = Counters::UNKNOWN;
        partly.set(Counter::Offered, Some(4));

        known.merge(&partly);

        assert_eq!(known.get(Counter::Offered), Some(7));
        assert_eq!(known.get(Counter::Answered), None);
        assert_eq!(known.seconds(Counter::LongestWait), Some(40));
        assert_eq!(known.service_level(ServiceLevelFormula::ShortIgnored), None);
        let expected = Counters::UNKNOWN.with(Counter::Offered, 7);
        assert_eq!(known, expected.with(Counter::LongestWait, 40_000));
    }

    #[test]
    fn handle_time_reported_as_a_sum_adds_to_one_reported_in_parts() {
        let mut parts = Counters::default();
        parts.add(Counter::Handled, 1);
        parts.add(Counter::TalkTime, 60_000);
        parts.add(Counter::WrapUpTime, 40_000);
        let mut sum = Counters::UNKNOWN;
        sum.set(Counter::Handled, Some(1));
        sum.set(Counter::HandleTime, Some(300_000));
        assert_eq!(sum.average_handle_time(), Some(300.0));
        assert_eq!(sum.average_talk_time(), None);

        parts.merge(&sum);

        assert_eq!(parts.average_handle_time(), Some(200.0));
        assert_eq!(parts.average_talk_time(), None);
    }

    #[test]
    fn added_counters_can_be_subtracted() {
        let one = Counters::LIVE
            .with(Counter::Offered, 1)
            .with(Counter::HandleTime, 700);
        let mut counters = one;
        counters += &one;
        counters -= &one;

        assert_eq!(counters, one);
    }

    #[test]
    fn counter_that_fell_since_a_snapshot_is_unknown() {
        let before = Counters::LIVE
            .with(Counter::Offered, 4)
            .with(Counter::Answered, 3);
        let after = before.with(Counter::Offered, 6).with(Counter::Answered, 2);

        let difference = after.since(&before);

        assert_eq!(difference.get(Counter::Offered), Some(2));
        assert_eq!(difference.get(Counter::Answered), None);
        assert_eq!(difference.get(Counter::FlowOuts), Some(0));
        assert_eq!(difference.get(Counter::TalkTime), None);
    }
}
