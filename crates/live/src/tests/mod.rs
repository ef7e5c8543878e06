//! Tests of the live state as scenarios: a single source, driven step by step.

mod breaches;
mod case_updates;
mod custom_figures;
mod day_change;
mod ended_cases;
mod event_property;
mod groups;
mod help;
mod liveness;
mod old_logs;
mod pushed_values;
mod queue_readings;
mod recent_series;
mod unconfirmed_cases;
mod upstream_faults;
mod vendor_values;
mod wait_tracker;

use crate::testing::{
    LiveScenario, chat_id, chat_source, closed_event, created_event, created_for_solution,
    morning_moment, opened_event, site_with_entries, transferred_event,
};
