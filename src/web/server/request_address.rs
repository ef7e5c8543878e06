//! The one way to write a request's address: however it was escaped, the same is asked for.

use axum::http::Uri;
use percent_encoding::percent_decode_str;

use wallboard_boards::encode_segment;

/// Writes path and query as our own links do, without the pairs of some keys. Nothing is cut.
pub(in crate::web) fn normalize_address(uri: &Uri, omitted: &[&str]) -> String {
    let segments = uri.path().split('/');
    let segments: Vec<_> = segments.map(|segment| normalize(segment, false)).collect();
    let path = segments.join("/");
    let pairs = uri.query().unwrap_or_default().split('&');
    let pairs: Vec<_> = (pairs.filter(|pair| !pair.is_empty()))
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (normalize(key, true), normalize(value, true)))
        .filter(|(key, _)| !omitted.contains(&&**key))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    if pairs.is_empty() {
        path
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

/// In a query, a plus is a space.
fn normalize(escaped: &str, is_query: bool) -> String {
    let spaced = if is_query {
        escaped.replace('+', " ")
    } else {
        escaped.to_owned()
    };
    encode_segment(&percent_decode_str(&spaced).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_hide_nothing() {
        for (written, normal) in [
            ("/boards/%61gents", "/boards/agents"),
            ("/agents/chat/9002%40SIP%2f1", "/agents/chat/9002%40SIP%2F1"),
            (
                "/history?%61gent=chat/eva&b%79=agent",
                "/history?agent=chat%2Feva&by=agent",
            ),
            (
                "/history?q=x%26agent%3dchat/eva",
                "/history?q=x%26agent%3Dchat%2Feva",
            ),
            ("/cases?state=open", "/cases?state=open"),
            ("/cases?a+b=c%20d", "/cases?a%20b=c%20d"),
            ("/a%E2%80%AEb?x", "/a%E2%80%AEb?x="),
            (
                "/boards/a/live?e=b7&%6e=7&at=10:42",
                "/boards/a/live?at=10%3A42",
            ),
        ] {
            let uri: Uri = written.parse().unwrap();
            let omitted: &[&str] = if written.contains("/live") {
                &["e", "n"]
            } else {
                &[]
            };
            assert_eq!(normalize_address(&uri, omitted), normal, "{written}");
        }
    }
}
