//! The site's address as the visitor knows it, for addresses that pages show.

use std::{convert::Infallible, fmt};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use crate::web::WebState;

/// `https://wall.example`, or nothing in a request without a host.
#[derive(Clone, Debug)]
pub(in crate::web) struct PageOrigin(String);

impl PageOrigin {
    /// As people type it on a television.
    pub(in crate::web) fn without_scheme(&self) -> &str {
        (self.0.split_once("://")).map_or(&self.0, |(_, address)| address)
    }

    /// Whether a browser keeps the cookies of a screen that it's shown to.
    pub(in crate::web) fn keeps_cookies(&self) -> bool {
        self.0.starts_with("https://") || self.is_loopback()
    }

    /// Whether only this computer can open it.
    pub(in crate::web) fn is_loopback(&self) -> bool {
        let host = self.without_scheme();
        ["127.", "localhost", "[::1]"]
            .iter()
            .any(|prefix| host.starts_with(prefix))
    }
}

impl fmt::Display for PageOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequestParts<WebState> for PageOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Infallible> {
        if let Some(public) = &web.origins.public {
            return Ok(Self(public.trim_end_matches('/').to_owned()));
        }
        let host = parts.headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        Ok(Self(
            host.map_or_else(String::new, |host| format!("http://{host}")),
        ))
    }
}
