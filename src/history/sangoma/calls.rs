//! The calls behind figures, in the order in which they joined their queues.

use std::sync::Arc;

use foldhash::HashMap;

use crate::{
    domain::{Site, SourceId},
    history::intervals::{Contact, Outcome, Span},
    store::{NameClass, StoreError, View},
};

use super::{
    fact_rows::FactRows,
    meaning::Meaning,
    shelf::{Shelf, Which},
    stays::{Stay, Stays},
};

const DAY: i64 = 86_400;

/// One stay of a call in a queue.
#[derive(Clone, Debug)]
pub struct Call {
    /// The vendor's ids.
    pub id: i64,
    pub queue: i64,
    pub agent: Option<i64>,
    pub contact: Contact,
    pub outcome: Outcome,
    /// The number as it was stored, if it was.
    pub caller: Option<String>,
}

/// Which calls: those that joined in `from..to` (Unix seconds).
#[derive(Clone, Debug)]
pub struct CallsWanted {
    pub from: i64,
    pub to: i64,
    pub queues: Option<Vec<i64>>,
    pub agents: Option<Vec<i64>>,
    pub outcome: Option<Outcome>,
    /// A code of one of the classes that a stay has.
    pub coded: Option<(NameClass, i64)>,
    /// Only those after this one, by its time and id.
    pub after: Option<(i64, i64)>,
    pub limit: usize,
}

/// At most so many as are wanted, the first ones.
pub fn calls(
    view: &View<'_>,
    source: &SourceId,
    site: &Arc<Site>,
    wanted: &CallsWanted,
) -> Result<Vec<Call>, StoreError> {
    let shelf = Shelf::read(view, source)?;
    let meaning = Meaning::kept(view, source, site)?;
    let mut found = Vec::new();
    let after = wanted.after.map_or(i64::MIN, |(joined, _)| joined);
    // Where there are no files at all there is nothing to go through day by day.
    let Some((first, last)) = shelf.span("Queue_Call") else {
        return Ok(found);
    };
    let (mut from, to) = (
        wanted.from.max(after).max(first),
        wanted.to.min(last.saturating_add(1)),
    );
    let mut rows = FactRows::default();
    while from < to && found.len() < wanted.limit {
        let until = to.min(from + DAY);
        let window = Span {
            start: from,
            end: until,
        };
        let stays = read((view, &shelf), &mut rows, &meaning, window)?;
        let mut day: Vec<Call> = stays
            .into_iter()
            .filter(|stay| wanted.is_coded(stay))
            .map(|stay| Call {
                outcome: stay.contact.outcome(&meaning.limits(stay.queue)),
                id: stay.id,
                queue: stay.queue,
                agent: stay.agent,
                contact: stay.contact,
                caller: None,
            })
            .filter(|call| from <= call.contact.joined && wanted.has(call))
            .collect();
        day.sort_unstable_by_key(Call::place);
        found.extend(day);
        from = until;
    }
    found.truncate(wanted.limit);
    add_callers((view, &shelf), &mut found)?;
    Ok(found)
}

impl Call {
    /// Where it stands in the order.
    pub fn place(&self) -> (i64, i64) {
        (self.contact.joined, self.id)
    }
}

impl CallsWanted {
    fn is_coded(&self, stay: &Stay) -> bool {
        self.coded
            .is_none_or(|(class, code)| stay.code(class) == Some(code))
    }

    fn has(&self, call: &Call) -> bool {
        let is_one = |ids: &Option<Vec<i64>>, id: Option<i64>| match ids {
            Some(ids) => id.is_some_and(|id| ids.contains(&id)),
            None => true,
        };
        is_one(&self.queues, Some(call.queue))
            && is_one(&self.agents, call.agent)
            && self.outcome.is_none_or(|outcome| outcome == call.outcome)
            && self.after.is_none_or(|after| after < call.place())
    }
}

fn read(
    from: (&View<'_>, &Shelf),
    rows: &mut FactRows,
    meaning: &Meaning,
    day: Span,
) -> Result<Vec<Stay>, StoreError> {
    let mut all = Vec::new();
    let stays = Stays::read(from, rows, meaning, day, |stay| all.push(stay))?;
    stays.end_by_details(from, &mut rows.details, day, |stay| all.push(stay))?;
    Ok(all)
}

/// Puts their callers' numbers to calls, which are in order.
fn add_callers((view, shelf): (&View<'_>, &Shelf), calls: &mut [Call]) -> Result<(), StoreError> {
    let Some((first, last)) = calls.first().zip(calls.last()) else {
        return Ok(());
    };
    let which = Which::Within(first.contact.joined, last.contact.joined + 1);
    let mut by_id: HashMap<i64, &mut Call> = calls.iter_mut().map(|call| (call.id, call)).collect();
    let columns = ["queue_call_id", "callerid"];
    shelf.records(view, "Queue_Call", &columns, which, |id, row| {
        if let Some(call) = by_id.get_mut(&id) {
            call.caller = row.text(1).map(str::to_owned);
        }
    })
}
