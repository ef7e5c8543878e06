//! The page of a screen that shows boards in frames: several in turn, or one that is dark at night. The page asks
//! every two seconds whose turn it is, and shows a board once it's there.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::{
    Json, Router,
    extract::{Query, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use wallboard_access::{Screen, ScreenIdentity};
use wallboard_boards::{Playlist, PlaylistItem, ShownBoard, board_title, describe_announcement};
use wallboard_domain::{AnnouncementKind, Language, NightLook, moment};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{sign_in::TokenCookie, visitor::Visitor},
    parts::links::form_urlencode,
    screens::sound::{shows_frames, sounds_on},
    server::assets,
};

/// How often a board that has no others is looked at.
const ALONE: SignedDuration = SignedDuration::from_mins(10);

#[derive(Template)]
#[template(path = "tv_frames.html")]
struct FramesPage {
    build: &'static str,
    texts: &'static Texts,
}

#[derive(Deserialize)]
struct TurnQuery {
    /// With open access.
    playlist: Option<String>,
}

/// The state that the page asks for.
#[derive(Serialize)]
#[serde(untagged)]
enum ScreenTurn {
    Frames(FrameTurn),
    /// The screen has another page now.
    Reload {
        reload: bool,
    },
}

#[derive(Serialize)]
struct FrameTurn {
    build: &'static str,
    /// In milliseconds since 1970.
    now: i64,
    /// The hour on the site.
    hour: i8,
    /// `None`: none can be shown.
    board: Option<String>,
    /// "2 of 4", or empty with one board.
    label: String,
    number: usize,
    count: usize,
    /// Milliseconds until another turn begins at the latest.
    left: i64,
    /// The board of that turn.
    next: Option<String>,
    night: Option<NightLook>,
    /// Whether alerts sound on the screen.
    sound: bool,
    /// The announcements of the screen, whatever board it shows, in the order of their turns.
    said: Vec<SaidText>,
}

/// An announcement below the boards, or an emergency over them.
#[derive(Serialize)]
struct SaidText {
    kind: &'static str,
    text: String,
    /// "Anna Lindqvist, 13:40 · until 15:00"
    detail: String,
    /// In milliseconds since 1970: the page ends it also while it hears nothing.
    until: i64,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/tv/turn", get(show_turn))
}

/// With open access, where a playlist is shown.
pub(super) fn address_of(playlist: &str) -> String {
    format!("/tv?playlist={}", form_urlencode(playlist))
}

pub(super) fn show_frames(texts: &'static Texts) -> Result<Response, WebError> {
    let page = FramesPage {
        build: assets::build_id(),
        texts,
    };
    Ok(Html(page.render()?).into_response())
}

async fn show_turn(
    State(web): State<WebState>,
    Query(query): Query<TurnQuery>,
    headers: HeaderMap,
) -> Json<ScreenTurn> {
    let turn = find_turn(&web, query.playlist.as_deref(), &headers);
    let reload = ScreenTurn::Reload { reload: true };
    Json(turn.map_or(reload, ScreenTurn::Frames))
}

/// `None`: the screen has another page.
fn find_turn(web: &WebState, playlist: Option<&str>, headers: &HeaderMap) -> Option<FrameTurn> {
    let playlists = web.boards.list_playlists();
    let named = |name: &str| playlists.iter().find(|one| one.name == name).cloned();
    if web.sign_in.is_none()
        && let Some(name) = playlist
    {
        return Some(frame_turn(web, &Visitor::Anyone, &named(name)?, None));
    }
    let token = TokenCookie::Screen.read(headers)?;
    let directory = web.screens.as_ref()?.directory();
    let identity = directory.identify(&token, Timestamp::now())?;
    let screen = identity.screen.clone();
    if !shows_frames(web, &screen) {
        return None;
    }
    let playlist = match &screen.playlist {
        // A removed one has no boards.
        Some(name) => named(name).unwrap_or_else(|| alone(name, None)),
        None => alone("", Some(&screen.board)),
    };
    let visitor = Visitor::Screen(identity, playlists.clone());
    Some(frame_turn(web, &visitor, &playlist, Some(&screen)))
}

/// "Floor: Support, 2 of 4"; `None` if its playlist has nothing to show.
pub(super) fn describe_turn(
    texts: &Texts,
    web: &WebState,
    identity: ScreenIdentity,
) -> Option<String> {
    let name = identity.screen.playlist.clone()?;
    let turn = playlist_turn(web, identity)?;
    let board = web.boards.find_board(&turn.board?)?;
    let title = board_title(texts, &board);
    Some(texts.board_in_turn(name, title, turn.number, turn.count))
}

/// The ID of the board whose turn it is on a screen with a playlist.
pub(super) fn current_board(web: &WebState, identity: ScreenIdentity) -> Option<String> {
    playlist_turn(web, identity)?.board
}

/// `None`: its playlist was removed, or it has none.
fn playlist_turn(web: &WebState, identity: ScreenIdentity) -> Option<FrameTurn> {
    let playlists = web.boards.list_playlists();
    let name = identity.screen.playlist.as_ref()?;
    let playlist = playlists.iter().find(|one| one.name == *name)?;
    let visitor = Visitor::Screen(identity, Arc::clone(&playlists));
    Some(frame_turn(web, &visitor, playlist, None))
}

/// A playlist of one board, or of none.
fn alone(name: &str, board: Option<&str>) -> Playlist {
    let item = |board: &str| PlaylistItem {
        board: board.to_owned(),
        dwell: ALONE,
        hours: None,
        only_critical: false,
    };
    Playlist {
        name: name.to_owned(),
        items: board.into_iter().map(item).collect(),
        jump: None,
    }
}

fn frame_turn(
    web: &WebState,
    visitor: &Visitor,
    playlist: &Playlist,
    screen: Option<&Screen>,
) -> FrameTurn {
    let now = web.boards.now().wall;
    let boards = (web.boards).find_shown_boards(playlist, now, |board| visitor.may_see(board));
    let turn_at = |at: Timestamp| playlist.turn_at(at, |id| find(&boards, id));
    let turn = turn_at(now);
    let until = turn.and_then(|turn| turn.until);
    let (zone, site) = (web.live)
        .read_snapshot(|snapshot, _| (snapshot.site.zone.clone(), snapshot.site.language));
    let board = turn.map(|turn| turn.board);
    let texts = Texts::of(board.map_or(site, |board| language_of(web, visitor, board)));
    let said = screen.map_or_else(Vec::new, |screen| said_on(web, texts, screen, now, &zone));
    let night = screen.and_then(|screen| screen.night);
    // Nobody may miss an emergency because the screen is dark.
    let night = night.filter(|_| !shows_emergency(web, board, &said, now));
    FrameTurn {
        build: assets::build_id(),
        now: now.as_millisecond(),
        hour: now.to_zoned(zone.clone()).hour(),
        board: board.map(str::to_owned),
        label: turn.map_or_else(String::new, |turn| turn.label(texts.language())),
        number: turn.map_or(0, |turn| turn.number),
        count: turn.map_or(0, |turn| turn.count),
        left: moment::millis_between(now, until.unwrap_or(now + ALONE)),
        next: until.and_then(|until| Some(turn_at(until)?.board.to_owned())),
        night: night.and_then(|night| night.look_at(&zone, now)),
        sound: screen.is_some_and(|screen| sounds_on(web, screen)),
        said,
    }
}

fn said_on(
    web: &WebState,
    texts: &Texts,
    screen: &Screen,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<SaidText> {
    let announcements = web.announcements.as_ref();
    let own = announcements.map_or_else(Vec::new, |all| all.of_screen(&screen.name, now));
    let count = own.len();
    let said = own.into_iter().enumerate().map(|(place, one)| SaidText {
        kind: one.kind.into_str(),
        detail: describe_announcement(texts, &one, place, count, now, zone),
        until: one.until.as_millisecond(),
        text: one.text,
    });
    said.collect()
}

/// Whether a screen with this board shows an emergency.
fn shows_emergency(web: &WebState, board: Option<&str>, said: &[SaidText], now: Timestamp) -> bool {
    let is_on_board = |board| {
        let announcements = web.announcements.as_ref();
        announcements.is_some_and(|all| all.is_emergency(board, now))
    };
    board.is_some_and(is_on_board)
        || (said.iter()).any(|one| one.kind == AnnouncementKind::Emergency.into_str())
}

fn find(boards: &HashMap<String, ShownBoard>, id: &str) -> Option<ShownBoard> {
    boards.get(id).cloned()
}

/// Returns the language in which the visitor sees a board.
fn language_of(web: &WebState, visitor: &Visitor, board: &str) -> Language {
    let site = (web.live).read_snapshot(|snapshot, _| snapshot.site.language);
    let Some(board) = web.boards.find_board(board) else {
        return site;
    };
    let style = visitor.board_style(&board);
    style.language.or(board.language).unwrap_or(site)
}
