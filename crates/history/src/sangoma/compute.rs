//! Recomputes marked days from facts, window by window. One transaction replaces a window's
//! figures and removes its marks.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use foldhash::{HashSet, HashSetExt};

use crate::{
    immutable_days::ImmutableDays,
    intervals::{DAY, TimeSpan, split_into_days},
};
use wallboard_domain::SourceId;
use wallboard_store::{
    BackgroundReader, ComputationBasis, ComputedPart, ComputedWindow, Store, StoreError, StoreView,
};

use super::{
    Container,
    fact_rows::FactRowCaches,
    file_catalog::{FileCatalog, FileFilter, StoredFiles},
    linked_surveys,
    reference_data::{SangomaReferenceData, SangomaRules},
    window::{ISSUE_DELAY_DAYS_MAX, SangomaFacts},
};

/// The most queue calls that a window may have.
const WINDOW_CALLS_MAX: u64 = 3_000;
/// The most days that a window may have.
const WINDOW_DAYS_MAX: i64 = 7;

/// Consecutive days (UTC days since 1970), and the part of them to compute.
#[derive(Clone, Copy, Debug)]
struct DayRun {
    first: i64,
    last: i64,
    part: ComputedPart,
}

/// Computes all marked days of a source. `on_progress` gets the days done and all days.
/// Returns the number of days.
pub async fn compute_days(
    store: &Store,
    source: &SourceId,
    rules: &SangomaRules,
    mut on_progress: impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let reader = store.background_reader()?;
    let plan = {
        let (source, rules) = (source.clone(), rules.clone());
        reader
            .with_view(move |view| ComputePlan::build_plan(view, &source, &rules))
            .await?
    };
    let inputs = plan.inputs.clone();
    let names = inputs.reference.names.clone();
    store.store_catalog(source.clone(), names).await?;
    let relations = &inputs.reference.relations;
    let (members, details) = (relations.members.clone(), relations.details.clone());
    store
        .replace_relations(source.clone(), members, details)
        .await?;
    let marked = plan.runs.iter().flat_map(|run| run.first..=run.last);
    store
        .store_basis(source.clone(), plan.basis.clone(), marked.collect())
        .await?;
    store
        .clear_dirty_days(source.clone(), plan.immutable)
        .await?;

    let total: u64 = plan.runs.iter().map(count_days).sum();
    let mut done = 0;
    on_progress(done, total);
    let mut runs = plan.runs.into_iter();
    let step = async |run: Option<DayRun>, rows: FactRowCaches| match run {
        Some(run) => compute_window(&reader, source, rules, &inputs, run, rows).await,
        None => Ok((None, rows)),
    };
    let (mut next, mut rows) = step(runs.next(), FactRowCaches::default()).await?;
    // The next window is read while this one is written.
    while let Some(window) = next {
        let days = window.cleared_days.len() as u64;
        let written = store.replace_intervals(window);
        ((), (next, rows)) = tokio::try_join!(written, step(runs.next(), rows))?;
        done += days;
        on_progress(done, total);
    }
    store
        .extend_coverage(source.clone(), plan.coverage_from)
        .await?;
    let basis = ComputationBasis {
        last_linked_file: inputs.catalog.last_id,
        ..plan.basis
    };
    store.store_basis(source.clone(), basis, Vec::new()).await?;
    Ok(total)
}

/// The days to compute, and the inputs for it.
struct ComputePlan {
    runs: Vec<DayRun>,
    /// Marked days whose facts are deleted.
    immutable: Vec<i64>,
    /// The time from which files alone determine coverage.
    coverage_from: i64,
    basis: ComputationBasis,
    inputs: Arc<ComputeInputs>,
}

/// The files and reference data of a source. They don't change while days are computed:
/// no import runs meanwhile.
struct ComputeInputs {
    catalog: FileCatalog,
    reference: SangomaReferenceData,
}

impl ComputePlan {
    fn build_plan(
        view: &StoreView<'_>,
        source: &SourceId,
        rules: &SangomaRules,
    ) -> Result<Self, StoreError> {
        let catalog = FileCatalog::load(view, source)?;
        let files = StoredFiles {
            view,
            catalog: &catalog,
        };
        let reference = SangomaReferenceData::load_current(files, source, rules)?;
        let before = view.load_basis(source)?;
        let fingerprint = reference.fingerprint();
        let facts_from = before.as_ref().and_then(|before| before.facts_from);
        // The first stored days lack the facts that reached over midnight.
        let first = facts_from.map(|from| utc_day(from) + 2);
        let immutable = ImmutableDays::load(view, source, first)?.all_or_none();
        let mut marked: BTreeSet<i64> = view.load_dirty_days(source)?.into_iter().collect();
        let mut surveyed = BTreeSet::new();
        match &before {
            Some(before) if before.fingerprint != fingerprint => {
                let bounds = view.start_bounds(source)?.into_iter();
                let days = bounds.flat_map(|(first, last)| utc_day(first)..=utc_day(last));
                marked.extend(days.filter(|day| immutable.is_after(*day)));
            }
            Some(before) => {
                let facts = SangomaFacts {
                    files,
                    reference: &reference,
                    source,
                };
                surveyed = find_surveyed_days(&facts, &marked)?;
                mark_issue_days(&facts, before.last_linked_file, &mut marked)?;
            }
            // Everything is marked already.
            None => {}
        }
        let basis = ComputationBasis {
            zone: rules.site.zone.iana_name().unwrap_or_default().to_owned(),
            fingerprint,
            ..before.unwrap_or_default()
        };
        let coverage_from = immutable.end_seconds();
        // A survey changes only the queue figures of its contact's day.
        let mut parts: BTreeMap<i64, ComputedPart> = BTreeMap::new();
        parts.extend(surveyed.into_iter().map(|day| (day, ComputedPart::Queues)));
        parts.extend(marked.into_iter().map(|day| (day, ComputedPart::Whole)));
        let (immutable, marked): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .partition(|(day, _)| immutable.contains(*day));
        Ok(Self {
            runs: split_into_windows(&marked, &catalog),
            immutable: immutable.into_iter().map(|(day, _)| day).collect(),
            coverage_from,
            basis,
            inputs: Arc::new(ComputeInputs { catalog, reference }),
        })
    }
}

/// Finds the days of the contacts that surveys of marked days refer to.
fn find_surveyed_days(
    facts: &SangomaFacts<'_>,
    marked: &BTreeSet<i64>,
) -> Result<BTreeSet<i64>, StoreError> {
    let days: Vec<_> = marked
        .iter()
        .map(|day| (*day, ComputedPart::Whole))
        .collect();
    let mut rows = FactRowCaches::default();
    let mut surveyed = BTreeSet::new();
    for run in group_consecutive(&days) {
        let (start, end) = (run.first * DAY, (run.last + 1) * DAY);
        let within = TimeSpan { start, end };
        let surveys = linked_surveys::load_created_within(facts, &mut rows, within)?;
        surveyed.extend(
            surveys
                .iter()
                .filter_map(|linked| linked.joined)
                .map(utc_day),
        );
    }
    Ok(surveyed)
}

/// Marks the days of calls whose issues were imported after the file `since`.
fn mark_issue_days(
    facts: &SangomaFacts<'_>,
    since: i64,
    marked: &mut BTreeSet<i64>,
) -> Result<(), StoreError> {
    let [issues, calls] =
        ["Call_Issue_Queue_Call", "Queue_Call"].map(|name| &Container::declared(name).table);
    let mut wanted: HashSet<i64> = HashSet::new();
    let mut days = BTreeSet::new();
    let StoredFiles { view, catalog } = facts.files;
    for file in catalog.matching_files("Call_Issue_Queue_Call", FileFilter::All) {
        if since < file.id.0 {
            days.extend(file.day);
            view.for_each_row_of_file(issues, &["queue_call_id"], file.id, |row| {
                wanted.extend(row.integer(0));
            })?;
        }
    }
    let earliest = days
        .first()
        .map_or(i64::MAX, |first| first - ISSUE_DELAY_DAYS_MAX);
    for file in catalog.matching_files("Queue_Call", FileFilter::All) {
        if wanted.is_empty() {
            break;
        }
        if file.day.is_some_and(|day| day < earliest) {
            continue;
        }
        view.for_each_row_of_file(calls, &["queue_call_id", "time_join"], file.id, |row| {
            let is_wanted = row.integer(0).is_some_and(|id| wanted.remove(&id));
            marked.extend(row.integer(1).filter(|_| is_wanted).map(utc_day));
        })?;
    }
    Ok(())
}

/// Splits days into windows of bounded size.
fn split_into_windows(days: &[(i64, ComputedPart)], catalog: &FileCatalog) -> Vec<DayRun> {
    let mut runs = Vec::new();
    for DayRun { first, last, part } in group_consecutive(days) {
        let (mut begin, mut calls) = (first, 0);
        for day in first..=last {
            let more = catalog.estimate_rows("Queue_Call", day * DAY, (day + 1) * DAY);
            let is_full = WINDOW_CALLS_MAX < calls + more || begin + WINDOW_DAYS_MAX <= day;
            if begin < day && is_full {
                runs.push(DayRun {
                    first: begin,
                    last: day - 1,
                    part,
                });
                (begin, calls) = (day, 0);
            }
            calls += more;
        }
        runs.push(DayRun {
            first: begin,
            last,
            part,
        });
    }
    runs
}

/// Groups sorted days into runs without a gap, with the same part to compute.
fn group_consecutive(days: &[(i64, ComputedPart)]) -> Vec<DayRun> {
    let mut runs: Vec<DayRun> = Vec::new();
    for &(day, part) in days {
        match runs.last_mut() {
            Some(run) if run.last + 1 == day && run.part == part => run.last = day,
            _ => runs.push(DayRun {
                first: day,
                last: day,
                part,
            }),
        }
    }
    runs
}

async fn compute_window(
    reader: &BackgroundReader,
    source: &SourceId,
    rules: &SangomaRules,
    inputs: &Arc<ComputeInputs>,
    DayRun { first, last, part }: DayRun,
    mut rows: FactRowCaches,
) -> Result<(Option<ComputedWindow>, FactRowCaches), StoreError> {
    let (source, zone, inputs) = (source.clone(), rules.site.zone.clone(), inputs.clone());
    let compute = move |view: &StoreView<'_>| {
        let catalog = &inputs.catalog;
        let facts = SangomaFacts {
            files: StoredFiles { view, catalog },
            reference: &inputs.reference,
            source: &source,
        };
        let window = TimeSpan {
            start: first * DAY,
            end: (last + 1) * DAY,
        };
        let computed = facts.compute_window(&mut rows, window, part)?;
        let computed = ComputedWindow {
            days: split_into_days(window.start, window.end, &zone),
            cleared_days: (first..=last).collect(),
            ..computed
        };
        Ok((Some(computed), rows))
    };
    reader.with_view(compute).await
}

fn utc_day(at: i64) -> i64 {
    at.div_euclid(DAY)
}

fn count_days(run: &DayRun) -> u64 {
    (run.last - run.first + 1).unsigned_abs()
}
