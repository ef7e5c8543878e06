//! Checks which pages may open a WebSocket. Browsers send cookies and open-mode access with any
//! page's WebSocket, so the upgrade must check the origin itself.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

/// The origins that count as ours.
#[derive(Clone, Debug, Default)]
pub struct AllowedOrigins {
    /// Scheme, host and port of `public_url`, if configured.
    pub public: Option<String>,
    /// Whether there are sessions to steal: then the scheme must be ours too, and a request without
    /// `Origin` (not from a browser) may open no socket.
    pub has_sessions: bool,
}

impl AllowedOrigins {
    pub fn is_allowed(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return !self.has_sessions;
        };
        let Some((scheme, authority)) = origin.to_str().ok().and_then(|o| o.split_once("://"))
        else {
            return false;
        };
        if let Some((public_scheme, public_authority)) =
            self.public.as_deref().and_then(|o| o.split_once("://"))
            && scheme.eq_ignore_ascii_case(public_scheme)
            && without_default_port(scheme, authority)
                == without_default_port(scheme, public_authority.trim_end_matches('/'))
        {
            return true;
        }

        let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else {
            return false;
        };
        // Without a public address, the requested host is ours. With one, a foreign name that
        // resolves here (DNS rebinding) isn't, but a numeric address can only be this machine.
        self.is_scheme_ours(scheme)
            && without_default_port(scheme, authority) == without_default_port(scheme, host)
            && (self.public.is_none() || is_numeric(host))
    }

    /// Whether our pages are served over HTTPS, here or by a proxy.
    pub(in crate::web) fn is_https(&self) -> bool {
        self.is_scheme_ours("https") && !self.is_scheme_ours("http")
    }

    fn is_scheme_ours(&self, scheme: &str) -> bool {
        match self
            .public
            .as_deref()
            .and_then(|public| public.split_once("://"))
        {
            Some((public, _)) if self.has_sessions => scheme.eq_ignore_ascii_case(public),
            // Sessions without a public address are served over TLS.
            None if self.has_sessions => scheme == "https",
            _ => matches!(scheme, "http" | "https"),
        }
    }
}

fn without_default_port(scheme: &str, authority: &str) -> String {
    let port = if scheme.eq_ignore_ascii_case("https") {
        ":443"
    } else {
        ":80"
    };
    authority
        .strip_suffix(port)
        .unwrap_or(authority)
        .to_ascii_lowercase()
}

/// Whether the host is an IP address or `localhost`, with or without a port.
fn is_numeric(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_own_pages_may_open_a_websocket() {
        let public = AllowedOrigins {
            public: Some("https://wall.example.org".into()),
            has_sessions: false,
        };
        let open = AllowedOrigins::default();
        let local = AllowedOrigins {
            public: Some("http://127.0.0.1:8080".into()),
            has_sessions: true,
        };
        let private = AllowedOrigins {
            has_sessions: true,
            ..public.clone()
        };
        let unnamed = AllowedOrigins {
            public: None,
            has_sessions: true,
        };
        let cases = [
            (
                &public,
                "https://wall.example.org",
                "wall.example.org",
                true,
            ),
            (&public, "https://wall.example.org:443", "inner:8080", true),
            (&public, "https://WALL.example.org", "inner:8080", true),
            (&public, "http://127.0.0.1:8080", "127.0.0.1:8080", true),
            (&public, "http://localhost:8080", "localhost:8080", true),
            (&public, "http://[::1]:8080", "[::1]:8080", true),
            (
                &public,
                "http://wall.example.org",
                "wall.example.org",
                false,
            ),
            (
                &public,
                "https://wall.example.org:8443",
                "wall.example.org",
                false,
            ),
            (
                &public,
                "https://wall.example.org.evil.com",
                "wall.example.org",
                false,
            ),
            (&public, "https://evil.com", "wall.example.org", false),
            (&public, "http://evil.com:8080", "evil.com:8080", false),
            (&public, "null", "wall.example.org", false),
            (&public, "", "", false),
            (&local, "http://localhost:8080", "localhost:8080", true),
            (&local, "https://localhost:8080", "localhost:8080", false),
            (&private, "https://wall.example.org", "inner:8080", true),
            (&private, "http://127.0.0.1:8080", "127.0.0.1:8080", false),
            (&unnamed, "https://wall", "wall", true),
            (&unnamed, "http://wall", "wall", false),
            (&open, "http://wall:8080", "wall:8080", true),
            (&open, "https://wall", "wall:443", true),
            (&open, "http://wall:8081", "wall:8080", false),
            (&open, "http://evil.com", "wall:8080", false),
            (&open, "file://wall:8080", "wall:8080", false),
        ];

        for (origins, origin, host, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            headers.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(origins.is_allowed(&headers), expected, "{origin} at {host}");
        }
        assert!(private.is_https() && unnamed.is_https() && !local.is_https());
        for with_sessions in [local, private, unnamed] {
            assert!(!with_sessions.is_allowed(&HeaderMap::new()));
        }
        assert!(open.is_allowed(&HeaderMap::new()));
    }
}
