//! Actions on an alert, from the page.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use wallboard_alerts::{ActionFault, AlertAction, AlertId};

use crate::{
    alerts::AlertError,
    web::{
        WebError, WebState,
        access::editing::{Acting, EditForm},
        parts::alert_scope::{may_see_alert, visible_live},
    },
};

/// Minutes; longer would be forgotten.
const SNOOZE_MAX: i64 = 24 * 60;

#[derive(Deserialize)]
pub(super) struct ActionFields {
    #[serde(default)]
    id: String,
    /// `take`, `release`, `snooze`, `note` or `close`
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
    let id = AlertId(id);
    let now = Timestamp::now();
    let subject = visible_live(&web, &visitor).read_snapshot(|snapshot, _| {
        alerts.read(|book| {
            let alert = book.find(id);
            let seen = alert.filter(|alert| may_see_alert(snapshot, &visitor, alert));
            seen.map(|alert| alert.subject.clone())
        })
    });
    let Some(subject) = subject else {
        return Ok(Redirect::to("/alerts?done=over").into_response());
    };
    let action = fields.action(now).ok_or(WebError::InvalidForm)?;
    let subject = subject.to_string();
    let done = match alerts.act(id, &action, &actor, &subject, now).await {
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

impl ActionFields {
    fn action(&self, now: Timestamp) -> Option<AlertAction> {
        Some(match self.act.as_str() {
            "take" => AlertAction::Take,
            "release" => AlertAction::Release,
            "note" => AlertAction::Note(self.text.clone()),
            "close" => AlertAction::Close,
            "snooze" => {
                let minutes: i64 = self.minutes.parse().ok()?;
                if !(1..=SNOOZE_MAX).contains(&minutes) {
                    return None;
                }
                AlertAction::Snooze(now.checked_add(SignedDuration::from_mins(minutes)).ok()?)
            }
            _ => return None,
        })
    }
}
