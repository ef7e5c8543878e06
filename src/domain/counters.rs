//! Counters of the contacts of queues and agents: of a live day, of a stretch between two
//! snapshots of it, and of imported intervals. Only sums are kept, and ratios are taken
//! last (docs/metrics.md). What a source does not report stays unknown, also in sums.

mod ratios;

use std::ops::{AddAssign, SubAssign};

/// How a counter is measured, and how two of it become one.
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
        stored { $($(#[$doc:meta])* $stored:ident: $stored_kind:ident = $stored_name:literal,)+ }
        live { $($(#[$live_doc:meta])* $live:ident: $live_kind:ident = $live_name:literal,)+ }
    ) => {
        /// What is summed of contacts. Times are in milliseconds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Counter {
            $($(#[$doc])* $stored,)+
            $($(#[$live_doc])* $live,)+
        }

        impl Counter {
            /// Those that intervals in the database have.
            pub const STORED: &'static [Self] = &[$(Self::$stored),+];
            const ALL: &'static [Self] = &[$(Self::$stored,)+ $(Self::$live,)+];

            /// Its name in the database.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$stored => $stored_name,)+
                    $(Self::$live => $live_name,)+
                }
            }

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
        Offered: Count = "offered",
        Answered: Count = "answered",
        /// Answered within the target, inclusive.
        AnsweredWithin: Count = "answered_within",
        /// Gone before an agent, the short ones left out.
        Abandoned: Count = "abandoned",
        /// Of those, gone within the target.
        AbandonedWithin: Count = "abandoned_within",
        ShortAbandoned: Count = "short_abandoned",
        FlowOuts: Count = "flow_outs",
        /// Still waiting.
        Waiting: Count = "waiting",
        /// Of those, waiting longer than the target: already missed.
        WaitingLate: Count = "waiting_late",
        /// Queue entry to answer, over `Waits`.
        WaitTime: Time = "wait_time",
        /// Answers whose wait is known.
        Waits: Count = "waits",
        /// Answered and ended; live, each agent's part of a contact is one.
        Handled: Count = "handled",
        TalkTime: Time = "talk_time",
        /// Talks no longer than the queue's limit, of `TalksLimited`.
        TalksWithin: Count = "talks_within",
        TalksLimited: Count = "talks_limited",
        WrapUpTime: Time = "wrap_up_time",
        /// Talk and wrap-up, of a source that reports only their sum.
        HandleTime: Time = "handle_time",
        Transferred: Count = "transferred",
        /// If nobody waited it is unknown.
        LongestWait: Longest = "longest_wait",
        CsatSum: Count = "csat_sum",
        CsatAnswers: Count = "csat_answers",
        /// Of those, 4 and 5.
        CsatTop: Count = "csat_top",
        /// NPS scores of 9 and 10, and of 0 to 6, of `NpsAnswers`.
        Promoters: Count = "promoters",
        Detractors: Count = "detractors",
        NpsAnswers: Count = "nps_answers",
    }
    live {
        Positive: Count = "positive",
        Negative: Count = "negative",
        Neutral: Count = "neutral",
        Unresolved: Count = "unresolved",
        FirstResponses: Count = "first_responses",
        FirstResponseTime: Time = "first_response_time",
    }
}

impl Counter {
    const COUNT: usize = Self::ALL.len();

    /// How much one is worth of what the database and exports have: whole seconds.
    pub const fn scale(self) -> i64 {
        match self.kind() {
            Kind::Count => 1,
            Kind::Time | Kind::Longest => 1000,
        }
    }

    pub(crate) fn is_sum(self) -> bool {
        self.kind() != Kind::Longest
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Sums over contacts. Each is known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// 0 where it is not known.
    values: [i64; Counter::COUNT],
    /// A bit for each counter.
    known: u32,
}

impl Default for Counters {
    /// Everything that an export reports known, and nothing happened.
    fn default() -> Self {
        let mut counters = Self::UNKNOWN;
        let live_only = u32::MAX << Counter::STORED.len();
        let none = Counter::LongestWait.bit() | Counter::HandleTime.bit() | live_only;
        counters.known = !none;
        counters
    }
}

impl Counters {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        values: [0; Counter::COUNT],
        known: 0,
    };

    /// Everything that live events report known, and nothing happened.
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

    /// The same with this number of one counter.
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

    /// Adds to a counter that is known.
    pub fn add(&mut self, counter: Counter, more: i64) {
        if self.knows(counter.bit()) {
            self.values[counter as usize] += more;
        }
    }

    /// Records that a contact waited so many seconds.
    pub fn waited(&mut self, seconds: i64) {
        let longest = self.get(Counter::LongestWait);
        let wait = Some(seconds * Counter::LongestWait.scale());
        self.set(Counter::LongestWait, longest.max(wait));
    }

    /// Adds those of another interval, queue or contact.
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
        self.forget_all_but(other.known);
        self.set(Counter::LongestWait, longest);
        self.set(Counter::HandleTime, handle_time);
    }

    /// What was counted since an `earlier` snapshot. A counter that fell is not known: it
    /// was counted anew, or corrected.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut more = *self;
        more -= earlier;
        for &counter in Counter::ALL {
            let grown = more.get(counter).filter(|grown| 0 <= *grown);
            more.set(counter, grown.filter(|_| counter.is_sum()));
        }
        more
    }

    fn knows(&self, bits: u32) -> bool {
        self.known & bits == bits
    }

    /// Unknown from here on is what is not known here too.
    fn forget_all_but(&mut self, known: u32) {
        let both = self.known & known;
        if self.known | known != both {
            for (place, value) in self.values.iter_mut().enumerate() {
                if both & (1 << place) == 0 {
                    *value = 0;
                }
            }
        }
        self.known = both;
    }
}

impl AddAssign<&Counters> for Counters {
    fn add_assign(&mut self, other: &Counters) {
        self.merge(other);
    }
}

impl SubAssign<&Counters> for Counters {
    /// Takes back what was added. The longest of several cannot be taken back.
    fn sub_assign(&mut self, other: &Counters) {
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine -= theirs;
        }
        self.forget_all_but(other.known & !Counter::LongestWait.bit());
    }
}

const fn bits(counters: &[Counter]) -> u32 {
    let (mut bits, mut place) = (0, 0);
    while place < counters.len() {
        bits |= counters[place].bit();
        place += 1;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ServiceLevelFormula;

    #[test]
    fn what_one_does_not_know_the_sum_does_not_know() {
        let mut known = Counters::default();
        known.add(Counter::Offered, 3);
        known.add(Counter::Answered, 2);
        known.waited(40);
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
    fn handling_that_one_tells_as_a_sum_and_another_in_parts_is_added() {
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
    fn what_is_added_can_be_taken_back() {
        let one = Counters::LIVE
            .with(Counter::Offered, 1)
            .with(Counter::HandleTime, 700);
        let mut counters = one;
        counters += &one;
        counters -= &one;

        assert_eq!(counters, one);
    }

    #[test]
    fn what_fell_since_a_snapshot_is_not_known() {
        let before = Counters::LIVE
            .with(Counter::Offered, 4)
            .with(Counter::Answered, 3);
        let after = before.with(Counter::Offered, 6).with(Counter::Answered, 2);

        let more = after.since(&before);

        assert_eq!(more.get(Counter::Offered), Some(2));
        assert_eq!(more.get(Counter::Answered), None);
        assert_eq!(more.get(Counter::FlowOuts), Some(0));
        assert_eq!(more.get(Counter::TalkTime), None);
    }
}
