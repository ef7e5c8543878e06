//! Pages and API over HTTP, on our own accept loop.

mod account;
mod agent;
mod agent_data;
mod agent_table_row;
mod agent_timeline;
mod allowed_origins;
mod announcement;
mod api;
mod assets;
mod attention;
mod audit;
mod audited;
mod authorize;
mod board;
mod board_miniature;
mod brand;
mod case_listing;
mod case_table_row;
mod cases;
mod certificate_expiry;
mod client_address;
mod clock;
mod cluster_panel;
mod connection_places;
mod csv;
mod data_origin;
mod day_curve;
mod error;
mod first_run;
mod gallery;
mod headers;
mod health;
mod history;
pub mod http_server;
mod https_redirect;
mod import_panel;
mod links;
pub mod listening_socket;
mod metric_explanation;
mod metric_tile;
mod metrics;
mod outage_banner;
mod page_header;
mod page_origin;
mod pairing;
mod people;
mod qr_code;
mod queue;
mod queue_help;
mod readiness;
mod rejected_rows;
mod request_address;
mod request_framing;
mod request_head;
mod response_permits;
mod rewind;
mod route_requirements;
mod screen_address;
mod screen_fields;
mod screen_row;
mod screens;
mod server_facts;
mod server_info;
mod setup;
mod shift;
mod sign_in;
mod site_tiles;
mod source_status_text;
mod sources;
mod sources_verdict;
mod standstill;
mod state;
#[cfg(test)]
mod tests;
mod tls;
mod tokens;
mod tv;
mod unmapped_columns;
mod versioned_cache;
mod visible_state;
mod visitor;
mod wait_chart;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    timeout::TimeoutLayer,
};

pub use allowed_origins::AllowedOrigins;
pub use api::openapi_json;
pub use assets::build_id;
pub use certificate_expiry::CertificateExpiry;
pub use client_address::TrustedProxies;
pub use data_origin::DataOrigin;
use error::WebError;
#[cfg(any(test, feature = "testing"))]
pub(crate) use history::fuzz;
pub use history::recent_days_cache::RecentDaysCache;
pub use https_redirect::HTTPS_REQUIRED;
pub use readiness::Readiness;
pub use rewind::Rewind;
pub use server_info::{ConfigurationStatus, ServerInfo};
pub use state::WebState;
pub use tls::{CertificateFiles, TlsError, TlsServer, check_certificate, is_renewal_due};

/// Time limit for a response, including a slowly sent body: its connection is closed within 15 s.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(14);

/// All routes. Each page's file defines its own.
pub fn build_router(web: WebState) -> Router {
    // Each layer clones its state for each request.
    let shared = Arc::new(web.clone());
    Router::new()
        .merge(live_routes())
        .merge(account::routes())
        .merge(rejected_rows::routes())
        .merge(assets::routes())
        .merge(audit::routes())
        .merge(unmapped_columns::routes())
        .merge(health::routes())
        .merge(history::routes())
        .merge(pairing::routes())
        .merge(people::routes())
        .merge(screen_address::routes())
        .merge(screens::routes())
        .merge(setup::routes())
        .merge(tokens::routes())
        .merge(tv::routes())
        .merge(sign_in::routes())
        .merge(shift::routes())
        .fallback(async || WebError::NoSuchPage)
        .merge(brand::routes())
        .method_not_allowed_fallback(async || WebError::NotAllowed)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            rewind::serve_past,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            audited::audit,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            authorize::authorize,
        ))
        .layer(DefaultBodyLimit::max(request_framing::BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            RESPONSE_TIMEOUT,
        ))
        .layer(middleware::from_fn(request_framing::refuse_ambiguous))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            error::render_error_page,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            headers::add_headers,
        ))
        .layer(compression())
        .with_state(web)
}

/// Routes of the live state's pages and figures. A shift's page says until when its figures are.
fn live_routes() -> Router<WebState> {
    Router::new()
        .merge(agent::routes())
        .merge(agent_data::routes())
        .merge(api::routes())
        .merge(board::routes())
        .merge(cases::routes())
        .merge(gallery::routes())
        .merge(metrics::routes())
        .merge(queue::routes())
        .merge(sources::routes())
        .layer(middleware::from_fn_with_state(
            standstill::LONGEST_ANSWER,
            standstill::answer_again,
        ))
}

/// Compresses pages, scripts, styles and JSON for clients that accept it. Leaves WebSocket frames
/// alone, and XLSX, which is already compressed.
fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(
            DefaultPredicate::new().and(NotForContentType::const_new(history::XLSX_CONTENT_TYPE)),
        )
}
