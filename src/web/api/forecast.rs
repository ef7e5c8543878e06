//! `/api/v1/queues/{source}/{id}/forecast`.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
};
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_forecast::{ForecastRange, QueueForecast, ServiceOutlook};

use super::{
    json::Time,
    problem::{NoParameters, NotFound, Problem},
};
use crate::{
    forecasts::{DatedForecast, ForecastBasis, RangeHits},
    web::{access::visible_state::VisibleState, parts::links},
};

/// A queue's forecast until the end of a half hour. Without one, `reason` says why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Forecast {
    /// Why there is none: `not_computed_yet`, `out_of_date`, `closed`, `several_queues` (a group of more
    /// than 32 queues), `hidden_queue` (a group with one), `unknown_sharing` (a group whose agents are only
    /// counted), `small_team` (withheld), `no_history`, `few_days`, `few_contacts`, `no_agents`,
    /// `unknown_agents`, `unknown_handle_time`.
    #[schema(required = true)]
    reason: Option<&'static str>,
    #[schema(required = true)]
    forecast: Option<ForecastJson>,
}

/// Half hours of the last four weeks whose outcome is known, and those of them within their range.
#[derive(Debug, Serialize, ToSchema)]
struct RangeHitsJson {
    half_hours: u32,
    within: u32,
}

/// How good earlier forecasts of the queue were.
#[derive(Debug, Serialize, ToSchema)]
struct CalibrationJson {
    contacts: RangeHitsJson,
    service_level: RangeHitsJson,
}

#[derive(Debug, Serialize, ToSchema)]
struct ForecastJson {
    computed_at: Time,
    until: Time,
    /// Contacts that arrive from `computed_at` until `until`.
    contacts: RangeJson,
    /// The agents are counted from the queue's figures, and taken to serve no other queue.
    are_agents_counted: bool,
    /// Agents also serve queues whose contacts are unknown, or may do so if they are counted: these aren't in the forecast.
    is_best_case: bool,
    /// With the agents who are signed in.
    as_now: OutlookJson,
    /// With one agent fewer; `null` if nobody can be spared.
    #[schema(required = true)]
    with_one_less: Option<OutlookJson>,
    with_one_more: OutlookJson,
    with_two_more: OutlookJson,
    /// The target of the service level, in percent; of a group, what its queues reach together if each
    /// reaches its own.
    target: f64,
    /// How many more agents reach the target; `null` if forty don't.
    #[schema(required = true)]
    missing_agents: Option<u32>,
    /// The agents who are here and aren't on a break.
    agents: u32,
    /// The agents that Erlang C requires for the expected contacts.
    erlang_agents: u32,
    /// `null` of a group.
    #[schema(required = true)]
    basis: Option<BasisJson>,
    calibration: CalibrationJson,
}

/// The figures that the forecast of a queue begins with.
#[derive(Debug, Serialize, ToSchema)]
struct BasisJson {
    /// Contacts that usually arrive from `computed_at` until `until`.
    usual_contacts: f64,
    /// `null` if less than half an hour without a gap is known.
    #[schema(required = true)]
    today: Option<TodayJson>,
    /// The mean handle time, in seconds.
    handle_time: f64,
    /// How many contacts at once an agent can have.
    contacts_at_once: u32,
}

/// Contacts that arrived from `since` until `computed_at`, and those that usually do.
#[derive(Debug, Serialize, ToSchema)]
struct TodayJson {
    since: Time,
    contacts: u32,
    usual_contacts: f64,
}

/// Holds 8 of 10 outcomes.
#[derive(Debug, Serialize, ToSchema)]
struct RangeJson {
    low: f64,
    middle: f64,
    high: f64,
}

#[derive(Debug, Serialize, ToSchema)]
struct OutlookJson {
    /// In percent, of the contacts that are answered or leave until then.
    #[schema(required = true)]
    service_level: Option<RangeJson>,
    /// In seconds, of everybody who waits until then.
    longest_wait: RangeJson,
}

/// The forecast of one queue or group
#[utoipa::path(
    get,
    path = "/queues/{source}/{id}/forecast",
    operation_id = "queue_forecast",
    tag = "queues",
    params(
        ("source" = String, Path, description = "Id of the source"),
        ("id" = String, Path, description = "The vendor's id, percent-encoded"),
    ),
    responses((status = OK, description = "The forecast", body = Forecast), NotFound, Problem)
)]
pub(super) async fn show(
    VisibleState(web): VisibleState,
    path: Result<Path<(String, String)>, PathRejection>,
    _: NoParameters,
) -> Result<Json<Forecast>, Problem> {
    let Path((source, external)) = path?;
    let forecasts = web.forecasts.as_ref();
    let forecasts = forecasts.ok_or_else(|| Problem::not_found("the past has no forecasts"))?;
    let found = web.live.read_snapshot(|snapshot, now| {
        let queue = links::find_queue(snapshot, &source, &external)?;
        Some(forecasts.find(snapshot, queue, now))
    });
    let dated =
        found.ok_or_else(|| Problem::not_found(&format!("queue {source}/{external} not found")))?;
    Ok(Json(forecast_json(&dated)))
}

fn forecast_json(dated: &DatedForecast) -> Forecast {
    match &dated.forecast {
        Err(gap) => Forecast {
            reason: Some(gap.into()),
            forecast: None,
        },
        Ok(forecast) => Forecast {
            reason: None,
            forecast: Some(ForecastJson::new(dated, forecast)),
        },
    }
}

impl ForecastJson {
    fn new(dated: &DatedForecast, forecast: &QueueForecast) -> Self {
        Self {
            computed_at: dated.computed_at.into(),
            until: dated.until.into(),
            contacts: forecast.contacts.into(),
            are_agents_counted: dated.shared.is_none(),
            is_best_case: dated.is_best_case(),
            as_now: forecast.outlook.into(),
            with_one_less: forecast.with_one_less.map(OutlookJson::from),
            with_one_more: forecast.with_one_more.into(),
            with_two_more: forecast.with_two_more.into(),
            target: forecast.goal_percent,
            missing_agents: forecast.missing_agents,
            agents: forecast.agents,
            erlang_agents: forecast.erlang_agents,
            basis: (dated.basis).map(|basis| BasisJson::new(basis, dated.slots)),
            calibration: CalibrationJson {
                contacts: dated.calibration.contacts.into(),
                service_level: dated.calibration.service_level.into(),
            },
        }
    }
}

impl BasisJson {
    fn new(basis: ForecastBasis, contacts_at_once: u32) -> Self {
        Self {
            usual_contacts: round(basis.usual_contacts),
            today: basis.today.map(|today| TodayJson {
                since: today.since.into(),
                contacts: today.contacts,
                usual_contacts: round(today.usual_contacts),
            }),
            handle_time: round(basis.handle_time_s),
            contacts_at_once,
        }
    }
}

/// One decimal says enough.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

impl From<ForecastRange> for RangeJson {
    fn from(ForecastRange { low, middle, high }: ForecastRange) -> Self {
        let [low, middle, high] = [low, middle, high].map(round);
        Self { low, middle, high }
    }
}

impl From<RangeHits> for RangeHitsJson {
    fn from(hits: RangeHits) -> Self {
        Self {
            half_hours: hits.half_hours,
            within: hits.within,
        }
    }
}

impl From<ServiceOutlook> for OutlookJson {
    fn from(outlook: ServiceOutlook) -> Self {
        Self {
            service_level: outlook.service_level.map(RangeJson::from),
            longest_wait: outlook.longest_wait_s.into(),
        }
    }
}
