//! `/announcements`: what boards say, made and ended by supervisors.

mod form;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use crate::{
    announcements::{AnnouncementError, Announcements, KeptAnnouncement, TEXT_LENGTH_MAX},
    web::{
        WebError, WebState,
        access::{
            editing::{Acting, EditForm},
            visitor::Visitor,
        },
        parts::{announcement_scope::may_end, page_header::PageHeader},
        server::assets,
    },
};
use wallboard_boards::format;
use wallboard_domain::AnnouncementKind;
use wallboard_store::RecordId;

use form::{AnnouncementFields, STARTS, field_of};

/// How many that are over are listed.
const OVER_MAX: usize = 20;

#[derive(Template)]
#[template(path = "announcements.html")]
struct AnnouncementsPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    /// The notice about a change just made.
    done: &'static str,
    error: String,
    fields: AnnouncementFields,
    boards: Vec<BoardBox>,
    /// Whether some of them are chosen.
    is_limited: bool,
    shown: Vec<AnnouncementRow>,
    over: Vec<AnnouncementRow>,
}

/// The checkbox of a board.
struct BoardBox {
    field: String,
    title: String,
    is_chosen: bool,
}

/// An announcement in a list.
struct AnnouncementRow {
    id: String,
    text: String,
    kind: &'static str,
    /// "All boards", or their titles.
    boards: String,
    /// "13:40–15:00"
    times: String,
    by: String,
    /// Empty unless somebody ended it early.
    ended_by: String,
    may_end: bool,
}

#[derive(Deserialize)]
struct EndedAnnouncement {
    id: String,
}

#[derive(Deserialize)]
struct AnnouncementsQuery {
    done: Option<String>,
    start: Option<String>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/announcements", get(show_announcements).post(announce))
        .route("/announcements/end", post(end))
}

async fn show_announcements(
    State(web): State<WebState>,
    acting: Acting,
    header: PageHeader,
    Query(query): Query<AnnouncementsQuery>,
) -> Result<Response, WebError> {
    let done = match query.done.as_deref() {
        Some("shown") => "The boards show it now.",
        Some("ended") => "The boards no longer show it.",
        _ => "",
    };
    let fields = AnnouncementFields::start_from(query.start.as_deref(), announcements_of(&web)?);
    let page = build_page(&web, &acting.visitor, header, fields)?;
    Ok(Html(AnnouncementsPage { done, ..page }.render()?).into_response())
}

async fn announce(
    State(web): State<WebState>,
    header: PageHeader,
    form: EditForm<AnnouncementFields, Acting>,
) -> Result<Response, WebError> {
    let (Acting { visitor, actor }, fields) = (form.editing, form.fields);
    let now = Timestamp::now();
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let choice = fields.read(&web, &visitor, now, &zone);
    let choice = choice.ok_or(WebError::InvalidForm)?;
    let error = match announcements_of(&web)?.announce(choice, &actor, now).await {
        Ok(_) => return Ok(Redirect::to("/announcements?done=shown").into_response()),
        Err(AnnouncementError::Choice(fault)) => fault.to_string(),
        Err(error @ AnnouncementError::TooMany) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    let page = build_page(&web, &visitor, header, fields)?;
    let page = Html(AnnouncementsPage { error, ..page }.render()?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn end(
    State(web): State<WebState>,
    form: EditForm<EndedAnnouncement, Acting>,
) -> Result<Response, WebError> {
    let announcements = announcements_of(&web)?;
    let id = RecordId::parse(&form.fields.id).ok_or(WebError::InvalidForm)?;
    let kept = announcements.find(&id).ok_or(WebError::NoSuchPage)?;
    if !may_end(&web, &form.editing.visitor, &kept) {
        return Err(WebError::Forbidden);
    }
    (announcements.end(&id, &form.editing.actor, Timestamp::now())).await?;
    Ok(Redirect::to("/announcements?done=ended").into_response())
}

fn announcements_of(web: &WebState) -> Result<&Announcements, WebError> {
    web.announcements.as_ref().ok_or(WebError::NoSuchPage)
}

fn build_page(
    web: &WebState,
    visitor: &Visitor,
    header: PageHeader,
    fields: AnnouncementFields,
) -> Result<AnnouncementsPage, WebError> {
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let now = Timestamp::now();
    let row = |kept: &KeptAnnouncement| AnnouncementRow::new(web, visitor, kept, now, &zone);
    let all = announcements_of(web)?.list();
    let (over, shown): (Vec<_>, Vec<_>) = all.iter().partition(|kept| kept.is_over(now));
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| visitor.may_see(board));
    let boards = boards.map(|board| BoardBox {
        field: field_of(&board.id),
        title: board.title.clone(),
        is_chosen: fields.is_chosen(&board.id),
    });
    let boards: Vec<_> = boards.collect();
    Ok(AnnouncementsPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        done: "",
        error: String::new(),
        is_limited: boards.iter().any(|board| board.is_chosen),
        boards,
        fields,
        shown: shown.into_iter().map(|kept| row(kept)).collect(),
        over: (over.into_iter().take(OVER_MAX))
            .map(|kept| row(kept))
            .collect(),
    })
}

impl AnnouncementRow {
    fn new(
        web: &WebState,
        visitor: &Visitor,
        kept: &KeptAnnouncement,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let announcement = &kept.announcement;
        let title = |id: &String| {
            let board = web.boards.find_board(id);
            let board = board.filter(|board| visitor.may_see(board));
            board.map(|board| board.title.clone())
        };
        let boards = match &announcement.boards {
            None => "All boards".to_owned(),
            Some(ids) => ids.iter().filter_map(title).collect::<Vec<_>>().join(", "),
        };
        Self {
            id: kept.id.to_string(),
            text: announcement.text.clone(),
            kind: match announcement.kind {
                AnnouncementKind::Info => "Info",
                AnnouncementKind::Important => "Important",
                AnnouncementKind::Emergency => "Emergency",
            },
            boards,
            times: format!(
                "{} to {}",
                format::time_or_day(announcement.from, now, zone),
                format::time_or_day(announcement.until, now, zone)
            ),
            by: announcement.by.clone(),
            ended_by: kept.ended_by.clone().unwrap_or_default(),
            may_end: may_end(web, visitor, kept),
        }
    }
}
