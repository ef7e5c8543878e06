//! Data about people: how long it is kept, how it is erased, and who saw or changed what.

pub(super) mod audit;
pub(super) mod data_kind;
pub(super) mod erasure;
pub(super) mod forgetting;
pub(super) mod forgotten;
pub(super) mod forgotten_person;
pub(super) mod inventory;
pub(super) mod retention;
