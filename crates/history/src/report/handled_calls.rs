//! Counts what each agent handled in each queue. Intervals are of a queue or of an agent, so only
//! single calls tell both.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    calls::{CallQuery, StoredCall},
    intervals::{ContactOutcome, DAY, QueueContact, TimeSpan, count_for_agent},
};
use wallboard_domain::{AgentCounter, AgentCounters, AgentId, CountBy, Id, QueueId, SourceId};
use wallboard_store::{NameClass, StoreView};

use super::{
    ReportError, ReportSubject, SubjectEntry,
    call_list::{queues_of_agents, vendor_ids},
    report_catalog::ReportCatalog,
};

/// Every call of the range is read, so it is bounded.
const DAYS_MAX: i64 = 31;

/// Selects handled calls.
#[derive(Clone, Debug)]
pub struct HandledQuery {
    /// Empty: all queues.
    pub queues: Vec<QueueId>,
    /// `None`: all agents.
    pub agent: Option<AgentId>,
    pub from: Timestamp,
    pub to: Timestamp,
    /// The zone of days in errors.
    pub zone: TimeZone,
    pub count_by: CountBy,
}

/// Calls that an agent handled in a queue: handled and transferred ones, talk and wrap-up. Other
/// counters are unknown.
#[derive(Clone, Debug)]
pub struct HandledCalls {
    pub queue: SubjectEntry,
    pub agent: SubjectEntry,
    pub counters: AgentCounters,
}

/// Counts the calls that match, at moments that `includes` accepts.
pub(super) fn count_handled_calls(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &HandledQuery,
    includes: impl Fn(Timestamp) -> bool,
) -> Result<Vec<HandledCalls>, ReportError> {
    // A day of a clock change is longer.
    if DAYS_MAX * DAY + DAY / 2 < query.to.as_second() - query.from.as_second() {
        return Err(ReportError::TooManyDays(DAYS_MAX));
    }
    let subject = match &query.agent {
        Some(agent) => ReportSubject::Agent(agent.clone()),
        None => ReportSubject::Queues(query.queues.clone()),
    };
    let mut found: BTreeMap<(Id, Id), AgentCounters> = BTreeMap::new();
    for export in catalog.exports_of(&subject) {
        let source = &export.id;
        require_calls(catalog, source, query)?;
        let Some(selected) = build_call_query(catalog, query, source) else {
            continue;
        };
        let id = |external: i64| Id::new(source, &external.to_string());
        let mut count = |call: &StoredCall| {
            let Some(agent) = call.agent.map(id) else {
                return;
            };
            let is_counted = |at: i64| {
                let at = Timestamp::from_second(at).ok();
                at.is_some_and(|at| query.from <= at && at < query.to && includes(at))
            };
            if let Some(counters) = count_call(&call.contact, query.count_by, is_counted) {
                let sum = found.entry((id(call.queue), agent));
                sum.or_insert_with(known_counters).merge(&counters);
            }
        };
        let (vendor, site) = (&export.vendor, &catalog.config.site);
        vendor.for_each_call(view, source, site, &selected, &mut count)?;
    }
    let pairs = found
        .into_iter()
        .map(|((queue, agent), counters)| HandledCalls {
            queue: catalog.subject_entry(NameClass::Queue, &queue),
            agent: catalog.subject_entry(NameClass::Agent, &agent),
            counters,
        });
    let is_named = |pair: &HandledCalls| catalog.includes(NameClass::Agent, &pair.agent.stored_id);
    Ok(pairs.filter(is_named).collect())
}

/// Fails unless all calls of the range are stored.
fn require_calls(
    catalog: &ReportCatalog<'_>,
    source: &SourceId,
    query: &HandledQuery,
) -> Result<(), ReportError> {
    let name = || catalog.config.site.source_name(source);
    let mut exports = catalog.calls_from();
    match exports.find(|(id, _)| id == source) {
        None => Err(ReportError::NoCalls(name())),
        Some((_, from)) if query.from < from => {
            let day = from.to_zoned(query.zone.clone()).date();
            Err(ReportError::CallsDeleted(name(), day))
        }
        Some(_) => Ok(()),
    }
}

/// Builds the query for one source; `None` if nothing in it matches.
fn build_call_query(
    catalog: &ReportCatalog<'_>,
    query: &HandledQuery,
    source: &SourceId,
) -> Option<CallQuery> {
    let agents = query.agent.as_ref();
    let agents = agents.map(|id| vendor_ids(&catalog.agent_ids(id), source));
    let queues = queues_of_agents(catalog, &query.queues, source);
    if [&queues, &agents].into_iter().flatten().any(Vec::is_empty) {
        return None;
    }
    // By event, a call that began before the range may end in it.
    let before = match query.count_by {
        CountBy::Start => 0,
        CountBy::Event => DAY,
    };
    Some(CallQuery {
        from: query.from.as_second() - before,
        to: query.to.as_second() + i64::from(0 < query.to.subsec_nanosecond()),
        queues,
        agents,
        outcome: Some(ContactOutcome::Answered),
        code: None,
        after: None,
        limit: usize::MAX,
    })
}

/// The counters that single calls have, at 0.
fn known_counters() -> AgentCounters {
    let mut counters = AgentCounters::unknown();
    for counter in [
        AgentCounter::Handled,
        AgentCounter::HandledByEvent,
        AgentCounter::Transferred,
        AgentCounter::TransferredByEvent,
        AgentCounter::Talk,
        AgentCounter::WrapUp,
    ] {
        counters.set(counter, Some(0));
    }
    counters
}

/// Counts one call where it counts by `by`; `None` if that's nowhere.
fn count_call(
    contact: &QueueContact,
    by: CountBy,
    is_counted: impl Fn(i64) -> bool,
) -> Option<AgentCounters> {
    // All of a call counts at its start, or at its end.
    let mut counters = known_counters();
    count_for_agent(contact, |_, change| change(&mut counters));
    let at = match by {
        CountBy::Start => contact.joined,
        CountBy::Event => contact.handled_at().or(contact.answered)?,
    };
    if !is_counted(at) || counters == known_counters() {
        return None;
    }
    if counters.known(AgentCounter::Handled) == Some(1) {
        counters.add(AgentCounter::Talk, contact.talk.unwrap_or_default());
        let wrap_up = contact.wrap_up.map_or(0, TimeSpan::seconds);
        counters.add(AgentCounter::WrapUp, wrap_up);
    }
    Some(counters)
}
