//! `POST /api/v1/alerts/{id}/{action}`.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use wallboard_access::WriteRight;
use wallboard_alerts::{ActionFault, AlertId};

use super::{
    alerts::{AlertJson, alert_json},
    problem::{Failed, NotFound, Problem},
    word_schemas::{one_of_words, parse_word},
    writing::{Body, writer},
};
use crate::{
    alerts::AlertError,
    web::{
        WebState,
        access::{sign_in::ClientAddress, visitor::Visitor},
        parts::{
            alert_action::{AlertAct, act_on_alert},
            alert_scope::visible_live,
        },
    },
};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ActionPath {
    /// The alert's ID.
    id: String,
    #[param(schema_with = one_of_words::<AlertAct>)]
    action: String,
}

/// More about an action
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AlertAction)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionBody {
    /// Of a note: at most 500 characters.
    #[serde(default)]
    text: Option<String>,
    /// Of a snooze.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<i64>,
}

/// Act on an open alert
///
/// With a token that may change alerts, which acts by its name. The alert is answered as it is then.
#[utoipa::path(
    post,
    path = "/alerts/{id}/{action}",
    operation_id = "act_on_alert",
    tag = "alerts",
    params(ActionPath),
    request_body = ActionBody,
    responses(
        (status = OK, description = "The alert", body = AlertJson),
        Problem,
        NotFound,
        Failed
    )
)]
pub(super) async fn act(
    State(web): State<WebState>,
    visitor: Visitor,
    address: ClientAddress,
    path: Result<Path<ActionPath>, PathRejection>,
    Body(body): Body<ActionBody>,
) -> Result<Json<AlertJson>, Problem> {
    let Path(ActionPath { id, action }) = path?;
    let actor = writer(&web, &visitor, address, WriteRight::Alerts)?;
    let not_open = || Problem::not_found("no such alert is open");
    let alerts = web.alerts.as_ref().ok_or_else(not_open)?;
    let id = AlertId(Uuid::parse_str(&id).map_err(|_| not_open())?);
    let act = parse_word::<AlertAct>("the action", Some(&action))?;
    let now = Timestamp::now();
    let text = body.text.unwrap_or_default();
    let action = act.and_then(|act| act.action(&text, body.minutes, now));
    let action =
        action.ok_or_else(|| Problem::bad_request("a snooze has minutes, from 1 to 1440"))?;
    let acting = act_on_alert(&web, alerts, &visitor, &actor, id, &action, now);
    acting.await.map_err(|error| match error {
        AlertError::Fault(ActionFault::NotOpen) => not_open(),
        AlertError::Fault(ActionFault::EmptyNote) => Problem::bad_request("a note has a text"),
        AlertError::Fault(ActionFault::NoteTooLong { max }) => {
            Problem::bad_request(&format!("a note has at most {max} characters"))
        }
        error @ (AlertError::Document(_) | AlertError::Records(_)) => {
            Problem::write_failure(&error)
        }
    })?;
    let found = visible_live(&web, &visitor).read_snapshot(|snapshot, now| {
        alerts.read(|book| {
            let alert = book.find(id);
            alert.map(|alert| alert_json(snapshot, book, alert, now))
        })
    });
    found.map(Json).ok_or_else(not_open)
}
