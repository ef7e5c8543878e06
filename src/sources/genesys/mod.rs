//! Genesys Engage: statistics subscribed to at its Statistics API, and told by
//! CometD as they change; where no such connection can be held, asked for again
//! and again.

mod bayeux;
mod settings;

pub use settings::{Asked, Auth, Grant, How, Mode, Settings, Transport};
