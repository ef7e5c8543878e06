//! Turns a rule off and on, from its row.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use wallboard_access::Right;

use crate::web::{
    WebError, WebState,
    access::editing::EditForm,
    pages::settings::{begin_form, save_form},
    parts::page_header::TranslatedHeader,
};

use super::rule_fields::RuleFields;

#[derive(Deserialize)]
pub(super) struct SwitchFields {
    #[serde(default)]
    name: String,
    /// `on` or `off`.
    #[serde(default)]
    turn: String,
}

pub(super) async fn turn_rule(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<SwitchFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let plan = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?.plan();
    let rule = plan.rules.iter().find(|rule| rule.name == fields.name);
    let mut rule = rule.ok_or(WebError::InvalidForm)?.clone();
    if rule.watches_agents() && !header.visitor().has(Right::PersonalData) {
        return Err(WebError::Forbidden);
    }
    let (is_enabled, done) = match fields.turn.as_str() {
        "on" => (true, "rule-on"),
        "off" => (false, "rule-off"),
        _ => return Err(WebError::InvalidForm),
    };
    rule.is_enabled = is_enabled;
    let rule = RuleFields::of_rule(&rule);
    let id = rule.entry();
    let mut began_from = match begin_form(&editing, &id)? {
        Ok(began_from) => began_from,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let toml = Some(rule.write());
    let saving = save_form(header.texts, &web, &editing, id, toml, &mut began_from);
    let done = match saving.await? {
        Ok(()) => done,
        // Somebody else has just changed it, or it has a fault: its row and its form say what it is now.
        Err(_) => "rule-unchanged",
    };
    Ok(Redirect::to(&format!("/alerts?done={done}")).into_response())
}
