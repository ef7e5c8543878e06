//! `/k/SECRET`: the address of a screen for signage players, which show no code to anybody. Any browser
//! that opens it is that screen. The secret is in no page, log or metric.

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use wallboard_access::{AddressError, Token};

use crate::web::{
    WebError, WebState,
    access::{
        reader_texts::ReaderTexts,
        sign_in::{ClientAddress, TokenCookie},
    },
    screens::{screens_state::ScreensState, tv},
    server::page_origin::PageOrigin,
};

const PREFIX: &str = "/k/";

/// It sends a browser that keeps no cookies to an explanation.
const BOARD: &str = "/tv?by=address";

pub(in crate::web) fn routes() -> Router<WebState> {
    // Everything below: an address with more than the secret gets the same answer as a wrong one.
    Router::new().route("/k/{*secret}", get(open_address))
}

/// The address that somebody copies to a player.
pub(super) fn address_of(origin: &PageOrigin, secret: &str) -> String {
    format!("{origin}{PREFIX}{secret}")
}

/// Gives the screen its cookie, and leads to its board, so that the secret isn't in the page's address.
async fn open_address(
    ScreensState(screens): ScreensState,
    ClientAddress(client): ClientAddress,
    ReaderTexts(texts): ReaderTexts,
    uri: Uri,
) -> Result<Response, WebError> {
    let secret = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    if let Some(token) = Token::parse(secret) {
        // Perhaps made at another node in this moment.
        Box::pin(screens.find_paired(&token, client)).await;
    }
    match screens.open_address(secret, client) {
        Ok(token) => Ok((TokenCookie::Screen.set(&token), Redirect::to(BOARD)).into_response()),
        Err(AddressError::Unknown) => tv::show_end(
            texts,
            StatusCode::NOT_FOUND,
            texts.address_wrong(),
            texts.address_wrong_help(),
        ),
        Err(AddressError::TooManyWrong) => tv::show_end(
            texts,
            StatusCode::TOO_MANY_REQUESTS,
            texts.too_many_addresses(),
            texts.too_many_addresses_help(),
        ),
    }
}
