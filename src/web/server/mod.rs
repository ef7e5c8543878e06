//! From the listening socket to the handler: connections, TLS, requests as they must be, files that are
//! embedded, and what monitoring asks for.

pub(super) mod asset_routes;
pub(super) mod assets;
pub(super) mod brand;
mod bundles;
pub(super) mod certificate_expiry;
pub(super) mod client_address;
pub(super) mod connection_places;
mod guarded_stream;
pub(super) mod headers;
pub(super) mod health;
pub mod http_server;
pub(super) mod https_redirect;
pub mod listening_socket;
pub(super) mod metrics;
mod minify;
pub(super) mod page_origin;
pub(super) mod readiness;
pub(super) mod request_address;
pub(super) mod request_framing;
mod request_head;
pub(super) mod response_permits;
pub(super) mod response_timeout;
pub(super) mod retry_after;
mod send_deadline;
pub(super) mod server_info;
pub(super) mod standstill;
pub(super) mod tls;
pub(super) mod versioned_cache;
