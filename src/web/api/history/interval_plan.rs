//! The plan of an interval.

use serde::Serialize;
use utoipa::ToSchema;

use crate::web::plan::PlanFigures;

/// The plan of workforce management for an interval.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IntervalPlan {
    /// Contacts expected.
    #[schema(required = true)]
    contacts: Option<f64>,
    /// By how many percent more came; `null` if the interval isn't over or imported in full, or the
    /// plan lacks queues that had contacts.
    #[schema(required = true)]
    deviation: Option<f64>,
    /// The expected mean time of a contact, in seconds.
    #[schema(required = true)]
    average_handle_time: Option<f64>,
    /// Agents required, on average over the planned time.
    #[schema(required = true)]
    required_agents: Option<f64>,
    /// Agents scheduled for contacts, on average; `null` without their schedules, or the right to personal data.
    #[schema(required = true)]
    scheduled_agents: Option<f64>,
    /// Some of the required ones aren't from the plan, but computed with Erlang C.
    required_agents_computed: bool,
    /// The contacts of an interval of today by what came so far; `null` of other days, without enough that came, and where
    /// it isn't known what came.
    #[schema(required = true)]
    reforecast: Option<f64>,
    /// The agents required by these, on average over the planned time that isn't over.
    #[schema(required = true)]
    reforecast_required_agents: Option<f64>,
}

impl IntervalPlan {
    pub(super) fn new(figures: PlanFigures) -> Self {
        Self {
            contacts: figures.contacts,
            deviation: figures.deviation_percent(),
            average_handle_time: figures.handle_time(),
            required_agents: figures.required_agents(),
            scheduled_agents: figures.scheduled_agents(),
            required_agents_computed: figures.is_required_computed,
            reforecast: figures.reforecast,
            reforecast_required_agents: figures.reforecast_agents(),
        }
    }
}
