//! An agent's past day: the statuses that live sources reported, from the log, and what exports say of the
//! times that the log doesn't have.

use std::error::Error;

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use wallboard_domain::{AgentId, AgentStatus};
use wallboard_history::report::{AgentActivity, AgentDayQuery, AgentSpan, ReportSubject};
use wallboard_live::{ObservedStatus, StatusSpan};
use wallboard_store::{StoreError, merge_ranges, subtract_ranges};

use crate::web::{
    WebState,
    parts::timeline_span::{TimelineSpan, TimelineStatus},
    rewind::RewindFailure,
};

use super::subjects::HistorySubjects;

/// The name of an agent or a person that the history has; `None` if it has none.
pub(in crate::web) async fn find_agent_name(
    web: &WebState,
    id: &AgentId,
) -> Result<Option<String>, StoreError> {
    let subject = ReportSubject::Agent(id.clone());
    if !web.history.sees_agents() || !web.history.is_known(subject).await? {
        return Ok(None);
    }
    let known = HistorySubjects::load(web).await?;
    Ok(Some(known.agent_name(id)))
}

/// Loads what is known of an agent's day that is over, in order.
pub(in crate::web) async fn load_agent_day(
    web: &WebState,
    id: &AgentId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<TimelineSpan>, StoreError> {
    let query = AgentDayQuery {
        agent: id.clone(),
        from,
        to,
    };
    let imported = web.history.load_agent_day(query).await?;
    let observed = load_observed(web, id, from, to).await;
    Ok(complete_observed(&observed, &imported))
}

/// The statuses of the day in the log; none of a day that it doesn't have.
async fn load_observed(
    web: &WebState,
    id: &AgentId,
    from: Timestamp,
    to: Timestamp,
) -> Vec<StatusSpan> {
    let Some(rewind) = &web.rewind else {
        return Vec::new();
    };
    let last = to - SignedDuration::from_millis(1);
    match rewind.rewind_to(&web.store, last).await {
        Ok(rewound) => rewound.state().snapshot().status_history.spans(id, from),
        Err(RewindFailure::NotInLog) => Vec::new(),
        Err(error) => {
            let error = &error as &dyn Error;
            warn!(
                error,
                "Couldn't read an agent's statuses of a day from the log"
            );
            Vec::new()
        }
    }
}

/// The observed statuses, and between them what was imported.
fn complete_observed(observed: &[StatusSpan], imported: &[AgentSpan]) -> Vec<TimelineSpan> {
    // A status that nobody knew leaves room for what an export says.
    let known = observed.iter().filter(|span| {
        let unknown = ObservedStatus::Reported(AgentStatus::Unknown);
        span.status != unknown && span.status != ObservedStatus::NoCases
    });
    let known = known.map(|span| (span.from.as_millisecond(), span.to.as_millisecond()));
    let known = merge_ranges(known.collect());
    let filled: Vec<_> = (imported.iter())
        .flat_map(|span| {
            let range = [(span.from * 1_000, span.to * 1_000)];
            let free = subtract_ranges(&range, &known).into_iter();
            free.map(|range| (range, status_of(span.activity)))
        })
        .collect();
    let taken = merge_ranges(filled.iter().map(|(range, _)| *range).collect());
    let observed = observed.iter().flat_map(|span| {
        let range = [(span.from.as_millisecond(), span.to.as_millisecond())];
        let left = subtract_ranges(&range, &taken).into_iter();
        left.map(|range| (range, TimelineStatus::Observed(span.status)))
    });
    let mut spans: Vec<_> = (observed.chain(filled))
        .filter_map(|((from, to), status)| {
            Some(TimelineSpan {
                status,
                from: Timestamp::from_millisecond(from).ok()?,
                to: Timestamp::from_millisecond(to).ok()?,
            })
        })
        .collect();
    spans.sort_by_key(|span| span.from);
    spans
}

fn status_of(activity: AgentActivity) -> TimelineStatus {
    let status = match activity {
        AgentActivity::Talking => AgentStatus::Talking,
        AgentActivity::WrapUp => AgentStatus::WrapUp,
        AgentActivity::OnBreak => AgentStatus::NotReady,
        AgentActivity::SignedIn => return TimelineStatus::SignedIn,
        AgentActivity::SignedOut => AgentStatus::LoggedOut,
    };
    TimelineStatus::Observed(ObservedStatus::Reported(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_794_441_600 + 60 * minute).unwrap()
    }

    #[test]
    fn imported_times_fill_only_what_nobody_observed() {
        let observed = |status, from, to| StatusSpan {
            status: ObservedStatus::Reported(status),
            from: at(from),
            to: at(to),
        };
        let statuses = [
            observed(AgentStatus::Available, 10, 20),
            observed(AgentStatus::Unknown, 20, 40),
        ];
        let imported = |activity, from, to| AgentSpan {
            activity,
            from: at(from).as_second(),
            to: at(to).as_second(),
        };
        let day = [
            imported(AgentActivity::SignedIn, 0, 25),
            imported(AgentActivity::OnBreak, 25, 30),
        ];

        let spans = complete_observed(&statuses, &day);

        let reported = |status| TimelineStatus::Observed(ObservedStatus::Reported(status));
        let spans: Vec<_> = (spans.iter())
            .map(|span| (span.status, span.from, span.to))
            .collect();
        let expected = [
            (TimelineStatus::SignedIn, at(0), at(10)),
            (reported(AgentStatus::Available), at(10), at(20)),
            (TimelineStatus::SignedIn, at(20), at(25)),
            (reported(AgentStatus::NotReady), at(25), at(30)),
            (reported(AgentStatus::Unknown), at(30), at(40)),
        ];
        assert_eq!(spans, expected);
    }
}
