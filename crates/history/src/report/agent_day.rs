//! An agent's day as exports with single rows have it: sessions, breaks and calls. What they don't say
//! stays unknown.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    calls::{CallQuery, StoredCall},
    export_vendor::AgentSession,
    intervals::{ContactOutcome, DAY, TimeSpan, intersect_ranges},
};
use wallboard_domain::{AgentId, Id};
use wallboard_store::{StoreError, StoreView, merge_ranges, subtract_ranges};

use super::{
    agent_schedules::{all_agents, is_shown},
    call_list::{queues_of_agents, vendor_ids},
    linked_systems::LinkedSystems,
    report_catalog::{ReportCatalog, ReportSource},
    session_coverage::load_known_times,
};

/// Selects a time of an agent or a person.
#[derive(Clone, Debug)]
pub struct AgentDayQuery {
    pub agent: AgentId,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// An agent's activity; of several at once, the first of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentActivity {
    /// In a call of a queue.
    Talking,
    WrapUp,
    OnBreak,
    /// Nothing else is known: they may have been in a call of no queue.
    SignedIn,
    SignedOut,
}

/// A time in which an agent did something, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentSpan {
    pub activity: AgentActivity,
    pub from: i64,
    pub to: i64,
}

/// Ranges of time by activity, in the order of the activities.
type Layers = [Vec<(i64, i64)>; 4];
/// When each agent was signed out.
type RangesByAgent = BTreeMap<AgentId, Vec<(i64, i64)>>;

/// Loads the known times in order, without overlaps. Nothing of agents whom the reader doesn't see.
pub(super) fn load_agent_day(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &AgentDayQuery,
) -> Result<Vec<AgentSpan>, StoreError> {
    if !is_shown(catalog, &query.agent) {
        return Ok(Vec::new());
    }
    let agents = all_agents(catalog, &query.agent);
    let mut layers = Layers::default();
    let mut signed_out = RangesByAgent::new();
    for source in &catalog.sources {
        let ids = vendor_ids(&agents, &source.export.id);
        if ids.is_empty() {
            continue;
        }
        add_calls(view, catalog, source, &ids, query, &mut layers)?;
        add_sessions(
            view,
            catalog,
            source,
            &ids,
            query,
            &mut layers,
            &mut signed_out,
        )?;
    }
    let systems = LinkedSystems::new(&catalog.config.site).group(agents);
    let signed_out = signed_out_of_all(&systems, &signed_out);
    let day = TimeSpan::between(query.from, query.to);
    Ok(stack_layers(day, layers, signed_out))
}

/// Adds talk and wrap-up of calls that reach into the time.
fn add_calls(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    source: &ReportSource<'_>,
    ids: &[i64],
    query: &AgentDayQuery,
    layers: &mut Layers,
) -> Result<(), StoreError> {
    let export = source.export;
    let selected = CallQuery {
        from: query.from.as_second() - DAY,
        to: query.to.as_second(),
        queues: queues_of_agents(catalog, &[], &export.id),
        agents: Some(ids.to_vec()),
        outcome: Some(ContactOutcome::Answered),
        code: None,
        after: None,
        limit: usize::MAX,
    };
    let mut add = |call: &StoredCall| {
        let contact = &call.contact;
        let talk = contact.answered.zip(contact.talk);
        layers[0].extend(talk.map(|(since, seconds)| (since, since + seconds)));
        layers[1].extend(contact.wrap_up.map(|span| (span.start, span.end)));
    };
    let site = &catalog.config.site;
    (export.vendor).for_each_call(view, &export.id, site, &selected, &mut add)
}

/// Adds sessions and breaks, and when it's known that each agent was signed out.
fn add_sessions(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    source: &ReportSource<'_>,
    ids: &[i64],
    query: &AgentDayQuery,
    layers: &mut Layers,
    signed_out: &mut RangesByAgent,
) -> Result<(), StoreError> {
    let id = &source.export.id;
    let within = TimeSpan::between(query.from, query.to).widen(DAY);
    let Some(sessions) = source.export.vendor.load_sessions(view, id, within)? else {
        return Ok(());
    };
    let known = load_known_times(view, catalog, source, &sessions, within)?;
    for agent in ids {
        let own = sessions.iter().filter(|one| one.agent == *agent);
        let (breaks, signed_in): (Vec<&AgentSession>, Vec<_>) = own.partition(|one| one.is_break);
        let range = |one: &&AgentSession| (one.span.start, one.span.end);
        let signed_in = merge_ranges(signed_in.iter().map(range).collect());
        layers[2].extend(breaks.iter().map(range));
        layers[3].extend(&signed_in);
        let agent = Id::new(id, &agent.to_string());
        signed_out.insert(agent, find_signed_out(&known, &signed_in));
    }
    Ok(())
}

/// Returns the times in which an agent wasn't signed in. An export has a session once it's over, so the
/// time since the last one may belong to another that isn't there yet, until a day later.
fn find_signed_out(known: &[(i64, i64)], signed_in: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let certain = known.iter().filter_map(|(from, to)| {
        let starts = signed_in.iter().map(|one| one.0);
        let last = starts.filter(|start| from <= start && start < to).max();
        let to = last.map_or(to - DAY, |last| last.max(to - DAY));
        (*from < to).then_some((*from, to))
    });
    subtract_ranges(&certain.collect::<Vec<_>>(), signed_in)
}

/// A person is signed out if they are in every system. Of the agents in one that no export has, the
/// others say it.
fn signed_out_of_all(systems: &[Vec<AgentId>], signed_out: &RangesByAgent) -> Vec<(i64, i64)> {
    let of_system = |agents: &Vec<AgentId>| {
        let known = agents.iter().filter_map(|agent| signed_out.get(agent));
        known
            .cloned()
            .reduce(|one, other| intersect_ranges(&one, &other))
    };
    let all = systems
        .iter()
        .map(|agents| of_system(agents).unwrap_or_default());
    let all = all.reduce(|one, other| intersect_ranges(&one, &other));
    all.unwrap_or_default()
}

/// Puts layers on top of each other, the first one uppermost.
fn stack_layers(day: TimeSpan, layers: Layers, signed_out: Vec<(i64, i64)>) -> Vec<AgentSpan> {
    let activities = [
        AgentActivity::Talking,
        AgentActivity::WrapUp,
        AgentActivity::OnBreak,
        AgentActivity::SignedIn,
        AgentActivity::SignedOut,
    ];
    let mut free = vec![(day.start, day.end)];
    let mut spans = Vec::new();
    let layers = layers.into_iter().map(merge_ranges).chain([signed_out]);
    for (activity, layer) in activities.into_iter().zip(layers) {
        let visible = intersect_ranges(&free, &layer);
        free = subtract_ranges(&free, &layer);
        spans.extend(
            visible
                .into_iter()
                .map(|(from, to)| AgentSpan { activity, from, to }),
        );
    }
    spans.sort_by_key(|span| span.from);
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn hours(ranges: &[(i64, i64)]) -> Vec<(i64, i64)> {
        ranges
            .iter()
            .map(|(from, to)| (from * HOUR, to * HOUR))
            .collect()
    }

    #[test]
    fn nobody_is_signed_out_while_a_session_may_be_missing() {
        let session = hours(&[(8, 16)]);

        // The files end at midnight: who left at four may be signed in again.
        assert_eq!(
            find_signed_out(&hours(&[(0, 24)]), &session),
            hours(&[(0, 8)])
        );
        let next_day = hours(&[(8, 16), (32, 40)]);
        let known = hours(&[(0, 48)]);
        assert_eq!(
            find_signed_out(&known, &next_day),
            hours(&[(0, 8), (16, 32)])
        );
        // Nobody is signed in for a day and longer without a row.
        assert_eq!(
            find_signed_out(&known, &session),
            hours(&[(0, 8), (16, 24)])
        );
        assert_eq!(find_signed_out(&known, &[]), hours(&[(0, 24)]));
    }

    #[test]
    fn a_call_hides_the_break_and_the_session_around_it() {
        let layers = [
            hours(&[(9, 10)]),
            hours(&[(10, 11)]),
            hours(&[(9, 12)]),
            hours(&[(-2, 14)]),
        ];

        let (start, end) = (0, 24 * HOUR);
        let spans = stack_layers(TimeSpan { start, end }, layers, hours(&[(14, 20)]));

        let spans: Vec<_> = (spans.iter())
            .map(|span| (span.activity, span.from / HOUR, span.to / HOUR))
            .collect();
        let expected = [
            (AgentActivity::SignedIn, 0, 9),
            (AgentActivity::Talking, 9, 10),
            (AgentActivity::WrapUp, 10, 11),
            (AgentActivity::OnBreak, 11, 12),
            (AgentActivity::SignedIn, 12, 14),
            (AgentActivity::SignedOut, 14, 20),
        ];
        assert_eq!(spans, expected);
    }

    #[test]
    fn a_person_is_signed_out_where_every_system_says_so() {
        let agent = |source: &str| Id::new(&source.into(), "7");
        let known: BTreeMap<_, _> = [
            (agent("calls"), hours(&[(0, 8), (16, 24)])),
            (agent("more"), hours(&[(0, 10)])),
        ]
        .into();
        let all = |systems: &[Vec<AgentId>]| signed_out_of_all(systems, &known);

        let of_phone = vec![agent("calls"), agent("voice")];
        assert_eq!(
            all(std::slice::from_ref(&of_phone)),
            hours(&[(0, 8), (16, 24)])
        );
        assert_eq!(
            all(&[of_phone.clone(), vec![agent("more")]]),
            hours(&[(0, 8)])
        );
        // Nothing is known of the chat.
        assert_eq!(all(&[of_phone, vec![agent("chat")]]), []);
    }
}
