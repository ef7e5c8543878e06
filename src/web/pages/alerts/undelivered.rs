//! Sends a message that no channel accepted again, or drops it.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use wallboard_notify::MessageId;

use crate::{
    alerts::{UndeliveredError, alert_of_message},
    web::{
        WebError, WebState,
        access::editing::{Acting, EditForm},
        parts::alert_scope::visible_live,
    },
};

use super::undelivered_row::may_see_letter;

#[derive(Deserialize)]
pub(super) struct UndeliveredFields {
    #[serde(default)]
    id: String,
    /// `send` or `drop`.
    #[serde(default)]
    act: String,
}

pub(super) async fn act_on_message(
    State(web): State<WebState>,
    form: EditForm<UndeliveredFields, Acting>,
) -> Result<Response, WebError> {
    let alerts = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?;
    let (Acting { visitor, actor }, fields) = (form.editing, form.fields);
    let id = MessageId(fields.id);
    let subject = visible_live(&web, &visitor).read_snapshot(|snapshot, _| {
        alerts.read_all(|book, outbox| {
            let mut letters = outbox.dead_letters();
            let letter = letters.find(|letter| letter.id == id)?;
            may_see_letter(snapshot, &visitor, book, letter).then(|| {
                // Its headline may name an agent; the trail doesn't.
                match alert_of_message(book, &letter.message) {
                    Some(alert) => format!("{}: {}", letter.channel, alert.subject),
                    None => format!("{}: {id}", letter.channel),
                }
            })
        })
    });
    let Some(subject) = subject else {
        return Ok(Redirect::to("/alerts?done=message-gone").into_response());
    };
    let (done, outcome) = match fields.act.as_str() {
        "send" => {
            let sent = alerts.resend(&id, &actor, &subject, Timestamp::now());
            ("resent", sent.await)
        }
        "drop" => {
            let dropped = alerts.drop_undelivered(&id, &actor, &subject);
            ("dropped", dropped.await)
        }
        _ => return Err(WebError::InvalidForm),
    };
    let done = match outcome {
        Ok(()) => done,
        Err(UndeliveredError::NotFound) => "message-gone",
        Err(UndeliveredError::Superseded) => "superseded",
        Err(UndeliveredError::Alerts(error)) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/alerts?done={done}")).into_response())
}
