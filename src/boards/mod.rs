//! What a screen shows: definitions, selection, tiles, views and their slots.
//! Pure rendering of the picture; no I/O, no clock.

mod slots;

pub use slots::{Attr, Cell, Patch};
