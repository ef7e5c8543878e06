//! The map of the house, in reading order: data comes in at `sources`, goes one
//! way through `intake`, `live` and `boards`, and leaves on screens by `push` and
//! `web`. `app` alone knows every room. See ARCHITECTURE.md for the invariants.

pub mod app;
pub mod boards;
pub mod cli;
pub mod domain;
pub mod history;
pub mod https;
pub mod ingest;
pub mod live;
pub mod push;
pub mod retry;
pub mod settings;
pub mod simulator;
pub mod source_log;
pub mod sources;
pub mod store;
pub mod toml_reader;
pub mod web;
