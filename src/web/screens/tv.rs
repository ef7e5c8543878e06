//! `/tv`: the address that a television opens. Until it's paired, it shows a code; from then on, its
//! board.

use askama::Template;
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::warn;

use wallboard_access::{
    self as access, PairingError, PairingState, ScreenIdentity, Screens, Token, WaitingScreen,
};
use wallboard_boards::board_title;
use wallboard_domain::error_chain;
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        reader_texts::ReaderTexts,
        sign_in::{ClientAddress, TokenCookie, device_name, engine_name},
        visitor::Visitor,
    },
    parts::links::{self, PageLink},
    screens::{
        board, frames,
        qr_code::{QrImage, qr_image},
        screens_state::ScreensState,
        sound::shows_frames,
    },
    server::{assets, page_origin::PageOrigin},
};

#[derive(Template)]
#[template(path = "tv.html")]
struct TvPage {
    build: &'static str,
    texts: &'static Texts,
    /// Why there is neither a code nor a board.
    title: &'static str,
    message: &'static str,
    /// Nothing changes by itself: the page isn't loaded again.
    is_end: bool,
    pairing: Option<ShownPairing>,
    /// With open access: the boards and playlists that this screen can show without being paired.
    boards: Vec<PageLink>,
}

/// The page of a screen that waits to be paired.
struct ShownPairing {
    code: String,
    /// The address to open, without its scheme.
    address: String,
    /// No phone can open it.
    is_loopback: bool,
    qr: Option<QrImage>,
    /// Until when the code can be used.
    until: String,
}

#[derive(Deserialize)]
struct TvQuery {
    /// `address`: it was led here with a cookie.
    by: Option<String>,
    /// The board of a frame.
    board: Option<String>,
    /// With open access, the playlist to show.
    playlist: Option<String>,
}

/// The next step of a screen that doesn't show a board.
#[derive(Serialize)]
struct TvState {
    /// `wait`, or `reload` to get the next page.
    next: &'static str,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/tv", get(show_tv))
        .route("/tv/state", get(show_state))
}

async fn show_tv(
    State(web): State<WebState>,
    visitor: Visitor,
    ReaderTexts(texts): ReaderTexts,
    ClientAddress(address): ClientAddress,
    Query(query): Query<TvQuery>,
    origin: PageOrigin,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if web.sign_in.is_none() && query.playlist.is_some() {
        return frames::show_frames(texts);
    }
    let is_paired_here = web.sign_in.is_some() || origin.keeps_cookies();
    let Some(screens) = web.screens.as_ref().filter(|_| is_paired_here) else {
        return match &query.board {
            Some(board) => show_frame(&web, texts, &Visitor::Anyone, board),
            None => show_boards(&web, texts),
        };
    };
    let now = Timestamp::now();
    let engine = engine_name(&headers);
    let token = TokenCookie::Screen.read(&headers);
    if let Some(token) = &token
        && let Some(paired) = Box::pin(screens.find_paired(token, address)).await
    {
        let has_socket = !shows_frames(&web, &paired.screen) || query.board.is_some();
        // Its socket will be a signed-in person's, who tries the screen.
        if has_socket && !matches!(visitor, Visitor::Person(..)) {
            screens.directory().record_page(paired.id, engine, now);
        }
        return show_paired(&web, texts, token, &paired, query.board.as_deref());
    }
    if web.sign_in.is_none()
        && let Some(board) = &query.board
    {
        return show_frame(&web, texts, &Visitor::Anyone, board);
    }
    if token.is_none() && query.by.as_deref() == Some("address") {
        let (title, message) = (texts.no_cookies(), texts.no_cookies_help());
        return show_end(texts, StatusCode::FORBIDDEN, title, message);
    }
    let waiting = TokenCookie::Pairing.read(&headers);
    let state = match waiting {
        None => PairingState::Unknown,
        Some(token) => match screens.pairings().poll(&token, now).await {
            Ok(state) => state,
            Err(error) => return show_pairing_fault(texts, error),
        },
    };
    match state {
        PairingState::Paired(token) => {
            let page = show_newly_paired(&web, texts, screens, &token).await?;
            if screens
                .directory()
                .find(token.id())
                .is_some_and(|screen| !shows_frames(&web, &screen))
            {
                screens.directory().record_page(token.id(), engine, now);
            }
            Ok(page)
        }
        PairingState::Waiting(waiting) => show_code(&web, texts, &origin, &waiting),
        PairingState::Unknown => {
            let pairing = screens
                .pairings()
                .start(device_name(&headers), address, now);
            match pairing.await {
                Ok((token, waiting)) => {
                    let page = show_code(&web, texts, &origin, &waiting)?;
                    Ok((TokenCookie::Pairing.set(&token), page).into_response())
                }
                Err(error) => show_pairing_fault(texts, error),
            }
        }
    }
}

/// Where no screens are paired, any screen may show any board.
fn show_boards(web: &WebState, texts: &'static Texts) -> Result<Response, WebError> {
    let page = TvPage {
        is_end: true,
        boards: list_open_boards(web, texts),
        ..TvPage::with_message(
            texts,
            texts.choose_screen_board(),
            texts.choose_screen_board_help(),
        )
    };
    Ok(Html(page.render()?).into_response())
}

/// The boards and playlists that this screen may open by itself: all with open access, else none.
fn list_open_boards(web: &WebState, texts: &Texts) -> Vec<PageLink> {
    if web.sign_in.is_some() {
        return Vec::new();
    }
    let boards = web.boards.list_boards();
    let links =
        (boards.iter()).map(|board| links::board_link(&board.id, board_title(texts, board)));
    let playlists = web.boards.list_playlists();
    let playlists = playlists.iter().map(|playlist| PageLink {
        href: frames::address_of(&playlist.name),
        name: playlist.name.clone(),
    });
    links.chain(playlists).collect()
}

/// The page tries again.
fn show_pairing_fault(texts: &'static Texts, error: PairingError) -> Result<Response, WebError> {
    let message = match error {
        PairingError::TooManyWaiting => texts.too_many_wait(),
        PairingError::Records(error) => {
            warn!("Screens can't be paired: {}", error_chain(&error));
            texts.no_pairing_now()
        }
        error => return Err(WebError::Screen(error.into())),
    };
    show_message(texts, StatusCode::SERVICE_UNAVAILABLE, message)
}

async fn show_newly_paired(
    web: &WebState,
    texts: &'static Texts,
    screens: &Screens,
    token: &Token,
) -> Result<Response, WebError> {
    let paired = screens.find_new(token).await.map_err(WebError::Screen)?;
    // Removed in this moment.
    let paired = paired.ok_or(WebError::NoSuchPage)?;
    let page = show_paired(web, texts, token, &paired, None)?;
    Ok((TokenCookie::Pairing.delete(), page).into_response())
}

/// Shows the screen's board, its frames, or the board of one. Each time, the browser keeps the cookie for longer.
fn show_paired(
    web: &WebState,
    texts: &'static Texts,
    token: &Token,
    paired: &ScreenIdentity,
    frame: Option<&str>,
) -> Result<Response, WebError> {
    let visitor = Visitor::Screen(paired.clone(), web.boards.list_playlists());
    let texts = (paired.screen.style.language).map_or(texts, Texts::of);
    let page = match frame {
        Some(board) => show_frame(web, texts, &visitor, board)?,
        None if shows_frames(web, &paired.screen) => frames::show_frames(texts)?,
        None => show_board(web, texts, &visitor, &paired.screen.board)?,
    };
    Ok((TokenCookie::Screen.set(token), page).into_response())
}

/// Shows the board of a screen.
fn show_board(
    web: &WebState,
    texts: &'static Texts,
    visitor: &Visitor,
    board: &str,
) -> Result<Response, WebError> {
    let found = web.boards.find_board(board);
    if found.is_some_and(|board| !visitor.may_see(&board)) {
        let message = texts.screen_board_has_agents();
        return show_message(texts, StatusCode::FORBIDDEN, message);
    }
    show_frame(web, texts, visitor, board)
}

/// Shows a board, if the visitor may see it; nobody learns of others.
fn show_frame(
    web: &WebState,
    texts: &'static Texts,
    visitor: &Visitor,
    board: &str,
) -> Result<Response, WebError> {
    let board = web.boards.find_board(board);
    let board = board.filter(|board| visitor.may_see(board));
    let publisher =
        board.and_then(|board| (web.hub).open_publisher(&board.id, visitor.board_style(&board)));
    match publisher {
        Some(publisher) => Ok(board::board_page(&publisher)),
        None => show_message(texts, StatusCode::NOT_FOUND, texts.screen_board_removed()),
    }
}

/// With the status that tells a board's page that it was signed out.
fn show_code(
    web: &WebState,
    texts: &'static Texts,
    origin: &PageOrigin,
    waiting: &WaitingScreen,
) -> Result<Response, WebError> {
    let code = waiting.code.to_text();
    let until = waiting.asked_at + access::CODE_VALID_FOR;
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let pairing = ShownPairing {
        qr: qr_image(&format!("{origin}/pair?code={code}")),
        address: format!("{}/pair", origin.without_scheme()),
        is_loopback: origin.is_loopback(),
        until: texts.time(until, &zone),
        code,
    };
    let page = TvPage {
        pairing: Some(pairing),
        boards: list_open_boards(web, texts),
        ..TvPage::with_message(texts, "", "")
    };
    Ok((StatusCode::UNAUTHORIZED, Html(page.render()?)).into_response())
}

fn show_message(
    texts: &'static Texts,
    status: StatusCode,
    message: &'static str,
) -> Result<Response, WebError> {
    let page = TvPage::with_message(texts, texts.no_board(), message);
    Ok((status, Html(page.render()?)).into_response())
}

/// Shows why there will be no board.
pub(super) fn show_end(
    texts: &'static Texts,
    status: StatusCode,
    title: &'static str,
    message: &'static str,
) -> Result<Response, WebError> {
    let page = TvPage {
        is_end: true,
        ..TvPage::with_message(texts, title, message)
    };
    Ok((status, Html(page.render()?)).into_response())
}

impl TvPage {
    fn with_message(texts: &'static Texts, title: &'static str, message: &'static str) -> Self {
        Self {
            build: assets::build_id(),
            texts,
            title,
            message,
            is_end: false,
            pairing: None,
            boards: Vec::new(),
        }
    }
}

async fn show_state(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    headers: HeaderMap,
) -> Json<TvState> {
    let now = Timestamp::now();
    let paired = TokenCookie::Screen.read(&headers);
    let paired = paired.and_then(|token| screens.directory().identify(&token, now));
    let is_waiting = match paired {
        Some(paired) => {
            let screen = &paired.screen;
            !shows_frames(&web, screen) && web.boards.find_board(&screen.board).is_none()
        }
        None => match TokenCookie::Pairing.read(&headers) {
            None => false,
            // The code stays while the records can't be read.
            Some(token) => (screens.pairings().is_waiting(&token, now).await).unwrap_or(true),
        },
    };
    let next = if is_waiting { "wait" } else { "reload" };
    Json(TvState { next })
}
