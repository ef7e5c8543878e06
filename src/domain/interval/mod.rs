//! Counters of intervals that only imports have: an agent's time in one interval.

mod agent;

pub use agent::{AgentCounter, AgentCounters};

/// The interval that a contact's counts belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CountBy {
    /// All counts in the interval in which the contact began.
    #[default]
    Start,
    /// Each count in the interval in which it happened.
    Event,
}

impl CountBy {
    pub const ALL: [Self; 2] = [Self::Start, Self::Event];

    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Event => "event",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// Makes an enum of counters with their names and a list of all of them.
macro_rules! counters {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $counter:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $counter),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$counter),+];

            /// Its name in the database.
            pub fn name(self) -> &'static str {
                match self { $(Self::$counter => $word),+ }
            }
        }
    };
}

use counters;

#[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^52")]
fn quotient(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
