//! A queue's page, opened on a television: the television may not show it, so its address is shown as a code for a
//! phone, whose owner signs in there. It doesn't say whether there is such a queue.

use askama::Template;
use axum::{
    extract::{FromRequestParts, MatchedPath, Request},
    http::{HeaderMap, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{reader_texts::ReaderTexts, visitor::Visitor},
    server::{assets, page_origin::PageOrigin},
};

use super::qr_code::{QrImage, qr_image};

const QUEUE_ROUTE: &str = "/queues/{source}/{id}";

#[derive(Template)]
#[template(path = "tv_queue.html")]
struct QueueCodePage {
    build: &'static str,
    texts: &'static Texts,
    qr: Option<QrImage>,
    /// No phone can open it.
    is_loopback: bool,
    /// The board that it was opened from. It's back after a minute.
    back: String,
}

/// Whether somebody on a television opened a queue's page.
pub(in crate::web) fn opens_queue(visitor: &Visitor, request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    matches!(visitor, Visitor::Screen(..))
        && matches!(*request.method(), Method::GET | Method::HEAD)
        && route.is_some_and(|route| route.as_str() == QUEUE_ROUTE)
}

/// Shows the code of the requested address.
pub(in crate::web) async fn show_queue_code(
    web: &WebState,
    visitor: &Visitor,
    request: Request,
) -> Result<Response, WebError> {
    let (mut parts, _) = request.into_parts();
    let Ok(origin) = PageOrigin::from_request_parts(&mut parts, web).await;
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
    let ReaderTexts(reader) = ReaderTexts::find(visitor, accepted);
    let language = match visitor {
        Visitor::Screen(identity, _) => identity.screen.style.language,
        _ => None,
    };
    let page = QueueCodePage {
        build: assets::build_id(),
        texts: language.map_or(reader, Texts::of),
        qr: qr_image(&format!("{origin}{}", parts.uri.path())),
        is_loopback: origin.is_loopback(),
        back: board_before(&parts.headers, &origin),
    };
    // Nothing of the queue is here, so it is a refusal.
    Ok((StatusCode::UNAUTHORIZED, Html(page.render()?)).into_response())
}

/// The address of the board that a link was followed from, of this server and never another page's.
fn board_before(headers: &HeaderMap, origin: &PageOrigin) -> String {
    let referer = headers.get(header::REFERER);
    let referer = referer.and_then(|referer| referer.to_str().ok());
    let before = referer.and_then(|referer| {
        let (_, address) = referer.split_once("://")?;
        let path = address.strip_prefix(origin.without_scheme())?;
        let board = path.strip_prefix("/tv?board=")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_%.".contains(c);
        board.chars().all(is_plain).then(|| path.to_owned())
    });
    before.unwrap_or_else(|| "/tv".to_owned())
}
