//! `/api/v1/announcements`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderName, StatusCode, header},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use wallboard_access::WriteRight;
use wallboard_domain::AnnouncementKind;
use wallboard_store::RecordId;

use super::{
    json::Time,
    problem::{Failed, NoParameters, NotFound, Problem},
    word_schemas::one_of_words,
    writing::{Body, writer},
};
use crate::{
    announcements::{AnnouncementChoice, AnnouncementError, Announcements, KeptAnnouncement},
    web::{
        WebState,
        access::{sign_in::ClientAddress, visitor::Visitor},
        parts::announcement_scope::{choose_places, may_end, visible_screens},
    },
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Announcements)]
pub(super) struct AnnouncementsJson {
    announcements: Vec<AnnouncementJson>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Announcement)]
pub(super) struct AnnouncementJson {
    id: String,
    text: String,
    /// An emergency takes the whole board.
    #[schema(schema_with = one_of_words::<AnnouncementKind>)]
    kind: &'static str,
    /// IDs of the boards that show it, as far as they may be seen; `null`: all.
    #[schema(required = true)]
    boards: Option<Vec<String>>,
    /// The names of paired screens that show it over any board, as far as they may be seen.
    screens: Vec<String>,
    from: Time,
    until: Time,
    /// Empty with open access.
    by: String,
    /// The name of who ended it early.
    #[schema(required = true)]
    ended_by: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnnouncement {
    #[schema(max_length = 90)]
    text: String,
    #[serde(default)]
    #[schema(schema_with = one_of_words::<AnnouncementKind>, required = false)]
    kind: AnnouncementKind,
    /// IDs of the boards that show it; without any, and without `screens`, all that the token may see.
    #[serde(default)]
    boards: Vec<String>,
    /// The names of paired screens that show it over any board.
    #[serde(default)]
    screens: Vec<String>,
    /// When boards begin to show it; without it, now.
    #[serde(default)]
    #[schema(value_type = Option<Time>)]
    from: Option<Timestamp>,
    /// Within a week.
    #[schema(value_type = Time)]
    until: Timestamp,
}

/// Announcements of now and before, the newest first
#[utoipa::path(
    get,
    path = "/announcements",
    operation_id = "announcements",
    tag = "announcements",
    responses((status = OK, description = "The announcements", body = AnnouncementsJson), Problem)
)]
pub(super) async fn list(
    State(web): State<WebState>,
    visitor: Visitor,
    _: NoParameters,
) -> Json<AnnouncementsJson> {
    let all = web.announcements.as_ref().map(Announcements::list);
    let all = all.unwrap_or_default();
    let announcements = all
        .iter()
        .map(|kept| announcement_json(&web, &visitor, kept));
    Json(AnnouncementsJson {
        announcements: announcements.collect(),
    })
}

/// Say something on the boards
///
/// With a token that may change announcements.
#[utoipa::path(
    post,
    path = "/announcements",
    operation_id = "announce",
    tag = "announcements",
    request_body = NewAnnouncement,
    responses(
        (
            status = CREATED,
            description = "The announcement",
            body = AnnouncementJson,
            headers(("Location" = String, description = "Its address, to end it"))
        ),
        Problem,
        Failed
    )
)]
pub(super) async fn announce(
    State(web): State<WebState>,
    visitor: Visitor,
    address: ClientAddress,
    Body(new): Body<NewAnnouncement>,
) -> Result<
    (
        StatusCode,
        [(HeaderName, String); 1],
        Json<AnnouncementJson>,
    ),
    Problem,
> {
    let actor = writer(&web, &visitor, address, WriteRight::Announcements)?;
    let announcements = web.announcements.as_ref().ok_or_else(none_here)?;
    let places = choose_places(&web, &visitor, new.boards, new.screens);
    let places = places.map_err(|unknown| {
        Problem::bad_request(&format!("there is no board or screen `{unknown}`"))
    })?;
    let choice = AnnouncementChoice {
        text: new.text,
        kind: new.kind,
        boards: places.boards,
        screens: places.screens,
        from: new.from,
        until: new.until,
    };
    let made = announcements.announce(choice, &actor, Timestamp::now());
    let made = made.await.map_err(|error| refuse(&error))?;
    let location = format!("/api/v1/announcements/{}", made.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(announcement_json(&web, &visitor, &made)),
    ))
}

/// End an announcement now
///
/// With a token that may change announcements, on all boards that show it.
#[utoipa::path(
    delete,
    path = "/announcements/{id}",
    operation_id = "end_announcement",
    tag = "announcements",
    params(("id" = String, Path, description = "The announcement's ID")),
    responses((status = NO_CONTENT, description = "It is over"), Problem, NotFound, Failed)
)]
pub(super) async fn end(
    State(web): State<WebState>,
    visitor: Visitor,
    address: ClientAddress,
    path: Result<Path<String>, PathRejection>,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    let Path(id) = path?;
    let actor = writer(&web, &visitor, address, WriteRight::Announcements)?;
    let announcements = web.announcements.as_ref().ok_or_else(none_here)?;
    let id = RecordId::parse(&id).ok_or_else(none_here)?;
    let kept = announcements.find(&id).ok_or_else(none_here)?;
    if !may_end(&web, &visitor, &kept) {
        let why = "a board that isn't the token's to see shows it too";
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    let ended = announcements.end(&id, &actor, Timestamp::now()).await;
    ended.map_err(|error| refuse(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn none_here() -> Problem {
    Problem::not_found("no such announcement")
}

fn refuse(error: &AnnouncementError) -> Problem {
    match error {
        AnnouncementError::Choice(_) | AnnouncementError::TooMany => {
            Problem::bad_request(&error.to_string())
        }
        AnnouncementError::NotFound => none_here(),
        AnnouncementError::Document(_) | AnnouncementError::Records(_) => {
            Problem::write_failure(error)
        }
    }
}

fn announcement_json(
    web: &WebState,
    visitor: &Visitor,
    kept: &Arc<KeptAnnouncement>,
) -> AnnouncementJson {
    let announcement = &kept.announcement;
    let is_seen = |id: &&String| {
        let board = web.boards.find_board(id);
        board.is_some_and(|board| visitor.may_see(&board))
    };
    let boards = announcement.boards.as_ref();
    let visible = visible_screens(web, visitor);
    let screens = announcement.screens.iter();
    AnnouncementJson {
        id: kept.id.to_string(),
        text: announcement.text.clone(),
        kind: announcement.kind.into_str(),
        boards: boards.map(|ids| ids.iter().filter(is_seen).cloned().collect()),
        screens: screens
            .filter(|name| visible.contains(name))
            .cloned()
            .collect(),
        from: announcement.from.into(),
        until: announcement.until.into(),
        by: announcement.by.clone(),
        ended_by: kept.ended_by.clone(),
    }
}
