//! `/api/v1/silences`.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
    http::{HeaderName, StatusCode, header},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use wallboard_access::WriteRight;
use wallboard_alerts::{AlertSilence, AlertSubject, SilenceFault, SilenceId, SilenceScope};
use wallboard_texts::Texts;

use super::{
    json::Time,
    problem::{Failed, NoParameters, NotFound, Problem},
    writing::{Body, writer},
};
use crate::{
    alerts::{SilenceChoice, SilenceError, silence_name},
    web::{
        access::{sign_in::ClientAddress, visible_state::VisibleState, visitor::Visitor},
        parts::alert_silence::{SilenceTarget, find_seen_silence, may_see_silence},
    },
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Silences {
    silences: Vec<SilenceJson>,
}

/// A time in which nobody is told of some alerts
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Silence)]
pub(super) struct SilenceJson {
    id: String,
    /// The alerts in words.
    #[schema(example = "Billing")]
    name: String,
    /// ID of the queue, or of the group with its queues. Without `queue`, `source` and `rule`, it is everything that
    /// the author may see.
    #[schema(required = true)]
    queue: Option<String>,
    /// ID of the source, silenced with its queues.
    #[schema(required = true)]
    source: Option<String>,
    #[schema(required = true)]
    rule: Option<String>,
    from: Time,
    until: Time,
    reason: String,
    /// Empty with open access.
    by: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSilence {
    /// ID of a queue, or of a group. Without `queue`, `source` and `rule`, everything that the token may see.
    #[serde(default)]
    queue: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    rule: Option<String>,
    /// By default now.
    #[serde(default)]
    #[schema(value_type = Option<Time>)]
    from: Option<Timestamp>,
    /// Within 31 days.
    #[schema(value_type = Time)]
    until: Timestamp,
    #[schema(max_length = 200)]
    reason: String,
}

/// Silences of now and later, the oldest first
#[utoipa::path(
    get,
    path = "/silences",
    operation_id = "silences",
    tag = "alerts",
    responses((status = OK, description = "The silences", body = Silences), Problem)
)]
pub(super) async fn list(
    VisibleState(web): VisibleState,
    visitor: Visitor,
    _: NoParameters,
) -> Json<Silences> {
    let Some(alerts) = &web.alerts else {
        return Json(Silences {
            silences: Vec::new(),
        });
    };
    let plan = alerts.plan();
    let silences = web.live.read_snapshot(|snapshot, now| {
        alerts.read(|book| {
            let current = book.silences().iter().filter(|silence| {
                !silence.is_over(now.wall)
                    && may_see_silence(snapshot, &plan.rules, &visitor, silence)
            });
            let named = current.map(|silence| {
                let name = silence_name(Texts::english(), snapshot, &silence.scope, &silence.by);
                silence_json(name, silence)
            });
            named.collect()
        })
    });
    Json(Silences { silences })
}

/// Silence alerts for a time
///
/// With a token that may change alerts. Until it ends, no message is sent and no alert opens.
#[utoipa::path(
    post,
    path = "/silences",
    operation_id = "silence",
    tag = "alerts",
    request_body = NewSilence,
    responses(
        (
            status = CREATED,
            description = "The silence",
            body = SilenceJson,
            headers(("Location" = String, description = "Its address, to end it"))
        ),
        Problem,
        Failed
    )
)]
pub(super) async fn begin(
    VisibleState(web): VisibleState,
    visitor: Visitor,
    address: ClientAddress,
    Body(new): Body<NewSilence>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<SilenceJson>), Problem> {
    let actor = writer(&web, &visitor, address, WriteRight::Alerts)?;
    let alerts = web.alerts.as_ref().ok_or_else(none_here)?;
    let target = match (new.queue, new.source, new.rule) {
        (None, None, None) => SilenceTarget::All,
        (Some(id), None, None) => SilenceTarget::Queue(id),
        (None, Some(id), None) => SilenceTarget::Source(id),
        (None, None, Some(name)) => SilenceTarget::Rule(name),
        _ => {
            let why = "a silence has a queue, a source or a rule, or none of them";
            return Err(Problem::bad_request(why));
        }
    };
    let plan = alerts.plan();
    let found = target.find(&web.live, &plan.rules, &visitor, &actor.name);
    let (scope, name) =
        found.ok_or_else(|| Problem::bad_request("there is no such queue, source or rule"))?;
    let choice = SilenceChoice {
        scope,
        from: new.from,
        until: new.until,
        reason: new.reason,
    };
    let begun = alerts
        .silence(choice, &actor, &name, Timestamp::now())
        .await;
    let id = begun.map_err(|error| refuse(&error))?;
    let made = alerts.read(|book| {
        let silence = book.find_silence(id);
        silence.map(|silence| silence_json(name, silence))
    });
    let location = format!("/api/v1/silences/{}", id.0.simple());
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(made.ok_or_else(none_here)?),
    ))
}

/// End a silence now
///
/// With a token that may change alerts.
#[utoipa::path(
    delete,
    path = "/silences/{id}",
    operation_id = "end_silence",
    tag = "alerts",
    params(("id" = String, Path, description = "The silence's ID")),
    responses((status = NO_CONTENT, description = "It is over"), Problem, NotFound, Failed)
)]
pub(super) async fn end(
    VisibleState(web): VisibleState,
    visitor: Visitor,
    address: ClientAddress,
    path: Result<Path<String>, PathRejection>,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    let Path(id) = path?;
    let actor = writer(&web, &visitor, address, WriteRight::Alerts)?;
    let alerts = web.alerts.as_ref().ok_or_else(none_here)?;
    let id = SilenceId(Uuid::parse_str(&id).map_err(|_| none_here())?);
    let seen = find_seen_silence(&web.live, alerts, &visitor, id).ok_or_else(none_here)?;
    if !seen.may_end {
        let why = "it silences more than the token's to see";
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    let ended = alerts.end_silence(id, &actor, &seen.name, Timestamp::now());
    ended.await.map_err(|error| refuse(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn none_here() -> Problem {
    Problem::not_found("no such silence")
}

fn refuse(error: &SilenceError) -> Problem {
    match error {
        SilenceError::Fault(SilenceFault::NotFound) => none_here(),
        SilenceError::Fault(_) => Problem::bad_request(&error.to_string()),
        SilenceError::Alerts(error) => Problem::write_failure(error),
    }
}

fn silence_json(name: String, silence: &AlertSilence) -> SilenceJson {
    let (mut queue, mut source, mut rule) = (None, None, None);
    match &silence.scope {
        SilenceScope::All
        | SilenceScope::Queues(_)
        | SilenceScope::Subject(
            AlertSubject::Import(_)
            | AlertSubject::Screen(_)
            | AlertSubject::Agent(_)
            | AlertSubject::Figure(..)
            | AlertSubject::Target(_),
        ) => {}
        SilenceScope::Rule(name) => rule = Some(name.clone()),
        SilenceScope::Subject(AlertSubject::Queue(id)) => queue = Some(id.to_string()),
        SilenceScope::Subject(AlertSubject::Source(id)) => source = Some(id.to_string()),
    }
    SilenceJson {
        id: silence.id.0.simple().to_string(),
        name,
        queue,
        source,
        rule,
        from: silence.from.into(),
        until: silence.until.into(),
        reason: silence.reason.clone(),
        by: silence.by.clone(),
    }
}
