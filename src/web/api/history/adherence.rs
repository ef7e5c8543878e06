//! `/api/v1/history/adherence`.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use utoipa::{IntoParams, ToSchema};

use wallboard_domain::Id;
use wallboard_history::{
    intervals::split_into_days,
    report::{AdherenceFigures, AgentAdherence, ReportSubject},
};

use super::{
    super::{
        problem::{Failed, NotFound, Problem},
        word_schemas::{one_of_words, parse_word},
    },
    range,
};
use crate::web::{
    access::visible_state::VisibleState,
    history::{SiteAdherence, sum_adherence},
};

const DAYS_MAX: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct AdherenceParams {
    /// ID of an agent or a person; without it, all of them.
    #[param(nullable = false, pattern = "/")]
    agent: Option<String>,
    /// A date in `zone`, or a timestamp. The first day is the one that contains it.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or a timestamp, exclusive.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
    /// Time zone of the days, as an IANA name; defaults to the site's.
    #[param(nullable = false, example = "Europe/Stockholm")]
    zone: Option<String>,
    /// One series for each agent (default), or each team of the schedules; if they have none, each of the
    /// export's own groups.
    #[param(schema_with = one_of_words::<AdherenceDimension>)]
    by: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
enum AdherenceDimension {
    #[default]
    Agent,
    AgentGroup,
}

/// Schedules of agents beside what they did, by day.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct AdherenceByDay {
    zone: String,
    series: Vec<AdherenceSeries>,
    /// Names in schedules that no agent has, or several.
    unmatched: Vec<String>,
    /// Activities without a class: their time isn't in any figure.
    unclassed: Vec<String>,
}

/// The days of an agent, a person or a group, without those on which nothing was scheduled.
#[derive(Debug, Serialize, ToSchema)]
struct AdherenceSeries {
    #[schema(example = "calls/5101")]
    id: String,
    name: String,
    days: Vec<AdherenceDay>,
}

/// Times are seconds, shares percent.
#[derive(Debug, Serialize, ToSchema)]
struct AdherenceDay {
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Scheduled, without absences.
    scheduled_time: i64,
    /// Of scheduled time that is over and known, the part in which the agent did what was scheduled.
    #[schema(required = true)]
    adherent_time: Option<i64>,
    /// That part in percent.
    #[schema(required = true)]
    adherence: Option<f64>,
    /// Scheduled for work with contacts.
    scheduled_work_time: i64,
    /// Signed in and not on a break, at whatever time of the day.
    #[schema(required = true)]
    worked_time: Option<i64>,
    /// The time worked in percent of the known time that was scheduled for work.
    #[schema(required = true)]
    conformance: Option<f64>,
    /// It isn't known for some of the time that is over what the agent did.
    partial: bool,
}

/// Adherence and conformance of agents to their schedules, by day
#[utoipa::path(
    get,
    path = "/history/adherence",
    operation_id = "history_adherence",
    tag = "history",
    params(AdherenceParams),
    responses((status = OK, description = "The days of each agent or group", body = AdherenceByDay), Failed, NotFound, Problem)
)]
pub(in super::super) async fn list(
    VisibleState(web): VisibleState,
    params: Result<Query<AdherenceParams>, QueryRejection>,
) -> Result<Json<AdherenceByDay>, Problem> {
    let Query(params) = params?;
    let zone = range::parse_zone(&web, params.zone.as_deref())?;
    let (from, to) = range::parse_range(params.from.as_deref(), params.to.as_deref(), &zone)?;
    let by: AdherenceDimension = parse_word("by", params.by.as_deref())?.unwrap_or_default();
    let subject = range::parse_subject(None, params.agent.as_deref())?;
    range::require_known(&web, &subject).await?;
    let days = split_into_days(from.as_second(), to.as_second(), &zone);
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Err(Problem::bad_request("from and to have no day in this zone"));
    };
    if DAYS_MAX < days.len() {
        return Err(Problem::bad_request(&format!(
            "there are more than {DAYS_MAX} days from `from` to `to`; use a shorter range"
        )));
    }
    let instant = |at: i64| Timestamp::from_second(at).unwrap_or_default();
    let loaded = SiteAdherence::load(&web, instant(first.start), instant(last.end)).await;
    let mut site = loaded.map_err(|error| Problem::store_failure(&error))?;
    if let ReportSubject::Agent(agent) = &subject {
        site.retain_agent(agent);
    }
    let series = |id: &Id, name: String, agents: Vec<&AgentAdherence>| AdherenceSeries {
        id: id.to_string(),
        name,
        days: (days.iter())
            .filter_map(|day| {
                let figures = sum_adherence(agents.iter().copied(), &[(day.start, day.end)])?;
                Some(day_json(instant(day.start), &zone, &figures))
            })
            .collect(),
    };
    let mut all: Vec<AdherenceSeries> = match by {
        AdherenceDimension::Agent => (site.agents.iter())
            .map(|(id, agent)| series(id, site.agent_name(id), vec![agent]))
            .collect(),
        AdherenceDimension::AgentGroup => (site.groups.iter())
            .map(|group| {
                let agents = group.agents.values().collect();
                series(&group.id, group.name.clone(), agents)
            })
            .collect(),
    };
    all.retain(|series| !series.days.is_empty());
    Ok(Json(AdherenceByDay {
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        series: all,
        unmatched: site.unmatched_names(),
        unclassed: site.unclassed,
    }))
}

fn day_json(at: Timestamp, zone: &TimeZone, figures: &AdherenceFigures) -> AdherenceDay {
    AdherenceDay {
        date: at.to_zoned(zone.clone()).date(),
        scheduled_time: figures.scheduled,
        adherent_time: figures.adherent_time(),
        adherence: figures.adherence(),
        scheduled_work_time: figures.scheduled_work,
        worked_time: figures.worked_time(),
        conformance: figures.conformance(),
        partial: figures.is_partial(),
    }
}
