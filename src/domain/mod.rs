//! The words of the contact centre. Pure: std and jiff only; no I/O, no clock,
//! no randomness, and nothing here can fail at work.

pub mod account;
pub mod board_tally;
pub mod by_name;
pub mod column;
pub mod counters;
pub mod ending;
mod error_chain;
pub mod hidden;
pub mod histogram;
pub mod id;
pub mod interval;
pub mod metric;
pub mod moment;
pub mod past;
pub mod pattern;
pub mod person_name;
pub mod reading;
pub mod site;
pub mod stance;
pub mod target;
pub mod update;

pub use account::Account;
pub use board_tally::{BoardTally, DayFigures, QUARTER, SUMS};
pub use by_name::ByName;
pub use column::Column;
pub use counters::{Counter, Counters};
pub use ending::Ending;
pub use error_chain::error_chain;
pub use hidden::Hidden;
pub use histogram::Histogram;
pub use id::{AgentId, CaseId, Id, QueueId, SourceId, Subject};
pub use interval::{AgentCounter, AgentCounters, CountBy};
pub use metric::{Merge, Metric, Unit, Whose};
pub use moment::{Moment, Mono};
pub use past::{Band, Normal, Past, Sample, Weeks};
pub use pattern::{Pattern, Patterns};
pub use person_name::{AgentNames, PersonName};
pub use reading::Value;
pub use site::{Given, Group, Person, Site, SourceKind, SourceSetup};
pub use stance::{AgentState, Stance};
pub use target::{Formula, Target};
pub use update::{
    Age, Break, CaseEvent, CaseStep, Class, ExternalIds, Fact, Input, Line, Note, Outcome, Profile,
    Readings, Stated, Statement, Transcript, Update,
};
