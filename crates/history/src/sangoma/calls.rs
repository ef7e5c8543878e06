//! The calls behind figures, in the order in which they joined their queues.

use std::sync::Arc;

use foldhash::HashMap;

use crate::{
    calls::{CallQuery, StoredCall},
    intervals::{DAY, TimeSpan},
};
use wallboard_domain::{SiteConfig, SourceId};
use wallboard_store::{StoreError, StoreView};

use super::{
    fact_rows::FactRowCaches,
    file_catalog::{FileCatalog, FileFilter, StoredFiles},
    queue_legs::{QueueLeg, QueueLegs},
    reference_data::SangomaReferenceData,
    window::SangomaFacts,
};

/// Loads the first calls that match, up to the limit.
pub(super) fn load_calls(
    view: &StoreView<'_>,
    source: &SourceId,
    site: &Arc<SiteConfig>,
    query: &CallQuery,
) -> Result<Vec<StoredCall>, StoreError> {
    let catalog = &FileCatalog::load(view, source)?;
    let files = StoredFiles { view, catalog };
    let mut found = Vec::new();
    for_each_day(files, source, site, query, |day| {
        found.extend(day);
        found.len() < query.limit
    })?;
    found.truncate(query.limit);
    add_caller_numbers(files, &mut found)?;
    Ok(found)
}

/// Passes every call that matches to `each`, without its caller and whatever the limit.
pub(super) fn for_each_call(
    view: &StoreView<'_>,
    source: &SourceId,
    site: &Arc<SiteConfig>,
    query: &CallQuery,
    each: &mut dyn FnMut(&StoredCall),
) -> Result<(), StoreError> {
    let catalog = &FileCatalog::load(view, source)?;
    let files = StoredFiles { view, catalog };
    for_each_day(files, source, site, query, |day| {
        day.iter().for_each(&mut *each);
        true
    })
}

/// Passes the calls that match to `each`, a day at a time and in order, as long as it returns true.
fn for_each_day(
    files: StoredFiles<'_>,
    source: &SourceId,
    site: &Arc<SiteConfig>,
    query: &CallQuery,
    mut each: impl FnMut(Vec<StoredCall>) -> bool,
) -> Result<(), StoreError> {
    let reference = SangomaReferenceData::load_stored(files.view, source, site)?;
    let after = query.after.map_or(i64::MIN, |(joined, _)| joined);
    // Without any file there are no days to go through.
    let Some((first, last)) = files.catalog.container_span("Queue_Call") else {
        return Ok(());
    };
    let (mut from, to) = (
        query.from.max(after).max(first),
        query.to.min(last.saturating_add(1)),
    );
    let facts = SangomaFacts {
        files,
        reference: &reference,
        source,
    };
    let mut rows = FactRowCaches::default();
    while from < to {
        let until = to.min(from + DAY);
        let window = TimeSpan {
            start: from,
            end: until,
        };
        let legs = load_queue_legs(&facts, &mut rows, window)?;
        let mut day: Vec<StoredCall> = legs
            .into_iter()
            .filter(|leg| matches_code(query, leg))
            .map(|leg| StoredCall {
                outcome: leg.contact.outcome(&reference.queue_limits(leg.queue)),
                id: leg.id,
                queue: leg.queue,
                agent: leg.agent,
                contact: leg.contact,
                caller: None,
            })
            .filter(|call| from <= call.contact.joined && query.matches_call(call))
            .collect();
        day.sort_unstable_by_key(StoredCall::sort_key);
        if !each(day) {
            break;
        }
        from = until;
    }
    Ok(())
}

fn matches_code(query: &CallQuery, leg: &QueueLeg) -> bool {
    let is_one = |(class, code)| leg.code_of_class(class) == Some(code);
    query.code.is_none_or(is_one)
}

fn load_queue_legs(
    facts: &SangomaFacts<'_>,
    rows: &mut FactRowCaches,
    day: TimeSpan,
) -> Result<Vec<QueueLeg>, StoreError> {
    let mut all = Vec::new();
    let legs = QueueLegs::read_window(facts, rows, day, |leg| all.push(leg))?;
    legs.emit_open_from_details(facts.files, &mut rows.details, day, |leg| all.push(leg))?;
    Ok(all)
}

/// Adds the callers' numbers to calls, which must be in order.
fn add_caller_numbers(files: StoredFiles<'_>, calls: &mut [StoredCall]) -> Result<(), StoreError> {
    let Some((first, last)) = calls.first().zip(calls.last()) else {
        return Ok(());
    };
    let which = FileFilter::Within(first.contact.joined, last.contact.joined + 1);
    let mut by_id: HashMap<i64, &mut StoredCall> =
        calls.iter_mut().map(|call| (call.id, call)).collect();
    let columns = ["queue_call_id", "callerid"];
    files.for_each_record("Queue_Call", &columns, which, |id, row| {
        if let Some(call) = by_id.get_mut(&id) {
            call.caller = row.text(1).map(str::to_owned);
        }
    })
}
