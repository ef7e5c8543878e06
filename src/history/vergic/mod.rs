//! Vergic's Statistics Export: where its files stand, how they are written, what their
//! columns hold, and what that makes of an hour or a day. Nobody publishes what there is
//! in them: all is found in the files or said by the configuration.

mod cells;
mod columns;
mod configuration;
mod dialect;
mod findings;
mod fold;
mod forgetting;
mod layout;
mod notes;
mod number;
mod privacy;
mod reckon;
mod taking;
mod text;
mod unmapped;
mod walk;

pub use columns::Mapping;
pub use configuration::{KIND, Settings};
pub use dialect::NotCsv;
pub use findings::findings;
pub use forgetting::forgetting;
pub use layout::{DAY, Export, HOUR, Period};
pub use notes::Notes;
pub use reckon::{Reckoning, nothing};
pub use taking::{ROWS, Reading, TakeError, take_in};
pub use unmapped::{UnmappedColumn, unmapped_columns, unmapped_headers};
pub use walk::{Found, Seen, Walk, WalkError, Wanted, walk};

#[cfg(test)]
mod bytes_tests;
#[cfg(test)]
mod frozen_tests;
#[cfg(test)]
mod house;
#[cfg(test)]
mod others_tests;
#[cfg(test)]
mod reckon_tests;
