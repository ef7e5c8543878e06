//! The calls behind figures, in the order in which they joined their queues.

use std::sync::Arc;

use foldhash::HashMap;

use crate::{
    domain::{SiteConfig, SourceId},
    history::intervals::{ContactOutcome, QueueContact, TimeSpan},
    store::{NameClass, StoreError, StoreView},
};

use super::{
    fact_rows::FactRowCaches,
    file_catalog::{FileCatalog, FileFilter},
    queue_legs::{QueueLeg, QueueLegs},
    reference_data::SangomaReferenceData,
};

const DAY: i64 = 86_400;

/// One stay of a call in a queue.
#[derive(Clone, Debug)]
pub struct SangomaCall {
    /// The vendor's ids.
    pub id: i64,
    pub queue: i64,
    pub agent: Option<i64>,
    pub contact: QueueContact,
    pub outcome: ContactOutcome,
    /// The number as it was stored, if it was.
    pub caller: Option<String>,
}

/// Which calls: those that joined in `from..to` (Unix seconds).
#[derive(Clone, Debug)]
pub struct CallQuery {
    pub from: i64,
    pub to: i64,
    pub queues: Option<Vec<i64>>,
    pub agents: Option<Vec<i64>>,
    pub outcome: Option<ContactOutcome>,
    /// A code of one of the classes that a stay has.
    pub code: Option<(NameClass, i64)>,
    /// Only those after this one, by its time and id.
    pub after: Option<(i64, i64)>,
    pub limit: usize,
}

/// At most so many as are wanted, the first ones.
pub fn load_calls(
    view: &StoreView<'_>,
    source: &SourceId,
    site: &Arc<SiteConfig>,
    wanted: &CallQuery,
) -> Result<Vec<SangomaCall>, StoreError> {
    let shelf = FileCatalog::load(view, source)?;
    let meaning = SangomaReferenceData::load_stored(view, source, site)?;
    let mut found = Vec::new();
    let after = wanted.after.map_or(i64::MIN, |(joined, _)| joined);
    // Where there are no files at all there is nothing to go through day by day.
    let Some((first, last)) = shelf.container_span("Queue_Call") else {
        return Ok(found);
    };
    let (mut from, to) = (
        wanted.from.max(after).max(first),
        wanted.to.min(last.saturating_add(1)),
    );
    let mut rows = FactRowCaches::default();
    while from < to && found.len() < wanted.limit {
        let until = to.min(from + DAY);
        let window = TimeSpan {
            start: from,
            end: until,
        };
        let stays = load_queue_legs((view, &shelf), &mut rows, &meaning, window)?;
        let mut day: Vec<SangomaCall> = stays
            .into_iter()
            .filter(|stay| wanted.matches_code(stay))
            .map(|stay| SangomaCall {
                outcome: stay.contact.outcome(&meaning.queue_limits(stay.queue)),
                id: stay.id,
                queue: stay.queue,
                agent: stay.agent,
                contact: stay.contact,
                caller: None,
            })
            .filter(|call| from <= call.contact.joined && wanted.matches_call(call))
            .collect();
        day.sort_unstable_by_key(SangomaCall::sort_key);
        found.extend(day);
        from = until;
    }
    found.truncate(wanted.limit);
    add_caller_numbers((view, &shelf), &mut found)?;
    Ok(found)
}

impl SangomaCall {
    /// Where it stands in the order.
    pub fn sort_key(&self) -> (i64, i64) {
        (self.contact.joined, self.id)
    }
}

impl CallQuery {
    fn matches_code(&self, stay: &QueueLeg) -> bool {
        self.code
            .is_none_or(|(class, code)| stay.code_of_class(class) == Some(code))
    }

    fn matches_call(&self, call: &SangomaCall) -> bool {
        let is_one = |ids: &Option<Vec<i64>>, id: Option<i64>| match ids {
            Some(ids) => id.is_some_and(|id| ids.contains(&id)),
            None => true,
        };
        is_one(&self.queues, Some(call.queue))
            && is_one(&self.agents, call.agent)
            && self.outcome.is_none_or(|outcome| outcome == call.outcome)
            && self.after.is_none_or(|after| after < call.sort_key())
    }
}

fn load_queue_legs(
    from: (&StoreView<'_>, &FileCatalog),
    rows: &mut FactRowCaches,
    meaning: &SangomaReferenceData,
    day: TimeSpan,
) -> Result<Vec<QueueLeg>, StoreError> {
    let mut all = Vec::new();
    let stays = QueueLegs::read_window(from, rows, meaning, day, |stay| all.push(stay))?;
    stays.emit_open_from_details(from, &mut rows.details, day, |stay| all.push(stay))?;
    Ok(all)
}

/// Puts their callers' numbers to calls, which are in order.
fn add_caller_numbers(
    (view, shelf): (&StoreView<'_>, &FileCatalog),
    calls: &mut [SangomaCall],
) -> Result<(), StoreError> {
    let Some((first, last)) = calls.first().zip(calls.last()) else {
        return Ok(());
    };
    let which = FileFilter::Within(first.contact.joined, last.contact.joined + 1);
    let mut by_id: HashMap<i64, &mut SangomaCall> =
        calls.iter_mut().map(|call| (call.id, call)).collect();
    let columns = ["queue_call_id", "callerid"];
    shelf.for_each_record(view, "Queue_Call", &columns, which, |id, row| {
        if let Some(call) = by_id.get_mut(&id) {
            call.caller = row.text(1).map(str::to_owned);
        }
    })
}
