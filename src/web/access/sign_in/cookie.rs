//! The cookies with our tokens: for this host alone, over HTTPS alone, for no script.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::AppendHeaders,
};
use cookie::{Cookie, SameSite, time::Duration};

use wallboard_access::{SignIn, Token, WAITING_MAX};

/// How long browsers keep a cookie at most.
const LONGEST: Duration = Duration::days(400);

/// The cookie of a token, by what the token proves.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) enum TokenCookie {
    /// The person who is signed in.
    Session,
    /// Which paired screen it is.
    Screen,
    /// Which screen it is that waits to be paired.
    Pairing,
    /// Where sign-ins through the identity provider began.
    PendingSignIn,
}

pub(in crate::web) type SetCookie = AppendHeaders<[(HeaderName, HeaderValue); 1]>;

impl TokenCookie {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-wallboard",
            Self::Screen => "__Host-wallboard-screen",
            Self::Pairing => "__Host-wallboard-pairing",
            Self::PendingSignIn => "__Host-wallboard-sign-in",
        }
    }

    /// Returns the token that a request has, whether or not it's valid.
    pub(in crate::web) fn read(self, headers: &HeaderMap) -> Option<Token> {
        let values = headers.get_all(header::COOKIE).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        texts
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == self.name())
            .and_then(|cookie| Token::parse(cookie.value()))
    }

    /// Gives a token to the browser, until it is deleted.
    pub(in crate::web) fn set(self, token: &Token) -> SetCookie {
        set_cookie(self.name(), &token.to_text(), LONGEST)
    }

    pub(in crate::web) fn delete(self) -> SetCookie {
        set_cookie(self.name(), "", Duration::ZERO)
    }
}

/// The browser forgets it when the session must have ended.
pub(in crate::web) fn session_cookie(token: &Token, access: &SignIn) -> SetCookie {
    let lifetime = Duration::seconds(access.session_duration().as_secs());
    set_cookie(TokenCookie::Session.name(), &token.to_text(), lifetime)
}

/// The browser forgets it when the identity provider's answer would come too late.
pub(super) fn pending_cookie(token: &Token) -> SetCookie {
    let lifetime = Duration::try_from(WAITING_MAX).unwrap_or(Duration::ZERO);
    set_cookie(
        TokenCookie::PendingSignIn.name(),
        &token.to_text(),
        lifetime,
    )
}

fn set_cookie(name: &str, value: &str, lifetime: Duration) -> SetCookie {
    let cookie = Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        // Links from mails and chats lead to the page, not to the sign-in; so does the way back from
        // the identity provider.
        .same_site(SameSite::Lax)
        .max_age(lifetime);
    let value = HeaderValue::try_from(cookie.build().to_string());
    let value = value.unwrap_or(HeaderValue::from_static(""));
    AppendHeaders([(header::SET_COOKIE, value)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_returns_in_its_cookie() {
        let mut headers = HeaderMap::new();
        assert!(TokenCookie::Session.read(&headers).is_none());
        let token = Token::parse(&"ab".repeat(32)).unwrap();
        let AppendHeaders([(_, set)]) = TokenCookie::Session.set(&token);
        let set = set.to_str().unwrap();
        let (pair, attributes) = set.split_once("; ").unwrap();
        assert_eq!(
            attributes,
            "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=34560000"
        );

        headers.append(header::COOKIE, HeaderValue::from_static("a=b; c=d"));
        headers.append(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        assert_eq!(TokenCookie::Session.read(&headers), Some(token));
        assert!(TokenCookie::Screen.read(&headers).is_none());
    }
}
