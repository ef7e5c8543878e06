//! `/pair`: supervisors compare the code that a television shows, and give it a board.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use jiff::Timestamp;
use serde::Deserialize;

use wallboard_access::{AuditAction, ScreenError, WaitingScreen};
use wallboard_domain::{Moment, moment};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        editing::{Acting, EditForm},
        sign_in::write_device,
    },
    parts::page_header::{PageHeader, TranslatedHeader},
    screens::{
        playlist_choice::{PlaylistChoice, list_playlists},
        screen_fields::{NightFields, ScreenFields, StyleFields},
        screen_list::{BoardChoice, list_boards, screens_show_agents, shown_on},
        screen_refusal::explain_refusal,
        screens_state::ScreensState,
    },
    server::assets,
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
    night: NightFields,
    /// Whether screens may show agents.
    shows_agents: bool,
    boards: Vec<BoardChoice>,
    playlists: Vec<PlaylistChoice>,
}

struct WaitingRow {
    code: String,
    device: String,
    address: String,
    asked: String,
}

#[derive(Deserialize)]
struct TypedCode {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct NewScreen {
    code: String,
    #[serde(flatten)]
    screen: ScreenFields,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/pair", get(show_pairing).post(pair))
}

async fn show_pairing(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    TranslatedHeader(header): TranslatedHeader,
    Query(TypedCode { code }): Query<TypedCode>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    // No other site uses up somebody's tries.
    let is_foreign = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site");
    if code.is_empty() || is_foreign {
        return render_pairing(&web, header, None, None);
    }
    let owner = header.visitor().screen_owner();
    let owner = owner.ok_or(WebError::NoSuchPage)?;
    let pairings = screens.pairings();
    match pairings.find(&owner.user, &code, Timestamp::now()).await {
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
    let texts = header.texts;
    let (status, error) = explain_refusal(texts, error)?;
    let page = web.live.read_snapshot(|_, now| PairPage {
        build: assets::build_id(),
        form: header.form_token(),
        error,
        waiting: waiting.map(|waiting| waiting_row(texts, &waiting, now)),
        style: StyleFields::default(),
        night: NightFields::default(),
        shows_agents: screens_show_agents(web),
        boards: list_boards(texts, web, header.visitor()),
        playlists: list_playlists(texts, web, header.visitor()),
        header,
    });
    Ok((status, Html(page.render()?)).into_response())
}

async fn pair(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<NewScreen, Acting>,
) -> Result<Response, WebError> {
    let NewScreen { code, screen } = form.fields;
    let owner = form.editing.visitor.screen_owner();
    let owner = owner.ok_or(WebError::Forbidden)?;
    let choice = screen.read(&web, &header)?;
    match screens.pair(&owner, &code, choice).await {
        Ok(screen) => {
            let page = Redirect::to("/screens?done=paired");
            Ok(Audited::new(AuditAction::PairedScreen, &shown_on(&screen)).mark(page))
        }
        Err(error) => {
            let finding = (screens.pairings()).find(&owner.user, &code, Timestamp::now());
            let found = finding.await;
            let is_code_right = !matches!(error, ScreenError::Pairing(_));
            let waiting = found.ok().filter(|_| is_code_right);
            render_pairing(&web, header, waiting, Some(error))
        }
    }
}

fn waiting_row(texts: &Texts, waiting: &WaitingScreen, now: Moment) -> WaitingRow {
    WaitingRow {
        code: waiting.code.to_text(),
        device: write_device(texts, &waiting.device),
        address: waiting.address.to_string(),
        asked: texts.age(moment::millis_between(waiting.asked_at, now.wall)),
    }
}
