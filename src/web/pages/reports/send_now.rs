//! Sends a report at once, and shows the mail server's answer.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use crate::web::{
    WebError, WebState,
    access::editing::{Acting, EditForm},
    parts::page_header::TranslatedHeader,
};

use super::{build_page, compose_report, reports_of};

#[derive(Deserialize)]
pub(super) struct SendFields {
    #[serde(default)]
    name: String,
}

pub(super) async fn send_now(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<SendFields, Acting>,
) -> Result<Response, WebError> {
    let reports = reports_of(&web)?;
    let plans = reports.list();
    let name = form.fields.name;
    let plan = plans.iter().find(|plan| plan.name == name);
    let plan = plan.ok_or(WebError::InvalidForm)?;
    let public_url = reports.public_url();
    let outcome = match Box::pin(compose_report(&web, plan, None, public_url.as_deref())).await {
        Ok(document) => {
            let sending = reports.send_now(plan, &document, &form.editing.actor);
            let sent = Box::pin(sending).await?;
            sent.map_err(|error| error.to_string())
        }
        Err(why) => Err(why),
    };
    let texts = header.texts;
    let mut page = build_page(&web, header)?;
    match outcome {
        Ok(answer) => page.done = texts.report_accepted(name, answer),
        Err(why) => page.error = texts.report_refused(name, why),
    }
    Ok(Html(page.render()?).into_response())
}
