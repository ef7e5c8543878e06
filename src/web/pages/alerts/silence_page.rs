//! `/alerts/silence`: silences alerts for a time, and ends that.

use askama::Template;
use axum::{
    extract::Query,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use wallboard_access::Right;
use wallboard_alerts::{
    AlertRule, SILENCE_DAYS_MAX, SILENCE_REASON_MAX, SILENCES_MAX, SilenceFault, SilenceId,
};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    alerts::{SilenceChoice, SilenceError},
    web::{
        WebError, WebState,
        access::{
            editing::{Acting, EditForm},
            visible_state::VisibleState,
            visitor::Visitor,
        },
        parts::{
            alert_silence::{SilenceTarget, find_seen_silence},
            announcement_scope::visible_screens,
            page_header::{PageHeader, TranslatedHeader},
        },
        server::assets,
    },
};

use super::silence_fields::SilenceFields;

#[derive(Template)]
#[template(path = "alert_silence.html")]
struct SilencePage {
    build: &'static str,
    header: PageHeader,
    form: String,
    fields: SilenceFields,
    /// Why it wasn't begun; empty before.
    error: String,
    /// The alerts that may be silenced, by kind.
    choices: Vec<SilenceChoices>,
}

struct SilenceChoices {
    /// Empty: without a heading.
    label: &'static str,
    /// Values of [`SilenceTarget`], and names.
    options: Vec<(String, String)>,
}

#[derive(Deserialize)]
pub(super) struct SilenceQuery {
    #[serde(default)]
    what: String,
}

#[derive(Deserialize)]
pub(super) struct EndedSilence {
    id: String,
}

pub(super) async fn show_form(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    acting: Acting,
    Query(SilenceQuery { what }): Query<SilenceQuery>,
) -> Result<Response, WebError> {
    let fields = SilenceFields::start_from(&what);
    let page = build_page(&web, &acting.visitor, header, fields)?;
    Ok(Html(page.render()?).into_response())
}

pub(super) async fn begin_silence(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<SilenceFields, Acting>,
) -> Result<Response, WebError> {
    let alerts = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?;
    let (Acting { visitor, actor }, fields) = (form.editing, form.fields);
    let now = Timestamp::now();
    let plan = alerts.plan();
    let target: SilenceTarget = fields.what.parse().map_err(|_| WebError::InvalidForm)?;
    let found = target.find(&web.live, &plan.rules, &visitor, &actor.name);
    let (scope, name) = found.ok_or(WebError::InvalidForm)?;
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let texts = header.texts;
    let times = fields.begin(texts, &zone).and_then(|from| {
        let until = fields.end(texts, from.unwrap_or(now), &zone)?;
        Ok((from, until))
    });
    let error = match times {
        Err(error) => error.to_owned(),
        Ok((from, until)) => {
            let choice = SilenceChoice {
                scope,
                from,
                until,
                reason: fields.reason.clone(),
            };
            match alerts.silence(choice, &actor, &name, now).await {
                Ok(_) => return Ok(Redirect::to("/alerts?done=silenced").into_response()),
                Err(SilenceError::Fault(fault)) => explain_fault(texts, fault),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let page = SilencePage {
        error,
        ..build_page(&web, &visitor, header, fields)?
    };
    let page = Html(page.render()?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn end_silence(
    VisibleState(web): VisibleState,
    form: EditForm<EndedSilence, Acting>,
) -> Result<Response, WebError> {
    let alerts = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?;
    let (Acting { visitor, actor }, fields) = (form.editing, form.fields);
    let id = SilenceId(fields.id.parse().map_err(|_| WebError::InvalidForm)?);
    let done = match find_seen_silence(&web.live, alerts, &visitor, id) {
        None => "unsilenced",
        Some(seen) if !seen.may_end => return Err(WebError::Forbidden),
        Some(seen) => {
            let ended = alerts.end_silence(id, &actor, &seen.name, Timestamp::now());
            match ended.await {
                Ok(()) | Err(SilenceError::Fault(SilenceFault::NotFound)) => "unsilenced",
                Err(error) => return Err(error.into()),
            }
        }
    };
    Ok(Redirect::to(&format!("/alerts?done={done}")).into_response())
}

impl SilencePage {
    /// Values of the end, with their names.
    fn ends(&self) -> [(&'static str, &'static str); 4] {
        let texts = self.header.texts;
        [
            ("30m", texts.later_half_hour()),
            ("1h", texts.later_hour()),
            ("4h", texts.later_four_hours()),
            ("day", texts.ends_at_midnight()),
        ]
    }
}

/// The API says the same in English.
fn explain_fault(texts: &Texts, fault: SilenceFault) -> String {
    match fault {
        SilenceFault::NoReason => texts.silence_no_reason().to_owned(),
        SilenceFault::ReasonTooLong => texts.silence_reason_too_long(SILENCE_REASON_MAX),
        SilenceFault::Over => texts.silence_over().to_owned(),
        SilenceFault::TooLong => texts.silence_too_long(SILENCE_DAYS_MAX),
        SilenceFault::TooMany => texts.silences_too_many(SILENCES_MAX),
        SilenceFault::NotFound => texts.silence_is_over().to_owned(),
    }
}

fn build_page(
    web: &WebState,
    visitor: &Visitor,
    header: PageHeader,
    fields: SilenceFields,
) -> Result<SilencePage, WebError> {
    let plan = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?.plan();
    let screens = visible_screens(web, visitor);
    let choices = (web.live).read_snapshot(|snapshot, _| {
        list_choices(header.texts, snapshot, &plan.rules, visitor, screens)
    });
    Ok(SilencePage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        fields,
        error: String::new(),
        choices,
    })
}

/// Everything, then each by name.
fn list_choices(
    texts: &'static Texts,
    snapshot: &Snapshot,
    rules: &[AlertRule],
    visitor: &Visitor,
    screens: Vec<String>,
) -> Vec<SilenceChoices> {
    let sees_all = visitor.has(Right::WholeSite);
    let everything = if sees_all {
        texts.silence_everything()
    } else {
        texts.all_your_queues()
    };
    let queues = snapshot.visible_queues().map(|queue| {
        let is_group = snapshot.site.groups.iter().any(|one| one.id == queue.id);
        let option = (format!("queue {}", queue.id), snapshot.queue_name(queue));
        (is_group, option)
    });
    let (groups, queues): (Vec<_>, Vec<_>) = queues.partition(|(is_group, _)| *is_group);
    let options = |found: Vec<(bool, (String, String))>| {
        let options = found.into_iter().map(|(_, option)| option);
        options.collect()
    };
    let is_watched = |name: &String| {
        let target = SilenceTarget::Screen(name.clone());
        target.find_scope(snapshot, rules, visitor).is_some()
    };
    let screens = screens.into_iter().filter(is_watched);
    let screens = screens.map(|name| (format!("screen {name}"), name));
    let screens = screens.collect();
    let rules = rules.iter().filter(|_| sees_all);
    let sources = snapshot.sources.keys().filter(|_| sees_all);
    let mut choices = vec![
        SilenceChoices {
            label: "",
            options: vec![("all".to_owned(), everything.to_owned())],
        },
        SilenceChoices {
            label: texts.queues_region(),
            options: options(queues),
        },
        SilenceChoices {
            label: texts.groups_with_queues(),
            options: options(groups),
        },
        SilenceChoices {
            label: texts.sources_with_queues(),
            options: sources
                .map(|id| (format!("source {id}"), snapshot.site.source_name(id)))
                .collect(),
        },
        SilenceChoices {
            label: texts.screens_heading(),
            options: screens,
        },
        SilenceChoices {
            label: texts.rules_heading(),
            options: rules
                .map(|rule| (format!("rule {}", rule.name), rule.name.clone()))
                .collect(),
        },
    ];
    choices.retain(|choice| !choice.options.is_empty());
    for choice in &mut choices {
        choice.options.sort_by(|a, b| a.1.cmp(&b.1));
    }
    choices
}
