//! Pages and API over HTTP, on an accept loop of our own.

mod agent;
mod agent_table_row;
mod allowed_origins;
mod announcement;
mod api;
mod assets;
mod board;
mod case_listing;
mod case_table_row;
mod cases;
mod clock;
mod csv;
mod error;
mod gallery;
mod headers;
mod health;
mod history;
pub mod http_server;
mod https_redirect;
mod import_panel;
mod links;
mod metric_explanation;
mod metric_tile;
mod metrics;
mod outage_banner;
mod queue;
mod rejected_rows;
mod response_permits;
mod server_info;
mod site_tiles;
mod source_status_text;
mod sources;
mod tls;
mod unmapped_columns;
mod wait_chart;

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
    boards::BoardRegistry,
    history::{import::ImportRegistry, report::History},
    live::LiveHandle,
    push::Hub,
    store::Store,
};

pub use allowed_origins::AllowedOrigins;
pub use api::openapi_json;
pub use assets::build_id;
use error::WebError;
pub use health::Readiness;
pub use history::recent_days_cache::RecentDaysCache;
pub use https_redirect::HTTPS_REQUIRED;
pub use metrics::CertificateExpiry;
pub use server_info::{ConfigurationStatus, ServerInfo};
pub use tls::{CertificateFiles, TlsError, TlsServer, check_certificate, is_renewal_due};

/// The largest body that any request may have, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long answering a request may take, a slowly sent body included.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// What the pages need of the house. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WebState {
    pub live: LiveHandle,
    pub boards: BoardRegistry,
    pub hub: Hub,
    /// What exports tell of the past.
    pub history: History,
    /// What pages of queues and agents show of it, as long as it stays the same.
    pub pasts: RecentDaysCache,
    pub origins: AllowedOrigins,
    /// The simulator's data: every page says so.
    pub demo: bool,
    /// What `/readyz` answers.
    pub readiness: Readiness,
    /// What `/metrics` says of our certificate.
    pub certificate_expiry: CertificateExpiry,
    /// The sources of files that run, and what came of them.
    pub imports: ImportRegistry,
    pub store: Store,
    /// What the sources page says besides.
    pub server_info: ServerInfo,
}

/// Every address of the product. Each page's file brings its own routes.
pub fn build_router(web: WebState) -> Router {
    Router::new()
        .merge(agent::routes())
        .merge(api::routes())
        .merge(rejected_rows::routes())
        .merge(assets::routes())
        .merge(cases::routes())
        .merge(unmapped_columns::routes())
        .merge(gallery::routes())
        .merge(health::routes())
        .merge(history::routes())
        .merge(metrics::routes())
        .merge(queue::routes())
        .merge(sources::routes())
        .fallback(async || WebError::NoSuchPage)
        .merge(board::routes())
        .method_not_allowed_fallback(async || WebError::NotAllowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            RESPONSE_TIMEOUT,
        ))
        .layer(middleware::from_fn(headers::add_headers))
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
