//! Actions on an alert, from the page.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use wallboard_alerts::{ActionFault, AlertAction, AlertId};

use crate::{
    alerts::AlertError,
    web::{
        WebError, WebState,
        access::editing::{Acting, EditForm},
        parts::alert_action::{AlertAct, act_on_alert},
    },
};

#[derive(Deserialize)]
pub(super) struct ActionFields {
    #[serde(default)]
    id: String,
    /// An [`AlertAct`].
    #[serde(default)]
    act: String,
    /// Of a note.
    #[serde(default)]
    text: String,
    /// Of a snooze.
    #[serde(default)]
    minutes: String,
}

pub(super) async fn act(
    State(web): State<WebState>,
    form: EditForm<ActionFields, Acting>,
) -> Result<Response, WebError> {
    let alerts = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?;
    let (Acting { visitor, actor }, fields) = (form.editing, form.fields);
    let id = fields.id.parse().map_err(|_| WebError::InvalidForm)?;
    let now = Timestamp::now();
    let act: Option<AlertAct> = fields.act.parse().ok();
    let minutes = fields.minutes.parse().ok();
    let action = act.and_then(|act| act.action(&fields.text, minutes, now));
    let action = action.ok_or(WebError::InvalidForm)?;
    let acting = act_on_alert(&web, alerts, &visitor, &actor, AlertId(id), &action, now);
    let done = match acting.await {
        Ok(()) => match action {
            AlertAction::Take => "taken",
            AlertAction::Release => "released",
            AlertAction::Snooze(_) => "snoozed",
            AlertAction::Note(_) => "noted",
            AlertAction::Close => "closed",
        },
        Err(AlertError::Fault(ActionFault::NotOpen)) => "over",
        Err(AlertError::Fault(ActionFault::EmptyNote)) => "empty-note",
        Err(AlertError::Fault(ActionFault::NoteTooLong { .. })) => "long-note",
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/alerts?done={done}")).into_response())
}
