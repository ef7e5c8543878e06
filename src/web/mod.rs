//! Pages and API over HTTP, on our own accept loop.

mod access;
mod api;
mod board_editor;
mod differences;
mod error;
mod history;
mod pages;
mod parts;
mod plan;
mod rewind;
mod screens;
mod server;
mod state;
mod table_editor;
#[cfg(test)]
mod tests;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
};

pub use access::allowed_origins::AllowedOrigins;
pub use api::{LiveRecordText, openapi_json};
use error::WebError;
pub(crate) use history::compose_fault;
#[cfg(any(test, feature = "testing"))]
pub(crate) use history::fuzz;
pub use history::recent_days_cache::RecentDaysCache;
pub(crate) use pages::reports::{compose_report, find_view_fault};
pub use parts::data_origin::DataOrigin;
pub use rewind::Rewind;
pub use server::assets::build_id;
pub use server::certificate_expiry::CertificateExpiry;
pub use server::client_address::TrustedProxies;
pub use server::https_redirect::HTTPS_REQUIRED;
pub use server::readiness::Readiness;
pub use server::server_info::{ConfigurationStatus, ServerInfo};
pub use server::tls::{CertificateFiles, TlsError, TlsServer, check_certificate, is_renewal_due};
pub use server::{http_server, listening_socket};
pub use state::{WebParts, WebState};

/// All routes. Each page's file defines its own.
pub fn build_router(web: impl Into<WebState>) -> Router {
    let web = web.into();
    Router::new()
        .merge(live_routes())
        .merge(access::account::routes())
        .merge(pages::announcements::routes())
        .merge(pages::queue_edit::routes())
        .merge(pages::rejected_rows::routes())
        .merge(pages::reports::routes())
        .merge(server::asset_routes::routes())
        .merge(access::audit::routes())
        .merge(pages::unmapped_columns::routes())
        .merge(server::health::routes())
        .merge(history::routes())
        .merge(screens::pairing::routes())
        .merge(access::people::routes())
        .merge(screens::screen_address::routes())
        .merge(screens::screen_list::routes())
        .merge(board_editor::routes())
        .merge(table_editor::routes())
        .merge(pages::settings::routes())
        .merge(pages::set_up::routes())
        .merge(access::setup::routes())
        .merge(access::tokens::routes())
        .merge(screens::tv::routes())
        .merge(screens::pictures::routes())
        .merge(screens::frames::routes())
        .merge(screens::sound::routes())
        .merge(screens::playlist_form::routes())
        .merge(access::sign_in::routes())
        .merge(pages::shift::routes())
        .fallback(async || WebError::NoSuchPage)
        .merge(server::brand::routes())
        .method_not_allowed_fallback(async || WebError::NotAllowed)
        .layer(middleware::from_fn_with_state(
            web.clone(),
            rewind::serve_past,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            access::audited::audit,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            access::authorize::authorize,
        ))
        .layer(DefaultBodyLimit::max(
            server::request_framing::BODY_BYTES_MAX,
        ))
        .layer(middleware::from_fn(server::response_timeout::limit_time))
        .layer(middleware::from_fn(
            server::request_framing::refuse_ambiguous,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            error::render_error_page,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            server::headers::add_headers,
        ))
        .layer(compression())
        .with_state(web)
}

/// Routes of the live state's pages and figures. A shift's page says until when its figures are.
fn live_routes() -> Router<WebState> {
    Router::new()
        .merge(pages::agent::routes())
        .merge(pages::agent_data::routes())
        .merge(pages::alerts::routes())
        .merge(api::routes())
        .merge(pages::figures::routes())
        .merge(pages::found_queues::routes())
        .merge(screens::board::routes())
        .merge(pages::cases::routes())
        .merge(pages::gallery::routes())
        .merge(server::metrics::routes())
        .merge(pages::queue::routes())
        .merge(pages::sources::routes())
        .layer(compression())
        .layer(middleware::from_fn_with_state(
            server::standstill::LONGEST_ANSWER,
            server::standstill::answer_again,
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
