//! What a screen shows: definitions, selection, tiles, views and their slots.
//! Pure rendering of the picture; no I/O, no clock.

mod address;
mod agents;
mod day;
mod definition;
mod fault;
pub mod file;
mod fit;
mod fold;
pub mod format;
mod head;
pub mod html;
mod judgement;
mod limit;
mod normal;
mod queues;
mod scene;
mod selection;
mod severity;
mod slots;
mod studio;
pub mod svg;
mod totals;
mod trend;
mod view;

pub use address::{address, card_token, segment};
pub use agents::{presence_words, state_words};
pub use definition::{Board, Layout, Level, Limits, Origin, Theme};
pub use fault::{BoardFault, BoardFaults};
pub use fit::tile_columns;
pub use judgement::{JudgedFigure, Judgement, judge};
pub use normal::{normal, normal_note, normal_range};
pub use severity::Severity;
pub use slots::{Attr, Cell, Patch, Slots};
pub use studio::Studio;
pub use view::{BoardView, Folded, Frame, Group, Kind, List, Row, Shape, view};

#[cfg(test)]
mod convergence;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod rules;
