//! `/api/v1/alerts`.

use axum::{Json, extract::Query};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use utoipa::{IntoParams, ToSchema};

use wallboard_alerts::{Alert, AlertBook, AlertLevel, AlertSubject};
use wallboard_domain::{AgentStatus, MetricValue, Moment};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use super::{
    custom_figures::CustomValueJson,
    json::Time,
    problem::Problem,
    word_schemas::{one_of_words, one_of_words_or_null, parse_word},
};
use crate::alerts::{person_text, shown_figures};
use crate::web::{
    access::{
        audited::{PeopleMark, ShowsPeople},
        visible_state::VisibleState,
        visitor::Visitor,
    },
    parts::alert_scope::may_see_alert,
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Alerts {
    alerts: Vec<AlertJson>,
}

/// A subject that needs somebody, or did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub(super) struct AlertJson {
    /// The same in every message about it.
    id: String,
    state: &'static str,
    /// The kind of the subject.
    #[schema(schema_with = one_of_words::<SubjectKind>)]
    kind: &'static str,
    /// A queue's, source's or agent's ID, a screen's name, or a figure's key, with `/` and its queue if it has one.
    #[schema(example = "chat/3f2b")]
    subject: String,
    /// `warning` or `critical`: the highest that it had.
    severity: &'static str,
    /// An agent's, that lasts too long.
    #[schema(schema_with = one_of_words_or_null::<AgentStatus>, required = true)]
    status: Option<&'static str>,
    since: Time,
    #[schema(required = true)]
    closed_at: Option<Time>,
    /// The person who closed it; `null` if it is open or ended by itself.
    #[schema(required = true)]
    closed_by: Option<String>,
    /// Since when its data is out of date, so that nobody knows whether it is over.
    #[schema(required = true)]
    unconfirmed_since: Option<Time>,
    #[schema(required = true)]
    owner: Option<String>,
    #[schema(required = true)]
    owned_since: Option<Time>,
    #[schema(required = true)]
    snoozed_until: Option<Time>,
    /// Until when somebody silenced it.
    #[schema(required = true)]
    silenced_until: Option<Time>,
    /// The rules that it fulfills, or did last.
    rules: Vec<String>,
    /// The worst value of each figure that caused it; of a target, the latest.
    figures: Vec<AlertFigureJson>,
    /// A custom figure's worst value.
    #[schema(required = true)]
    value: Option<CustomValueJson>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertFigure)]
struct AlertFigureJson {
    metric: &'static str,
    severity: &'static str,
    value: f64,
}

/// The kinds of subjects.
#[derive(Clone, Copy, Debug, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
enum SubjectKind {
    /// Also a group.
    Queue,
    Source,
    /// A file of a source is late.
    Import,
    Screen,
    /// Or a person; only for those who may see personal data.
    Agent,
    /// A custom figure.
    Figure,
    /// A queue's day can't reach its service level target any longer.
    Target,
}

/// Which alerts.
#[derive(Clone, Copy, Debug, EnumString, Eq, IntoStaticStr, PartialEq, VariantNames)]
#[strum(serialize_all = "snake_case")]
enum AlertState {
    Open,
    Closed,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertQuery {
    /// Only those that are open, or that ended.
    #[param(schema_with = one_of_words_or_null::<AlertState>, required = false)]
    state: Option<String>,
}

/// Open alerts and the latest that ended, the newest first
#[utoipa::path(
    get,
    path = "/alerts",
    operation_id = "alerts",
    tag = "alerts",
    params(AlertQuery),
    responses((status = OK, description = "The alerts", body = Alerts), Problem)
)]
pub(super) async fn list(
    VisibleState(web): VisibleState,
    visitor: Visitor,
    query: Result<Query<AlertQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<(Option<PeopleMark>, Json<Alerts>), Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let state = parse_word::<AlertState>("state", query.state.as_deref())?;
    let Some(alerts) = &web.alerts else {
        return Ok((None, Json(Alerts { alerts: Vec::new() })));
    };
    let list: Vec<AlertJson> = web.live.read_snapshot(|snapshot, now| {
        alerts.read(|book| {
            let open = book.open().iter().rev();
            let all = open.chain(book.ended());
            let asked = all.filter(|alert| {
                state.is_none_or(|state| (state == AlertState::Open) == alert.is_open())
            });
            let seen = asked
                .filter(|alert| may_see_alert(snapshot, &visitor, alert))
                .map(|alert| alert_json(snapshot, book, alert, now));
            seen.collect()
        })
    });
    let of_agents: &str = SubjectKind::Agent.into();
    let mark = ShowsPeople::mark_if(list.iter().any(|alert| alert.kind == of_agents));
    Ok((mark, Json(Alerts { alerts: list })))
}

fn subject_kind(subject: &AlertSubject) -> SubjectKind {
    match subject {
        AlertSubject::Queue(_) => SubjectKind::Queue,
        AlertSubject::Source(_) => SubjectKind::Source,
        AlertSubject::Import(_) => SubjectKind::Import,
        AlertSubject::Screen(_) => SubjectKind::Screen,
        AlertSubject::Agent(_) => SubjectKind::Agent,
        AlertSubject::Figure(..) => SubjectKind::Figure,
        AlertSubject::Target(_) => SubjectKind::Target,
    }
}

fn severity(level: AlertLevel) -> &'static str {
    match level {
        AlertLevel::Warning => "warning",
        AlertLevel::Critical => "critical",
    }
}

pub(super) fn alert_json(
    snapshot: &Snapshot,
    book: &AlertBook,
    alert: &Alert,
    now: Moment,
) -> AlertJson {
    let silenced_until = book.alert_silenced_until(snapshot, alert, now.wall);
    let closing = alert.closing.as_ref();
    let owner = alert.owner.as_ref();
    AlertJson {
        id: alert.id.0.simple().to_string(),
        state: if alert.is_open() { "open" } else { "closed" },
        kind: subject_kind(&alert.subject).into(),
        subject: alert.subject.to_string(),
        severity: severity(alert.level_max()),
        status: alert.status.map(|status| status.into_str()),
        since: alert.since.into(),
        closed_at: closing.map(|closing| closing.at.into()),
        closed_by: closing
            .and_then(|closing| closing.by.as_deref())
            .map(|by| person_text(Texts::english(), by).to_owned()),
        unconfirmed_since: alert.unconfirmed_since.map(Into::into),
        owner: owner.map(|owner| person_text(Texts::english(), &owner.name).to_owned()),
        owned_since: owner.map(|owner| owner.since.into()),
        snoozed_until: alert.snoozed_until.map(Into::into),
        silenced_until: silenced_until.filter(|_| alert.is_open()).map(Into::into),
        rules: alert.rules.clone(),
        figures: shown_figures(snapshot, alert)
            .map(|figure| AlertFigureJson {
                metric: figure.metric.name(),
                severity: severity(figure.level),
                value: MetricValue::as_number(figure.value),
            })
            .collect(),
        value: (alert.custom.as_ref()).map(|worst| CustomValueJson::from(worst.value.clone())),
    }
}
