//! The figures of an interval.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::{
    AgentCounter, AgentCounters, ContactFigures, CountBy, Counter, Counters, ServiceLevelFormula,
    Staffing,
};

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Of {
    Contacts(Box<Contacts>),
    Agent(Box<Agent>),
    Count(Count),
}

/// Contact metrics of a queue, a queue group or the site.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntervalOfContacts)]
pub(super) struct Contacts {
    #[schema(required = true)]
    offered: Option<i64>,
    #[schema(required = true)]
    answered: Option<i64>,
    /// Without short abandons.
    #[schema(required = true)]
    abandoned: Option<i64>,
    #[schema(required = true)]
    short_abandoned: Option<i64>,
    #[schema(required = true)]
    flow_outs: Option<i64>,
    /// Percent, by `formula`.
    #[schema(required = true)]
    service_level: Option<f64>,
    #[schema(required = true)]
    average_speed_of_answer: Option<f64>,
    #[schema(required = true)]
    average_handle_time: Option<f64>,
    #[schema(required = true)]
    average_talk_time: Option<f64>,
    #[schema(required = true)]
    average_wrap_up: Option<f64>,
    /// Of all contacts, answered or not.
    #[schema(required = true)]
    longest_wait: Option<i64>,
    /// The mean of ratings from 1 to 5.
    #[schema(required = true)]
    csat: Option<f64>,
    /// Percentage of ratings 4 and 5.
    #[schema(required = true)]
    csat_top: Option<f64>,
    /// From -100 to 100.
    #[schema(required = true)]
    nps: Option<f64>,
    /// The same for the company as a whole.
    #[schema(required = true)]
    enterprise_nps: Option<f64>,
    /// Half of the answered contacts waited at most so many seconds; `null` for sources without
    /// single calls, like the other waits.
    #[schema(required = true)]
    wait_p50: Option<i64>,
    #[schema(required = true)]
    wait_p80: Option<i64>,
    #[schema(required = true)]
    wait_p90: Option<i64>,
    #[schema(required = true)]
    wait_p95: Option<i64>,
    /// Half of the abandoned contacts had left after so many seconds, without short abandons.
    #[schema(required = true)]
    abandoned_wait_p50: Option<i64>,
    /// All waits, in seconds, divided by the abandoned contacts; `null` with fewer than 5 of them.
    #[schema(required = true)]
    average_patience: Option<f64>,
    /// `service_level` if the threshold were 10 seconds.
    #[schema(required = true)]
    answered_within_10: Option<f64>,
    #[schema(required = true)]
    answered_within_20: Option<f64>,
    #[schema(required = true)]
    answered_within_30: Option<f64>,
    #[schema(required = true)]
    answered_within_60: Option<f64>,
    #[schema(required = true)]
    answered_within_120: Option<f64>,
    /// Agents signed in to the queue, on average over the interval; for the site, all agents.
    /// `null` for several queues together and for sources that don't report it.
    #[schema(required = true)]
    staffed_agents: Option<f64>,
    /// Busy time of these agents, in any queue, as a percentage of their busy, ringing and ready
    /// time.
    #[schema(required = true)]
    occupancy: Option<f64>,
    /// The sums behind the ratios, to add up intervals or queues: `answered_within`, `wait_time` over
    /// `waits`, `talk_time` and `wrap_up_time` over `handled`, answers of surveys, and seconds of
    /// the staffing. Times are seconds. Without those that aren't known.
    #[schema(required = true)]
    sums: Option<BTreeMap<&'static str, i64>>,
}

/// Metrics of an agent. Times are seconds within the interval.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntervalOfAgent)]
pub(super) struct Agent {
    #[schema(required = true)]
    handled: Option<i64>,
    /// Offers that weren't answered.
    #[schema(required = true)]
    missed: Option<i64>,
    #[schema(required = true)]
    transferred: Option<i64>,
    #[schema(required = true)]
    logged_in_time: Option<i64>,
    #[schema(required = true)]
    ready_time: Option<i64>,
    /// Seconds by pause code; code 0 if none was given.
    #[schema(required = true, value_type = Option<BTreeMap<String, i64>>)]
    not_ready: Option<BTreeMap<i64, i64>>,
    #[schema(required = true)]
    talk_time: Option<i64>,
    #[schema(required = true)]
    wrap_up_time: Option<i64>,
    /// Seconds in calls outside queues.
    #[schema(required = true)]
    other_calls: Option<i64>,
    /// Busy time as a percentage of busy, ringing and ready time.
    #[schema(required = true)]
    occupancy: Option<f64>,
    /// Talk, wrap-up and other calls; overlaps count once.
    #[schema(required = true)]
    busy_time: Option<i64>,
    /// Busy or ringing; overlaps count once.
    #[schema(required = true)]
    engaged_time: Option<i64>,
}

/// The number of contacts that have the value, or of sign-outs with the reason. Of reasons, types and
/// outcomes, also the time that agents spent on them, in seconds, and `null` of other values.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntervalCount)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub(super) struct Count {
    #[schema(required = true)]
    count: Option<i64>,
    /// Contacts that an agent handled.
    #[schema(required = true)]
    handled: Option<i64>,
    #[schema(required = true)]
    average_handle_time: Option<f64>,
    #[schema(required = true)]
    talk_time: Option<i64>,
    #[schema(required = true)]
    wrap_up_time: Option<i64>,
}

pub(super) fn coded_metrics(counters: &Counters) -> Count {
    Count {
        count: counters.get(Counter::Offered),
        handled: counters.get(Counter::Handled),
        average_handle_time: counters.average_handle_time(),
        talk_time: counters.seconds(Counter::TalkTime),
        wrap_up_time: counters.seconds(Counter::WrapUpTime),
    }
}

pub(super) fn contact_metrics(counters: &ContactFigures, formula: ServiceLevelFormula) -> Contacts {
    let share_within = |seconds| counters.service_level_within(seconds, formula);
    Contacts {
        offered: counters.get(Counter::Offered),
        answered: counters.get(Counter::Answered),
        abandoned: counters.get(Counter::Abandoned),
        short_abandoned: counters.get(Counter::ShortAbandoned),
        flow_outs: counters.get(Counter::FlowOuts),
        service_level: counters.service_level(formula),
        average_speed_of_answer: counters.average_speed_of_answer(),
        average_handle_time: counters.average_handle_time(),
        average_talk_time: counters.average_talk_time(),
        average_wrap_up: counters.average_wrap_up(),
        longest_wait: counters.seconds(Counter::LongestWait),
        csat: counters.csat(),
        csat_top: counters.csat_top(),
        nps: counters.nps(),
        enterprise_nps: counters.enterprise_nps(),
        wait_p50: counters.wait_percentile(50),
        wait_p80: counters.wait_percentile(80),
        wait_p90: counters.wait_percentile(90),
        wait_p95: counters.wait_percentile(95),
        abandoned_wait_p50: counters.abandoned_wait_percentile(50),
        average_patience: counters.average_patience(),
        answered_within_10: share_within(10),
        answered_within_20: share_within(20),
        answered_within_30: share_within(30),
        answered_within_60: share_within(60),
        answered_within_120: share_within(120),
        staffed_agents: counters
            .staffing
            .as_ref()
            .and_then(Staffing::staffed_agents),
        occupancy: counters.staffing.as_ref().and_then(Staffing::occupancy),
        sums: Some(contact_sums(counters)),
    }
}

/// The known sums that aren't figures by themselves.
fn contact_sums(counters: &ContactFigures) -> BTreeMap<&'static str, i64> {
    let figures = [
        Counter::Offered,
        Counter::Answered,
        Counter::Abandoned,
        Counter::ShortAbandoned,
        Counter::FlowOuts,
        Counter::LongestWait,
    ];
    let others = Counter::STORED.iter();
    let others = others.filter(|counter| !figures.contains(counter));
    let mut sums: BTreeMap<_, _> = others
        .filter_map(|counter| {
            Some((
                counter.into_str(),
                counters.get(*counter)? / counter.scale(),
            ))
        })
        .collect();
    if let Some(staffing) = &counters.staffing {
        sums.extend([
            ("staffed_time", staffing.logged_in),
            ("staffed_over", staffing.measured),
            ("ready_time", staffing.ready),
            ("busy_time", staffing.busy),
            ("engaged_time", staffing.engaged),
        ]);
    }
    sums
}

pub(super) fn agent_metrics(counters: &AgentCounters, count_by: CountBy) -> Agent {
    let get = |counter| counters.known(counter);
    // A source that reports no ready time reports no pauses either.
    let has_ready_time = get(AgentCounter::Ready).is_some();
    Agent {
        handled: counters.handled(count_by),
        missed: get(AgentCounter::Missed),
        transferred: counters.transferred(count_by),
        logged_in_time: get(AgentCounter::LoggedIn),
        ready_time: get(AgentCounter::Ready),
        not_ready: has_ready_time.then(|| counters.not_ready.clone()),
        talk_time: get(AgentCounter::Talk),
        wrap_up_time: get(AgentCounter::WrapUp),
        other_calls: get(AgentCounter::Other),
        occupancy: counters.occupancy(),
        busy_time: get(AgentCounter::Busy),
        engaged_time: get(AgentCounter::Engaged),
    }
}
