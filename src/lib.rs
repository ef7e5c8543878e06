//! Crate map in reading order: data enters at `sources`, flows one way through `ingest`, `live`
//! and `boards`, and reaches screens through `push` and `web`. Only `app` knows every module. See
//! ARCHITECTURE.md for the invariants.

pub mod access;
pub mod app;
pub mod boards;
pub mod cli;
pub mod cluster;
pub mod domain;
pub mod file_limit;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod history;
pub mod https;
pub mod ingest;
pub mod input_log;
pub mod live;
pub mod load_generator;
pub mod nats;
pub mod push;
pub mod retry;
pub mod settings;
pub mod source_log;
pub mod sources;
pub mod store;
pub mod toml_reader;
pub mod web;
