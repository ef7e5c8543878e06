//! A test message to a channel, from the page.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use wallboard_access::AuditAction;

use crate::{
    alerts::send_test,
    web::{
        WebError, WebState,
        access::{
            editing::{Acting, EditForm},
            visible_state::VisibleState,
        },
        parts::page_header::TranslatedHeader,
    },
};

use super::build_page;

#[derive(Deserialize)]
pub(super) struct TestFields {
    #[serde(default)]
    channel: String,
}

/// Sends a test message, and shows the answer.
pub(super) async fn test_channel(
    State(web): State<WebState>,
    VisibleState(visible): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<TestFields, Acting>,
) -> Result<Response, WebError> {
    let alerts = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?;
    let plan = alerts.plan();
    let name = form.fields.channel;
    let channel = plan.channels.iter().find(|channel| channel.name == name);
    let channel = channel.ok_or(WebError::InvalidForm)?;
    let site = (web.live).read_snapshot(|snapshot, _| Arc::clone(&snapshot.site));
    let sent = send_test(channel, &site, plan.public_url.as_deref()).await;
    let actor = form.editing.actor;
    (alerts.audit())
        .record(&actor, AuditAction::TestedChannel, &name)
        .await;
    let mut page = build_page(&visible, &header)?;
    match sent {
        Ok(accepted) => {
            let millis = accepted.took.as_millis().to_string();
            page.done = (header.texts).test_accepted(name, accepted.answer.as_str(), millis);
        }
        Err(error) => page.error = format!("{name}: {error}"),
    }
    Ok(Html(page.render()?).into_response())
}
