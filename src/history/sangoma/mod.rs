//! The nightly export of Sangoma's contact centre: which files there are, what stands in
//! them, how they get into the store, and what figures come of them.

mod calls;
mod cells;
mod configuration;
mod container;
mod days;
mod dimensions;
mod fact_rows;
mod facts;
mod forgetting;
mod gaps;
mod header;
mod kept;
mod key;
mod meaning;
mod reckon;
mod records;
mod rows;
mod scores;
mod shelf;
mod stays;
mod stretches;
mod surveys;
mod taking;
mod window;

pub use calls::{Call, CallsWanted, calls};
pub use configuration::{KIND, Settings};
pub use container::{Class, Container, EXTRA, Field, FieldKind, Privacy, Touches};
pub use forgetting::{emptied, own_numbers};
pub use gaps::{Gaps, gaps};
pub use header::BadHeader;
pub use key::{Export, Key};
pub use meaning::{Rules, is_same_wording};
pub use reckon::reckon;
pub use records::Broken;
pub use rows::Contacts;
pub use taking::{Progress, Reading, TakeError, take_in};

#[cfg(test)]
mod bytes_tests;
#[cfg(test)]
mod reckon_tests;
#[cfg(test)]
mod tests;
