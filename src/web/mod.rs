//! Pages and API over HTTP, on an accept loop of our own.

mod about;
mod agent;
mod api;
mod aside;
mod assets;
mod away;
mod board;
mod cases;
mod chart;
mod clock;
mod columns;
mod contact;
mod csv;
mod error;
mod explain;
mod exports;
mod figure;
mod gallery;
mod headers;
mod health;
mod history;
mod listing;
mod merged;
mod metrics;
mod names;
mod origin;
mod person;
mod plain;
mod queue;
mod say;
pub mod serve;
mod sources;
mod story;
mod tls;
mod turns;

use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    timeout::TimeoutLayer,
};

use crate::{
    boards::Studio,
    history::{import::Roll, report::History},
    live::Live,
    push::Hub,
    store::Store,
};

pub use about::{About, Configuration};
pub use api::openapi;
pub use assets::build;
use error::WebError;
pub use health::Ready;
pub use history::pasts::Pasts;
pub use metrics::NotAfter;
pub use origin::Origins;
pub use plain::WANTS_TLS;
pub use tls::{Pair, Tls, TlsError, is_due, probe};

/// The largest body that any request may have, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// How long answering a request may take, a slowly sent body included.
const LONGEST_ANSWER: Duration = Duration::from_secs(15);

/// What the pages need of the house. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Web {
    pub live: Live,
    pub studio: Studio,
    pub hub: Hub,
    /// What exports tell of the past.
    pub history: History,
    /// What pages of queues and agents show of it, as long as it stays the same.
    pub pasts: Pasts,
    pub origins: Origins,
    /// The simulator's data: every page says so.
    pub demo: bool,
    /// What `/readyz` answers.
    pub ready: Ready,
    /// What `/metrics` says of our certificate.
    pub not_after: NotAfter,
    /// The sources of files that run, and what came of them.
    pub exports: Roll,
    pub store: Store,
    /// What the sources page says besides.
    pub about: About,
}

/// Every address of the product. Each page's file brings its own routes.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(agent::routes())
        .merge(api::routes())
        .merge(aside::routes())
        .merge(assets::routes())
        .merge(cases::routes())
        .merge(columns::routes())
        .merge(gallery::routes())
        .merge(health::routes())
        .merge(history::routes())
        .merge(metrics::routes())
        .merge(queue::routes())
        .merge(sources::routes())
        .fallback(async || WebError::NoSuchPage)
        .merge(board::routes())
        .method_not_allowed_fallback(async || WebError::NotAllowed)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            LONGEST_ANSWER,
        ))
        .layer(middleware::from_fn(headers::add))
        .layer(compression())
        .with_state(web)
}

/// Compresses pages, scripts, styles and JSON for clients that accept it. Frames of a
/// WebSocket stay as they are; so does XLSX, which is compressed already.
fn compression() -> CompressionLayer<impl Predicate> {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(NotForContentType::const_new(XLSX)))
}
