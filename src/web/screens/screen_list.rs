//! `/screens`: how all paired screens fare, and what supervisors do with them.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    handler::Handler,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use serde::Deserialize;

use wallboard_access::{
    AuditAction, ListedScreen, Right, Screen, ScreenError, ScreenIdentity, Screens, TokenId,
};
use wallboard_boards::{BoardDefinition, BoardLayout, BoardOrigin, board_title};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        editing::{Acting, EditForm},
        sign_in::DoneQuery,
        visitor::Visitor,
    },
    parts::{
        entry_uses::find_screen_uses,
        page_header::{PageHeader, TranslatedHeader},
        reach_note::reach_note,
        sentence::{Sentence, SentencePiece},
    },
    screens::{
        frames,
        playlist_choice::{PlaylistChoice, list_playlists},
        qr_code::{QrImage, shared_qr_image},
        screen_address,
        screen_fields::{NightFields, ScreenFields, StyleFields},
        screen_refusal::explain_refusal,
        screen_row::{BoardFault, ScreenRow, ScreensVerdict, Urgency, screens_verdict},
        screens_state::ScreensState,
        sound::sounds_on,
        visible_screens::{is_manageable, list_visible_screens},
    },
    server::{assets, page_origin::PageOrigin},
};

#[derive(Template)]
#[template(path = "screens.html")]
struct ScreensPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    /// The notice about a change just made.
    done: &'static str,
    error: String,
    /// The address that a TV opens, without its scheme.
    tv_address: String,
    /// The same for a tablet's camera.
    tv_code: Option<Arc<QrImage>>,
    /// Why no TV can open it, and what to set.
    loopback_note: Option<Sentence>,
    /// A TV there keeps no pairing.
    needs_https: bool,
    /// The address that was just made, shown this once.
    new_address: String,
    /// `None` without a screen.
    verdict: Option<ScreensVerdict>,
    screens: Vec<ScreenRow>,
    boards: Vec<BoardChoice>,
    playlists: Vec<PlaylistChoice>,
    /// Whether the visitor may make playlists.
    makes_playlists: bool,
    /// For a new address.
    style: StyleFields,
    night: NightFields,
    /// Whether screens may show agents.
    shows_agents: bool,
}

pub(in crate::web) struct BoardChoice {
    pub(in crate::web) id: String,
    pub(in crate::web) title: String,
    /// The board shows agents' names and states.
    pub(in crate::web) names_people: bool,
}

#[derive(Deserialize)]
struct ChangedScreen {
    id: String,
    #[serde(flatten)]
    screen: ScreenFields,
}

#[derive(Deserialize)]
struct ChosenScreen {
    id: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/screens", get(show_screens).post(change))
        .route("/screens/remove", post(remove))
        .route(
            "/screens/identify",
            order(
                Screens::identify,
                AuditAction::IdentifiedScreen,
                "/screens?done=identified",
            ),
        )
        .route(
            "/screens/reload",
            order(
                Screens::reload,
                AuditAction::ReloadedScreen,
                "/screens?done=reloaded",
            ),
        )
        .route(
            "/screens/sound",
            order(
                Screens::try_sound,
                AuditAction::TriedScreenSound,
                "/screens?done=sounded",
            ),
        )
        .route("/screens/address", in_place(add_address))
}

/// A form whose answer may be the page itself, which refreshes from the same address.
fn in_place<T: 'static>(handler: impl Handler<T, WebState>) -> MethodRouter<WebState> {
    post(handler).get(async || Redirect::to("/screens"))
}

/// The form of an order to a connected screen.
fn order(
    send: fn(&Screens, TokenId) -> Result<Screen, ScreenError>,
    action: AuditAction,
    page: &'static str,
) -> MethodRouter<WebState> {
    in_place(
        async move |State(web): State<WebState>,
                    ScreensState(screens): ScreensState,
                    TranslatedHeader(header): TranslatedHeader,
                    origin: PageOrigin,
                    form: EditForm<ChosenScreen, Acting>| {
            let id = find_manageable(&web, &screens, &header, &form.fields.id)?;
            let result = send(&screens, id);
            conclude(&web, &screens, header, &origin, result, action, page)
        },
    )
}

async fn show_screens(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    TranslatedHeader(header): TranslatedHeader,
    origin: PageOrigin,
    Query(query): Query<DoneQuery>,
) -> Result<Response, WebError> {
    let texts = header.texts;
    let done = match query.done.as_deref() {
        Some("paired") => texts.screen_paired(),
        Some("changed") => texts.screen_changed(),
        Some("removed") => texts.screen_removed(),
        Some("identified") => texts.screen_identified(),
        Some("reloaded") => texts.screen_reloading(),
        Some("sounded") => texts.screen_sounding(),
        _ => "",
    };
    let page = build_page(&web, &screens, header, &origin);
    Ok(Html(ScreensPage { done, ..page }.render()?).into_response())
}

fn build_page(
    web: &WebState,
    screens: &Screens,
    header: PageHeader,
    origin: &PageOrigin,
) -> ScreensPage {
    let texts = header.texts;
    let listed = list_visible_screens(web, screens, header.visitor());
    let shown: Vec<_> = (listed.iter())
        .map(|one| shown_content(texts, web, one))
        .collect();
    let mut rows: Vec<_> = web.live.read_snapshot(|snapshot, now| {
        let rows = listed.iter().zip(shown);
        let rows = rows.map(|(one, shown)| ScreenRow::new(texts, snapshot, one, shown, now));
        rows.collect()
    });
    for (row, one) in rows.iter_mut().zip(&listed) {
        row.has_sound = sounds_on(web, &one.screen);
        row.uses = find_screen_uses(texts, web, header.visitor(), &row.name);
    }
    // Stable: by name among those that are as urgent.
    rows.sort_by_key(ScreenRow::urgency);
    ScreensPage {
        build: assets::build_id(),
        form: header.form_token(),
        done: "",
        error: String::new(),
        tv_address: format!("{}/tv", origin.without_scheme()),
        // Another device would look for it on itself.
        tv_code: (!origin.is_loopback())
            .then(|| shared_qr_image(&format!("{origin}/tv")))
            .flatten(),
        loopback_note: origin.is_loopback().then(|| reach_note(texts, web)),
        needs_https: web.sign_in.is_none() && !origin.keeps_cookies(),
        new_address: String::new(),
        verdict: screens_verdict(texts, &rows),
        screens: rows,
        boards: list_boards(texts, web, header.visitor()),
        playlists: list_playlists(texts, web, header.visitor()),
        makes_playlists: (web.editor_for(header.visitor()))
            .is_some_and(|_| header.visitor().has(Right::WholeSite)),
        style: StyleFields::default(),
        night: NightFields::default(),
        shows_agents: screens_show_agents(web),
        header,
    }
}

/// Leads to the page that says what was done, or shows why nothing was.
fn conclude(
    web: &WebState,
    screens: &Screens,
    header: PageHeader,
    origin: &PageOrigin,
    result: Result<Screen, ScreenError>,
    action: AuditAction,
    page: &str,
) -> Result<Response, WebError> {
    match result {
        Ok(screen) => Ok(Audited::new(action, &shown_on(&screen)).mark(Redirect::to(page))),
        Err(error) => render_refusal(build_page(web, screens, header, origin), error),
    }
}

fn render_refusal(page: ScreensPage, error: ScreenError) -> Result<Response, WebError> {
    let (status, error) = explain_refusal(page.header.texts, Some(error))?;
    Ok((status, Html(ScreensPage { error, ..page }.render()?)).into_response())
}

async fn change(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    TranslatedHeader(header): TranslatedHeader,
    origin: PageOrigin,
    form: EditForm<ChangedScreen, Acting>,
) -> Result<Response, WebError> {
    let ChangedScreen { id, screen } = form.fields;
    let id = find_manageable(&web, &screens, &header, &id)?;
    let choice = screen.read(&web, &header)?;
    let result = screens.change(id, choice).await;
    let (action, page) = (AuditAction::ChangedScreen, "/screens?done=changed");
    conclude(&web, &screens, header, &origin, result, action, page)
}

async fn remove(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    header: PageHeader,
    form: EditForm<ChosenScreen, Acting>,
) -> Result<Response, WebError> {
    let id = find_manageable(&web, &screens, &header, &form.fields.id)?;
    let removed = screens.directory().find(id);
    let subject = removed.map(|screen| shown_on(&screen)).unwrap_or_default();
    screens.remove(id).await?;
    let page = Redirect::to("/screens?done=removed");
    Ok(Audited::new(AuditAction::RemovedScreen, &subject).mark(page))
}

/// Makes a screen with a secret address, and shows it this once.
async fn add_address(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    TranslatedHeader(header): TranslatedHeader,
    origin: PageOrigin,
    form: EditForm<ScreenFields, Acting>,
) -> Result<Response, WebError> {
    let choice = form.fields.read(&web, &header)?;
    let owner = form.editing.visitor.screen_owner();
    let owner = owner.ok_or(WebError::Forbidden)?;
    let added = screens.add_with_address(&owner, choice).await;
    let page = build_page(&web, &screens, header, &origin);
    let (token, screen) = match added {
        Ok(added) => added,
        Err(error) => return render_refusal(page, error),
    };
    let new_address = screen_address::address_of(&origin, &token.to_text());
    let page = ScreensPage {
        new_address,
        ..page
    };
    let page = Html(page.render()?);
    Ok(Audited::new(AuditAction::MadeScreenAddress, &shown_on(&screen)).mark(page))
}

/// "Kitchen, board queues"
pub(super) fn shown_on(screen: &Screen) -> String {
    let kind = if screen.playlist.is_some() {
        "playlist"
    } else {
        "board"
    };
    format!("{}, {kind} {}", screen.name, screen.content())
}

/// A board that the visitor may see, and so show.
pub(super) fn known_board(
    web: &WebState,
    header: &PageHeader,
    board: String,
) -> Result<String, WebError> {
    match web.boards.find_board(&board) {
        Some(found) if may_show(web, header.visitor(), &found) => Ok(board),
        _ => Err(WebError::NoSuchBoard(board)),
    }
}

/// Whether the visitor may see a board, and screens may show it.
fn may_show(web: &WebState, visitor: &Visitor, board: &BoardDefinition) -> bool {
    visitor.may_see(board) && (screens_show_agents(web) || board.layout != BoardLayout::Agents)
}

pub(super) fn screens_show_agents(web: &WebState) -> bool {
    (web.screens.as_ref()).is_some_and(|screens| screens.directory().shows_agents())
}

/// The screen of a form, if it's the visitor's to manage.
fn find_manageable(
    web: &WebState,
    screens: &Screens,
    header: &PageHeader,
    id: &str,
) -> Result<TokenId, WebError> {
    let id = TokenId::parse(id).ok_or(WebError::InvalidForm)?;
    let screen = screens.directory().find(id);
    if screen.is_some_and(|screen| !is_manageable(web, header.visitor(), &screen)) {
        return Err(WebError::Forbidden);
    }
    Ok(id)
}

/// The title of what a screen shows, or why it can't show it.
fn shown_content(
    texts: &Texts,
    web: &WebState,
    listed: &ListedScreen,
) -> Result<String, BoardFault> {
    let shows_agents = screens_show_agents(web);
    if listed.screen.playlist.is_some() {
        let identity = ScreenIdentity {
            id: listed.id,
            screen: Arc::clone(&listed.screen),
            shows_agents,
        };
        return frames::describe_turn(texts, web, identity).ok_or(BoardFault::Removed);
    }
    match web.boards.find_board(&listed.screen.board) {
        None => Err(BoardFault::Removed),
        Some(board) if !shows_agents && board.layout == BoardLayout::Agents => {
            Err(BoardFault::ShowsAgents)
        }
        Some(board) => Ok(board_title(texts, &board).to_owned()),
    }
}

pub(in crate::web) fn list_boards(
    texts: &Texts,
    web: &WebState,
    visitor: &Visitor,
) -> Vec<BoardChoice> {
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| may_show(web, visitor, board));
    let mut boards: Vec<_> = boards.collect();
    // The first one is chosen on a new screen.
    boards.sort_by_key(|board| board.origin == BoardOrigin::Automatic);
    let choices = boards.into_iter().map(|board| BoardChoice {
        id: board.id.clone(),
        title: board_title(texts, board).to_owned(),
        names_people: board.layout == BoardLayout::Agents,
    });
    choices.collect()
}
