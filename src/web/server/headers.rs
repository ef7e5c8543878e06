//! Response headers for the browser.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::web::WebState;

const COMMON_HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Two years without plain HTTP.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Adds the headers; keeps those that a handler set.
pub(in crate::web) async fn add_headers(
    State(web): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let policy = content_security_policy(request.headers().get(header::HOST));
    let mut response = next.run(request).await;

    let headers = response.headers_mut();
    for (name, value) in COMMON_HEADERS {
        set_default(headers, name, HeaderValue::from_static(value));
    }
    set_default(headers, header::CONTENT_SECURITY_POLICY, policy);
    if web.sign_in.is_some() && web.origins.is_https() {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    // All but assets is live data; assets set their own.
    set_default(
        headers,
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    response
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// Engines before 2022 don't count a WebSocket to the same host as 'self', so the policy names
/// the host that the browser requested.
fn content_security_policy(host: Option<&HeaderValue>) -> HeaderValue {
    let sockets = host
        .and_then(|host| host.to_str().ok())
        .filter(|host| is_authority(host))
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; media-src 'self'; manifest-src 'self'; connect-src 'self'{sockets}; \
         base-uri 'none'; object-src 'none'; frame-src 'self'; frame-ancestors 'self'; \
         form-action 'self'"
    );
    HeaderValue::try_from(policy).expect("policy is visible ASCII")
}

/// Whether the text is a host and port that can't end a directive.
fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csp_allows_own_websocket_and_ignores_a_malicious_host_header() {
        let for_host = |host: &'static str| {
            let policy = content_security_policy(Some(&HeaderValue::from_static(host)));
            policy.to_str().unwrap().to_owned()
        };

        assert!(
            for_host("wall.example:8080")
                .contains("ws://wall.example:8080 wss://wall.example:8080")
        );
        assert!(for_host("[::1]:80").contains("ws://[::1]:80 "));
        for hostile in ["x; script-src *", "x y", "x'y", ""] {
            assert!(
                for_host(hostile).contains("connect-src 'self'; "),
                "{hostile}"
            );
        }
    }
}
