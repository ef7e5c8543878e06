//! Genesys Mobile Services: its Stat Server API, asked again and again.

mod settings;

pub use settings::{Asked, Settings};
