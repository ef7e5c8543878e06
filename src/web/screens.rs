//! `/pair` and `/screens`: supervisors give televisions their boards.

use std::str::FromStr;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    access::{
        AuditAction, ListedScreen, PairingError, Right, Screen, ScreenChoice, ScreenError, TokenId,
        WaitingScreen,
    },
    boards::{BoardDefinition, BoardLayout},
    domain::{BoardStyle, Moment},
    live::Snapshot,
};

use super::{
    WebError, WebState, assets,
    audited::Audited,
    clock,
    page_header::PageHeader,
    sign_in::{AccessState, DoneQuery, GuardedForm, capitalized},
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "pair.html")]
struct PairPage {
    build: &'static str,
    header: PageHeader,
    /// The token of its forms.
    form: String,
    error: String,
    /// The screen that shows the code.
    waiting: Option<WaitingRow>,
    style: StyleFields,
    /// Whether screens may show agents.
    shows_agents: bool,
    boards: Vec<BoardChoice>,
}

#[derive(Template)]
#[template(path = "screens.html")]
struct ScreensPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    /// What was just done.
    done: &'static str,
    error: String,
    screens: Vec<ScreenRow>,
    boards: Vec<BoardChoice>,
}

struct WaitingRow {
    code: String,
    device: String,
    address: String,
    asked: String,
}

struct ScreenRow {
    id: String,
    name: String,
    place: String,
    board: String,
    device: String,
    paired: String,
    contact: String,
    is_connected: bool,
}

struct BoardChoice {
    id: String,
    title: String,
    /// The board shows agents' names and states.
    names_people: bool,
}

#[derive(Deserialize)]
struct TypedCode {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct NewScreen {
    code: String,
    name: String,
    #[serde(default)]
    place: String,
    board: String,
    #[serde(flatten)]
    style: StyleFields,
}

#[derive(Deserialize)]
struct ChangedScreen {
    id: String,
    name: String,
    #[serde(default)]
    place: String,
    board: String,
    #[serde(flatten)]
    style: StyleFields,
}

/// What a screen has instead of the board's own; empty for what it hasn't.
#[derive(Default, Deserialize)]
struct StyleFields {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    density: String,
    #[serde(default)]
    agent_names: String,
}

#[derive(Deserialize)]
struct RemovedScreen {
    id: String,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/pair", get(show_pairing).post(pair))
        .route("/screens", get(show_screens).post(change))
        .route("/screens/remove", post(remove))
}

async fn show_pairing(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    Query(TypedCode { code }): Query<TypedCode>,
) -> Result<Response, WebError> {
    if code.is_empty() {
        return render_pairing(&web, header, None, None);
    }
    let Visitor::Person(identity, _) = header.visitor() else {
        return Err(WebError::NoSuchPage);
    };
    let pairings = access.0.screens().pairings();
    match pairings.find(&identity.user, &code, Timestamp::now()) {
        Ok(waiting) => render_pairing(&web, header, Some(waiting), None),
        Err(error) => render_pairing(&web, header, None, Some(error.into())),
    }
}

fn render_pairing(
    web: &WebState,
    header: PageHeader,
    waiting: Option<WaitingScreen>,
    error: Option<ScreenError>,
) -> Result<Response, WebError> {
    let Visitor::Person(_, token) = header.visitor() else {
        return Err(WebError::NoSuchPage);
    };
    let (status, error) = refusal(error)?;
    let form = token.form_token();
    let page = web.live.read_snapshot(|_, now| PairPage {
        build: assets::build_id(),
        form,
        error,
        waiting: waiting.map(|waiting| waiting_row(&waiting, now)),
        style: StyleFields::default(),
        shows_agents: screens_show_agents(web),
        boards: list_boards(web, header.visitor()),
        header,
    });
    Ok((status, Html(page.render()?)).into_response())
}

async fn pair(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    form: GuardedForm<NewScreen>,
) -> Result<Response, WebError> {
    let NewScreen {
        code,
        name,
        place,
        board,
        style,
    } = form.fields;
    let screens = access.0.screens();
    let choice = ScreenChoice {
        name,
        place,
        board: known_board(&web, &header, board)?,
        style: style.read()?,
    };
    match screens.pair(&form.identity, &code, choice).await {
        Ok(screen) => {
            let page = Redirect::to("/screens?done=paired");
            Ok(Audited::new(AuditAction::PairedScreen, &shown_on(&screen)).mark(page))
        }
        Err(error) => {
            let found = (screens.pairings()).find(&form.identity.user, &code, Timestamp::now());
            let is_code_right = !matches!(error, ScreenError::Pairing(_));
            let waiting = found.ok().filter(|_| is_code_right);
            render_pairing(&web, header, waiting, Some(error))
        }
    }
}

async fn show_screens(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    Query(query): Query<DoneQuery>,
) -> Result<Response, WebError> {
    let done = match query.done.as_deref() {
        Some("paired") => "The screen is paired. It shows its board within seconds.",
        Some("changed") => "The screen was changed, and follows within seconds.",
        Some("removed") => "The screen was removed, and shows a code again.",
        _ => "",
    };
    render_screens(&web, &access, header, done, None)
}

fn render_screens(
    web: &WebState,
    access: &AccessState,
    header: PageHeader,
    done: &'static str,
    error: Option<ScreenError>,
) -> Result<Response, WebError> {
    let Visitor::Person(_, token) = header.visitor() else {
        return Err(WebError::NoSuchPage);
    };
    let (status, error) = refusal(error)?;
    let form = token.form_token();
    let mut listed = access.0.screens().directory().list_screens();
    listed.retain(|screen| is_manageable(web, header.visitor(), screen));
    let page = web.live.read_snapshot(|snapshot, now| ScreensPage {
        build: assets::build_id(),
        form,
        done,
        error,
        screens: (listed.iter())
            .map(|screen| screen_row(snapshot, screen, now))
            .collect(),
        boards: list_boards(web, header.visitor()),
        header,
    });
    Ok((status, Html(page.render()?)).into_response())
}

async fn change(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    form: GuardedForm<ChangedScreen>,
) -> Result<Response, WebError> {
    let ChangedScreen {
        id,
        name,
        place,
        board,
        style,
    } = form.fields;
    let id = find_manageable(&web, &access, &header, &id)?;
    let choice = ScreenChoice {
        name,
        place,
        board: known_board(&web, &header, board)?,
        style: style.read()?,
    };
    match access.0.screens().change(id, choice).await {
        Ok(screen) => {
            let page = Redirect::to("/screens?done=changed");
            Ok(Audited::new(AuditAction::ChangedScreen, &shown_on(&screen)).mark(page))
        }
        Err(error) => render_screens(&web, &access, header, "", Some(error)),
    }
}

async fn remove(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    form: GuardedForm<RemovedScreen>,
) -> Result<Response, WebError> {
    let id = find_manageable(&web, &access, &header, &form.fields.id)?;
    let listed = access.0.screens().directory().list_screens();
    let removed = listed.iter().find(|listed| listed.id == id);
    let subject = removed
        .map(|listed| shown_on(&listed.screen))
        .unwrap_or_default();
    access.0.screens().remove(id).await?;
    let page = Redirect::to("/screens?done=removed");
    Ok(Audited::new(AuditAction::RemovedScreen, &subject).mark(page))
}

/// "Kitchen, board queues"
fn shown_on(screen: &Screen) -> String {
    format!("{}, board {}", screen.name, screen.board)
}

impl StyleFields {
    fn read(&self) -> Result<BoardStyle, WebError> {
        Ok(BoardStyle {
            theme: read_choice(&self.theme)?,
            density: read_choice(&self.density)?,
            agent_names: read_choice(&self.agent_names)?,
        })
    }
}

fn read_choice<T: FromStr>(field: &str) -> Result<Option<T>, WebError> {
    match field {
        "" => Ok(None),
        chosen => chosen.parse().map(Some).map_err(|_| WebError::InvalidForm),
    }
}

/// A board that the visitor may see, and so show.
fn known_board(web: &WebState, header: &PageHeader, board: String) -> Result<String, WebError> {
    match web.boards.find_board(&board) {
        Some(found) if may_show(web, header.visitor(), &found) => Ok(board),
        _ => Err(WebError::NoSuchBoard(board)),
    }
}

/// Whether the visitor may see a board, and screens may show it.
fn may_show(web: &WebState, visitor: &Visitor, board: &BoardDefinition) -> bool {
    visitor.may_see(board) && (screens_show_agents(web) || board.layout != BoardLayout::Agents)
}

fn screens_show_agents(web: &WebState) -> bool {
    let sign_in = web.sign_in.as_ref();
    sign_in.is_some_and(|access| access.screens().directory().shows_agents())
}

/// The screen of a form, if it's the visitor's to manage.
fn find_manageable(
    web: &WebState,
    access: &AccessState,
    header: &PageHeader,
    id: &str,
) -> Result<TokenId, WebError> {
    let id = TokenId::parse(id).ok_or(WebError::InvalidForm)?;
    let listed = access.0.screens().directory().list_screens();
    let mut others = listed
        .iter()
        .filter(|screen| !is_manageable(web, header.visitor(), screen));
    if others.any(|screen| screen.id == id) {
        return Err(WebError::Forbidden);
    }
    Ok(id)
}

/// A screen whose board the visitor may see; others are somebody else's.
fn is_manageable(web: &WebState, visitor: &Visitor, screen: &ListedScreen) -> bool {
    let everything = visitor.has(Right::WholeSite);
    let board = web.boards.find_board(&screen.screen.board);
    everything || board.is_some_and(|board| visitor.may_see(&board))
}

/// What to say about a request that was refused; an error that isn't the visitor's goes on.
fn refusal(error: Option<ScreenError>) -> Result<(StatusCode, String), WebError> {
    let Some(error) = error else {
        return Ok((StatusCode::OK, String::new()));
    };
    if !error.is_refusal() {
        return Err(error.into());
    }
    let status = match error {
        ScreenError::Pairing(PairingError::TooManyWrongCodes) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, capitalized(&error.to_string())))
}

fn list_boards(web: &WebState, visitor: &Visitor) -> Vec<BoardChoice> {
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| may_show(web, visitor, board));
    let choices = boards.map(|board| BoardChoice {
        id: board.id.clone(),
        title: board.title.clone(),
        names_people: board.layout == BoardLayout::Agents,
    });
    choices.collect()
}

fn waiting_row(waiting: &WaitingScreen, now: Moment) -> WaitingRow {
    WaitingRow {
        code: waiting.code.to_text(),
        device: waiting.device.clone(),
        address: waiting.address.to_string(),
        asked: clock::format_ago(waiting.asked_at, now),
    }
}

fn screen_row(snapshot: &Snapshot, listed: &ListedScreen, now: Moment) -> ScreenRow {
    let screen = &listed.screen;
    let paired = clock::format_time(snapshot, screen.paired_at, now);
    ScreenRow {
        id: listed.id.to_text(),
        name: screen.name.clone(),
        place: screen.place.clone(),
        board: screen.board.clone(),
        device: screen.device.clone(),
        paired: format!("{paired} by {}", screen.paired_by),
        contact: clock::format_ago(listed.last_contact_at, now),
        is_connected: listed.is_connected,
    }
}
